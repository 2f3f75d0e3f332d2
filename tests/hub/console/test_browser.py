"""The console in a real Chromium: live, by keyboard alone, in both languages, with nothing from outside."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from hub.console.app import make_server
from hub.console.base.gate import CSP
from hub.store import queries
from tests.hub.console.conftest import Desk, Running
from tests.support.hub import PASSWORD, House, seal
from tests.support.sealing import ready
from wire import messages as m

pytestmark = pytest.mark.browser

Sit = Callable[..., Desk]

COUNT_TONES = """
window.tones = 0;
const create = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () { window.tones++; return create.call(this); };
"""


@pytest.fixture
def desk(sit_down: Sit, house: House) -> Iterator[Desk]:
    """王芳 at her board. Whatever a test does, nothing comes from outside and the browser has no complaint."""
    house.clock.run()
    desk = sit_down()
    desk.page.add_init_script(COUNT_TONES)
    desk.sign_in(language="en")
    yield desk
    foreign = [url for url in desk.requests if f"https://{urlsplit(url).netloc}" != desk.address]
    assert foreign == []
    assert desk.complaints == []


def stays(page: Page) -> None:
    """Mark the page: the mark is gone once it has been loaded anew."""
    page.evaluate("window.stayed = true")


def stayed(page: Page) -> bool:
    return bool(page.evaluate("window.stayed === true"))


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def tab_to(page: Page, name: str, most: int = 60) -> None:
    """By the tab key alone, to the element of that id; it must then be seen to have the focus."""
    for _ in range(most):
        if focused(page) == name:
            style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert style == "solid"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the tab key does not lead to {name}")


def life(house: House, number: int = 1) -> str:
    return str(house.read(lambda connection: queries.alarm(connection, number)).life)


def test_a_new_alarm_appears_on_an_open_board_without_reload(desk: Desk, house: House) -> None:
    stays(desk.page)
    sealing = seal(house, "archive", "archive-1")
    expect(desk.page.locator(".area.is-sealed")).to_contain_text("Archive")
    house.node("archive-1").opens("archive/corridor-door", sealing)
    desk.page.wait_for_selector("#alarm-1")  # without a hint: the journal's size is read once a second
    expect(desk.page.locator("#overall")).to_have_text("1 open alarm")
    expect(desk.page.locator("#calls .count")).to_have_text("1")
    expect(desk.page.locator("#say")).to_have_text("Urgent: Opened while sealed, Archive · Corridor door")
    assert desk.page.get_attribute("#say", "aria-live") == "assertive"
    assert stayed(desk.page)


def test_what_is_live_ticks(desk: Desk, running: Running) -> None:
    running.live.heard_engine()
    engine = desk.page.locator("[data-engine]")
    expect(engine).to_have_text(re.compile(r"^\d s$"))
    age = engine.text_content() or ""
    expect(engine).not_to_have_text(age)
    clock = desk.page.text_content("#clock")
    expect(desk.page.locator("#clock")).not_to_have_text(clock or "")


def test_acknowledging_and_the_finding_by_keyboard_alone(desk: Desk, house: House) -> None:
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    page, keyboard = desk.page, desk.page.keyboard
    page.wait_for_selector("#acknowledge-1")
    page.evaluate("document.activeElement.blur()")

    keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    keyboard.press("Enter")  # past the navigation
    stays(page)
    tab_to(page, "acknowledge-1", 12)
    keyboard.press("Enter")
    page.wait_for_selector(".alarm.is-acknowledged")
    assert stayed(page)
    assert life(house) == "returned-acknowledged"

    tab_to(page, "open-1")
    keyboard.press("Enter")
    page.wait_for_selector("#finding")
    tab_to(page, "cause")
    keyboard.type("Work")
    tab_to(page, "finding")
    keyboard.type("Announced work at the door; the two men were from the lift company.")
    tab_to(page, "close")
    keyboard.press("Enter")
    page.wait_for_selector("blockquote")
    alarm = house.read(lambda connection: queries.alarm(connection, 1))
    assert (alarm.life, alarm.finding_cause) == ("closed", "work")


def test_what_has_the_focus_keeps_it_when_the_board_changes(desk: Desk, house: House) -> None:
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    desk.page.wait_for_selector("#open-1")
    desk.page.focus("#open-1")
    house.node("archive-1").says(m.Forced(point="archive/security-door"))
    desk.page.wait_for_selector("#open-2")
    assert focused(desk.page) == "open-1"


def test_a_finding_that_is_being_written_is_not_lost_when_something_happens(desk: Desk, house: House) -> None:
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    house.fact(m.AlarmAcknowledged(alarm=1), "console", 1003, "duty")
    desk.page.goto(f"{desk.address}/alarms/1")
    desk.page.fill("#finding", "Half a sentence")
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    expect(desk.page.locator("#facts")).to_contain_text("2 times in all")
    expect(desk.page.locator("#history")).to_contain_text("Happened again")
    assert desk.page.input_value("#finding") == "Half a sentence"


def test_a_refusal_is_shown_in_place(desk: Desk, house: House) -> None:
    desk.page.route("**/?live=1", lambda route: route.abort())  # the board will not see that another was faster
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    desk.page.goto(desk.address)
    desk.page.wait_for_selector("#acknowledge-1")
    house.fact(m.AlarmAcknowledged(alarm=1), "console", 1008, "duty")
    stays(desk.page)
    desk.page.click("#acknowledge-1")
    expect(desk.page.locator(".wrong")).to_contain_text("Somebody has already acknowledged this alarm.")
    assert stayed(desk.page)
    desk.complaints.clear()  # the browser itself reports the 409, and what we have kept from it


def test_the_access_log_is_searched_as_one_types(desk: Desk, house: House) -> None:
    archive = house.node("archive-1")
    for person in (1001, 1002, 1003):
        archive.grants("archive/reader", person)
    desk.page.goto(f"{desk.address}/access")
    expect(desk.page.locator("#log tbody tr")).to_have_count(3)
    stays(desk.page)
    desk.page.locator("#q").press_sequentially("李娜")
    expect(desk.page.locator("#log tbody tr")).to_have_count(1)
    assert stayed(desk.page)
    expect(desk.page).to_have_url(re.compile("q=%E6%9D%8E%E5%A8%9C"))
    archive.grants("archive/reader", 1002)  # what happens meanwhile is searched, too
    archive.grants("archive/reader", 1001)
    expect(desk.page.locator("#log tbody tr")).to_have_count(2)
    assert focused(desk.page) == "q"


def test_tabs_share_one_stream_and_the_next_takes_over(desk: Desk, house: House) -> None:
    def streams() -> int:
        return sum("/live?size" in url for url in desk.requests)

    second = desk.page.context.new_page()
    second.on("request", lambda request: desk.requests.append(request.url))
    second.goto(f"{desk.address}/")
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    second.wait_for_selector("#alarm-1")
    desk.page.wait_for_selector("#alarm-1")
    assert streams() == 1
    desk.page.close()
    house.node("archive-1").says(m.Forced(point="archive/security-door"))
    second.wait_for_selector("#alarm-2")
    assert streams() == 2


def test_a_button_that_is_being_pressed_stays_under_the_finger(desk: Desk, house: House) -> None:
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    desk.page.hover("#acknowledge-1")
    desk.page.mouse.down()
    with desk.page.expect_response("**/?live=1"):
        house.node("archive-1").says(m.Forced(point="archive/security-door"))
    desk.page.mouse.up()
    desk.page.wait_for_selector(".alarm.is-acknowledged")
    desk.page.wait_for_selector("#alarm-2")


def test_both_languages(desk: Desk, house: House) -> None:
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    desk.page.wait_for_selector("#alarm-1")
    desk.page.click("button[name=lang]")
    expect(desk.page.locator("#overall")).to_have_text("1 个未结报警")
    expect(desk.page.locator("#alarm-1")).to_have_text("门被强行打开")
    assert desk.page.get_attribute("html", "lang") == "zh-CN"
    expect(desk.page.locator(".when .age").first).to_contain_text("秒")
    desk.page.click("button[name=lang]")
    expect(desk.page.locator("#overall")).to_have_text("1 open alarm")


def test_sealing_goes_on_before_ones_eyes(desk: Desk, house: House) -> None:
    archive = house.node("archive-1")
    desk.page.goto(f"{desk.address}/areas/archive")
    expect(desk.page.locator("#order")).to_be_hidden()
    stays(desk.page)
    desk.page.fill("#number-corridor-seal", "SN-00")
    archive.opens("archive/iron-gate")
    expect(desk.page.locator("#area")).to_contain_text("opened; now close it")
    expect(desk.page.locator("#number-corridor-seal")).to_have_value("SN-00")  # what is being typed stays
    assert focused(desk.page) == "number-corridor-seal"
    archive.closes("archive/iron-gate")
    ready(house, "archive")
    assert stayed(desk.page)
    desk.page.click("#order")
    expect(desk.page.locator("#area")).to_contain_text("waiting for two badges")
    expect(desk.page.locator("[data-until]")).to_contain_text("min")
    stays(desk.page)
    archive.presents("archive/reader", 1001, 1)
    expect(desk.page.locator(".ladder li.done").nth(0)).to_contain_text("张伟")
    archive.presents("archive/reader", 1003, 1)
    expect(desk.page.locator("#area")).to_contain_text("waiting for the nodes")
    archive.holds(m.SealedArea(area="archive", sealing=1))
    expect(desk.page.locator(".banner.is-sealed")).to_contain_text("Sealed · Sealing no. 1")
    assert stayed(desk.page)


def test_a_console_that_hears_nothing_says_that_it_is_blind_and_misses_nothing(
    desk: Desk, house: House, running: Running
) -> None:
    expect(desk.page.locator("#blind")).to_be_hidden()
    running.server.should_exit = True
    expect(desk.page.locator("#blind")).to_be_visible()
    width = desk.page.evaluate("document.getElementById('blind').offsetWidth == document.documentElement.clientWidth")
    assert width
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    stays(desk.page)
    server = make_server(house.hub, house.clock, listens=False)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        desk.page.wait_for_selector("#alarm-1")
        expect(desk.page.locator("#blind")).to_be_hidden()
        assert stayed(desk.page)
        desk.complaints.clear()  # that nobody answered is the browser's own complaint
        desk.page.close()
    finally:
        server.should_exit = True
        thread.join(60)


def test_alarms_are_heard_once_the_shift_has_begun(desk: Desk, house: House) -> None:
    desk.page.click("#sound")
    expect(desk.page.locator("#sound")).to_have_attribute("aria-pressed", "true")
    before = desk.page.evaluate("window.tones")
    house.node("archive-1").opens("archive/lid")
    desk.page.wait_for_selector("#alarm-1")
    desk.page.wait_for_function(f"window.tones >= {before + 2}")  # two tones: it is of priority 2
    desk.page.goto(f"{desk.address}/areas")  # the sound goes along
    expect(desk.page.locator("#sound")).to_have_attribute("aria-pressed", "true")


def test_after_a_pause_acting_asks_for_the_password_and_the_board_goes_on(desk: Desk, house: House) -> None:
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    desk.page.wait_for_selector("#acknowledge-1")
    house.clock.forward(16 * 60)
    house.node("archive-1").says(m.Forced(point="archive/security-door"))
    desk.page.wait_for_selector("#alarm-2")
    desk.page.click("#acknowledge-1")
    expect(desk.page).to_have_url(re.compile("/unlock"))
    desk.page.fill("#password", PASSWORD)
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_selector("#acknowledge-1")
    desk.page.click("#acknowledge-1")
    desk.page.wait_for_selector(".alarm.is-acknowledged")


def test_signing_out_elsewhere_closes_the_board_here(desk: Desk, house: House) -> None:
    house.change(lambda connection: connection.exec_driver_sql("DELETE FROM session"))
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    expect(desk.page).to_have_url(re.compile("/sign-in"))


def test_the_browser_enforces_the_policy(desk: Desk) -> None:
    assert desk.page.goto(f"{desk.address}/").headers["content-security-policy"] == CSP  # type: ignore[union-attr]
    desk.page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.broken = true";
            document.body.append(script);
            const image = document.createElement("div");
            image.setAttribute("style", "color: red");
            document.body.append(image);
        }"""
    )
    assert desk.page.evaluate("window.broken") is None
    assert any("Content Security Policy" in complaint for complaint in desk.complaints)
    desk.complaints.clear()


def test_everything_works_without_javascript(sit_down: Sit, house: House) -> None:
    house.clock.run()
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    house.node("archive-1").grants("archive/reader", 1001)
    desk = sit_down(scripts=False).sign_in(language="en")
    page = desk.page
    page.click("#acknowledge-1")
    page.wait_for_selector(".alarm.is-acknowledged")
    page.click("#open-1")
    page.select_option("#cause", "test")
    page.fill("#finding", "A drill that was announced")
    page.click("#close")
    page.wait_for_selector("blockquote")
    page.goto(f"{desk.address}/access")
    page.fill("#q", "张伟")
    page.keyboard.press("Enter")
    expect(page.locator("#log tbody tr")).to_have_count(1)
    page.goto(f"{desk.address}/areas/archive")
    page.click("#tick-doors")
    expect(page.locator("#tick-doors")).to_have_count(0)
    ready(house, "archive")
    page.reload()
    page.click("#order")
    expect(page.locator("#cancel")).to_be_visible()
    assert life(house) == "closed"


def test_a_reader_of_screens_finds_names_and_landmarks(desk: Desk, house: House) -> None:
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    for path in ("/", "/alarms/1", "/alarms", "/access", "/areas", "/areas/archive"):
        desk.page.goto(desk.address + path)
        assert desk.page.locator("h1").count() == 1, path
        assert desk.page.locator("main").count() == 1
        nameless = desk.page.evaluate(
            """() => [...document.querySelectorAll("button, a, input:not([type=hidden]), select, textarea")]
                .filter(one => !one.hidden)
                .filter(one => !(one.textContent.trim() || one.labels?.length || one.ariaLabel)).length"""
        )
        assert nameless == 0, path
        twice = desk.page.evaluate(
            """() => [...document.querySelectorAll("[id]")].map(one => one.id)
                .filter((id, n, all) => all.indexOf(id) != n)"""
        )
        assert twice == [], path

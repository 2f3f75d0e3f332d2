"""The console in a real Chromium: live, by keyboard alone, in both languages, with nothing from outside."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, Route, expect

from hub.console.app import make_server
from hub.console.base.gate import CSP
from hub.store import alarm_list
from tests.hub.console.conftest import PATIENCE_S, BrowserUser, Running, Sit
from tests.support.cable import Cable
from tests.support.hub import PASSWORD, House, seal
from tests.support.sealing import ready
from wire import messages as m

pytestmark = pytest.mark.browser

COUNT_TONES = """
window.tones = 0;
const create = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () { window.tones++; return create.call(this); };
"""


@pytest.fixture
def user(sit_down: Sit, house: House) -> Iterator[BrowserUser]:
    """王芳 at her board. Whatever a test does, nothing comes from outside and the browser has no complaint."""
    house.clock.run()
    user = sit_down()
    user.page.add_init_script(COUNT_TONES)
    user.sign_in(language="en")
    yield user
    foreign = [url for url in user.requests if f"https://{urlsplit(url).netloc}" != user.address]
    assert foreign == []
    assert user.complaints == []


@pytest.fixture
def cable() -> Iterator[Cable]:
    cable = Cable()
    yield cable
    cable.close()


def stays(page: Page) -> None:
    """Mark the page: the mark is gone once it has been loaded anew."""
    page.evaluate("window.stayed = true")


def stayed(page: Page) -> bool:
    return bool(page.evaluate("window.stayed === true"))


def until(page: Page, so: Callable[[], bool]) -> None:
    """Wait for what a page's events tell."""
    last = time.monotonic() + PATIENCE_S
    while not so():
        assert time.monotonic() < last
        page.wait_for_timeout(50)


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
    return str(house.read(lambda connection: alarm_list.alarm(connection, number)).life)


def test_a_new_alarm_appears_on_an_open_board_without_reload(user: BrowserUser, house: House) -> None:
    stays(user.page)
    sealing = seal(house, "archive", "archive-1")
    expect(user.page.locator(".area.is-sealed")).to_contain_text("Archive")
    house.node("archive-1").opens("archive/corridor-door", sealing)
    user.page.wait_for_selector("#alarm-1")  # without a hint: the journal's size is read once a second
    expect(user.page.locator("#overall")).to_have_text("1 open alarm")
    expect(user.page.locator("#calls .count")).to_have_text("1")
    expect(user.page.locator("#say")).to_have_text("Urgent: Opened while sealed, Archive · Corridor door")
    assert user.page.get_attribute("#say", "aria-live") == "assertive"
    assert stayed(user.page)


def test_what_is_live_ticks(user: BrowserUser, running: Running) -> None:
    running.live.heard_engine()
    engine = user.page.locator("[data-engine]")
    expect(engine).to_have_text(re.compile(r"^\d s$"))
    age = engine.text_content() or ""
    expect(engine).not_to_have_text(age)
    clock = user.page.text_content("#clock")
    expect(user.page.locator("#clock")).not_to_have_text(clock or "")


def test_acknowledging_and_the_finding_by_keyboard_alone(user: BrowserUser, house: House) -> None:
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    page, keyboard = user.page, user.page.keyboard
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
    keyboard.press("W")  # a second letter is only taken along within a second
    tab_to(page, "finding")
    keyboard.type("Announced work at the door; the two men were from the lift company.")
    tab_to(page, "close")
    keyboard.press("Enter")
    page.wait_for_selector("blockquote")
    alarm = house.read(lambda connection: alarm_list.alarm(connection, 1))
    assert (alarm.life, alarm.finding_cause) == ("closed", "work")


def test_what_has_the_focus_keeps_it_when_the_board_changes(user: BrowserUser, house: House) -> None:
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    user.page.wait_for_selector("#open-1")
    user.page.focus("#open-1")
    house.node("archive-1").says(m.Forced(point="archive/security-door"))
    user.page.wait_for_selector("#open-2")
    assert focused(user.page) == "open-1"


def test_a_finding_that_is_being_written_is_not_lost_when_something_happens(user: BrowserUser, house: House) -> None:
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    house.fact(m.AlarmAcknowledged(alarm=1), "console", 1003, "duty")
    user.page.goto(f"{user.address}/alarms/1")
    user.page.fill("#finding", "Half a sentence")
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    expect(user.page.locator("#facts")).to_contain_text("2 times in all")
    expect(user.page.locator("#history")).to_contain_text("Happened again")
    assert user.page.input_value("#finding") == "Half a sentence"


def test_a_refusal_is_shown_in_place(user: BrowserUser, house: House) -> None:
    user.page.route("**/?live=1", lambda route: route.abort())  # the board will not see that another was faster
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    user.page.goto(user.address)
    user.page.wait_for_selector("#acknowledge-1")
    house.fact(m.AlarmAcknowledged(alarm=1), "console", 1008, "duty")
    stays(user.page)
    user.page.click("#acknowledge-1")
    expect(user.page.locator(".wrong")).to_contain_text("Somebody has already acknowledged this alarm.")
    assert stayed(user.page)
    user.complaints.clear()  # the browser itself reports the 409, and what we have kept from it


def test_the_access_log_is_searched_as_one_types(user: BrowserUser, house: House) -> None:
    archive = house.node("archive-1")
    for person in (1001, 1002, 1003):
        archive.grants("archive/reader", person)
    user.page.goto(f"{user.address}/access")
    expect(user.page.locator("#log tbody tr")).to_have_count(3)
    stays(user.page)
    user.page.locator("#q").press_sequentially("李娜")
    expect(user.page.locator("#log tbody tr")).to_have_count(1)
    assert stayed(user.page)
    expect(user.page).to_have_url(re.compile("q=%E6%9D%8E%E5%A8%9C"))
    archive.grants("archive/reader", 1002)  # what happens meanwhile is searched, too
    archive.grants("archive/reader", 1001)
    expect(user.page.locator("#log tbody tr")).to_have_count(2)
    assert focused(user.page) == "q"


def test_tabs_share_one_stream_and_the_next_takes_over(user: BrowserUser, house: House) -> None:
    streams: set[Request] = set()
    """Those that are open: a page that has heard nothing for long ends its own and opens another."""
    second = user.page.context.new_page()
    for page in (user.page, second):
        page.on("request", lambda request: streams.add(request) if "/live?size" in request.url else None)
        page.on("requestfailed", lambda request: streams.discard(request))
        page.on("requestfinished", lambda request: streams.discard(request))
    user.page.reload()
    second.goto(f"{user.address}/")
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    second.wait_for_selector("#alarm-1")
    user.page.wait_for_selector("#alarm-1")
    until(second, lambda: len(streams) == 1)
    user.page.close()
    house.node("archive-1").says(m.Forced(point="archive/security-door"))
    second.wait_for_selector("#alarm-2")
    until(second, lambda: second in [one.frame.page for one in streams])


def test_a_button_that_is_being_pressed_stays_under_the_finger(user: BrowserUser, house: House) -> None:
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    user.page.hover("#acknowledge-1")
    user.page.mouse.down()
    with user.page.expect_response("**/?live=1"):
        house.node("archive-1").says(m.Forced(point="archive/security-door"))
    user.page.mouse.up()
    user.page.wait_for_selector(".alarm.is-acknowledged")
    user.page.wait_for_selector("#alarm-2")


def test_both_languages(user: BrowserUser, house: House) -> None:
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    user.page.wait_for_selector("#alarm-1")
    user.page.click("button[name=lang]")
    expect(user.page.locator("#overall")).to_have_text("1 个未结报警")
    expect(user.page.locator("#alarm-1")).to_have_text("门被强行打开")
    assert user.page.get_attribute("html", "lang") == "zh-CN"
    expect(user.page.locator(".when .age").first).to_contain_text("秒")
    user.page.click("button[name=lang]")
    expect(user.page.locator("#overall")).to_have_text("1 open alarm")


def test_sealing_goes_on_before_ones_eyes(user: BrowserUser, house: House) -> None:
    archive = house.node("archive-1")
    user.page.goto(f"{user.address}/areas/archive")
    expect(user.page.locator("#order")).to_be_hidden()
    stays(user.page)
    user.page.fill("#number-corridor-seal", "SN-00")
    archive.opens("archive/iron-gate")
    expect(user.page.locator("#area")).to_contain_text("opened; now close it")
    expect(user.page.locator("#number-corridor-seal")).to_have_value("SN-00")  # what is being typed stays
    assert focused(user.page) == "number-corridor-seal"
    archive.closes("archive/iron-gate")
    ready(house, "archive")
    assert stayed(user.page)
    user.page.click("#order")
    expect(user.page.locator("#area")).to_contain_text("waiting for two badges")
    expect(user.page.locator("[data-until]")).to_contain_text("min")
    stays(user.page)
    archive.presents("archive/reader", 1001, 1)
    expect(user.page.locator(".ladder li.done").nth(0)).to_contain_text("张伟")
    archive.presents("archive/reader", 1003, 1)
    expect(user.page.locator("#area")).to_contain_text("waiting for the nodes")
    archive.holds(m.SealedArea(area="archive", sealing=1))
    expect(user.page.locator(".banner.is-sealed")).to_contain_text("Sealed · Sealing no. 1")
    assert stayed(user.page)


def test_a_console_that_hears_nothing_says_that_it_is_blind_and_misses_nothing(
    user: BrowserUser, house: House, running: Running
) -> None:
    expect(user.page.locator("#blind")).to_be_hidden()
    running.server.should_exit = True
    expect(user.page.locator("#blind")).to_be_visible()
    width = user.page.evaluate("document.getElementById('blind').offsetWidth == document.documentElement.clientWidth")
    assert width
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    stays(user.page)
    server = make_server(house.hub, house.clock, listens=False)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        user.page.wait_for_selector("#alarm-1")
        expect(user.page.locator("#blind")).to_be_hidden()
        assert stayed(user.page)
        user.complaints.clear()  # that nobody answered is the browser's own complaint
        user.page.close()
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S)


def test_a_page_whose_script_did_not_come_says_that_it_stands_still(user: BrowserUser) -> None:
    expect(user.page.locator("#still")).to_be_hidden()
    user.page.route("**/console.js?*", lambda route: route.abort("connectionrefused"))
    user.page.reload()
    expect(user.page.locator("#still")).to_be_visible()
    user.picture("still")
    user.page.unroute("**/console.js?*")
    user.page.reload()
    user.page.wait_for_selector(".is-live")
    expect(user.page.locator("#still")).to_be_hidden()
    user.complaints.clear()  # that nobody answered is the browser's own complaint


def test_who_stands_on_a_link_stays_there_while_the_page_goes_on(user: BrowserUser, house: House) -> None:
    archive = house.node("archive-1")
    archive.says(m.Forced(point="archive/corridor-door"))
    user.page.wait_for_selector("#alarm-1")
    link = user.page.locator("#board a:not([id])").last
    link.focus()
    where = "[document.activeElement.textContent, document.activeElement.getAttribute('href')]"
    before = user.page.evaluate(where)
    user.page.evaluate("document.activeElement.old = true")
    archive.says(m.Forced(point="archive/security-door"))
    user.page.wait_for_selector("#alarm-2")
    user.page.wait_for_function("!document.activeElement.old")
    assert user.page.evaluate(where) == before


def test_a_board_whose_connection_died_without_a_word_listens_again(
    sit_down: Sit, cable: Cable, house: House, running: Running
) -> None:
    user = sit_down(by=cable.address).sign_in(language="en")
    stays(user.page)
    user.page.wait_for_function("document.querySelector('[data-engine]').dataset.since")
    assert cable.pull() > 0
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    user.page.wait_for_selector("#alarm-1")
    expect(user.page.locator("#blind")).to_be_hidden()
    assert stayed(user.page)


def test_a_part_that_could_not_be_had_is_asked_for_again(user: BrowserUser, house: House) -> None:
    failures = ["gone", "refused"]

    def fail(route: Route) -> None:
        match failures.pop() if failures else None:
            case "refused":
                route.abort("connectionrefused")
            case "gone":
                route.fulfill(status=503, body="")
            case _:
                route.continue_()

    user.page.route("**/?live=1", fail)
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    user.page.wait_for_selector("#alarm-1")  # perhaps in a part that was asked for before anything failed
    house.node("archive-1").says(m.Forced(point="archive/security-door"))
    user.page.wait_for_selector("#alarm-2")
    assert not failures
    user.complaints.clear()  # of both failures


def test_a_page_whose_parts_cannot_be_had_says_that_it_is_blind(user: BrowserUser, house: House) -> None:
    user.page.route("**/?live=1", lambda route: route.abort("connectionrefused"))
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    expect(user.page.locator("#blind")).to_be_visible()
    user.page.unroute("**/?live=1")
    user.page.wait_for_selector("#alarm-1")
    expect(user.page.locator("#blind")).to_be_hidden()
    user.complaints.clear()


def test_alarms_are_heard_once_the_shift_has_begun(user: BrowserUser, house: House) -> None:
    user.page.click("#sound")
    expect(user.page.locator("#sound")).to_have_attribute("aria-pressed", "true")
    before = user.page.evaluate("window.tones")
    house.node("archive-1").opens("archive/lid")
    user.page.wait_for_selector("#alarm-1")
    user.page.wait_for_function(f"window.tones >= {before + 2}")  # two tones: it is of priority 2
    user.page.goto(f"{user.address}/areas")  # the sound goes along
    expect(user.page.locator("#sound")).to_have_attribute("aria-pressed", "true")


def test_after_a_pause_acting_asks_for_the_password_and_the_board_goes_on(user: BrowserUser, house: House) -> None:
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    user.page.wait_for_selector("#acknowledge-1")
    house.clock.forward(16 * 60)
    house.node("archive-1").says(m.Forced(point="archive/security-door"))
    user.page.wait_for_selector("#alarm-2")
    user.page.click("#acknowledge-1")
    expect(user.page).to_have_url(re.compile("/unlock"))
    user.page.fill("#password", PASSWORD)
    user.page.keyboard.press("Enter")
    user.page.wait_for_selector("#acknowledge-1")
    user.page.click("#acknowledge-1")
    user.page.wait_for_selector(".alarm.is-acknowledged")


def test_signing_out_elsewhere_closes_the_board_here(user: BrowserUser, house: House) -> None:
    house.change(lambda connection: connection.exec_driver_sql("DELETE FROM session"))
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    expect(user.page).to_have_url(re.compile("/sign-in"))


def test_the_browser_enforces_the_policy(user: BrowserUser) -> None:
    assert user.page.goto(f"{user.address}/").headers["content-security-policy"] == CSP  # type: ignore[union-attr]
    user.page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.broken = true";
            document.body.append(script);
            const image = document.createElement("div");
            image.setAttribute("style", "color: red");
            document.body.append(image);
        }"""
    )
    assert user.page.evaluate("window.broken") is None
    until(user.page, lambda: sum("Content Security Policy" in complaint for complaint in user.complaints) == 2)
    user.complaints.clear()


def test_everything_works_without_javascript(sit_down: Sit, house: House) -> None:
    house.clock.run()
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    house.node("archive-1").grants("archive/reader", 1001)
    user = sit_down(scripts=False).sign_in(language="en")
    page = user.page
    page.click("#acknowledge-1")
    page.wait_for_selector(".alarm.is-acknowledged")
    page.click("#open-1")
    page.select_option("#cause", "test")
    page.fill("#finding", "A drill that was announced")
    page.click("#close")
    page.wait_for_selector("blockquote")
    page.goto(f"{user.address}/access")
    page.fill("#q", "张伟")
    page.keyboard.press("Enter")
    expect(page.locator("#log tbody tr")).to_have_count(1)
    page.goto(f"{user.address}/areas/archive")
    page.click("#tick-doors")
    expect(page.locator("#tick-doors")).to_have_count(0)
    ready(house, "archive")
    page.reload()
    page.click("#order")
    expect(page.locator("#cancel")).to_be_visible()
    assert life(house) == "closed"


def test_a_reader_of_screens_finds_names_and_landmarks(user: BrowserUser, house: House) -> None:
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    for path in ("/", "/alarms/1", "/alarms", "/access", "/areas", "/areas/archive"):
        user.page.goto(user.address + path)
        assert user.page.locator("h1").count() == 1, path
        assert user.page.locator("main").count() == 1
        nameless = user.page.evaluate(
            """() => [...document.querySelectorAll("button, a, input:not([type=hidden]), select, textarea")]
                .filter(one => !one.hidden)
                .filter(one => !(one.textContent.trim() || one.labels?.length || one.ariaLabel)).length"""
        )
        assert nameless == 0, path
        twice = user.page.evaluate(
            """() => [...document.querySelectorAll("[id]")].map(one => one.id)
                .filter((id, n, all) => all.indexOf(id) != n)"""
        )
        assert twice == [], path

"""Roster, hand-over and the ladder of an alarm in a real Chromium: live, and by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from hub.core.state import Handover, Notice, Shift
from tests.hub.console.conftest import BrowserUser
from tests.hub.console.test_browser import focused, stayed, stays, tab_to
from tests.support.hub import House, seal
from wire import messages as m

pytestmark = pytest.mark.browser

MINUTE = 60_000
HOUR = 60 * MINUTE


@pytest.fixture
def user(sit_down: Callable[..., BrowserUser], house: House) -> Iterator[BrowserUser]:
    """王芳 at the console, in English; whatever a test does, the browser has no complaint."""
    house.clock.run()
    user = sit_down().sign_in(language="en")
    yield user
    assert user.complaints == []


def shift(house: House, person: int, first: int, last: int) -> None:
    """From so many hours after now until so many."""
    now = house.clock() // MINUTE * MINUTE  # the form has minutes
    starts, ends = now + first * HOUR, now + last * HOUR
    wanted = m.ShiftAdded(shift=0, person=person, stand_in=None, starts=starts, ends=ends)
    house.fact(wanted, "console", 1005, "security")


def test_a_shift_is_added_by_keyboard_alone_and_the_roster_is_live(user: BrowserUser, house: House) -> None:
    page, keyboard = user.page, user.page.keyboard
    page.goto(f"{user.address}/roster")
    stays(page)
    shift(house, 1003, 0, 12)
    shift(house, 1003, 24, 240)
    expect(page.locator("#now")).to_contain_text("On duty: 王芳")
    expect(page.locator("#now")).to_contain_text("Nobody has these times in the next seven days")
    assert stayed(page)
    page.goto(f"{user.address}/roster")  # the form is filled with the gap
    tab_to(page, "who")
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    tab_to(page, "put")
    keyboard.press("Enter")
    expect(page).to_have_url(re.compile("from="))
    added = {one.person for one in house.engine.look()[0].all(Shift)}
    assert added == {1003, 1008}
    expect(page.locator("#now")).not_to_contain_text("Nobody has these times")


def test_a_hand_over_appears_on_an_open_page_and_what_is_being_typed_stays(user: BrowserUser, house: House) -> None:
    page = user.page
    page.goto(f"{user.address}/handover")
    page.fill("#note", "half a sentence")
    stays(page)
    wanted = m.HandoverDrafted(handover=0, alarms=(), sealed=(), silent=(), note="see the heating")
    house.fact(wanted, "console", 1008, "duty")
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    expect(page.locator("#waiting")).to_contain_text("see the heating")
    expect(page.locator("#draft")).to_contain_text("Door forced")
    assert (stayed(page), page.input_value("#note"), focused(page)) == (True, "half a sentence", "note")
    tab_to(page, "take-1", 80)
    page.keyboard.press("Enter")
    page.wait_for_url("**/handover/1")
    expect(page.locator("main")).to_contain_text("Taken over by 王芳")
    assert [one.taken_by for one in house.engine.look()[0].all(Handover)] == [1003]


def test_the_ladder_of_an_alarm_goes_on_before_ones_eyes(user: BrowserUser, house: House) -> None:
    page = user.page
    house.fact(m.NotifyStarted(version="test", channels=("console", "sounder", "sms")), "notify")
    sealing = seal(house, "archive", "archive-1")
    house.node("archive-1").opens("archive/corridor-door", sealing)
    page.goto(f"{user.address}/alarms/1")
    stays(page)
    notice = next(one.number for one in house.engine.look()[0].all(Notice) if one.channel == "sms")
    expect(page.locator("#told .is-next").first).to_be_visible()
    house.fact(m.NoticeHanded(notice=notice, attempt=1, repeat=False, awaits=True), "notify")
    sent = page.locator("#told .is-sent")
    expect(sent).to_contain_text("whether it was received is not known")
    assert sent.locator("> div").evaluate("one => getComputedStyle(one, '::before').borderStyle") == "dashed"
    house.fact(m.NoticeDelivered(notice=notice), "notify")
    received = page.locator("#told .is-done", has_text="Received")
    expect(received).to_be_visible()
    assert received.locator("> div").evaluate("one => getComputedStyle(one, '::before').borderStyle") == "solid"
    expect(sent).not_to_contain_text("not known")
    assert stayed(page)


def test_the_second_person_ends_a_sealing_whose_node_is_dead(user: BrowserUser, house: House) -> None:
    page = user.page
    seal(house, "archive", "archive-1")
    house.fact(m.EmergencyOpened(sealing=0, area="archive", reason="走廊起火"), "console", 1005, "security")
    page.goto(f"{user.address}/areas/archive")
    stays(page)
    house.fact(m.NodeSilent(node="archive-1", last_heard=None, sealed=(m.SealedArea(area="archive", sealing=1),)))
    page.check("#looked")
    house.node("computer-1").says(m.Entered(area="computer-room", person=1008, inside=1))
    house.fact(m.EmergencySigned(sealing=0, area="archive"), "console", 1005, "security")
    expect(page.locator(".guide")).to_contain_text("1 of 2")
    expect(page.locator("#looked")).to_be_checked()  # what was ticked stays
    page.click("#end")
    expect(page.locator("#title + p")).to_contain_text("Not sealed")

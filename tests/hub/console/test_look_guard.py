"""Set and unset areas in a browser: what is asked is answered on the page by itself, and pictures of it for people to
look at: tests/out/guard-*.png."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.hub.console.conftest import BrowserUser, Running, Sit
from tests.hub.console.test_guard_pages import HOUR, WINDOW, wall
from tests.hub.console.test_not_watched import here
from tests.support.hub import DEMO_SITE, OWN, House
from wire import messages as m

pytestmark = [pytest.mark.browser]

LOOKS = [("wide-zh", 1920, False), ("wide-en", 1920, True), ("phone-zh", 390, True), ("phone-en", 390, False)]


@pytest.fixture
def since() -> int:
    """A Monday morning."""
    return wall("2026-09-21T07:30")


@pytest.fixture
def evening(house: House, running: Running) -> House:
    """Monday, 19:40. In the archive somebody stays; the hour has set the cipher room, of which the safe is open; the
    computer room was set by a badge. Somebody may come on Tuesday night."""
    house.apply(DEMO_SITE.read_text("utf-8"))
    archive, cipher, computer = (house.node(one) for one in ("archive-1", "cipher-1", "computer-1"))
    archive.says(m.AreaUnset(area="archive", number=1, by="badge", people=(1001,)))
    cipher.says(m.AreaUnset(area="cipher-room", number=1, by="badge", people=(1002,)))
    computer.says(m.AreaUnset(area="computer-room", number=1, by="badge", people=(1006,)))
    house.clock.forward(10 * 3600)
    computer.says(
        m.Setting(area="computer-room", reader="computer-room/reader", credential=OWN, person=1006, seconds=30)
    )
    house.clock.forward(30)
    computer.says(m.AreaSet(area="computer-room", number=2, by="badge", person=1006))
    archive.says(m.SetExtended(area="archive", until=wall("2026-09-21T21:30"), by="badge", person=1001))
    cipher.opens("cipher-room/safe-door")
    cipher.says(m.NotSet(area="cipher-room", points=("cipher-room/safe-door",), inside=0))
    house.clock.forward(3570)
    cipher.says(m.AreaSet(area="cipher-room", number=2, by="time", left_open=("cipher-room/safe-door",)))
    since, until = wall("2026-09-22T19:00"), wall("2026-09-22T22:00")
    wanted = m.UnsettingAllowed(area="archive", person=1002, since=since, until=until, cause="年度盘点")
    house.fact(wanted, "console", 1005, "security")
    house.clock.forward(4200)
    house.clock.run()
    for name in ("archive-1", "cipher-1", "computer-1"):
        running.live.heard_node(name, here())
    return house


def fits(user: BrowserUser) -> None:
    wider = user.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{user.page.url} is {wider} px wider than the screen"


def test_what_the_node_makes_of_it_is_on_the_page_by_itself(sit_down: Sit, evening: House) -> None:
    user = sit_down().sign_in(language="en")
    user.page.goto(f"{user.address}/areas/archive")
    user.page.click("#set-now")
    line = user.page.locator(".wish")
    expect(line).to_contain_text("Set now: its node has not answered yet")
    evening.node("archive-1").opens(WINDOW)
    evening.node("archive-1").says(m.SetRefused(area="archive", person=1003, points=(WINDOW,)))
    expect(line).to_contain_text("not set: open: Security window")
    user.page.click("#extend")
    expect(line).to_contain_text("Two hours more: its node has not answered yet")
    until = evening.clock() + 2 * HOUR
    evening.node("archive-1").says(m.SetExtended(area="archive", until=until, by="console", person=1003))
    expect(line).to_contain_text("it does not set itself before")
    evening.node("archive-1").closes(WINDOW)
    user.page.click("#set-now")
    evening.node("archive-1").says(m.AreaSet(area="archive", number=2, by="console", person=1003))
    expect(line).to_contain_text("it is set")
    expect(user.page.locator(".banner")).to_contain_text("Set")
    assert user.complaints == []


@pytest.mark.long
@pytest.mark.parametrize(("look", "width", "dark"), LOOKS)
def test_pictures_of_an_evening(sit_down: Sit, evening: House, look: str, width: int, dark: bool) -> None:
    user = sit_down(width, 1080 if width > 1000 else 844, dark).sign_in("liuyang", language=look[-2:])
    user.picture(f"guard-board-{look}")
    fits(user)
    for name, path in (
        ("areas", "/areas"),
        ("overtime", "/areas/archive"),
        ("left-open", "/areas/cipher-room"),
        ("set", "/areas/computer-room"),
        ("access", "/access"),
    ):
        user.page.goto(user.address + path)
        user.page.wait_for_function("document.getElementById('clock').textContent.length == 8")
        if name == "overtime":
            user.page.click("#set-now")
            user.page.wait_for_selector(".wish")
            user.page.click("#allowing summary")
        user.picture(f"guard-{name}-{look}")
        fits(user)
    evening.fact(m.NodeSilent(node="computer-1", last_heard=evening.clock() - 10_000, sealed=()))
    user.page.goto(f"{user.address}/areas/computer-room")
    user.picture(f"guard-not-watched-{look}")
    user.page.goto(user.address)
    user.picture(f"guard-board-alarm-{look}")

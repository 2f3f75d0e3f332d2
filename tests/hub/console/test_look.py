"""Pictures of the pages, for people to look at: tests/out/*.png."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.hub.console.conftest import OUT, Running, Sit
from tests.hub.console.test_calendar import calendar_of_2026
from tests.support.hub import House, seal
from wire import messages as m

pytestmark = [pytest.mark.browser, pytest.mark.long]

README_PICTURE = Path(__file__).parents[3] / "docs" / "images" / "console.png"
NIGHT = datetime(2026, 2, 17, 3, 12, 45, tzinfo=ZoneInfo("Asia/Shanghai"))
"""Spring Festival."""


@pytest.fixture
def since() -> int:
    """Before the holiday."""
    return int(NIGHT.timestamp() * 1000) - 61 * 3_600_000


@pytest.fixture
def night(house: House, running: Running) -> House:
    """The third night of the holiday: two areas sealed, and somebody is at the archive."""
    archive, computer = house.node("archive-1"), house.node("computer-1")
    calendar_of_2026(house)
    week = m.ShiftAdded(shift=0, person=1003, stand_in=1008, starts=house.clock(), ends=house.clock() + 10 * 86_400_000)
    house.fact(week, "console", 1005, "security")
    sealing = seal(house, "archive", "archive-1")
    seal(house, "cipher-room", "cipher-1", 1002, 1008)
    house.clock.forward(60 * 3600)
    computer.denies("computer-room/reader", None, "unknown")
    computer.denies("computer-room/reader", 1005, "no-grant")
    computer.denies("computer-room/reader", 1004, "schedule")
    house.clock.forward(1200)
    computer.grants("computer-room/reader", 1008)
    computer.says(m.Entered(area="computer-room", person=1008, inside=1))
    house.clock.forward(2300)
    computer.says(m.Fault(part="mains", failed=True, detail="no mains"))
    archive.opens("archive/corridor-door", sealing)
    house.clock.forward(31)
    archive.opens("archive/corridor-seal", sealing)
    house.clock.forward(38)
    house.fact(m.AlarmAcknowledged(alarm=2), "console", 1003, "duty")
    house.clock.run()
    for name in ("archive-1", "cipher-1", "computer-1"):
        here = m.decode(_text(house.node(name).beat(sounding=name == "archive-1")), m.Beat).data
        assert isinstance(here, m.Here)
        running.live.heard_node(name, here)
    running.live.heard_engine()
    return house


def _text(note: bytes) -> bytes:
    return note[: note.index(b"\n") + 1]


PAGES = {"board": "/", "alarm": "/alarms/2", "alarms": "/alarms?all=1", "access": "/access", "area": "/areas/archive"}


@pytest.mark.parametrize(
    ("look", "width", "dark", "language"),
    [
        ("wide-zh", 1366, False, "zh"),
        ("wide-en-dark", 1366, True, "en"),
        ("phone-zh-dark", 390, True, "zh"),
        ("phone-en", 390, False, "en"),
    ],
)
def test_pictures_of_every_page(sit_down: Sit, night: House, look: str, width: int, dark: bool, language: str) -> None:
    user = sit_down(width, 768 if width > 1000 else 844, dark)
    user.page.goto(f"{user.address}/sign-in?lang={language}")
    user.picture(f"sign-in-{look}")
    user.sign_in(language=language)
    for name, path in PAGES.items():
        user.page.goto(user.address + path)
        user.page.wait_for_function("document.getElementById('clock').textContent.length == 8")
        wider = user.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{name} is {wider} px wider than the screen"
        user.picture(f"{name}-{look}")
    assert user.complaints == []


def test_the_picture_in_the_readme(sit_down: Sit, night: House) -> None:
    user = sit_down(1280, 760).sign_in()
    user.page.click("#sound")
    user.page.mouse.move(0, 0)
    user.page.evaluate("document.activeElement.blur()")
    user.picture("readme", whole=False)
    assert (OUT / "readme.png").stat().st_size < 200_000
    if not README_PICTURE.exists():
        README_PICTURE.write_bytes((OUT / "readme.png").read_bytes())

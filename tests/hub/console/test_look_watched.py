"""Pictures of what is not watched, for people to look at: tests/out/unwatched-*.png."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.hub.console.conftest import Running, Sit
from tests.hub.console.test_not_watched import here
from tests.support.hub import House, seal
from wire import messages as m

pytestmark = [pytest.mark.browser, pytest.mark.long]

NIGHT = int(datetime(2026, 2, 17, 3, 12, 45, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000)
LOOKS = [("wide-zh", 1366, False), ("wide-en", 1366, True), ("phone-zh", 390, True), ("phone-en", 390, False)]


@pytest.fixture
def since() -> int:
    return NIGHT - 3_600_000


@pytest.fixture
def night(house: House, running: Running) -> House:
    """The archive is sealed and its node has fallen silent; the cipher room's is revoked; the computer room is well."""
    house.node("archive-1").opens("archive/cabinet-1")
    house.node("archive-1").closes("archive/cabinet-1")
    seal(house, "archive", "archive-1")
    house.clock.forward(1800)
    house.node("archive-1").says(m.HeldOpen(point="archive/iron-gate", seconds=60))
    house.node("cipher-1").opens("cipher-room/door")
    house.fact(m.NodeRevoked(node="cipher-1", reason="board exchanged"), "admin")
    house.clock.forward(600)
    house.fact(m.NodeSilent(node="archive-1", last_heard=house.clock() - 10_000, sealed=()))
    house.clock.run()
    running.live.heard_node("computer-1", here())
    return house


@pytest.mark.parametrize(("look", "width", "dark"), LOOKS)
def test_pictures_of_a_silent_and_of_a_revoked_node(
    sit_down: Sit, night: House, look: str, width: int, dark: bool
) -> None:
    user = sit_down(width, 768 if width > 1000 else 844, dark).sign_in(language=look[-2:])
    user.picture(f"unwatched-board-{look}")
    user.page.goto(f"{user.address}/areas")
    user.picture(f"unwatched-areas-{look}")
    user.page.goto(f"{user.address}/areas/archive")
    user.picture(f"unwatched-area-{look}")


@pytest.mark.parametrize(("look", "width", "dark"), LOOKS)
def test_pictures_of_a_dead_engine(
    sit_down: Sit, night: House, running: Running, look: str, width: int, dark: bool
) -> None:
    user = sit_down(width, 768 if width > 1000 else 844, dark).sign_in(language=look[-2:])
    running.engine_stops.set()
    user.page.wait_for_selector(".banner.is-down")
    user.picture(f"unwatched-dead-board-{look}")
    for name in ("areas", "alarms", "handover"):
        user.page.goto(f"{user.address}/{name}")
        user.page.wait_for_selector(".strip.is-silent")
        user.picture(f"unwatched-dead-{name}-{look}")


@pytest.mark.parametrize("nodes", [()])
@pytest.mark.parametrize(("look", "width", "dark"), LOOKS[::3])
def test_pictures_of_a_site_where_no_node_was_let_in(
    sit_down: Sit, house: House, running: Running, look: str, width: int, dark: bool
) -> None:
    user = sit_down(width, 768 if width > 1000 else 844, dark).sign_in(language=look[-2:])
    user.picture(f"unwatched-never-{look}")

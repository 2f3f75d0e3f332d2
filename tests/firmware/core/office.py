"""The archive on ordinary days: who unsets it, who only enters, and a node whose area is set or in use."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from firmware.core.effects import Saved
from firmware.core.stands import Stands
from tests.firmware.core import cast
from tests.firmware.core.cast import (
    CHEN_JIE,
    DAY,
    DOORS,
    LI_NA,
    NOON,
    WANG_FANG,
    ZHANG_WEI,
    Bench,
    credential,
    further,
)
from wire import messages as m

CLEANER, ZHAO_MIN = "0A00003E85", "0A00003E86"
"""Who comes from 18:00 to 20:00, and somebody who unsets but has a grant for office hours only."""
CORRIDOR, GATE, SECURITY = DOORS
WINDOW, CABINET, EXIT, BUTTON = "archive/window", "archive/cabinet-1", "archive/exit-button", "archive/set-button"
WEEKDAYS = (0, 1, 2, 3, 4)
GUARDING = m.Guarding(
    area="archive",
    decides=True,
    hours=(m.Window(days=WEEKDAYS, start=7 * 60 + 30, end=18 * 60 + 30),),
    office=(m.Window(days=WEEKDAYS, start=8 * 60 + 30, end=17 * 60 + 30),),
)
"""The office from 8:30 to 17:30: one of those who unset it does so from 7:30 to 18:30, and at 17:45 it sets itself."""


def _holder(person: int, number: str, schedule: str | None = None, *, enters: bool = True, **more: Any) -> m.Holder:
    grants = (m.Grant(area="archive", schedule=schedule, ends=None),) if enters else ()
    known = m.Holder(person=person, credentials=(credential(number),), grants=grants, seals=(), responds=())
    return replace(known, **more)


HOLDERS = (
    _holder(1001, ZHANG_WEI, opens=("archive",), seals=("archive",)),
    _holder(1002, LI_NA, opens=("archive",), seals=("archive",)),
    _holder(1003, WANG_FANG, enters=False, responds=("archive",)),
    _holder(1004, CHEN_JIE, "office-hours"),
    _holder(1005, CLEANER, "evening"),
    _holder(1006, ZHAO_MIN, "office-hours", opens=("archive",)),
)


def a_list(guarding: m.Guarding = GUARDING, **more: Any) -> m.AccessList:
    """An access list by which the archive is guarded so."""
    known = m.AccessList(
        version=3,
        expires=NOON + 300 * DAY,
        utc_offset=480,
        schedules={
            "office-hours": (m.Window(days=WEEKDAYS, start=8 * 60, end=18 * 60),),
            "evening": (m.Window(days=WEEKDAYS, start=18 * 60, end=20 * 60),),
        },
        holders=HOLDERS,
        guards=(guarding,),
    )
    return replace(known, **more)


def at(hour: int, minute: int = 0, day: int = 0) -> int:
    """A wall time on Monday, September 21st, or so many days later."""
    return NOON + day * DAY + (hour - 12) * 3_600_000 + minute * 60_000


FIVE_PAST_NINE = at(9, 5)


def begun(
    wall: int,
    stands: tuple[Stands, ...] = (),
    access: m.AccessList | None = None,
    plan: m.Plan | None = None,
    *,
    trusted: bool = True,
    **more: Any,
) -> Bench:
    """A node at a wall time, which has run for a while with everything closed."""
    saved = Saved(
        plan=plan or further(cast.plan(), BUTTON),
        access=access or a_list(),
        trusted_wall=wall - 60_000 if trusted else wall,
        stands=stands,
    )._replace(**more)
    bench = Bench(saved, wall=wall if trusted else 0, hub=trusted)
    bench.hub_at_boot = wall - 1_000
    bench.levels |= dict.fromkeys((place for one in stands for place in one.left_open), "active")
    bench.run(3)
    bench.forget()
    return bench


def shut(wall: int, access: m.AccessList | None = None, **more: Any) -> Bench:
    """The archive has been set, under the number 4."""
    left_open = more.pop("left_open", ())
    stands = Stands(area="archive", state="set", number=4, left_open=left_open)
    return begun(wall, (stands,), access, **more)


def in_use(wall: int, access: m.AccessList | None = None, *, since: int | None = None, **more: Any) -> Bench:
    """The archive is unset since that time, under the number 3."""
    until: int = more.pop("until", 0)
    since = at(8, day=(wall - at(0)) // DAY) if since is None else since
    stands = Stands(area="archive", state="unset", number=3, since=since, until=until)
    return begun(wall, (stands,), access, **more)


def stands(bench: Bench) -> tuple[str, int]:
    """How the archive stands, and under which number, as the node tells the hub."""
    (one,) = bench.node.here(bench.now, 1, "", 0).guards
    return one.state, one.number


def twice(bench: Bench, number: str, seconds: float = 4) -> None:
    """A badge is shown, and so many seconds later again."""
    bench.badge(number)
    bench.run(seconds - 0.1)
    bench.badge(number)


def sets_it(bench: Bench, number: str = ZHANG_WEI) -> None:
    """Somebody closes up, and half a minute later it is set."""
    twice(bench, number)
    bench.passes(31)
    assert stands(bench)[0] == "set"


def opened(bench: Bench, place: str) -> list[int | None]:
    """Somebody opens it: under which number that is told."""
    before = len(bench.told(m.LevelChanged))
    bench.open(place)
    return [one.guard for one in bench.told(m.LevelChanged)[before:] if one.now == "active"]


def why(bench: Bench) -> list[str]:
    """Why badges were refused."""
    return [one.reason for one in bench.told(m.Denied)]

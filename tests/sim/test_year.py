"""Nobody is disturbed for nothing: weeks and, with --long, a year of normal life, and not one call. A break-in is told
at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from firmware.core import badge, doors, points, set_area
from hub.core.alarms import ladders
from hub.core.calendar import office_hours
from hub.core.doors import awaited, tries
from hub.core.nodes import liveness
from hub.core.site import lookups
from tests.sim.clockwork import HOUR, MINUTE, SECOND
from tests.sim.house import Bureau
from tests.sim.year import FIRST, LAST, Year, at
from wire import messages as m

QINGMING = date(2026, 4, 2), date(2026, 4, 8)
"""Thursday to Wednesday; sealed from Friday's close to the opening on Tuesday."""
TUESDAY = date(2026, 4, 7)
SEALED_NIGHT, OPEN_NIGHT = date(2026, 4, 5), date(2026, 4, 8)
NOTICED_MS = 2 * SECOND
"""GB 50396-2007: the alarm is at the centre within 2 s."""


def disturbed(house: Bureau) -> list[str]:
    """All that has disturbed anybody, in words; empty when nobody was."""
    calls = [f"{data.channel} for {data.alarms}" for _, data in house.notices()]
    alarms = [f"{one.what} at {one.place}" for one in house.raised() if one.klass != "trouble"]
    lasting = [f"still open: {one.what} at {one.place}" for one in house.open_alarms()]
    sounders = [f"{name} sounded" for name, node in house.nodes.items() if node.sounded]
    denied = house.paper.journal(m.Denied)
    sent_away = [f"{one.person} was denied: {one.reason}" for one in denied if one.reason != "no-grant"]
    return alarms + calls + lasting + sounders + sent_away


def count(house: Bureau, *kinds: type[m.Data]) -> int:
    return len(house.paper.journal(*kinds))


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.timeout(600)  # a minute of one core
def test_a_year_of_normal_life_disturbs_nobody() -> None:
    year = Year(2026, FIRST, LAST)
    house = year.pass_by()
    assert disturbed(house) == []
    assert year.left_inside == []
    # It was a year, with all that belongs to one.
    assert count(house, m.Sealed) == count(house, m.Unsealed) == 7 * 3
    assert count(house, m.Entered) > 3_500
    assert count(house, m.Denied) > 30
    assert count(house, m.NotEntered) > 30
    assert count(house, m.BadgeAwaited) == count(house, m.BadgeWaitOver) > 30
    assert count(house, m.EngineStarted) > 30
    assert count(house, m.Started) > 50
    assert count(house, m.NodeSilent) > 30
    assert count(house, m.Watch) > 1_000


@pytest.mark.parametrize("seed", [2, 5])
def test_two_weeks_with_a_holiday_in_them_disturb_nobody(seed: int) -> None:
    year = Year(seed, date(2026, 4, 27), date(2026, 5, 10))
    house = year.pass_by()
    assert disturbed(house) == []
    assert year.left_inside == [], "the hub's count of who is inside has drifted"
    # Something has happened in them, of all that happens in a year.
    assert count(house, m.Sealed) == count(house, m.Unsealed) == 3
    assert count(house, m.Entered) > 100
    assert count(house, m.BadgeAwaited) == count(house, m.BadgeWaitOver) > 0
    for kind in (m.Denied, m.NotEntered, m.EngineStarted, m.NodeSilent, m.SetExtended, m.SetRefused):
        assert count(house, kind) > 0
    assert count(house, m.AreaSet) > 20
    assert count(house, m.Started) > len(house.nodes)
    assert count(house, m.Watch) > 500


# ---------------------------------------------------------------- it can fail


def told_after(year: Year, began: int, what: str) -> int:
    """Ms after which somebody was told of an alarm of this kind. Until it began nobody was told of anything."""
    house = year.house
    assert all(time >= began for time, _ in house.notices())
    numbers = {one.alarm for one in house.raised() if one.what == what}
    return next(time for time, notice in house.notices() if numbers & set(notice.alarms)) - began


@pytest.mark.parametrize("seed", range(5))
def test_a_break_in_on_a_sealed_night_is_told_at_once_and_the_node_sounds(seed: int) -> None:
    year = Year(seed, *QINGMING)
    began = at(SEALED_NIGHT, 0) + year.random.randrange(6 * HOUR)
    place = year.random.choice(["archive/security-window", "archive/corridor-door", "cipher-room/safe-seal"])
    year.world.at(began, lambda: year.people.move(place, True))
    year.world.run(began + MINUTE)
    what = "seal-broken" if place.endswith("seal") else "opened-while-sealed"
    assert told_after(year, began, what) <= NOTICED_MS
    node = year.house.nodes[year.house.paper.site.points[place].node]
    assert 0 <= node.sounded[0] - began <= SECOND
    people = {notice.person for _, notice in year.house.notices() if notice.channel == "sms"}
    assert len(people) >= 2


@pytest.mark.parametrize("seed", range(3))
def test_a_break_in_on_any_other_night_is_told_at_once(seed: int) -> None:
    year = Year(seed, *QINGMING)
    began = at(OPEN_NIGHT, 0) + year.random.randrange(6 * HOUR)
    year.world.at(began, lambda: year.people.move("archive/corridor-door", True))
    year.world.run(began + MINUTE)
    assert told_after(year, began, "opened-while-set") <= NOTICED_MS


def test_two_on_one_badge_on_an_ordinary_monday_are_no_urgent_call_to_anybody() -> None:
    """Not even where the second shows no badge: whoever is on duty is told in a while, and by a quieter ladder."""
    monday = date(2026, 6, 8)
    year = Year(8, monday, monday)
    began = at(monday, 17.3)
    year.world.start(year.people.visit("computer-room", 1006, MINUTE), began)
    year.world.at(began + 5 * MINUTE, lambda: year.people.move("computer-room/door", True))
    year.world.at(began + 5 * MINUTE + 2 * SECOND, lambda: year.people.move("computer-room/door", False))
    year.world.run(began + 5 * MINUTE + 58 * SECOND)
    assert disturbed(year.house) == []
    year.world.run(began + 10 * MINUTE)
    (alarm,) = [one for one in year.house.raised() if one.klass == "alarm"]
    assert (alarm.what, alarm.priority) == ("opened-without-badge", 3)
    opened = year.house.paper.journal(m.CallOpened)
    assert [call.ladder for call in opened if call.call == alarm.alarm] == ["medium"]


INSIDE = [
    "archive/cabinet-2",
    "archive/security-window",
    "cipher-room/safe-door",
    "cipher-room/safe-bolt",
]


@pytest.mark.parametrize("place", INSIDE)
def test_whoever_opens_what_is_inside_on_any_other_night_is_told_of_at_once(place: str) -> None:
    """However they came in; and the afternoon before, two have left by one opening."""
    year = Year(INSIDE.index(place), *QINGMING)
    began = at(OPEN_NIGHT, 0) + year.random.randrange(6 * HOUR)
    year.world.at(began, lambda: year.people.move(place, True))
    year.world.run(began + MINUTE)
    what = "safe-opened-while-set" if place.startswith("cipher-room") else "opened-while-set"
    assert told_after(year, began, what) <= NOTICED_MS


def test_what_is_opened_at_night_behind_a_cable_that_is_out_is_told_with_the_cable() -> None:
    year = Year(5, *QINGMING)
    began = at(OPEN_NIGHT, 3)
    year.world.start(year.cable_out("archive-1", 4 * MINUTE), began)
    year.world.at(began + MINUTE, lambda: year.people.move("archive/cabinet-2", True))
    year.world.run(began + 10 * MINUTE)
    (alarm,) = [one for one in year.house.raised() if one.what == "opened-while-set"]
    assert abs(alarm.happened - began - MINUTE) < SECOND
    assert alarm.late


def test_a_cable_that_stays_out_is_told_when_its_time_is_over() -> None:
    sealed = Year(1, *QINGMING)
    began = at(SEALED_NIGHT, 12)
    sealed.world.start(sealed.cable_out("archive-1", MINUTE), began)
    sealed.world.run(began + 3 * MINUTE)
    assert 10 * SECOND < told_after(sealed, began, "node-silent-while-sealed") < 30 * SECOND

    unsealed = Year(1, *QINGMING)
    began = at(OPEN_NIGHT, 12)
    unsealed.world.start(unsealed.cable_out("archive-1", 10 * MINUTE), began)
    unsealed.world.run(began + 20 * MINUTE)
    assert 5 * MINUTE < told_after(unsealed, began, "node-silent") < 6 * MINUTE


Patch = pytest.MonkeyPatch

WORKED = date(2026, 5, 9)
"""A Saturday that is worked for Labour Day."""


def a_clerk_comes_to_work() -> Year:
    """Somebody who may come in office hours only, on a Saturday that is worked."""
    year = Year(1, WORKED, WORKED)
    year.world.start(year.people.visit("archive", 1005, 5 * MINUTE), at(WORKED, 11.85))
    return year


def test_whoever_works_on_a_saturday_for_a_holiday_is_let_in() -> None:
    house = a_clerk_comes_to_work().pass_by()
    assert 1005 in {data.person for data in house.paper.journal(m.Granted)}
    assert disturbed(house) == []


def test_a_calendar_that_the_doors_are_not_told_of_is_found_out() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(office_hours, "named_days", lambda *_: {})
        assert disturbed(a_clerk_comes_to_work().pass_by())


def beats_are_waited_for_too_shortly(patch: Patch) -> None:
    patch.setattr(liveness, "SILENT_SEALED_MS", 2_000)


def a_trouble_gets_no_time_to_be_mended(patch: Patch) -> None:
    patch.setattr(ladders, "TROUBLE_DELAY", {})


def a_door_may_hardly_be_held(patch: Patch) -> None:
    patch.setattr(lookups, "HELD_S", 5)


def two_wrong_tries_are_too_many(patch: Patch) -> None:
    patch.setattr(tries, "DENIED_LIMIT", 2)


def a_badge_that_is_held_counts_again_and_again(patch: Patch) -> None:
    patch.setattr(badge, "REPEAT_MS", 50)


def who_is_inside_is_forgotten_at_a_start(patch: Patch) -> None:
    known = doors.Doors.__init__
    patch.setattr(doors.Doors, "__init__", lambda self, is_sealed, _inside=(): known(self, is_sealed))


def nobody_waits_for_a_badge(patch: Patch) -> None:
    patch.setattr(awaited, "_may_be_explained", lambda *_: False)


def a_badge_explains_nothing(patch: Patch) -> None:
    patch.setattr(awaited, "granted", lambda *_: iter(()))


def a_room_sets_itself_at_the_close(patch: Patch) -> None:
    patch.setattr(set_area, "STAY_MS", 0)


def a_seal_that_is_not_on_is_broken(patch: Patch) -> None:
    patch.setattr(points.Points, "seals_off", lambda _self, _area: ())


def busy_days() -> Year:
    """A week in which, for sure, somebody tries in vain, a node starts while somebody is inside, and a cable is out."""
    year = Year(2029, *QINGMING)
    year.world.start(year.cable_out("cipher-1", 2 * MINUTE), at(QINGMING[0], 10))
    year.world.start(year.people.tries_in_vain("computer-room", 1005), at(OPEN_NIGHT, 12.5))
    year.world.start(year.people.visit("computer-room", 1006, 10 * MINUTE), at(OPEN_NIGHT, 12.8))
    year.world.start(year.node_restarts("computer-1", 5 * SECOND), at(OPEN_NIGHT, 12.8) + 3 * MINUTE)
    year.world.start(year.people.on_one_badge("computer-room", 1006, 1008, MINUTE), at(QINGMING[0], 12.7))
    return year


@pytest.mark.parametrize(
    "bug",
    [
        beats_are_waited_for_too_shortly,
        a_trouble_gets_no_time_to_be_mended,
        a_door_may_hardly_be_held,
        two_wrong_tries_are_too_many,
        a_badge_that_is_held_counts_again_and_again,
        who_is_inside_is_forgotten_at_a_start,
        a_room_sets_itself_at_the_close,
        a_seal_that_is_not_on_is_broken,
        nobody_waits_for_a_badge,
        a_badge_explains_nothing,
    ],
)
def test_a_product_that_calls_people_for_nothing_is_found_out(bug: Callable[[Patch], None]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        bug(patch)
        year = busy_days()
        assert disturbed(year.pass_by())


def test_the_same_days_without_a_bug_disturb_nobody() -> None:
    assert disturbed(busy_days().pass_by()) == []

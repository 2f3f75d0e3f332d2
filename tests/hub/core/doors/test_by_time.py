"""When the hour sets an area: hub and node say the same of every minute; and what stands on the pages of it."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.core import set_area
from firmware.core.stands import Stands
from hub.core import watched
from hub.core.calendar import office_hours
from hub.core.doors import by_time, overview
from hub.core.site import guarding, lookups
from hub.core.state import Badged, Guarded, Life, State
from tests.hub.core.calendar.test_area_hours import HOUSE, wall
from tests.hub.core.doors.test_set_and_unset import ARCHIVE, DAY, NIGHT, at, goes_to
from tests.support.draft import credential
from tests.support.paper import LIU_YANG, PaperHub
from wire import messages as m
from wire import moments

SITE = HOUSE.site
HOUR = 3_600_000
FIRST, LAST = wall("2026-09-26T00:00"), wall("2026-10-20T00:00")


def by_the_hub(now: int, since: int, until: int = 0) -> by_time.SetsItself:
    known = Guarded(ARCHIVE, "unset", 2, since, until=until or None)
    return by_time.sets_itself(HOUSE.state, SITE, SITE.areas[ARCHIVE], known, now)


@given(st.integers(FIRST, LAST), st.integers(0, 100 * HOUR), st.integers(-HOUR, 4 * HOUR))
def test_hub_and_node_say_the_same_of_any_time(now: int, ago: int, stays: int) -> None:
    days = office_hours.named_days(HOUSE.state, SITE, now - 10 * 24 * HOUR, now + 1)
    access = lookups.access_for(SITE, "archive-1", 1, now, now + 1, days, credential)
    (rule,) = guarding.guards_for(SITE, "archive-1")
    until = max(0, now + stays) if stays > 0 else 0
    stands = Stands(area=ARCHIVE, state="unset", number=2, until=until, since=now - ago)
    due = set_area.due(rule, access, stands, now, "trusted")
    if due is not None:  # the node says nothing of it before the office has closed
        assert by_the_hub(now, now - ago, until) == tuple(due)


@pytest.mark.parametrize(
    ("now", "since", "soft", "last"),
    [
        ("2026-09-30T10:00", "2026-09-30T07:40", "2026-09-30T17:45", "2026-09-30T18:30"),
        ("2026-09-30T18:00", "2026-09-30T07:40", "2026-09-30T17:45", "2026-09-30T18:30"),
        ("2026-09-30T20:00", "2026-09-30T19:30", "2026-09-30T20:30", "2026-09-30T20:30"),  # by two, in the evening
        ("2026-10-01T10:00", "2026-10-01T09:30", "2026-10-01T10:30", "2026-10-01T10:30"),  # a holiday
        ("2026-10-10T10:00", "2026-10-10T07:40", "2026-10-10T17:45", "2026-10-10T18:30"),  # a Saturday that is worked
    ],
)
def test_it_sets_itself_after_the_close_or_an_hour_after_somebody_came(
    now: str, since: str, soft: str, last: str
) -> None:
    found = by_the_hub(wall(now), wall(since))
    assert [moments.at(one, SITE.zone).strftime("%Y-%m-%dT%H:%M") for one in found] == [soft, last]


def test_whoever_stays_puts_that_off() -> None:
    until = wall("2026-09-30T19:30")
    assert by_the_hub(wall("2026-09-30T17:00"), wall("2026-09-30T07:40"), until) == (until, until)


def test_the_last_badge_out_of_hours_counts_and_one_within_them_does_not() -> None:
    state = State()
    known = Guarded(ARCHIVE, "unset", 2, wall("2026-10-17T09:00"))
    area = SITE.areas[ARCHIVE]
    state.put(Badged(ARCHIVE, (wall("2026-10-16T17:00"), wall("2026-10-17T09:40"))))
    found = by_time.sets_itself(state, SITE, area, known, wall("2026-10-17T09:50"))
    assert found.soft == wall("2026-10-17T10:40")


# ---------------------------------------------------------------- at a glance


def glance(house: PaperHub, area: str = ARCHIVE) -> overview.Overview | None:
    lives = {one.node: one for one in house.state.all(Life)}
    known = watched.Known(house.site, watched.Engine("heard", house.clock()), lives)
    return overview.of(house.state, house.site, area, watched.area(known, area), house.clock())


def seen(house: PaperHub) -> overview.Overview:
    found = glance(house)
    assert found is not None
    return found


def test_unset_set_and_sealed_are_told_from_one_another() -> None:
    house = at(DAY)
    archive = house.node("archive-1")
    assert seen(house).how == "not-told"
    archive.unsets(ARCHIVE, 1)
    assert seen(house).how == "unset"
    archive.sets(ARCHIVE, 2)
    assert seen(house).how == "set"
    assert seen(house).sets_itself is None


def test_what_is_set_and_not_heard_is_not_watched_and_never_said_to_be_set() -> None:
    house = at(NIGHT)
    house.node("archive-1").sets(ARCHIVE, 1)
    house.fact(m.NodeSilent(node="archive-1", last_heard=None, sealed=()))
    assert seen(house).how == "not-watched"


def test_who_stays_is_said_until_it_is_over() -> None:
    house = at(NIGHT)
    until = house.clock() + HOUR
    house.node("archive-1").unsets(ARCHIVE, 1, "two", until=until)
    assert seen(house).stays == until
    house.clock.forward(3601)
    assert seen(house).stays is None


def test_who_may_open_up_alone_is_said_until_it_is_over_or_taken_back() -> None:
    house = at("2026-09-25T16:00")
    since = int(datetime.fromisoformat("2026-09-26T09:00").replace(tzinfo=house.site.zone).timestamp() * 1000)
    wanted = m.UnsettingAllowed(area=ARCHIVE, person=1001, since=since, until=since + HOUR, cause="盘点")
    house.asks(LIU_YANG, wanted)
    assert [one.person for one in seen(house).allowed] == [1001]
    goes_to(house, "2026-09-26T10:01")
    assert seen(house).allowed == ()


def test_of_an_area_that_is_never_set_there_is_nothing_to_say() -> None:
    assert glance(PaperHub()) is None
    assert glance(at(DAY), "attic") is None

"""Two on one badge, on an ordinary Monday: an opening that belongs to nobody's walk waits a minute for a badge."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from hub.core.doors.awaited import Waits
from hub.core.site.document import Site
from tests.hub.core.doors.test_everyday import at
from tests.support.paper import CHEN_JIE, ZHANG_WEI, PaperHub, demo_site
from wire import messages as m

DOOR, GATE = "archive/corridor-door", "archive/iron-gate"
MONDAY, EVENING, SUNDAY = "2026-09-21T10:00", "2026-09-21T17:31", "2026-09-20T10:00"


class Waiting:
    """A house, and the engine's look at it each second."""

    def __init__(self, house: PaperHub) -> None:
        self.house = house
        self.waits = Waits()
        self.mono = 5_000
        self.look()

    def look(self) -> None:
        self.house.decide(lambda state, _site: self.waits.due(state, self.house.clock(), self.mono))

    def passes(self, seconds: float, wall: bool = True) -> None:
        for _ in range(int(seconds)):
            self.mono += 1_000
            if wall:
                self.house.clock.forward(1)
            self.look()


def monday(local: str = MONDAY, site: Site | None = None) -> Waiting:
    return Waiting(at(local, site or demo_site()))


def opened(waiting: Waiting, door: str = DOOR, ago: float = 0) -> None:
    waiting.house.node("archive-1").says(m.Forced(point=door), ago=ago)
    waiting.look()


def test_whoever_went_with_another_and_shows_a_badge_within_a_minute_disturbs_nobody() -> None:
    waiting = monday()
    opened(waiting)
    waiting.passes(59)
    assert waiting.house.whats() == []
    waiting.house.node("archive-1").grants("archive/reader", CHEN_JIE)
    waiting.passes(300)
    assert waiting.house.whats() == []
    assert waiting.house.journal(m.BadgeWaitOver) == [m.BadgeWaitOver(point=DOOR, person=CHEN_JIE)]
    assert [one.point for one in waiting.house.journal(m.Forced)] == [DOOR], "it is on record all the same"
    waiting.house.check()


def test_without_a_badge_it_is_told_after_a_minute_and_is_not_so_urgent_as_a_door_that_is_forced() -> None:
    waiting = monday()
    began = waiting.house.clock()
    opened(waiting)
    waiting.passes(59)
    assert waiting.house.whats() == []
    waiting.passes(1)
    alarm = waiting.house.alarm("opened-without-badge")
    assert (alarm.place, alarm.priority, alarm.happened, alarm.late) == (DOOR, 3, began, False)
    assert isinstance(waiting.house.entries[alarm.cause].message.data, m.Forced)
    assert [call.ladder for call in waiting.house.journal(m.CallOpened)] == ["medium"]
    waiting.passes(300)
    assert waiting.house.alarm("opened-without-badge").count == 1
    waiting.house.check()


@pytest.mark.parametrize("local", [EVENING, SUNDAY, "2026-09-21T08:29"])
def test_outside_office_hours_a_door_is_forced_at_once(local: str) -> None:
    waiting = monday(local)
    opened(waiting)
    assert [(alarm.what, alarm.priority) for alarm in waiting.house.alarms()] == [("forced", 2)]


def no_office(site: Site) -> Site:
    return replace(site, office=None)


def no_reader(site: Site) -> Site:
    return replace(site, reader=tuple(one for one in site.reader if one.area != "archive"))


@pytest.mark.parametrize("change", [no_office, no_reader])
def test_where_there_are_no_hours_or_no_reader_a_door_is_forced_at_once(change: Callable[[Site], Site]) -> None:
    waiting = monday(site=change(demo_site()))
    opened(waiting)
    assert waiting.house.whats() == ["forced"]


def test_in_what_is_sealed_a_door_is_forced_at_once() -> None:
    waiting = monday()
    waiting.house.state.put(replace(waiting.house.state.area("archive"), state="sealed"))
    opened(waiting)
    assert waiting.house.whats() == ["forced"]


@pytest.mark.parametrize(
    ("node", "reader"),
    [("archive-1", "cipher-room/reader"), ("cipher-1", "archive/reader")],
)
def test_a_badge_elsewhere_or_by_the_word_of_another_node_explains_nothing(node: str, reader: str) -> None:
    waiting = monday()
    opened(waiting)
    waiting.house.node(node).grants(reader, ZHANG_WEI)
    waiting.passes(61)
    assert "opened-without-badge" in waiting.house.whats()


def test_a_badge_before_the_opening_or_long_after_it_explains_nothing() -> None:
    waiting = monday()
    waiting.house.node("archive-1").grants("archive/reader", ZHANG_WEI)
    waiting.passes(30)
    opened(waiting, ago=90)
    waiting.house.node("archive-1").grants("archive/reader", ZHANG_WEI)
    waiting.passes(61)
    assert waiting.house.whats() == ["opened-without-badge"]


def test_whoever_opens_the_door_again_and_again_does_not_put_off_the_end() -> None:
    waiting = monday()
    for _ in range(3):
        opened(waiting)
        waiting.passes(29)
    assert waiting.house.whats() == ["opened-without-badge"]


def test_each_door_waits_for_itself_and_one_badge_explains_all_that_were_opened_in_the_minute_before() -> None:
    waiting = monday()
    opened(waiting, DOOR)
    waiting.passes(10)
    opened(waiting, GATE)
    waiting.passes(10)
    waiting.house.node("archive-1").grants("archive/reader", ZHANG_WEI)
    waiting.passes(61)
    assert waiting.house.whats() == []


def test_a_batch_that_comes_late_is_judged_by_its_own_times() -> None:
    waiting = monday("2026-09-21T19:00")
    archive = waiting.house.node("archive-1")
    opened(waiting, ago=3 * 3600)
    archive.grants("archive/reader", ZHANG_WEI, ago=3 * 3600 - 40)
    opened(waiting, GATE, ago=3600)
    waiting.passes(61)
    assert [(alarm.what, alarm.place) for alarm in waiting.house.alarms()] == [("forced", GATE)]


def test_an_engine_that_is_started_in_the_minute_and_a_clock_that_is_set_do_not_lose_it() -> None:
    waiting = monday()
    opened(waiting)
    waiting.passes(30)
    again = Waiting(waiting.house)
    again.passes(29)
    assert again.house.whats() == []
    again.house.clock.forward(-3_600)
    again.passes(2, wall=False)
    assert again.house.whats() == ["opened-without-badge"]


def test_a_door_that_is_forced_at_night_is_no_repeat_of_what_was_left_open_in_the_day() -> None:
    waiting = monday("2026-09-21T17:00")
    opened(waiting)
    waiting.passes(61)
    waiting.house.clock.forward(3_600)
    opened(waiting)
    assert [(alarm.what, alarm.priority) for alarm in waiting.house.alarms()] == [
        ("opened-without-badge", 3),
        ("forced", 2),
    ]

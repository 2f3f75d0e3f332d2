"""Ordinary nights: what is opened outside office hours by nobody who has shown a badge, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.core.doors import everyday
from hub.core.site.document import Site
from tests.support.hub import FakeNode
from tests.support.paper import (
    LI_NA,
    WANG_FANG,
    ZHANG_WEI,
    PaperHub,
    demo_site,
    two_nodes_guard_the_archive,
)
from wire import messages as m

CABINET, OTHER, WINDOW = "archive/cabinet-1", "archive/cabinet-2", "archive/security-window"
SAFE, BOLT = "cipher-room/safe-door", "cipher-room/safe-bolt"
NIGHT = "2026-09-22T04:01"
"""A Tuesday; the office has opened at 08:30 and closed at 17:30 the day before."""


def at(local: str, site: Site | None = None) -> PaperHub:
    house = PaperHub(site or demo_site())
    goes_to(house, "2026-09-14T12:00")
    for node in ("archive-1", "cipher-1", "computer-1"):
        house.node(node)
    goes_to(house, local)
    return house


def goes_to(house: PaperHub, local: str) -> None:
    house.clock.now = int(datetime.fromisoformat(local).replace(tzinfo=house.site.zone).timestamp() * 1000)


def badge(node: FakeNode, area: str = "archive", person: int = ZHANG_WEI, ago: float = 0) -> None:
    node.grants(f"{area}/reader", person, ago)


def guarded(**changes: bool | None) -> Site:
    """The demonstration site, its archive with another `guard`."""
    site = demo_site()
    return replace(site, area=tuple(replace(one, **changes) if one.name == "archive" else one for one in site.area))


def without_reader(guard: bool | None) -> Site:
    return replace(guarded(guard=guard), reader=tuple(one for one in demo_site().reader if one.area != "archive"))


@pytest.mark.parametrize(
    ("node", "place", "what", "priority", "ladder"),
    [
        ("archive-1", CABINET, "opened-out-of-hours", 2, "alarm"),
        ("archive-1", WINDOW, "window-out-of-hours", 3, "medium"),
        ("cipher-1", SAFE, "opened-out-of-hours", 2, "alarm"),
        ("cipher-1", BOLT, "opened-out-of-hours", 2, "alarm"),
    ],
)
def test_what_is_opened_at_night_by_nobody_is_an_alarm_at_once(
    node: str, place: str, what: str, priority: int, ladder: str
) -> None:
    house = at(NIGHT)
    house.node(node).opens(place)
    alarm = house.alarm(what)
    assert (alarm.place, alarm.area, alarm.klass, alarm.priority) == (place, place.split("/")[0], "alarm", priority)
    assert alarm.happened == house.clock()
    assert [call.ladder for call in house.journal(m.CallOpened)] == [ladder]


@pytest.mark.parametrize("place", ["archive/corridor-door", "archive/iron-gate", "archive/corridor-seal"])
def test_a_door_or_a_seal_tells_by_itself_who_had_no_right(place: str) -> None:
    house = at(NIGHT)
    house.node("archive-1").opens(place)
    assert house.whats() == []


@pytest.mark.parametrize(
    ("local", "closed"),
    [
        ("2026-09-21T08:29", True),
        ("2026-09-21T08:30", False),
        ("2026-09-21T12:30", False),  # lunch
        ("2026-09-21T17:29", False),
        ("2026-09-21T17:30", True),
        ("2026-09-20T11:00", True),  # Sunday
    ],
)
def test_in_office_hours_cabinets_are_opened_all_day(local: str, closed: bool) -> None:
    house = at(local)
    house.node("archive-1").opens(CABINET)
    assert bool(house.whats()) == closed


@pytest.mark.parametrize(("minutes", "alarms"), [(0, 0), (59.9, 0), (60, 0), (60.1, 1), (240, 1)])
def test_a_badge_answers_for_an_hour_and_no_longer(minutes: float, alarms: int) -> None:
    house = at(NIGHT)
    badge(house.node("archive-1"))
    house.clock.forward(minutes * 60)
    house.node("archive-1").opens(CABINET)
    assert len(house.whats()) == alarms


def test_whoever_works_late_shows_a_badge_each_hour() -> None:
    house = at("2026-09-21T18:00")
    archive = house.node("archive-1")
    for _ in range(5):
        badge(archive)
        house.clock.forward(50 * 60)
        archive.opens(CABINET)
        archive.closes(CABINET)
    assert house.whats() == []


@pytest.mark.parametrize(
    ("badge_at", "opened_at", "alarms"),
    [
        ("2026-09-21T09:00", "2026-09-21T17:31", 0),
        ("2026-09-21T12:30", "2026-09-21T18:29", 0),  # lunch lies within the hours
        ("2026-09-21T09:00", "2026-09-21T18:31", 1),
        ("2026-09-21T08:00", "2026-09-21T17:31", 1),  # before the office had opened
        ("2026-09-18T17:00", "2026-09-21T17:31", 1),  # another day
        ("2026-09-18T17:00", "2026-09-21T08:00", 1),
        ("2026-09-19T10:00", "2026-09-19T17:31", 1),  # a Saturday
    ],
)
def test_in_the_hour_after_closing_whoever_has_worked_there_puts_things_away(
    badge_at: str, opened_at: str, alarms: int
) -> None:
    house = at(badge_at)
    badge(house.node("archive-1"))
    goes_to(house, opened_at)
    house.node("archive-1").opens(CABINET)
    assert len(house.whats()) == alarms


def test_where_nobody_has_been_all_day_nobody_puts_anything_away() -> None:
    house = at("2026-09-21T09:00")
    badge(house.node("cipher-1"), "cipher-room", LI_NA)
    goes_to(house, "2026-09-21T17:31")
    house.node("archive-1").opens(CABINET)
    assert house.whats() == ["opened-out-of-hours"]


@pytest.mark.parametrize("inside", [0, 1, 7])
def test_how_many_are_taken_to_be_inside_changes_nothing(inside: int) -> None:
    house = at(NIGHT)
    house.node("archive-1").says(m.Entered(area="archive", person=ZHANG_WEI, inside=inside))
    house.node("archive-1").opens(CABINET)
    assert house.whats() == ["opened-out-of-hours"]


def test_a_badge_at_another_area_answers_for_nothing_here() -> None:
    house = at(NIGHT)
    badge(house.node("cipher-1"), "cipher-room", LI_NA)
    house.node("archive-1").opens(CABINET)
    assert house.whats() == ["opened-out-of-hours"]


def test_a_badge_that_a_node_without_that_reader_tells_of_answers_for_nothing() -> None:
    house = at(NIGHT)
    badge(house.node("computer-1"), "archive")
    house.node("archive-1").opens(CABINET)
    assert "opened-out-of-hours" in house.whats()


def test_a_badge_that_was_refused_answers_for_nothing() -> None:
    house = at(NIGHT)
    house.node("archive-1").denies("archive/reader", ZHANG_WEI, "schedule")
    house.node("archive-1").opens(CABINET)
    assert house.whats() == ["opened-out-of-hours"]


def test_it_is_one_alarm_an_area_and_what_else_is_opened_there_joins_it() -> None:
    house = at(NIGHT)
    archive = house.node("archive-1")
    archive.opens(CABINET)
    house.clock.forward(20)
    archive.opens(OTHER)
    alarm = house.alarm("opened-out-of-hours")
    assert (alarm.place, alarm.count, alarm.last_happened) == (CABINET, 2, house.clock())
    told = [one for one in house.journal(m.Data) if isinstance(one, m.AlarmRaised | m.AlarmRepeated)]
    causes = [house.entries[one.cause].message.data for one in told]
    assert [getattr(cause, "point", None) for cause in causes] == [CABINET, OTHER]
    house.node("cipher-1").opens(SAFE)
    assert len(house.alarms()) == 2
    house.check()


def test_it_is_over_when_all_that_is_guarded_there_is_shut_and_is_closed_by_a_finding_alone() -> None:
    house = at(NIGHT)
    archive = house.node("archive-1")
    archive.opens(CABINET)
    archive.opens(OTHER)
    archive.closes(CABINET)
    assert house.alarm("opened-out-of-hours").active
    archive.closes(OTHER)
    assert house.alarm("opened-out-of-hours").life == "returned-unacknowledged"
    archive.opens(OTHER)
    assert house.alarm("opened-out-of-hours").active


# ---------------------------------------------------------------- told late


def test_what_is_told_in_the_morning_was_opened_at_night() -> None:
    house = at("2026-09-22T10:00")
    house.node("archive-1").opens(CABINET, ago=6 * 3600)
    alarm = house.alarm("opened-out-of-hours")
    assert (alarm.late, alarm.happened) == (True, house.clock() - 6 * 3_600_000)


def test_what_is_told_at_night_was_opened_in_office_hours() -> None:
    house = at("2026-09-22T03:00")
    house.node("archive-1").opens(CABINET, ago=12 * 3600)
    assert house.whats() == []


def test_a_badge_of_this_evening_does_not_answer_for_what_was_opened_before_it() -> None:
    house = at("2026-09-21T22:00", two_nodes_guard_the_archive())
    badge(house.node("archive-1"))
    house.node("computer-1").opens(WINDOW, ago=3600)
    assert house.whats() == ["window-out-of-hours"]


def test_a_badge_of_the_time_answers_although_there_were_others_since() -> None:
    house = at("2026-09-21T19:30", two_nodes_guard_the_archive())
    opened = house.clock()
    for _ in range(40):
        badge(house.node("archive-1"))
        house.clock.forward(15 * 60)
    ago = (house.clock() - opened) / 1000 - 600
    house.node("computer-1").opens(WINDOW, ago=ago)
    assert house.whats() == []


SOME_DAY = st.integers(0, 22 * everyday.BADGE_MS)


@given(times=st.lists(SOME_DAY, max_size=20), asked=SOME_DAY)
def test_leaving_out_badges_between_others_changes_no_answer(times: list[int], asked: int) -> None:
    def answered(all_of_them: tuple[int, ...]) -> bool:
        return any(time <= asked <= time + everyday.BADGE_MS for time in all_of_them)

    kept: tuple[int, ...] = ()
    for time in times:
        kept = everyday.thinned((*kept, time))
    if len(kept) < everyday.MOST_BADGES:
        assert answered(kept) == answered(tuple(times))
    assert len(kept) <= everyday.MOST_BADGES


# ---------------------------------------------------------------- a node that is started


def test_what_was_left_open_in_the_afternoon_is_not_opened_anew_when_its_node_is_started_at_night() -> None:
    house = at("2026-09-21T16:50")
    archive = house.node("archive-1")
    archive.opens(CABINET)
    goes_to(house, NIGHT)
    archive.starts()
    archive.says(m.LevelChanged(point=CABINET, was="normal", now="active", at=archive.mono, found=True))
    assert house.whats() == []
    archive.closes(CABINET)
    archive.opens(CABINET)
    assert house.whats() == ["opened-out-of-hours"], "but whoever opens it then does"
    house.check()


@pytest.mark.parametrize(
    "between",
    [
        lambda archive: None,
        lambda archive: archive.starts(),  # it was shut when that start read it
    ],
)
def test_what_is_found_open_and_was_shut_before_its_node_lost_power_is_an_alarm(
    between: Callable[[FakeNode], None],
) -> None:
    house = at("2026-09-21T16:50")
    archive = house.node("archive-1")
    archive.opens(CABINET)
    between(archive)
    archive.starts()
    archive.starts()
    goes_to(house, NIGHT)
    archive.starts()
    archive.says(m.LevelChanged(point=CABINET, was="normal", now="active", at=archive.mono, found=True))
    assert house.whats() == ["opened-out-of-hours"]


def test_an_alarm_of_what_still_stands_open_goes_on_after_a_start() -> None:
    house = at(NIGHT)
    archive = house.node("archive-1")
    archive.opens(CABINET)
    archive.starts()
    archive.says(m.LevelChanged(point=CABINET, was="normal", now="active", at=archive.mono, found=True))
    assert house.alarm("opened-out-of-hours").active


# ---------------------------------------------------------------- where


@pytest.mark.parametrize(
    ("site", "alarms"),
    [
        (guarded(guard=None), 1),
        (guarded(guard=True), 1),
        (guarded(guard=False), 0),
        (without_reader(None), 0),
        (without_reader(True), 1),
        (without_reader(False), 0),
        (replace(demo_site(), office=None), 0),
    ],
)
def test_an_area_is_guarded_where_it_has_a_reader_unless_the_document_says_otherwise(site: Site, alarms: int) -> None:
    house = at(NIGHT, site)
    house.node("archive-1").opens(CABINET)
    assert len(house.whats()) == alarms
    # Whatever is not guarded is remarked upon, and nothing else.
    assert bool([one for one in everyday.not_guarded(site) if one.place != "area cipher-room, guard"]) == (not alarms)


def test_a_site_without_office_hours_is_told_so_once() -> None:
    (remark,) = everyday.not_guarded(replace(demo_site(), office=None))
    assert remark.place == "site, office"
    assert "nothing is guarded on ordinary nights" in remark.sentence
    assert list(everyday.not_guarded(demo_site())) == []


# ---------------------------------------------------------------- sealing


def test_what_is_opened_on_the_walk_before_a_sealing_is_no_alarm() -> None:
    house = at("2026-09-21T19:00")
    house.asks(WANG_FANG, m.SealingChecking(sealing=0, area="archive"))
    house.node("archive-1").opens(CABINET)
    assert house.whats() == []


def test_two_who_unseal_a_room_at_night_may_open_what_is_in_it() -> None:
    house = at("2026-09-21T19:00")
    house.decides(m.SealingArming(sealing=1, area="archive", purpose="unseal", people=(ZHANG_WEI, WANG_FANG), nodes=()))
    house.clock.forward(600)
    house.node("archive-1").opens(CABINET)
    assert house.whats() == []


def test_while_sealed_it_is_what_it_always_was() -> None:
    house = at(NIGHT)
    house.node("archive-1").opens(CABINET, 7)
    assert house.whats() == ["opened-while-sealed"]


# ---------------------------------------------------------------- another's word, and a beat's


def test_another_nodes_word_is_bad_news_and_no_good_news() -> None:
    house = at(NIGHT)
    house.node("cipher-1").opens(CABINET)
    assert "opened-out-of-hours" in house.whats()
    house.node("archive-1").opens(OTHER)
    house.node("cipher-1").closes(OTHER)
    assert house.alarm("opened-out-of-hours").active


def test_what_a_beat_says_while_the_nodes_disk_refuses_is_told_at_once_and_its_record_later_is_the_same() -> None:
    house = at(NIGHT)
    archive = house.node("archive-1")
    beat = m.BeatContradicts(
        node="archive-1", point=CABINET, level="active", sealing=None, boot=archive.boot, uptime=archive.mono
    )
    house.decides(beat)
    assert house.alarm("opened-out-of-hours").active
    archive.opens(CABINET)
    assert house.alarm("opened-out-of-hours").count == 1
    house.clock.forward(10)
    archive.closes(CABINET)
    assert not house.alarm("opened-out-of-hours").active


# ---------------------------------------------------------------- an input that chatters


def test_a_contact_that_ends_its_chatter_open_at_night_was_opened_and_is_told_once() -> None:
    house = at(NIGHT)
    archive = house.node("archive-1")
    for _ in range(3):
        until = archive.mono
        archive.says(m.Chatter(point=CABINET, edges=30, since=until - 10_000, until=until, level="active"))
        house.clock.forward(10)
    assert sorted(house.whats()) == ["chatter", "opened-out-of-hours"]
    assert house.alarm("opened-out-of-hours").count == 1

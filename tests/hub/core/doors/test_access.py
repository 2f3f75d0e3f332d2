"""Who is in, and who tries in vain, as the nodes tell it."""

from __future__ import annotations

import pytest

from tests.support.paper import CHEN_JIE, ZHANG_WEI, PaperHub
from wire import messages as m


@pytest.fixture
def house() -> PaperHub:
    return PaperHub()


def wrong(house: PaperHub, times: int, person: int | None = None) -> None:
    for _ in range(times):
        house.node("archive-1").denies("archive/reader", person, "unknown" if person is None else "no-grant")


def test_the_fifth_wrong_try_in_a_row_is_an_alarm_and_the_fourth_is_not(house: PaperHub) -> None:
    wrong(house, 4)
    assert not house.alarms()
    wrong(house, 1)
    alarm = house.alarm("denied-five-times")
    assert (alarm.place, alarm.count) == ("archive/reader", 1)


def test_tries_of_different_people_count_together(house: PaperHub) -> None:
    wrong(house, 3, CHEN_JIE)
    wrong(house, 2)
    assert house.whats() == ["denied-five-times"]


def test_a_right_try_ends_the_row(house: PaperHub) -> None:
    wrong(house, 4)
    house.node("archive-1").grants("archive/reader", ZHANG_WEI)
    wrong(house, 4)
    assert not house.alarms()


def test_each_further_five_are_told_again_and_not_each_further_one(house: PaperHub) -> None:
    wrong(house, 9)
    assert house.alarm("denied-five-times").count == 1
    wrong(house, 1)
    assert house.alarm("denied-five-times").count == 2


def test_tries_at_another_areas_reader_count_for_themselves(house: PaperHub) -> None:
    wrong(house, 4)
    house.node("cipher-1").denies("cipher-room/reader", None, "unknown")
    assert not house.alarms()


def test_a_badge_while_sealed_is_an_alarm_at_once_and_no_wrong_try(house: PaperHub) -> None:
    house.node("archive-1").denies("archive/reader", ZHANG_WEI, "sealed", sealing=1)
    assert house.whats() == ["badge-while-sealed"]
    assert house.state.area("archive").denied == 0


@pytest.mark.parametrize(
    ("said", "inside"),
    [
        (m.Entered(area="archive", person=ZHANG_WEI, inside=1), 1),
        (m.Entered(area="archive", person=CHEN_JIE, inside=1), 1),  # the node had forgotten the first meanwhile
        (m.Left(area="archive", by="free", inside=2), 2),  # an older disk was put in
        (m.Emptied(area="archive", why="stay-over"), 0),
        (m.Emptied(area="archive", why="not-known"), 0),
        (m.NotEntered(area="archive", person=ZHANG_WEI), 1),
    ],
)
def test_how_many_are_inside_is_what_the_node_said_last_and_is_never_added_up(
    house: PaperHub, said: m.RecordData, inside: int
) -> None:
    archive = house.node("archive-1")
    archive.says(m.Entered(area="archive", person=ZHANG_WEI, inside=1))
    archive.says(said)
    assert house.state.area("archive").inside == inside
    house.check()


def test_a_door_held_open_is_over_when_it_is_closed_and_stays_to_be_answered(house: PaperHub) -> None:
    archive = house.node("archive-1")
    archive.opens("archive/iron-gate")
    archive.says(m.HeldOpen(point="archive/iron-gate", seconds=60))
    assert house.alarm("held-open").active
    archive.closes("archive/iron-gate")
    assert house.alarm("held-open").life == "returned-unacknowledged"


def test_a_door_held_open_while_the_hub_was_away_is_judged_by_the_nodes_time_and_shown_as_late(house: PaperHub) -> None:
    archive = house.node("archive-1")
    records = [
        archive.record(m.LevelChanged(point="archive/iron-gate", was="normal", now="active", at=0), ago=300),
        archive.record(m.HeldOpen(point="archive/iron-gate", seconds=60), ago=240),
        archive.record(m.LevelChanged(point="archive/iron-gate", was="active", now="normal", at=0), ago=200),
    ]
    house.take(records)
    alarm = house.alarm("held-open")
    assert (alarm.late, alarm.active) == (True, False)
    assert alarm.happened == house.clock() - 240_000

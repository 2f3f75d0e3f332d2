"""Who may have opened something is a set of people, and never a guess."""

from __future__ import annotations

import pytest

from hub.core.doors.present import By, Move, Presence, Present, move
from wire import messages as m

ZHANG, LI, WANG = 1001, 1002, 1003
MINUTE, HOUR = 60_000, 3_600_000
NOON = 1_800_000_000_000


def there(*moves: Move, at: int, node: str = "archive-1", by: By = "inside") -> Present:
    return Presence(moves, by).at(NOON + at, node)


def goes_in(at: int, person: int, inside: int, node: str = "archive-1") -> Move:
    return Move(NOON + at, node, "in", person, inside)


def goes_out(at: int, inside: int, person: int | None = None) -> Move:
    return Move(NOON + at, "archive-1", "out", person, inside)


def shows(at: int, person: int) -> Move:
    return Move(NOON + at, "archive-1", "badge", person)


def test_whoever_is_alone_inside_it_was_by_the_records() -> None:
    assert there(goes_in(0, ZHANG, 1), at=MINUTE) == Present((ZHANG,), 1, "inside")


def test_of_two_inside_it_is_one_of_two() -> None:
    assert there(goes_in(0, ZHANG, 1), goes_in(1, LI, 2), at=MINUTE) == Present((ZHANG, LI), 2, "inside")


def test_nobody_is_inside_before_and_after() -> None:
    moves = goes_in(0, ZHANG, 1), goes_out(MINUTE, 0)
    assert there(*moves, at=-1) == there(*moves, at=MINUTE) == Present((), 0, "inside")
    assert there(*moves, at=MINUTE - 1).people == (ZHANG,)


def test_of_whom_an_unknown_one_has_left_it_may_be_either() -> None:
    known = there(goes_in(0, ZHANG, 1), goes_in(1, LI, 2), goes_out(2, 1), at=MINUTE)
    assert known == Present((ZHANG, LI), 1, "inside")


def test_whoever_leaves_by_the_reader_was_it_not() -> None:
    assert there(goes_in(0, ZHANG, 1), goes_in(1, LI, 2), goes_out(2, 1, ZHANG), at=MINUTE).people == (LI,)


@pytest.mark.parametrize("why", [Move(NOON + 5, "archive-1", "empty")])
def test_what_is_set_or_emptied_is_empty(why: Move) -> None:
    assert there(goes_in(0, ZHANG, 1), why, at=MINUTE) == Present((), 0, "inside")


def test_a_count_above_the_names_is_told_beside_them() -> None:
    assert there(goes_in(0, ZHANG, 3), at=MINUTE).more == 2


def test_what_is_told_late_takes_its_place_by_its_own_time() -> None:
    assert there(goes_out(HOUR, 0), goes_in(0, ZHANG, 1), at=MINUTE).people == (ZHANG,)


def test_what_another_node_saw_may_be_a_little_earlier_or_later() -> None:
    inside = goes_in(5_000, ZHANG, 1), goes_out(MINUTE, 0)
    assert there(*inside, at=0, node="archive-1").people == ()
    assert there(*inside, at=0, node="archive-2").people == (ZHANG,)
    assert there(*inside, at=MINUTE + 5_000, node="archive-2").people == (ZHANG,)
    assert there(*inside, at=MINUTE + 15_000, node="archive-2").people == ()


def test_at_a_bank_of_cabinets_it_is_whoever_was_granted_in_the_hour_before() -> None:
    moves = shows(0, ZHANG), shows(30 * MINUTE, LI)
    assert there(*moves, at=HOUR, by="badge") == Present((ZHANG, LI), 2, "badge")
    assert there(*moves, at=HOUR + 1, by="badge").people == (LI,)
    assert there(*moves, at=2 * HOUR, by="badge") == Present((), 0, "badge")


def test_a_bank_of_cabinets_that_is_set_is_nobodys() -> None:
    assert there(shows(0, ZHANG), Move(NOON + 1, "archive-1", "empty"), at=MINUTE, by="badge").people == ()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (m.Granted(reader="archive/reader", credential="0" * 64, person=ZHANG), "badge"),
        (m.Entered(area="archive", person=ZHANG, inside=1), "in"),
        (m.Left(area="archive", by="button", inside=0), "out"),
        (m.Emptied(area="archive", why="stay-over"), "empty"),
        (m.AreaSet(area="archive", number=1, by="badge"), "empty"),
        (m.HeldOpen(point="archive/corridor-door", seconds=60), None),
    ],
)
def test_what_each_record_says_of_who_is_there(data: m.RecordData, what: str | None) -> None:
    record = m.Record(
        v=1, site="demo", node="archive-1", life=1, boot="b", seq=1, mono=5, wall=NOON, clock="trusted", prev="",
        data=data,
    )  # fmt: skip
    found = move(record, NOON)
    assert (found.what if found else None) == what
    assert found is None or found.at == NOON

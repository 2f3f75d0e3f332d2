"""What the pages about shifts, sealings and figures ask of the database, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.core.alarms.figures import Called
from hub.store import alarm_list, certificates, figures, rosters
from hub.store.queries import Term
from tests.hub.engine.test_certifier import unseal
from tests.support.databases import Databases, Kind
from tests.support.hub import House, make_hub, seal
from wire import messages as m

HOUR = 3_600_000
WANG, LIU, ZHOU = 1003, 1005, 1008


@pytest.fixture
def house(kind: Kind, databases: Databases, tmp_path: Path) -> House:
    """A hub on each kind of database."""
    house = make_hub(tmp_path, settings=f'database = "{databases.empty(kind)}"\n')
    for node in ("archive-1", "cipher-1", "computer-1"):
        house.node(node)
    return house


def ask(house: House, question: Any, *arguments: Any, **named: Any) -> Any:
    return house.read(lambda connection: question(connection, *arguments, **named))


def test_shifts_of_a_time_and_the_next_one(house: House) -> None:
    now = house.clock()
    assert not ask(house, rosters.kept)
    for person, starts, ends in ((WANG, 0, 12), (ZHOU, 12, 24), (WANG, 36, 48)):
        wanted = m.ShiftAdded(shift=0, person=person, stand_in=None, starts=now + starts * HOUR, ends=now + ends * HOUR)
        house.fact(wanted, "console", LIU, "security")

    def numbers(since: int, until: int) -> list[int]:
        return [one.number for one in ask(house, rosters.shifts, now + since * HOUR, now + until * HOUR)]

    assert numbers(0, 48) == [1, 2, 3]
    assert numbers(12, 36) == [2]
    assert numbers(24, 36) == []
    assert ask(house, rosters.following, now).number == 2
    house.fact(m.ShiftRemoved(shift=2), "console", LIU, "security")
    assert numbers(0, 48) == [1, 3]
    assert ask(house, rosters.following, now).number == 3
    assert ask(house, rosters.following, now + 36 * HOUR) is None
    assert ask(house, rosters.kept)


def test_hand_overs_are_searched_and_go_on_from_a_number(house: House) -> None:
    for person, note in ((WANG, "heating 100 %"), (ZHOU, "locksmith"), (WANG, "")):
        draft = m.HandoverDrafted(handover=0, alarms=(), sealed=(), silent=(), note=note)
        house.fact(draft, "console", person, "duty")
    house.fact(m.HandoverTaken(handover=3), "console", ZHOU, "duty")

    def found(*terms: str, **named: Any) -> list[int]:
        return [one.number for one in ask(house, rosters.handovers, [Term(one) for one in terms], **named)]

    assert found() == [3, 2, 1]
    assert found(before=3, limit=1) == [2]
    assert found("%") == [1]
    assert found("LOCK") == [2]
    assert found("周强") == [3, 2]
    assert found(str(ZHOU)) == [3, 2]
    assert found("9" * 15) == []
    assert found("王", "heating") == [1]
    assert [one.number for one in ask(house, rosters.waiting)] == [2, 1]
    assert ask(house, rosters.find, 2).note == "locksmith"
    assert ask(house, rosters.find, 9) is None


def test_past_sealings_are_searched_by_whoever_sealed(house: House) -> None:
    began = house.clock()
    seal(house, "archive", "archive-1")
    house.clock.forward(3600)
    unseal(house)
    house.clock.forward(3600)
    seal(house, "cipher-room", "cipher-1", 1002, 1008)

    def found(*terms: Term, **named: Any) -> list[int]:
        return [one.number for one in ask(house, certificates.past, terms, **named)]

    assert found() == [2, 1]
    assert found(before=2) == [1]
    assert found(Term("张伟")) == [1]
    assert found(Term("1008")) == [2]
    assert found(Term("100")) == []
    assert found(Term("x", places=frozenset({"archive"}))) == [1]
    assert found(Term("x", kinds=frozenset({"closed"}))) == [1]
    assert found(Term("cipher"), Term("张伟")) == []

    def between(since: int, until: int) -> list[int]:
        rows = ask(house, certificates.sealed_between, began + since * HOUR, began + until * HOUR)
        return [one.number for one in rows]

    assert between(0, 10) == [1, 2]
    assert between(-1, 0) == []
    assert between(1, 2) == []
    assert between(5, 6) == [2]


def test_alarms_by_their_numbers(house: House) -> None:
    archive = house.node("archive-1")
    for point in ("iron-gate", "security-door", "corridor-door"):
        archive.says(m.Forced(point=f"archive/{point}"))
    assert [one.number for one in ask(house, alarm_list.numbered, (3, 1, 9))] == [1, 3]
    assert ask(house, alarm_list.numbered, ()) == []


def test_rows_for_the_figures(house: House) -> None:
    began = house.clock()
    archive = house.node("archive-1")
    archive.says(m.Forced(point="archive/iron-gate"))
    house.clock.forward(30)
    house.fact(m.AlarmAcknowledged(alarm=1), "console", WANG, "duty")
    house.fact(m.DrillStarted(area="archive"), "console", LIU, "security")
    house.clock.forward(600)
    archive.says(m.Forced(point="archive/iron-gate"))
    rows = ask(house, figures.read, began)
    assert [(one.what, one.answered_at, len(one.again)) for one in rows.raised] == [
        ("forced", began + 30_000, 1),
        ("drill", None, 0),
    ]
    assert Called(began, drill=False) in rows.called
    later = ask(house, figures.read, began + 600_000)
    assert [(one.what, one.again) for one in later.raised if one.again] == [("forced", (began + 630_000,))]

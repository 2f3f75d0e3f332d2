"""Beside the engine a process that stands back compares the saved rows with the journal, a little at a time."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update

from hub.core.journal import compared
from hub.core.state import Alarm
from hub.engine import comparison
from hub.engine.comparer import AFTER_MS, Comparer
from hub.engine.comparison import KeptMark
from hub.ledger import comparing
from hub.ledger.comparing import Compared, Comparing
from hub.ledger.reading import JournalDamaged
from hub.site_directory.hub import wall_ms
from hub.store import queries, session, tables
from tests.support.databases import Databases, Kind, StoreHouse, without_guards
from tests.support.hub import seal
from tests.support.paper import WANG_FANG
from wire import messages as m


def a_history(house: StoreHouse) -> None:
    """With rows that are finished and others that are not."""
    archive = house.node("archive-1")
    number = seal(house, "archive", "archive-1")
    archive.opens("archive/iron-gate", number)
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=1))
    house.fact(m.NodeSilent(node="cipher-1", last_heard=None, sealed=()))
    house.fact(m.NodeBack(node="cipher-1", silent_for=1))


def steps(house: StoreHouse, going: Comparing) -> list[Compared | None]:
    """What each step has found, to the end."""
    found: list[Compared | None] = []
    while not found or found[-1] is None:
        with session.reading(house.database) as connection:
            found.append(going.step(connection))
    return found


def found_by(house: StoreHouse, going: Comparing | None = None) -> Compared:
    last = steps(house, going or Comparing())[-1]
    assert last is not None
    return last


def test_what_the_journal_says_differs_in_nothing_however_far_it_has_come(house: StoreHouse) -> None:
    going = Comparing()
    a_history(house)
    first = found_by(house, going)
    assert (first.count, first.named) == (0, ())
    house.node("archive-1").opens("archive/security-door", 1)
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=3))
    second = found_by(house, going)
    assert second.count == 0
    assert second.size > first.size


CHANGES: dict[str, Any] = {
    "of an open alarm": update(tables.alarm).where(tables.alarm.c.number == 1).values(life="active-unacknowledged"),
    "of an area": update(tables.area).values(inside=7),
    "an alarm taken away": delete(tables.alarm).where(tables.alarm.c.number == 1),
    "an order that is carried out": update(tables.order_out).values(node="cipher-1"),
    "orders taken away": delete(tables.order_out),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_changed_by_hand_is_found_and_named(house: StoreHouse, change: str) -> None:
    a_history(house)
    assert found_by(house).count == 0
    house.change(lambda connection: connection.execute(CHANGES[change]))
    seen = found_by(house)
    assert seen.count >= 1
    assert seen.named[0].startswith(CHANGES[change].table.name)


def test_a_row_that_somebody_puts_beside_those_that_are_finished_is_found(house: StoreHouse) -> None:
    a_history(house)
    with session.reading(house.database) as connection:
        row = dict(connection.execute(select(tables.order_out)).first()._mapping)  # type: ignore[union-attr]
    more = {**row, "number": 999_999, "state": "done"}
    house.change(lambda connection: connection.execute(insert(tables.order_out), more))
    assert found_by(house).named == ("order_out: 1 that the journal knows nothing of",)


def test_it_goes_on_by_a_day_at_a_time_and_finds_the_same(house: StoreHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    a_history(house)
    house.clock.forward(3 * 86_400)
    house.node("archive-1").closes("archive/iron-gate")
    assert len(steps(house, Comparing())) >= 2, "nobody reads more than a day at once"
    monkeypatch.setattr(comparing, "DAY_MS", 0)
    each = steps(house, Comparing())
    assert len(each) >= found_by(house).size, "an entry at a time"
    assert each[-1] == found_by(house)
    house.change(lambda connection: connection.execute(CHANGES["an order that is carried out"]))
    assert found_by(house).count >= 1


def test_no_step_reads_for_long(house: StoreHouse) -> None:
    a_history(house)
    seconds = iter(range(0, 10**6, int(comparing.STEP_S)))
    going = Comparing(seconds=lambda: float(next(seconds)))
    assert len(steps(house, going)) >= found_by(house).size


# ---------------------------------------------------------------- what is kept

NOW = 1_700_000_000_000


def after_some(house: StoreHouse, entries: int) -> Comparing:
    """A comparison that has come so far."""
    going = Comparing(NOW)
    with session.reading(house.database) as connection:
        while going.size < entries:
            assert going.step(connection) is None
    return going


def began(house: StoreHouse, kept: KeptMark, now: int = NOW) -> Comparing:
    return house.read(lambda connection: kept.comparing(connection, now))  # type: ignore[no-any-return]


def test_who_begins_goes_on_where_another_has_stood_whatever_that_was_and_finds_the_same(
    house: StoreHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_history(house)
    size = found_by(house).size
    monkeypatch.setattr(comparing, "DAY_MS", 0)
    house.change(lambda connection: connection.execute(CHANGES["orders taken away"]))
    for entries in range(2, size, 7):
        before, kept = after_some(house, entries), KeptMark(tmp_path / "compared")
        kept.keep(before, at_the_end=False, seconds=0.0)
        after = began(house, kept)
        assert (after.size, after.begun) == (before.size, NOW)
        assert steps(house, after) == steps(house, before)


def test_from_the_end_it_goes_on_with_what_has_come_since(house: StoreHouse, tmp_path: Path) -> None:
    a_history(house)
    kept, going = KeptMark(tmp_path / "compared"), Comparing(NOW)
    first = found_by(house, going)
    kept.keep(going, at_the_end=True, seconds=0.0)
    assert (tmp_path / "compared").stat().st_mode & 0o777 == 0o600
    house.node("archive-1").opens("archive/security-door", 1)
    again = began(house, kept)
    assert again.size == first.size
    assert found_by(house, again) == found_by(house)


def doctored(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """By somebody who can write the file and make its hash anew."""
    content = json.loads(path.read_bytes().partition(b"\n")[2])
    change(content)
    body = json.dumps(content).encode()
    path.write_bytes(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)


SPOILT: dict[str, Callable[[Path], object]] = {
    "is not this user's alone": lambda path: path.chmod(0o640),
    "is not as it was written": lambda path: path.write_bytes(path.read_bytes()[:-20]),
    "are others": lambda path: doctored(path, lambda kept: kept["mark"].update(root="00" * 32)),
    "the journal has no 1000000 entries": lambda path: doctored(path, lambda kept: kept["mark"].update(size=10**6)),
    "unknown field": lambda path: doctored(path, lambda kept: kept.update(more=1)),
    "Expected `object`, got `int`": lambda path: doctored(path, lambda kept: kept["mark"]["rows"].update(area=[1])),
}


@pytest.mark.parametrize("why", SPOILT)
def test_what_does_not_fit_is_said_and_it_begins_with_the_first_entry(
    house: StoreHouse, tmp_path: Path, caplog: pytest.LogCaptureFixture, why: str
) -> None:
    a_history(house)
    kept, going = KeptMark(tmp_path / "compared"), Comparing(NOW)
    found_by(house, going)
    kept.keep(going, at_the_end=True, seconds=0.0)
    SPOILT[why](tmp_path / "compared")
    assert began(house, kept).size == 0
    assert why in caplog.text


def test_of_another_journal_nothing_is_gone_on_from(
    house: StoreHouse, databases: Databases, kind: Kind, tmp_path: Path
) -> None:
    a_history(house)
    kept, going = KeptMark(tmp_path / "compared"), Comparing(NOW)
    found_by(house, going)
    kept.keep(going, at_the_end=True, seconds=0.0)
    other = StoreHouse(databases.new(kind))
    other.clock.forward(1)
    a_history(other)
    assert began(other, kept).size == 0
    databases.drop(other.database)


def test_after_a_day_and_after_an_update_it_begins_with_the_first_entry(
    house: StoreHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, going = KeptMark(tmp_path / "compared"), Comparing(NOW)
    size = found_by(house, going).size
    kept.keep(going, at_the_end=True, seconds=0.0)
    assert began(house, kept, NOW + comparison.ANEW_MS).size == size
    assert began(house, kept, NOW + comparison.ANEW_MS + 1).size == 0
    assert began(house, kept, NOW - 1).size == 0, "the clock was turned"
    monkeypatch.setattr(comparison, "own_version", lambda: "another")
    assert began(house, KeptMark(tmp_path / "compared")).size == 0


def test_a_disk_that_refuses_costs_no_more_than_that_it_is_not_kept(
    house: StoreHouse, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    going = Comparing(NOW)
    found_by(house, going)
    KeptMark(tmp_path / "no folder" / "compared").keep(going, at_the_end=True, seconds=0.0)
    assert "cannot be kept" in caplog.text


def test_a_journal_that_was_changed_is_found(house: StoreHouse) -> None:
    a_history(house)

    def damage(connection: Any) -> None:
        without_guards(connection, "journal")
        connection.execute(text("DELETE FROM journal WHERE idx = 3"))

    house.change(damage)
    with pytest.raises(JournalDamaged, match="entry 3 is missing"):
        found_by(house)


def test_the_process_stands_back_and_what_it_finds_is_an_alarm_until_it_is_mended(
    house: StoreHouse, tmp_path: Path
) -> None:
    a_history(house)
    right = house.read(lambda connection: connection.execute(select(tables.area.c.inside)).scalars().first())
    house.change(lambda connection: connection.execute(update(tables.area).values(inside=7)))

    def compares() -> Compared:
        comparer = Comparer(house.database.url.render_as_string(hide_password=False), tmp_path / "compared", 0)
        assert comparer.found(AFTER_MS - 1) is None
        pid = comparer.process
        assert pid is None, "the engine works first"
        deadline = time.monotonic() + 90
        while (seen := comparer.found(AFTER_MS)) is None:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        pid = comparer.process
        assert pid
        assert os.getpriority(os.PRIO_PROCESS, pid) == 19
        kept = KeptMark(tmp_path / "compared")
        while house.read(lambda connection: kept.comparing(connection, wall_ms()).size) == 0:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        comparer.close()
        return seen

    def alarms(seen: Compared) -> list[bool]:
        house.engine.decide(lambda state, _site: compared.found(state, seen.count, seen.named))
        return [one.active for one in house.engine.look()[0].all(Alarm) if one.what == "rows-differ"]

    seen = compares()
    assert seen.count >= 1
    assert alarms(seen) == [True]
    assert alarms(seen) == [True], "it is told once"
    (said,) = house.read(lambda connection: queries.journal(connection, kind="rows-differ"))
    assert said.message.data.example.startswith("area ")
    house.change(lambda connection: connection.execute(update(tables.area).values(inside=right)))
    assert alarms(compares()) == [False]

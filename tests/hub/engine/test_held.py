"""Another process that only reads can still keep the engine from writing, by a lock or by reading on and on: that is
told while it lasts and journalled afterwards."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import OperationalError

from hub.cli.services import PATIENCE_MS
from hub.core.nodes import held_database, hub_disk
from hub.core.nodes.held_database import TOLD_MS, HeldDatabase
from hub.core.state import Alarm
from hub.engine import disk
from hub.engine.alive import HUB_BEAT_MS
from hub.store import alarm_list, queries, schema, session, tables
from tests.hub.engine.test_loop import Running
from tests.support import fence
from tests.support.hub import House, make_hub
from wire import messages as m

LOCKS = """
import fcntl, os, sys
shared = os.open(sys.argv[1] + "-shm", os.O_RDONLY)
fcntl.lockf(shared, fcntl.LOCK_SH, 1, 120)
print("held", flush=True)
sys.stdin.read()
"""
"""Of all that is there to be locked, this byte is the writer's. Who may read the file may hold it, shared."""

READS = """
import sqlite3, sys
reading = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True, isolation_level=None)
reading.execute("BEGIN")
reading.execute("SELECT size FROM head").fetchone()
print("reads", flush=True)
sys.stdin.read()
"""


@contextmanager
def another(does: str, database: Path) -> Iterator[None]:
    """A process that may only read, at work until the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", does, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline()
    try:
        yield
    finally:
        process.communicate()


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = make_hub(tmp_path)
    made.clock.run()
    return made


def at_work(house: House) -> Running:
    return Running(house, house.hub.on(fence.ours(house.hub.database(PATIENCE_MS, writes=True))))


def held(running: Running) -> int | None:
    beat = running.pulse()
    return beat.held if beat else None


def test_a_database_that_a_reader_holds_is_told_at_once_beside_the_journal_and_afterwards_in_it(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(at_work(house)) as running:
        running.until(lambda: running.pulse() is not None)
        began = house.clock()
        with another(LOCKS, house.hub.layout.database):
            running.until(lambda: held(running) is not None)
            first = running.pulse()
            running.until(lambda: running.pulse() != first)
            assert "database-held" not in running.kinds(), "nothing can be journalled"
            ended = house.clock()
        running.until(lambda: "database-held" in running.kinds())
        running.until(lambda: held(running) is None)
    assert caplog.text.count("the database is held by another process") == 1
    (row,) = house.read(lambda connection: queries.journal(connection, kind="database-held"))
    said = row.message.data
    assert isinstance(said, m.DatabaseHeld)
    assert said.held_for >= TOLD_MS
    assert began - 60_000 < said.since < ended
    raised = house.read(lambda connection: alarm_list.alarms(connection))
    (alarm,) = [one for one in raised if one.what == "database-held"]
    assert (alarm.klass, alarm.happened) == ("trouble", said.since)


def test_an_engine_that_waits_ends_when_it_is_told_to(house: House) -> None:
    asked: list[int] = []

    def goes_on(waited: int) -> bool:
        asked.append(waited)
        return False

    house.engine.look()  # or nothing would lie beside the file
    impatient = session.patient(fence.ours(session.open_database(house.hub.database_url, 50)), goes_on)
    with (
        another(LOCKS, house.hub.layout.database),
        pytest.raises(OperationalError, match="locked"),
        session.writing(impatient),
    ):
        pytest.fail("it is held")
    assert len(asked) == 1


# ---------------------------------------------------------------- when it is told


def test_whoever_looks_after_the_database_for_a_moment_is_no_trouble() -> None:
    watch = HeldDatabase()
    assert not any(watch.waits(waited, waited) for waited in range(0, TOLD_MS, 1000))
    assert watch.told_for(TOLD_MS) is None
    assert list(watch.due(10**12, TOLD_MS)) == []


def test_it_is_told_within_ten_seconds_once_and_its_end_once_with_the_true_time() -> None:
    assert TOLD_MS + PATIENCE_MS + HUB_BEAT_MS < 10_000
    watch, start, now = HeldDatabase(), 50_000, 10**12
    told = [mono for mono in range(start + 1000, start + 20_000, 1000) if watch.waits(mono - start, mono)]
    assert told == [start + TOLD_MS]
    assert watch.told_for(start + 19_000) == 19_000
    assert list(watch.due(now, start + 19_500)) == [m.DatabaseHeld(since=now - 19_500, held_for=19_000)]
    assert list(watch.due(now, start + 19_500)) == []
    assert watch.told_for(start + 30_000) is None


def test_one_transaction_that_waits_after_another_waits_for_the_same() -> None:
    watch = HeldDatabase()
    assert not watch.waits(3000, 3000)
    assert watch.waits(1000, held_database.TOLD_MS)
    assert watch.told_for(TOLD_MS) == TOLD_MS


# ---------------------------------------------------------------- the log that grows


def test_a_log_that_a_reader_keeps_from_being_emptied_is_a_trouble_until_he_has_ended(house: House) -> None:
    path = schema.file(house.database)
    assert path

    def looked_at() -> set[str]:
        seen = disk.look(path.parent, path)._replace(total=10**12, free=10**12)
        house.engine.decide(lambda state, _site: hub_disk.changes(state, seen))
        return {one.what for one in house.engine.look()[0].all(Alarm) if one.open}

    row = {"half": "", "sha256": "", "note": b"", "slip": bytes(10**6)}
    rows = [{"sealing": 10**6 + number, **row} for number in range(72)]
    with another(READS, path):
        with session.writing(house.database) as connection:
            connection.execute(insert(tables.certificate), rows[2:])
        assert looked_at() == {"log-not-emptied"}
    for one in rows[:2]:  # the first puts it all into the file, the next begins it anew
        with session.writing(house.database) as connection:
            connection.execute(insert(tables.certificate), one)
    assert looked_at() == set(), "the log has begun anew, and was cut short with it"

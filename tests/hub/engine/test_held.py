"""Another process that only reads can still keep the engine from writing, by a lock or by reading on and on: that is
told while it lasts and journalled afterwards."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert
from sqlalchemy.exc import OperationalError

from hub.cli.services import PATIENCE_MS
from hub.core.nodes import held_database, hub_disk
from hub.core.nodes.held_database import TOLD_MS, HeldDatabase
from hub.core.state import Alarm
from hub.door import protocol
from hub.door.caller import Caller, DatabaseHeld
from hub.engine import disk
from hub.engine.alive import HUB_BEAT_MS
from hub.store import alarm_list, queries, schema, session, tables
from tests.hub.engine.test_loop import PATIENCE_S, Running
from tests.support import fence
from tests.support.databases import Databases
from tests.support.hub import PASSWORD, House, make_hub
from tests.support.ports import free_port
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


def at_work(house: House, patience_ms: int = 200) -> Running:
    return Running(house, house.hub.on(fence.ours(house.hub.database(patience_ms, writes=True))))


def held(running: Running) -> int | None:
    beat = running.pulse()
    return beat.held if beat else None


def test_a_database_that_a_reader_holds_is_told_at_once_beside_the_journal_and_afterwards_in_it(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(at_work(house, PATIENCE_MS)) as running:
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


CALLS: Sequence[protocol.AnyRequest] = (
    protocol.Say(said=(m.SignInFailed(count=7),)),
    protocol.SignIn(login="wangfang", password=PASSWORD),
    protocol.SignOut(token="t" * 43),
)


SAYS = protocol.Say(said=(m.AnswersRefused(channel="sms", reason="unreadable", count=1),))


def test_while_it_is_held_whoever_asks_is_told_so_and_what_he_asked_for_is_not_done(house: House) -> None:
    with closing(at_work(house)) as running, closing(Caller(house.hub.layout.door("admin"))) as admin:
        running.until(lambda: running.pulse() is not None)
        with another(LOCKS, house.hub.layout.database):
            for _ in range(3):
                for asks in CALLS:
                    with pytest.raises(DatabaseHeld) as told:
                        admin.ask(asks, "the-number", PATIENCE_S)
                    assert not told.value.asked
            assert running.pulse() is not None, "it is well"
        running.until(lambda: held(running) is None)
        assert admin.do(CALLS[0], "the-number", PATIENCE_S).again is False
        assert admin.do(CALLS[0], "the-number", PATIENCE_S).again is True
        assert isinstance(admin.ask(CALLS[1], patience_s=PATIENCE_S), protocol.SignedIn)
    said = house.read(lambda connection: queries.journal(connection, kind="sign-in-failed"))
    assert [row.message.data for row in said] == [m.SignInFailed(count=7)]


@pytest.mark.postgres
@pytest.mark.parametrize("holds", ["SELECT writer FROM head FOR UPDATE", "LOCK TABLE head IN EXCLUSIVE MODE"])
def test_so_he_is_on_postgresql_be_it_a_row_that_is_held_or_the_table(
    databases: Databases, tmp_path: Path, holds: str
) -> None:
    settings = f'database = "{databases.empty("postgresql")}"\n[console]\nport = {free_port()}\n'
    house = make_hub(tmp_path, settings=settings)
    house.clock.run()
    with closing(at_work(house)) as running, closing(Caller(house.hub.layout.door("admin"))) as admin:
        running.until(lambda: running.pulse() is not None)
        with create_engine(house.database.url).begin() as other:
            other.exec_driver_sql(holds)
            for _ in range(3):
                with pytest.raises(DatabaseHeld):
                    admin.ask(CALLS[0], "the-number", PATIENCE_S)
            running.until(lambda: held(running) is not None)
        running.until(lambda: held(running) is None)
        assert admin.do(CALLS[0], "the-number", PATIENCE_S).again is False
    house.database.dispose()


def test_who_asks_while_others_are_told_is_told_without_another_wait(house: House) -> None:
    with closing(at_work(house, PATIENCE_MS)) as running, ExitStack() as lines:
        askers = [lines.enter_context(closing(Caller(house.hub.layout.door("admin")))) for _ in range(20)]
        running.until(lambda: running.pulse() is not None)
        with another(LOCKS, house.hub.layout.database), ThreadPoolExecutor(len(askers)) as pool:
            began = time.monotonic()
            told = [pool.submit(asker.ask, CALLS[0], None, PATIENCE_S) for asker in askers]
            assert {type(one.exception()) for one in told} == {DatabaseHeld}
            took = time.monotonic() - began
        running.until(lambda: held(running) is None)
    assert took < len(askers) * PATIENCE_MS / 1000, "and not one after the other"


def test_a_database_that_is_held_for_a_moment_keeps_nobody_from_what_he_asks_for(house: House) -> None:
    with closing(at_work(house, 60_000)) as running, closing(Caller(house.hub.layout.door("admin"))) as admin:
        running.until(lambda: running.pulse() is not None)
        writes = session.writing(fence.ours(house.hub.database(writes=True)))
        with ThreadPoolExecutor(1) as pool, writes:
            asked = pool.submit(admin.do, CALLS[0], None, PATIENCE_S)
            time.sleep(0.1)
        assert asked.result().again is False


def test_a_wrong_password_that_is_shown_meanwhile_is_told_afterwards(house: House) -> None:
    with closing(at_work(house)) as running, closing(Caller(house.hub.layout.door("console"))) as console:
        running.until(lambda: running.pulse() is not None)
        with another(LOCKS, house.hub.layout.database), pytest.raises(DatabaseHeld):
            console.ask(protocol.SignIn(login="wangfang", password="wrong"), patience_s=PATIENCE_S)
        running.until(lambda: "sign-in-failed" in running.kinds())


def test_who_holds_it_in_slices_that_are_short_by_themselves_is_told_too(house: House) -> None:
    with closing(at_work(house)) as running, closing(Caller(house.hub.layout.door("notify"))) as notify:
        running.until(lambda: running.pulse() is not None)
        slices = 0
        while "database-held" not in running.kinds():
            with another(LOCKS, house.hub.layout.database), pytest.raises(DatabaseHeld):
                notify.do(SAYS, patience_s=PATIENCE_S)
            slices += 1
            notify.do(SAYS, patience_s=PATIENCE_S)
        assert slices > 1


def test_an_engine_that_waits_ends_when_it_is_told_to(house: House) -> None:
    asked: list[int] = []

    def goes_on(waited: int) -> bool:
        asked.append(waited)
        return False

    house.engine.look()  # or nothing would lie beside the file
    impatient = session.patient(fence.ours(session.open_database(house.hub.database_url, 50)), session.Waits(goes_on))
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
    assert watch.waits(2000, 6000)
    assert watch.told_for(6000) == 6000


def test_who_holds_it_for_a_little_again_and_again_is_told_as_well() -> None:
    watch, now = HeldDatabase(), 10**12
    told = [mono for mono in range(4000, 60_000, 4000) if watch.got_through(900, mono)]
    assert told == [24_000], "it was the sixth time"
    assert list(watch.due(now, 60_000)) == [m.DatabaseHeld(since=now - (60_000 - 3100), held_for=14 * 900)]
    assert not any(watch.got_through(900, mono) for mono in range(64_000, 80_000, 4000))


def test_while_that_goes_on_it_is_journalled_once_a_minute_and_nothing_of_it_is_left_out() -> None:
    watch, now, said = HeldDatabase(), 10**12, list[m.FactData]()
    for mono in range(2000, 300_000, 2000):
        watch.got_through(1000, mono)
        said += watch.due(now, mono)
    held = [one.held_for for one in said if isinstance(one, m.DatabaseHeld)]
    assert held == [5000, 30_000, 30_000, 30_000, 30_000]


def test_waits_that_are_few_in_a_minute_or_brief_are_no_trouble() -> None:
    watch = HeldDatabase()
    assert not any(watch.got_through(900, mono) for mono in range(12_000, 600_000, 12_000))
    assert not any(watch.got_through(held_database.BRIEF_MS - 1, mono) for mono in range(600_000, 660_000, 300))
    assert list(watch.due(10**12, 660_000)) == []


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

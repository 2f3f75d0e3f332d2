"""However long the journal is, no question of the console reads all of it, sorts it, or leaves its indexes aside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text, update

from hub.core.state import Alarm
from hub.ledger import checkpoint as ledger_checkpoint
from hub.ledger import rotation
from hub.ledger.checkpoint import Signing
from hub.store import (
    alarm_list,
    certificates,
    entries,
    figures,
    notices,
    queries,
    rows,
    session,
    sheets,
    tables,
    who_opened,
)
from hub.store.alarm_list import ALARM_KINDS
from hub.store.entries import Wanted
from hub.store.queries import ACCESS_KINDS, Term
from tests.support import fence
from tests.support.databases import Databases, Kind
from tests.support.hub import make_hub
from tests.support.long import BEGAN, EVERY_MS, lengthen
from tests.support.paper import at_any_hour

LENGTH = 4000
PEOPLE = {1000: "张伟", 1003: "张丽", 1007: "王芳"}
ROOM = frozenset({"room-0/reader", "room-0/door"})


@pytest.fixture
def database(kind: Kind, databases: Databases) -> Iterator[Engine]:
    """A journal of four thousand entries, and the names of three people in it."""
    database = fence.made(databases.empty(kind))
    lengthen(database, LENGTH)
    with session.writing(database) as connection:
        people = [{"number": number, "name": name} for number, name in PEOPLE.items()]
        connection.execute(
            text("INSERT INTO person (number, name, phone, email) VALUES (:number, :name, '', '')"), people
        )
    yield database
    database.dispose()


ALARM = Alarm(
    number=1, what="forced", klass="alarm", priority=2, place="room-0/door", area=None, sealing=None,
    life="active-unacknowledged", happened=BEGAN, last_happened=BEGAN, raised_at=BEGAN, late=False, cause=1,
)  # fmt: skip

SITE = at_any_hour()
DAY = date(2023, 11, 15)
OPENED = ("room-0/door", "room-2/door")

Question = tuple[str, Any]

QUESTIONS: list[Question] = [
    ("the newest", lambda c: queries.journal(c, newest_first=True)),
    ("from the first on", lambda c: queries.journal(c, 10, 1000)),
    ("of some kinds", lambda c: queries.journal(c, kind=("granted", "denied"), newest_first=True)),
    ("of a rare kind", lambda c: queries.journal(c, kind="signed-in")),
    ("at a place", lambda c: queries.journal(c, place="room-0/reader", newest_first=True)),
    ("in an area", lambda c: queries.journal(c, place="room-0", kind=("level", "granted"), newest_first=True)),
    ("about a person", lambda c: queries.journal(c, person=1003)),
    ("about a person in an area", lambda c: queries.journal(c, person=1003, place="room-1")),
    ("of a node", lambda c: queries.journal(c, node="node-3", newest_first=True, before=3000)),
    ("of a node, a kind", lambda c: queries.journal(c, node="node-3", kind="level")),
    ("an entry", lambda c: [queries.entry(c, 17)]),
    ("the access log", queries.access_log),
    ("the access log of an area", lambda c: queries.access_log(c, area="room-2")),
    ("the next page", lambda c: queries.access_log(c, before=2000)),
    ("a name", lambda c: queries.access_log(c, [Term("张")])),
    ("a number", lambda c: queries.access_log(c, [Term("1007")])),
    ("a title", lambda c: queries.access_log(c, [Term("零号", places=ROOM)])),
    ("part of a place", lambda c: queries.access_log(c, [Term("OM-3/READ")])),
    ("a kind and a name", lambda c: queries.access_log(c, [Term("拒", kinds=frozenset({"denied"})), Term("王芳")])),
    ("what nobody is called", lambda c: queries.access_log(c, [Term("nobody")])),
    ("a day", lambda c: queries.access_log(c, since=BEGAN, until=BEGAN + 86_400_000)),
    ("a day of a name", lambda c: queries.access_log(c, [Term("张")], since=BEGAN, until=BEGAN + 86_400_000)),
    ("since", lambda c: queries.access_log(c, since=BEGAN + 3000 * EVERY_MS)),
    ("a year", lambda c: queries.access_log(c, since=BEGAN, until=BEGAN + 365 * 86_400_000)),
    ("doubted", lambda c: queries.doubted(c, queries.access_log(c))),
    ("what was opened", lambda c: queries.access_log(c, opened=OPENED)),
    ("what was opened in an area", lambda c: queries.access_log(c, opened=OPENED, area="room-2")),
    ("what many points have opened", lambda c: queries.access_log(c, opened=[f"a/{at}" for at in range(99)])),
    ("what was opened on a day", lambda c: queries.access_log(c, opened=OPENED, since=BEGAN, until=BEGAN + 1000)),
    ("openings of a name", lambda c: who_opened.access_log(c, SITE, [Term("张")]).lines),
    ("a check sheet", lambda c: sheets.checks(c, SITE, "archive/cabinet-1", DAY, sheets.Now(BEGAN + 9 * 86_400_000))),
    ("a closing list", lambda c: sheets.closing(c, SITE, "archive", DAY, sheets.Now(BEGAN + 9 * 86_400_000))),
    ("closing lists", lambda c: sheets.closings(c, SITE, DAY, BEGAN, ["archive", "cipher-room"])),
    ("the history of an alarm", lambda c: alarm_list.alarm_history(c, 1)),
    ("the figures", lambda c: figures.read(c, BEGAN)),
    ("how many are open", alarm_list.open_counts),
    ("notices about an alarm", lambda c: notices.about(c, ALARM)),
    ("sealings", lambda c: certificates.sealings(c, "room-0")),
    ("the newest checkpoint", ledger_checkpoint.newest),
    ("what a certificate collects", lambda c: collected(c)),
]


def collected(connection: Connection) -> list[int]:
    journal = tables.journal
    streams = [[journal.c.author == "node-1"], [journal.c.author == "node-2"], [journal.c.kind == "engine-started"]]
    return entries.merged(connection, streams, Wanted(100), 100, newest_first=False)


def explained(database: Engine, question: Any, how: str) -> list[tuple[str, str]]:
    """Every statement of a question, and how the database answers it."""
    asked: list[tuple[str, Any]] = []

    def listen(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        asked.append((statement, parameters))

    found: list[tuple[str, str]] = []
    with session.reading(database) as connection:
        event.listen(connection, "before_cursor_execute", listen)
        question(connection)
        event.remove(connection, "before_cursor_execute", listen)
        for statement, parameters in asked:
            cursor = connection.connection.cursor()
            cursor.execute(f"{how} {statement}", parameters)
            found.append((statement, "\n".join(str(row[-1]) for row in cursor.fetchall())))
    return found


def plans(database: Engine, question: Any) -> list[str]:
    """Every step of how SQLite answers each statement of a question."""
    found = explained(database, question, "EXPLAIN QUERY PLAN")
    return [f"{step}   of: {statement}" for statement, plan in found for step in plan.split("\n")]


@pytest.mark.parametrize("question", [one[1] for one in QUESTIONS], ids=[one[0] for one in QUESTIONS])
def test_no_question_scans_or_sorts_the_journal(tmp_path: Path, question: Any) -> None:
    database = fence.made(f"sqlite:///{tmp_path / 'long.db'}")
    lengthen(database, 600)
    steps = plans(database, question)
    assert not [step for step in steps if "SCAN journal" in step]
    assert not [step for step in steps if "journal" in step and "TEMP B-TREE" in step]
    database.dispose()


def test_what_the_engine_asks_at_every_turn_scans_and_sorts_nothing(tmp_path: Path) -> None:
    house = make_hub(tmp_path)
    signing = Signing(house.database, house.hub.checkpoint_key())
    signing.turn(house.clock(), 0, whatever=True)
    steps = plans(house.database, rotation.named)
    steps += plans(house.database, lambda connection: signing._urgent(connection, 0, 10))
    assert not [step for step in steps if "SCAN journal" in step or "TEMP B-TREE" in step]


# ---------------------------------------------------------------- the same answers as by reading everything


def everything(database: Engine) -> list[queries.JournalRow]:
    with session.reading(database) as connection:
        return queries.journal(connection, limit=LENGTH)


def ask(database: Engine, question: Any) -> Any:
    with session.reading(database) as connection:
        return question(connection)


def within(row: queries.JournalRow, place: str) -> bool:
    return row.place is not None and (row.place == place or row.place.startswith(f"{place}/"))


def test_every_question_is_answered_as_by_reading_everything(database: Engine) -> None:
    rows = everything(database)
    assert [row.index for row in rows] == list(range(LENGTH))
    access = [row for row in rows[::-1] if row.kind in ACCESS_KINDS]
    opened = [row for row in rows[::-1] if row.kind in ACCESS_KINDS or (row.kind == "level" and row.place in OPENED)]
    called = {number for number, name in PEOPLE.items() if "张" in name}
    day = BEGAN + 86_400_000
    expected = {
        "of some kinds": [row for row in rows[::-1] if row.kind in ("granted", "denied")],
        "of a rare kind": [row for row in rows if row.kind == "signed-in"],
        "at a place": [row for row in rows[::-1] if row.place == "room-0/reader"],
        "in an area": [row for row in rows[::-1] if within(row, "room-0") and row.kind in ("level", "granted")],
        "about a person": [row for row in rows if row.person == 1003],
        "about a person in an area": [row for row in rows if row.person == 1003 and within(row, "room-1")],
        "of a node": [row for row in rows[::-1] if row.author == "node-3" and row.index < 3000],
        "of a node, a kind": [row for row in rows if row.author == "node-3" and row.kind == "level"],
        "the access log": access,
        "the access log of an area": [row for row in access if within(row, "room-2")],
        "the next page": [row for row in access if row.index < 2000],
        "a name": [row for row in access if row.person in called],
        "a number": [row for row in access if row.person == 1007],
        "a title": [row for row in access if row.place in ROOM],
        "part of a place": [row for row in access if row.place and "om-3/read" in row.place],
        "a kind and a name": [row for row in access if row.kind == "denied" and row.person == 1007],
        "what nobody is called": [],
        "what was opened": opened,
        "what was opened in an area": [row for row in opened if within(row, "room-2")],
        "a day": [row for row in access if row.said_time < day],
        "a day of a name": [row for row in access if row.said_time < day and row.person in called],
        "since": [row for row in access if row.said_time >= BEGAN + 3000 * EVERY_MS],
        "a year": access,
    }
    for name, question in QUESTIONS:
        if name in expected:
            got = ask(database, question)
            assert [row.index for row in got] == [row.index for row in expected[name]][: queries.PAGE], name


def test_the_history_of_an_alarm_is_its_own(database: Engine) -> None:
    history = ask(database, lambda c: alarm_list.alarm_history(c, 1))
    told = [row for row in everything(database) if row.kind in ALARM_KINDS and getattr(row.data, "alarm", None) == 1]
    assert history == told != []


def test_one_entry_that_this_version_cannot_read_spoils_neither_a_list_nor_the_figures(tmp_path: Path) -> None:
    database = fence.made(f"sqlite:///{tmp_path / 'long.db'}")
    lengthen(database, 2600)
    with session.writing(database) as connection:
        connection.execute(text("DROP TRIGGER journal_no_update"))
        unreadable = tables.journal.c.kind.in_(("granted", "alarm-repeated"))
        connection.execute(update(tables.journal).where(unreadable).values(note=b"of a later version"))
    rows = ask(database, queries.access_log)
    assert {row.late for row in rows if row.kind == "granted"} == {False}
    assert ask(database, lambda c: figures.read(c, BEGAN))
    database.dispose()


@pytest.mark.postgres
def test_postgresql_goes_by_the_indexes_too(databases: Databases) -> None:
    database = fence.made(databases.empty("postgresql"))
    lengthen(database, 30_000)
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    for name, question in QUESTIONS:
        for statement, plan in explained(database, question, "EXPLAIN"):
            assert "Seq Scan on journal" not in plan, (name, statement, plan)
    database.dispose()


OPEN_ONLY: list[Question] = [
    ("what decisions are made on", rows.load),
    ("open alarms", lambda c: alarm_list.alarms(c, True)),
    ("the most urgent", lambda c: alarm_list.most_urgent(c, ("alarm", "tamper"))),
    ("how many are open", alarm_list.open_counts),
]


@pytest.mark.parametrize("question", [one[1] for one in OPEN_ONLY], ids=[one[0] for one in OPEN_ONLY])
def test_what_is_over_is_not_looked_at_for_what_is_open(tmp_path: Path, question: Any) -> None:
    """All alarms and calls that ever were are kept, and few are open."""
    database = fence.made(f"sqlite:///{tmp_path / 'empty.db'}")
    steps = [step.partition("   of: ")[0] for step in plans(database, question)]
    assert not [step for step in steps if step in ("SCAN alarm", "SCAN call", "SCAN order_out", "SCAN notice")]
    assert any("alarm_open" in step for step in steps)
    database.dispose()

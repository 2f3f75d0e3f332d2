"""Somebody who owns the database changes rows of a real journal: whatever it is, no export of it passes as it did."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache

import pytest
from sqlalchemy import Connection, Engine, Text, and_, func, insert, select, text, update

from hub.admin import rebuild
from hub.core.state import Life
from hub.ledger import cosignatures, export, saved, verifier
from hub.ledger.checkpoint import Signing
from hub.ledger.cosignatures import Countersigned
from hub.ledger.reading import JournalDamaged
from hub.store import session
from hub.store.tables import checkpoint as checkpoints
from hub.store.tables import cosignature, journal
from tests.support.databases import Kind, StoreHouse, checkpoint_key, service_key, without_guards
from wire import checkpoint, keys
from wire import messages as m
from wire.audit import check, layout
from wire.audit.report import FAIL, PASS, UNPROVEN, Report

CHANGES: dict[Kind, int] = {"sqlite": 300, "postgresql": 80}
"""In the suite: what an export makes of a change is one rule, which the second database has only to give to read alike.
By hand: as many as you like, `ROWS=10000`."""
TAIL = 3
SUITES = checkpoint.checks(lru_cache(maxsize=None)(keys.check_ed25519))
NAMING = {"signature", "signer", "malformed-entry", "site", "journal-opened", "node-enrolled", "checkpoint-key"}
"""Reasons that are about one entry alone."""
REASONS = NAMING | {"sequence", "root", "origin", "equivocation", "bundle", "checkpoint", "checkpoint-signature"}
Change = Callable[[Connection, random.Random, int], None]
"""Changes something of a journal of that size."""


@pytest.fixture
def rows(house: StoreHouse, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A journal with nodes, facts of every service, checkpoints all countersigned, a short tail; guards are gone."""
    monkeypatch.setattr(verifier, "build", cache(verifier.build))
    signing = Signing(house.database, checkpoint_key())
    archive, cipher = house.node("archive-1"), house.node("cipher-1")
    for _ in range(4):
        house.clock.forward(60)
        archive.opens("archive/iron-gate")
        archive.closes("archive/iron-gate")
        cipher.grants("cipher-room/reader", 1002)
        house.fact(m.SignedIn(person=1003), "console", 1003)
        note = signing.turn(house.clock(), house.clock(), whatever=True)
        assert note
        house.change(lambda connection, note=note: countersign(house, connection, note))
    for _ in range(TAIL):
        archive.opens("archive/cabinet-1")
    with session.writing(house.database) as connection:
        for table in (journal, checkpoints, cosignature):
            without_guards(connection, table.name)
    return house.database


def countersign(house: StoreHouse, connection: Connection, note: bytes) -> None:
    for life in house.engine.look()[0].all(Life):
        said = house.node(life.node).countersigns(note)
        found, parts = checkpoint.open_signed(said)
        kept = Countersigned(life.node, found, parts.text, parts.signatures[-1], said)
        assert cosignatures.keep(connection, kept, house.clock()).kind == "kept"


@contextmanager
def undone(database: Engine) -> Iterator[Connection]:
    """What is done here is read here, and then it never was."""
    with database.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


def audit(connection: Connection) -> tuple[Report, list[bytes]]:
    """The verdict on an export, and its entries. Raises ValueError where it is refused."""
    sink = export.InMemory()
    exported: list[bytes] = []
    made = saved.journal(connection, {}, service_key("admin").sign)
    export.fill(sink, made._replace(entries=(exported.append(note) or note for note in made.entries)))  # type: ignore[func-returns-value]
    return check.verify(layout.InMemory(sink.files), SUITES, check.Options()), exported


def size_of(connection: Connection) -> int:
    return len(connection.execute(select(journal.c.idx)).all())


# ---------------------------------------------------------------- rows that are the journal


def note_at(connection: Connection, index: int) -> bytes:
    return bytes(connection.execute(select(journal.c.note).where(journal.c.idx == index)).scalar_one())


def put(connection: Connection, index: int, note: bytes) -> None:
    connection.execute(update(journal).where(journal.c.idx == index).values(note=note))


def flip(connection: Connection, source: random.Random, size: int) -> None:
    index = source.randrange(size)
    note = bytearray(note_at(connection, index))
    note[source.randrange(len(note))] ^= 1 << source.randrange(8)
    put(connection, index, bytes(note))


def cut(connection: Connection, source: random.Random, size: int) -> None:
    index = source.randrange(size)
    note = bytearray(note_at(connection, index))
    start = source.randrange(len(note))
    del note[start : start + source.randrange(1, 40)]
    put(connection, index, bytes(note))


def stuff(connection: Connection, source: random.Random, size: int) -> None:
    index = source.randrange(size)
    note = note_at(connection, index)
    at = source.randrange(len(note) + 1)
    put(connection, index, note[:at] + source.randbytes(source.randrange(1, 20)) + note[at:])


def swap(connection: Connection, source: random.Random, size: int) -> None:
    one, two = sorted(source.sample(range(size), 2))
    first, second = note_at(connection, one), note_at(connection, two)
    put(connection, one, second)
    put(connection, two, first)


def repeat(connection: Connection, source: random.Random, size: int) -> None:
    """An entry a second time, in the place of another: its sequence number is there twice."""
    one, two = source.sample(range(size), 2)
    put(connection, two, note_at(connection, one))


def leave_out(connection: Connection, source: random.Random, size: int) -> None:
    """Not one of the tail: that its end can be cut off is what UNPROVEN says."""
    index = source.randrange(size - TAIL)
    connection.execute(journal.delete().where(journal.c.idx == index))


def squeeze_in(connection: Connection, source: random.Random, size: int) -> None:
    index = source.randrange(size)
    for at in reversed(range(index, size)):
        connection.execute(update(journal).where(journal.c.idx == at).values(idx=at + 1))
    other = source.choice([at for at in range(size + 1) if at != index])
    row = connection.execute(select(journal).where(journal.c.idx == other)).one()._mapping
    connection.execute(insert(journal), {**row} | {"idx": index, "life": None, "seq": None})


OF_THE_JOURNAL: tuple[Change, ...] = (flip, flip, flip, cut, stuff, swap, repeat, leave_out, squeeze_in)


def test_no_change_of_a_row_passes_and_the_first_bad_entry_is_named(rows: Engine, kind: Kind) -> None:
    source, seen = random.Random(1), Counter[str]()
    with undone(rows) as connection:
        report, genuine = audit(connection)
        size = size_of(connection)
    assert (report.verdict, report.code, report.witnessed) == (UNPROVEN, "tail", size - TAIL)
    for _ in range(int(os.environ.get("ROWS", CHANGES[kind]))):
        change = source.choice(OF_THE_JOURNAL)
        with undone(rows) as connection:
            change(connection, source, size)
            try:
                report, entries = audit(connection)
            except ValueError as error:
                assert "there is a checkpoint of" in str(error)  # noqa: PT017 - what the command says, too
                seen["refused"] += 1
                continue
        bad = next((at for at in range(size) if entries[at] != genuine[at]), size)
        seen[report.code] += 1
        if report.verdict == UNPROVEN:  # a fact of the hub bears no number: in the tail it can be there twice
            assert report.code == "tail"
            assert bad >= size - TAIL
            continue
        assert (report.verdict, report.code in REASONS) == (FAIL, True), (change.__name__, bad, report)
        assert report.entry is not None
        if change in (flip, cut, stuff):  # what is missing, or there twice, may show only at a later entry
            assert report.entry == bad or (report.code not in NAMING and report.entry < bad), (bad, report)
    assert kind != "sqlite" or len(seen) > 4, seen


# ---------------------------------------------------------------- rows that repeat it, and rows beside it


@pytest.mark.parametrize("column", [one.name for one in journal.columns if one.name not in ("idx", "note")])
def test_what_a_column_repeats_is_in_no_export_and_its_change_is_named_by_rebuild(rows: Engine, column: str) -> None:
    with undone(rows) as connection:
        genuine = audit(connection)
        rebuild.fold_journal(connection, lambda _size: None)
    fact = journal.c.author == "console"
    with undone(rows) as connection:
        index = connection.execute(select(func.max(journal.c.idx)).where(fact)).scalar_one()
        changed = "forged" if isinstance(journal.c[column].type, Text) else 4711
        connection.execute(update(journal).where(journal.c.idx == index).values({column: changed}))
        assert audit(connection) == genuine
        with pytest.raises(JournalDamaged, match=f"^entry {index} "):
            rebuild.fold_journal(connection, lambda _size: None)


def test_a_note_that_was_left_as_text_is_exported_and_named(rows: Engine, kind: Kind) -> None:
    if kind == "postgresql":
        return  # a column of bytes takes nothing else there
    with undone(rows) as connection:
        connection.execute(text("UPDATE journal SET note = replace(note, '1003', '1008') WHERE kind = 'signed-in'"))
        first = connection.execute(select(func.min(journal.c.idx)).where(journal.c.kind == "signed-in")).scalar()
        report, _entries = audit(connection)
    assert (report.verdict, report.code, report.entry) == (FAIL, "signature", first)


def test_no_change_of_checkpoints_and_countersignatures_proves_other_entries(rows: Engine, kind: Kind) -> None:
    """Some of them prove nothing that the next one does not prove as well; then it passes, over the same entries."""
    source, seen = random.Random(2), Counter[str]()
    with undone(rows) as connection:
        connection.execute(journal.delete().where(journal.c.idx >= size_of(connection) - TAIL))
        report, genuine = audit(connection)
        assert (report.verdict, report.code) == (PASS, "proven"), report.why
        for _ in range(CHANGES[kind]):
            with connection.begin_nested() as point:
                spoil(connection, source)
                try:
                    report, entries = audit(connection)
                except ValueError:
                    seen["refused"] += 1
                else:
                    assert entries == genuine
                    assert report.verdict != PASS or report.witnessed == len(genuine)
                    seen[report.code] += 1
                point.rollback()
    assert kind != "sqlite" or {"refused", "checkpoint-signature", "not-witnessed", "tail"} <= set(seen), seen


def spoil(connection: Connection, source: random.Random) -> None:
    """Flip a bit in a checkpoint or a countersignature, or leave one out."""
    table, column = source.choice([(checkpoints, checkpoints.c.note), (cosignature, cosignature.c.line)])
    row = source.choice(connection.execute(select(table)).all())
    this = and_(*(one == row._mapping[one.name] for one in table.primary_key))
    if source.randrange(4) == 0:
        connection.execute(table.delete().where(this))
        return
    value = row._mapping[column.name]
    content = bytearray(value.encode() if isinstance(value, str) else value)
    content[source.randrange(len(content))] ^= 1 << source.randrange(7)
    changed = bytes(content).decode("utf-8", "replace").replace("\0", "0") if isinstance(value, str) else bytes(content)
    connection.execute(update(table).where(this).values({column.name: changed}))

"""From the database to the auditor: tiles, checkpoints, an export of a hub's own journal, and the verdict on it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, delete, insert, select, update

from hub.admin import restore, restored_from
from hub.core.state import Life
from hub.ledger import checkpoint as ledger_checkpoint
from hub.ledger import cosignatures, folder, saved, tree
from hub.ledger.append import Appending, split_frontier
from hub.ledger.checkpoint import AT_ONCE, EVERY_MS, Signing
from hub.ledger.cosignatures import Countersigned
from hub.site_directory.hub import open_hub
from hub.store import session, tables
from tests.support import fence
from tests.support.databases import StoreHouse, checkpoint_key, without_guards
from tests.support.hub import House, make_hub
from tests.support.terminal import type_in
from wire import checkpoint, keys, notes, paper, tiles, tlog
from wire import messages as m
from wire.audit import check, layout, suite
from wire.audit.report import FAIL, PASS, UNPROVEN, Report


@pytest.fixture
def signing(house: StoreHouse) -> Signing:
    return Signing(house.database, checkpoint_key())


def grow(house: StoreHouse, count: int, name: str = "archive-1") -> None:
    """So many entries of every day, in batches as the engine takes them."""
    node = house.node(name)
    point = {"archive-1": "archive/cabinet-1"}[name]
    before = node_size(house)
    while (left := before + count - node_size(house)) > 0:
        house.engine.take(
            [node.record(m.LevelChanged(point=point, was="normal", now="active", at=1)) for _ in range(min(left, 60))]
        )


def node_size(house: StoreHouse) -> int:
    return int(house.read(lambda connection: Appending(connection).size))


def sign(house: StoreHouse, signing: Signing) -> bytes:
    note = signing.turn(house.clock(), house.clock(), whatever=True)
    assert note is not None
    return note


def countersign(house: StoreHouse) -> None:
    """Every node has countersigned every checkpoint."""

    def change(connection: Any) -> None:
        for one in [one for chunk in ledger_checkpoint.chunks(connection) for one in chunk]:
            for life in house.engine.look()[0].all(Life):
                note = house.node(life.node).countersigns(one.note)
                found, parts = checkpoint.open_signed(note)
                kept = Countersigned(life.node, found, parts.text, parts.signatures[-1], note)
                became = cosignatures.keep(connection, kept, house.clock())
                assert became.kind in ("kept", "known")

    house.change(change)


def export(house: StoreHouse, target: Path) -> Path:
    with session.reading(house.database) as connection:
        papers = {"certificates/ca.crt": b"a certificate\n"}
        folder.write(target, saved.journal(connection, papers, house.hub.key("admin").sign))
    return target


def audit(target: Path, *seen: paper.Seen, roots: tuple[str, ...] = ()) -> Report:
    return check.verify(layout.Folder(target), suite.choose().checks, check.Options(seen, roots))


def verdict(target: Path, *seen: paper.Seen) -> tuple[str, str, int | None]:
    report = audit(target, *seen)
    return report.verdict, report.code, report.entry


def attack(database: Engine, *statements: Any) -> None:
    """Somebody who owns the database has taken the guards away."""
    with create_engine(database.url).begin() as connection:
        without_guards(connection, "journal")
        for statement in statements:
            connection.execute(statement)


# ---------------------------------------------------------------- tiles


def test_full_tiles_are_written_with_the_entries_that_fill_them(house: StoreHouse) -> None:
    grow(house, 700)
    with session.reading(house.database) as connection:
        kept = {
            tiles.Tile(row.level, row.number): bytes(row.hashes)
            for row in connection.execute(select(tables.tile)).all()
        }
        entries = list(connection.execute(select(tables.journal.c.note).order_by(tables.journal.c.idx)).scalars())
        head = split_frontier(connection.execute(select(tables.head.c.frontier)).scalar_one())
    grown = tiles.Growing()
    expected: dict[tiles.Tile, bytes] = {}
    for entry in entries:
        expected.update(grown.append(tlog.leaf_hash(bytes(entry))))
    assert kept == expected
    assert kept.keys() == set(tiles.completed(0, len(entries)))
    assert tlog.root(head) == grown.root


@settings(max_examples=10)
@given(st.lists(st.integers(1, 300), min_size=1, max_size=6), st.integers(0, 3))
def test_tiles_of_every_level_are_the_same_however_the_entries_come(steps: list[int], late: int) -> None:
    """Two levels, in whole tiles up to the last few hundred entries before a tile of level 1 is full."""
    database = fence.bare("sqlite://")
    grown = tiles.Growing()
    expected: dict[tiles.Tile, bytes] = {}
    start = tiles.WIDTH * (tiles.WIDTH - 1 - late)
    first = [tlog.leaf_hash(b"%d" % number) for number in range(start)]
    for leaf in first:
        expected.update(grown.append(leaf))
    with session.writing(database) as connection:
        frontier = tree.grow(connection, 0, (), first)
        size = start
        for step in [*steps, tiles.WIDTH * (late + 1)]:
            entries = [b"%d" % number for number in range(size, size + step)]
            leaves = [tlog.leaf_hash(entry) for entry in entries]
            frontier = tree.grow(connection, size, frontier, leaves)
            rows = [_row(size + at, entry) for at, entry in enumerate(entries)]
            connection.execute(tables.journal.insert(), rows)
            size += step
            for leaf in leaves:
                expected.update(grown.append(leaf))
        kept = connection.execute(select(tables.tile)).all()
    database.dispose()
    assert {tiles.Tile(row.level, row.number): row.hashes for row in kept} == expected
    assert all(row.root == tiles.subtree(row.hashes) for row in kept)


def _row(index: int, note: bytes) -> dict[str, Any]:
    rest = {"text_hash": "", "author": "engine", "kind": "x", "said_time": 0, "hub_time": 0}
    return {"idx": index, "note": note, **rest}


# ---------------------------------------------------------------- checkpoints


def test_a_checkpoint_is_signed_at_once_after_what_counts_and_else_within_a_minute(
    house: StoreHouse, signing: Signing
) -> None:
    first = signing.turn(house.clock(), 0)
    assert first is not None
    assert signing.turn(house.clock(), 1) is None, "nothing has grown"
    house.fact(m.SignedIn(person=1003), "console", 1003)
    assert signing.turn(house.clock(), 1000) is None, "not urgent"
    assert signing.turn(house.clock(), EVERY_MS) is None
    note = signing.turn(house.clock(), EVERY_MS + 1)
    assert note is not None
    house.node("archive-1")
    enrolled = signing.turn(house.clock(), EVERY_MS + 2)
    assert enrolled is not None
    found, parts = checkpoint.open_signed(enrolled)
    assert (found.origin, found.size) == ("strongroom/demo/journal", node_size(house))
    assert notes.signers(parts, [checkpoint_key().public], suite.choose().checks)
    with session.reading(house.database) as connection:
        assert [one.note for one in cosignatures.every(connection)] == [first, note, enrolled]
        newest = ledger_checkpoint.newest(connection)
    assert newest is not None
    assert newest.note == enrolled


def test_nothing_is_signed_of_a_journal_that_has_shrunk(house: StoreHouse, signing: Signing) -> None:
    grow(house, 10)
    sign(house, signing)
    smaller = update(tables.head).values(size=5)
    attack(house.database, smaller)
    assert signing.turn(house.clock(), 10 * EVERY_MS, whatever=True) is None


def test_of_a_journal_that_has_not_grown_nothing_more_is_signed_however_late_it_is(
    house: StoreHouse, signing: Signing
) -> None:
    grow(house, 3)
    sign(house, signing)
    for late in range(1, 4):
        assert signing.turn(house.clock(), house.clock() + late * 10 * EVERY_MS) is None
        assert signing.turn(house.clock(), house.clock() + late * 10 * EVERY_MS, whatever=True) is None
    with session.reading(house.database) as connection:
        sizes = [one.size for chunk in ledger_checkpoint.chunks(connection) for one in chunk]
    assert len(sizes) == len(set(sizes))


def test_an_export_bears_only_the_lines_that_the_verifier_counts_and_each_once(
    house: StoreHouse, signing: Signing, tmp_path: Path
) -> None:
    grow(house, 3)
    sign(house, signing)
    stranger = keys.make("strongroom/somewhere/else")
    table = tables.checkpoint

    def scrawl(connection: Any) -> None:
        row = connection.execute(select(table).order_by(table.c.id.desc()).limit(1)).one()
        parts = notes.split(row.note)
        lines = [*parts.signatures, *parts.signatures, stranger.signature(parts.text)]
        again = {**row._mapping, "id": row.id + 1, "note": notes.join(parts.text, lines)}
        connection.execute(insert(table).values(**again))

    house.change(scrawl)
    target = export(house, tmp_path / "export")
    files = [path.read_bytes() for path in target.rglob("*") if path.is_file()]
    assert not any(b"strongroom/somewhere/else" in content for content in files)
    line = "\u2014 strongroom/demo/journal ".encode()
    assert (
        max(content.count(line) for content in files if b"\n\n" in content and content.startswith(b"strongroom/demo"))
        == 1
    )


def test_every_kind_that_is_signed_at_once_is_a_kind() -> None:
    assert set(AT_ONCE) <= {str(kind.__struct_config__.tag) for kind in m.FactData.__args__}


# ---------------------------------------------------------------- the auditor's verdict


def test_an_export_passes_with_the_code_and_with_its_own_verifier(
    house: StoreHouse, signing: Signing, tmp_path: Path
) -> None:
    sign(house, signing)
    grow(house, 300)
    house.node("archive-1").opens("archive/iron-gate")
    sign(house, signing)
    target = export(house, tmp_path / "export")
    assert verdict(target)[:2] == (UNPROVEN, "not-witnessed"), "no node has countersigned"
    countersign(house)
    target = export(house, tmp_path / "witnessed")
    report = audit(target, roots=(str(checkpoint_key().public),))
    assert (report.verdict, report.code) == (PASS, "proven"), report.why
    assert report.entries == report.signed == report.witnessed == node_size(house)
    run = subprocess.run([sys.executable, "-I", target / "verify.pyz"], capture_output=True, check=False, cwd=tmp_path)
    assert run.returncode == 0, (run.stdout, run.stderr)
    assert run.stdout.startswith(b"PASS")


def test_a_changed_byte_in_the_database_is_found_and_named(house: StoreHouse, signing: Signing, tmp_path: Path) -> None:
    grow(house, 20)
    sign(house, signing)
    wanted = node_size(house) - 5
    table = tables.journal
    note = house.read(lambda connection: connection.execute(select(table.c.note).where(table.c.idx == wanted)).scalar())
    changed = bytes(note).replace(b'"normal"', b'"active"', 1)
    assert changed != note
    attack(house.database, update(table).where(table.c.idx == wanted).values(note=changed))
    target = export(house, tmp_path / "export")
    assert verdict(target) == (FAIL, "signature", wanted)
    run = subprocess.run([sys.executable, target / "verify.pyz"], capture_output=True, check=False)
    assert run.returncode == 1
    assert f"first bad entry {wanted}".encode() in run.stdout


def test_an_entry_that_the_engine_signs_anew_is_found(house: StoreHouse, signing: Signing, tmp_path: Path) -> None:
    house.fact(m.SignedIn(person=1003), "console", 1003)
    last = node_size(house) - 1
    sign(house, signing)
    table = tables.journal
    note = house.read(lambda connection: connection.execute(select(table.c.note).where(table.c.idx == last)).scalar())
    forged = house.hub.key("engine").sign(notes.split(bytes(note)).text.replace(b"1003", b"1008"))
    attack(house.database, update(table).where(table.c.idx == last).values(note=forged))
    assert verdict(export(house, tmp_path / "export"))[:2] == (FAIL, "root")


def test_a_journal_that_lost_its_end_is_not_exported_as_if_it_were_whole(
    house: StoreHouse, signing: Signing, tmp_path: Path
) -> None:
    grow(house, 20)
    sign(house, signing)
    attack(house.database, delete(tables.journal).where(tables.journal.c.idx > node_size(house) - 5))
    with pytest.raises(ValueError, match="there is a checkpoint of"):
        export(house, tmp_path / "export")
    assert not (tmp_path / "export").exists()


def test_a_tail_without_a_checkpoint_is_unproven(house: StoreHouse, signing: Signing, tmp_path: Path) -> None:
    grow(house, 5)
    assert verdict(export(house, tmp_path / "none"))[:2] == (UNPROVEN, "no-checkpoint")
    sign(house, signing)
    countersign(house)
    signed = node_size(house)
    grow(house, 5)
    assert verdict(export(house, tmp_path / "tail")) == (UNPROVEN, "tail", signed)


def test_yesterdays_export_passes_alone_and_not_with_todays_checkpoint(
    house: StoreHouse, signing: Signing, tmp_path: Path
) -> None:
    grow(house, 5)
    sign(house, signing)
    countersign(house)
    yesterday = export(house, tmp_path / "yesterday")
    grow(house, 5)
    newer = paper.parse(sign(house, signing).decode())
    assert verdict(yesterday)[0] == PASS
    assert verdict(yesterday, newer)[:2] == (FAIL, "rollback")


# ---------------------------------------------------------------- as it is typed


def typed(*words: str | Path, code: int = 0) -> str:
    result = type_in(*words)
    assert result.exit_code == code, (result.output, result.exception)
    return str(result.output)


def test_a_hub_that_was_put_back_opens_a_new_origin_and_says_so_to_the_auditor(tmp_path: Path) -> None:
    house = make_hub(tmp_path)
    first = Signing(house.database, house.hub.checkpoint_key())
    assert first.turn(house.clock(), 0)
    back_up(house, tmp_path / "backup")
    house.fact(m.SignedIn(person=1003), "console", 1003)
    lost = first.turn(house.clock(), 0, whatever=True)
    assert lost
    there = tmp_path / "new"
    typed("--dir", there, "hub", "restore", tmp_path / "backup", *OFFICERS)
    hub = open_hub(there)
    key = hub.checkpoint_key()
    assert key.name.startswith("strongroom/demo/journal/")
    assert Signing(fence.ours(hub.database(writes=True)), key).turn(house.clock(), 0)
    target = tmp_path / "export"
    assert "not proven" not in typed("--dir", there, "export", target)
    said = typed("verify", target, code=2)
    assert "[restored]" in said
    roots = ("--root", str(house.hub.checkpoint_key().public), "--root", str(key.public))
    assert "[no-witness]" in typed("verify", "journal", target, *roots, code=2), "nothing else is missing"
    seen = tmp_path / "seen"
    seen.write_bytes(lost)
    assert "[fork" in typed("verify", target, *roots, "--seen", seen, code=1), "no node has told what was lost"


OFFICERS = ("--as", "zhaomin", "--second", "liuyang", "--reason", "a new disk")


def back_up(house: House, file: Path) -> None:
    """By the command, after which the hub goes on."""
    typed("--dir", house.hub.layout.root, "hub", "backup", file)
    fence.back(house.database)


def lost_after_a_backup(house: House, backup: Path) -> list[bytes]:
    """Checkpoints that the hub still signed after a backup, one for each entry, before its disk was gone."""
    signing = Signing(house.database, house.hub.checkpoint_key())
    assert signing.turn(house.clock(), 0)
    back_up(house, backup)
    lost: list[bytes] = []
    for _ in range(20):
        lost.append(signing.turn(house.clock(), 0, whatever=True) or b"")
        house.fact(m.SignedIn(person=1003), "console", 1003)
    return lost


@pytest.mark.parametrize("handed_in", ["a file", "its text"])
def test_what_a_node_has_countersigned_is_quoted_and_counts_as_lost_from_the_backup_up_to_there(
    tmp_path: Path, handed_in: str
) -> None:
    house = make_hub(tmp_path)
    lost = lost_after_a_backup(house, tmp_path / "backup")
    quote: str | Path = tmp_path / "quote"
    (tmp_path / "quote").write_bytes(lost[-2])
    if handed_in == "its text":
        quote = lost[-2].decode()
    there = tmp_path / "new"
    typed("--dir", there, "hub", "restore", tmp_path / "backup", *OFFICERS, "--quote", quote)
    hub = open_hub(there)
    assert Signing(fence.ours(hub.database(writes=True)), hub.checkpoint_key()).turn(house.clock(), 0)
    typed("--dir", there, "export", tmp_path / "export")
    roots = ("--root", str(house.hub.checkpoint_key().public), "--root", str(hub.checkpoint_key().public))
    for number, note in enumerate(lost):
        (tmp_path / "seen").write_bytes(note)
        if note != lost[-1]:
            said = typed("verify", tmp_path / "export", *roots, "--seen", tmp_path / "seen", code=2)
            assert "[restored]" in said, f"checkpoint {number} of {len(lost)} after the backup"
        else:
            typed("verify", tmp_path / "export", *roots, "--seen", tmp_path / "seen", code=1)


def test_what_cannot_be_quoted_leaves_no_half_a_hub_behind(tmp_path: Path) -> None:
    house = make_hub(tmp_path)
    newest = checkpoint.open_signed(lost_after_a_backup(house, tmp_path / "backup")[-1])[0]
    key = house.hub.checkpoint_key()
    words = " ".join(paper.to_words(newest))
    other = keys.make("strongroom/other/journal").sign(newest._replace(origin="strongroom/other/journal").text())
    with session.reading(house.database) as connection:
        first = next(one for chunk in ledger_checkpoint.chunks(connection) for one in chunk)
    fork = key.sign(checkpoint.Checkpoint(first.origin, first.size, newest.root).text())
    for quote, why in (
        (words, "words are not enough"),
        (other.decode(), "of the journal strongroom/other/journal"),
        (fork.decode(), "were others"),
        (notes.join(newest.text(), notes.split(other).signatures).decode(), "the hub's signature"),
        ("rubbish", "15 words"),
    ):
        args = ["--dir", tmp_path / "new", "hub", "restore", tmp_path / "backup", *OFFICERS, "--quote", quote]
        result = type_in(*args)
        assert result.exit_code != 0
        assert why in str(result.exception)
        assert not (tmp_path / "new").exists()


def test_an_older_checkpoint_than_that_in_the_backup_is_not_quoted_in_its_place(tmp_path: Path) -> None:
    house = make_hub(tmp_path)
    signing = Signing(house.database, house.hub.checkpoint_key())
    older = signing.turn(house.clock(), 0) or b""
    house.fact(m.SignedIn(person=1003), "console", 1003)
    newest = signing.turn(house.clock(), 0, whatever=True) or b""
    typed("--dir", house.hub.layout.root, "hub", "backup", tmp_path / "backup")
    assert restored_from.choose(older.decode(), restore.examine(tmp_path / "backup").newest) == newest.decode()
    assert restored_from.choose(None, restore.examine(tmp_path / "backup").newest) == newest.decode()
    assert restored_from.choose(None, None) == ""


def test_an_export_is_on_record_with_who_made_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.cli.export.PATIENCE_S", 0.2)
    house = make_hub(tmp_path)
    exported = select(tables.journal.c.person).where(tables.journal.c.kind == "journal-exported")
    for number, words in enumerate([("--as", "sunli"), ()]):
        typed("--dir", house.hub.layout.root, "export", tmp_path / f"export-{number}", *words)
    assert house.read(lambda connection: connection.execute(exported).scalars().all()) == [1007, None]
    again = ["--dir", str(house.hub.layout.root), "export", str(tmp_path / "by-nobody"), "--as", "nobody"]
    assert "there is no account 'nobody'" in str(type_in(*again).exception)
    assert not (tmp_path / "by-nobody").exists()


def test_an_export_that_is_refused_leaves_nothing_and_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.cli.export.PATIENCE_S", 0.2)
    house = make_hub(tmp_path)
    said = typed("--dir", house.hub.layout.root, "export", tmp_path / "export")
    assert "entries from 0 on are not proven" in said
    assert "[no-checkpoint]" in typed("verify", tmp_path / "export", code=2)
    again = type_in("--dir", str(house.hub.layout.root), "export", str(tmp_path / "export"))
    assert isinstance(again.exception, FileExistsError)
    assert list((tmp_path / "export").glob("journal.csv"))

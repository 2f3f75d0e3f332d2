"""Backup and restore, on and between both databases; and how a hub that was put back comes to terms with its nodes."""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Table, select, text, update

from hub.admin import backup, backup_archive, rebuild, restore
from hub.core.journal.requests import Actor
from hub.core.refusal import NotPossible
from hub.core.state import Alarm
from hub.ledger.intact import Changed
from hub.site_directory import broker as broker_settings
from hub.site_directory.hub import open_hub
from hub.site_directory.layout import Layout
from hub.store import schema, session, tables
from tests.support import fence
from tests.support.databases import Databases, Kind, StoreHouse
from tests.support.hub import FakeNode, House, make_hub, seal
from tests.support.long import lengthen
from tests.support.paper import LIU_YANG, WANG_FANG, ZHAO_MIN
from wire import keys
from wire import messages as m


@pytest.fixture(scope="session")
def papers(tmp_path_factory: Any) -> House:
    """The files of one site, made once; its database is not used."""
    return make_hub(tmp_path_factory.mktemp("papers"))


@pytest.fixture
def layout(papers: House) -> Layout:
    return papers.hub.layout


def dump(database: Engine) -> dict[str, list[Any]]:
    def rows(table: Table) -> list[Any]:
        columns = [column for column in table.c if column not in backup.LEFT_OUT]
        return sorted(map(tuple, connection.execute(select(*columns)).all()), key=repr)

    with session.reading(database) as connection:
        return {table.name: rows(table) for table in tables.metadata.sorted_tables if table is not tables.session}


def busy(house: StoreHouse) -> None:
    house.node("archive-1")
    number = seal(house, "archive", "archive-1")
    house.node("archive-1").opens("archive/iron-gate", number)
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=1))


def restored(source: Path, url: str) -> Engine:
    database = session.open_database(url)
    restore.put_tables(source, database)
    return database


@pytest.mark.parametrize("target", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_backup_is_put_back_to_the_byte_on_either_database(
    house: StoreHouse, databases: Databases, layout: Layout, tmp_path: Path, target: Kind
) -> None:
    busy(house)
    size = backup.make(house.database, layout, tmp_path / "backup")
    database = restored(tmp_path / "backup", databases.empty(target))
    assert dump(database) == dump(house.database)
    assert rebuild.size(database) == size
    schema.check(database)
    with session.reading(database) as connection:
        assert rebuild.differences(connection, rebuild.fold_journal(connection, lambda _size: None)) == []
    database.dispose()


def test_a_restored_journal_is_guarded_and_grows(
    house: StoreHouse, kind: Kind, databases: Databases, layout: Layout, tmp_path: Path
) -> None:
    from tests.hub.store import test_store

    busy(house)
    backup.make(house.database, layout, tmp_path / "backup")
    back = StoreHouse(restored(tmp_path / "backup", databases.empty(kind)))
    back._nodes["archive-1"] = house.node("archive-1")
    back._nodes["archive-1"]._house = back
    test_store.test_the_journal_refuses_everything_but_the_next_entry(back, kind, "we ourselves")
    with session.reading(back.database) as connection:
        rebuild.fold_journal(connection, lambda _size: None)


def test_a_backup_is_for_its_owner_alone_and_never_written_over(
    house: StoreHouse, layout: Layout, tmp_path: Path
) -> None:
    backup.make(house.database, layout, tmp_path / "backup")
    assert (tmp_path / "backup").stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        backup.make(house.database, layout, tmp_path / "backup")


def test_a_backup_that_cannot_be_finished_leaves_none(
    house: StoreHouse, layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_dump", full)
    with pytest.raises(OSError, match="No space"):
        backup.make(house.database, layout, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


def test_signed_in_sessions_are_not_in_a_backup(
    house: StoreHouse, databases: Databases, kind: Kind, layout: Layout, tmp_path: Path
) -> None:
    signed_in = {"token": "t", "asker": "console", "login": "sunli", "since": 1}
    house.change(lambda connection: connection.execute(tables.session.insert().values(**signed_in)))
    backup.make(house.database, layout, tmp_path / "backup")
    database = restored(tmp_path / "backup", databases.empty(kind))
    with session.reading(database) as connection:
        assert connection.execute(select(tables.session)).all() == []
    database.dispose()


def test_nothing_is_put_back_over_a_journal(house: StoreHouse, layout: Layout, tmp_path: Path) -> None:
    backup.make(house.database, layout, tmp_path / "backup")
    before = dump(house.database)
    with pytest.raises(NotPossible, match="already"):
        restore.put_tables(tmp_path / "backup", house.database)
    assert dump(house.database) == before


# ---------------------------------------------------------------- files


def tree(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_mode & 0o777, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_files_of_a_hub_are_put_back_as_they_were_and_its_broker_where_it_is_now(
    house: StoreHouse, layout: Layout, tmp_path: Path
) -> None:
    backup.make(house.database, layout, tmp_path / "backup")
    there = Layout(tmp_path / "new" / "place")
    restore.put_files(tmp_path / "backup", there)
    was, now = tree(layout.root), tree(there.root)
    changed = {name for name in was if not name.startswith("hub/data/") and now.get(name) != was[name]}
    key = f"hub/checkpoint/{next(layout.checkpoint_keys.iterdir()).name}"
    own = {key, "hub/keys/checkpoint.pub"}  # in no backup: what is put back opens another origin
    assert changed == {"broker/mosquitto.conf", *own}
    assert not own & now.keys()
    assert str(layout.root) not in there.broker_conf.read_text()
    assert str(there.root) in there.broker_conf.read_text()
    assert broker_settings.load(there) == broker_settings.load(layout)
    assert open_hub(there.root).key("engine").public == open_hub(layout.root).key("engine").public
    for folder in (there.keys, there.tls, there.authority, there.broker, there.broker_pid.parent):
        assert folder.stat().st_mode & 0o077 == 0, folder


def test_files_are_not_put_back_over_a_hub(house: StoreHouse, layout: Layout, tmp_path: Path) -> None:
    backup.make(house.database, layout, tmp_path / "backup")
    before = tree(layout.root)
    with pytest.raises(NotPossible, match="a hub already"):
        restore.put_files(tmp_path / "backup", layout)
    assert tree(layout.root) == before


def archive_of(path: Path, **members: bytes) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            add(archive, name, content)
    return path


def add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


def changed(source: Path, target: Path, name: str, change: Callable[[bytes], bytes | None]) -> Path:
    """A copy of a backup, with one member as `change` makes it of what it was, or without it."""
    with tarfile.open(source) as was, tarfile.open(target, "w:gz", format=tarfile.USTAR_FORMAT) as archive:
        for member in was:
            found = was.extractfile(member)
            assert found
            content = change(found.read()) if member.name == name else found.read()
            if content is not None:
                add(archive, member.name, content)
    return target


SETTINGS = b'site = "demo"\nhosts = ["localhost"]\nbind = "127.0.0.1"\nport = 8883\n'


@pytest.mark.parametrize(
    "name",
    [
        "files/../../escaped",
        "/files/absolute",
        "files/hub/keys/../../../escaped",
        "files/hub/keys/checkpoint.pub",
        "files/hub/keys/checkpoint.key",
        "files/hub/data/strongroom.db",
        "files/hub/ca/issued/../x.crt",
        "files/hub/anything.toml",
        "files/.ssh/authorized_keys",
        "files/broker/run/mosquitto.pid",
        "files/",
        "tables/session/000000.jsonl",
        "tables/alarm/000000.jsonl",
        "tables/projection/000000.jsonl",
        "tables/alembic_version/000000.jsonl",
        "tables/none/000000.jsonl",
        "tables/head/000001.jsonl",
        "revision",
        "else",
        "files/hub/keys/\x1b[2J.key",
    ],
)
def test_what_no_backup_has_is_refused_and_nothing_is_put_back(tmp_path: Path, name: str) -> None:
    there = Layout(tmp_path / "in" / "here")
    source = tmp_path / "evil"
    with tarfile.open(source, "w:gz", format=tarfile.USTAR_FORMAT) as archive:
        for one, content in (("revision", schema.NEWEST.encode()), (name, b"x"), ("files/hub/broker.toml", SETTINGS)):
            add(archive, one, content)
    for take in (lambda: restore.examine(source), lambda: restore.put_files(source, there)):
        with pytest.raises(NotPossible) as refused:
            take()
        assert str(refused.value).isprintable()
    assert sorted(tmp_path.iterdir()) == [source]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE])
def test_only_plain_files_are_put_back(tmp_path: Path, kind: bytes) -> None:
    source, there = tmp_path / "evil", Layout(tmp_path / "there")
    with tarfile.open(source, "w:gz", format=tarfile.USTAR_FORMAT) as archive:
        add(archive, "revision", schema.NEWEST.encode())
        member = tarfile.TarInfo("files/hub/keys/engine.key")
        member.type, member.linkname = kind, "/etc/passwd"
        archive.addfile(member)
    with pytest.raises(NotPossible, match="does not belong"):
        restore.put_files(source, there)
    assert not there.root.exists()


def test_a_file_that_is_larger_than_any_key_is_refused_unread(tmp_path: Path) -> None:
    source = tmp_path / "evil"
    with tarfile.open(source, "w:gz", format=tarfile.USTAR_FORMAT) as archive:
        add(archive, "revision", schema.NEWEST.encode())
        add(archive, "files/hub/keys/engine.key", bytes(backup_archive.LARGEST_FILE + 1))
    with pytest.raises(NotPossible, match="larger"):
        restore.examine(source)


def test_what_waits_for_a_writer_is_no_backup(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(NotPossible, match="is no file"):
        restore.examine(tmp_path / "fifo")


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("person", b"no json\n"),
        ("person", b"[1]\n"),
        ("person", b'{"number":1}\n'),
        ("person", b'{"number":1,"name":"a","phone":"","email":"","more":1}\n'),
        ("person", b'{"number":"1","name":"a","phone":"","email":""}\n'),
        ("person", b'{"number":9223372036854775808,"name":"a","phone":"","email":""}\n'),
        ("person", b'{"number":true,"name":"a","phone":"","email":""}\n'),
        ("person", b'{"number":1,"name":null,"phone":"","email":""}\n'),
        ("person", b'{"number":1,"name":"a","phone":"","email":""}'),
        ("certificate", b'{"sealing":1,"half":"a","sha256":"","note":"base64:!","slip":""}\n'),
        ("account", b'{"login":"a","person":1,"roles":"duty","password":""}\n'),
        ("site_document", b'{"version":9,"sha256":"","document":"no document"}\n'),
    ],
)
def test_a_row_that_is_none_is_refused_before_anything_is_written(
    house: StoreHouse, layout: Layout, tmp_path: Path, table: str, line: bytes
) -> None:
    backup.make(house.database, layout, tmp_path / "backup")
    doctored = changed(tmp_path / "backup", tmp_path / "evil", f"tables/{table}/000000.jsonl", lambda _was: line)
    with pytest.raises(NotPossible):
        restore.examine(doctored)


@pytest.mark.parametrize("of", [0.02, 0.3, 0.6, 0.97, 0.9999])
def test_a_backup_that_is_cut_short_or_has_a_bad_byte_is_refused(
    house: StoreHouse, layout: Layout, tmp_path: Path, of: float
) -> None:
    backup.make(house.database, layout, tmp_path / "backup")
    content = bytearray((tmp_path / "backup").read_bytes())
    at = int(len(content) * of)
    (tmp_path / "short").write_bytes(content[:at])
    content[at] ^= 0x10
    (tmp_path / "bad").write_bytes(content)
    for name in ("short", "bad"):
        with pytest.raises(NotPossible):
            restore.examine(tmp_path / name)


def test_a_table_that_is_missing_is_missed(house: StoreHouse, layout: Layout, tmp_path: Path) -> None:
    backup.make(house.database, layout, tmp_path / "backup")
    doctored = changed(tmp_path / "backup", tmp_path / "evil", "tables/person/000000.jsonl", lambda _was: None)
    with pytest.raises(NotPossible, match="person"):
        restore.examine(doctored)


def test_who_may_answer_for_a_restore_and_what_is_quoted_stand_in_the_backup(
    house: StoreHouse, layout: Layout, tmp_path: Path
) -> None:
    size = backup.make(house.database, layout, tmp_path / "backup")
    found = restore.examine(tmp_path / "backup")
    assert found.accounts["zhaomin"].actor == Actor("admin", ZHAO_MIN, frozenset({"administrator"}))
    assert (found.site.name, found.size, found.newest) == ("demo", size, None)


# ---------------------------------------------------------------- a journal that somebody has changed


def with_another_entry(index: int) -> Any:
    def change(part: bytes) -> bytes:
        rows = [json.loads(line) for line in part.splitlines()]
        rows[index]["note"] = base64.b64encode(b"another\n").decode()
        return b"".join(json.dumps(row).encode() + b"\n" for row in rows)

    return change


@pytest.mark.parametrize("index", [0, 3])
def test_a_changed_entry_in_a_backup_is_found_before_anything_is_written(
    house: StoreHouse, layout: Layout, tmp_path: Path, index: int
) -> None:
    busy(house)
    backup.make(house.database, layout, tmp_path / "backup")
    part = "tables/journal/000000.jsonl"
    doctored = changed(tmp_path / "backup", tmp_path / "evil", part, with_another_entry(index))
    with pytest.raises(NotPossible, match="not what was appended"):
        restore.examine(doctored)


@pytest.mark.parametrize(("index", "says"), [(2, "entry 2 is"), (300, "entry 300 is"), (599, "one of the newest")])
def test_no_backup_is_made_of_a_journal_that_somebody_has_changed(
    layout: Layout, tmp_path: Path, index: int, says: str
) -> None:
    database = fence.made(f"sqlite:///{tmp_path / 'long.db'}")
    lengthen(database, 600)
    with session.writing(database) as connection:
        connection.execute(text("DROP TRIGGER journal_no_update"))
        connection.execute(update(tables.journal).where(tables.journal.c.idx == index).values(note=b"another\n"))
    with pytest.raises(Changed, match=says):
        backup.make(database, layout, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()
    database.dispose()


# ---------------------------------------------------------------- a long one

MEASURED = """
import resource, sys
from pathlib import Path
from hub.admin import backup, restore
from hub.site_directory.hub import open_hub
from hub.store import session
root, target, back = sys.argv[1:]
if back == "-":
    hub = open_hub(Path(root))
    backup.make(hub.database(), hub.layout, Path(target))
else:
    restore.examine(Path(target))
    restore.put_tables(Path(target), session.open_database(back))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_what_a_backup_and_a_restore_hold_in_memory_does_not_grow_with_the_journal(tmp_path: Path) -> None:
    """A journal of 40 MB in a backup: held whole, it was 2 and 3.4 kB an entry, 50 and 85 MB more."""
    peaks: dict[int, list[int]] = {}
    for entries in (1_000, 25_000):
        house = make_hub(tmp_path / str(entries))
        lengthen(house.database, entries)
        house.database.dispose()
        root = house.hub.layout.root
        peaks[entries] = []
        for back in ("-", f"sqlite:///{tmp_path / f'{entries}-back.db'}"):
            command = [sys.executable, "-c", MEASURED, str(root), str(tmp_path / f"{entries}.tar.gz"), back]
            peaks[entries].append(int(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    for short, long in zip(*peaks.values(), strict=True):
        assert long - short < 30, f"{short} MB, then {long} MB"


def test_a_backup_of_the_first_version_is_put_back(
    house: StoreHouse, databases: Databases, kind: Kind, layout: Layout, tmp_path: Path
) -> None:
    """What the head has had since, which says who may write, means nothing on another day: it is in no backup."""
    busy(house)
    session.take_over(house.database, "the engine that is lost")
    backup.make(house.database, layout, tmp_path / "backup")
    first = changed(tmp_path / "backup", tmp_path / "first", "revision", lambda _: b"1")
    database = restored(first, databases.empty(kind))
    with session.reading(database) as connection:
        (head,) = connection.execute(select(tables.head))
        assert rebuild.differences(connection, rebuild.fold_journal(connection, lambda _size: None)) == []
    assert (head.size, head.writer) == (rebuild.size(house.database), "")
    database.dispose()


@pytest.mark.parametrize("revision", [b"0000", b"9999"])
def test_a_backup_of_another_version_is_refused_before_anything_is_written(
    tmp_path: Path, databases: Databases, kind: Kind, revision: bytes
) -> None:
    source = archive_of(tmp_path / "old", revision=revision)
    there = Layout(tmp_path / "there")
    with pytest.raises(NotPossible, match="another version"):
        restore.put_files(source, there)
    assert not there.root.exists()
    with pytest.raises(NotPossible, match="another version"):
        restored(source, databases.empty(kind))


def test_what_is_no_whole_backup_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotPossible, match="not a whole backup"):
        restore.put_files(archive_of(tmp_path / "part"), Layout(tmp_path / "there"))
    (tmp_path / "none").write_bytes(b"this is no tar")
    with pytest.raises(NotPossible, match="not a whole backup"):
        restore.put_files(tmp_path / "none", Layout(tmp_path / "there"))


# ---------------------------------------------------------------- a hub that was put back, and its nodes


@pytest.fixture
def put_back(house: StoreHouse, kind: Kind, databases: Databases, layout: Layout, tmp_path: Path) -> Any:
    """The hub as it was before the node's last five records, and that node, which had its receipts for them."""
    archive = house.node("archive-1")
    backup.make(house.database, layout, tmp_path / "backup")
    lost = [archive.record(m.Sounded(on=True, reason="opened")) for _ in range(5)]
    assert set(house.engine.take(lost).verdicts) == {"next"}
    back = StoreHouse(restored(tmp_path / "backup", databases.empty(kind)))
    fact = m.HubRestored(size=rebuild.size(back.database), reason="a new disk", second=LIU_YANG)
    back.fact(fact, "admin", ZHAO_MIN)
    archive._house = back
    back._nodes["archive-1"] = archive
    yield back, archive, lost
    back.database.dispose()


def kinds(house: StoreHouse) -> list[str]:
    state, _ = house.engine.look()
    return sorted(alarm.what for alarm in state.all(Alarm))


def test_it_wants_the_records_again_and_takes_them(put_back: tuple[StoreHouse, FakeNode, list[Any]]) -> None:
    back, archive, lost = put_back
    newer = archive.record(m.Sounded(on=False, reason="hub-back"))
    assert back.engine.take([newer]).verdicts == ["beyond"]
    life = back.engine.look()[0].life("archive-1")
    assert life is not None
    assert life.seq == lost[0].record.seq - 1
    assert back.engine.take([*lost, newer]).verdicts == ["next"] * 6
    assert kinds(back) == ["hub-restored"]


def test_what_the_node_no_longer_has_it_says_and_the_hub_goes_on(
    put_back: tuple[StoreHouse, FakeNode, list[Any]],
) -> None:
    back, archive, lost = put_back
    keep = archive.seq, archive._prev
    archive.seq -= 1
    last = lost[-1]
    statement = m.CannotFill(first=lost[0].record.seq, last=last.record.seq, last_hash=last.hash)
    assert archive.says(statement).verdicts == ["next"]
    archive.seq, archive._prev = keep
    assert archive.says(m.Sounded(on=False, reason="hub-back")).verdicts == ["next"]
    assert kinds(back) == ["cannot-fill", "hub-restored"]


def test_a_node_that_opened_lives_meanwhile_is_taken_up_again(put_back: tuple[StoreHouse, FakeNode, list[Any]]) -> None:
    back, archive, _lost = put_back
    archive.life, archive.seq, archive._prev = 4, 0, ""
    statement = m.RolledBack(hub_life=1, hub_seq=1, hub_hash="", own_seq=6, own_hash="")
    assert archive.says(statement).verdicts == ["new-life"]
    assert archive.says(m.Sounded(on=False, reason="hub-back")).verdicts == ["next"]
    assert kinds(back) == ["hub-restored", "rolled-back"]


def test_a_node_that_says_other_things_than_before_is_found_out_by_its_past(
    put_back: tuple[StoreHouse, FakeNode, list[Any]],
) -> None:
    back, archive, lost = put_back
    archive.seq, archive._prev = lost[0].record.seq - 1, "ee" * 32
    forged = archive.record(m.Sounded(on=False, reason="hub-back"))
    assert back.engine.take([forged]).verdicts == ["different"]
    assert kinds(back) == ["equivocation", "hub-restored"]


def test_the_keys_of_the_nodes_are_those_of_the_backup(put_back: tuple[StoreHouse, FakeNode, list[Any]]) -> None:
    back, archive, lost = put_back
    archive.key = keys.make(archive.key.name)
    assert back.engine.take([archive.record(m.Sounded(on=True, reason="opened"))]).verdicts == ["other-life"]
    assert back.engine.take(lost[:1]).verdicts == ["next"]

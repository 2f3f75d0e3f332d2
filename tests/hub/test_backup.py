"""Backup and restore, on and between both databases; and how a hub that was put back comes to terms with its nodes."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from hub import backup, broker, rebuild
from hub.core.refusal import NotPossible
from hub.core.requests import Actor
from hub.layout import Layout
from hub.parts import open_hub
from hub.store import schema, session, tables
from tests.support.databases import Databases, Kind, StoreHouse
from tests.support.hub import FakeNode, House, make_hub, seal
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
    with session.reading(database) as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table)).all()), key=repr)
            for table in tables.metadata.sorted_tables
            if table.name not in backup.NOT_IN_A_BACKUP
        }


def busy(house: StoreHouse) -> None:
    house.node("archive-1")
    number = seal(house, "archive", "archive-1")
    house.node("archive-1").opens("archive/iron-gate", number)
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=1))


def restored(source: Path, url: str) -> Engine:
    database = session.open_database(url)
    backup.restore_tables(source, database, lambda _table: None)
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
    from tests.hub import test_store

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
    signed_in = {"token": "t", "login": "sunli", "csrf": "c", "language": "zh", "since": 1, "seen": 1}
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
        backup.restore_tables(tmp_path / "backup", house.database, lambda _table: None)
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
    backup.restore_files(tmp_path / "backup", there)
    was, now = tree(layout.root), tree(there.root)
    changed = {name for name in was if not name.startswith("hub/data/") and now.get(name) != was[name]}
    key = f"hub/checkpoint/{next(layout.checkpoint_keys.iterdir()).name}"
    own = {key, "hub/keys/checkpoint.pub"}  # in no backup: what is put back opens another origin
    assert changed == {"broker/mosquitto.conf", *own}
    assert not own & now.keys()
    assert str(layout.root) not in there.broker_conf.read_text()
    assert str(there.root) in there.broker_conf.read_text()
    assert broker.load(there) == broker.load(layout)
    assert open_hub(there.root).key("engine").public == open_hub(layout.root).key("engine").public
    for folder in (there.keys, there.tls, there.authority, there.broker, there.broker_pid.parent):
        assert folder.stat().st_mode & 0o077 == 0, folder


def test_files_are_not_put_back_over_a_hub(house: StoreHouse, layout: Layout, tmp_path: Path) -> None:
    backup.make(house.database, layout, tmp_path / "backup")
    before = tree(layout.root)
    with pytest.raises(NotPossible, match="a hub already"):
        backup.restore_files(tmp_path / "backup", layout)
    assert tree(layout.root) == before


def archive_of(path: Path, **members: bytes) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def test_a_file_that_leads_out_of_the_directory_is_passed_over(tmp_path: Path, layout: Layout) -> None:
    settings = layout.broker_settings.read_bytes()
    members = {
        "revision": schema.NEWEST.encode(),
        "files/../../escaped": b"x",
        "/files/absolute": b"x",
        "files/hub/broker.toml": settings,
    }
    backup.restore_files(archive_of(tmp_path / "evil", **members), Layout(tmp_path / "in" / "here"))
    assert not list(tmp_path.rglob("escaped"))
    assert not Path("/files").exists()


@pytest.mark.parametrize("revision", [b"0000", b"9999"])
def test_a_backup_of_another_version_is_refused_before_anything_is_written(
    tmp_path: Path, databases: Databases, kind: Kind, revision: bytes
) -> None:
    source = archive_of(tmp_path / "old", revision=revision)
    there = Layout(tmp_path / "there")
    with pytest.raises(NotPossible, match="another version"):
        backup.restore_files(source, there)
    assert not there.root.exists()
    with pytest.raises(NotPossible, match="another version"):
        restored(source, databases.empty(kind))


def test_what_is_no_whole_backup_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotPossible, match="not a whole backup"):
        backup.restore_files(archive_of(tmp_path / "part", some=b"x"), Layout(tmp_path / "there"))
    (tmp_path / "none").write_bytes(b"this is no tar")
    with pytest.raises(tarfile.TarError):
        backup.restore_files(tmp_path / "none", Layout(tmp_path / "there"))


# ---------------------------------------------------------------- a hub that was put back, and its nodes


@pytest.fixture
def put_back(house: StoreHouse, kind: Kind, databases: Databases, layout: Layout, tmp_path: Path) -> Any:
    """The hub as it was before the node's last five records, and that node, which had its receipts for them."""
    archive = house.node("archive-1")
    backup.make(house.database, layout, tmp_path / "backup")
    lost = [archive.record(m.Sounded(on=True, reason="opened")) for _ in range(5)]
    assert set(house.engine.take(lost).verdicts) == {"next"}
    back = StoreHouse(restored(tmp_path / "backup", databases.empty(kind)))
    roles = frozenset({"administrator"})
    fact = m.HubRestored(size=rebuild.size(back.database), reason="a new disk", second=LIU_YANG)
    back.admin.act(Actor("admin", ZHAO_MIN, roles), fact)
    archive._house = back
    back._nodes["archive-1"] = archive
    yield back, archive, lost
    back.database.dispose()


def kinds(house: StoreHouse) -> list[str]:
    state, _ = house.engine.look()
    return sorted(alarm.what for alarm in state.all(tables.state.Alarm))


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

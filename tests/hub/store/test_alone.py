"""Two engines on one database would each throw the other out of the broker: the second does not start, and where a
lock was lost on the way, the fence lets only one of them write."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from hub.cli import ending
from hub.core.journal.requests import Actor
from hub.engine.process import Engine
from hub.service import Service
from hub.site_directory.hub import Hub, open_hub
from hub.site_directory.layout import Layout
from hub.store import alone, faults, schema, session
from hub.store.alone import AlreadyRunning
from hub.store.faults import Overtaken
from tests.support import commands
from tests.support.hub import House, make_hub
from tests.support.ports import free_port
from tests.system.demo import wait_until
from wire import messages as m


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    url = request.getfixturevalue("postgres").new_database() if request.param == "postgresql" else ""
    return make_hub(tmp_path, settings=f'database = "{url}"\n\n[console]\nport = {free_port()}\n')


def copied(house: House, to: Path) -> Hub:
    """The hub of somebody who has copied the folder; the database is the same."""
    copy = Layout(to)
    shutil.copytree(house.hub.layout.root, copy.root)
    copy.settings.write_text(f'database = "{house.hub.database_url}"\n')
    return open_hub(copy.root)


def lose_the_lock(house: House) -> None:
    """As it goes when a lock file is deleted, or a connection to PostgreSQL drops."""
    if path := schema.file(house.database):
        for lock in path.parent.glob(f"{path.name}.engine*"):
            lock.unlink()
        return
    with house.database.begin() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"))


def engine_of(hub: Hub, ours: alone.Ours) -> Service:
    """What writes in an engine."""
    return hub.on(ours.database).service()


def test_a_second_engine_from_a_copied_folder_says_one_sentence_and_ends(house: House, tmp_path: Path) -> None:
    copy = copied(house, tmp_path / "copy")
    with alone.engine_of(house.hub.database(writes=True)) as ours:
        done = commands.run("hub", copy.layout.root, "hub", "engine", code=75)
        engine_of(house.hub, ours).note(m.EngineStopped())
    (line,) = done.stderr.splitlines()
    assert "another engine runs on the database" in line
    assert "postgres:" not in line, "no password is shown"


def test_when_the_first_has_ended_the_next_may_begin(house: House) -> None:
    with (
        alone.engine_of(house.hub.database(writes=True)),
        pytest.raises(AlreadyRunning),
        alone.engine_of(house.hub.database(writes=True)),
    ):
        pass
    with alone.engine_of(house.hub.database(writes=True)) as ours:
        ours.still()
        engine_of(house.hub, ours).note(m.EngineStopped())


@pytest.mark.postgres
@pytest.mark.parametrize("house", ["postgresql"], indirect=True)
def test_an_engine_whose_lock_is_gone_does_not_go_on(house: House) -> None:
    with pytest.raises(SQLAlchemyError), alone.engine_of(house.hub.database(writes=True)) as ours:  # noqa: PT012
        lose_the_lock(house)
        ours.still()


# ---------------------------------------------------------------- the fence


def test_of_two_engines_without_a_lock_between_them_the_newer_writes_and_the_older_says_why_it_does_not(
    house: House, tmp_path: Path
) -> None:
    copy = copied(house, tmp_path / "copy")
    with alone.engine_of(house.hub.database(writes=True)) as first:
        before = engine_of(house.hub, first)
        before.note(m.EngineStopped())
        lose_the_lock(house)
        with alone.engine_of(copy.database(writes=True)) as second:
            size = engine_of(copy, second).note(m.EngineStopped()).size
            with pytest.raises(Overtaken, match=r"another engine has taken this database over; this process writes no"):
                before.note(m.EngineStopped())
            assert engine_of(copy, second).note(m.EngineStopped()).size == size + 1


def test_every_transaction_that_writes_stands_before_the_fence(house: House) -> None:
    older = session.take_over(house.hub.database(writes=True), "older")
    with session.writing(older) as connection:
        connection.execute(text("UPDATE person SET email = 'kept' WHERE number = 1001"))
    session.take_over(house.hub.database(writes=True), "newer")
    with pytest.raises(Overtaken), session.writing(older) as connection:
        pytest.fail("nothing is done behind the fence")


def test_a_transaction_under_way_is_over_before_another_takes_the_database_over(house: House) -> None:
    older = session.take_over(house.hub.database(writes=True), "older")
    hasty = session.open_database(house.hub.database_url, 100)
    with session.writing(older), pytest.raises(SQLAlchemyError):
        session.take_over(hasty, "newer")
    with session.writing(older):
        pass


def test_an_engine_that_is_overtaken_ends_with_one_sentence(house: House) -> None:
    with alone.engine_of(house.hub.database(writes=True)) as ours:

        def overtake() -> None:
            session.take_over(house.hub.database(writes=True), "another")
            engine.stop()  # the next that it writes is that it ends

        engine = Engine(house.hub.on(ours.database), overtake)
        with pytest.raises(Overtaken) as caught:
            engine.run()
    assert faults.is_of_the_database(caught.value), "what an engine does not go on past"
    sentence, code = ending.by(ending.exits)(caught.value) or ("", 0)
    assert sentence.startswith("another engine has taken this database over")
    assert code == 75
    assert house.read(lambda connection: connection.execute(text("SELECT writer FROM head")).scalar()) == "another"


# ---------------------------------------------------------------- maintenance


def starts(hub: Hub) -> tuple[threading.Thread, threading.Event]:
    """An engine that is started, in a thread; and that it is at work."""
    at_work = threading.Event()

    def run() -> None:
        with alone.engine_of(hub.database(writes=True)) as ours:
            engine_of(hub, ours).note(m.EngineStopped())
            at_work.set()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, at_work


def test_an_engine_waits_for_maintenance_says_so_once_and_begins_when_it_is_over(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    with alone.maintaining(house.hub.database(writes=True)) as database:
        thread, at_work = starts(house.hub)
        wait_until(lambda: bool(caplog.messages), "the engine to say that it waits")
        assert not at_work.wait(3 * alone.LOOK_AGAIN_S)
        house.hub.on(database).service().act(Actor("admin"), m.HubBackedUp(size=1))
    assert at_work.wait(60)
    thread.join(60)
    (line,) = caplog.messages
    assert line.startswith("maintenance is at work on the database ")
    assert line.endswith(": we begin when it is over")


def test_maintenance_does_not_begin_below_an_engine(house: House) -> None:
    with (
        alone.engine_of(house.hub.database(writes=True)),
        pytest.raises(AlreadyRunning, match="another engine runs on the database"),
        alone.maintaining(house.hub.database(writes=True)),
    ):
        pytest.fail("an engine runs")


def test_of_two_commands_the_second_waits_for_the_first_but_not_for_ever(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alone, "PATIENCE_S", 0.0)
    with (
        alone.maintaining(house.hub.database(writes=True)),
        pytest.raises(AlreadyRunning, match="another command is at work on the database"),
        alone.maintaining(house.hub.database(writes=True)),
    ):
        pytest.fail("another is at work")
    monkeypatch.undo()
    order: list[str] = []

    def second() -> None:
        with alone.maintaining(house.hub.database(writes=True)):
            order.append("second")

    with alone.maintaining(house.hub.database(writes=True)):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(2 * alone.LOOK_AGAIN_S)
        order.append("first")
    thread.join(60)
    assert order == ["first", "second"]


@pytest.mark.parametrize(("folder", "lock"), [(0o2770, 0o660), (0o2750, 0o600)])
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_a_lock_that_root_has_made_can_be_held_by_whoever_writes_to_the_folder(
    house: House, folder: int, lock: int
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root makes files for others")
    path = schema.file(house.database)
    assert path
    os.chown(path.parent, 65534, 65534)
    path.parent.chmod(folder)
    with alone.maintaining(house.hub.database(writes=True)):
        found = path.with_name(f"{path.name}.engine").stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (65534, 65534, lock)

"""Who only reads has no right to write, neither by the file nor by the role, and can read whatever became of the
engine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from hub.store import alone, faults, schema, session, tables
from hub.store.faults import NotInOrder
from tests.support import fence
from tests.support.databases import Databases, Kind

SIZE = select(tables.head.c.size)
GROUP, NOBODY = 54321, 65534


def opened(database: Engine) -> Engine:
    return session.open_database(database.url.render_as_string(hide_password=False), 1000, writes=False)


def test_who_only_reads_cannot_write(database: Engine, kind: Kind) -> None:
    reader = opened(database)
    with session.reading(reader) as connection:
        assert connection.execute(SIZE).scalar_one() > 0
    with pytest.raises(DBAPIError), reader.begin() as connection:
        connection.execute(text("UPDATE person SET email = 'changed'"))
    with pytest.raises(DBAPIError), reader.begin() as connection:
        connection.execute(text("CREATE TABLE mine (number INTEGER)"))
    reader.dispose()


# ---------------------------------------------------------------- a file, and another user


@pytest.fixture
def shared(databases: Databases) -> Iterator[Path]:
    """A database in a folder that a group may read and not change."""
    if os.geteuid() != 0:
        pytest.skip("only root can be two users")
    template = databases.new("sqlite")
    found = schema.file(template)
    assert found
    folder = Path(tempfile.mkdtemp(prefix="strongroom-shared-"))
    os.chown(folder, 0, GROUP)
    folder.chmod(0o2750)
    path = folder / "strongroom.db"
    shutil.copyfile(found, path)
    databases.drop(template)
    session.leave(session.open_database(f"sqlite:///{path}"))
    os.chown(path, 0, GROUP)
    path.chmod(0o640)
    yield path
    shutil.rmtree(folder)


def as_another(path: Path) -> str:
    """What a user of the group gets to read, or the sentence that he is told; in a process of his own."""
    told, tell = os.pipe()
    if os.fork() == 0:
        os.setgroups([GROUP])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        reader = session.open_database(f"sqlite:///{path}", 1000, writes=False)
        try:
            with session.reading(reader) as connection:
                answer = str(connection.execute(SIZE).scalar_one())
        except (*faults.UNUSABLE,) as error:
            answer = faults.say(error, str(path))
        finally:
            os.write(tell, answer.encode())
            os._exit(0)
    os.close(tell)
    with os.fdopen(told) as answers:
        answer = answers.read()
    os.wait()
    return answer


WRITER = """
import sys
from hub.store import alone, session
from sqlalchemy import text
with alone.engine_of(session.open_database(sys.argv[1])) as ours:
    with session.writing(ours.database) as connection:
        connection.execute(text("UPDATE person SET email = 'written'"))
    print("at work", flush=True)
    sys.stdin.read()
"""


def a_writer(path: Path) -> subprocess.Popen[str]:
    """A process that has the database as an engine has it, until its input ends."""
    started = subprocess.Popen(
        [sys.executable, "-c", WRITER, f"sqlite:///{path}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert started.stdout
    assert started.stdout.readline() == "at work\n"
    return started


def killed(writer: subprocess.Popen[str]) -> None:
    writer.kill()
    writer.communicate()


def stopped(writer: subprocess.Popen[str]) -> None:
    writer.communicate()
    assert writer.returncode == 0


ENDINGS: dict[str, Callable[[subprocess.Popen[str]], None]] = {"killed": killed, "stopped in order": stopped}


@pytest.mark.parametrize("ending", ENDINGS)
def test_another_user_reads_while_the_engine_lives_and_however_it_ended(shared: Path, ending: str) -> None:
    size = as_another(shared)
    assert int(size) > 0, "before any engine was there"
    for _ in range(2):
        writer = a_writer(shared)
        assert as_another(shared) == size
        ENDINGS[ending](writer)
        assert as_another(shared) == size


def test_after_an_orderly_stop_nothing_lies_beside_the_file(shared: Path) -> None:
    stopped(a_writer(shared))
    assert sorted(path.name for path in shared.parent.iterdir() if "engine" not in path.name) == [shared.name]


def test_a_reader_that_stays_keeps_what_others_need(shared: Path) -> None:
    writer = a_writer(shared)
    size = as_another(shared)
    reader = session.open_database(f"sqlite:///{shared}", writes=False)
    with session.reading(reader) as connection:
        connection.execute(SIZE)
    stopped(writer)
    assert as_another(shared) == size
    reader.dispose()
    assert as_another(shared) == size
    stopped(a_writer(shared))
    assert as_another(shared) == size


def test_a_reader_of_before_goes_on_when_the_engine_starts_and_stops(shared: Path) -> None:
    reader = session.open_database(f"sqlite:///{shared}", writes=False)
    seen = []
    for _ in range(2):
        with session.reading(reader) as connection:
            seen.append(connection.execute(SIZE).scalar_one())
        writer = a_writer(shared)
        with session.reading(reader) as connection:
            seen.append(connection.execute(SIZE).scalar_one())
        stopped(writer)
    assert len(set(seen)) == 1


def test_after_a_power_cut_one_sentence_says_what_helps_and_the_engines_start_does(shared: Path) -> None:
    """The log is on disk; what processes share about it never was."""
    size = as_another(shared)
    killed(a_writer(shared))
    shared.with_name(f"{shared.name}-shm").unlink()
    assert as_another(shared) == str(NotInOrder())
    writer = a_writer(shared)
    assert as_another(shared) == size
    stopped(writer)
    assert as_another(shared) == size


def test_what_an_older_version_leaves_is_told_in_one_sentence_and_the_engine_helps(shared: Path) -> None:
    older = fence.ours(session.open_database(f"sqlite:///{shared}"))
    with session.writing(older) as connection:
        connection.execute(text("UPDATE person SET email = 'written'"))
    older.dispose()
    assert as_another(shared) == str(NotInOrder())
    stopped(a_writer(shared))
    assert int(as_another(shared)) > 0


def test_maintenance_leaves_it_readable_too(shared: Path) -> None:
    with alone.maintaining(session.open_database(f"sqlite:///{shared}")) as ours, session.writing(ours) as connection:
        connection.execute(text("UPDATE person SET email = 'written'"))
    assert int(as_another(shared)) > 0

"""Who acts at the command line shows a password, whether an engine runs or not. 王芳 has the duty; an alarm waits."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, nullcontext
from pathlib import Path

import pytest
from sqlalchemy import select as sql_select

from hub.core.state import Alarm
from hub.store import alone, queries, tables
from tests.support.door import open_door
from tests.support.hub import PASSWORD, House, make_hub
from tests.support.terminal import type_in
from wire import local_socket
from wire import messages as m
from wire.command_line.run import Failure

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_S = 120
TAKE_IT = ("alarms", "acknowledge", "1", "--as", "wangfang")


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = make_hub(tmp_path, nodes=("archive-1",))
    house.fact(m.NodeSilent(node="archive-1", last_heard=None, sealed=()))
    return house


@pytest.fixture(params=["an engine runs", "no engine runs"])
def either(request: pytest.FixtureRequest, house: House) -> Iterator[House]:
    with open_door(house) if request.param == "an engine runs" else nullcontext():
        yield house


def shell(house: House, typed: str, *words: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, of which nothing is known but what it is told."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "hub", "--dir", str(house.hub.layout.root), *(words or TAKE_IT)],
        input=typed,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        timeout=PATIENCE_S,
        check=False,
    )


def taken_by(house: House) -> int | None:
    alarm = house.engine.look()[0].find(Alarm, 1)
    assert alarm is not None
    return alarm.acknowledged_by


def authors(house: House, kind: str) -> list[tuple[str, int | None]]:
    return [(row.author, row.person) for row in house.read(lambda connection: queries.journal(connection, kind=kind))]


@pytest.mark.parametrize("typed", ["a guess\n", "\n", ""])
def test_nobody_acts_for_wang_fang_who_does_not_know_her_password(either: House, typed: str) -> None:
    done = shell(either, typed)
    assert (done.returncode, done.stdout) == (os.EX_NOPERM, "")
    assert len(done.stderr.splitlines()) == 1
    assert "the password of wangfang; nothing was changed" in done.stderr
    assert taken_by(either) is None


def test_who_knows_it_acts_and_is_on_record_and_signed_out_again(either: House) -> None:
    done = shell(either, f"{PASSWORD}\n")
    assert done.returncode == 0, done.stderr
    assert taken_by(either) == 1003
    assert authors(either, "signed-in") == authors(either, "alarm-acknowledged") == [("admin", 1003)]
    assert either.read(lambda connection: connection.execute(sql_select(tables.session)).all()) == []
    either.check_services()


def test_that_somebody_has_guessed_is_on_record(house: House) -> None:
    shell(house, "a guess\n")
    assert authors(house, "sign-in-failed") == [("admin", None)]


def test_on_a_terminal_it_is_asked_for_and_not_shown(house: House) -> None:
    ours, its = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "hub", "--dir", str(house.hub.layout.root), *TAKE_IT],
        stdin=its,
        stdout=its,
        stderr=its,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        start_new_session=True,
        preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)),  # makes it the terminal of the new session
    )
    os.close(its)
    shown = b""
    while b"password of wangfang: " not in shown:
        assert select.select([ours], [], [], PATIENCE_S)[0]
        shown += os.read(ours, 4096)
    os.write(ours, f"{PASSWORD}\n".encode())
    assert process.wait(PATIENCE_S) == 0
    while select.select([ours], [], [], 0)[0]:
        try:
            shown += os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
    os.close(ours)
    assert PASSWORD.encode() not in shown
    assert taken_by(house) == 1003


# ---------------------------------------------------------------- a list of passwords


def listed(house: House, mode: int) -> None:
    house.hub.layout.logins.write_text(f"wangfang   {PASSWORD.split()[0]}   王芳 1003 (duty)\n")
    house.hub.layout.logins.chmod(mode)


def test_people_who_are_played_read_the_passwords_that_were_made_for_them(house: House) -> None:
    house.give_passwords(PASSWORD.split()[0])
    listed(house, 0o600)
    assert shell(house, "").returncode == 0
    assert taken_by(house) == 1003


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_list_of_passwords_that_others_may_read_is_refused(house: House, mode: int) -> None:
    listed(house, mode)
    done = shell(house, f"{PASSWORD}\n")
    assert done.returncode == os.EX_NOPERM
    assert "logins.txt" in done.stderr
    assert taken_by(house) is None


def test_a_list_of_passwords_that_is_elsewhere_is_refused(house: House, tmp_path: Path) -> None:
    listed(house, 0o600)
    house.hub.layout.logins.rename(tmp_path / "elsewhere")
    house.hub.layout.logins.symlink_to(tmp_path / "elsewhere")
    assert shell(house, f"{PASSWORD}\n").returncode != 0
    assert taken_by(house) is None


def test_a_site_that_is_made_for_a_bureau_has_no_such_list(tmp_path: Path) -> None:
    assert type_in("--dir", tmp_path, "site", "init", "bureau", "--host", "hub.lan").exit_code == 0
    assert not [path for path in tmp_path.rglob("*") if "login" in path.name]


# ---------------------------------------------------------------- an engine that does not answer


def refused(house: House) -> Failure:
    refusal = type_in("--dir", house.hub.layout.root, *TAKE_IT).exception
    assert isinstance(refusal, Failure)
    assert taken_by(house) is None
    return refusal


def test_of_an_engine_that_hangs_it_is_said_that_it_does_not_answer(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.door.caller.PATIENCE_S", 0.3)
    monkeypatch.setattr("hub.door.caller.Caller.ask.__defaults__", (None, 0.3))
    path = house.hub.layout.door("admin")
    path.parent.mkdir(mode=0o700, parents=True)
    with closing(local_socket.listen(path, 1)):
        refusal = refused(house)
    assert "the engine does not answer" in str(refusal)
    assert refusal.code == os.EX_TEMPFAIL


def test_beside_an_engine_that_listens_nowhere_nothing_is_written(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.cli.asking.PATIENCE_S", 0.3)
    with alone.engine_of(house.hub.database(writes=True)):
        refusal = refused(house)
    assert "an engine runs on the database, and nobody answers here" in str(refusal)
    assert refusal.code == os.EX_TEMPFAIL


def test_too_many_guesses_have_to_wait(house: House) -> None:
    with open_door(house):
        answers = [type_in("--dir", house.hub.layout.root, *TAKE_IT, keyboard="a guess\n").exception for _ in range(6)]
    assert "the password of wangfang" in str(answers[0])
    assert "try again in" in str(answers[-1])
    assert isinstance(answers[-1], Failure)
    assert answers[-1].code == os.EX_TEMPFAIL

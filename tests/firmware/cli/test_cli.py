"""The command line: every mistake is one clear line and the exit code that sysexits.h has for it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.core.effects import Witnessed
from firmware.setup import config, install, where
from tests.firmware.core.ledger import Ledger
from tests.firmware.house import (
    ACCESS,
    BUTTON,
    CORRIDOR_DOOR,
    NODE,
    PLAN,
    READER,
    ROOT,
    SITE,
    House,
)
from tests.firmware.process.test_process import ask, recorded, start, stop
from wire import local_socket, paper
from wire.messages import Granted, LevelChanged
from wire.simulation import hardware as simulated

SITE_FILE = """
name = "demo"
[[cardholder]]
number = 1001
name = "张伟"
badge = "0A00003E81"
[[cardholder]]
number = 1002
name = "李娜"
"""


@pytest.fixture
def running(house: House) -> Iterator[House]:
    """A house with its node running and its site file in place."""
    with at_work(house):
        yield house


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One such house for all who leave its hardware as it is."""
    house = House(tmp_path_factory.mktemp("shared") / "site")
    with at_work(house):
        yield house
    house.end()


@contextlib.contextmanager
def at_work(house: House) -> Iterator[None]:
    house.enrol()
    house.save(plan=PLAN, access=ACCESS, trusted_wall=1)
    (house.directory / "site.toml").write_text(SITE_FILE)
    process = start(house)
    yield
    stop(process)


def fails(done: subprocess.CompletedProcess[str], code: int, complaint: str) -> None:
    assert done.returncode == code, done.stderr
    assert complaint in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("strongroom: ")


def test_the_hardware_is_worked_from_the_command_line(running: House) -> None:
    for words, then in (
        (("open", CORRIDOR_DOOR), f"{CORRIDOR_DOOR}: open"),
        (("close", CORRIDOR_DOOR), f"{CORRIDOR_DOOR}: closed"),
        (("press", BUTTON), f"{BUTTON}: closed"),
    ):
        done = running.strongroom("sim", *words)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines()[0] == then, "it says how the point stands then"
    done = running.strongroom("sim", "badge", READER, "张伟", "0123456789", "0123456789", "张伟")
    assert (done.returncode, done.stderr) == (0, "")
    shown = [line.removeprefix(f"{READER}: ").split(",")[0] for line in done.stdout.splitlines()]
    assert shown == ["green", "red", "red", "green"]
    from tests.firmware.house import until

    until(lambda: len(recorded(running, LevelChanged)) == 4 and len(recorded(running, Granted)) == 2, "all of it")


def test_the_state_is_shown_for_people_and_for_programs(shared: House) -> None:
    assert f"{CORRIDOR_DOOR}: closed (terminal 1, two-state)" in shared.strongroom("sim", "state").stdout
    state = json.loads(shared.strongroom("sim", "state", NODE, "--json").stdout)
    assert state[NODE]["points"][CORRIDOR_DOOR] == {"open": False, "wire": "whole", "terminal": 1, "supervised": False}


def test_a_trace_is_replayed_and_every_transition_of_a_point_recorded_in_order(running: House, tmp_path: Path) -> None:
    from tests.firmware.house import IRON_GATE, until

    lines = [("door", "open"), ("gate", "open"), ("door", "closed"), ("gate", "closed")] * 4
    trace = tmp_path / "trace.csv"
    rows = [f"2008-02-25T00:20:{number:02},{switch},{state}" for number, (switch, state) in enumerate(lines)]
    trace.write_text("\n".join(["time,switch,state", *rows]))
    mapping = (f"--map=door={CORRIDOR_DOOR}", f"--map=gate={IRON_GATE}")
    done = running.strongroom("sim", "replay", str(trace), *mapping, "--speed", "1000000", "--json")
    summary = json.loads(done.stdout)
    assert (summary["played"], summary["unchanged"], summary["skipped"]) == (16, 0, 0)
    until(lambda: len(recorded(running, LevelChanged)) == 16, "all transitions")
    told = [one.data for one in recorded(running, LevelChanged) if isinstance(one.data, LevelChanged)]
    for place in (CORRIDOR_DOOR, IRON_GATE):  # a node that gets no processor may be sure of one door after the other
        assert [one.now for one in told if one.point == place] == ["active", "normal"] * 4


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (["open", "archive/nothing"], 66, "no running node has 'archive/nothing'; there are: archive/corridor-door"),
        (["badge", READER, "Nobody"], 66, "nobody is called 'Nobody'; there are: 1001 张伟, 1002 李娜"),
        (["badge", READER, "李娜"], 66, "李娜 (1002) has no badge"),
        (
            ["badge", CORRIDOR_DOOR, "1001"],
            66,
            f"{CORRIDOR_DOOR} is a point; open it: strongroom sim open",
        ),
        (["open", READER], 66, "archive/reader is a reader; hold a badge to it: strongroom sim badge archive/reader"),
        (["pull", "cipher-1"], 66, "no node 'cipher-1' is running"),
        (["state", "cipher-1"], 66, "no node 'cipher-1' is running"),
        (["replay", "/no/such/file.csv", "--map", "a=b/c"], 66, "/no/such/file.csv: No such file"),
        (["replay", __file__, "--map", "door"], 64, "it should be SWITCH=POINT"),
        (["replay", __file__, "--map", "a=b/c"], 65, "no column"),
        (["replay", __file__, "--map", "a=b/c", "--speed", "-1"], 64, "--speed"),
        (["explode"], 64, "explode"),
        (["opn", CORRIDOR_DOOR], 64, "there is no command 'opn' (did you mean 'open'?)"),
        (["open", "archive/coridor-door"], 66, "(did you mean 'archive/corridor-door'?)"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(shared: House, words: list[str], code: int, complaint: str) -> None:
    fails(shared.strongroom("sim", *words), code, complaint)


def test_without_a_running_demo_it_says_so(house: House) -> None:
    fails(house.strongroom("sim", "open", CORRIDOR_DOOR), 69, "no simulated node is running")


def test_a_socket_of_a_killed_node_is_passed_over(house: House) -> None:
    house.enrol()
    house.save(plan=PLAN)
    process = start(house)
    process.kill()
    process.communicate()
    assert house.socket.exists()
    fails(house.strongroom("sim", "state"), 69, "no simulated node is running")
    stop(start(house))


def test_a_caller_that_talks_nonsense_gets_an_answer_and_harms_nobody(shared: House) -> None:
    import socket

    with socket.socket(socket.AF_UNIX) as line:
        local_socket.at_address(shared.socket, line.connect)
        line.sendall(b'{"ask": "explode"}\n')
        assert b"not understood" in simulated.read_line(line)
    assert ask(shared, simulated.State()).node == NODE


# ---------------------------------------------------------------- node


def test_a_first_request_writes_node_toml_and_shows_six_words(tmp_path: Path) -> None:
    house = House(tmp_path / "site")
    words = ("node", "request", "--node", "cipher-1", "--site", SITE, "--factory", "mock", "--json")
    first, second = house.strongroom(*words), house.strongroom(*words)
    asked = json.loads(first.stdout)
    assert asked == json.loads(second.stdout)
    assert len(asked["words"].split()) == 6
    place = config.load(where.node_config(house.directory, "cipher-1"))
    assert (place.config.site, place.config.node, place.config.gpio.factory) == (SITE, "cipher-1", "mock")


def test_request_and_accept_make_a_node_that_is_enrolled(house: House, tmp_path: Path) -> None:
    request, answer = tmp_path / "request", tmp_path / "answer"
    assert house.strongroom("node", "request", "--out", str(request)).returncode == 0
    answer.write_bytes(house.hub.answer(request.read_bytes()))
    accepted = house.strongroom("node", "accept", str(answer))
    assert accepted.returncode == 0
    assert "Words of the hub's key: " in accepted.stdout
    status = json.loads(house.strongroom("node", "status", "--json").stdout)
    assert (status["enrolled"], status["running"], status["factory"]) == (True, False, "mock")


def test_status_beside_a_running_node(shared: House) -> None:
    status = json.loads(shared.strongroom("node", "status", "--json").stdout)
    assert (status["running"], status["life"], status["plan"], status["access"]) == (True, 1, 7, 3)
    assert status["newest"] >= 1
    assert f"{NODE} of {SITE}, factory mock: running" in shared.strongroom("node", "status").stdout


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (["run", "--node", "nothing"], 78, "node.toml: No such file"),
        (["run", "--config", "/no/such/node.toml"], 78, "/no/such/node.toml: No such file"),
        (["accept", "/no/such/answer"], 66, "/no/such/answer: No such file"),
        (["accept", __file__], 78, "not an answer of a hub"),
        (["request", "--node", "cipher-1", "--site", "demo"], 64, "--factory"),
        (["request", "--node", "Cipher 1", "--site", "demo", "--factory", "mock"], 64, "3 to 32"),
        (["request", "--out", "/no/such/folder/request"], 73, "/no/such/folder/request: No such file"),
        ([], 64, "which command?"),
    ],
)
def test_mistakes_with_a_node_are_one_line(house: House, words: list[str], code: int, complaint: str) -> None:
    fails(house.strongroom("node", *words), code, complaint)


def test_which_node_is_meant_has_to_be_clear(house: House) -> None:
    other = where.node_config(house.directory, "cipher-1")
    other.parent.mkdir()
    other.write_text(config.text_for(SITE, "cipher-1", "mock", None))
    fails(house.strongroom("node", "status"), 64, "which node? --node archive-1 | cipher-1")


def test_an_empty_directory_has_no_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(where, "INSTALLED_CONFIG", tmp_path / "none")
    with pytest.raises(where.Unclear, match="there is no node under"):
        where.place(tmp_path, None, None)


def test_the_directory_is_as_named_or_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRONGROOM_DIR", "/from/environment")
    assert where.directory(tmp_path) == tmp_path
    assert where.directory(None) == Path("/from/environment")
    monkeypatch.delenv("STRONGROOM_DIR")
    monkeypatch.setattr(where, "INSTALLED", tmp_path)
    assert where.directory(None) == tmp_path
    monkeypatch.setattr(where, "INSTALLED", tmp_path / "none")
    assert where.directory(None) == Path("demo-site")


# ---------------------------------------------------------------- install


def test_install_puts_every_file_of_its_table_in_place(house: House, tmp_path: Path) -> None:
    root = tmp_path / "root"
    done = house.strongroom("node", "install", "--root", str(root))
    assert done.returncode == 0, done.stderr
    for item in install.TABLE:
        assert (root / item.destination).read_bytes() == (ROOT / item.source).read_bytes()
        assert (root / item.destination).stat().st_mode & 0o777 == item.mode
    place = config.load(root / install.CONFIG)
    assert place.state == Path("/var/lib/strongroom-node")
    assert place.keys == Path("/var/lib/strongroom-node/keys")


def test_install_leaves_a_configuration_that_is_there_as_it_is(house: House, tmp_path: Path) -> None:
    own = tmp_path / "root" / install.CONFIG
    own.parent.mkdir(parents=True)
    own.write_text("mine")
    assert "stays as it is" in house.strongroom("node", "install", "--root", str(tmp_path / "root")).stdout
    assert own.read_text() == "mine"


def test_install_on_this_machine_needs_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(install.InstallError, match="needs root"):
        list(install.install(Path("/")))


def test_the_checkpoint_that_the_node_holds_is_printed_as_a_file_and_in_words(house: House) -> None:
    house.enrol()
    fails(house.strongroom("node", "checkpoint"), 66, "this node holds no checkpoint yet")
    left, ledger = Ledger().open(), Ledger("strongroom/demo/journal/later").open()
    ledger.grow(4)
    papers = str(house.hub.checkpoint_key.public)
    note, former = ledger.newest.decode(), left.newest.decode()
    witnessed = Witnessed(papers=papers, key=str(ledger.key.public), note=note, cosigned=7, former=(former,))
    house.save(witness=witnessed)
    done = house.strongroom("node", "checkpoint")
    assert (done.returncode, done.stdout) == (0, note)
    newest, before = (line.rpartition(": ")[2] for line in done.stderr.splitlines())
    assert (paper.parse(newest).size, paper.parse(before).size) == (5, 1)
    assert "journal: 5 entries countersigned\n" in house.strongroom("node", "status").stdout
    status = json.loads(house.strongroom("node", "status", "--json").stdout)
    assert (status["checkpoint"]["size"], status["countersigned"], status["refused"]) == (5, True, "")

"""The engine and the database fail together: the real processes call whoever is on duty all the same."""

import contextlib
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.phone.modem import SimulatedModem
from hub.site_directory.layout import Layout
from tests.support.hub import make_hub
from tests.support.ports import free_port
from tests.system.demo import PATIENCE_S, WANG, Demo, command, environment, outbox_of, wait_until
from wire import messages as m
from wire.simulation import telephones


def told(demo: Demo, person: int) -> list[str]:
    found = telephones.send(demo.directory / "sim", telephones.Look()).telephones
    return [one.text for one in found.get(demo.names.phones[person], ()) if "【应急】" in one.text]


def freed(demo: Demo, node: str) -> int:
    """The newest record of a node that it has a receipt for, as its disk says."""
    path = demo.directory / "nodes" / node / "outbox.db"
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=PATIENCE_S)) as database:
        return int(database.execute("SELECT value FROM state WHERE name = 'freed'").fetchone()[0])


def newest(demo: Demo, node: str) -> int:
    return outbox_of(demo, node)[1][-1][0]


def channels_tested(demo: Demo) -> set[str]:
    """The channels that have been tried out."""
    facts = [row.message.data for row in demo.journal(kind="channel-tested")]
    return {fact.channel for fact in facts if isinstance(fact, m.ChannelTested)}


def ready(demo: Demo) -> Layout:
    """The contacts are kept, the modem works, and all is started: one whose console has never been there gives up."""
    layout = Layout(demo.directory)
    wait_until(lambda: "The console:" in demo.said(), "the demonstration's greeting")
    wait_until(layout.contacts.exists, "the contacts")
    wait_until(lambda: "sms" in channels_tested(demo))
    return layout


def test_a_foreign_lock_on_the_database_silences_the_engine_and_somebody_is_called(demo: Demo) -> None:
    layout = ready(demo)
    other = sqlite3.connect(layout.database, isolation_level=None, timeout=PATIENCE_S)
    other.execute("BEGIN IMMEDIATE")
    demo.visit("archive/corridor-door")  # what the engine now wants to write
    try:
        # That it comes within fifteen seconds, tests/hub/notify/test_help.py holds.
        wait_until(lambda: told(demo, WANG), "a call for help")
        assert "数据库不可用" in told(demo, WANG)[0]
    finally:
        other.execute("ROLLBACK")
        other.close()
    # Then all goes on, and nothing that was seen meanwhile is lost.
    demo.entry("level", "archive/corridor-door")


@pytest.mark.parametrize("accident", ["deleted", "zeroed"])
def test_a_database_that_is_spoilt_under_a_running_engine_gets_no_receipts_and_somebody_is_called(
    demo: Demo, accident: str
) -> None:
    """What a node has seen since waits on its own disk for a hub that can keep it."""
    layout = ready(demo)
    if accident == "deleted":
        layout.database.unlink()
    else:
        layout.database.write_bytes(bytes(layout.database.stat().st_size))
    demo.visit("archive/corridor-door")
    wait_until(lambda: told(demo, WANG), "a call for help")
    assert "数据库不可用" in told(demo, WANG)[0]
    demo.visit("archive/corridor-door")
    log = demo.directory.joinpath("log", "engine.log")
    wait_until(lambda: "strongroom hub restore" in log.read_text("utf-8"), "a sentence that says what to do")
    assert "Traceback" not in log.read_text("utf-8")
    assert freed(demo, "archive-1") < newest(demo, "archive-1")


def test_after_a_power_cut_that_has_spoilt_the_database_its_own_start_is_a_call(
    tmp_path: Path, modem: SimulatedModem
) -> None:
    """Neither engine nor broker runs any more: only the notifying service is started again."""
    house = make_hub(tmp_path, settings=f'[console]\nport = {free_port()}\n[sms]\ndevice = "{modem.device}"\n')
    house.database.dispose()
    layout = house.hub.layout
    with notifying(layout):
        wait_until(layout.contacts.exists, "the contacts")
    for path in layout.database.parent.glob("strongroom.db*"):
        path.write_bytes(bytes(path.stat().st_size))
    with notifying(layout) as process:
        wait_until(lambda: any("数据库不可用" in one.text for one in modem.sent), "a call for help")
        assert process.poll() is None
    said = layout.root.joinpath("notify.log").read_text("utf-8")
    assert "strongroom hub restore" in said
    assert "Traceback" not in said


@contextlib.contextmanager
def notifying(layout: Layout) -> Iterator[subprocess.Popen[bytes]]:
    """The real process of the notifying service."""
    with layout.root.joinpath("notify.log").open("ab") as log:
        words = command("hub", layout.root, "hub", "notify")
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment())
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


@pytest.fixture
def modem() -> Iterator[SimulatedModem]:
    with SimulatedModem() as modem:
        yield modem

"""The notifying service's own file: what is in it outlives a crash, and one that is of no use costs nobody a call."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from hub.door.protocol import Answered, Say
from hub.notify.channels.channel import Part, Reported
from hub.notify.own_file import AGAIN_S, OwnFile
from hub.notify.parts import PART_MS, Parts
from hub.notify.spool import LATE_MS, Spool
from wire import messages as m

NOW = 1_800_000_000_000
STARTED = m.NotifyStarted(version="test", channels=("console",))
HANDED = m.NoticeHanded(notice=7, attempt=1, repeat=False, awaits=False)


class Clock:
    """Wall time in ms and a monotonic one in s, which go on when they are told to."""

    def __init__(self) -> None:
        self.now = NOW

    def wall(self) -> int:
        return self.now

    def mono(self) -> float:
        return self.now / 1000


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "notify" / "notify.db"


def spool(path: Path, clock: Clock) -> Spool:
    return Spool(OwnFile(path, clock.mono), clock.wall)


def untold(spool: Spool) -> list[m.FactData]:
    requests = [one.request for one in spool.all()]
    return [fact for one in requests if isinstance(one, Say) for fact in one.said]


# ---------------------------------------------------------------- what is to be told


def test_what_is_to_be_told_waits_in_order_and_each_is_told_once(path: Path, clock: Clock) -> None:
    ours = spool(path, clock)
    ours.say(STARTED, HANDED)
    first = ours.first()
    assert first is not None
    assert first.request == Say(said=(STARTED,))
    ours.told(first.number)
    again = ours.first()
    assert again is not None
    assert (again.request, again.number != first.number) == (Say(said=(HANDED,)), True)
    ours.told(again.number)
    assert ours.first() is None


def test_whoever_is_started_anew_tells_it_under_the_same_numbers(path: Path, clock: Clock) -> None:
    before = spool(path, clock)
    before.say(STARTED, HANDED)
    assert spool(path, clock).all() == before.all()


def test_the_same_message_that_is_heard_twice_is_told_once(path: Path, clock: Clock) -> None:
    ours = spool(path, clock)
    for _ in range(2):
        ours.put(Answered(sender="+8613800000003", text="1", at=NOW), "sms-1")
    assert len(ours.all()) == 1


def test_what_is_told_late_is_told_with_its_time(path: Path, clock: Clock) -> None:
    ours = spool(path, clock)
    ours.say(HANDED)
    now = ours.first()
    clock.now += LATE_MS + 1
    late = ours.first()
    assert now is not None
    assert late is not None
    assert now.request == Say(said=(HANDED,))
    assert late.request == Say(said=(m.NoticeHanded(notice=7, attempt=1, repeat=False, awaits=False, at=NOW),))


def test_of_what_cannot_be_told_for_very_long_the_oldest_gives_way(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.notify.spool.MOST", 3)
    ours = spool(path, clock)
    facts = [m.NoticeDelivered(notice=number) for number in range(5)]
    ours.say(*facts)
    assert untold(ours) == facts[-3:]


def test_what_another_version_has_put_there_holds_up_nothing(path: Path, clock: Clock) -> None:
    file = OwnFile(path, clock.mono)
    ours = Spool(file, clock.wall)
    file.change(lambda it: it.execute("INSERT INTO untold (number, at, request) VALUES ('a', 0, '{\"ask\":\"new\"}')"))
    ours.say(HANDED)
    first = ours.first()
    assert first is not None
    assert first.request == Say(said=(HANDED,))


WRITES = """
import sys
from pathlib import Path
from hub.notify.own_file import OwnFile
from hub.notify.spool import Spool
from wire import messages as m

ours = Spool(OwnFile(Path(sys.argv[1])), lambda: 1)
number = 0
while True:
    number += 1
    ours.say(m.NoticeDelivered(notice=number))
    print(number, flush=True)
"""


def test_what_was_put_there_survives_a_kill(path: Path, clock: Clock) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITES, str(path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(20):
            process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        said = [int(line) for line in process.stdout if line.strip()]
    kept = [fact.notice for fact in untold(spool(path, clock)) if isinstance(fact, m.NoticeDelivered)]
    assert kept == list(range(1, len(kept) + 1))
    assert len(kept) >= max(said, default=20)


# ---------------------------------------------------------------- a file that is of no use


def test_a_damaged_file_is_set_aside_and_said_in_one_line(
    path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    spool(path, clock).say(STARTED)
    path.write_bytes(b"\x00" * 8192)
    ours = spool(path, clock)
    ours.say(HANDED)
    assert untold(spool(path, clock)) == [HANDED]
    assert path.with_name("notify.db.damaged").exists()
    (said,) = caplog.messages
    assert "is damaged" in said


@pytest.mark.parametrize("how", ["no folder", "read-only", "a folder"])
def test_a_file_that_cannot_be_written_is_said_in_one_line_and_the_rest_goes_on_in_memory(
    path: Path, clock: Clock, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    broken(path, how)
    ours = spool(path, clock)
    ours.say(STARTED)
    assert not ours.durable
    assert untold(ours) == [STARTED]
    assert len(caplog.messages) == 1


def broken(path: Path, how: str) -> None:
    if how == "no folder":
        path.parent.write_text("")
    elif how == "a folder":
        path.mkdir(parents=True)
    else:
        path.parent.mkdir()
        sqlite3.connect(path).close()
        path.write_text("")
        path.parent.chmod(0o500)
        path.chmod(0o400)
        if os.geteuid() == 0:  # whom no mode keeps out
            path.unlink()
            path.mkdir()


def test_once_it_can_be_written_again_all_is_in_the_file(path: Path, clock: Clock) -> None:
    path.mkdir(parents=True)
    ours = spool(path, clock)
    ours.say(STARTED)
    path.rmdir()
    clock.now += int(AGAIN_S * 1000)
    ours.say(HANDED)
    assert ours.durable
    assert untold(spool(path, clock)) == [STARTED, HANDED]


def test_a_file_that_is_taken_away_while_it_is_used_is_left_and_made_anew(path: Path, clock: Clock) -> None:
    ours = spool(path, clock)
    ours.say(STARTED)
    for one in path.parent.iterdir():
        one.unlink()
    ours.say(HANDED)
    assert untold(ours)[-1] == HANDED
    clock.now += int(AGAIN_S * 1000)
    ours.say(HANDED)
    assert untold(spool(path, clock)) == untold(ours)


# ---------------------------------------------------------------- parts of short messages


def test_a_message_is_delivered_when_every_part_of_it_is(path: Path) -> None:
    parts = Parts(OwnFile(path))
    ours = [Part(reference, "+8613800000003") for reference in (1, 2)]
    parts.sent(7, ours, NOW)
    assert parts.reported(Reported(ours[0], delivered=True), NOW) is None
    assert parts.reported(Reported(Part(2, "8613800000003"), delivered=True), NOW) == 7


def test_a_part_that_is_not_delivered_is_enough_and_an_old_reference_means_nothing(path: Path) -> None:
    parts = Parts(OwnFile(path))
    ours = [Part(reference, "+8613800000003") for reference in (1, 2)]
    parts.sent(7, ours, NOW)
    assert parts.reported(Reported(ours[1], delivered=False), NOW) == 7
    assert parts.reported(Reported(ours[0], delivered=True), NOW + PART_MS) is None

"""The notifying service as a whole: one channel that hangs holds up nobody, and the engine's silence is heard."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from hub.config import SmsSettings
from hub.console import words
from hub.core.ladders import LADDERS
from hub.notify.channel import Handed, Letter
from hub.notify.process import DIRECT_MS, AlreadyRunning, Notify, WorkerDied, channels
from hub.notify.sms import Sms
from hub.notify.vigil import ALONE_MS, SILENT_MS, Vigil
from hub.phone.modem import SimulatedModem
from hub.store import queries
from tests.support.hub import House, make_hub
from wire import messages as m


class Box:
    """A channel that works at once, and tells the test."""

    name: m.Channel = "email"
    lease_s = 60

    def __init__(self) -> None:
        self.letters: queue.Queue[Letter] = queue.Queue()
        self.runs = threading.Event()

    def send(self, letter: Letter) -> Handed:
        self.letters.put(letter)
        return Handed()

    def test(self) -> str:
        self.runs.set()
        return "works"

    def close(self) -> None:
        pass


@contextmanager
def running(notify: Notify) -> Iterator[None]:
    thread = threading.Thread(target=notify.run)
    thread.start()
    try:
        yield
    finally:
        notify.stop()
        thread.join(60)
        assert not thread.is_alive()


def test_a_modem_that_hangs_holds_up_no_mail(house: House, modem: SimulatedModem) -> None:
    box = Box()
    modem.hangs.set()
    with running(Notify(house.hub, [Sms(SmsSettings(modem.device)), box], house.clock, listens=False)):
        house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
        assert modem.was_asked.wait(60), "the modem is in the middle of a message"
        house.engine.decide(
            lambda _state, _site: iter([m.CallMoved(call=1, step=1, round=0, why="unanswered", wait=1000)])
        )
        people = {box.letters.get(timeout=60).notice.person for _ in range(2)}
        assert people == {1003, 1008}
        assert not modem.sent
        modem.hangs.clear()
        assert modem.has_sent.wait(60)


def test_an_answer_by_telephone_ends_the_call(house: House, modem: SimulatedModem) -> None:
    with running(Notify(house.hub, [Sms(SmsSettings(modem.device))], house.clock, listens=False)):
        house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
        assert modem.has_sent.wait(60)
        modem.receives("+8613800000008", "收到")
        answered = threading.Event()
        for _ in range(1200):
            row = house.read(lambda connection: queries.alarm(connection, 1))
            if row.acknowledged_by is not None:
                answered.set()
                break
            threading.Event().wait(0.05)  # the journal is all there is to ask
        assert answered.is_set()
        assert (row.acknowledged_by, row.acknowledged_via) == (1008, "sms")


def test_two_do_not_run_for_one_site(house: House) -> None:
    box = Box()
    with running(Notify(house.hub, [box], house.clock, listens=False)):
        assert box.runs.wait(60)
        with pytest.raises(AlreadyRunning):
            Notify(house.hub, [Box()], house.clock, listens=False).run()


def test_only_what_is_set_up_is_a_channel(tmp_path: Path) -> None:
    settings = '[console]\nport = 8443\n[sounder]\nfactory = "mock"\n[sms]\ndevice = "/dev/modem"\n'
    assert [one.name for one in channels(make_hub(tmp_path, settings=settings).hub)] == ["sounder", "sms"]


EVERYTHING = """
[console]
port = 8443
[sounder]
factory = "mock"
[sms]
device = "/dev/modem"
[email]
host = "mail.bureau.lan"
sender = "strongroom@bureau.lan"
[syslog]
host = "log.bureau.lan"
ca = "log-ca.crt"
"""


def test_every_channel_can_be_set_up_and_has_a_word(tmp_path: Path) -> None:
    """Whoever adds a channel adds a file that sends, settings, a word, and a rung."""
    made = {one.name for one in channels(make_hub(tmp_path, settings=EVERYTHING).hub)}
    assert {"console", *made} == set(m.CHANNELS)
    assert set(words.CHANNELS) == set(m.CHANNELS)


def test_a_channel_that_no_ladder_names_is_remarked_on_at_the_start(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    rung = '[[ladder.{}.rungs]]\nafter = 0\nwhom = ["duty"]\nby = ["console", "sms"]\n'
    table = "".join(rung.format(name) for name in LADDERS)
    house.fact(m.AlarmsSet(version=1, document=table), "console", 1005, "security")
    box = Box()
    with running(Notify(house.hub, [box], house.clock, listens=False)):
        assert box.runs.wait(60)
    assert "email is set up, and no ladder names it" in caplog.text


class Broken(Box):
    """A channel with a fault that nobody foresaw."""

    def test(self) -> str:
        raise ZeroDivisionError


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_worker_that_dies_takes_the_process_with_it_so_that_it_is_started_again(house: House) -> None:
    with pytest.raises(WorkerDied, match="email"):
        Notify(house.hub, [Broken()], house.clock, listens=False).run()


# ---------------------------------------------------------------- is the engine there


def test_an_engine_that_has_not_been_heard_for_thirty_seconds_has_stopped() -> None:
    vigil = Vigil(0)
    vigil.broker_back(1000)
    vigil.heard(2000)
    assert vigil.silent_for(2000 + SILENT_MS, engine_knows=False) is None
    assert vigil.silent_for(2001 + SILENT_MS, engine_knows=False) == SILENT_MS + 1
    vigil.heard(40_000)
    assert vigil.silent_for(40_001, engine_knows=False) is None


def test_without_the_broker_it_is_the_engine_that_must_say_so() -> None:
    vigil = Vigil(0)
    vigil.broker_back(0)
    vigil.broker_lost(5000)
    assert vigil.silent_for(5000 + ALONE_MS, engine_knows=False) is None
    assert vigil.silent_for(5001 + ALONE_MS, engine_knows=False) is not None
    assert vigil.silent_for(5001 + ALONE_MS, engine_knows=True) is None


def test_after_the_broker_is_back_the_engine_gets_a_whole_interval() -> None:
    vigil = Vigil(0)
    vigil.broker_back(100_000)
    assert vigil.silent_for(100_000 + SILENT_MS, engine_knows=False) is None
    assert vigil.silent_for(100_001 + SILENT_MS, engine_knows=False) is not None


def test_while_the_engine_is_silent_the_notifying_service_takes_calls_up_their_ladders(house: House) -> None:
    box = Box()
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    notify = Notify(house.hub, [box], house.clock, listens=False)
    desk = notify._desk("main")
    desk.act(m.NotifyStarted(version="test", channels=("console", "email")))
    silent = notify._vigil._heard + SILENT_MS + 1
    notify._stand_in(desk, *desk.look(), SILENT_MS + 1, house.clock(), silent)
    kinds = [row.kind for row in house.read(lambda connection: queries.journal(connection, limit=500))]
    assert "engine-silent" in kinds
    raised = house.read(lambda connection: queries.alarms(connection, open_only=True))
    assert {alarm.what for alarm in raised} >= {"engine-silent", "forced"}
    house.clock.forward(61)
    notify._stand_in(desk, *desk.look(), SILENT_MS + 61_001, house.clock(), silent + 61_000)
    rows = house.read(lambda connection: queries.journal(connection, kind="call-moved", limit=500))
    assert any(row.data.call == 1 and row.data.step == 1 for row in rows), "the next rung, without the engine"
    house.fact(m.EngineStarted(version="test", silent_since=None))
    left = house.read(lambda connection: queries.alarms(connection, open_only=True))
    assert "engine-silent" not in {alarm.what for alarm in left}
    desk.close()


def test_help_is_called_though_the_database_cannot_be_written(house: House) -> None:
    """The engine has ended, and nothing can be journalled: whoever is on duty is called all the same, and not more
    often than every five minutes."""
    box = Box()
    read_only = f"sqlite:///file:{house.hub.layout.database}?mode=ro&uri=true"
    hub = house.hub._replace(settings=replace(house.hub.settings, database=read_only))
    before = house.read(queries.size)
    notify = Notify(hub, [box], house.clock)
    notify._vigil = Vigil(-10 * ALONE_MS)
    with running(notify):
        letters = [box.letters.get(timeout=60) for _ in ("王芳", "周强")]
        assert {letter.lines[0].what for letter in letters} == {"engine-silent"}
        with pytest.raises(queue.Empty):
            box.letters.get(timeout=2.5)  # two more looks
        house.clock.forward(DIRECT_MS / 1000)
        assert box.letters.get(timeout=60)
    assert house.read(queries.size) == before

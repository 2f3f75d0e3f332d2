"""The notifying service as a whole: one channel that hangs holds up nobody, and the engine's silence is heard."""

from __future__ import annotations

import queue
import resource
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from sqlalchemy import create_engine, update

from demo.phone.modem import SimulatedModem
from hub.console.words import names
from hub.core.alarms.ladders import LADDERS
from hub.notify.channels import letters
from hub.notify.channels.channel import Handed, Letter, Told
from hub.notify.engine_watch import ALONE_MS, SILENT_MS, EngineWatch
from hub.notify.help import TEXTS
from hub.notify.hub_access import HubAccess
from hub.notify.process import Notify, ThreadDead, channels
from hub.notify.sms.channel import Sms
from hub.notify.worker import ATTEMPTS, PAUSES_S, Worker
from hub.site_directory import contacts
from hub.site_directory.settings import SmsSettings
from hub.store import alarm_list, queries, tables
from hub.store.alone import AlreadyRunning
from tests.support.hub import House, make_hub
from tests.support.tables import change
from wire import messages as m
from wire import topics
from wire.link import Arrived


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

    def turn(self, hub: Told, help_wanted: bool) -> None:
        pass

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


@pytest.mark.usefixtures("door")
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


@pytest.mark.usefixtures("door")
def test_an_answer_by_telephone_ends_the_call(house: House, modem: SimulatedModem) -> None:
    with running(Notify(house.hub, [Sms(SmsSettings(modem.device))], house.clock, listens=False)):
        house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
        assert modem.has_sent.wait(60)
        modem.receives("+8613800000008", "收到")
        answered = threading.Event()
        for _ in range(1200):
            row = house.read(lambda connection: alarm_list.alarm(connection, 1))
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
    assert set(names.CHANNELS) == set(m.CHANNELS)


@pytest.mark.usefixtures("door")
def test_a_channel_that_no_ladder_names_is_remarked_on_at_the_start(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    rung = '[[ladder.{}.rungs]]\nafter = 0\nwhom = ["duty"]\nby = ["console", "sms"]\n'
    table = "".join(rung.format(name) for name in LADDERS)
    house.fact(m.AlarmsSet(version=1, document=table), "console", 1005, "security")
    box = Box()
    with running(Notify(house.hub, [box], house.clock, listens=False)):
        wait_for(house, "notify-started", lambda one: one.version != "test")
        for _ in range(1200):
            if caplog.text:
                break
            threading.Event().wait(0.05)  # the log is all there is to ask
    assert "email is set up, and no ladder names it" in caplog.text


class Broken(Box):
    """A channel with a fault that nobody foresaw."""

    name: m.Channel = "syslog"

    def test(self) -> str:
        raise ZeroDivisionError


@pytest.mark.usefixtures("door")
def test_a_worker_with_a_fault_that_nobody_foresaw_is_told_and_ends_no_other(house: House) -> None:
    box = Box()
    with running(Notify(house.hub, [Broken(), box], house.clock, listens=False)):
        tested = wait_for(house, "channel-tested", lambda one: one.channel == "syslog")
        assert tested.worked is False
        assert "ZeroDivisionError" in tested.detail
        house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
        house.engine.decide(
            lambda _state, _site: iter([m.CallMoved(call=1, step=1, round=0, why="unanswered", wait=1000)])
        )
        assert box.letters.get(timeout=60)
        assert [one.channel for one in facts(house, "channel-tested") if not one.worked] == ["syslog"], "told once"


class CannotEvenClose(Broken):
    """And nothing else of it works either."""

    closed = 0

    def turn(self, hub: Told, help_wanted: bool) -> None:
        raise KeyError

    def close(self) -> None:
        self.closed += 1
        raise ZeroDivisionError


def test_a_channel_of_which_nothing_works_stumbles_on_and_ends_nobody(
    house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.notify.worker.STUMBLED_S", 0.01)
    channel, box = CannotEvenClose(), Box()
    with running(Notify(house.hub, [channel, box], house.clock, listens=False)):
        until(lambda: channel.closed > 3)
        box.runs.wait(60)
    assert [caplog.text.count(f"syslog{what}: nobody foresaw this") for what in ("", ", when it is closed")] == [1, 1]


PARTS = [
    ("stand_in._keep_contacts", "the contacts"),
    ("stand_in.stand_in", "the stand-in for the engine"),
    ("_watch", "the watch over the engine"),
    ("_hear_beat", "a message"),
]


@pytest.mark.usefixtures("door")
@pytest.mark.parametrize(("part", "what"), PARTS)
def test_a_part_of_the_notifying_service_that_fails_is_told_once_and_letters_go_out_all_the_same(
    house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, part: str, what: str
) -> None:
    box = Box()
    monkeypatch.setattr("hub.notify.standin.TICK_S", 0.01)
    monkeypatch.setattr("hub.notify.process.TICK_S", 0.01)
    notify = Notify(house.hub, [box], house.clock, listens=False)
    holder, _, name = part.rpartition(".")
    calls: list[object] = []

    def fails(*_: object) -> None:
        calls.append(None)
        raise ZeroDivisionError("what was read")

    monkeypatch.setattr(attrgetter(holder)(notify) if holder else notify, name, fails)
    notify.stand_in.silent = 1000 if name == "stand_in" else None
    for mid in range(4):
        notify._inbox.put(Arrived(topics.hub_beat("demo"), b"", 0, mid, False))
    with running(notify):
        said = wait_for(house, "not-judged")
        house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
        house.engine.decide(
            lambda _state, _site: iter([m.CallMoved(call=2, step=1, round=0, why="unanswered", wait=1000)])
        )
        assert box.letters.get(timeout=60)
        until(lambda: len(calls) > 3)
    assert (said.place, said.what, said.part) == ("hub", what, "rule")
    assert len(facts(house, "not-judged")) == 1
    assert caplog.text.count("nobody foresaw this") == 1


def test_a_thread_that_has_ended_ends_the_service_so_that_it_is_started_anew(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Worker, "run", lambda _worker: None)
    with pytest.raises(ThreadDead, match="email"):
        Notify(house.hub, [Box()], house.clock, listens=False).run()


def until(so: Callable[[], bool]) -> None:
    for _ in range(6000):
        if so():
            return
        threading.Event().wait(0.01)
    raise AssertionError("waited in vain")


def facts(house: House, kind: str) -> list[Any]:
    rows = house.read(lambda connection: queries.journal(connection, kind=kind, limit=500))
    return [row.message.data for row in rows]


def wait_for(house: House, kind: str, fits: Callable[[Any], bool] = lambda _: True) -> Any:
    """The first fact of that kind that fits, once it is there."""
    for _ in range(1200):
        if found := [one for one in facts(house, kind) if fits(one)]:
            return found[0]
        threading.Event().wait(0.05)  # the journal is all there is to ask
    raise AssertionError(f"waited in vain for {kind}")


class Choosy(Box):
    """A channel with a fault that nobody foresaw, over letters about a tamper."""

    name: m.Channel = "sms"

    def send(self, letter: Letter) -> Handed:
        if letter.lines[0].what == "tamper":
            raise ZeroDivisionError
        return super().send(letter)


def test_a_letter_that_nobody_foresaw_costs_that_letter_only_and_is_told(house: House, access: HubAccess) -> None:
    channel = Choosy()
    worker = Worker(channel, lambda _name: access, house.clock)
    house.node("cipher-1").opens("cipher-room/lid")
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    for _ in range(ATTEMPTS):
        while worker.send_next(access):
            pass
        house.clock.forward(max(PAUSES_S))
    assert [channel.letters.get_nowait().lines[0].what for _ in range(2)] == ["forced"] * 2
    assert {one.detail for one in facts(house, "notice-failed")} == {"a fault of this program: ZeroDivisionError"}
    raised = house.read(lambda connection: alarm_list.alarms(connection, open_only=True))
    assert "notice-not-delivered" in {alarm.what for alarm in raised}


@pytest.mark.usefixtures("door")
def test_a_letter_of_which_the_hub_cannot_take_in_what_became_of_it_is_not_sent_over_and_over(
    house: House, access: HubAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = Choosy()
    worker = Worker(channel, lambda _name: access, house.clock)
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    change(monkeypatch, m.NoticeHanded, fold=(lambda *_: 1 // 0,))
    for _ in range(10):
        worker.send_next(access)
        house.clock.forward(channel.lease_s + 1)
    assert channel.letters.qsize() == 2, "one for each who is called"


# ---------------------------------------------------------------- is the engine there


NOW = 1_800_000_000_000


def beat(boot: str = "boot-1", number: int = 1, time: int = NOW) -> m.HubBeat:
    return m.HubBeat(v=1, site="demo", boot=boot, number=number, time=time, size=1)


def test_an_engine_that_has_not_been_heard_for_ten_seconds_has_stopped() -> None:
    watch = EngineWatch(0)
    watch.broker_back(1000)
    assert watch.beat(beat(), NOW, 2000)
    assert watch.silent_for(2000 + SILENT_MS, engine_knows=False) is None
    assert watch.silent_for(2001 + SILENT_MS, engine_knows=False) == SILENT_MS + 1
    assert watch.beat(beat(number=2), NOW, 40_000)
    assert watch.silent_for(40_001, engine_knows=False) is None


@pytest.mark.parametrize(
    "old",
    [
        pytest.param(beat("boot-2", 7), id="the same again"),
        pytest.param(beat("boot-2", 6), id="an earlier one"),
        pytest.param(beat("boot-1", 900), id="of a run that is over"),
        pytest.param(beat("boot-0", 1, NOW - 86_400_000), id="of yesterday"),
    ],
)
def test_a_beat_that_somebody_has_kept_hides_no_engine_that_has_stopped(old: m.HubBeat) -> None:
    watch = EngineWatch(0)
    watch.broker_back(0)
    for one in (beat("boot-1", 5), beat("boot-2", 6), beat("boot-2", 7)):
        assert watch.beat(one, NOW, 1000)
    for mono in range(2000, 20_000, 1000):
        assert not watch.beat(old, NOW, mono)
    assert watch.silent_for(1001 + SILENT_MS, engine_knows=False) is not None


def test_what_the_notifying_service_slept_through_itself_is_no_silence_of_the_engine() -> None:
    watch = EngineWatch(0)
    watch.broker_back(0)
    watch.beat(beat(), NOW, 1000)
    watch.turn(1000)
    watch.turn(60_000)
    assert watch.silent_for(60_000, engine_knows=False) is None
    for mono in range(61_000, 72_000, 1000):
        watch.turn(mono)
    assert watch.silent_for(71_000, engine_knows=False) is not None


def test_without_the_broker_it_is_the_engine_that_must_say_so() -> None:
    watch = EngineWatch(0)
    watch.broker_back(0)
    watch.broker_lost(5000)
    assert watch.silent_for(5000 + ALONE_MS, engine_knows=False) is None
    assert watch.silent_for(5001 + ALONE_MS, engine_knows=False) is not None
    assert watch.silent_for(5001 + ALONE_MS, engine_knows=True) is None


def test_after_the_broker_is_back_the_engine_gets_a_whole_interval() -> None:
    watch = EngineWatch(0)
    watch.broker_back(100_000)
    assert watch.silent_for(100_000 + SILENT_MS, engine_knows=False) is None
    assert watch.silent_for(100_001 + SILENT_MS, engine_knows=False) is not None


# ---------------------------------------------------------------- without the database


def silent(notify: Notify) -> Notify:
    """The engine has not been heard for long."""
    notify._engine_watch = EngineWatch(int(time.monotonic() * 1000) - 10 * ALONE_MS)
    notify._engine_watch._turned += 10 * ALONE_MS
    return notify


def spoil(house: House, how: str) -> None:
    if how == "of another shape":
        house.change(lambda connection: connection.execute(update(tables.projection).values(shape="another")))
    house.database.dispose()
    path = house.hub.layout.database
    if how == "gone":
        path.unlink()
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "cut short":
        with path.open("r+b") as file:
            file.truncate(path.stat().st_size // 2)
    elif how == "zeroed":
        path.write_bytes(bytes(path.stat().st_size))


@pytest.fixture
def known(house: House) -> House:
    """The notifying service has run once while all was well."""
    notify = Notify(house.hub, [Box()], house.clock, listens=False)
    access = notify._desk("main")
    notify.stand_in.turn(access)
    access.close()
    return house


@pytest.mark.parametrize("how", ["gone", "empty", "cut short", "zeroed", "of another shape"])
def test_help_is_called_at_its_own_start_though_the_database_is_of_no_use(known: House, how: str) -> None:
    """The engine cannot run, and nothing can be journalled: whoever is on duty is called all the same, and not more
    often than every five minutes."""
    spoil(known, how)
    box, clock = Box(), known.clock
    with running(silent(Notify(known.hub, [box], clock))):
        letters = [box.letters.get(timeout=60) for _ in ("王芳", "周强")]
        assert {letter.contact.email for letter in letters} == {"p1003@bureau.lan", "p1008@bureau.lan"}
        assert all("数据库不可用" in letter.text for letter in letters)
        with pytest.raises(queue.Empty):
            box.letters.get(timeout=2.5)  # two more looks


def test_a_database_that_waits_for_hub_migrate_is_told_in_one_line(
    known: House, caplog: pytest.LogCaptureFixture
) -> None:
    spoil(known, "of another shape")
    box = Box()
    with running(silent(Notify(known.hub, [box], known.clock))):
        box.letters.get(timeout=60)
    (told,) = [record for record in caplog.records if record.exc_info or "another shape" in record.getMessage()]
    assert told.exc_info is None
    assert told.getMessage().endswith("run: strongroom hub migrate")


def test_while_no_broker_answers_nobody_is_told_that_it_is_the_engine(known: House) -> None:
    spoil(known, "gone")
    box = Box()
    with running(silent(Notify(known.hub, [box], known.clock))):
        letter = box.letters.get(timeout=60)
    assert "消息代理无应答" in letter.text
    assert letters.subject(letter) == "Strongroom: broker-lost"


def test_a_letter_is_written_though_the_process_has_no_free_file_descriptor(known: House) -> None:
    spoil(known, "gone")
    ZoneInfo.clear_cache()
    box = Box()
    with running(silent(Notify(known.hub, [box], known.clock))):
        letter = box.letters.get(timeout=60)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        said = letters.short(letter)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert said.startswith("【应急】")


def test_contacts_with_a_time_zone_that_there_is_not_are_called_all_the_same(known: House) -> None:
    path = known.hub.layout.contacts
    path.write_bytes(path.read_bytes().replace(b"Asia/Shanghai", b"Asia/Nowhere!"))
    spoil(known, "gone")
    box = Box()
    with running(silent(Notify(known.hub, [box], known.clock))):
        assert letters.short(box.letters.get(timeout=60)).startswith("【应急】")


def test_people_are_called_while_another_process_holds_the_database(known: House) -> None:
    """The engine cannot do anything; what it knows can be read all the same."""
    box = Box()
    other = create_engine(known.database.url)
    before = known.read(queries.size)
    with other.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        with running(silent(Notify(known.hub, [box], known.clock))):
            letter = box.letters.get(timeout=60)
        assert [line.what for line in letter.lines] == ["engine-silent"]
        assert known.read(queries.size) == before


def test_contacts_that_are_broken_too_are_told_and_whoever_is_there_still_hears_and_reads_it(known: House) -> None:
    known.hub.layout.contacts.write_bytes(b"{")
    spoil(known, "zeroed")
    box = Broken()
    box.test = lambda: "works"  # type: ignore[method-assign]
    with running(silent(Notify(known.hub, [box], known.clock))):
        assert "数据库不可用" in box.letters.get(timeout=60).text


@pytest.mark.usefixtures("door")
def test_contacts_that_were_broken_are_a_trouble_and_are_made_anew(known: House) -> None:
    known.hub.layout.contacts.write_bytes(b"{")
    with running(Notify(known.hub, [Box()], known.clock, listens=False)):
        assert wait_for(known, "hub-storage").failed
        assert wait_for(known, "hub-storage", lambda one: not one.failed)
    assert contacts.load(known.hub.layout.contacts) is not None


def test_an_engine_that_says_that_its_database_is_held_is_heard_and_help_is_called_at_once(
    house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading is all that we do ourselves while it lasts, and that goes well."""
    monkeypatch.setattr("hub.notify.process.TICK_S", 0.01)
    notify = Notify(house.hub, [], house.clock)
    said = m.HubBeat(v=1, site="demo", boot="boot-1", number=1, time=house.clock(), size=1, held=5_000)
    note = house.hub.key("engine").sign(m.encode(said))
    with running(notify):
        until(lambda: notify.stand_in.contacts is not None)
        assert "EMERGENCY" not in caplog.text
        notify._inbox.put(Arrived(topics.hub_beat("demo"), note, 0, 1, False))
        until(lambda: TEXTS["database"]["zh"] in caplog.text)


def test_a_database_that_is_held_no_longer_is_told_by_the_next_beat() -> None:
    watch = EngineWatch(0)
    assert watch.beat(msgspec.structs.replace(beat(), held=5_000), NOW, 2000)
    assert watch.held
    assert watch.silent_for(3000, engine_knows=False) is None
    assert watch.beat(beat(number=2), NOW, 4000)
    assert not watch.held

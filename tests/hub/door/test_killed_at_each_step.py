"""Engine, asker and the process that checks passwords are killed at each step of a request, each a real process: what
was asked for is done once or not at all, nothing is lost, and who asks again is told."""

from __future__ import annotations

import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest

from demo.phone.modem import SimulatedModem
from hub.door import protocol
from hub.door.caller import Caller
from hub.store import queries
from tests.support import dying
from tests.support.dying import PATIENCE_S, Dies, Process, Step
from tests.support.hub import PASSWORD, House, make_hub
from tests.support.ports import free_port
from wire import messages as m

ACKNOWLEDGES = ("alarm-acknowledged", "AlarmAcknowledged")
STARTED = ("notify-started", "NotifyStarted")
ALARMS = 80


class Bureau:
    """A site with its processes. Its engine is started when it is needed."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house = house
        self.layout = house.hub.layout
        self.engine: Process | None = None
        self._processes: list[Process] = []
        self._log = folder / "log"
        self._alarms = iter(range(1, ALARMS))

    def alarm(self) -> int:
        """One that nobody has acknowledged."""
        return next(self._alarms)

    def journal(self, kind: str) -> list[Any]:
        """All facts of a kind."""
        rows = self.house.read(lambda connection: queries.journal(connection, kind=kind, limit=10_000))
        return [row.data for row in rows]

    def acknowledged(self, alarm: int) -> int:
        """How often, by the journal."""
        return sum(fact.alarm == alarm for fact in self.journal("alarm-acknowledged"))

    def runs(self, *words: str, dies: Dies | None = None, typed: str = "") -> Process:
        self._processes.append(dying.start(self.layout.root, words, dies, typed, self._log))
        return self._processes[-1]

    def has_engine(self, dies: Dies | None = None) -> Process:
        """An engine that answers, and is killed at a step if there is one."""
        if dies or self.engine is None or not self.engine.is_alive():
            if self.engine:
                self.engine.kill()
                self.engine.join()
            self.engine = self.runs("hub", "engine", dies=dies)
            with closing(Caller(self.layout.door("admin"))) as admin:
                admin.ask(protocol.SignOut(token="t" * 43), patience_s=PATIENCE_S)
        return self.engine

    def close(self) -> None:
        """Whatever a test has left running is at an end, and the engine ends in order."""
        if self.engine and self.engine.is_alive():
            self.engine.terminate()
            self.engine.join(PATIENCE_S)
        for process in self._processes:
            process.kill()
            process.join()

    def acknowledges(self, alarm: int, dies: Dies | None = None) -> Process:
        """王芳 does, by root's command."""
        words = ("alarms", "acknowledge", str(alarm), "--as", "wangfang")
        return self.runs(*words, dies=dies, typed=f"{PASSWORD}\n")


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _alarm(number: int) -> m.AlarmRaised:
    return m.AlarmRaised(
        alarm=number, what="forced", klass="alarm", priority=2, place=f"archive/point-{number}", area="archive",
        sealing=None, happened=1, late=False, cause=0, foretold=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """With many alarms."""
    folder = tmp_path_factory.mktemp("bureau")
    house = make_hub(folder)
    house.engine.decide(lambda _state, _site: (_alarm(number) for number in range(1, ALARMS)))
    with closing(Bureau(house, folder)) as made:
        yield made


# ---------------------------------------------------------------- the engine is killed


class Of(NamedTuple):
    """A step of the engine's, and how often the journal has what was asked for when it is killed there."""

    step: Step
    done: int


ENGINE = {
    "heard": Of(Step("hub.door.server:Door.hear"), 0),
    "looked at": Of(Step("hub.door.desk:Desk.ask", "before"), 0),
    "who asks is known": Of(Step("hub.sign_in.tokens:find"), 0),
    "its number is new": Of(Step("hub.service:Service.act", "before"), 0),
    "decided": Of(Step("hub.ledger.append:Appending.append"), 0),
    "entries written": Of(Step("hub.ledger.append:Appending.finish"), 0),
    "rows written and not committed": Of(Step("hub.store.rows:save"), 0),
    "committed": Of(Step("hub.service:Service.act"), 1),
    "not answered": Of(Step("hub.door.server:Door.answer", "before"), 1),
    "answered": Of(Step("hub.door.server:Door.answer"), 1),
}
SOME = ("looked at", "rows written and not committed", "committed")
"""Who asks makes no difference to the engine; all steps are taken with one of them."""


@pytest.mark.parametrize("step", ENGINE)
def test_the_engine_is_killed_and_the_command_that_waits_for_it_has_it_done_once(bureau: Bureau, step: str) -> None:
    engine, alarm = bureau.has_engine(Dies(ENGINE[step].step, ACKNOWLEDGES)), bureau.alarm()
    command = bureau.acknowledges(alarm)
    dying.killed(engine)
    assert bureau.acknowledged(alarm) == ENGINE[step].done
    bureau.has_engine()
    assert dying.ended(command) == 0
    assert bureau.acknowledged(alarm) == 1


@pytest.mark.parametrize("step", SOME)
def test_the_engine_is_killed_and_so_is_the_command_and_who_asks_again_has_it_done_once(
    bureau: Bureau, step: str
) -> None:
    engine, alarm = bureau.has_engine(Dies(ENGINE[step].step, ACKNOWLEDGES)), bureau.alarm()
    command = bureau.acknowledges(alarm)
    dying.killed(engine)
    command.kill()
    command.join()
    bureau.has_engine()
    done = bureau.acknowledged(alarm)
    assert done == ENGINE[step].done
    assert (dying.ended(bureau.acknowledges(alarm)) == 0) == (done == 0), "or he is told that it is done"
    assert bureau.acknowledged(alarm) == 1


@pytest.mark.parametrize("step", SOME)
def test_the_engine_is_killed_and_the_notifying_service_tells_it_once(bureau: Bureau, step: str) -> None:
    before = len(bureau.journal("notify-started"))
    engine = bureau.has_engine(Dies(ENGINE[step].step, STARTED))
    notify = bureau.runs("hub", "notify")
    dying.killed(engine)
    assert len(bureau.journal("notify-started")) == before + ENGINE[step].done
    bureau.has_engine()
    until(lambda: len(bureau.journal("notify-started")) > before)
    dying.stop(notify)
    until(lambda: bureau.journal("notify-stopped"))
    assert len(bureau.journal("notify-started")) == before + 1


@pytest.mark.parametrize("step", SOME)
def test_the_engine_is_killed_and_who_has_pressed_a_button_has_it_done_once(
    bureau: Bureau, console: Console, step: str
) -> None:
    console.runs()
    engine, alarm = bureau.has_engine(Dies(ENGINE[step].step, ACKNOWLEDGES)), bureau.alarm()
    pressing = threading.Thread(target=console.acknowledges, args=(alarm,))
    pressing.start()
    dying.killed(engine)
    assert bureau.acknowledged(alarm) == ENGINE[step].done
    bureau.has_engine()
    pressing.join(PATIENCE_S)
    console.acknowledges(alarm)  # the page may have said that it is not known
    assert bureau.acknowledged(alarm) == 1


# ---------------------------------------------------------------- who asks is killed


class Asks(NamedTuple):
    """A step of one who asks, and whether the engine has been asked when he is killed there."""

    step: Step
    asked: bool


ASKER = {
    "nothing said": Asks(Step("hub.door.caller:Caller.ask", "before"), asked=False),
    "half of it said": Asks(Step("socket:socket.sendall", "half"), asked=False),
    "said": Asks(Step("socket:socket.sendall"), asked=True),
    "the answer has come": Asks(Step("hub.door.protocol:read_answer", "before"), asked=True),
    "the answer is read": Asks(Step("hub.door.protocol:read_answer"), asked=True),
}


@pytest.mark.parametrize("step", ASKER)
def test_the_command_is_killed_and_who_gives_it_again_has_it_done_once_or_is_told(bureau: Bureau, step: str) -> None:
    bureau.has_engine()
    alarm = bureau.alarm()
    dying.killed(bureau.acknowledges(alarm, Dies(ASKER[step].step, ACKNOWLEDGES)))
    assert (dying.ended(bureau.acknowledges(alarm)) == 0) != ASKER[step].asked
    assert bureau.acknowledged(alarm) == 1


class Console:
    """The console of a bureau, and a browser at which 王芳 has signed in."""

    def __init__(self, bureau: Bureau) -> None:
        self._bureau = bureau
        port = bureau.house.hub.settings.console.port
        self._origin = f"https://localhost:{port}"
        trusted = ssl.create_default_context(cafile=str(bureau.layout.https.authority))
        self._browser = httpx2.Client(
            base_url=self._origin, verify=trusted, headers={"Origin": self._origin}, timeout=60
        )
        self._csrf = ""
        self._process: Process | None = None

    def runs(self, dies: Dies | None = None) -> Process:
        """It answers, and is killed at a step if there is one."""
        if dies or self._process is None or not self._process.is_alive():
            self.ends()
            self._process = self._bureau.runs("hub", "console", dies=dies)
            until(self._answers)
        if not self._csrf:
            self._bureau.has_engine()
            form = {"login": "wangfang", "password": PASSWORD, "lang": "en", "next": "/"}
            assert self._browser.post("/sign-in", data=form).status_code == 303
            found = re.search(r'name="csrf" value="([^"]+)"', self._browser.get("/unlock").text)
            assert found
            self._csrf = found[1]
        return self._process

    def _answers(self) -> bool:
        with suppress(httpx2.TransportError):
            return self._browser.get("/sign-in").status_code in (200, 303)
        return False

    def acknowledges(self, alarm: int) -> int:
        """By a button. Returns the status of the answer, 0 for none."""
        with suppress(httpx2.TransportError):
            form = {"csrf": self._csrf}
            return self._browser.post(f"/alarms/{alarm}/acknowledge", data=form).status_code
        return 0

    def ends(self) -> None:
        if self._process:
            self._process.kill()
            self._process.join()

    def close(self) -> None:
        self.ends()
        self._browser.close()


@pytest.fixture(scope="module")
def console(bureau: Bureau) -> Iterator[Console]:
    with closing(Console(bureau)) as made:
        yield made


@pytest.mark.parametrize("step", ASKER)
def test_the_console_is_killed_and_who_presses_the_button_again_has_it_done_once_or_is_told(
    bureau: Bureau, console: Console, step: str
) -> None:
    bureau.has_engine()
    alarm, process = bureau.alarm(), console.runs(Dies(ASKER[step].step, ACKNOWLEDGES))
    assert console.acknowledges(alarm) == 0
    dying.killed(process)
    console.runs()
    assert console.acknowledges(alarm) == (409 if ASKER[step].asked else 303)
    assert bureau.acknowledged(alarm) == 1


SPOOL = {
    "put down": Step("hub.notify.spool:Spool.put"),
    **{name: asks.step for name, asks in ASKER.items()},
    "not struck out": Step("hub.notify.spool:Spool.told", "before"),
    "struck out": Step("hub.notify.spool:Spool.told"),
}


@pytest.mark.parametrize("step", SPOOL)
def test_the_notifying_service_is_killed_and_what_it_has_put_down_is_told_once(bureau: Bureau, step: str) -> None:
    bureau.has_engine()
    before = len(bureau.journal("notify-started"))
    dying.killed(bureau.runs("hub", "notify", dies=Dies(SPOOL[step], STARTED)))
    notify = bureau.runs("hub", "notify")
    until(lambda: len(bureau.journal("notify-started")) >= before + 2)
    dying.stop(notify)
    assert len(bureau.journal("notify-started")) == before + 2, "it was started twice"


# ---------------------------------------------------------------- short messages


@pytest.fixture
def modem() -> Iterator[SimulatedModem]:
    with SimulatedModem() as modem:
        yield modem


@pytest.fixture
def night(tmp_path: Path, modem: SimulatedModem) -> Iterator[Bureau]:
    """Somebody is called, by short messages to two people."""
    settings = f'[console]\nport = {free_port()}\n[sms]\ndevice = "{modem.device}"\n'
    house = make_hub(tmp_path, settings=settings)
    house.fact(m.NotifyStarted(version="test", channels=("console", "sms")), "notify")
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    with closing(Bureau(house, tmp_path)) as night:
        night.has_engine()
        yield night


def letters(night: Bureau) -> set[int]:
    """The numbers of both; whatever else people are called for meanwhile has others."""
    queued = night.journal("notice-queued")
    return {one.notice for one in queued if one.channel == "sms" and one.call == 1}


def are_out(night: Bureau) -> bool:
    """By the journal."""
    return letters(night) <= {one.notice for one in night.journal("notice-handed")}


class Sends(NamedTuple):
    """A step of a letter, and how often the first is sent in all."""

    step: Step
    about: str
    sent: int


LETTER = {
    "claimed": Sends(Step("hub.notify.hub_access:HubAccess.claim"), "Claim(", 1),
    "taken by the modem and not put down": Sends(Step("hub.notify.hub_access:HubAccess.handed", "before"), "", 2),
    "put down and not told": Sends(Step("hub.notify.hub_access:HubAccess.handed"), "", 1),
}


@pytest.mark.parametrize("step", LETTER)
def test_a_letter_over_which_the_service_is_killed_is_sent_again_only_where_it_is_not_known_and_says_so(
    night: Bureau, modem: SimulatedModem, step: str
) -> None:
    sends = LETTER[step]
    dying.killed(night.runs("hub", "notify", dies=Dies(sends.step, (sends.about,))))
    notify = night.runs("hub", "notify")
    until(lambda: are_out(night))
    dying.stop(notify)
    texts = {number: [one.text for one in modem.sent if f"{number}号" in one.text] for number in letters(night)}
    assert sorted(map(len, texts.values())) == [1, sends.sent]
    assert [text for sent in texts.values() for text in sent[1:] if "重发" not in text] == []
    handed = [one.notice for one in night.journal("notice-handed")]
    assert sorted(number for number in handed if number in texts) == sorted(texts)


ANSWER = {
    "heard": Dies(Step("hub.notify.hub_access:HubAccess.hear", "before"), ("收到",)),
    "put down and not deleted at the modem": Dies(Step("hub.notify.spool:Spool.put"), ("收到",)),
    "deleted at the modem": Dies(Step("hub.notify.sms.modem:Modem.discard"), ("收到",)),
    "told and not struck out": Dies(Step("hub.notify.spool:Spool.told", "before"), ("收到",)),
}


@pytest.mark.parametrize("step", ANSWER)
def test_an_answer_over_which_the_service_is_killed_counts_once(
    night: Bureau, modem: SimulatedModem, step: str
) -> None:
    dies = night.runs("hub", "notify", dies=ANSWER[step])
    until(lambda: are_out(night))
    modem.receives("+8613800000008", "收到")
    dying.killed(dies)
    notify = night.runs("hub", "notify")
    until(lambda: night.acknowledged(1) and not modem.store)
    until(lambda: len(night.journal("notify-started")) == 3)  # the first was told when the night was made
    dying.stop(notify)
    assert night.acknowledged(1) == 1
    assert night.journal("answers-refused") == []


# ---------------------------------------------------------------- passwords


SIGNS_IN = ("SignIn(",)
ENGINE_AT_A_PASSWORD = {
    "handed over to be checked": Of(Step("hub.sign_in.checking:Checker.check"), 0),
    "being checked": Of(Step("hub.sign_in.checking:Checker.checked"), 0),
    "token written and not committed": Of(Step("hub.sign_in.tokens:keep"), 0),
    "token committed and not given": Of(Step("hub.service:Service.act"), 1),
}


@pytest.mark.parametrize("step", ENGINE_AT_A_PASSWORD)
def test_the_engine_is_killed_over_a_password_and_who_has_shown_it_signs_in(bureau: Bureau, step: str) -> None:
    alarm, before = bureau.alarm(), len(bureau.journal("signed-in"))
    engine = bureau.has_engine(Dies(ENGINE_AT_A_PASSWORD[step].step, SIGNS_IN))
    command = bureau.acknowledges(alarm)
    dying.killed(engine)
    assert len(bureau.journal("signed-in")) == before + ENGINE_AT_A_PASSWORD[step].done
    bureau.has_engine()
    assert dying.ended(command) == 0
    assert len(bureau.journal("signed-in")) == before + ENGINE_AT_A_PASSWORD[step].done + 1, "each that was let in"
    assert bureau.acknowledged(alarm) == 1
    assert bureau.journal("sign-in-failed") == []


HELPER = {
    "started": Step("hub.sign_in.checking:main", "before"),
    "read": Step("hub.sign_in.passwords:Passwords.fits", "before"),
    "checked and not said": Step("hub.sign_in.passwords:Passwords.fits"),
}


@pytest.mark.parametrize("step", HELPER)
def test_who_checks_passwords_is_killed_and_the_next_one_does(bureau: Bureau, tmp_path: Path, step: str) -> None:
    alarm, before, once = bureau.alarm(), len(bureau.journal("signed-in")), tmp_path / "once"
    engine = bureau.has_engine(Dies(HELPER[step], helper=True, once=once))
    assert dying.ended(bureau.acknowledges(alarm)) == 0
    assert once.exists(), "the first was killed"
    assert engine.is_alive()
    assert len(bureau.journal("signed-in")) == before + 1
    assert bureau.acknowledged(alarm) == 1
    assert bureau.journal("sign-in-failed") == []

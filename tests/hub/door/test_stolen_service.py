"""Whoever owns the process of the console, or of the notifying service, asks the engine for whatever he likes."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.core.journal import bounds
from hub.core.nodes.engine_away import Absence
from hub.core.state import Alarm, Call, Notice
from hub.door import absences, protocol
from hub.door.caller import Caller
from hub.door.desk import PLACES
from hub.door.protocol import Asked, Done, Refused, Say, SignedIn, SignIn, TryLater
from hub.door.server import CONNECTIONS, Door
from hub.sign_in.checking import AT_ONCE
from hub.site_directory.layout import Asker
from hub.store import queries
from tests.support.door import open_door
from tests.support.hub import PASSWORD, House, make_hub
from wire import local_socket
from wire import messages as m


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = make_hub(tmp_path, nodes=("archive-1",))
    house.fact(m.NodeSilent(node="archive-1", last_heard=None, sealed=()))
    with open_door(house):
        yield house


def says(house: House, asker: Asker, *said: m.FactData) -> protocol.AnyAnswer:
    return Caller(house.hub.layout.door(asker)).ask(Say(said=said))


def shows_a_password(house: House, asker: Asker, password: str, login: str = "wangfang") -> protocol.AnyAnswer:
    return Caller(house.hub.layout.door(asker)).ask(SignIn(login=login, password=password))


# ---------------------------------------------------------------- what was never judged


@pytest.mark.parametrize("part", ["fold", "follows"])
def test_no_service_says_of_an_entry_before_its_own_that_it_changes_nothing(house: House, part: m.FailedPart) -> None:
    """No later fold of the journal would take that entry in, whatever it is: an alarm, or a sealing."""
    said = m.NotJudged(place="hub", what="alarm-raised", why="a fault", part=part)
    for asker in ("console", "notify"):
        assert says(house, asker, said) == Refused("not-allowed", "not-judged")


def test_no_service_raises_the_alarm_of_a_fault_at_another_place_than_the_hub(house: House) -> None:
    said = m.NotJudged(place="archive-1", what="opened", why="a fault", part="rule")
    assert says(house, "console", said) == Refused("not-allowed", "not-judged")


def test_a_fault_of_its_own_carries_nothing_past_what_the_kind_is_checked_for(house: House) -> None:
    fault = m.NotJudged(place="hub", what="letters", why="a fault", part="rule")
    called = m.CalledMeanwhile(
        call=99, alarms=(), step=7, round=7, channel="sms", person=None, at=house.clock(), notice=1
    )
    assert says(house, "notify", fault, called) == Refused("not-allowed", "not-judged")
    assert says(house, "notify", fault, m.NoticeHanded(notice=99, attempt=1, repeat=False, awaits=False)) == Refused(
        "not-allowed", "not-judged"
    )
    state = house.engine.look()[0]
    assert [alarm.what for alarm in state.all(Alarm)] == ["node-silent"]
    assert not state.find(Notice, 99)


# ---------------------------------------------------------------- passwords


def test_wrong_tries_at_a_stolen_console_keep_nobody_from_the_command_line(house: House) -> None:
    for _ in range(6):
        answer = shows_a_password(house, "console", "wrong")
    assert isinstance(answer, TryLater)
    assert isinstance(shows_a_password(house, "admin", PASSWORD), SignedIn)


def test_a_console_that_shows_passwords_on_and_on_takes_none_of_roots_places(house: House) -> None:
    lines = [local_socket.call(house.hub.layout.door("console"), 30) for _ in range(CONNECTIONS)]
    ends = threading.Event()

    def floods(line: socket.socket, login: str) -> None:
        while not ends.is_set():
            ask = SignIn(login=login, password="wrong", address=secrets.token_hex(8))
            line.sendall(protocol.pack(Asked(v=protocol.VERSION, id=secrets.token_hex(8), ask=ask)))
            line.recv(65_536)

    threads = [
        threading.Thread(target=floods, args=(line, f"nobody-{number}"), daemon=True)
        for number, line in enumerate(lines)
    ]
    for thread in threads:
        thread.start()
    try:
        for _ in range(2):
            assert isinstance(shows_a_password(house, "admin", PASSWORD), SignedIn)
    finally:
        ends.set()
        for thread in threads:
            thread.join(60)


def test_there_is_a_place_for_each_password_that_may_wait() -> None:
    assert sum(PLACES.values()) <= AT_ONCE


# ---------------------------------------------------------------- turns


def test_what_one_service_calls_urgent_keeps_no_other_waiting(tmp_path: Path) -> None:
    door = Door({"console": tmp_path / "console.sock", "admin": tmp_path / "admin.sock"})
    door.open()
    acknowledge = protocol.Act(token="t" * 43, wanted=(m.AlarmAcknowledged(alarm=1),))
    lines = [local_socket.call(tmp_path / "console.sock", 10) for _ in range(CONNECTIONS - 1)]
    root = local_socket.call(tmp_path / "admin.sock", 10)
    for number, line in enumerate(lines):
        line.sendall(protocol.pack(Asked(v=protocol.VERSION, id=f"urgent-{number}", ask=acknowledge)))
    root.sendall(protocol.pack(Asked(v=protocol.VERSION, id="root", ask=protocol.SignOut(token="t" * 43))))
    try:
        heard = [one.asked.id for one in door.hear(0)]
        assert "root" in heard
        assert heard[-1] == "root", "the urgent ones go first"
    finally:
        door.close()
        for line in (*lines, root):
            line.close()


def test_the_size_of_the_journal_is_what_it_was_after_all_of_that_was_refused(house: House) -> None:
    size = house.read(queries.size)
    says(house, "console", m.NotJudged(place="hub", what="x", why="x", part="fold"))
    says(house, "notify", m.AlarmShown(alarm=1))
    assert house.read(queries.size) == size


# ---------------------------------------------------------------- how much


def kinds(house: House) -> list[str]:
    return [row.kind for row in house.read(lambda connection: queries.journal(connection, limit=5_000))]


def test_a_console_that_says_something_on_and_on_is_refused_and_somebody_is_called(house: House) -> None:
    most, caller = bounds.MOST["console"][m.SignInFailed].minute, Caller(house.hub.layout.door("console"))
    said = [caller.ask(Say(said=(m.SignInFailed(count=1),))) for _ in range(most * 3)]
    assert Refused("too-many") in said
    assert kinds(house).count("sign-in-failed") <= most * 2, "where a new minute has begun, twice"
    size = house.read(queries.size)
    caller.ask(Say(said=(m.SignInFailed(count=1),)))
    assert house.read(queries.size) - size <= 1
    assert kinds(house).count("service-refused") == 1, "the rest is told as a sum, a minute later"
    raised = [alarm for alarm in house.engine.look()[0].all(Alarm) if alarm.what == "service-refused"]
    assert [(one.place, one.klass) for one in raised] == [("hub console", "tamper")]
    assert says(house, "notify", m.AnswersRefused(channel="sms", reason="unreadable", count=1)) != Refused("too-many")


def test_one_request_with_too_much_in_it_is_refused_as_a_whole(house: House) -> None:
    size = house.read(queries.size)
    said = [m.NotJudged(place="hub", what=f"part {number}", why="a fault") for number in range(64)]
    assert says(house, "notify", *said) == Refused("too-many")
    assert kinds(house)[size:].count("not-judged") == 0


def test_what_was_refused_for_its_number_is_taken_later_under_the_same_one(house: House) -> None:
    caller = Caller(house.hub.layout.door("admin"))
    assert isinstance(caller.ask(Say(said=(m.SignInFailed(count=1),)), "number-1"), Done)
    assert caller.ask(Say(said=(m.SignInFailed(count=1),)), "number-1") == Done(house.read(queries.size), again=True)


# ---------------------------------------------------------------- what was, while the engine was away


def called(house: House, at: int) -> m.CalledMeanwhile:
    return m.CalledMeanwhile(call=None, alarms=(), step=0, round=0, channel="sms", person=1003, at=at)


def test_a_stolen_console_tells_of_no_sign_in_at_a_time_at_which_the_engine_was_there(house: House) -> None:
    there = house.clock() - 3_600_000
    for said in (m.SignedIn(person=1003, at=there), called(house, there)):
        asker: Asker = "console" if isinstance(said, m.SignedIn) else "notify"
        assert says(house, asker, said) == Refused("not-meanwhile", m.kind_of(said))
    says(house, "console", m.AlarmShown(alarm=99))  # a turn of the engine later
    assert "signed-in" not in kinds(house)
    alarms = [alarm.place for alarm in house.engine.look()[0].all(Alarm) if alarm.what == "service-refused"]
    assert sorted(alarms) == ["hub console", "hub notify"]


def test_nor_of_one_who_has_no_account(house: House) -> None:
    assert says(house, "console", m.SignedIn(person=1, at=house.clock())) == Refused("account-unknown", "1")


def test_a_sign_in_while_the_engine_was_away_is_told_by_the_console_with_its_time(tmp_path: Path) -> None:
    house = make_hub(tmp_path)
    began = house.clock()
    house.clock.forward(3_600)
    with open_door(house):
        assert isinstance(says(house, "console", m.SignedIn(person=1003, at=began + 60_000)), Done)
        assert says(house, "console", m.SignedIn(person=1003, at=began - 60_000)) == Refused(
            "not-meanwhile", "signed-in"
        )
    (row,) = house.read(lambda connection: queries.journal(connection, kind="signed-in"))
    assert (row.author, row.data) == ("console", m.SignedIn(person=1003, at=began + 60_000))


def test_an_engine_that_was_started_anew_knows_its_absences_from_the_journal(tmp_path: Path) -> None:
    house = make_hub(tmp_path)
    began = house.clock()
    for _ in range(3):
        house.clock.forward(3_600)
        house.fact(m.EngineStarted(version="1", silent_since=house.clock() - 1_800_000))
    house.fact(m.DatabaseHeld(since=began + 60_000, held_for=5_000))
    house.clock.forward(10)
    found = house.read(lambda connection: absences.known(connection, house.clock()))
    hour = 3_600_000
    assert found == [
        Absence(began + hour // 2, began + hour),
        Absence(began + 3 * hour // 2, began + 2 * hour),
        Absence(began + 5 * hour // 2, house.clock()),
        Absence(began + 60_000, began + 65_000),
    ]


# ---------------------------------------------------------------- and all at once


def test_beside_a_console_that_asks_on_and_on_root_is_answered_and_nothing_of_it_stands_anywhere(house: House) -> None:
    asks: tuple[protocol.AnyRequest, ...] = (
        protocol.SignOut(token="t" * 43),
        protocol.Act(token="t" * 43, wanted=(m.AlarmAcknowledged(alarm=1),)),
        Say(said=(m.AlarmShown(alarm=99),)),
        protocol.ImportCalendar(token="t" * 43, document="x" * 300_000),
    )
    ends = threading.Event()

    def floods(number: int) -> None:
        caller = Caller(house.hub.layout.door("console"))
        while not ends.is_set():
            caller.ask(asks[number % len(asks)], patience_s=60)
        caller.close()

    size = house.read(queries.size)
    threads = [threading.Thread(target=floods, args=(number,), daemon=True) for number in range(CONNECTIONS - 4)]
    for thread in threads:
        thread.start()
    try:
        caller = Caller(house.hub.layout.door("admin"))
        for _ in range(10):
            assert isinstance(caller.ask(protocol.SignOut(token="t" * 43), patience_s=60), Done)
    finally:
        ends.set()
        for thread in threads:
            thread.join(60)
    assert house.read(queries.size) == size


def test_nobody_signs_in_tomorrow(house: House) -> None:
    assert says(house, "console", m.SignedIn(person=1003, at=house.clock() + 86_400_000)) == Refused(
        "not-meanwhile", "signed-in"
    )


def test_what_a_person_is_refused_for_its_number_hinders_no_other_person(house: House) -> None:
    caller = Caller(house.hub.layout.door("console"))
    tokens = {}
    for login in ("wangfang", "zhaomin"):
        answer = shows_a_password(house, "console", PASSWORD, login)
        assert isinstance(answer, SignedIn)
        tokens[login] = answer.token
    drill = m.DrillStarted(area="nowhere")
    flood = protocol.Act(token=tokens["wangfang"], wanted=(drill,) * 64)
    assert [caller.ask(flood) for _ in range(4)][-1] == Refused("too-many")
    assert caller.ask(protocol.Act(token=tokens["zhaomin"], wanted=(drill,))) != Refused("too-many")
    acknowledge = protocol.Act(token=tokens["wangfang"], wanted=(m.AlarmAcknowledged(alarm=1),))
    assert isinstance(caller.ask(acknowledge), Done), "nobody is kept from that"


def test_a_stolen_notifying_service_tells_of_as_many_silences_as_it_may_and_no_more(house: House) -> None:
    most, caller = bounds.MOST["notify"][m.EngineSilent].minute, Caller(house.hub.layout.door("notify"))
    asked = [caller.ask(Say(said=(m.EngineSilent(since=house.clock()),))) for _ in range(most * 3)]
    assert Refused("too-many") in asked
    assert not [call for call in house.engine.look()[0].all(Call) if call.life != "over" and 2 in call.alarms]

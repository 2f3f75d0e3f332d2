"""Who asks the engine is proved there. Each service asks by a door of its own; 王芳 has the duty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from hub.core.refusal import NotPossible
from hub.core.state import Alarm
from hub.door import protocol
from hub.door.caller import Caller, NoAnswer
from hub.door.protocol import Act, Done, Refused, Say, SignedIn, SignIn, SignOut, TryLater
from hub.sign_in import tokens
from hub.site_directory.layout import ASKERS, Asker
from hub.store import queries, tables
from tests.support.door import OpenDoor, open_door
from tests.support.hub import PASSWORD, House, make_hub
from wire import messages as m


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = make_hub(tmp_path, nodes=("archive-1",))
    house.fact(m.NodeSilent(node="archive-1", last_heard=None, sealed=()))
    return house


@pytest.fixture
def door(house: House) -> Iterator[OpenDoor]:
    with open_door(house) as door:
        yield door


class People:
    """Asks in the name of one service, for people who have signed in there."""

    def __init__(self, house: House, asker: Asker = "console") -> None:
        self.caller = Caller(house.hub.layout.door(asker))
        self.asker = asker

    def signs_in(self, login: str, password: str = PASSWORD) -> protocol.AnyAnswer:
        return self.caller.ask(SignIn(login=login, password=password))

    def token(self, login: str) -> str:
        answer = self.signs_in(login)
        assert isinstance(answer, SignedIn)
        return answer.token

    def acknowledges(self, token: str, number: str | None = None) -> protocol.AnyAnswer:
        return self.caller.ask(Act(token=token, wanted=(m.AlarmAcknowledged(alarm=1),)), number)


@pytest.fixture
def console(house: House, door: OpenDoor) -> People:
    return People(house)


def taken_by(house: House) -> int | None:
    alarm = house.engine.look()[0].find(Alarm, 1)
    assert alarm is not None
    return alarm.acknowledged_by


def authors(house: House, kind: str) -> list[tuple[str, int | None]]:
    return [(row.author, row.person) for row in house.read(lambda connection: queries.journal(connection, kind=kind))]


def gives(house: House, *roles: str) -> None:
    """From now on 王芳 has these roles."""
    hers = update(tables.account).where(tables.account.c.person == 1003)
    house.change(lambda connection: connection.execute(hers.values(roles=list(roles))))


# ---------------------------------------------------------------- who asks


def test_who_has_signed_in_acts_in_her_own_name(console: People, house: House) -> None:
    answer = console.acknowledges(console.token("wangfang"))
    assert isinstance(answer, Done)
    assert taken_by(house) == 1003
    assert authors(house, "signed-in") == authors(house, "alarm-acknowledged") == [("console", 1003)]


def test_nobody_acts_with_a_token_that_the_engine_has_not_made(console: People, house: House) -> None:
    console.token("wangfang")
    assert console.acknowledges(tokens.new()) == Refused("signed-out")
    assert taken_by(house) is None


def test_what_stands_in_the_database_of_a_token_opens_nothing(console: People, house: House) -> None:
    console.token("wangfang")
    (row,) = house.read(lambda connection: connection.execute(tables.session.select()).all())
    assert console.acknowledges(row.token[:43]) == Refused("signed-out")


def test_a_token_is_good_for_the_service_alone_that_it_was_made_for(console: People, house: House) -> None:
    token = console.token("wangfang")
    assert People(house, "admin").acknowledges(token) == Refused("signed-out")


def test_a_token_is_over_after_the_longest_shift_and_when_she_signs_out(console: People, house: House) -> None:
    token = console.token("wangfang")
    assert isinstance(console.caller.ask(SignOut(token=token)), Done)
    assert console.acknowledges(token) == Refused("signed-out")
    token = console.token("wangfang")
    house.clock.forward(tokens.WHOLE_MS / 1000 + 1)
    assert console.acknowledges(token) == Refused("signed-out")


def test_roles_are_those_of_now_and_not_of_when_she_signed_in(console: People, house: House) -> None:
    token = console.token("wangfang")
    gives(house, "auditor")
    assert console.acknowledges(token) == Refused("not-allowed", "alarm-acknowledged")
    gives(house)
    assert console.acknowledges(token) == Refused("signed-out")


@pytest.mark.parametrize(("login", "password"), [("wangfang", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_password_and_an_unknown_login_are_alike(console: People, login: str, password: str) -> None:
    assert console.signs_in(login, password) == Refused("wrong-password")


def test_wrong_tries_are_counted_by_the_engine_and_journalled(console: People, house: House) -> None:
    for _ in range(5):
        assert console.signs_in("wangfang", "wrong") == Refused("wrong-password")
    assert isinstance(console.signs_in("wangfang"), TryLater)
    assert authors(house, "sign-in-failed") == [("console", None)]


# ---------------------------------------------------------------- what may be asked


def test_each_asker_has_its_own_requests(house: House, door: OpenDoor) -> None:
    requests: tuple[protocol.AnyRequest, ...] = (
        SignIn(login="a", password="b"),
        SignOut(token=tokens.new()),
        Act(token=tokens.new(), wanted=(m.AlarmAcknowledged(alarm=1),)),
        Say(said=(m.AlarmShown(alarm=1),)),
        protocol.ImportCalendar(token=tokens.new(), document=""),
    )
    for asker in ASKERS:
        for request in requests:
            refused = People(house, asker).caller.ask(request) == Refused("not-allowed")
            assert refused == (type(request) not in protocol.ASKS[asker]), (asker, request)


@pytest.mark.parametrize(
    ("asker", "said"),
    [
        ("console", m.EngineStarted(version="1", silent_since=None, rules=1)),
        ("console", m.NoticeHanded(notice=1, attempt=1, repeat=False, awaits=False)),
        ("console", m.AlarmAcknowledged(alarm=1)),
        ("console", m.HubStorage(part="contacts", failed=False, total=0, free=0)),
        ("console", m.SiteApplied(version=2, sha256="0" * 64)),
        ("console", m.SignedIn(person=1003)),
        ("notify", m.HubStorage(part="keys", failed=False, total=0, free=0)),
        ("notify", m.AlarmShown(alarm=1)),
        ("notify", m.SealingOrdered(sealing=1, area="archive", purpose="unseal")),
        ("admin", m.NodeRevoked(node="archive-1", reason="why")),
    ],
)
def test_no_service_says_what_is_not_its_own(house: House, door: OpenDoor, asker: Asker, said: m.FactData) -> None:
    size = house.read(queries.size)
    assert People(house, asker).caller.ask(Say(said=(said,))) == Refused("not-allowed", m.kind_of(said))
    assert house.read(queries.size) == size


@pytest.mark.parametrize(
    ("asker", "wanted"),
    [
        ("console", m.SignedIn(person=1005)),
        ("console", m.ConsoleStarted(version="1")),
        ("admin", m.SignedIn(person=1005)),
        ("admin", m.PersonErased(erased=1001, reason="why", second=1005)),
        ("admin", m.NodeRevoked(node="archive-1", reason="why")),
    ],
)
def test_nobody_who_has_signed_in_asks_for_what_no_person_may_ask_for(
    house: House, door: OpenDoor, asker: Asker, wanted: m.FactData
) -> None:
    """Such as that somebody else has signed in."""
    people = People(house, asker)
    token, size = people.token("zhaomin"), house.read(queries.size)
    assert people.caller.ask(Act(token=token, wanted=(wanted,))) == Refused("not-allowed", m.kind_of(wanted))
    assert house.read(queries.size) == size


def test_what_a_service_says_is_its_word_and_what_follows_the_engines(house: House, door: OpenDoor) -> None:
    People(house).caller.do(Say(said=(m.AlarmShown(alarm=1),)))
    assert authors(house, "alarm-shown") == [("console", None)]
    people = People(house, "notify")
    people.caller.do(Say(said=(m.NotJudged(place="hub", what="letters", why="a fault", part="rule"),)))
    assert authors(house, "not-judged") == [("engine", None)]


def test_all_of_a_request_is_done_or_nothing(console: People, house: House) -> None:
    token, size = console.token("wangfang"), house.read(queries.size)
    wanted = (m.AlarmAcknowledged(alarm=1), m.AlarmAcknowledged(alarm=99))
    assert isinstance(console.caller.ask(Act(token=token, wanted=wanted)), Refused)
    assert (house.read(queries.size), taken_by(house)) == (size, None)


# ---------------------------------------------------------------- once


def test_what_is_asked_twice_under_one_number_is_done_once(console: People, house: House) -> None:
    token = console.token("wangfang")
    first = console.acknowledges(token, "number-1")
    size = house.read(queries.size)
    again = console.acknowledges(token, "number-1")
    assert isinstance(first, Done)
    assert again == Done(size, again=True)
    assert house.read(queries.size) == size
    assert console.acknowledges(token, "number-2") == Refused("already-acknowledged", "1")


def test_what_was_refused_may_be_asked_again_under_its_number(console: People, house: House) -> None:
    assert console.acknowledges(tokens.new(), "number-1") == Refused("signed-out")
    assert isinstance(console.acknowledges(console.token("wangfang"), "number-1"), Done)


def test_an_engine_that_was_started_anew_knows_what_the_one_before_has_done(house: House) -> None:
    with open_door(house):
        console = People(house)
        token = console.token("wangfang")
        assert isinstance(console.acknowledges(token, "number-1"), Done)
    with open_door(house):  # the connection was cut, and no answer may have come
        assert console.acknowledges(token, "number-1") == Done(house.read(queries.size), again=True)


def test_without_an_engine_nothing_is_done_and_that_is_said(house: House) -> None:
    console = People(house)
    with pytest.raises(NoAnswer) as said:
        console.caller.ask(Say(said=(m.AlarmShown(alarm=1),)), patience_s=0.2)
    assert not said.value.asked


def test_do_raises_what_was_refused(console: People) -> None:
    with pytest.raises(NotPossible, match="signed-out"):
        console.caller.do(Act(token=tokens.new(), wanted=(m.AlarmAcknowledged(alarm=1),)))

"""While the engine is silent the notifying service calls people by itself; when it is back it goes on from there.
Nothing is lost, and nobody is called twice for the same. The engine here is the real desk at a real socket."""

from __future__ import annotations

import pytest

from hub.core.calling.escalation import Escalation
from hub.core.state import Alarm, Call
from hub.door.protocol import Answered
from hub.notify.channels.channel import Answered as Heard
from hub.notify.channels.channel import Handed, Letter, Told, Unsent
from hub.notify.hub_access import HubAccess, Own, open_own
from hub.notify.standin import StandIn
from hub.notify.teller import Teller
from hub.notify.worker import Worker
from hub.store import alarm_list, queries, tables
from tests.hub.notify.conftest import make_access
from tests.support.door import open_door
from tests.support.hub import House
from wire import messages as m

PHONES = {1003: "+8613800000003", 1008: "+8613800000008"}


class Post:
    """A channel that keeps what it is given."""

    lease_s = 60

    def __init__(self, name: m.Channel = "sms") -> None:
        self.name = name
        self.sent: list[Letter] = []
        self.refuses = ""

    def send(self, letter: Letter) -> Handed:
        if self.refuses:
            raise Unsent(f"{self.refuses} {letter.contact.phone}", final=True)
        self.sent.append(letter)
        return Handed()

    def test(self) -> str:
        return "works"

    def turn(self, hub: Told, help_wanted: bool) -> None:
        pass

    def close(self) -> None:
        pass


class Night(House):
    """A house whose monotonic clock goes with its wall clock."""

    mono = 0


class Notifying:
    """The notifying service of a house, whose threads take their turns when they are told to."""

    def __init__(self, house: Night) -> None:
        self.house = house
        self.own: Own = open_own(house.hub, house.clock)
        self.access: HubAccess = make_access(house, self.own, "sms")
        self.post = Post()
        self.worker = Worker(self.post, lambda _: self.access, house.clock)
        self.stand_in = StandIn(house.hub, self.own, lambda: self.access, house.clock, ("sms",))
        self.teller = Teller(house.hub.layout.door("notify"), self.own)

    def turn(self, silent: bool = False) -> list[Letter]:
        """Everybody's turn; the letters that went out in it."""
        before = len(self.post.sent)
        self.stand_in.silent = 11_000 if silent else None
        self.stand_in.turn(self.access)
        while self.worker.send_next(self.access):
            pass
        return self.post.sent[before:]

    def passes(self, seconds: int) -> list[Letter]:
        """Time goes by in silence."""
        found: list[Letter] = []
        for _ in range(seconds):
            self.house.clock.forward(1)
            self.house.mono += 1
            found += self.turn(silent=True)
        return found

    def killed(self) -> Notifying:
        """It is killed, and started anew: nothing is left but the disk."""
        self.access.close()
        self.own.file.close()
        return Notifying(self.house)


@pytest.fixture
def night(house: House, monkeypatch: pytest.MonkeyPatch) -> Night:
    night = Night(house.hub, house.clock)
    night.fact(m.NotifyStarted(version="test", channels=("console", "sms")), "notify")
    monkeypatch.setattr("hub.notify.standin.mono_ms", lambda: night.mono * 1000)
    return night


@pytest.fixture
def notifying(night: Night) -> Notifying:
    """It has run while all was well."""
    found = Notifying(night)
    found.turn()
    with open_door(night):
        assert found.teller.tell()
    return found


def forced(house: House) -> int:
    """An alarm for which nobody has been called yet but at the first rung."""
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    return 1


def facts(house: House, kind: str) -> list[m.FactData]:
    rows = house.read(lambda connection: queries.journal(connection, kind=kind, limit=500))
    return [row.message.data for row in reversed(rows)]


def alarm(house: House, number: int) -> Alarm:
    found = house.read(lambda connection: alarm_list.alarm(connection, number))
    assert isinstance(found, Alarm)
    return found


def call(house: House, number: int) -> Call:
    found = house.engine.look()[0].find(Call, number)
    assert found is not None
    return found


def escalates(house: Night) -> list[m.FactData]:
    """What the engine does about calls now."""
    due = Escalation()
    now, before = house.clock(), house.read(queries.size)
    house.engine.decide(lambda state, site: due.due(state, site, now, house.mono * 1000))
    rows = house.read(lambda connection: queries.journal(connection, limit=500))
    return [row.message.data for row in rows if row.index >= before]


def back(notifying: Notifying) -> None:
    """The engine is back, and is told."""
    with open_door(notifying.house):
        assert notifying.teller.tell()
        notifying.turn()
        assert notifying.teller.tell()


def called(letters: list[Letter], what: str) -> list[int | None]:
    return [one.notice.person for one in letters if what in {line.what for line in one.lines}]


# ---------------------------------------------------------------- whom it calls


def test_people_are_told_that_the_engine_is_silent_and_nothing_is_written(notifying: Notifying, night: Night) -> None:
    size = night.read(queries.size)
    letters = notifying.turn(silent=True)
    assert set(called(letters, "engine-silent")) >= {1003, 1008}
    assert night.read(queries.size) == size


def test_a_call_that_nobody_answers_goes_up_its_ladder_without_the_engine(notifying: Notifying, night: Night) -> None:
    forced(night)
    assert set(called(notifying.turn(), "forced")) == {1003, 1008}
    letters = notifying.passes(301)
    assert set(called(letters, "forced")) > {1003, 1008}


def test_letters_of_the_silence_bear_no_number_that_the_engine_might_give_to_another(
    notifying: Notifying, night: Night
) -> None:
    forced(night)
    notifying.turn()
    assert all(one.notice.number < 0 for one in notifying.passes(301))


def test_an_answer_that_comes_meanwhile_stops_the_calling(notifying: Notifying, night: Night) -> None:
    forced(night)
    notifying.turn()
    notifying.turn(silent=True)
    assert notifying.access.hear(Heard(PHONES[1003], "1"))
    letters = notifying.passes(500)
    assert called(letters, "forced") == called(letters, "engine-silent") == []


def test_a_stranger_answers_for_nobody_meanwhile(notifying: Notifying, night: Night) -> None:
    forced(night)
    notifying.turn()
    notifying.turn(silent=True)
    notifying.access.hear(Heard("+8613999999999", "1"))
    assert called(notifying.passes(301), "forced")


def test_without_an_engine_from_its_very_start_people_are_called_all_the_same(night: Night) -> None:
    forced(night)
    born = Notifying(night)
    letters = born.turn(silent=True)
    assert set(called(letters, "forced")) == {1003, 1008}
    assert called(letters, "engine-silent")


# ---------------------------------------------------------------- what the engine makes of it


def test_an_engine_that_is_back_goes_on_where_the_notifying_service_was(notifying: Notifying, night: Night) -> None:
    number = forced(night)
    notifying.turn()
    letters = notifying.passes(200)
    assert called(letters, "forced")
    back(notifying)
    there = call(night, number)
    assert (there.step, there.due_at) == (2, there.since + 120_000)
    assert there.since < night.clock(), "when it was, and not when the engine heard of it"
    assert not [one for one in escalates(night) if isinstance(one, m.CallMoved)]


def test_that_the_engine_was_silent_is_journalled_with_its_times_and_calls_nobody(
    notifying: Notifying, night: Night
) -> None:
    began = night.clock()
    notifying.turn(silent=True)
    notifying.passes(30)
    back(notifying)
    assert facts(night, "engine-silent") == [m.EngineSilent(since=began - 11_000)]
    (again,) = facts(night, "engine-back")
    assert again == m.EngineBack(silent_for=41_000)
    meanwhile = [one for one in facts(night, "called-meanwhile") if isinstance(one, m.CalledMeanwhile)]
    assert {1003, 1008} <= {one.person for one in meanwhile if one.call is None}
    assert not facts(night, "call-opened")


def test_an_answer_that_came_meanwhile_counts_from_when_it_came(notifying: Notifying, night: Night) -> None:
    number = forced(night)
    notifying.turn()
    notifying.turn(silent=True)
    night.clock.forward(60)
    answered = night.clock()
    notifying.access.hear(Heard(PHONES[1003], "收到"))
    night.clock.forward(600)
    back(notifying)
    found = alarm(night, number)
    assert (found.acknowledged_by, found.acknowledged_at, found.acknowledged_via) == (1003, answered, "sms")


def test_an_answer_to_what_was_told_meanwhile_counts_after_it(notifying: Notifying, night: Night) -> None:
    """Only in the silence was this person told."""
    number = forced(night)
    notifying.turn()
    letters = notifying.passes(301)
    later = next(one for one in called(letters, "forced") if one not in (1003, 1008))
    phone = next(one.contact.phone for one in letters if one.notice.person == later)
    back(notifying)
    with open_door(night):
        notifying.access.hear(Heard(phone, "1"))
        assert notifying.teller.tell()
    assert alarm(night, number).acknowledged_by == later


def test_what_happened_after_an_answer_is_not_answered_by_it(notifying: Notifying, night: Night) -> None:
    """The node kept what it saw while the engine was silent; whoever had answered by then knew nothing of it."""
    number = forced(night)
    notifying.turn()
    notifying.turn(silent=True)
    notifying.access.hear(Heard(PHONES[1003], "1"))
    night.clock.forward(120)
    night.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    back(notifying)
    assert alarm(night, number).unacknowledged


def test_letters_that_wait_when_the_engine_is_back_are_sent_and_told(notifying: Notifying, night: Night) -> None:
    number = forced(night)
    notifying.turn()
    notifying.stand_in.silent = 11_000
    night.clock.forward(61)
    night.mono += 61
    notifying.stand_in.turn(notifying.access)  # and the modem is slow
    letters = notifying.turn()
    assert called(letters, "forced")
    assert not called(letters, "engine-silent"), "which is over"
    back(notifying)
    assert call(night, number).step == 1


def test_letters_of_the_silence_that_could_not_be_handed_over_are_told_as_well_and_a_repeat_tells_nothing_new(
    notifying: Notifying, night: Night
) -> None:
    number = forced(night)
    notifying.turn()
    notifying.post.refuses = "no network for"
    assert notifying.passes(200) == []
    waiting = notifying.own.spool.all()
    back(notifying)
    told = [one for one in facts(night, "called-meanwhile") if isinstance(one, m.CalledMeanwhile)]
    ours = [one for one in told if one.call == number]
    assert {one.failed for one in told} == {"no network for …"}, "and nobody's number is in the journal"
    assert {1003, 1008} <= {one.person for one in told if one.call is None}
    rows = night.read(lambda connection: connection.execute(tables.notice.select()).all())
    kept = [(row.state, row.failed_at) for row in rows if row.number in {one.notice for one in ours}]
    assert sorted(kept) == sorted(("failed", one.at) for one in ours)
    assert ours
    assert call(night, number).step == 2, "its ladder has gone on all the same"
    state = night.engine.look()[0]
    trouble = [one for one in state.all(Alarm) if one.what == "notice-not-delivered"]
    assert [one.place for one in trouble] == ["hub sms"]
    size = night.read(queries.size)
    for untold in waiting:  # no answer has come, so it is asked again
        notifying.own.spool.put(untold.request, untold.number)
    back(notifying)
    assert night.read(queries.size) == size


def test_what_failed_before_it_was_killed_is_not_tried_again_and_is_told_once(
    notifying: Notifying, night: Night
) -> None:
    forced(night)
    notifying.turn()
    notifying.post.refuses = "no network for"
    notifying.turn(silent=True)
    born = notifying.killed()
    assert born.turn(silent=True) == []
    back(born)
    told = [one for one in facts(night, "called-meanwhile") if isinstance(one, m.CalledMeanwhile)]
    assert len(told) == len({(one.call, one.step, one.round, one.person) for one in told})


# ---------------------------------------------------------------- killed


def test_the_notifying_service_is_killed_in_the_silence_and_calls_nobody_twice(
    notifying: Notifying, night: Night
) -> None:
    forced(night)
    notifying.turn()
    first = notifying.passes(200)
    assert called(first, "forced")
    born = notifying.killed()
    again = born.turn(silent=True)
    assert called(again, "forced") == called(again, "engine-silent") == []
    more = born.passes(110)
    assert called(more, "forced"), "and the next rung comes when it is due"
    back(born)
    assert call(night, 1).step == 3
    assert len(facts(night, "engine-silent")) == 1


def test_it_is_killed_between_two_letters_of_a_rung_and_the_other_is_sent(notifying: Notifying, night: Night) -> None:
    forced(night)
    notifying.turn()
    notifying.stand_in.silent = 11_000
    notifying.stand_in.turn(notifying.access)
    assert notifying.worker.send_next(notifying.access)
    (first,) = notifying.post.sent[-1:]
    others = called(notifying.killed().turn(silent=True), "engine-silent")
    assert others
    assert first.notice.person not in others


def test_it_is_killed_after_an_answer_was_put_down_and_before_the_modem_has_deleted_it(
    notifying: Notifying, night: Night
) -> None:
    number = forced(night)
    notifying.turn()
    message = Heard(PHONES[1003], "1", sent_at=night.clock())
    assert notifying.access.hear(message)
    born = notifying.killed()
    assert born.access.hear(message), "the modem has it still"
    assert len([one for one in born.own.spool.all() if isinstance(one.request, Answered)]) == 1
    back(born)
    assert alarm(night, number).acknowledged_by == 1003


def test_the_engine_is_killed_after_it_has_committed_and_before_it_has_answered(
    notifying: Notifying, night: Night
) -> None:
    number = forced(night)
    notifying.turn()
    notifying.access.hear(Heard(PHONES[1003], "1"))
    waiting = notifying.own.spool.all()
    back(notifying)
    size = night.read(queries.size)
    for one in waiting:  # no answer has come, so it is asked again
        notifying.own.spool.put(one.request, one.number)
    back(notifying)
    assert night.read(queries.size) == size
    assert alarm(night, number).acknowledged_by == 1003


def test_a_file_that_cannot_be_written_loses_no_answer(night: Night) -> None:
    """It stays at the modem until the engine has it."""
    number = forced(night)
    night.hub.layout.notify_file.mkdir(parents=True)
    born = Notifying(night)
    born.turn()
    message = Heard(PHONES[1003], "1", sent_at=night.clock())
    assert not born.access.hear(message)
    again = born.killed()
    with open_door(night):
        again.turn()  # both duty officers are told once more: nobody knows that they were
        assert not again.access.hear(message)
        assert again.teller.tell()
        assert alarm(night, number).acknowledged_by == 1003
        assert again.access.hear(message)

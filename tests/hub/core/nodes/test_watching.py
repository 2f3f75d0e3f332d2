"""Silent nodes, nodes that do not get on, and bad messages: told in time, told once, and of the right one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.nodes.bad_messages import INTERVAL_MS, MOST_KINDS, BadMessages
from hub.core.nodes.liveness import FRESH_BEATS, Liveness
from hub.core.nodes.progress import Progress
from hub.core.state import Life
from hub.engine.due import Watch
from tests.support.hub import House, make_hub, seal
from tests.support.paper import WANG_FANG, ZHANG_WEI, PaperHub
from tests.support.sealing import may_unseal, ready, unseal_order
from wire import messages as m

BOOT = "engine-boot"


class Listener:
    """The engine's liveness and its beats every 2 s, with a hub whose node is heard when the test says so."""

    def __init__(self, *nodes: str) -> None:
        self.house = PaperHub()
        for node in nodes or ("archive-1",):
            self.house.node(node)
        self.liveness = Liveness(BOOT, 0)
        self.mono = 0
        self.last: m.Beat | None = None

    @property
    def newest(self) -> int:
        return self.mono // 2000 + 1

    def beat(self, node: str = "archive-1", **changes: Any) -> m.Beat:
        here = m.Here(
            uptime=changes.get("uptime", self.mono + 60_000), seq=1, hash="", freed=1, levels={}, sealed=(),
            sounding=False, plan=1, access=1, mark=0,
            echo=changes.get("echo", m.Echo(boot=BOOT, number=self.newest)), checkpoint=None,
        )  # fmt: skip
        boot = changes.get("boot", "boot-1")
        return m.Beat(v=1, site="demo", node=node, life=1, boot=boot, wall=1, clock="trusted", data=here)

    def hears(self, beat: m.Beat | None = None) -> bool:
        self.last = beat or self.beat()
        return self.liveness.beat(self.last, self.newest, self.mono, self.house.clock()) is not None

    def at(self, seconds: float) -> list[m.FactData]:
        """What is told at that time, journalled."""
        self.mono = int(seconds * 1000)
        told = list(self.liveness.changes(self.house.state, self.house.site, self.mono))
        self.house.decides(*told)
        return told


def kinds(facts: list[m.FactData]) -> list[str]:
    return [m.kind_of(fact) for fact in facts]


# ---------------------------------------------------------------- silence


def test_a_silent_node_is_trouble_after_30_seconds_and_not_sooner() -> None:
    listener = Listener()
    listener.at(1)
    assert listener.hears()
    assert listener.at(31) == []
    assert kinds(listener.at(31.1)) == ["node-silent"]
    assert listener.house.alarm("node-silent").klass == "trouble"


def test_a_silent_node_of_a_sealed_area_is_an_alarm_after_10_seconds_and_not_sooner() -> None:
    listener = Listener()
    seal(listener.house, "archive", "archive-1")
    listener.at(1)
    listener.hears()
    assert listener.at(11) == []
    assert kinds(listener.at(11.1)) == ["node-silent"]
    alarm = listener.house.alarm("node-silent-while-sealed")
    assert (alarm.klass, alarm.priority, alarm.sealing) == ("alarm", 1, 1)


def test_silence_is_told_once_and_its_end_once() -> None:
    listener = Listener()
    assert kinds(listener.at(31)) == ["node-silent"]
    assert listener.at(40) == []
    listener.hears()
    (back,) = listener.at(41)
    assert back == m.NodeBack(node="archive-1", silent_for=40_000)
    assert listener.at(42) == []
    assert not listener.house.alarms()


def test_each_node_is_watched_for_itself() -> None:
    listener = Listener("archive-1", "cipher-1")
    listener.at(20)
    listener.hears()
    (silent,) = listener.at(31)
    assert isinstance(silent, m.NodeSilent)
    assert silent.node == "cipher-1"


def test_a_revoked_node_is_not_waited_for() -> None:
    listener = Listener()
    listener.house.fact(m.NodeRevoked(node="archive-1", reason=""), "admin")
    assert listener.at(100) == []


def test_a_node_that_was_silent_before_its_area_came_to_be_sealed_becomes_an_alarm() -> None:
    """It fell silent while it was being unsealed; that ran out, so the area is sealed again and nobody watches."""
    listener = Listener()
    house = listener.house
    number = seal(house, "archive", "archive-1")
    may_unseal(house, "archive")
    house.asks(WANG_FANG, unseal_order("archive"))
    house.fact(m.NodeSilent(node="archive-1", last_heard=None, sealed=()))
    house.node("archive-1").presents("archive/reader", ZHANG_WEI, number)
    house.asks(WANG_FANG, m.SealingCancelled(sealing=0, area="archive", reason="by-hand", detail=""))
    assert house.whats() == ["node-silent"]
    assert kinds(listener.at(11)) == ["node-silent"]
    assert house.whats() == ["node-silent", "node-silent-while-sealed"]
    assert listener.at(12) == []


def test_a_node_that_has_not_yet_sealed_is_given_its_30_seconds() -> None:
    """It beats every 10 s until the order has reached it: 10 s of silence mean nothing yet."""
    listener = Listener()
    house = listener.house
    ready(house, "archive")
    house.asks(WANG_FANG, m.SealingOrdered(sealing=0, area="archive", purpose="seal"))
    for person in (ZHANG_WEI, WANG_FANG):
        house.node("archive-1").presents("archive/reader", person, 1)
    assert house.state.area("archive").state == "arming"
    assert listener.at(29) == []
    house.node("archive-1").holds(m.SealedArea(area="archive", sealing=1))
    assert kinds(listener.at(29)) == ["node-silent"]


# ---------------------------------------------------------------- nobody is blamed for what is the hub's fault


def test_a_start_of_the_engine_gives_everybody_a_whole_interval() -> None:
    listener = Listener("archive-1", "cipher-1", "computer-1")
    listener.liveness = Liveness(BOOT, 1_000_000)
    assert listener.at(1029) == []


def test_a_lost_broker_blames_nobody_and_its_return_gives_a_whole_interval() -> None:
    listener = Listener("archive-1", "cipher-1")
    listener.at(10)
    listener.liveness.broker_lost()
    assert listener.at(500) == []
    listener.liveness.broker_back(listener.mono)
    assert listener.at(530) == []
    assert len(listener.at(530.1)) == 2


# ---------------------------------------------------------------- which beats count


def test_a_beat_that_echoes_our_newest_counts() -> None:
    listener = Listener()
    listener.mono = 60_000
    assert listener.hears()


@pytest.mark.parametrize(
    "echo",
    [
        None,
        m.Echo(boot="another", number=31),
        m.Echo(boot=BOOT, number=31 - FRESH_BEATS - 1),
        m.Echo(boot=BOOT, number=32),
        m.Echo(boot=BOOT, number=0),
    ],
)
def test_a_beat_that_does_not_show_that_the_node_hears_us_does_not_count(echo: m.Echo | None) -> None:
    listener = Listener()
    listener.mono = 60_000
    assert not listener.hears(listener.beat(echo=echo))


def test_a_last_will_does_not_count() -> None:
    listener = Listener()
    gone = m.Beat(v=1, site="demo", node="archive-1", life=1, boot="boot-1", wall=1, clock="trusted", data=m.Gone())
    assert not listener.hears(gone)


def test_a_beat_that_is_played_again_does_not_count_however_fresh_it_is() -> None:
    listener = Listener()
    listener.mono = 60_000
    kept = listener.beat()
    assert listener.hears(kept)
    assert not listener.hears(kept)
    listener.mono += 3000
    assert listener.hears()
    assert not listener.hears(kept)


def test_two_beats_between_two_of_ours_both_count() -> None:
    listener = Listener()
    listener.mono = 60_000
    assert listener.hears(listener.beat(uptime=100_000))
    assert listener.hears(listener.beat(uptime=100_001))


def test_a_node_that_starts_anew_counts_with_its_small_uptime() -> None:
    listener = Listener()
    listener.mono = 60_000
    kept = listener.beat()
    assert listener.hears(kept)
    listener.mono += 4000
    assert listener.hears(listener.beat(boot="boot-2", uptime=10))
    assert not listener.hears(kept)


@given(st.lists(st.integers(0, 40), max_size=30))
def test_whatever_old_beats_are_played_again_silence_is_noticed(order: list[int]) -> None:
    listener = Listener()
    beats = []
    for second in range(0, 40, 2):
        listener.mono = second * 1000
        beats.append(listener.beat())
        assert listener.hears(beats[-1])
    for second, which in enumerate(order):
        listener.mono = 39_000 + second * 1000
        assert not listener.hears(beats[which % len(beats)])
    assert kinds(listener.at(38 + 30.1)) == ["node-silent"]


def test_what_a_nodes_clock_says_runs_on() -> None:
    listener = Listener()
    assert listener.liveness.uptime("archive-1", 0) is None
    listener.mono = 10_000
    listener.hears(listener.beat(uptime=500))
    assert listener.liveness.uptime("archive-1", 12_000) == ("boot-1", 2500)


# ---------------------------------------------------------------- progress


def lives(house: PaperHub, **changes: Any) -> PaperHub:
    from msgspec.structs import replace

    known = house.state.life("archive-1")
    assert known is not None
    house.state.put(replace(known, **changes))
    return house


def test_a_node_that_is_ahead_for_ten_seconds_is_told_once() -> None:
    house, progress = Listener().house, Progress()
    progress.ahead("archive-1", 1, 9, 0)
    progress.ahead("archive-1", 1, 12, 9_000)
    assert list(progress.stuck(house.state, 9_999)) == []
    assert list(progress.stuck(house.state, 10_000)) == [m.NoProgress(node="archive-1", life=1, expected=2, got=12)]
    assert list(progress.stuck(house.state, 60_000)) == []


def test_a_record_that_is_journalled_begins_the_ten_seconds_anew() -> None:
    house, progress = Listener().house, Progress()
    progress.ahead("archive-1", 1, 9, 0)
    progress.moved("archive-1")
    progress.ahead("archive-1", 1, 9, 9_000)
    assert list(progress.stuck(house.state, 18_000)) == []
    assert len(list(progress.stuck(house.state, 19_000))) == 1


def test_who_has_caught_up_is_not_stuck() -> None:
    house, progress = Listener().house, Progress()
    progress.ahead("archive-1", 1, 9, 0)
    assert list(progress.stuck(lives(house, seq=9).state, 20_000)) == []


def test_a_node_in_a_life_that_a_restored_hub_does_not_know_is_stuck_whatever_its_number() -> None:
    house, progress = Listener().house, Progress()
    progress.ahead("archive-1", 2, 3, 0)
    assert list(progress.stuck(lives(house, seq=500).state, 10_000)) == [
        m.NoProgress(node="archive-1", life=1, expected=501, got=3)
    ]


def test_no_progress_lasts_until_a_record_of_the_node_is_journalled() -> None:
    house, progress = Listener().house, Progress()
    progress.ahead("archive-1", 1, 9, 0)
    house.decides(*progress.stuck(house.state, 10_000))
    assert house.alarm("no-progress").active
    house.decides(*progress.stuck(house.state, 3_600_000))
    assert house.alarm("no-progress").active
    progress.moved("archive-1")
    house.decides(*progress.stuck(house.state, 3_600_001))
    assert "no-progress" not in house.whats()
    assert list(progress.stuck(house.state, 3_600_002)) == []


def test_who_got_on_and_is_stuck_once_more_is_told_once_more() -> None:
    house, progress = Listener().house, Progress()
    for hour in range(2):
        now = hour * 3_600_000
        progress.ahead("archive-1", 1, 9, now)
        assert kinds(list(progress.stuck(house.state, now + 10_000))) == ["no-progress"]
        progress.moved("archive-1")


def test_an_engine_that_has_started_anew_ends_the_trouble_that_the_one_before_it_had_told() -> None:
    house, before, after = Listener().house, Progress(), Progress()
    before.ahead("archive-1", 1, 9, 0)
    house.decides(*before.stuck(house.state, 10_000))
    after.moved("archive-1")
    assert list(after.stuck(house.state, 0)) == [m.ProgressAgain(node="archive-1")]


# ---------------------------------------------------------------- bad messages


def told(bad_messages: BadMessages, mono: int) -> list[tuple[str, str, int]]:
    facts = list(bad_messages.due(mono))
    assert all(isinstance(fact, m.Refused) for fact in facts)
    return [(fact.node, fact.reason, fact.count) for fact in facts if isinstance(fact, m.Refused)]


def test_the_first_bad_message_is_told_at_once_and_further_ones_in_sums() -> None:
    bad_messages = BadMessages()
    bad_messages.add("archive-1", "malformed", "x")
    assert told(bad_messages, 0) == [("archive-1", "malformed", 1)]
    for _ in range(1000):
        bad_messages.add("archive-1", "malformed", "x")
    assert told(bad_messages, INTERVAL_MS - 1) == []
    assert told(bad_messages, INTERVAL_MS) == [("archive-1", "malformed", 1000)]
    assert told(bad_messages, INTERVAL_MS * 5) == []


def test_each_reason_of_each_node_is_counted_apart() -> None:
    bad_messages = BadMessages()
    bad_messages.add("archive-1", "malformed", "x")
    bad_messages.add("archive-1", "oversized", "x")
    bad_messages.add("cipher-1", "malformed", "x")
    assert len(told(bad_messages, 0)) == 3


def test_no_number_of_made_up_names_floods_the_journal_or_the_memory() -> None:
    bad_messages = BadMessages()
    for at in range(100_000):
        bad_messages.add(f"node-{at}", "unknown-signer", "x" * 10_000)
    first = told(bad_messages, 0)
    assert len(first) == MOST_KINDS + 1
    assert sum(count for _, _, count in first) == 100_000
    assert len(bad_messages._counts) == MOST_KINDS + 1


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5_000)), max_size=60))
def test_every_message_is_counted_once_whenever_it_is_told(steps: list[tuple[int, int]]) -> None:
    bad_messages, mono, added, reported = BadMessages(), 0, 0, 0
    for count, wait in steps:
        for _ in range(count):
            bad_messages.add("archive-1", "malformed", "x")
        added += count
        mono += wait
        reported += sum(one[2] for one in told(bad_messages, mono))
    reported += sum(one[2] for one in told(bad_messages, mono + INTERVAL_MS))
    assert reported == added


def test_what_it_shows_of_a_bad_message_can_be_journalled() -> None:
    bad_messages = BadMessages()
    bad_messages.add("archive-1", "misplaced", "\x00\n\x1b é " + "x" * 20_000)
    (data,) = bad_messages.due(0)
    fact = m.Fact(v=1, site="demo", by="engine", time=1, person=None, data=data)
    assert m.decode(m.encode(fact), m.Fact) == fact


def test_a_life_that_nobody_knows_is_no_matter() -> None:
    progress = Progress()
    progress.ahead("nobody", 1, 5, 0)
    assert list(progress.stuck(PaperHub().state, 99_999)) == []
    assert Life("n", 1, "k", "s").seq == 0


# ---------------------------------------------------------------- the engine's own stall


class Loop:
    """The engine's look, every quarter of a second while it is not stopped."""

    def __init__(self, house: House, *nodes: str) -> None:
        self.house = house
        for node in nodes:
            house.node(node)
        self.watch = Watch(BOOT, 0)
        self.watch.broker_back(0)
        self.mono = 0

    def hears(self, node: str) -> None:
        listener = m.Here(
            uptime=self.mono + 60_000, seq=1, hash="", freed=1, levels={}, sealed=(), sounding=False, plan=1,
            access=1, mark=0, echo=m.Echo(boot=BOOT, number=1 + self.mono), checkpoint=None,
        )  # fmt: skip
        beat = m.Beat(v=1, site="demo", node=node, life=1, boot="boot-1", wall=1, clock="trusted", data=listener)
        assert self.watch.liveness.beat(beat, 1 + self.mono, self.mono, self.house.clock())

    def looks(self) -> list[str]:
        outcome = self.watch.look(self.house.engine, *self.house.engine.look(), self.house.clock(), self.mono)
        return kinds(outcome.facts) if outcome else []

    def runs(self, seconds: float) -> list[str]:
        said: list[str] = []
        for _ in range(int(seconds * 4)):
            self.mono += 250
            said += self.looks()
        return said

    def stands_still(self, seconds: float) -> list[str]:
        self.mono += int(seconds * 1000)
        return self.looks()


@pytest.fixture
def loop(tmp_path: Path) -> Loop:
    house = make_hub(tmp_path)
    loop = Loop(house, "archive-1")
    seal(house, "archive", "archive-1")
    return loop


def test_an_engine_that_stood_still_blames_no_node_for_it(loop: Loop) -> None:
    loop.hears("archive-1")
    loop.runs(5)
    assert "node-silent" not in loop.stands_still(14)
    assert "node-silent" not in loop.runs(3)
    loop.hears("archive-1")
    assert "node-silent" not in loop.runs(9)


def test_a_node_that_is_gone_is_told_of_however_often_the_engine_stands_still(loop: Loop) -> None:
    loop.hears("archive-1")
    said: list[str] = []
    for _ in range(12):
        said += [*loop.runs(1), *loop.stands_still(4)]
    assert said.count("node-silent") == 1


def test_a_broker_that_is_back_at_once_is_told_to_nobody_and_yet_gives_every_node_a_fresh_interval(loop: Loop) -> None:
    loop.hears("archive-1")
    loop.runs(9)
    loop.watch.broker_lost("kicked", loop.mono)
    loop.watch.broker_back(loop.mono + 6)
    assert loop.runs(9) == []
    assert "node-silent" in loop.runs(2)


def test_a_broker_that_stays_away_is_one_fault_and_no_silent_node(loop: Loop) -> None:
    loop.hears("archive-1")
    loop.watch.broker_lost("gone", loop.mono)
    said = loop.runs(40)
    assert said.count("broker-lost") == 1
    assert "node-silent" not in said

"""What the hub watches by the clock, at any time and in any order: who is on duty, which nodes are heard, the broker,
the engine itself and its disk. Each model counts in its own way; and bugs planted in the rules are found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from hub.core.alarms import life as alarm_life
from hub.core.calling import roster
from hub.core.nodes import hub_disk, liveness
from hub.core.nodes.hub_disk import Disk
from hub.core.nodes.liveness import Liveness
from hub.core.refusal import NotPossible
from hub.core.state import Shift
from tests.hub.core.nodes.test_watching import BOOT, Listener
from tests.support import hunting
from tests.support.hub import seal
from tests.support.paper import LIU_YANG, NOON, WANG_FANG, ZHANG_WEI, ZHOU_QIANG, PaperHub, demo_site
from tests.support.tables import change
from wire import messages as m

Patch = pytest.MonkeyPatch
HOUR = 3_600_000
ANY = settings(hunting.WALK, max_examples=40, stateful_step_count=20)


# ---------------------------------------------------------------- the roster

OFFICERS = (WANG_FANG, ZHOU_QIANG, LIU_YANG)
"""The last of them may have a shift as well, but is of another role than the duty."""


class Roster(RuleBasedStateMachine):
    """Shifts come and go, and one officer loses the account. The model is who has which hour."""

    @initialize()
    def nobody_has_kept_a_roster(self) -> None:
        self.house = PaperHub()
        self.shifts: dict[int, tuple[int, int, int]] = {}
        self.kept = 0
        self.gone: set[int] = set()

    @property
    def now(self) -> int:
        return (self.house.clock() - NOON) // HOUR

    def tries(self, person: int, fact: m.FactData, fits: bool) -> None:
        before = len(self.house.entries)
        if fits:
            self.house.asks(person, fact)
        else:
            with pytest.raises(NotPossible):
                self.house.asks(person, fact)
            assert len(self.house.entries) == before

    @rule(
        person=st.sampled_from([LIU_YANG, WANG_FANG, ZHOU_QIANG, LIU_YANG, ZHANG_WEI]),
        starts=st.sampled_from([0, 12, -12, 24, 96]),
        hours=st.sampled_from([12, 200, 12, 400, 744, 745, 0]),
        stand_in=st.sampled_from([None, None, None, LIU_YANG, ZHANG_WEI]),
    )
    def a_shift(self, person: int, starts: int, hours: int, stand_in: int | None) -> None:
        starts += self.now // 12 * 12
        mine = set(range(starts, starts + hours))
        taken = any(mine & set(range(begins, ends)) for begins, ends, _ in self.shifts.values())
        known = {*OFFICERS} - self.gone
        newest = self.house.state.meta.newest_time  # a request is judged by the newest entry
        fits = (
            {person, stand_in} - {None} <= known
            and person != stand_in
            and 0 < hours <= 744
            and NOON + (starts + hours) * HOUR > newest
            and not taken
        )
        fact = m.ShiftAdded(
            shift=0,
            person=person,
            stand_in=stand_in,
            starts=NOON + starts * HOUR,
            ends=NOON + (starts + hours) * HOUR,
        )
        self.tries(WANG_FANG, fact, fits)
        if fits:
            self.kept += 1
            self.shifts[self.kept] = (starts, starts + hours, person)

    @precondition(lambda self: self.kept)
    @rule(data=st.data())
    def a_shift_is_taken_off(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(1, self.kept + 1))
        self.tries(LIU_YANG, m.ShiftRemoved(shift=number), number in self.shifts)
        self.shifts.pop(number, None)

    @precondition(lambda self: not self.gone)
    @rule()
    def the_security_officer_leaves(self) -> None:
        self.gone.add(LIU_YANG)
        site = demo_site()
        self.house.apply(replace(site, account=tuple(one for one in site.account if one.cardholder != LIU_YANG)))

    @rule(hours=st.sampled_from([1, 12, 30, 168]))
    def time_passes(self, hours: int) -> None:
        self.house.clock.forward(hours * 3600)

    @rule()
    def a_shift_begins(self) -> None:
        later = [begins for begins, _, _ in self.shifts.values() if begins > self.now]
        self.time_passes(min(later, default=self.now) - self.now)

    @invariant()
    def somebody_answers_at_every_hour_and_a_gap_is_told(self) -> None:
        if not hasattr(self, "house"):
            return
        has = {
            at: who for begins, ends, who in self.shifts.values() if who not in self.gone for at in range(begins, ends)
        }
        for _ in range(2):
            self.house.decide(lambda state, site: roster.due(state, site, self.house.clock()))
        gap = self.kept > 0 and any(at not in has for at in range(self.now, self.now + 168))
        assert self.house.whats() == ["roster-gap"] * gap
        for at in (self.now, self.now + 12, self.now + 100):
            found = roster.on_duty(self.house.state, self.house.site, NOON + at * HOUR + 1)
            assert found.gap == (at not in has)
            assert found.people == ((has[at],) if at in has else (WANG_FANG, ZHOU_QIANG))
            assert found.stand_ins, "nobody stands in"

    def teardown(self) -> None:
        if hasattr(self, "house"):
            self.house.check()


# ---------------------------------------------------------------- who is heard

NODES = ("archive-1", "cipher-1")
THEN = st.sampled_from([11, 0, 31, 4])
"""Seconds until something else happens."""


class Silence(RuleBasedStateMachine):
    """Two nodes, of which one may guard a sealed room; a broker that fails, and an engine that is started anew. The
    model: since when each node could have been heard and was not."""

    @initialize(sealed=st.booleans())
    def they_are_heard(self, sealed: bool) -> None:
        self.listener = Listener(*NODES)
        self.sealed = sealed
        if sealed:
            seal(self.listener.house, "archive", "archive-1")
        self.heard: dict[str, int] = {}
        self.fresh = 0
        self.silent: set[str] = set()
        self.revoked: set[str] = set()
        self.lost = False
        self.interrupted = 0
        self.look()

    @property
    def now(self) -> int:
        return self.listener.mono

    def limit(self, node: str) -> int:
        return 10_000 if self.sealed and node == "archive-1" else 30_000

    def look(self) -> None:
        told = self.listener.at(self.now / 1000)
        expected = set()
        for node in NODES:
            heard = self.heard.get(node)
            quiet = self.now - max(self.fresh, heard or 0) > self.limit(node)
            if self.lost or node in self.revoked:
                continue
            if node not in self.silent and quiet:
                expected.add(("node-silent", node))
                self.silent.add(node)
            elif node in self.silent and heard is not None and self.now - heard <= self.limit(node):
                expected.add(("node-back", node))
                self.silent.discard(node)
        assert {(m.kind_of(one), one.node) for one in told if isinstance(one, m.NodeSilent | m.NodeBack)} == expected
        assert len(told) == len(expected)

    @rule(seconds=THEN)
    def passes(self, seconds: int) -> None:
        self.look()
        self.listener.mono += seconds * 1000
        self.listener.house.clock.forward(seconds)
        self.look()

    @rule(node=st.sampled_from(NODES), old=st.sampled_from([False, False, True]), then=THEN)
    def a_beat(self, node: str, old: bool, then: int) -> None:
        """`old`: of another start of the engine, so that nobody knows whether the node hears this one."""
        if self.lost:
            return
        echo = m.Echo(boot="engine-before", number=1) if old else m.Echo(boot=BOOT, number=self.listener.newest)
        beat = self.listener.beat(node, echo=echo)
        known = self.heard.get(node)
        assert self.listener.hears(beat) == (not old and known != self.now), "a beat counts once"
        if not old:
            self.heard[node] = self.now
        self.passes(then)

    @rule(then=THEN)
    def the_broker_fails_or_is_back(self, then: int) -> None:
        house = self.listener.house
        if self.lost:
            self.listener.liveness.broker_back(self.now)
            house.fact(m.BrokerBack(lost_for=1))
            self.fresh = self.now
        else:
            self.listener.liveness.broker_lost()
            house.fact(m.BrokerLost(since=0, detail=""))
        self.lost = not self.lost
        self.passes(then)

    @rule(for_long=st.booleans(), then=THEN)
    def the_engine_starts_anew(self, for_long: bool, then: int) -> None:
        """The broker is there, as far as it knows, and nobody was heard yet; it does not forget who was silent."""
        house = self.listener.house
        house.fact(m.EngineStarted(version="t", silent_since=house.clock() - 1000 if for_long else None))
        self.listener.liveness = Liveness(BOOT, self.now)
        self.heard, self.fresh, self.lost = {}, self.now, False
        self.interrupted += for_long
        self.passes(then)

    @precondition(lambda self: "cipher-1" not in self.revoked)
    @rule(then=THEN)
    def a_node_is_revoked(self, then: int) -> None:
        self.listener.house.fact(m.NodeRevoked(node="cipher-1", reason=""), "admin")
        self.revoked.add("cipher-1")
        self.passes(then)

    @invariant()
    def every_silence_is_an_alarm_of_its_node_and_every_fault_of_the_hub_is_one(self) -> None:
        if not hasattr(self, "listener"):
            return
        house = self.listener.house
        active = sorted((one.what, one.place) for one in house.alarms() if one.active)
        of_nodes = [
            ("node-silent-while-sealed" if self.sealed and node == "archive-1" else "node-silent", node)
            for node in self.silent - self.revoked
        ]
        assert active == sorted([*of_nodes, *[("broker-lost", "hub")] * self.lost])
        told = [one for one in house.journal(m.AlarmRaised) if one.what == "hub-interrupted"]
        assert len(told) == self.interrupted

    def teardown(self) -> None:
        if hasattr(self, "listener"):
            self.listener.house.check()


# ---------------------------------------------------------------- the hub's disk

GB = 10**9


class DiskOfTheHub(RuleBasedStateMachine):
    """It fills and empties, takes nothing, or takes no new key. The model: which of the three was said to be bad."""

    @initialize()
    def it_is_empty(self) -> None:
        self.house = PaperHub()
        self.bad: set[str] = set()

    @rule(free=st.sampled_from([9, 10, 14, 15, 90]), read_only=st.booleans(), keys=st.booleans())
    def it_is_looked_at(self, free: int, read_only: bool, keys: bool) -> None:
        disk = Disk(100 * GB, free * GB, read_only=read_only, keys_refused=keys)
        for _ in range(2):
            self.house.decide(lambda state, _site: hub_disk.changes(state, disk))
        self.bad.discard("storage-read-only")
        self.bad.discard("key-not-changed")
        self.bad |= {what for what, is_so in (("storage-read-only", read_only), ("key-not-changed", keys)) if is_so}
        if free < 10:
            self.bad.add("storage-low")
        elif free >= 15:
            self.bad.discard("storage-low")

    @invariant()
    def each_is_told_once_and_its_end_once(self) -> None:
        if hasattr(self, "house"):
            assert set(self.house.whats()) == self.bad
            assert all(one.count == 1 for one in self.house.alarms())

    def teardown(self) -> None:
        if hasattr(self, "house"):
            self.house.check()


MACHINES = (Roster, Silence, DiskOfTheHub)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.__name__)
def test_it_holds_whatever_happens(machine: type[RuleBasedStateMachine]) -> None:
    run_state_machine_as_test(machine, settings=ANY)


# ---------------------------------------------------------------- planted bugs


def shifts_overlap(patch: Patch) -> None:
    change(patch, m.ShiftAdded, check=lambda state, _site, data: replace(data, shift=len(_all(state)) + 1))


def _all(state: Any) -> list[Any]:
    return list(state.all(Shift))


def a_gap_of_the_week_after_counts(patch: Patch) -> None:
    patch.setattr(roster, "AHEAD_MS", 14 * 24 * HOUR)


def nobody_misses_a_shift(patch: Patch) -> None:
    patch.setattr(roster, "gaps", lambda *_: [])


def a_gap_is_never_over(patch: Patch) -> None:
    known = roster.due
    patch.setattr(roster, "due", lambda *all: (one for one in known(*all) if not isinstance(one, m.AlarmReturned)))


def a_shift_counts_that_was_taken_off(patch: Patch) -> None:
    patch.setattr(roster, "counting", lambda shifts, site: [*shifts])


def whoever_left_has_shifts(patch: Patch) -> None:
    patch.setattr(roster, "counting", lambda shifts, site: [one for one in shifts if not one.removed])


def a_custodian_has_a_shift(patch: Patch) -> None:
    patch.setattr(roster, "in_role", lambda site, *roles: (*OFFICERS, ZHANG_WEI))


def a_sealed_room_waits_as_long_as_others(patch: Patch) -> None:
    patch.setattr(liveness, "SILENT_SEALED_MS", liveness.SILENT_MS)


def any_echo_counts(patch: Patch) -> None:
    known = Liveness.beat

    def beat(self: Any, beat: m.Beat, newest: int, mono: int, wall: int) -> Any:
        assert isinstance(beat.data, m.Here)
        return known(self, replace(beat, data=replace(beat.data, echo=m.Echo(BOOT, newest))), newest, mono, wall)

    patch.setattr(Liveness, "beat", beat)


def the_broker_is_the_nodes_fault(patch: Patch) -> None:
    patch.setattr(Liveness, "broker_lost", lambda self: None)


def its_return_gives_no_interval(patch: Patch) -> None:
    def back(self: Any, mono: int) -> None:
        self._lost = False

    patch.setattr(Liveness, "broker_back", back)


def a_revoked_node_is_waited_for(patch: Patch) -> None:
    change(patch, m.NodeRevoked, fold=())


def a_broker_is_lost_in_silence(patch: Patch) -> None:
    change(patch, m.BrokerLost, follows=())


def a_broker_is_lost_for_ever(patch: Patch) -> None:
    change(patch, m.BrokerBack, follows=())


def an_engine_starts_in_silence(patch: Patch) -> None:
    change(patch, m.EngineStarted, follows=())


def whoever_is_back_is_silent_still(patch: Patch) -> None:
    change(patch, m.NodeBack, follows=())


def a_disk_flickers(patch: Patch) -> None:
    patch.setattr(hub_disk, "BACK_PART", hub_disk.LOW_PART)


def the_key_is_the_room(patch: Patch) -> None:
    patch.setitem(hub_disk.ALARMS, "keys", "storage-low")


def a_read_only_disk_is_a_full_one(patch: Patch) -> None:
    patch.setitem(hub_disk.ALARMS, "writing", "storage-low")


def a_disk_is_told_each_time(patch: Patch) -> None:
    patch.setattr(alarm_life, "find", lambda *_: None)


BUGS: dict[Callable[[Patch], None], type[RuleBasedStateMachine]] = {
    shifts_overlap: Roster,
    a_gap_of_the_week_after_counts: Roster,
    nobody_misses_a_shift: Roster,
    a_gap_is_never_over: Roster,
    a_shift_counts_that_was_taken_off: Roster,
    whoever_left_has_shifts: Roster,
    a_custodian_has_a_shift: Roster,
    a_sealed_room_waits_as_long_as_others: Silence,
    any_echo_counts: Silence,
    the_broker_is_the_nodes_fault: Silence,
    its_return_gives_no_interval: Silence,
    a_revoked_node_is_waited_for: Silence,
    a_broker_is_lost_in_silence: Silence,
    a_broker_is_lost_for_ever: Silence,
    an_engine_starts_in_silence: Silence,
    whoever_is_back_is_silent_still: Silence,
    a_disk_flickers: DiskOfTheHub,
    the_key_is_the_room: DiskOfTheHub,
    a_read_only_disk_is_a_full_one: DiskOfTheHub,
    a_disk_is_told_each_time: DiskOfTheHub,
}


@pytest.mark.parametrize("plant", BUGS, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(plant: Callable[[Patch], None], monkeypatch: Patch) -> None:
    plant(monkeypatch)
    with pytest.raises((AssertionError, NotPossible, pytest.fail.Exception)):
        run_state_machine_as_test(BUGS[plant], settings=hunting.HUNT)

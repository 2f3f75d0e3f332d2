"""A node that guards by itself, whatever happens: its sounder is on as long as there is a cause, and only who may
quiets it. The model is two causes, each a sentence; bugs planted in the rules are found."""

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

from firmware.core import silence
from firmware.core.effects import Lamp, Sounder
from firmware.core.points import Points
from firmware.core.sealing import Sealing
from firmware.core.sounder import OwnSounder
from tests.firmware.core.cast import LI_NA, STRANGER, WANG_FANG, Bench, seal_order, working
from tests.support import hunting
from wire.messages import Respond

Patch = pytest.MonkeyPatch
ANY = settings(hunting.WALK, max_examples=40, stateful_step_count=20)
PLACES = ("archive/iron-gate", "archive/cabinet-1", "archive/corridor-seal")


class Guard(RuleBasedStateMachine):
    """The archive, its hub and its responder. `opened`: something was opened under this sealing and nobody has come;
    `alone`: the hub has been silent for a minute of it and nobody has come."""

    @initialize(sealed=st.booleans())
    def the_node_works(self, sealed: bool) -> None:
        self.bench: Bench = working()
        self.sealing = 0
        self.sealed = self.opened = self.alone = self.acknowledged = self.away = False
        self.open: set[str] = set()
        self.on = self.lamp = False
        self.it_is_sealed_or_not(sealed)

    @rule(place=st.sampled_from(PLACES), comes=st.sampled_from([WANG_FANG, None]))
    def a_point_moves(self, place: str, comes: str | None) -> None:
        """Perhaps somebody comes at once."""
        if place in self.open:
            self.bench.close(place)
            self.open.discard(place)
        else:
            self.bench.open(place)
            self.open.add(place)
            self.opened |= self.sealed
        if comes:
            self.a_badge(comes)

    @precondition(lambda self: not self.away)
    @rule(sealed=st.sampled_from([True, True, False]))
    def it_is_sealed_or_not(self, sealed: bool) -> None:
        """Each time under a new number, whatever stands open."""
        self.bench.run(2.1)  # sooner a badge would be the same one, still held to the reader
        if self.sealed:
            self.bench.unseal()
        self.sealing, self.sealed = self.sealing + 1, sealed
        if sealed:
            self.bench.order(seal_order(self.sealing))
        self.bench.run(0.2)
        self.opened, self.alone, self.acknowledged = sealed and bool(self.open), False, False

    @precondition(lambda self: not self.away)
    @rule()
    def somebody_takes_the_alarm_on(self) -> None:
        self.bench.order(Respond(area="archive", alarms=(3,)))
        self.acknowledged = self.sealed

    @rule(number=st.sampled_from([WANG_FANG, WANG_FANG, LI_NA, STRANGER]))
    def a_badge(self, number: str) -> None:
        """Only a responder's counts: for an alarm that was taken on, or, when nobody can, for the node's own."""
        self.bench.run(2.1)  # sooner it would be the same badge, still held to the reader
        self.bench.badge(number)
        if number == WANG_FANG and self.sealed and (self.acknowledged or self.away):
            self.opened = self.alone = False

    @precondition(lambda self: not self.away)
    @rule(long=st.sampled_from([True, False]))
    def the_hub_is_silent(self, long: bool) -> None:
        self.bench.hub, self.away = False, True
        self.bench.run(62 if long else 12)
        self.alone = self.sealed and long

    @rule()
    def the_hub_is_back(self) -> None:
        self.bench.hub, self.away, self.alone = True, False, False
        self.bench.run(3)

    @precondition(lambda self: not self.away)
    @rule()
    def the_power_fails(self) -> None:
        """What is sealed is on its disk; what stands open is found open, and sounds."""
        before, self.bench = self.bench, self.bench.rebooted()
        self.bench.levels, self.bench._beat = before.levels, before._beat
        self.bench.hub_at_boot = self.bench.wall_at_boot
        self.bench.run(1)
        self.opened, self.alone, self.acknowledged = self.sealed and bool(self.open), False, False
        self.on = self.lamp = False

    @invariant()
    def it_sounds_as_long_as_there_is_a_cause(self) -> None:
        if hasattr(self, "bench"):
            self.on = [self.on, *self.bench.switched(Sounder)][-1]
            self.lamp = [self.lamp, *self.bench.switched(Lamp)][-1]
            assert self.on == (self.opened or self.alone)
            assert self.lamp == self.away


def test_it_sounds_as_long_as_there_is_a_cause_whatever_happens() -> None:
    run_state_machine_as_test(Guard, settings=ANY)


# ---------------------------------------------------------------- planted bugs


def _all_quiet(self: Any, reason: Any) -> Any:
    if self.on:
        self._areas.clear()
        self._hub = False
        yield Sounder(False)


def the_hub_quiets_an_opening(patch: Patch) -> None:
    patch.setattr(OwnSounder, "quiet_hub", _all_quiet)


def closing_is_enough(patch: Patch) -> None:
    known = Sealing.changed

    def changed(self: Any, point: Any, change: Any) -> Any:
        yield from known(self, point, change)
        if change.now == "normal":
            yield from self._sounder.quiet_area("archive", "attended")

    patch.setattr(Sealing, "changed", changed)


def any_badge_attends(patch: Patch) -> None:
    patch.setattr(Sealing, "to_attend", lambda self, area, hub_away: ())


def nobody_attends_alone(patch: Patch) -> None:
    patch.setattr(Sealing, "to_attend", lambda self, area, hub_away: self._alarms.get(area))


def an_acknowledged_alarm_outlives_its_sealing(patch: Patch) -> None:
    known = Sealing.change

    def change(self: Any, areas: Any, now: int) -> Any:
        alarms = dict(self._alarms)
        yield from known(self, areas, now)
        self._alarms = alarms

    patch.setattr(Sealing, "change", change)


def it_is_sealed_over_an_open_door_in_silence(patch: Patch) -> None:
    patch.setattr(Points, "not_normal", lambda self, area: False)


def unsealing_quiets_nothing(patch: Patch) -> None:
    patch.setattr(OwnSounder, "quiet_area", lambda self, area, reason: iter(()))


def a_lonely_node_is_silent(patch: Patch) -> None:
    patch.setattr(silence, "SOUND_MS", 10**9)


def a_lonely_node_lights_nothing(patch: Patch) -> None:
    patch.setattr(silence, "AWAY_MS", 10**9)


def a_node_is_lonely_unsealed(patch: Patch) -> None:
    known = silence.HubSilence.advance
    patch.setattr(silence.HubSilence, "advance", lambda self, now, anything_sealed: known(self, now, True))


BUGS = (
    the_hub_quiets_an_opening,
    closing_is_enough,
    any_badge_attends,
    nobody_attends_alone,
    an_acknowledged_alarm_outlives_its_sealing,
    it_is_sealed_over_an_open_door_in_silence,
    unsealing_quiets_nothing,
    a_lonely_node_is_silent,
    a_lonely_node_lights_nothing,
    a_node_is_lonely_unsealed,
)


@pytest.mark.parametrize("plant", BUGS, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(plant: Callable[[Patch], None], monkeypatch: Patch) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Guard, settings=hunting.HUNT)

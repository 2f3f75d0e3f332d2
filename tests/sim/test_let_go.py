"""Two nodes guard the archive, each against its own hub. Whatever fails meanwhile, people who mean well seal it and
unseal it, nobody has to wait for ever, and nothing sounds that would only sound for a thief."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from firmware.core import guard
from firmware.core.guard import Guard
from hub.core import order_numbers
from hub.core.nodes import order_content
from hub.core.refusal import NotPossible
from hub.core.sealing import area as area_sealing
from hub.core.sealing import follows as sealing_follows
from hub.core.sealing import frozen, let_go, refusals
from hub.core.state import SealOn, State
from tests.sim.clockwork import MINUTE, SECOND, Script, World
from tests.sim.house import Bureau
from tests.sim.people import NUMBER, PAIRS, People
from tests.support.paper import LIU_YANG, two_nodes_guard_the_archive
from tests.support.tables import change
from wire import messages as m

Patch = pytest.MonkeyPatch
AREA = "archive"
NOON = 1_790_049_600_000
NODES = ("archive-1", "computer-1")
TRIES = 8
PATIENCE = 4 * MINUTE
"""How long people wait for what they have ordered before they try again: an arming is given up after two minutes."""


class Holiday:
    """One sealing of the archive, from its first order to its last, with faults at any moment between."""

    def __init__(self, seed: int) -> None:
        self.world = World(NOON, seed)
        self.house = Bureau(self.world, two_nodes_guard_the_archive)
        self.people = People(self.house)
        self.random = self.world.random
        self.backups: list[int] = []
        self.world.run(self.world.now + MINUTE)

    @property
    def state(self) -> str:
        return self.house.state.area(AREA).state

    def script(self, script: Script) -> None:
        """Play it, up to its end."""
        over: list[bool] = []

        def whole() -> Script:
            yield from script
            over.append(True)

        self.world.start(whole())
        while not over:
            self.world.run(self.world.now + SECOND)

    # ---- what people do

    def seals(self) -> None:
        for _ in range(TRIES):
            if self.state == "unsealed":
                self._asks(m.SealingChecking(sealing=0, area=AREA))
                self.script(self.people.look_at(AREA))
                self._as_the_page_asks()
                self._ceremony(m.SealingOrdered(sealing=0, area=AREA, purpose="seal"))
            if self._settled("sealed"):
                return
        pytest.fail(f"it is {self.state}, and cannot be sealed")

    def unseals(self) -> None:
        for _ in range(TRIES):
            if self.state == "sealed":
                self._may_unseal()
                self._ceremony(m.SealingOrdered(sealing=0, area=AREA, purpose="unseal", cause="节后开库"))
            if self._settled("unsealed"):
                return
        pytest.fail(f"it is {self.state}, and cannot be unsealed")

    def opens_in_an_emergency(self) -> None:
        for _ in range(TRIES):
            if self._asks(m.EmergencyOpened(sealing=0, area=AREA, reason="起火")):
                break
            self.world.run(self.world.now + MINUTE)
        self.world.run(self.world.now + MINUTE)

    def somebody_comes(self) -> None:
        """A responder, with a badge at the reader of the area."""
        for _ in range(TRIES):
            self.world.run(self.world.now + PATIENCE)
            self.people.badge(PAIRS[AREA][1], AREA)
            self.world.run(self.world.now + MINUTE)
            if not any(self.sounds(name) for name in NODES):
                return
        pytest.fail("somebody has come, and it sounds still")

    def _settled(self, state: str) -> bool:
        """Whether the area is so, for hub and nodes, by the time at which people would try again."""
        until = self.world.now + PATIENCE
        while self.world.now < until:
            self.house.look_closely(10 * SECOND)
            self.world.run(self.world.now + 5 * SECOND)
            if self.state == state and all(self.holds(name) == (state == "sealed") for name in NODES):
                return True
        return False

    def _as_the_page_asks(self) -> None:
        """A number that a hub put back from a backup has heard from the second person alone is said by the first."""
        for row in list(self.house.state.all(SealOn)):
            if row.place.startswith(AREA) and row.repeated_at is None:
                other = next(one for one in PAIRS[AREA] if one != row.said_by)
                self._asks(m.SealNumber(point=row.place, number=NUMBER, said_by=other))

    def _may_unseal(self) -> None:
        for seal in [one.place for one in self.house.paper.site.point if one.area == AREA and one.kind == "seal"]:
            self._asks(m.SealCompared(sealing=0, point=seal, number=NUMBER, same=True))
        self._asks(m.UnsealingApproved(sealing=0, area=AREA, cause="节后开库"), LIU_YANG)

    def _ceremony(self, order: m.SealingOrdered) -> None:
        if not self._asks(order):
            return

        def badges() -> Script:
            yield self.world.seconds(3, 10)
            for person in PAIRS[AREA]:
                self.people.badge(person, AREA)
                yield self.world.seconds(3, 12)

        self.house.look_closely(30 * SECOND)
        self.world.start(badges())

    def _asks(self, data: m.FactData, person: int = PAIRS[AREA][1]) -> bool:
        try:
            self.house.paper.asks(person, data)
        except NotPossible:
            return False
        return True

    # ---- what fails

    def faults(self) -> None:
        """Up to four, within the next five minutes, each mended after a while."""
        for _ in range(self.random.randrange(5)):
            begins = self.world.now + self.world.seconds(0, 120)
            lasts = self.random.choice((1, 5, 20, 70, 150)) * SECOND
            self.world.start(self.random.choice((self._power, self._cable, self._hub))(lasts), begins)

    def a_backup(self) -> None:
        """Of now, or of any moment of the last minutes."""
        self.backups.append(len(self.house.paper.entries))

    def the_hub_is_put_back(self, begins: int) -> None:
        """From one of the backups."""

        def put_back() -> Script:
            self.house.stop()
            yield 30 * SECOND
            self.house.put_back(self.random.choice(self.backups))

        self.world.start(put_back(), self.world.now + begins)

    def _power(self, lasts: int) -> Script:
        node = self.house.nodes[self.random.choice(NODES)]
        if node.node is not None:
            node.stop()
            yield lasts
            node.boot()

    def _cable(self, lasts: int) -> Script:
        node = self.house.nodes[self.random.choice(NODES)]
        if node.node is not None:
            node.cut()
            yield lasts
            if node.node is not None:
                node.connect()

    def _hub(self, lasts: int) -> Script:
        if self.house.up:
            self.house.stop()
            yield lasts
            self.house.start()

    def a_new_disk(self, name: str) -> None:
        """The node's disk is broken; it gets another, and is let in again with the keys that it has made."""
        node = self.house.nodes[name]
        node.stop()
        self.world.run(self.world.now + MINUTE)
        node.begin_a_life()
        self.house.enrol(node)
        node.boot()
        self.world.run(self.world.now + MINUTE)

    # ---- what came of it

    def holds(self, name: str) -> bool:
        node = self.house.nodes[name]
        return node.node is not None and bool(node.node.here(node.now, 1, "", 0).sealed)

    def sounds(self, name: str) -> bool:
        node = self.house.nodes[name]
        return node.node is not None and node.node.here(node.now, 1, "", 0).sounding

    def disturbed(self) -> list[str]:
        """What only a thief should cause."""
        journal = self.house.paper.journal
        sounded = [one.reason for one in journal(m.Sounded) if one.on and one.reason in ("refused", "emergency")]
        return [one.what for one in journal(m.AlarmRaised) if one.what == "seal-order-refused"] + sounded


def play(seed: int) -> Holiday:
    """Sealed, unsealed, and once more, with faults from first to last."""
    holiday = Holiday(seed)
    for _ in range(2):
        holiday.faults()
        holiday.seals()
        holiday.faults()
        holiday.unseals()
    return holiday


def play_with_a_restore(seed: int) -> Holiday:
    """The same, and at some moment of it the hub's disk is broken, and it is put back from a backup of some moment."""
    holiday = Holiday(seed)
    holiday.a_backup()
    put_back = holiday.random.randrange(4)
    for _ in range(2):
        for does in (holiday.seals, holiday.unseals):
            if put_back == 0:
                holiday.the_hub_is_put_back(holiday.world.seconds(0, 200))
            put_back -= 1
            does()
            holiday.a_backup()
    return holiday


def every_holiday_ends(seeds: Iterable[int]) -> None:
    for seed in seeds:
        holiday = play(seed)
        assert holiday.disturbed() == [], seed
        holiday.house.paper.check()


SEEDS = 16
"""Played in every run; the long run plays a hundred more of each."""


@pytest.mark.parametrize("first", range(0, SEEDS, 4))
def test_whatever_fails_people_seal_and_unseal_and_nothing_sounds_as_for_a_thief(first: int) -> None:
    every_holiday_ends(range(first, first + 4))


@pytest.mark.parametrize("first", range(0, SEEDS, 4))
def test_a_hub_put_back_from_a_backup_seals_and_unseals_with_the_same_nodes(first: int) -> None:
    for seed in range(first, first + 4):
        holiday = play_with_a_restore(seed)
        assert holiday.disturbed() == [], seed


@pytest.mark.parametrize("seed", range(4))
def test_a_node_with_a_new_disk_holds_what_is_sealed_anew_and_lets_go_on_the_word_of_the_other(seed: int) -> None:
    holiday = Holiday(seed)
    holiday.seals()
    holiday.a_new_disk("computer-1")
    assert holiday.holds("computer-1")
    assert "seal-not-held" in [one.what for one in holiday.house.open_alarms()]
    holiday.faults()
    holiday.unseals()
    assert holiday.disturbed() == []


def test_a_new_disk_at_the_reader_is_unsealed_by_an_emergency_opening_alone() -> None:
    holiday = Holiday(7)
    holiday.seals()
    holiday.a_new_disk("archive-1")
    holiday._may_unseal()
    refused = m.SealingOrdered(sealing=0, area=AREA, purpose="unseal", cause="节后开库")
    with pytest.raises(NotPossible, match="reader-replaced"):
        holiday.house.paper.asks(PAIRS[AREA][1], refused)
    assert holiday.holds("computer-1")
    holiday.opens_in_an_emergency()
    assert not any(holiday.holds(name) for name in NODES)
    assert all(holiday.sounds(name) for name in NODES)
    # The other does not believe the new key, so somebody goes there as well.
    holiday.people.badge(PAIRS[AREA][1], AREA)
    holiday.world.run(holiday.world.now + MINUTE)
    assert [holiday.sounds(name) for name in NODES] == [False, True]
    holiday.people.badge(PAIRS[AREA][1], "computer-room")
    holiday.world.run(holiday.world.now + MINUTE)
    assert not any(holiday.sounds(name) for name in NODES)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("played", [play, play_with_a_restore])
def test_a_hundred_more_of_each(played: Callable[[int], Holiday]) -> None:
    for seed in range(SEEDS, SEEDS + 100):
        assert played(seed).disturbed() == [], seed


def test_the_word_of_the_node_at_the_reader_is_what_lets_the_other_go() -> None:
    holiday = Holiday(1)
    holiday.seals()
    holiday.unseals()
    released = [(one.by, one.people) for one in holiday.house.paper.journal(m.Released)]
    assert released == [("badges", PAIRS[AREA]), ("word", None)]


@pytest.mark.parametrize("seed", range(12))
def test_an_emergency_opening_is_heard_at_every_node_until_somebody_comes_to_any_reader(seed: int) -> None:
    holiday = Holiday(seed)
    holiday.seals()
    holiday.opens_in_an_emergency()
    assert all(holiday.sounds(name) for name in NODES)
    assert not any(holiday.holds(name) for name in NODES)
    holiday.faults()
    holiday.somebody_comes()


def test_once_a_node_has_let_go_the_unsealing_goes_on_and_names_the_node_that_is_missing() -> None:
    holiday = Holiday(3)
    holiday.seals()
    holiday._may_unseal()
    holiday._ceremony(m.SealingOrdered(sealing=0, area=AREA, purpose="unseal", cause="节后开库"))
    holiday.world.run(holiday.world.now + 12 * SECOND)
    other = holiday.house.nodes["computer-1"]
    other.stop()
    holiday.world.run(holiday.world.now + 20 * MINUTE)
    assert holiday.state == "unsealing"
    (waits,) = holiday.house.paper.journal(m.UnsealingWaits)
    assert waits.nodes == ("computer-1",)
    assert "unsealing-waits" in [one.what for one in holiday.house.open_alarms()]
    other.boot()
    assert holiday._settled("unsealed")


# ---------------------------------------------------------------- it can fail


def nobody_carries_the_word(patch: Patch) -> None:
    patch.setattr(let_go, "_tell_others", lambda *_: iter(()))


def the_others_are_told_without_a_word(patch: Patch) -> None:
    patch.setattr(frozen, "may_let_go", lambda *_: True)
    change(patch, m.SealingArming, follows=(_tell_all,))


def _tell_all(state: State, site: Any, entry: Any, data: Any) -> Iterator[m.FactData]:
    yield from sealing_follows.tell(state, site, data.area, f"sealed/{data.area}")


def it_falls_back_though_a_node_has_let_go(patch: Patch) -> None:
    patch.setitem(area_sealing.SEAL, ("unsealing", "let-go"), "sealed")


def no_sealing_is_firm_and_any_end_is_refused(patch: Patch) -> None:
    patch.setitem(guard.ROWS, (True, "unseal", "arming"), "no-permit")


def a_permit_ends_with_the_boot(patch: Patch) -> None:
    known = Guard.__init__
    patch.setattr(Guard, "__init__", lambda self, saved, *rest: known(self, saved._replace(permits=()), *rest))


def what_was_let_go_is_sealed_again(patch: Patch) -> None:
    patch.setitem(guard.ROWS, (False, "seal", "over"), "hold")


def a_refused_unsealing_is_not_given_up(patch: Patch) -> None:
    patch.setattr(refusals, "_came_to_nothing", lambda *_: False)


def a_node_that_starts_is_not_told_what_is_sealed(patch: Patch) -> None:
    def standing(state: State, site: Any, node: str) -> Iterator[m.FactData]:
        yield from order_numbers.issue(state, node, "plan", "access")

    patch.setattr(order_content, "in_force", standing)
    patch.setattr(let_go, "_tell_others", lambda *_: iter(()))


BUGS = (
    nobody_carries_the_word,
    the_others_are_told_without_a_word,
    it_falls_back_though_a_node_has_let_go,
    no_sealing_is_firm_and_any_end_is_refused,
    a_permit_ends_with_the_boot,
    a_refused_unsealing_is_not_given_up,
    a_node_that_starts_is_not_told_what_is_sealed,
)


@pytest.mark.parametrize("plant", BUGS, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(plant: Callable[[Patch], None], monkeypatch: Patch) -> None:
    plant(monkeypatch)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        every_holiday_ends((53, 44, *range(200)))  # two bugs want a fault at just the right moment

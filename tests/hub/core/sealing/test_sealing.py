"""Sealing: two different people, two badges within 20 s, and every node's word. Whatever comes, nothing less seals."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hub.core.refusal import NotPossible
from hub.core.sealing import area as area_sealing
from hub.core.sealing import before as before_sealing
from hub.core.sealing.timeouts import CeremonyTimeouts
from hub.core.state import Area, Sealing, SealState
from tests.support.paper import (
    CHEN_JIE,
    LIU_YANG,
    SUN_LI,
    WANG_FANG,
    ZHANG_WEI,
    ZHOU_QIANG,
    PaperHub,
    two_nodes_guard_the_archive,
)
from tests.support.sealing import may_unseal, ready, unseal_order
from wire import messages as m

NODES = ("archive-1", "computer-1")
MAY_SEAL = (ZHANG_WEI, WANG_FANG, ZHOU_QIANG)
CUSTODIAN = ZHANG_WEI
"""The one of them who has no duty: the other two stand for the watch alone."""
SEALED_TO_PEOPLE: tuple[SealState, ...] = ("sealed", "unseal-ceremony", "unsealing")


COURSE_AT: dict[SealState, tuple[str, ...]] = {
    "unsealed": (),
    "seal-ceremony": ("checking",),
    "arming": ("arming",),
    "sealed": ("sealed", "breached"),
    "unseal-ceremony": ("unsealing",),
    "unsealing": ("unsealing",),
}
"""Where on its course the sealing may be, by how the area stands."""


class Ceremonies(RuleBasedStateMachine):
    """The archive, guarded by two nodes. The model knows nothing of the code: who badged when, who has confirmed."""

    @initialize()
    def the_house_is_open(self) -> None:
        self.house = PaperHub(two_nodes_guard_the_archive())
        self.nodes = {name: self.house.node(name) for name in NODES}
        self.deadlines = CeremonyTimeouts()
        self.mono = 0
        self.state: SealState = "unsealed"
        self.first: tuple[int, str, int] | None = None
        self.confirmed: set[str] = set()
        self.on_disk: dict[str, int | None] = dict.fromkeys(NODES)
        self.number = 0
        self.checked_at = 0
        self.open: set[str] = set()
        self.seen_open_only: set[str] = set()
        """Opened since the list was made, and nobody has seen it closed: its test does not count any more."""
        self.left: int | None = None

    # ---- what people do

    @rule(purpose=st.sampled_from(["seal", "unseal"]), person=st.sampled_from([WANG_FANG, LIU_YANG, ZHANG_WEI, SUN_LI]))
    def somebody_orders(self, purpose: Any, person: int) -> None:
        fact = m.SealingOrdered(sealing=99, area="archive", purpose=purpose, cause="节后开库")
        fits = self.state == ("unsealed" if purpose == "seal" else "sealed")
        if fits and purpose == "seal":
            ready(self.house, "archive")
            self.open, self.seen_open_only = set(), set()
            self.checked_at = self.house.clock()
        elif fits and person == WANG_FANG:
            may_unseal(self.house, "archive")
        elif fits:
            fits = False  # whoever approves of it does not order it, and nobody else has approved
        if person in (WANG_FANG, LIU_YANG) and fits:
            self.house.asks(person, fact)
            self.number += purpose == "seal"
            self.go("seal-ceremony" if purpose == "seal" else "unseal-ceremony", area_sealing.CEREMONY_MS)
            self.first = None
        else:
            self.refused(person, fact)

    @rule(person=st.sampled_from([*MAY_SEAL, CHEN_JIE, None]), late=st.integers(0, 5).map(lambda one: one == 0))
    def a_badge_is_shown(self, person: int | None, late: bool) -> None:
        archive = self.nodes["archive-1"]
        archive.presents("archive/reader", person, self.number - 1 if late else self.number)
        if late or not self.state.endswith("ceremony") or person not in MAY_SEAL:
            return
        first = self.first
        in_time = first and first[1] == archive.boot and 0 <= archive.mono - first[2] <= 20_000
        if not in_time or first is None:
            self.first = (person or 0, archive.boot, archive.mono)
        elif first[0] != person and CUSTODIAN in (first[0], person):
            stale = abs(self.house.clock() - self.checked_at) > before_sealing.CHECK_MS
            if self.state == "seal-ceremony" and (
                self.open or self.seen_open_only or stale or WANG_FANG not in (first[0], person)
            ):
                self.go("unsealed")
            else:
                self.confirmed = set()
                self.go("arming" if self.state == "seal-ceremony" else "unsealing", area_sealing.ARMING_MS)

    @rule()
    def somebody_cancels(self) -> None:
        fact = m.SealingCancelled(sealing=99, area="archive", reason="timeout", detail="")
        if self.state in ("unsealed", "sealed"):
            self.refused(WANG_FANG, fact)
        else:
            self.house.asks(WANG_FANG, fact)
            self.back()
            assert self.house.journal(m.SealingCancelled)[-1].reason == "by-hand"

    # ---- what nodes do

    @rule(node=st.sampled_from(NODES))
    def a_node_carries_out_what_is_ordered(self, node: str) -> None:
        held = area_sealing.sealed_areas(self.house.state, self.house.site, node)
        self.on_disk[node] = held[0].sealing if held else None
        self.nodes[node].holds(*held)
        self.heard(node)

    @rule(node=st.sampled_from(NODES))
    def a_node_starts_anew(self, node: str) -> None:
        self.nodes[node].boot += "x"
        number = self.on_disk[node]
        held = () if number is None else (m.SealedArea(area="archive", sealing=number),)
        self.nodes[node].starts(held)
        self.open -= {point for point in self.open if self.house.site.points[point].node == node}
        self.heard(node)

    @rule(point=st.sampled_from(["archive/iron-gate", "archive/security-window"]), close=st.booleans())
    def a_point_moves(self, point: str, close: bool) -> None:
        node = self.nodes[self.house.site.points[point].node]
        number = self.on_disk[node.name]
        if close and point in self.open:
            node.closes(point, number)
            self.open.discard(point)
            self.seen_open_only.discard(point)
        elif not close and point not in self.open:
            node.opens(point, number)
            self.open.add(point)
            self.seen_open_only.add(point)

    def heard(self, node: str) -> None:
        wanted = {"arming": self.number, "unsealing": None}
        if self.state in wanted and self.on_disk[node] == wanted[self.state]:
            self.confirmed.add(node)
        if self.state == "arming" and self.confirmed == set(NODES):
            self.go("unsealed" if self.open else "sealed")
        elif self.state == "unsealing" and self.confirmed == set(NODES):
            self.go("unsealed")

    @rule(first=st.sampled_from(MAY_SEAL), second=st.sampled_from(MAY_SEAL))
    def two_badges_are_shown(self, first: int, second: int) -> None:
        self.a_badge_is_shown(first, False)
        self.a_badge_is_shown(second, False)

    @rule(unseal=st.booleans())
    def people_do_it_as_it_should_be_done(self, unseal: bool) -> None:
        if self.state in ("unsealed", "sealed"):
            self.somebody_orders("seal" if self.state == "unsealed" else "unseal", WANG_FANG)
        if self.state.endswith("ceremony"):
            self.time_passes(21, 0)
        self.two_badges_are_shown(ZHANG_WEI, WANG_FANG)
        if unseal:
            for node in NODES:
                self.a_node_carries_out_what_is_ordered(node)

    # ---- what time does

    @rule(seconds=st.sampled_from([1, 5, 19, 20, 21, 60, 200]), step=st.sampled_from([0, 0, 0, 3600, -3600]))
    def time_passes(self, seconds: int, step: int) -> None:
        """The wall clock may step; badges go by the node's uptime and deadlines by a clock that does not step."""
        born = [node._born for node in self.nodes.values()]
        self.house.clock.forward(seconds + step)
        for node, before in zip(self.nodes.values(), born, strict=True):
            node._born = before + step * 1000
        self.mono += seconds * 1000
        if self.left is not None:
            self.left -= seconds * 1000
        self.watch()
        if self.left is not None and self.left <= 0:
            self.back()

    def watch(self) -> None:
        now = self.house.clock()
        self.house.decide(lambda state, _site: self.deadlines.due(state, now, self.mono))

    def go(self, state: SealState, left: int | None = None) -> None:
        self.state, self.left = state, left
        self.watch()

    def back(self) -> None:
        self.go("unsealed" if self.state in ("seal-ceremony", "arming") else "sealed")

    def refused(self, person: int, fact: m.FactData) -> None:
        before = len(self.house.entries)
        with pytest.raises(NotPossible):
            self.house.asks(person, fact)
        assert len(self.house.entries) == before

    # ---- what must hold

    @invariant()
    def the_area_is_what_the_model_says(self) -> None:
        area = self.house.state.area("archive")
        assert area.state == self.state
        assert area_sealing.guarded(area) == (self.state in SEALED_TO_PEOPLE)

    @invariant()
    def the_course_of_each_sealing_fits_how_the_area_stands(self) -> None:
        sealings = list(self.house.state.all(Sealing))
        under_way = [one for one in sealings if one.state in COURSE_AT[self.state]]
        assert len(under_way) == (self.state != "unsealed")
        left = {"cancelled", "closed"}
        assert all(one.state in left for one in sealings if one not in under_way)

    @invariant()
    def whatever_was_sealed_two_people_sealed_and_every_node_confirmed(self) -> None:
        for sealed in self.house.journal(m.Sealed):
            arming = [one for one in self.house.journal(m.SealingArming) if one.sealing == sealed.sealing]
            people = next(one.people for one in arming if one.purpose == "seal")
            assert people[0] != people[1]
            assert set(people) <= set(MAY_SEAL)
            assert CUSTODIAN in people
            confirmed = {one.node for one in self.house.journal(m.SealingConfirmed) if one.sealing == sealed.sealing}
            assert confirmed == set(NODES)

    def teardown(self) -> None:
        if hasattr(self, "house"):
            self.house.check()


TestCeremonies = Ceremonies.TestCase
TestCeremonies.settings = settings(max_examples=60, stateful_step_count=30)


# ---------------------------------------------------------------- told one by one


@pytest.fixture
def house() -> PaperHub:
    house = PaperHub(two_nodes_guard_the_archive())
    for name in NODES:
        house.node(name)
    return house


def order(house: PaperHub, purpose: Any = "seal") -> None:
    if purpose == "seal":
        ready(house, "archive")
        house.asks(WANG_FANG, m.SealingOrdered(sealing=0, area="archive", purpose="seal"))
    else:
        may_unseal(house, "archive")
        house.asks(WANG_FANG, unseal_order("archive"))


def badge(house: PaperHub, person: int | None, after: float = 0, boot: str = "boot-1") -> m.SealingBadge:
    house.clock.forward(after)
    archive = house.node("archive-1")
    archive.boot = boot
    archive.presents("archive/reader", person, 1)
    return house.journal(m.SealingBadge)[-1]


def armed(house: PaperHub) -> None:
    order(house)
    badge(house, ZHANG_WEI)
    badge(house, WANG_FANG, 5)


def hold(house: PaperHub, *nodes: str, sealing: int | None = 1) -> None:
    held = () if sealing is None else (m.SealedArea(area="archive", sealing=sealing),)
    for node in nodes:
        house.node(node).holds(*held)


def sealed(house: PaperHub) -> None:
    armed(house)
    hold(house, *NODES)
    assert house.state.area("archive").state == "sealed"


def test_the_table_of_an_area_is_this() -> None:
    assert {(before, event): after for (before, event), after in area_sealing.SEAL.items()} == {
        ("unsealed", "order-seal"): "seal-ceremony",
        ("seal-ceremony", "two-badges"): "arming",
        ("arming", "all-confirmed"): "sealed",
        ("seal-ceremony", "cancel"): "unsealed",
        ("arming", "cancel"): "unsealed",
        ("sealed", "order-unseal"): "unseal-ceremony",
        ("unseal-ceremony", "two-badges"): "unsealing",
        ("unsealing", "all-confirmed"): "unsealed",
        ("sealed", "order-change"): "change-ceremony",
        ("change-ceremony", "two-badges"): "changing",
        ("changing", "all-confirmed"): "sealed",
        ("change-ceremony", "cancel"): "sealed",
        ("changing", "cancel"): "sealed",
        ("change-ceremony", "let-go"): "unsealing",
        ("changing", "let-go"): "unsealing",
        ("change-ceremony", "emergency"): "unsealing",
        ("changing", "emergency"): "unsealing",
        ("unseal-ceremony", "cancel"): "sealed",
        ("unsealing", "cancel"): "sealed",
        ("sealed", "let-go"): "unsealing",
        ("unseal-ceremony", "let-go"): "unsealing",
        ("unsealing", "let-go"): "unsealing",
        ("sealed", "emergency"): "unsealing",
        ("unseal-ceremony", "emergency"): "unsealing",
        ("unsealing", "emergency"): "unsealing",
        ("unsealing", "release"): "unsealed",
        ("unsealed", "adopt"): "sealed",
        ("seal-ceremony", "adopt"): "sealed",
    }


def test_two_badges_and_both_nodes_seal_the_archive_and_not_one_node_sooner(house: PaperHub) -> None:
    armed(house)
    assert house.state.area("archive").people == (ZHANG_WEI, WANG_FANG)
    hold(house, "archive-1")
    assert house.state.area("archive").state == "arming"
    assert not area_sealing.guarded(house.state.area("archive"))
    hold(house, "archive-1")
    assert house.state.area("archive").state == "arming"
    hold(house, "computer-1")
    assert house.state.area("archive").state == "sealed"


def test_the_same_way_back(house: PaperHub) -> None:
    sealed(house)
    order(house, "unseal")
    badge(house, ZHOU_QIANG)
    badge(house, ZHANG_WEI)
    hold(house, "computer-1", sealing=None)
    assert area_sealing.guarded(house.state.area("archive"))
    hold(house, "archive-1", sealing=None)
    assert house.state.area("archive").state == "unsealed"


@pytest.mark.parametrize(("after", "counted"), [(0, 2), (19.9, 2), (20, 2), (20.001, 1), (60, 1)])
def test_the_second_badge_counts_up_to_20_seconds_after_the_first(house: PaperHub, after: float, counted: int) -> None:
    order(house)
    assert badge(house, ZHANG_WEI).counted == 1
    assert badge(house, WANG_FANG, after).counted == counted


def test_a_badge_that_came_too_late_is_the_first_of_the_next_pair(house: PaperHub) -> None:
    order(house)
    badge(house, ZHANG_WEI)
    badge(house, WANG_FANG, 30)
    assert badge(house, ZHANG_WEI, 10).counted == 2


def test_one_person_does_not_seal_with_two_badges(house: PaperHub) -> None:
    order(house)
    badge(house, ZHANG_WEI)
    assert badge(house, ZHANG_WEI, 3).refusal == "same-person"
    assert house.state.area("archive").state == "seal-ceremony"
    assert badge(house, WANG_FANG, 3).counted == 2


@pytest.mark.parametrize(("person", "refusal"), [(CHEN_JIE, "no-right"), (None, "unknown")])
def test_a_person_without_the_right_does_not_count(house: PaperHub, person: int | None, refusal: str) -> None:
    order(house)
    badge(house, ZHANG_WEI)
    assert badge(house, person).refusal == refusal
    assert house.state.area("archive").state == "seal-ceremony"


def test_the_second_badge_in_another_boot_of_the_node_does_not_count_with_the_first(house: PaperHub) -> None:
    """Uptimes of two boots cannot be compared."""
    order(house)
    badge(house, ZHANG_WEI)
    assert badge(house, WANG_FANG, 1, boot="boot-2").counted == 1


def test_a_badge_without_a_ceremony_changes_nothing(house: PaperHub) -> None:
    assert badge(house, ZHANG_WEI).refusal == "no-ceremony"
    assert house.state.area("archive") == Area("archive")


def test_a_badge_shown_for_an_earlier_ceremony_does_not_count_in_this_one(house: PaperHub) -> None:
    order(house)
    house.asks(WANG_FANG, m.SealingCancelled(sealing=0, area="archive", reason="by-hand", detail=""))
    order(house)
    assert badge(house, ZHANG_WEI).refusal == "no-ceremony"


def test_nothing_is_sealed_over_an_open_door(house: PaperHub) -> None:
    order(house)
    house.node("computer-1").opens("archive/security-window")
    badge(house, ZHANG_WEI)
    badge(house, WANG_FANG, 5)
    assert house.journal(m.SealingCancelled)[-1].reason == "not-normal"
    assert house.journal(m.SealingCancelled)[-1].detail == "archive/security-window"
    assert house.state.area("archive").state == "unsealed"


def test_a_door_that_is_opened_between_the_badges_and_the_nodes_word_stops_the_sealing(house: PaperHub) -> None:
    armed(house)
    house.node("archive-1").opens("archive/iron-gate")
    hold(house, *NODES)
    assert house.state.area("archive").state == "unsealed"
    assert house.journal(m.SealingCancelled)[-1].detail == "archive/iron-gate"
    assert not house.journal(m.Sealed)


def test_a_room_is_unsealed_over_an_open_door_all_the_same(house: PaperHub) -> None:
    sealed(house)
    house.node("archive-1").opens("archive/iron-gate", 1)
    order(house, "unseal")
    badge(house, ZHANG_WEI)
    badge(house, WANG_FANG)
    hold(house, *NODES, sealing=None)
    assert house.state.area("archive").state == "unsealed"


def test_a_node_that_holds_another_sealing_confirms_nothing(house: PaperHub) -> None:
    armed(house)
    hold(house, *NODES, sealing=7)
    assert house.state.area("archive").state == "arming"


def test_a_start_with_the_order_on_disk_confirms_as_well(house: PaperHub) -> None:
    armed(house)
    for node in NODES:
        house.node(node).starts((m.SealedArea(area="archive", sealing=1),))
    assert house.state.area("archive").state == "sealed"


@pytest.mark.parametrize("trouble", ["silent", "revoked", "never started"])
def test_no_ceremony_begins_while_a_node_of_the_area_is_not_heard(trouble: str) -> None:
    house = PaperHub(two_nodes_guard_the_archive())
    house.node("archive-1")
    if trouble != "never started":
        house.node("computer-1")
    if trouble == "silent":
        house.fact(m.NodeSilent(node="computer-1", last_heard=None, sealed=()))
    if trouble == "revoked":
        house.fact(m.NodeRevoked(node="computer-1", reason=""), "admin")
    with pytest.raises(NotPossible, match="node-not-heard: computer-1"):
        house.asks(WANG_FANG, m.SealingOrdered(sealing=0, area="archive", purpose="seal"))


def test_nobody_is_in_a_sealed_room(house: PaperHub) -> None:
    house.node("archive-1").says(m.Entered(area="archive", person=ZHANG_WEI, inside=1))
    house.node("archive-1").says(m.Emptied(area="archive", why="sealed"))
    sealed(house)
    assert house.state.area("archive").inside == 0


# ---------------------------------------------------------------- deadlines


def after(house: PaperHub, deadlines: CeremonyTimeouts, seconds: float, step: float = 0) -> SealState:
    """How the archive stands when so much time has passed, and the wall clock was set by `step` meanwhile."""
    house.clock.forward(seconds + step)
    house.decide(lambda state, _site: deadlines.due(state, house.clock(), int(seconds * 1000)))
    return house.state.area("archive").state


@pytest.mark.parametrize("step", [0, 86_400, -86_400])
def test_a_ceremony_runs_out_after_five_minutes_whatever_the_wall_clock_does(house: PaperHub, step: float) -> None:
    deadlines = CeremonyTimeouts()
    order(house)
    assert after(house, deadlines, 0) == "seal-ceremony"
    assert after(house, deadlines, 299, step) == "seal-ceremony"
    assert after(house, deadlines, 300) == "unsealed"
    assert house.journal(m.SealingCancelled)[-1].reason == "timeout"


def test_nodes_that_do_not_confirm_are_named_and_the_area_is_as_before(house: PaperHub) -> None:
    armed(house)
    hold(house, "archive-1")
    deadlines = CeremonyTimeouts()
    after(house, deadlines, 0)
    assert after(house, deadlines, 120) == "unsealed"
    assert house.journal(m.SealingCancelled)[-1].detail == "computer-1"
    sealed_areas = area_sealing.sealed_areas(house.state, house.site, "archive-1")
    assert sealed_areas == ()


def test_an_unsealing_that_runs_out_leaves_the_room_sealed(house: PaperHub) -> None:
    sealed(house)
    order(house, "unseal")
    deadlines = CeremonyTimeouts()
    after(house, deadlines, 0)
    assert after(house, deadlines, 300) == "sealed"


def test_an_engine_that_starts_after_the_time_was_over_ends_it_at_once(house: PaperHub) -> None:
    order(house)
    house.clock.forward(400)
    assert after(house, CeremonyTimeouts(), 0) == "unsealed"


def test_an_engine_that_starts_with_a_clock_set_back_waits_no_longer_than_the_whole_time(house: PaperHub) -> None:
    order(house)
    house.clock.forward(-86_400)
    deadlines = CeremonyTimeouts()
    assert after(house, deadlines, 0) == "seal-ceremony"
    assert after(house, deadlines, 300) == "unsealed"


def test_an_area_of_many_nodes_that_runs_out_can_be_told() -> None:
    names = tuple(f"node-with-a-rather-long-name-{at:02}" for at in range(40))
    area = Area("archive", state="arming", sealing=1, waiting=names, due_at=1)
    fact = m.Fact(v=1, site="demo", by="engine", time=1, person=None, data=area_sealing.timed_out(area))
    assert m.decode(m.encode(fact), m.Fact) == fact

"""Whoever has the hub, its keys and its database may order what he likes: no sealed door opens in silence.

Two real nodes hold the archive. The thief sends orders of every kind, in any sequence, carries whatever either node has
signed, cuts the power, and shows badges of his own, which he has put on the lists. Bugs planted in the rules are found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from msgspec.structs import replace

from firmware.core import frozen, guard, permits
from firmware.core.access import holder_of
from firmware.core.effects import Keep, Tick
from firmware.core.emergencies import Emergencies
from firmware.core.frozen import holder as frozen_holder
from firmware.core.guard import Guard
from firmware.core.permits import Permits
from firmware.core.readers import Readers
from firmware.core.sounder import OwnSounder
from firmware.core.word import Words
from tests.firmware.core.cast import (
    ACCESS,
    DOORS,
    LI_NA,
    NOON,
    RECORD_KEYS,
    STRANGER,
    ZHANG_WEI,
    Bench,
    holder,
    holds,
    plan,
    seal_order,
    word,
    working,
)
from tests.support import hunting
from wire import keys, notes
from wire import messages as m

Patch = pytest.MonkeyPatch
ANY = settings(hunting.WALK, max_examples=60, stateful_step_count=20)
NODES = ("archive-1", "archive-2")
A_NODE = st.sampled_from(NODES)
SEALING = 5
LET_GO = m.Released(area="archive", sealing=SEALING, by="badges")
ADMITS = m.Permitted(area="archive", sealing=SEALING, people=(1001, 1002), change=99)
THIEFS = keys.make(keys.key_name("demo", "archive-1", "record"))

AN_EXIT_BUTTON = tuple(
    replace(one, kind="exit-button", normally="open") if one.place == DOORS[0] else one for one in plan().points
)
MOVED = tuple(replace(one, terminal=8) if one.place == DOORS[0] else one for one in plan().points)
TURNED_ROUND = tuple(replace(one, normally="open") if one.place == DOORS[0] else one for one in plan().points)
PLANS = (
    replace(plan(), version=8, points=plan().points[1:]),
    replace(plan(), version=8, points=AN_EXIT_BUTTON),
    replace(plan(), version=8, points=MOVED),
    replace(plan(), version=8, points=TURNED_ROUND),
    replace(plan(), version=8, readers=(m.PlanReader(place="archive/reader", port="r2"),)),
)
LISTS = (
    replace(ACCESS, holders=(*ACCESS.holders, holder(1009, STRANGER, seals=True, responds=True))),
    replace(ACCESS, holders=(holder(1001, STRANGER, seals=True), *ACCESS.holders[1:])),
    replace(ACCESS, holders=ACCESS.holders[1:]),
)
NO_LONGER = ("cancelled", "too long ago", "two boots ago", "too slow", "for another", "one alone")
"""How two badges that were shown have come to count no longer, or never did."""
HATCH = m.PlanPoint(place="archive/hatch", kind="window", terminal=8, input="two-state")
NEWCOMER = holder(1005, "0A00003E85", seals=True)


def honest(number: int) -> tuple[m.Plan, m.AccessList]:
    """What two people have changed: a further point, moved each time, and one more who may end it."""
    hatch = replace(HATCH, terminal=7 + number % 2)
    newcomer = replace(NEWCOMER, person=2000 + number)
    return (
        replace(plan(), version=20 + number, points=(*plan().points, hatch)),
        replace(ACCESS, version=20 + number, holders=(*ACCESS.holders, newcomer)),
    )


class Thief(RuleBasedStateMachine):
    """The archive, sealed by two people; and then."""

    @initialize()
    def two_people_seal_it(self) -> None:
        self.benches: dict[str, Bench] = {}
        self.carried: set[tuple[str, str]] = set()
        self.changes = 0
        # A word of a sealing before, and those that he has made himself.
        self.words = [
            _word(RECORD_KEYS["archive-1"], "archive-1", m.Released(area="archive", sealing=4, by="badges")),
            _word(THIEFS, "archive-1", LET_GO),
            _word(RECORD_KEYS["archive-1"], "archive-1", LET_GO, "other"),
            _word(RECORD_KEYS["archive-2"], "archive-2", LET_GO),
            *(_word(RECORD_KEYS["archive-1"], "archive-1", replace(ADMITS, sealing=4, change=one)) for one in (1, 99)),
            _word(THIEFS, "archive-1", ADMITS),
            _word(RECORD_KEYS["archive-1"], "archive-1", ADMITS, "other"),
            _word(RECORD_KEYS["archive-2"], "archive-2", ADMITS),
        ]
        for name in NODES:
            bench = self.benches[name] = working(name=name)
            bench.order(seal_order(SEALING, firm=False))
            bench.order(seal_order(SEALING))
            bench.run(1)
        self._carry()

    # ---- what he orders

    @rule(node=A_NODE, data=st.sampled_from((*PLANS, *LISTS)))
    def another_plan_or_list(self, node: str, data: m.Plan | m.AccessList) -> None:
        self._orders(node, data, sounds=data is not LISTS[2])

    @rule(node=A_NODE, change=st.sampled_from((*PLANS, *LISTS[:2])), data=st.data())
    def another_plan_or_list_with_somebodys_word(
        self, node: str, change: m.Plan | m.AccessList, data: st.DataObject
    ) -> None:
        self._orders(node, replace(change, word=data.draw(st.sampled_from(self.words))), sounds=True)

    @rule(
        number=st.sampled_from((4, 5, 5, 6)),
        then=st.sampled_from(("at once", "when it is over", "after a boot")),
        change=st.sampled_from((*PLANS, *LISTS[:2])),
    )
    def two_people_change_it_and_he_would_go_on(self, number: int, then: str, change: m.Plan | m.AccessList) -> None:
        """Their change reaches both nodes, and what they have permitted is used up with it."""
        leads, follows = self.benches["archive-1"], self.benches["archive-2"]
        if any(holds(one) != [SEALING] for one in (leads, follows)):
            return
        self._ceremony("archive-1", "change", SEALING, 0)
        _passes(leads, 21)  # what was shown before counts no longer
        _passes(follows, max(0, leads.now.wall - follows.now.wall) // 1000)
        _passes(leads, max(0, follows.now.wall - leads.now.wall) // 1000)
        self._ceremony("archive-1", "change", number)
        before = len(leads.told(m.Permitted))
        self._badges(leads, 3)
        if len(leads.told(m.Permitted)) > before:
            assert number == SEALING, "their badges were shown for another sealing"
            self.changes += 1
            refused = [len(one.told(m.OrderRefused)) for one in (leads, follows)]
            for theirs in honest(self.changes):
                self._orders("archive-1", theirs)
                self._orders("archive-2", replace(theirs, word=self.words[-1]))
            assert refused == [len(one.told(m.OrderRefused)) for one in (leads, follows)], "two people have admitted it"
            if then == "when it is over":
                self._ceremony("archive-1", "change", number, 0)
            elif then == "after a boot":
                self._boots("archive-1")
        self._orders("archive-1", change, sounds=True)
        self._orders("archive-2", replace(change, word=self.words[-1]), sounds=True)
        self._orders("archive-1", m.Unseal(area="archive", sealing=SEALING))

    @rule(change=st.sampled_from((*PLANS, *LISTS[:2])), over=st.booleans())
    def two_people_change_nothing_after_all(self, change: m.Plan | m.AccessList, over: bool) -> None:
        """Their badges were shown, and the change comes too late: one of another who has had the hub since."""
        leads, follows = self.benches["archive-1"], self.benches["archive-2"]
        _passes(leads, 21)
        self._ceremony("archive-1", "change", SEALING)
        self._badges(leads, 3)
        if over:
            self._ceremony("archive-1", "change", SEALING, 0)
        else:
            _passes(leads, 121)
        _passes(follows, 601 + max(0, leads.now.wall - follows.now.wall) // 1000)
        self._orders("archive-1", change, sounds=over, late=not over)
        self._orders("archive-2", replace(change, word=self.words[-1]), sounds=True)
        self._ceremony("archive-1", "change", SEALING, 0)

    @rule(change=st.sampled_from((*PLANS, *LISTS[:2])))
    def one_badge_is_for_a_change_and_one_to_unseal(self, change: m.Plan | m.AccessList) -> None:
        leads = self.benches["archive-1"]
        _passes(leads, 21)
        for purpose, badge in (("change", ZHANG_WEI), ("unseal", LI_NA)):
            self._ceremony("archive-1", purpose, SEALING)  # type: ignore[arg-type]
            leads.badge(badge)
            _passes(leads, 3)
        self._orders("archive-1", change, sounds=True)
        self._orders("archive-1", m.Unseal(area="archive", sealing=SEALING))
        self._ceremony("archive-1", "unseal", SEALING, 0)

    @rule(change=st.sampled_from((*PLANS, *LISTS[:2])))
    def two_people_would_unseal_and_he_has_it_changed(self, change: m.Plan | m.AccessList) -> None:
        leads = self.benches["archive-1"]
        _passes(leads, 21)
        self._ceremony("archive-1", "unseal", SEALING)
        self._badges(leads, 3)
        self._orders("archive-1", change, sounds=True)
        self._orders("archive-2", replace(change, word=self.words[-1]), sounds=True)
        self._ceremony("archive-1", "unseal", SEALING, 0)

    @rule(node=A_NODE, number=st.sampled_from((4, 5, 6)), firm=st.booleans())
    def another_sealing(self, node: str, number: int, firm: bool) -> None:
        self._orders(node, seal_order(number, firm=firm), sounds=number != SEALING)

    @rule(
        node=A_NODE,
        number=st.sampled_from((5, 5, 6)),
        emergency=st.sampled_from([False] * 4 + [True]),
    )
    def an_end_without_badges(self, node: str, number: int, emergency: bool) -> None:
        self._orders(node, m.Unseal(area="archive", sealing=number, emergency=emergency))

    @rule(node=A_NODE, data=st.data())
    def an_end_with_somebodys_word(self, node: str, data: st.DataObject) -> None:
        word = data.draw(st.sampled_from(self.words))
        self._orders(node, m.Unseal(area="archive", sealing=SEALING, word=word))

    @rule()
    def an_emergency_at_one_node_for_both(self) -> None:
        """Loud at the one, and its own word for the other."""
        self._orders("archive-1", m.Unseal(area="archive", sealing=SEALING, emergency=True))
        self._orders("archive-2", m.Unseal(area="archive", sealing=SEALING, word=self.words[-1]))

    @rule(node=A_NODE, data=st.data())
    def quiet_with_somebodys_word(self, node: str, data: st.DataObject) -> None:
        self._orders(node, m.Quiet(area="archive", word=data.draw(st.sampled_from(["", *self.words]))))

    @rule(node=A_NODE, purpose=st.sampled_from(("seal", "unseal", "change")), number=st.sampled_from((4, 5, 5, 6)))
    def badges_of_his_own(self, node: str, purpose: Any, number: int) -> None:
        """The one that he has put on the list, beside one that somebody holds to the reader for another reason."""
        bench = self.benches[node]
        _passes(bench, 21)  # what was shown before counts no longer
        self._orders(node, m.Ceremony(reader="archive/reader", purpose=purpose, sealing=number, seconds=300))
        for one in (ZHANG_WEI, STRANGER, ZHANG_WEI):
            bench.badge(one)
            _passes(bench, 3)
        self._orders(node, m.Ceremony(reader="archive/reader", purpose=purpose, sealing=number, seconds=0))

    @rule(node=A_NODE, how=st.sampled_from(NO_LONGER), at_once=st.booleans())
    def two_people_who_did_not_unseal(self, node: str, how: str, at_once: bool) -> None:
        """Their badges were shown, and count no longer, or not for this. `at_once`: and he tries."""
        bench = self.benches[node]
        purpose: Any = "seal" if how == "for another" else "unseal"
        _passes(bench, 21)  # what was shown before counts no longer
        self._orders(node, m.Ceremony(reader="archive/reader", purpose=purpose, sealing=SEALING, seconds=300))
        bench.badge(ZHANG_WEI)
        _passes(bench, 21 if how == "too slow" else 3)
        bench.badge(ZHANG_WEI if how == "one alone" else LI_NA)
        if how == "cancelled":
            self._orders(node, m.Ceremony(reader="archive/reader", purpose=purpose, sealing=SEALING, seconds=0))
        elif how == "too long ago":
            _passes(bench, 121)
        elif how == "two boots ago":
            self._boots(node)
            self._boots(node)
        self._carry()
        if at_once:
            self._orders(node, m.Unseal(area="archive", sealing=SEALING))

    @rule(node=A_NODE)
    def a_badge_for_an_alarm_of_his(self, node: str) -> None:
        self._orders(node, m.Respond(area="archive", alarms=(1,)))
        bench = self.benches[node]
        _passes(bench, 3)
        bench.badge(STRANGER)
        self._carry()

    # ---- what else he does

    @rule(node=A_NODE)
    def the_power_is_cut(self, node: str) -> None:
        self._boots(node)

    @rule(node=A_NODE, seconds=st.sampled_from((1, 15, 70)))
    def the_hub_is_silent_and_back(self, node: str, seconds: int) -> None:
        bench = self.benches[node]
        bench.mono += seconds * 1000
        bench.step(Tick())
        _passes(bench, 3)
        self._carry()

    @rule(node=A_NODE, place=st.sampled_from((*DOORS, "archive/corridor-seal")))
    def a_door_is_opened(self, node: str, place: str) -> None:
        bench = self.benches[node]
        bench.open(place)
        bench.run(1)
        assert _sounds(bench), "a sealed door stands open, and nobody hears it"
        told = [one for one in bench.told(m.LevelChanged) if one.point == place]
        assert told or _opened(bench), "and no record says so"
        bench.close(place)
        self._carry()

    @invariant()
    def no_node_lets_go_in_silence(self) -> None:
        for bench in getattr(self, "benches", {}).values():
            held = [one.sealing for one in bench.node.here(bench.now, 1, "", 0).sealed]
            assert held == [SEALING] or _sounds(bench), "it is held no longer, or otherwise, and nobody hears it"
            assert held == [SEALING] or _opened(bench), "and no record says so"

    # ---- within

    def _orders(self, node: str, data: m.OrderData, sounds: bool = False, late: bool = False) -> None:
        """`sounds`: what weakens a sealing is refused and heard; `late`: what two people had permitted is refused."""
        bench = self.benches[node]
        held, before = bench.node.here(bench.now, 1, "", 0).sealed, len(bench.told(m.OrderRefused))
        bench.order(data)
        bench.run(0.2)
        self._carry()
        if (sounds or late) and [one.sealing for one in held] == [SEALING]:
            assert late or _sounds(bench), f"{m.kind_of(data)} would have weakened it, and nobody hears it"
            assert len(bench.told(m.OrderRefused)) > before, f"{m.kind_of(data)} would have weakened it, and is taken"

    def _carry(self) -> None:
        """Whatever a node has signed, the thief has."""
        for name, bench in self.benches.items():
            said = [one.data for one in bench.effects if isinstance(one, Keep)]
            for data in said:
                if isinstance(data, m.Released | m.Attended | m.Permitted) and (name, repr(data)) not in self.carried:
                    self.carried.add((name, repr(data)))
                    self.words.append(_word(RECORD_KEYS[name], name, data, wall=bench.now.wall))

    def _boots(self, node: str) -> None:
        before = self.benches[node]
        bench = self.benches[node] = before.rebooted()
        bench.levels, bench._beat, bench.hub_at_boot = before.levels, before._beat, bench.wall_at_boot
        bench.run(1)
        self._carry()

    def _ceremony(self, node: str, purpose: m.Purpose, number: int, seconds: int = 300) -> None:
        self._orders(node, m.Ceremony(reader="archive/reader", purpose=purpose, sealing=number, seconds=seconds))

    def _badges(self, bench: Bench, between: int) -> None:
        """Of the two who have sealed it."""
        bench.badge(ZHANG_WEI)
        _passes(bench, between)
        bench.badge(LI_NA)
        self._carry()


def _word(key: keys.SigningKey, node: str, data: m.RecordData, site: str = "demo", wall: int = NOON) -> str:
    return word(data, node, site, key, wall)


def _passes(bench: Bench, seconds: int) -> None:
    """Time in which nothing happens, but that the hub is heard."""
    bench.mono += seconds * 1000
    bench.beat()
    bench.step(Tick())


def _sounds(bench: Bench) -> bool:
    return bench.node.here(bench.now, 1, "", 0).sounding


def _opened(bench: Bench) -> bool:
    """Its signed records say that it was opened in an emergency, in this boot or one before."""
    return bool(bench.node._emergencies.areas) or any(one.by == "emergency" for one in bench.told(m.Released))


def test_no_sealed_door_opens_in_silence_whatever_the_hub_orders() -> None:
    run_state_machine_as_test(Thief, settings=ANY)


# ---------------------------------------------------------------- planted bugs


def a_plan_is_taken_as_it_comes(patch: Patch) -> None:
    patch.setattr(frozen, "is_changed", lambda held, plan: False)


def a_list_is_taken_and_its_badges_count(patch: Patch) -> None:
    patch.setattr(frozen, "is_widened", lambda held, access: False)
    patch.setattr(frozen, "holder", lambda people, area, access, badge: holder_of(access, badge))
    patch.setattr(Guard, "holder", lambda self, area, access, badge: holder_of(access, badge))


def _without(column: int) -> Callable[[Any], tuple[object, ...]]:
    def counts(point: m.PlanPoint) -> tuple[object, ...]:
        all_of_it = [point.terminal, point.kind, point.input, point.normally]
        return tuple(one for at, one in enumerate(all_of_it) if at != column)

    return counts


def the_terminal_may_change(patch: Patch) -> None:
    patch.setattr(frozen, "_what_counts", _without(0))


def the_kind_and_the_rest_of_the_loop_may_change(patch: Patch) -> None:
    patch.setattr(frozen, "_what_counts", lambda point: (point.terminal,))


def the_sense_of_the_loop_may_change(patch: Patch) -> None:
    patch.setattr(frozen, "_what_counts", _without(3))


def a_reader_may_change(patch: Patch) -> None:
    known = frozen.is_changed
    patch.setattr(frozen, "is_changed", lambda held, plan: known(replace(held, readers=()), plan))


def _row(key: Any, answer: Any) -> Callable[[Patch], None]:
    def plant(patch: Patch) -> None:
        patch.setitem(guard.ROWS, key, answer)

    plant.__name__ = f"row_{'_'.join(map(str, key))}_is_{answer}"
    return plant


def another_number_takes_its_place(patch: Patch) -> None:
    patch.setitem(guard.ROWS, (True, "seal", "other"), "hold")
    known = Guard.hold

    def hold(self: Any, order: Any, *rest: Any) -> Any:
        self._held.pop(order.area, None)
        yield from known(self, order, *rest)

    patch.setattr(Guard, "hold", hold)


def another_number_is_let_go(patch: Patch) -> None:
    known = Guard._answer
    patch.setattr(Guard, "_answer", lambda self, order, now: _answered(known, self, order, now))


def _answered(known: Any, self: Any, order: Any, now: int) -> Any:
    other = isinstance(order, m.Unseal) and order.area in self._held and order.sealing != self._held[order.area].sealing
    return "let-go-quietly" if other else known(self, order, now)


def a_repeat_makes_it_less_firm(patch: Patch) -> None:
    known = Guard.hold

    def hold(self: Any, order: Any, *rest: Any) -> Any:
        yield from known(self, order, *rest)
        self._held[order.area] = replace(self._held[order.area], firm=order.firm)

    patch.setattr(Guard, "hold", hold)


def an_emergency_is_quiet(patch: Patch) -> None:
    patch.setattr(OwnSounder, "emergency", lambda self, area: iter(()))


def an_emergency_is_over_after_a_boot(patch: Patch) -> None:
    known = Emergencies.__init__
    patch.setattr(Emergencies, "__init__", lambda self, opened, words: known(self, (), words))


def the_hubs_return_quiets_all(patch: Patch) -> None:
    known = OwnSounder.quiet_hub

    def quiet(self: Any, reason: Any) -> Any:
        self._emergencies.clear()
        self._areas.clear()
        yield from known(self, reason)

    patch.setattr(OwnSounder, "quiet_hub", quiet)


def any_badge_answers_for_an_emergency(patch: Patch) -> None:
    def comes(self: Any, reader: str, access: Any, badge: str) -> Any:
        for area, opened in self._opened.items():
            yield area, m.Attended(reader=reader, credential=badge, person=1, alarms=(), opened=opened.sealing)

    patch.setattr(Emergencies, "comes", comes)


def whoever_is_on_the_list_today_answers_for_an_emergency(patch: Patch) -> None:
    known = frozen_holder

    def holder_(people: Any, area: str, access: Any, badge: str) -> Any:
        today = holder_of(access, badge)
        return known(people, area, access, badge) or today

    patch.setattr(frozen, "holder", holder_)
    patch.setattr(frozen, "is_widened", lambda held, access: False)


def it_is_quieted_without_a_word(patch: Patch) -> None:
    patch.setattr(Emergencies, "why_not_quiet", lambda self, order: None)


def nobody_looks_whose_word_it_is(patch: Patch) -> None:
    def record(self: Any, word: str, keys: Any) -> Any:
        try:
            return m.decode(notes.split(word.encode()).text, m.Record)
        except (notes.NoteError, m.Unreadable):
            return None

    patch.setattr(Words, "_record", record)
    known = Guard._speaks
    patch.setattr(
        Guard,
        "_speaks",
        lambda self, order, held, now: known(self, order, replace(held, here=False, reader="archive-2"), now),
    )


def a_word_of_another_sealing_will_do(patch: Patch) -> None:
    known = Words.released

    def released(self: Any, word: str, keys: Any, node: str) -> Any:
        said = known(self, word, keys, "archive-1") or known(self, word, keys, "archive-2")
        return said and replace(said, sealing=SEALING)

    patch.setattr(Words, "released", released)


def the_word_of_an_emergency_is_a_quiet_one(patch: Patch) -> None:
    patch.setitem(guard.BY_WORD, "emergency", "word")


def one_person_is_two(patch: Patch) -> None:
    known = Permits.shown

    def shown(self: Any, *given: Any) -> Any:
        both = known(self, *given)
        first = self._first.get("archive")
        if first:
            self._first["archive"] = first._replace(person=-1)
        return both

    patch.setattr(Permits, "shown", shown)


def the_second_badge_may_come_whenever_it_likes(patch: Patch) -> None:
    patch.setattr(permits, "SECOND_BADGE_MS", 10**9)


def a_permit_never_ends(patch: Patch) -> None:
    patch.setattr(permits, "PERMIT_MS", 10**9)


def a_permit_outlives_its_ceremony(patch: Patch) -> None:
    patch.setattr(Guard, "begin", lambda self, order: iter(()))


def badges_count_whatever_they_were_shown_for(patch: Patch) -> None:
    known = Guard.shown
    patch.setattr(
        Guard,
        "shown",
        lambda self, ceremony, person, at, now: known(
            self, replace(ceremony, purpose="unseal", sealing=SEALING), person, at, now
        ),
    )


def what_is_sealed_is_forgotten_at_a_boot(patch: Patch) -> None:
    known = Guard.__init__
    patch.setattr(Guard, "__init__", lambda self, saved, *rest: known(self, saved._replace(sealed=()), *rest))


def a_refusal_is_silent(patch: Patch) -> None:
    patch.setattr(Guard, "wronged", lambda self, data, reason, now: [])


def badges_of_any_reader_count_at_any_node(patch: Patch) -> None:
    known = Guard.__init__

    def init(self: Any, *given: Any) -> None:
        known(self, *given)
        self._held = {name: replace(held, firm=False) for name, held in self._held.items()}

    patch.setattr(Guard, "__init__", init)


def a_responder_of_today_quiets_it(patch: Patch) -> None:
    patch.setattr(Guard, "holder", lambda self, area, access, badge: holder_of(access, badge))
    patch.setattr(frozen, "is_widened", lambda held, access: False)


def a_ceremony_lets_go(patch: Patch) -> None:
    known = Readers.ceremony

    def ceremony(self: Any, order: Any, now: int) -> Any:
        yield from known(self, order, now)
        self._guard._held.pop("archive", None)

    patch.setattr(Readers, "ceremony", ceremony)


def a_permit_for_a_change_unseals(patch: Patch) -> None:
    _any_permit_serves(patch, "unseal")


def a_permit_to_unseal_changes(patch: Patch) -> None:
    _any_permit_serves(patch, "change")


def _any_permit_serves(patch: Patch, wanted: m.Purpose) -> None:
    known = Permits.given

    def given(self: Any, held: Any, purpose: m.Purpose) -> Any:
        permit = self._permits.get(held.area)
        if purpose != wanted or permit is None or permit.sealing != held.sealing:
            return known(self, held, purpose)
        return replace(permit, change=None if wanted == "unseal" else permit.change or held.changes + 1)

    patch.setattr(Permits, "given", given)


def a_word_to_unseal_changes(patch: Patch) -> None:
    def permitted(self: Any, word: str, keys: Any, node: str) -> Any:
        record = self._record(word, keys)
        if record is None or record.node != node or not isinstance(record.data, m.Permitted):
            return None
        return replace(record, data=replace(record.data, change=record.data.change or 98))

    patch.setattr(Words, "permitted", permitted)


def a_change_of_another_sealing_is_one_of_this(patch: Patch) -> None:
    known = Guard.shown
    patch.setattr(
        Guard,
        "shown",
        lambda self, ceremony, *rest: known(self, replace(ceremony, sealing=SEALING), *rest),
    )
    patch.setattr(Guard, "why_not_ceremony", lambda self, order: None)


def a_word_for_a_change_of_another_sealing_will_do(patch: Patch) -> None:
    known = Words.permitted

    def permitted(self: Any, word: str, keys: Any, node: str) -> Any:
        record = known(self, word, keys, node)
        return record and replace(record, data=replace(record.data, sealing=SEALING))

    patch.setattr(Words, "permitted", permitted)


def a_word_for_a_change_never_grows_old(patch: Patch) -> None:
    patch.setattr(guard, "WORD_MS", 10**15)


def nobody_looks_whose_word_admits_a_change(patch: Patch) -> None:
    def permitted(self: Any, word: str, keys: Any, node: str) -> Any:
        try:
            record = m.decode(notes.split(word.encode()).text, m.Record)
        except (notes.NoteError, m.Unreadable):
            return None
        return record if isinstance(record.data, m.Permitted) and record.data.change else None

    patch.setattr(Words, "permitted", permitted)


def another_node_takes_a_change_without_a_word(patch: Patch) -> None:
    known = Guard._admits
    patch.setattr(
        Guard,
        "_admits",
        lambda self, held, data, now: known(self, held, data, now) if held.here else ("word", held.plan_by + 1),
    )


def a_boot_renews_a_permit(patch: Patch) -> None:
    def start(self: Any, now: int) -> None:
        self._permits = {area: replace(one, until=now + permits.PERMIT_MS) for area, one in self._permits.items()}

    patch.setattr(Permits, "start", start)


def what_a_permit_was_used_for_is_forgotten_at_a_boot(patch: Patch) -> None:
    known = Guard.__init__

    def init(self: Any, saved: Any, *rest: Any) -> None:
        known(self, saved._replace(sealed=tuple(replace(one, plan_by=0, list_by=0) for one in saved.sealed)), *rest)

    patch.setattr(Guard, "__init__", init)


def badges_for_two_purposes_are_two_for_one(patch: Patch) -> None:
    known = Permits.shown
    patch.setattr(Permits, "shown", lambda self, held, _purpose, *rest: known(self, held, "unseal", *rest))


BUGS = (
    a_permit_for_a_change_unseals,
    a_permit_to_unseal_changes,
    a_word_to_unseal_changes,
    a_change_of_another_sealing_is_one_of_this,
    a_word_for_a_change_of_another_sealing_will_do,
    a_word_for_a_change_never_grows_old,
    nobody_looks_whose_word_admits_a_change,
    another_node_takes_a_change_without_a_word,
    a_boot_renews_a_permit,
    what_a_permit_was_used_for_is_forgotten_at_a_boot,
    badges_for_two_purposes_are_two_for_one,
    _row((True, "plan", "badges-before"), "freeze-anew"),
    _row((True, "list", "badges-before"), "freeze-anew"),
    _row((True, "plan", "used"), "freeze-anew"),
    _row((True, "list", "used"), "freeze-anew"),
    _row((True, "plan", "nothing"), "freeze-anew"),
    _row((True, "list", "nothing"), "freeze-anew"),
    a_plan_is_taken_as_it_comes,
    a_list_is_taken_and_its_badges_count,
    the_terminal_may_change,
    the_kind_and_the_rest_of_the_loop_may_change,
    the_sense_of_the_loop_may_change,
    a_reader_may_change,
    _row((True, "unseal", "nothing"), "let-go-quietly"),
    _row((True, "unseal", "badges-before"), "let-go-quietly"),
    _row((True, "unseal", "emergency"), "let-go-quietly"),
    another_number_takes_its_place,
    another_number_is_let_go,
    a_repeat_makes_it_less_firm,
    an_emergency_is_quiet,
    an_emergency_is_over_after_a_boot,
    the_hubs_return_quiets_all,
    any_badge_answers_for_an_emergency,
    whoever_is_on_the_list_today_answers_for_an_emergency,
    it_is_quieted_without_a_word,
    nobody_looks_whose_word_it_is,
    a_word_of_another_sealing_will_do,
    the_word_of_an_emergency_is_a_quiet_one,
    one_person_is_two,
    the_second_badge_may_come_whenever_it_likes,
    a_permit_never_ends,
    a_permit_outlives_its_ceremony,
    badges_count_whatever_they_were_shown_for,
    what_is_sealed_is_forgotten_at_a_boot,
    a_refusal_is_silent,
    badges_of_any_reader_count_at_any_node,
    a_responder_of_today_quiets_it,
    a_ceremony_lets_go,
)


@pytest.mark.parametrize("plant", BUGS, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(plant: Callable[[Patch], None], monkeypatch: Patch) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Thief, settings=hunting.HUNT)

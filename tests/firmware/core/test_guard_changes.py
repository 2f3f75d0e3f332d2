"""What a sealing rests on changes while the area stays sealed only with two badges that counted when it was sealed."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from firmware.core import frozen, guard
from firmware.core.effects import ReaderShows
from tests.firmware.core.cast import (
    ACCESS,
    DOORS,
    LI_NA,
    NOON,
    OTHER,
    RECORD_KEYS,
    STRANGER,
    WANG_FANG,
    ZHANG_WEI,
    Bench,
    holder,
    holds,
    plan,
    refusals,
    seal_order,
    sealed,
    sounds,
    word,
    working,
)
from wire import keys
from wire import messages as m
from wire.messages import AccessList, Ceremony, Frozen, OrderDone, Permitted, Plan, Unseal

CORRIDOR = DOORS[0]
MOVED = replace(
    plan(),
    version=8,
    points=tuple(replace(one, terminal=8) if one.place == CORRIDOR else one for one in plan().points),
)
GONE = replace(plan(), version=9, points=plan().points[1:])
FURTHER = replace(
    plan(),
    version=8,
    points=(*plan().points, m.PlanPoint(place="archive/hatch", kind="window", terminal=8, input="two-state")),
)
WIDER = replace(ACCESS, version=4, holders=(*ACCESS.holders, holder(1009, STRANGER, seals=True)))
WIDER_STILL = replace(WIDER, version=5, holders=(*WIDER.holders, holder(1010, "EEEEEEEEEE", seals=True)))
CHANGES = pytest.mark.parametrize("order", [MOVED, WIDER], ids=["plan", "list"])


def admitted(wait: float = 0, change: int = 1) -> Bench:
    """Two people have shown their badges for a change."""
    bench = sealed()
    bench.ceremony(5, ZHANG_WEI, LI_NA, purpose="change")
    assert bench.told(Permitted) == [Permitted(area="archive", sealing=5, people=(1001, 1002), change=change)]
    bench.run(wait)
    return bench


def permitted(change: int | None = 1, sealing: int = 5, area: str = "archive") -> Permitted:
    return Permitted(area=area, sealing=sealing, people=(1001, 1002), change=change)


def by_word(order: Plan | AccessList, said: str = "") -> Plan | AccessList:
    """With the word of the node at the reader."""
    return replace(order, word=said or word(permitted()))


def taken(order: Plan | AccessList, bench: Bench) -> Bench:
    bench.order(order)
    return bench


def is_taken(bench: Bench) -> bool:
    """Whether the newest order was carried out, and what is held is another from then on."""
    return bool(bench.told(OrderDone)) and bool(bench.told(Frozen))


def test_every_row_of_a_plan_or_list_leads_to_what_it_says() -> None:
    for kind, change, more in (("plan", MOVED, GONE), ("list", WIDER, WIDER_STILL)):
        benches: dict[str, tuple[Bench, m.OrderData]] = {
            "same": (sealed(), plan() if kind == "plan" else ACCESS),
            "badges": (admitted(), change),
            "badges-before": (admitted(121), change),
            "word": (sealed(reader=OTHER), by_word(change)),
            "used": (taken(change, admitted()), more),
            "nothing": (sealed(), change),
        }
        assert {(True, kind, told) for told in benches} == {row for row in guard.ROWS if row[1] == kind}
        for told, (bench, order) in benches.items():
            bench.forget()
            bench.order(order)
            wanted = guard.ROWS[True, kind, told]  # type: ignore[index]
            row = (kind, told)
            assert holds(bench) == [5], row
            changes = [one.change for one in bench.told(Frozen)]
            if wanted in ("as-it-is", "freeze-anew"):
                assert (changes, refusals(bench)) == ([1] if wanted == "freeze-anew" else [], []), row
            else:
                assert (changes, refusals(bench)) == ([], [wanted]), row
            assert sounds(bench) is (wanted == "frozen"), row


@CHANGES
def test_what_is_held_is_another_from_then_on_and_is_signed(order: Plan | AccessList) -> None:
    bench = admitted()
    bench.order(order)
    (said,) = bench.told(Frozen)
    first = sealed_hash()
    assert (said.area, said.sealing, said.change, said.hash == first) == ("archive", 5, 1, False)
    assert (1009 in [one.person for one in said.people]) == (order is WIDER)
    # A boot later it is that which is held, and what was held before would be a change.
    again = bench.rebooted()
    again.run(3)
    again.forget()
    before = replace(plan(), version=10) if isinstance(order, Plan) else WIDER_STILL
    again.order(before)
    assert refusals(again) == ["frozen"]


def sealed_hash() -> str:
    bench = working()
    bench.order(seal_order(5))
    return bench.told(Frozen)[0].hash


def test_whoever_was_added_so_may_end_the_sealing() -> None:
    bench = admitted()
    bench.order(WIDER)
    bench.run(5)
    bench.ceremony(5, STRANGER, LI_NA)
    bench.order(Unseal(area="archive", sealing=5))
    assert (holds(bench), sounds(bench)) == ([], False)


def test_a_point_that_was_moved_so_is_watched_where_it_is_and_one_that_was_added_is_held() -> None:
    bench = admitted()
    bench.order(FURTHER)
    assert is_taken(bench)
    bench.order(replace(plan(), version=9))
    assert refusals(bench) == ["frozen"]


@CHANGES
def test_one_permit_is_for_one_plan_and_one_list(order: Plan | AccessList) -> None:
    bench = admitted()
    for one in (MOVED, WIDER):
        bench.order(one)
    assert len(bench.told(OrderDone)) == 3  # with the ceremony
    bench.order(GONE if order is MOVED else WIDER_STILL)
    assert refusals(bench) == ["frozen"]
    assert sounds(bench)


def test_another_ceremony_admits_another_change_under_the_next_number() -> None:
    bench = admitted()
    bench.order(WIDER)
    bench.run(21)
    bench.ceremony(5, ZHANG_WEI, LI_NA, purpose="change")
    bench.order(WIDER_STILL)
    assert [one.change for one in bench.told(Frozen)] == [1, 2]
    assert refusals(bench) == []


def test_it_is_not_used_up_by_a_list_or_plan_that_changes_nothing() -> None:
    bench = admitted()
    bench.order(replace(ACCESS, version=4, holders=ACCESS.holders[1:]))
    bench.order(replace(plan(), version=8, areas=()))
    assert bench.told(Frozen) == []
    bench.order(WIDER_STILL)
    bench.order(MOVED)
    assert refusals(bench) == []


# ---------------------------------------------------------------- each purpose for itself


def test_a_permit_for_a_change_unseals_nothing() -> None:
    bench = admitted()
    bench.order(Unseal(area="archive", sealing=5))
    assert (holds(bench), refusals(bench), sounds(bench)) == ([5], ["no-permit"], True)


@CHANGES
def test_a_permit_to_unseal_changes_nothing(order: Plan | AccessList) -> None:
    bench = sealed()
    bench.ceremony(5, ZHANG_WEI, LI_NA)
    bench.order(order)
    assert (refusals(bench), sounds(bench)) == (["frozen"], True)


def test_one_badge_for_each_purpose_is_not_two_for_either() -> None:
    bench = sealed()
    bench.ceremony(5, ZHANG_WEI, purpose="change")
    bench.ceremony(5, LI_NA)
    assert bench.told(Permitted) == []
    bench.order(Unseal(area="archive", sealing=5))
    bench.order(WIDER)
    assert refusals(bench) == ["no-permit", "frozen"]


@pytest.mark.parametrize(
    ("badges", "wait"),
    [
        ((ZHANG_WEI, ZHANG_WEI), 3),
        ((ZHANG_WEI, LI_NA), 21),
        ((ZHANG_WEI, WANG_FANG), 1),
        ((STRANGER, LI_NA), 1),
        ((ZHANG_WEI,), 1),
    ],
)
def test_fewer_slower_or_others_admit_nothing(badges: tuple[str, ...], wait: float) -> None:
    bench = sealed()
    bench.ceremony(5, purpose="change")
    for one in badges:
        bench.badge(one)
        bench.run(wait)
    bench.order(WIDER)
    assert (bench.told(Permitted), refusals(bench), sounds(bench)) == ([], ["frozen"], True)


@pytest.mark.parametrize(
    "then",
    [
        Ceremony(reader="archive/reader", purpose="change", sealing=5, seconds=0),
        Ceremony(reader="archive/reader", purpose="seal", sealing=5, seconds=0),
        Ceremony(reader="archive/reader", purpose="unseal", sealing=5, seconds=300),
    ],
)
def test_a_permit_is_over_with_its_ceremony(then: Ceremony) -> None:
    bench = admitted()
    bench.order(then)
    bench.order(WIDER)
    assert refusals(bench) == ["frozen"]


def test_a_permit_of_a_sealing_before_is_none() -> None:
    bench = admitted()
    bench.order(Unseal(area="archive", sealing=5, emergency=True))
    bench.order(seal_order(6))
    bench.forget()
    bench.order(MOVED)
    assert refusals(bench) == ["frozen"]


def test_a_permit_is_good_across_one_boot_and_not_across_two() -> None:
    bench = admitted(100).rebooted()
    bench.run(100)
    again = bench.rebooted()
    bench.order(MOVED)
    assert refusals(bench) == []
    again.run(3)
    again.order(MOVED)
    assert refusals(again) == ["no-permit"]
    assert "refused" not in [one.reason for one in again.told(m.Sounded)], "two people were there a moment ago"


def test_what_ran_out_is_not_permitted_again_by_a_boot() -> None:
    bench = admitted(121).rebooted()
    bench.order(MOVED)
    assert refusals(bench) == ["no-permit"]


def test_what_was_used_is_used_after_a_boot() -> None:
    bench = taken(MOVED, admitted()).rebooted()
    bench.order(GONE)
    assert refusals(bench) == ["frozen"]


@pytest.mark.parametrize("without", [(), plan().readers[1:]])
def test_not_even_two_people_take_away_the_reader_at_which_it_is_ended(without: Any) -> None:
    bench = admitted()
    bench.order(replace(plan(), version=8, readers=without))
    assert refusals(bench) == ["frozen"]


def test_a_change_has_a_sign_of_its_own_at_the_reader() -> None:
    bench = sealed()
    bench.ceremony(5, purpose="change")
    bench.run(10)
    assert 9 <= bench.effects.count(ReaderShows("r1", "changing")) <= 11
    assert bench.effects.count(ReaderShows("r1", "unsealing")) == 0
    bench.order(Ceremony(reader="archive/reader", purpose="seal", sealing=5, seconds=0))
    bench.run(1)
    before = bench.effects.count(ReaderShows("r1", "changing"))
    bench.run(5)
    assert bench.effects.count(ReaderShows("r1", "changing")) == before


def test_a_badge_says_what_it_was_shown_for() -> None:
    bench = sealed()
    bench.ceremony(5, ZHANG_WEI, purpose="change")
    bench.ceremony(5, LI_NA)
    assert [one.purpose for one in bench.told(m.Presented)] == ["change", "unseal"]


# ---------------------------------------------------------------- the word of another node


@CHANGES
@pytest.mark.parametrize(
    ("said", "good"),
    [
        (word(permitted()), True),
        (word(permitted(2)), True),
        (word(permitted(None)), False),
        (word(permitted(sealing=4)), False),
        (word(permitted(area="cellar")), False),
        (word(permitted(), site="other"), False),
        (word(permitted(), node="archive-1"), False),
        (word(permitted(), by=RECORD_KEYS["archive-1"]), False),
        (word(permitted(), by=keys.make(keys.key_name("demo", OTHER, "record"))), False),
        (word(permitted(), wall=NOON - 3_600_000), False),
        (word(m.Released(area="archive", sealing=5, by="badges")), False),
        ("", False),
        ("no note", False),
    ],
)
def test_another_node_takes_a_change_on_the_word_of_the_readers_node_alone(
    order: Plan | AccessList, said: str, good: bool
) -> None:
    bench = sealed(reader=OTHER)
    bench.order(replace(order, word=said))
    assert is_taken(bench) is good
    assert (refusals(bench), sounds(bench)) == (([], False) if good else (["frozen"], True))


def test_a_word_serves_once_and_so_does_none_that_is_older() -> None:
    bench = sealed(reader=OTHER)
    bench.order(by_word(MOVED, word(permitted(2))))
    for change in (2, 1):
        bench.order(by_word(GONE, word(permitted(change))))
    assert refusals(bench) == ["frozen", "frozen"]
    bench.order(by_word(WIDER, word(permitted(2))))
    bench.order(by_word(GONE, word(permitted(3))))
    assert len(refusals(bench)) == 2


def test_a_word_is_not_kept_on_disk_with_what_it_admitted() -> None:
    bench = sealed(reader=OTHER)
    for order in (MOVED, WIDER):
        bench.order(by_word(order))
    bench.forget()
    assert bench.saved.plan == MOVED
    assert bench.saved.access == WIDER


def test_badges_at_a_reader_of_another_node_admit_nothing() -> None:
    bench = sealed(reader=OTHER)
    bench.ceremony(5, ZHANG_WEI, LI_NA, purpose="change")
    bench.order(WIDER)
    assert (bench.told(Permitted), refusals(bench)) == ([], ["frozen"])


@CHANGES
@pytest.mark.parametrize("leads", [True, False])
def test_what_the_hub_says_is_over_serves_no_more_though_it_has_served_for_nothing(
    order: Plan | AccessList, leads: bool
) -> None:
    bench = admitted() if leads else sealed(reader=OTHER)
    first = bench.node._guard._held["archive"]
    bench.order(replace(seal_order(5), over=1))
    bench.order(by_word(order))
    assert refusals(bench) == ["frozen"]
    assert frozen.record(bench.node._guard._held["archive"]).hash == frozen.record(first).hash
    bench.order(seal_order(5))
    again = bench.rebooted()
    again.run(3)
    again.order(by_word(order))
    assert refusals(again) == ["frozen"]

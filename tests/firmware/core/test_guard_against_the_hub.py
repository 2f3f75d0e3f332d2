"""What a node holds of a sealed area against its own hub: on whose word it lets go, and what it refuses, and sounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from firmware.core import guard
from firmware.core.effects import PartFailed, ReaderShows, Sounder
from firmware.core.held import Held
from firmware.outbox import saved
from tests.firmware.core.cast import (
    ACCESS,
    CHEN_JIE,
    DOORS,
    LI_NA,
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
from wire.messages import (
    AccessList,
    Attended,
    Ceremony,
    Frozen,
    OrderDone,
    OrderRefused,
    Permitted,
    Quiet,
    Released,
    Respond,
    Sounded,
    Unseal,
)

CORRIDOR = DOORS[0]


def released(by: m.ReleasedBy = "badges", sealing: int = 5, area: str = "archive") -> Released:
    return Released(area=area, sealing=sealing, by=by)


# ---------------------------------------------------------------- what is frozen, and said


def test_at_the_sealing_the_node_signs_whose_badges_end_it_and_the_hash_of_all_that_it_holds() -> None:
    bench = working()
    bench.order(seal_order(5))
    (frozen,) = bench.told(Frozen)
    assert (frozen.area, frozen.sealing, frozen.reader_node) == ("archive", 5, "archive-1")
    assert [(one.person, one.seals, one.responds) for one in frozen.people] == [
        (1001, True, False),
        (1002, True, False),
        (1003, False, True),
    ]
    assert len(frozen.hash) == 64


def test_the_hash_is_another_for_another_point_badge_number_reader_or_key() -> None:
    def frozen(order: m.Seal, **changes: object) -> str:
        bench = working()
        bench.saved = bench.saved._replace(**changes)  # type: ignore[arg-type]
        bench = working(bench.saved)
        bench.order(order)
        return bench.told(Frozen)[0].hash

    moved = replace(plan(), points=plan().points[1:])
    widened = replace(ACCESS, holders=(*ACCESS.holders, holder(1009, STRANGER, seals=True)))
    hashes = {
        frozen(seal_order(5)),
        frozen(seal_order(6)),
        frozen(seal_order(5, reader=OTHER)),
        frozen(replace(seal_order(5), keys={})),
        frozen(seal_order(5), plan=moved),
        frozen(seal_order(5), access=widened),
    }
    assert len(hashes) == 6


def test_a_repeat_of_the_order_changes_nothing_of_it() -> None:
    bench = sealed(reader=OTHER)
    bench.order(replace(seal_order(5, reader="archive-1"), keys={}))
    assert bench.told(Frozen, OrderRefused) == []
    bench.order(Unseal(area="archive", sealing=5, word=word(released())))
    assert holds(bench) == []


def test_as_many_people_as_a_site_may_name_are_signed_in_one_record_that_the_hub_opens() -> None:
    many = [
        replace(
            holder(10**9 - one, f"{one:010X}", seals=True, responds=True), credentials=(f"{one:064x}", f"{-~one:064x}")
        )
        for one in range(0, 2 * m.MOST_FROZEN + 20, 2)
    ]
    bench = working(Bench().saved._replace(access=replace(ACCESS, holders=tuple(many))))
    bench.order(seal_order(5))
    (frozen,) = bench.told(Frozen)
    assert len(frozen.people) == m.MOST_FROZEN
    assert m.fits(m.Record, word(frozen).encode())


# ---------------------------------------------------------------- who lets it go


def test_every_row_of_what_is_held_and_told_leads_to_what_it_says() -> None:
    """Each row by a bench that is brought into it, and an order as the row has it."""

    def let_go() -> Bench:
        bench = sealed()
        bench.unseal()
        bench.run(3)
        return bench

    def permitted(wait: float = 0) -> Bench:
        bench = sealed()
        bench.ceremony(5, ZHANG_WEI, LI_NA)
        bench.run(wait)
        return bench

    unseal = Unseal(area="archive", sealing=5)
    benches: dict[Any, tuple[Bench, m.OrderData]] = {
        (False, "seal", "new"): (working(), seal_order(5)),
        (False, "seal", "over"): (let_go(), seal_order(5)),
        (True, "seal", "same"): (sealed(), seal_order(5)),
        (True, "seal", "other"): (sealed(), seal_order(6)),
        (False, "unseal", "nothing"): (working(), unseal),
        (True, "unseal", "badges"): (permitted(), unseal),
        (True, "unseal", "badges-before"): (permitted(121), unseal),
        (True, "unseal", "word"): (sealed(reader=OTHER), replace(unseal, word=word(released()))),
        (True, "unseal", "arming"): (sealed(firm=False), unseal),
        (True, "unseal", "nothing"): (sealed(), unseal),
        (True, "unseal", "emergency"): (sealed(), replace(unseal, emergency=True)),
    }
    assert set(benches) == {row for row in guard.ROWS if row[1] in ("seal", "unseal")}
    for row, (bench, order) in benches.items():
        before, was = holds(bench), sounds(bench)
        bench.forget()
        bench.order(order)
        wanted = guard.ROWS[row]
        by: list[str] = [one.by for one in bench.told(Released)]
        if wanted in ("hold", "as-it-is"):
            assert (holds(bench), refusals(bench), by) == ([5] if wanted == "hold" else before, [], []), row
        elif wanted in ("let-go-quietly", "let-go-loudly"):
            assert (holds(bench), refusals(bench), by) == ([], [], [row[2]]), row
            assert sounds(bench) == (wanted == "let-go-loudly"), row
        else:
            assert (holds(bench), refusals(bench), by) == (before, [wanted], []), row
            assert sounds(bench) == (was or row[2] in ("other", "nothing")), row


def test_two_frozen_badges_within_twenty_seconds_are_signed_and_let_it_go_within_two_minutes() -> None:
    bench = sealed()
    bench.ceremony(5, ZHANG_WEI)
    bench.run(19)
    bench.badge(LI_NA)
    assert bench.told(Permitted) == [Permitted(area="archive", sealing=5, people=(1001, 1002))]
    bench.run(119)
    bench.order(Unseal(area="archive", sealing=5))
    assert bench.told(Released) == [Released(area="archive", sealing=5, by="badges", people=(1001, 1002))]
    assert not sounds(bench)


@pytest.mark.parametrize(
    ("badges", "wait"),
    [
        ((ZHANG_WEI, ZHANG_WEI), 3),
        ((ZHANG_WEI, LI_NA), 21),
        ((ZHANG_WEI, WANG_FANG), 1),
        ((ZHANG_WEI, CHEN_JIE), 1),
        ((STRANGER, LI_NA), 1),
        ((ZHANG_WEI,), 1),
    ],
)
def test_fewer_slower_or_others_do_not(badges: tuple[str, ...], wait: float) -> None:
    bench = sealed()
    bench.ceremony(5)
    for one in badges:
        bench.badge(one)
        bench.run(wait)
    bench.order(Unseal(area="archive", sealing=5))
    assert (bench.told(Permitted), holds(bench), refusals(bench)) == ([], [5], ["no-permit"])
    assert bench.told(Sounded) == [Sounded(on=True, reason="refused")]


@pytest.mark.parametrize("purpose", ["seal", "unseal"])
def test_badges_count_for_an_unsealing_of_this_sealing_only(purpose: str) -> None:
    bench = sealed()
    number = 5 if purpose == "seal" else 4
    bench.order(Ceremony(reader="archive/reader", purpose=purpose, sealing=number, seconds=300))  # type: ignore[arg-type]
    for one in (ZHANG_WEI, LI_NA):
        bench.badge(one)
    bench.order(Unseal(area="archive", sealing=5))
    assert (bench.told(Permitted), holds(bench)) == ([], [5])


def test_a_ceremony_that_is_cancelled_takes_the_permit_with_it() -> None:
    bench = sealed()
    bench.ceremony(5, ZHANG_WEI, LI_NA)
    bench.order(Ceremony(reader="archive/reader", purpose="unseal", sealing=5, seconds=0))
    bench.order(Unseal(area="archive", sealing=5))
    assert (holds(bench), refusals(bench)) == ([5], ["no-permit"])


def test_a_permit_is_good_across_one_boot_and_not_across_two() -> None:
    bench = sealed()
    bench.ceremony(5, ZHANG_WEI, LI_NA)
    bench = bench.rebooted()
    bench.run(100)
    again = bench.rebooted()
    bench.order(Unseal(area="archive", sealing=5))
    assert holds(bench) == []
    again.run(3)
    again.order(Unseal(area="archive", sealing=5))
    assert holds(again) == [5]
    assert "refused" not in [one.reason for one in again.told(Sounded)], "two people were there a moment ago"


def test_what_was_permitted_too_long_ago_is_not_permitted_again_by_a_boot() -> None:
    bench = sealed()
    bench.ceremony(5, ZHANG_WEI, LI_NA)
    bench.run(121)
    bench = bench.rebooted()
    bench.order(Unseal(area="archive", sealing=5))
    assert (holds(bench), refusals(bench)) == ([5], ["no-permit"])


def test_an_unsealing_has_a_sign_of_its_own_at_the_reader_for_as_long_as_badges_count_for_it() -> None:
    def signs(bench: Bench) -> int:
        return bench.effects.count(ReaderShows("r1", "unsealing"))

    bench = sealed()
    bench.ceremony(5)
    bench.run(10)
    assert 9 <= signs(bench) <= 11
    bench.order(Ceremony(reader="archive/reader", purpose="unseal", sealing=5, seconds=0))
    bench.run(1)
    before = signs(bench)
    bench.run(10)
    assert signs(bench) == before
    sealing = working()
    sealing.ceremony(5, purpose="seal")
    sealing.run(10)
    assert signs(sealing) == 0


def test_the_reader_shows_when_the_sealing_is_firm_and_once() -> None:
    bench = working()
    bench.order(seal_order(5, firm=False))
    bench.run(4)
    assert bench.shown() == []
    bench.order(seal_order(5))
    bench.order(seal_order(5))
    bench.run(4)
    assert bench.shown() == ["granted", "off"]


# ---------------------------------------------------------------- the word of another node


@pytest.mark.parametrize(
    ("said", "lets_go"),
    [
        (word(released()), True),
        (word(released("arming")), True),
        (word(released("word")), False),
        (word(released(sealing=4)), False),
        (word(released(area="cellar")), False),
        (word(released(), site="other"), False),
        (word(released(), node="archive-1"), False),
        (word(released(), by=RECORD_KEYS["archive-1"]), False),
        (word(released(), by=keys.make(keys.key_name("demo", OTHER, "record"))), False),
        (word(Permitted(area="archive", sealing=5, people=(1001, 1002))), False),
        ("", False),
        ("no note", False),
        (word(released()).replace('"sealing":5', '"sealing":4'), False),
    ],
)
def test_every_word_of_the_readers_node_is_believed_only_under_its_frozen_key(said: str, lets_go: bool) -> None:
    bench = sealed(reader=OTHER)
    bench.order(Unseal(area="archive", sealing=5, word=said))
    assert (holds(bench) == []) is lets_go
    assert refusals(bench) == ([] if lets_go else ["no-word"])
    assert sounds(bench) is not lets_go


def test_the_word_of_an_emergency_lets_go_loudly_here_too() -> None:
    bench = sealed(reader=OTHER)
    bench.order(Unseal(area="archive", sealing=5, word=word(released("emergency"))))
    assert holds(bench) == []
    assert bench.told(Sounded) == [Sounded(on=True, reason="emergency")]


def test_badges_at_a_reader_of_another_node_permit_nothing() -> None:
    bench = sealed(reader=OTHER)
    bench.ceremony(5, ZHANG_WEI, LI_NA)
    bench.order(Unseal(area="archive", sealing=5))
    assert (bench.told(Permitted), holds(bench), refusals(bench)) == ([], [5], ["no-word"])


# ---------------------------------------------------------------- what weakens it is refused, and sounds


def weakened_plans() -> Iterator[m.Plan]:
    for at, point in enumerate(plan().points):
        rest = (*plan().points[:at], *plan().points[at + 1 :])
        yield replace(plan(), version=8, points=rest)
        free = 10 if point.input == "supervised" else 8
        for change in ({"terminal": free}, {"kind": "exit-button"}, {"normally": "open"}):
            changed = replace(point, **change)
            if changed != point:
                yield replace(plan(), version=8, points=(*rest, changed))
    yield replace(plan(), version=8, readers=plan().readers[1:])
    yield replace(plan(), version=8, readers=(m.PlanReader(place="archive/reader", port="r2"),))


def weakened_lists() -> Iterator[AccessList]:
    yield replace(ACCESS, holders=(*ACCESS.holders, holder(1009, STRANGER, seals=True)))
    yield replace(ACCESS, holders=(*ACCESS.holders, holder(1009, STRANGER, responds=True)))
    yield replace(ACCESS, holders=(*ACCESS.holders[:3], holder(1004, CHEN_JIE, seals=True)))
    # A known number, and a badge that was not there.
    yield replace(ACCESS, holders=(holder(1001, STRANGER, seals=True), *ACCESS.holders[1:]))
    # A known badge, in another's name.
    yield replace(ACCESS, holders=(holder(1009, ZHANG_WEI, seals=True), *ACCESS.holders[1:]))


@pytest.mark.parametrize("order", [*weakened_plans(), *weakened_lists(), seal_order(6), seal_order(4)])
def test_whatever_would_weaken_a_sealing_is_refused_and_sounds(order: m.OrderData) -> None:
    bench = sealed()
    bench.order(order)
    (refused,) = bench.told(OrderRefused)
    assert (refused.reason, refused.sealed) == ("frozen", (m.SealedArea(area="archive", sealing=5),))
    assert bench.told(Sounded) == [Sounded(on=True, reason="refused")]
    bench.open(CORRIDOR)
    assert bench.told(m.LevelChanged)[-1].sealing == 5


def harmless() -> Iterator[m.OrderData]:
    yield replace(plan(), version=8)
    yield replace(plan(), version=8, areas=())
    yield replace(
        plan(),
        version=8,
        points=(*plan().points, m.PlanPoint(place="cellar/door", kind="door", terminal=8, input="two-state")),
    )
    yield replace(ACCESS, version=4, holders=ACCESS.holders[1:])
    yield replace(ACCESS, version=4, holders=(*ACCESS.holders, holder(1009, STRANGER, enters=True)))
    yield seal_order(5)


@pytest.mark.parametrize("order", [*harmless()])
def test_what_takes_nothing_from_it_is_done_as_ever(order: m.OrderData) -> None:
    bench = sealed()
    bench.order(order)
    assert (len(bench.told(OrderDone)), refusals(bench), sounds(bench)) == (1, [], False)


def test_whoever_is_taken_off_the_list_ends_no_sealing_from_then_on() -> None:
    bench = sealed()
    bench.order(replace(ACCESS, version=4, holders=ACCESS.holders[1:]))
    bench.ceremony(5, ZHANG_WEI, LI_NA)
    assert bench.told(Permitted) == []


def test_who_tries_a_sealed_door_is_told_whether_or_not_their_badge_counts_there() -> None:
    bench = sealed()
    for number in (CHEN_JIE, ZHANG_WEI):
        bench.badge(number)
    assert [(one.person, one.reason) for one in bench.told(m.Denied)] == [(1004, "sealed"), (1001, "sealed")]


def test_a_refusal_about_one_area_holds_up_no_other() -> None:
    bench = sealed()
    cellar = m.PlanPoint(place="cellar/door", kind="door", terminal=8, input="two-state")
    bench.order(replace(plan(), version=8, points=(*plan().points, cellar)))
    bench.order(seal_order(6), number=40)
    bench.order(seal_order(7, "cellar"), number=41)
    assert refusals(bench) == ["frozen"]
    assert sorted(holds(bench)) == [5, 7]


def test_a_responder_quiets_what_it_sounds_for_a_refusal_as_for_an_opening() -> None:
    bench = sealed()
    bench.order(seal_order(6))
    bench.order(Respond(area="archive", alarms=(3,)))
    bench.badge(WANG_FANG)
    assert bench.switched(Sounder) == [True, False]


# ---------------------------------------------------------------- an emergency opening is loud


def opened() -> Bench:
    bench = sealed()
    bench.order(Unseal(area="archive", sealing=5, emergency=True))
    bench.run(4)
    return bench


def test_it_opens_at_once_without_badges_and_sounds_until_a_responder_comes() -> None:
    bench = opened()
    assert bench.told(Released) == [Released(area="archive", sealing=5, by="emergency")]
    assert bench.told(Sounded) == [Sounded(on=True, reason="emergency")]
    bench.run(600)
    for number in (ZHANG_WEI, CHEN_JIE, STRANGER):
        bench.badge(number)
        assert sounds(bench)
    bench.badge(WANG_FANG)
    assert not sounds(bench)
    assert [one.opened for one in bench.told(Attended)] == [5]


def test_a_power_cut_does_not_silence_it() -> None:
    bench = opened().rebooted()
    assert bench.told(Sounded) == [Sounded(on=True, reason="emergency")]
    bench.run(3)
    bench.badge(WANG_FANG)
    assert not sounds(bench)
    assert bench.rebooted().told(Sounded) == []


@pytest.mark.parametrize(
    ("change", "quiets"),
    [
        ({}, True),
        ({"opened": 4}, False),
        ({"opened": None}, False),
        ({"reader": "cellar/reader"}, False),
    ],
)
def test_the_signed_record_of_who_came_to_another_node_silences_this_one(
    change: dict[str, object], quiets: bool
) -> None:
    attended = Attended(reader="archive/back", credential="0" * 64, person=1003, alarms=(), opened=5)
    bench = opened()
    bench.order(Quiet(area="archive", word=word(replace(attended, **change))))
    assert sounds(bench) is not quiets
    assert refusals(bench) == ([] if quiets else ["no-word"])


def test_a_badge_that_counts_only_since_then_does_not_silence_it() -> None:
    bench = opened()
    bench.order(replace(ACCESS, version=4, holders=(*ACCESS.holders, holder(1009, STRANGER, responds=True))))
    bench.badge(STRANGER)
    assert sounds(bench)


def test_neither_does_a_new_sealing_with_others() -> None:
    bench = opened()
    bench.order(replace(ACCESS, version=4, holders=(holder(1009, STRANGER, seals=True, responds=True),)))
    bench.order(seal_order(6))
    bench.run(2)
    bench.badge(STRANGER)
    assert sounds(bench)


BOX = m.PlanPoint(place="archive/box", kind="tamper", terminal=8, input="two-state")


@pytest.mark.parametrize("readers_work", [True, False])
def test_where_no_badge_can_be_read_a_person_at_the_box_silences_it(
    readers_work: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = working()
    bench.order(replace(plan(), version=8, points=(*plan().points, BOX)))
    from tests.firmware.core import cast

    monkeypatch.setitem(cast.TERMINALS, "archive/box", 8)
    bench.levels["archive/box"] = "normal"
    bench.order(seal_order(5))
    bench.order(Unseal(area="archive", sealing=5, emergency=True))
    bench.run(3)
    if not readers_work:
        for port in ("r1", "r2"):
            bench.step(PartFailed("reader", True, "gone", port))
    bench.open("archive/box")
    assert sounds(bench) is readers_work


# ---------------------------------------------------------------- what a version before has sealed


def test_what_a_version_before_has_sealed_is_held_as_the_node_knows_it_and_unsealed_at_its_own_reader() -> None:
    before = working()
    bench = Bench(before.saved._replace(sealed=(Held(area="archive", sealing=5),)))
    (frozen,) = bench.told(Frozen)
    assert [one.person for one in frozen.people] == [1001, 1002, 1003]
    again = bench.rebooted()
    assert (again.told(Frozen), holds(again)) == ([], [5])
    again.run(3)
    again.order(seal_order(6))
    assert refusals(again) == ["frozen"]
    again.unseal()
    assert holds(again) == []


def test_everything_that_is_kept_of_a_sealing_is_read_back_as_it_was() -> None:
    bench = sealed()
    bench.ceremony(5, ZHANG_WEI, LI_NA)
    bench.order(Unseal(area="archive", sealing=5, emergency=True))
    bench.order(seal_order(6))
    for name, kind in saved.TYPES.items():
        value = getattr(bench._on_disk(), name)
        assert msgspec.json.decode(msgspec.json.encode(value), type=kind) == value

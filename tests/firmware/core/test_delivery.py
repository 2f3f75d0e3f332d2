"""What a receipt means. Whatever way node or hub come back wrong, it ends in a statement and never in waiting."""

from __future__ import annotations

import pytest

from firmware.core.delivery import Action, Fill, Free, Held, Receipts, RollBack, SendFrom
from firmware.core.window import Window
from wire.messages import CannotFill, Receipt, RolledBack


def hash_of(seq: int) -> str:
    return f"{seq:064x}" if seq else ""


def held(newest: int = 20, freed: int = 10, oldest: int = 5, life: int = 2) -> Held:
    """An outbox with records `oldest` to `newest`, of which a receipt has freed those up to `freed`."""
    return Held(
        life=life,
        newest=newest,
        newest_hash=hash_of(newest),
        freed=freed,
        oldest=oldest,
        oldest_prev=hash_of(oldest - 1),
        hash_of=lambda seq: hash_of(seq) if oldest <= seq <= newest else None,
    )


def receipt(seq: int, *, life: int = 2, hash: str | None = None, missing: bool = False) -> Receipt:
    return Receipt(
        v=1,
        site="demo",
        node="archive-1",
        life=life,
        seq=seq,
        hash=hash_of(seq) if hash is None else hash,
        index=seq + 100 if seq else -1,
        missing=missing,
    )


@pytest.mark.parametrize(
    ("got", "box", "actions"),
    [
        (receipt(15), held(), [Free(15)]),
        (receipt(20), held(), [Free(20)]),
        (receipt(10), held(), [Free(10)]),
        (receipt(0), held(freed=0, oldest=1), [Free(0)]),
        (receipt(0), held(newest=0, freed=0, oldest=1), [Free(0)]),
        (receipt(15, missing=True), held(), [Free(15), SendFrom(16)]),
        (receipt(0, missing=True), held(freed=0, oldest=1), [Free(0), SendFrom(1)]),
        (receipt(20, missing=True), held(), [Free(20)]),
        (receipt(7), held(), [Free(7), SendFrom(8)]),  # a hub put back from a backup
        (receipt(4), held(), [Free(4), SendFrom(5)]),
        (receipt(15, life=1), held(), []),
        (receipt(99, life=1, missing=True), held(), []),
    ],
)
def test_what_a_receipt_means(got: Receipt, box: Held, actions: list[Action]) -> None:
    assert Receipts().judge(got, box, 0) == actions


@pytest.mark.parametrize(
    ("got", "life"),
    [
        (receipt(21), 3),  # this disk is older than what the hub has
        (receipt(15, hash=hash_of(99)), 3),  # another record under this number
        (receipt(4, hash=hash_of(99)), 3),
        (receipt(1, life=7), 8),  # the hub knows a later life
    ],
)
def test_a_node_that_holds_less_or_other_than_the_hub_opens_a_new_life(got: Receipt, life: int) -> None:
    (action,) = Receipts().judge(got, held(), 0)
    assert isinstance(action, RollBack)
    assert action.life == life
    assert action.data == RolledBack(
        hub_life=got.life, hub_seq=got.seq, hub_hash=got.hash, own_seq=20, own_hash=hash_of(20)
    )


def test_a_hub_that_insists_on_a_life_that_we_have_left_has_forgotten_ours() -> None:
    receipts, forgotten = Receipts(), receipt(15, life=1)
    assert receipts.judge(forgotten, held(), 0) == []
    assert receipts.judge(forgotten, held(), 29_000) == []
    (action,) = receipts.judge(forgotten, held(), 30_000)
    assert isinstance(action, RollBack)
    assert (action.life, action.data.hub_life, action.data.hub_seq) == (3, 1, 15)


def test_a_late_receipt_of_a_life_that_we_have_left_means_nothing() -> None:
    receipts, late = Receipts(), receipt(15, life=1)
    assert receipts.judge(late, held(), 0) == []
    assert receipts.judge(receipt(15), held(), 10_000) == [Free(15)]
    assert receipts.judge(late, held(), 40_000) == []


def test_a_node_opens_a_new_life_at_most_once_a_minute() -> None:
    receipts = Receipts()
    assert receipts.judge(receipt(21), held(), 0)
    assert receipts.judge(receipt(21), held(), 59_999) == []
    assert receipts.judge(receipt(21), held(), 60_000)


def test_records_that_the_hub_wants_and_nobody_holds_any_more_are_stated_as_gone() -> None:
    receipts = Receipts()
    assert receipts.judge(receipt(2, missing=True), held(), 0) == [Free(4), SendFrom(5)], "asked again first"
    assert receipts.judge(receipt(2, missing=True), held(), 999) == [Free(4), SendFrom(5)]
    assert receipts.judge(receipt(2, missing=True), held(), 1_000) == [
        Fill(CannotFill(first=3, last=4, last_hash=hash_of(4)))
    ]


def test_an_outbox_that_holds_nothing_states_all_up_to_its_newest_as_gone() -> None:
    receipts = Receipts()
    empty = held(newest=20, freed=20, oldest=21)
    receipts.judge(receipt(2), empty, 0)
    assert receipts.judge(receipt(2), empty, 1_000) == [Fill(CannotFill(first=3, last=20, last_hash=hash_of(20)))]


def test_one_receipt_that_came_late_does_not_state_anything_as_gone() -> None:
    receipts = Receipts()
    receipts.judge(receipt(2, missing=True), held(), 0)
    receipts.judge(receipt(15), held(), 500)
    assert receipts.judge(receipt(2, missing=True), held(), 2_000) == [Free(4), SendFrom(5)]


# ---------------------------------------------------------------- the window


def sent(window: Window, freed: int, newest: int, now: int) -> list[int]:
    numbers = list(window.next(freed, newest, now))
    for seq in numbers:
        window.sent(seq)
    return numbers


def test_at_most_128_are_under_way() -> None:
    window = Window()
    assert sent(window, 0, 1_000, 0) == list(range(1, 129))
    assert sent(window, 0, 1_000, 1) == []
    assert sent(window, 3, 1_000, 2) == [129, 130, 131]


def test_without_progress_everything_is_sent_again_ever_more_rarely() -> None:
    window = Window()
    times = [now for now in range(0, 260_000, 100) if sent(window, 0, 3, now)]
    assert times == [0, 5_000, 15_000, 35_000, 75_000, 135_000, 195_000, 255_000]


def test_progress_begins_the_waiting_anew() -> None:
    window = Window()
    sent(window, 0, 3, 0)
    sent(window, 0, 3, 5_000)
    assert sent(window, 1, 3, 14_000) == []
    assert sent(window, 1, 3, 18_999) == []
    assert sent(window, 1, 3, 19_000) == [2, 3]


def test_a_new_record_after_a_quiet_hour_is_not_taken_for_one_without_progress() -> None:
    window = Window()
    sent(window, 0, 3, 0)
    sent(window, 3, 3, 100)
    assert sent(window, 3, 4, 3_600_000) == [4]
    assert sent(window, 3, 4, 3_604_999) == []
    assert sent(window, 3, 4, 3_605_000) == [4]


def test_what_the_hub_misses_is_sent_again_at_once_but_not_for_each_time_it_says_so() -> None:
    window = Window()
    sent(window, 0, 100, 0)
    for now in range(50):
        window.send_from(41, 100 + now)
        again = sent(window, 40, 100, 100 + now)
        assert again == (list(range(41, 101)) if now == 0 else [])
    window.send_from(41, 1_200)
    assert sent(window, 40, 100, 1_200) == list(range(41, 101))


def test_after_connecting_anew_all_that_has_no_receipt_is_sent() -> None:
    window = Window()
    sent(window, 0, 10, 0)
    window.restart(4, 100)
    assert sent(window, 4, 10, 100) == [5, 6, 7, 8, 9, 10]

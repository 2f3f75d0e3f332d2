"""What a receipt means for the outbox, and how much of it may be under way.

Decisions only: the outbox itself, its numbers and hashes are handed in. A receipt is the hub's word, signed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from wire.messages import CannotFill, Hash, Receipt, RolledBack

ROLL_BACK_MS = 60_000
"""A node opens a new life by itself at most this often."""
LEFT_BEHIND_MS = 30_000
"""Receipts for a former life after this long mean that the hub has forgotten the present one."""
CONFIRM_MS = 1_000
"""The hub must ask for records that are gone for this long, since what stands in their place cannot be taken back."""


class Held(NamedTuple):
    """The outbox in short. It may hold records that are freed, as history."""

    life: int
    newest: int
    """Number of the newest record of this life, 0 for none."""
    newest_hash: Hash
    freed: int
    """Number of the last record that a receipt has freed."""
    oldest: int
    """Number of the oldest record still held; newest + 1 when none is."""
    oldest_prev: Hash
    """The hash that the oldest one names as that of the record before it; that of the newest when none is held."""
    hash_of: Callable[[int], Hash | None]
    """Hash of a record by number; None when it is not held."""


class Free(NamedTuple):
    """Records up to this one are committed, and what comes after is not, even if an earlier receipt had freed it."""

    through: int


class SendFrom(NamedTuple):
    """Send again, beginning with this record."""

    seq: int


class Fill(NamedTuple):
    """Keep this in the place of record `data.last`, as number `data.last`, and send from there."""

    data: CannotFill


class RollBack(NamedTuple):
    """Open this life; its first record has this data. What this boot has kept is kept again after it."""

    life: int
    data: RolledBack


Action = Free | SendFrom | Fill | RollBack


class Receipts:
    """Judges receipts. Remembers the last roll-back, and since when the hub has asked for lost or abandoned records."""

    def __init__(self) -> None:
        self._rolled_back_at: int | None = None
        self._left_since: int | None = None
        self._asked: tuple[int, int, int] | None = None

    def judge(self, receipt: Receipt, held: Held, now: int) -> list[Action]:
        """What to do about a receipt, at `now` (milliseconds since boot)."""
        case = next(case for case, applies in CASES if applies(receipt, held))
        if case != "gone":
            self._asked = None
        if case != "left-life":
            self._left_since = None
        return ANSWERS[case](self, receipt, held, now)

    def _left(self, receipt: Receipt, held: Held, now: int) -> list[Action]:
        """At first only a receipt that was under way. A hub that insists was put back from before this life."""
        if self._left_since is None:
            self._left_since = now
        return self._roll_back(receipt, held, now) if now - self._left_since >= LEFT_BEHIND_MS else []

    def _free(self, receipt: Receipt, held: Held, now: int) -> list[Action]:
        return [Free(receipt.seq)]

    def _send_again(self, receipt: Receipt, held: Held, now: int) -> list[Action]:
        return [Free(receipt.seq), SendFrom(receipt.seq + 1)]

    def _roll_back(self, receipt: Receipt, held: Held, now: int) -> list[Action]:
        if self._rolled_back_at is not None and now - self._rolled_back_at < ROLL_BACK_MS:
            return []
        self._rolled_back_at = now
        data = RolledBack(
            hub_life=receipt.life,
            hub_seq=receipt.seq,
            hub_hash=receipt.hash,
            own_seq=held.newest,
            own_hash=held.newest_hash,
        )
        return [RollBack(max(receipt.life, held.life) + 1, data)]

    def _fill(self, receipt: Receipt, held: Held, now: int) -> list[Action]:
        last = held.oldest - 1
        asked = (receipt.life, receipt.seq)
        if self._asked is None or self._asked[:2] != asked:
            self._asked = (*asked, now)
        if now - self._asked[2] < CONFIRM_MS:
            # What is held goes out again; the hub cannot take it and answers once more.
            return [Free(last), SendFrom(held.oldest)]
        self._asked = None
        return [Fill(CannotFill(first=receipt.seq + 1, last=last, last_hash=held.oldest_prev))]


def _other_hash(receipt: Receipt, held: Held) -> bool:
    known = held.oldest_prev if receipt.seq == held.oldest - 1 else held.hash_of(receipt.seq)
    return bool(receipt.seq and known) and known != receipt.hash


Case = Literal["left-life", "rolled-back", "gone", "went-back", "committed"]

CASES: tuple[tuple[Case, Callable[[Receipt, Held], bool]], ...] = (
    # The first that applies. A life that we have left is settled, unless the hub has forgotten the one we are in; one
    # that we never had was opened for another disk.
    ("left-life", lambda r, h: r.life < h.life),
    ("rolled-back", lambda r, h: r.life > h.life),
    ("rolled-back", lambda r, h: r.seq > h.newest),
    ("rolled-back", _other_hash),
    # A hub that was put back from a backup wants what it had freed before, and that may be gone.
    ("gone", lambda r, h: r.seq < h.oldest - 1),
    ("went-back", lambda r, h: r.seq < h.freed or (r.missing and r.seq < h.newest)),
    ("committed", lambda r, h: True),
)

ANSWERS: dict[Case, Callable[[Receipts, Receipt, Held, int], list[Action]]] = {
    "left-life": Receipts._left,
    "rolled-back": Receipts._roll_back,
    "gone": Receipts._fill,
    "went-back": Receipts._send_again,
    "committed": Receipts._free,
}

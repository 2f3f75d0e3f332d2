"""Receipts at any time, late, lost or of another life; a hub that is put back, and a disk that is: in the end the hub
has what the node holds, and what neither has any more is stated. Bugs planted in the table of cases are found."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from firmware.core import delivery
from firmware.core.delivery import Action, Case, Fill, Free, Held, Receipts, RollBack, SendFrom
from tests.support import hunting
from wire.messages import CannotFill, Receipt, RolledBack

Patch = pytest.MonkeyPatch
ANY = settings(hunting.WALK, max_examples=100, stateful_step_count=25)


class Kept(NamedTuple):
    """A record: `what` it tells, or that it is a statement of loss or of a new life."""

    seq: int
    hash: str
    prev: str
    what: int | CannotFill | RolledBack


class Box(NamedTuple):
    """The node's disk."""

    life: int = 1
    seq: int = 0
    hash: str = ""
    freed: int = 0
    records: tuple[Kept, ...] = ()

    @property
    def held(self) -> Held:
        oldest, before = self.seq + 1, self.hash
        if self.records:
            first = self.records[0]
            oldest = first.what.first if isinstance(first.what, CannotFill) else first.seq
            before = first.prev
        hashes = {one.seq: one.hash for one in self.records}
        return Held(self.life, self.seq, self.hash, self.freed, oldest, before, hashes.get)


class Journal(NamedTuple):
    """What the hub has of the node."""

    life: int = 1
    seq: int = 0
    hash: str = ""
    entries: tuple[int | CannotFill | RolledBack, ...] = ()


class Line(RuleBasedStateMachine):
    """The outbox and the journal in short, and between them a line that loses what it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.receipts, self.box, self.hub, self.now = Receipts(), Box(), Journal(), 0
        self.disks, self.backups, self.late = [self.box], [self.hub], list[Receipt]()
        self.numbers = count(1)
        self.owed: set[int] = set()
        """What the journal must tell in the end, and nobody has stated as lost."""
        self.opened_at: int | None = None
        self.left_since: int | None = None
        """Since when all that the hub says is of a life that was left."""

    # ---- what happens

    @rule(many=st.integers(1, 4))
    def the_node_keeps_records(self, many: int) -> None:
        for _ in range(many):
            self._keep(what := next(self.numbers))
            self.owed.add(what)
        self.disks.append(self.box)

    @rule(
        many=st.sampled_from([0, 3, 0, 6, 1]),
        lost=st.sampled_from([False, False, True]),
        then=st.sampled_from([0, 1_000, 31_000]),
    )
    def they_talk(self, many: int, lost: bool, then: int) -> None:
        missing = self._send(many)
        receipt = self._receipt(missing)
        self.late.append(receipt)
        if not lost:
            self._hears(receipt)
        self.now += then

    @precondition(lambda self: self.late)
    @rule(data=st.data())
    def a_receipt_comes_late(self, data: st.DataObject) -> None:
        """One of the last, of a time before the hub was put back perhaps."""
        self._hears(data.draw(st.sampled_from(self.late[-3:])))

    @rule()
    def old_records_make_room(self) -> None:
        kept = tuple(one for one in self.box.records if one.seq > min(self.box.freed, self.box.seq - 1))
        self.box = self.box._replace(records=kept)

    @rule(data=st.data(), again=st.integers(0, 3), then=st.sampled_from([1_000, 31_000]))
    def the_hub_is_put_back(self, data: st.DataObject, again: int, then: int) -> None:
        """Receipts of before are no longer under way by then. At first its word comes through, and no record does."""
        self.hub = data.draw(st.sampled_from(self.backups))
        self.late.clear()
        for _ in range(again):
            self.they_talk(0, False, then)

    @rule(data=st.data(), many=st.sampled_from([0, 4, 8]))
    def the_disk_is_set_back(self, data: st.DataObject, many: int) -> None:
        """What only the disk knew is gone with it, and a new start has forgotten what was under way. The node goes on
        before it hears of it."""
        self.box = data.draw(st.sampled_from(self.disks))
        self.owed &= {one.what for one in self.box.records if isinstance(one.what, int)}
        self.receipts, self.opened_at, self.left_since = Receipts(), None, None
        self.late.clear()
        if many:
            self.the_node_keeps_records(many)

    # ---- how they do it

    def _keep(self, what: int | RolledBack) -> None:
        box = self.box
        made = Kept(
            box.seq + 1, f"{box.life}/{box.seq + 1}/{what if isinstance(what, int) else 'opened'}", box.hash, what
        )
        self.box = box._replace(seq=made.seq, hash=made.hash, records=(*box.records, made))

    def _send(self, many: int) -> bool:
        """The hub takes what is due, as many as get through. Whether it dropped one whose turn had not come."""
        box, missing = self.box, False
        for one in [it for it in box.records if box.life > self.hub.life or it.seq > self.hub.seq][:many]:
            hub = self.hub
            if box.life != hub.life:
                opens = box.life > hub.life and one.seq == 1
                due = opens and isinstance(one.what, RolledBack) and one.what.hub_life == hub.life
            elif isinstance(one.what, CannotFill):
                due = one.what.first <= hub.seq + 1
            else:
                due = one.seq == hub.seq + 1 and one.prev == hub.hash
            missing |= not due
            if due:
                self.hub = Journal(box.life, one.seq, one.hash, (*hub.entries, one.what))
        self.backups.append(self.hub)
        return missing

    def _receipt(self, missing: bool) -> Receipt:
        hub = self.hub
        return Receipt(
            v=1,
            site="demo",
            node="archive-1",
            life=hub.life,
            seq=hub.seq,
            hash=hub.hash,
            index=hub.seq,
            missing=missing,
        )

    def _hears(self, receipt: Receipt) -> None:
        if receipt.life >= self.box.life:
            self.left_since = None
        elif self.left_since is None:
            self.left_since = self.now
        for action in self.receipts.judge(receipt, self.box.held, self.now):
            self._act(action, receipt)

    def _act(self, action: Action, receipt: Receipt) -> None:
        box = self.box
        match action:
            case Free(through):
                gone = box.held.oldest - 1
                assert through <= receipt.seq or through == gone, "freed without the hub's word"
                assert receipt.life == box.life, "freed by the word of another life"
                self.box = box._replace(freed=min(through, box.seq))
            case SendFrom(seq):
                assert seq == box.held.oldest or seq == receipt.seq + 1
            case Fill(data):
                assert receipt.seq + 1 == data.first <= data.last, "stated as lost what the hub has"
                assert all(one.seq > data.last for one in box.records), "stated as lost what is held"
                assert data.last <= box.seq
                filled = Kept(data.last, data.last_hash, "", data)
                self.owed &= {one.what for one in box.records if isinstance(one.what, int)} | {*self._journalled()}
                self.box = box._replace(records=(filled, *box.records), freed=data.first - 1)
            case RollBack(life, first):
                assert life > max(receipt.life, box.life), "a life that was there before"
                agrees = receipt.hash in ("", box.held.hash_of(receipt.seq)) and receipt.seq <= box.seq
                assert receipt.life != box.life or not agrees, "a new life without need"
                assert self.left_since is None or self.now - self.left_since >= 30_000, "it may only have been late"
                assert self.opened_at is None or self.now - self.opened_at >= 60_000, "lives one after the other"
                self.opened_at = self.now
                again = [one.what for one in box.records if one.seq > box.freed and isinstance(one.what, int)]
                self.owed &= {*again, *self._journalled()}
                self.box = Box(life)
                self._keep(first)
                for what in again:
                    self._keep(what)
        self.disks.append(self.box)

    def _journalled(self) -> list[int]:
        return [one for one in self.hub.entries if isinstance(one, int)]

    # ---- what must hold

    def teardown(self) -> None:
        """Left alone with a line that works it comes to an end, and nothing that is owed is missing."""
        for _ in range(200):
            self.now += 1_000
            self._hears(self._receipt(self._send(1_000)))
            if (self.hub.life, self.hub.seq, self.hub.hash, self.box.freed) == (
                self.box.life,
                self.box.seq,
                self.box.hash,
                self.box.seq,
            ):
                break
        else:
            pytest.fail("it waits for ever")
        assert self.owed <= {*self._journalled()}, "it is lost, and nobody has said so"


def test_it_ends_in_a_statement_and_never_in_waiting_whatever_happens() -> None:
    run_state_machine_as_test(Line, settings=ANY)


# ---------------------------------------------------------------- planted bugs


def without(case: Case) -> Callable[[Patch], None]:
    """The case is not told from those after it."""

    def plant(patch: Patch) -> None:
        patch.setattr(delivery, "CASES", tuple(row for row in delivery.CASES if row[0] != case))

    return plant


def answered_as(case: Case, other: Case) -> Callable[[Patch], None]:
    return lambda patch: patch.setitem(delivery.ANSWERS, case, delivery.ANSWERS[other])


def at_once(name: str) -> Callable[[Patch], None]:
    return lambda patch: patch.setattr(delivery, name, 0)


def any_hash_will_do(patch: Patch) -> None:
    patch.setattr(delivery, "CASES", tuple(row for row in delivery.CASES if row[1] is not delivery._other_hash))


def every_life_is_ours(patch: Patch) -> None:
    patch.setattr(delivery, "CASES", tuple(row for row in delivery.CASES if row[0] not in ("left-life", "rolled-back")))


BUGS: dict[str, Callable[[Patch], None]] = {
    **{f"no {case}": without(case) for case in ("left-life", "rolled-back", "gone")},
    "left-life is answered as committed": answered_as("left-life", "committed"),
    "rolled-back is answered as committed": answered_as("rolled-back", "committed"),
    "rolled-back is answered as gone": answered_as("rolled-back", "gone"),
    "gone is answered as committed": answered_as("gone", "committed"),
    "committed is answered as rolled-back": answered_as("committed", "rolled-back"),
    "committed is answered as gone": answered_as("committed", "gone"),
    "went-back is answered as rolled-back": answered_as("went-back", "rolled-back"),
    "lives one after the other": at_once("ROLL_BACK_MS"),
    "any hash will do": any_hash_will_do,
    "every life is ours": every_life_is_ours,
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found(bug: str, monkeypatch: Patch) -> None:
    BUGS[bug](monkeypatch)
    with pytest.raises((AssertionError, StopIteration, pytest.fail.Exception)):
        run_state_machine_as_test(Line, settings=hunting.HUNT)

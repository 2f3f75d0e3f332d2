"""Any hub, any order of events: a witness vouches for one history alone, and cries out for every other, not otherwise.

`BUGS` are put in by hand, and the machine finds each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from firmware.core import proofs, witness
from firmware.core.clock import Clock
from firmware.core.effects import Committed, Cosign, Effect, Now, Save
from firmware.core.witness import LONGEST_WAIT_MS, Witness
from tests.firmware.core.ledger import Ledger, opened, proven
from tests.firmware.core.stand import NO_CLOCK, TRUSTED_CLOCK, Stand, signed_by, stripped
from tests.support import hunting
from tests.support.journal import ORIGIN, key
from tests.wire.test_messages import of
from wire import checkpoint, notes, tlog
from wire import messages as m

STRANGER = key(ORIGIN, "a thief's")
Tree = tuple[bytes, ...]


class Hubs(RuleBasedStateMachine):
    """A node, and a hub that is honest until it is not."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger().open()
        self.stand = Stand()
        self.honest = True
        self.restored = 0
        self.published: list[bytes] = []
        self.answers: list[m.Proven] = []
        self.trees: dict[bytes, Tree] = {}
        self.vouched: list[Cosign] = []
        self.refusals = 0
        self.named: dict[int, Committed] = {}
        self._signed()

    # ---- the hub

    @rule(by=st.integers(1, 3), lost=st.booleans())
    def grows(self, by: int, lost: bool) -> None:
        self.ledger.grow(by, "x" if self.honest else "other")
        self._signed(lost)
        self._talk(not lost)

    @rule()
    def changes_its_key(self) -> None:
        self.ledger.rotate()
        self._signed()

    @precondition(lambda self: self.honest and self.restored < 3)
    @rule(data=st.data())
    def is_put_back_from_a_backup(self, data: st.DataObject) -> None:
        self.restored += 1
        self.ledger = self.ledger.restored(data.draw(st.integers(1, len(self.ledger.entries))), self.restored)
        self._signed()

    @precondition(lambda self: self.honest and len(self.ledger.entries) > 1)
    @rule(data=st.data(), forks=st.booleans())
    def turns_bad(self, data: st.DataObject, forks: bool) -> None:
        least = self.ledger.named[-1].entry + 1  # so that it has a checkpoint under its newest key
        held = self._held()
        before_held = min(max(least, held.size - 1), len(self.ledger.entries)) if held else least
        self.ledger = self.ledger.copy(data.draw(st.integers(least, before_held)))
        self.honest = False
        if forks:
            same_size = max(1, held.size - len(self.ledger.entries)) if held else 1
            self.ledger.grow(data.draw(st.sampled_from((1, same_size, same_size, same_size + 1))), "other")
        elif not self.ledger.signed:
            self.ledger.sign()
        self._signed()

    @precondition(lambda self: self.published)
    @rule(data=st.data())
    def plays_a_checkpoint_again(self, data: st.DataObject) -> None:
        self._shows(data.draw(st.sampled_from(self.published)))

    @precondition(lambda self: self.answers)
    @rule(data=st.data())
    def plays_an_answer_again_to_a_new_question(self, data: st.DataObject) -> None:
        self.connects(answers=False)
        before = self.stand.disk
        self.stand.apply(self.stand.witness.answered(data.draw(st.sampled_from(self.answers)), self.stand.now))
        assert self.stand.disk == before

    @precondition(lambda self: self.stand.asked)
    @rule()
    def answers_the_question(self) -> None:
        asked = self.stand.asked[-1]
        self._answers(self.ledger.answer(asked.data, asked.nonce))

    @precondition(lambda self: self.stand.asked)
    @rule(how=st.sampled_from(("stranger", "introduction", "inclusion", "entry")))
    def answers_with_something_taken_away(self, how: str) -> None:
        asked = self.stand.asked[-1]
        said = self.ledger.answer(asked.data, asked.nonce)
        if isinstance(said.data, m.Inclusion):
            self._answers(proven(asked.nonce, msgspec.structs.replace(said.data, inclusion=said.data.inclusion[1:])))
            return
        shown, introduces = said.data, said.data.introduces
        if how == "stranger":
            shown = stripped(shown, checkpoint=signed_by(shown.checkpoint.encode(), STRANGER))
        elif introduces and how == "introduction":
            shown = stripped(shown, introduces=None)
        elif introduces:
            other = {"inclusion": introduces.inclusion[1:]} if how == "inclusion" else {"entry": f"x{introduces.entry}"}
            shown = stripped(shown, introduces=msgspec.structs.replace(introduces, **other))
        self._answers(proven(asked.nonce, shown))
        if how == "stranger":
            assert self.stand.state.key != str(STRANGER.public)

    @rule(by=st.integers(0, 3))
    def shows_a_checkpoint_that_nobody_has_signed(self, by: int) -> None:
        before, held = self.stand.state.note, self._held()
        trusted = notes.parse_key(self.stand.state.key)
        text = checkpoint.Checkpoint(trusted.name, (held.size if held else 0) + by + 1, bytes(32)).text()
        forged = notes.join(text, [notes.Signature(trusted.name, trusted.key_id, bytes(64))])
        self._expects(None, lambda: self.stand.sees(forged))
        if self.stand.asked:
            old = held.size if held else 0
            said = m.Growth(checkpoint=forged.decode(), old=old, consistency=("ab" * 32,), introduces=None)
            self._expects(None, lambda: self.stand.hears(said))
            self.stand.asked.clear()
        assert self.stand.state.note == before

    @rule()
    def the_question_is_lost(self) -> None:
        self.stand.asked.clear()

    @rule(data=st.data(), keeps=st.booleans(), answers=st.booleans())
    def acknowledges_a_record(self, data: st.DataObject, keeps: bool, answers: bool) -> None:
        entry = data.draw(st.integers(0, len(self.ledger.entries) - 1))
        note = self.ledger.entries[entry] if keeps else b"left out"
        self.named[len(self.named)] = Committed(1, len(self.named), entry, tlog.leaf_hash(note))
        self.stand.witness.committed(self.named[len(self.named) - 1])
        self.time_passes(witness.COVER_EVERY_MS, answers)

    # ---- the node

    @rule(ms=st.sampled_from((100, 1_000, 10_000, LONGEST_WAIT_MS)), answers=st.booleans())
    def time_passes(self, ms: int, answers: bool) -> None:
        self.stand.wait(ms)
        self._look()
        self._talk(answers)

    @rule(answers=st.booleans())
    def connects(self, answers: bool) -> None:
        self.stand.apply(self.stand.witness.connected(self.stand.now))
        self._look()
        self._talk(answers)

    @rule(clock=st.sampled_from((TRUSTED_CLOCK, NO_CLOCK)))
    def starts_again(self, clock: int) -> None:
        self._look()
        self.stand = self.stand.rebooted(clock)
        self.refusals = 0
        self.named.clear()

    # ---- what must hold

    @invariant()
    def it_vouches_for_one_history_of_each_origin(self) -> None:
        newest: dict[str, Tree] = {}
        for one in self.vouched:
            made = opened(one.note)
            tree = self.trees[made.root]
            before = newest.get(made.origin, ())
            assert tree[: len(before)] == before
            newest[made.origin] = tree

    @invariant()
    def nobody_honest_is_accused(self) -> None:
        assert not (self.honest and self.stand.state.refused)
        assert self.stand.witness.sounding == self.stand.sounder.on == (self.stand.state.refused is not None)

    @invariant()
    def only_what_is_there_is_covered(self) -> None:
        for one in self.stand.covered:
            record = self.named[one.seq]
            held = opened(self.stand.state.note.encode())
            tree = self.trees[held.root]
            assert self.stand.state.cosigned
            assert [tlog.leaf_hash(one) for one in tree[record.entry : record.entry + 1]] == [record.leaf]
        self.stand.covered.clear()

    def teardown(self) -> None:
        """An honest hub that answers is vouched for to the end."""
        if self.honest and self.stand.clock.wall(self.stand.now)[1] != "untrusted":
            self.stand.connects(self.ledger)
            self.stand.wait(LONGEST_WAIT_MS)
            self.stand.hears_from(self.ledger)
            newest = opened(self.ledger.newest)
            assert self.stand.witness.head == m.Head(size=newest.size, root=newest.root.hex())
            assert self.stand.state.cosigned

    # ---- within

    def _signed(self, lost: bool = False) -> None:
        for note in self.ledger.signed:
            made = opened(note)
            self.trees[made.root] = tuple(self.ledger.entries[: made.size])
        self.published.append(self.ledger.newest)
        if not lost:
            self._shows(self.ledger.newest)

    def _shows(self, note: bytes) -> None:
        held, made = self._held(), opened(note)
        forked = held is not None and made.size == held.size and made.root != held.root
        expected = "fork" if forked and self._by_trusted(note) else None
        self._expects(expected, lambda: self.stand.sees(note))

    def _answers(self, said: m.Proven) -> None:
        self.answers.append(said)
        expected = None
        if isinstance(said.data, m.Growth) and self._by_trusted(said.data.checkpoint.encode()):
            held, made = self._held(), opened(said.data.checkpoint.encode())
            old = self.trees[held.root] if held else ()
            new = self.trees[made.root]
            if len(new) < len(old):
                expected = "rollback"
            elif new[: len(old)] != old:
                expected = "fork"
        self._expects(expected, lambda: self.stand.hears(said.data, said.nonce))
        # Only the newest question is open; what the answer has led to is a new one.
        self.stand.asked = [one for one in self.stand.asked[-1:] if one.nonce != said.nonce]

    def _talk(self, answers: bool) -> None:
        """The hub answers what is asked, and what that leads to."""
        for _ in range(3 * answers):
            if self.stand.asked:
                self.answers_the_question()

    def _expects(self, why: str | None, do: Callable[[], None]) -> None:
        already = self.stand.state.refused
        before = len(self.stand.refusals)
        do()
        assert self.stand.refusals[before:] == ([why] if why and not already else [])
        self._look()

    def _look(self) -> None:
        """Note what was vouched for. A clock that is not to be trusted says only again what was said before."""
        blind = self.stand.clock.wall(self.stand.now)[1] == "untrusted"
        for one in self.stand.cosigned:
            assert not blind or one in self.vouched
        self.vouched += [one for one in self.stand.cosigned if one not in self.vouched]
        self.stand.cosigned.clear()

    def _held(self) -> checkpoint.Checkpoint | None:
        note = self.stand.state.note
        return opened(note.encode()) if note else None

    def _by_trusted(self, note: bytes) -> bool:
        trusted = notes.parse_key(self.stand.state.key)
        made, parts = checkpoint.open_signed(note)
        return made.origin == trusted.name and any(one.key_id == trusted.key_id for one in parts.signatures)


TestHubs = Hubs.TestCase
TestHubs.settings = settings(max_examples=80, stateful_step_count=30)


# ---------------------------------------------------------------- planted bugs

Patch = pytest.MonkeyPatch


def no_proof_is_checked(patch: Patch) -> None:
    blind = {**vars(tlog), "check_consistency": lambda *_: None}
    patch.setattr(witness, "tlog", SimpleNamespace(**blind))


def no_inclusion_is_checked(patch: Patch) -> None:
    blind = SimpleNamespace(**{**vars(tlog), "check_inclusion": lambda *_: None})
    patch.setattr(witness, "tlog", blind)
    patch.setattr(proofs, "tlog", blind)


def any_answer_counts(patch: Patch) -> None:
    answered = Witness.answered

    def takes(self: Witness, said: m.Proven, now: Now) -> Iterator[Effect]:
        asked = self._asked
        return answered(self, msgspec.structs.replace(said, nonce=asked.nonce) if asked else said, now)

    patch.setattr(Witness, "answered", takes)


def a_smaller_journal_is_let_pass(patch: Patch) -> None:
    against = Witness._against
    patch.setattr(
        Witness, "_against", lambda self, made, said: None if made.size < self._held.size else against(self, made, said)
    )


def an_old_message_frightens(patch: Patch) -> None:
    shown = Witness.shown

    def cries(self: Witness, note: bytes, now: Now) -> Iterator[Effect]:
        made, parts = proofs.open_checkpoint(note)
        if proofs.is_by(made, parts, self._key, self._trust) and made.size < self._held.size:
            yield from self._refuse("rollback", parts)
        yield from shown(self, note, now)

    patch.setattr(Witness, "shown", cries)


def another_root_of_one_size_is_not_noticed(patch: Patch) -> None:
    shown = Witness.shown

    def misses(self: Witness, note: bytes, now: Now) -> Iterator[Effect]:
        made, _ = proofs.open_checkpoint(note)
        return iter(()) if made.size == self._held.size else shown(self, note, now)

    patch.setattr(Witness, "shown", misses)


def it_speaks_before_it_writes(patch: Patch) -> None:
    patch.setattr(Witness, "_save", _forgets)


def _forgets(self: Witness, state: Any) -> Save:
    before = self._state
    self._put(state)
    return Save({"witness": before})


def a_refusal_does_not_last(patch: Patch) -> None:
    save = Witness._save
    patch.setattr(Witness, "_save", lambda self, state: save(self, msgspec.structs.replace(state, refused=None)))


def no_clock_is_good_enough(patch: Patch) -> None:
    wall = Clock.wall
    patch.setattr(witness.Witness, "_cosign", _with(lambda self, now: (wall(self, now)[0], "trusted")))


def _with(wall: Callable[[Clock, Now], Any]) -> Callable[[Witness, Now], Iterator[Effect]]:
    cosign = Witness._cosign

    def blindly(self: Witness, now: Now) -> Iterator[Effect]:
        clock = self._clock
        self._clock = SimpleNamespace(wall=lambda now: wall(clock, now))  # type: ignore[assignment]
        yield from cosign(self, now)
        self._clock = clock

    return blindly


def anybody_may_sign(patch: Patch) -> None:
    patch.setattr(proofs, "notes", SimpleNamespace(**{**vars(notes), "signers": _lines_alone}))


def _lines_alone(parts: notes.Note, found: list[notes.VerifierKey], checks: Any) -> list[notes.VerifierKey]:
    return [key for key in found if any(one.key_id == key.key_id for one in parts.signatures)]


def what_was_not_countersigned_covers(patch: Patch) -> None:
    patch.setattr(Witness, "_to_cover", lambda self, now: _any_record(self))


def _any_record(self: Witness) -> Committed | None:
    record = self._record
    return record if record and record != self._covered and record.entry < self._held.size else None


BUGS = (
    no_proof_is_checked,
    no_inclusion_is_checked,
    any_answer_counts,
    a_smaller_journal_is_let_pass,
    an_old_message_frightens,
    another_root_of_one_size_is_not_noticed,
    it_speaks_before_it_writes,
    a_refusal_does_not_last,
    no_clock_is_good_enough,
    anybody_may_sign,
    what_was_not_countersigned_covers,
)

HUNT = settings(hunting.HUNT, stateful_step_count=30)


@pytest.mark.parametrize("plant", BUGS, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(plant: Callable[[Patch], None], monkeypatch: Patch) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Hubs, settings=HUNT)


# ---------------------------------------------------------------- whatever comes


@settings(max_examples=60)
@given(made=of(m.Growth) | of(m.Inclusion))
def test_an_answer_made_of_anything_is_survived_and_changes_nothing(made: m.Growth | m.Inclusion) -> None:
    ledger = Ledger().open()
    stand = Stand()
    stand.connects(ledger)
    ledger.grow()
    stand.apply(stand.witness.connected(stand.now))
    held = stand.state
    stand.hears(made)
    assert stand.passed == ["unproven"]
    assert (stand.state, stand.refusals) == (held, [])


@given(data=st.data())
def test_a_good_answer_with_any_byte_changed_is_never_held(data: st.DataObject) -> None:
    ledger = Ledger().open()
    stand = Stand()
    stand.connects(ledger)
    ledger.rotate()
    stand.apply(stand.witness.connected(stand.now))
    said = m.encode(proven(stand.asked[-1].nonce, ledger.growth(1, stand.state.key)))
    text = bytearray(said)
    at = data.draw(st.integers(said.index(b'"data"'), len(text) - 2))
    text[at] = data.draw(st.integers(32, 126).filter(lambda byte: byte != said[at]))
    try:
        answer = m.decode(bytes(text), m.Proven)
    except m.Unreadable:
        return
    note = stand.state.note
    stand.apply(stand.witness.answered(answer, stand.now))
    assert (stand.state.key, stand.state.note) == (str(stand.trust.checkpoint_key), note)

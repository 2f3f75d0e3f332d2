"""The node as a witness of the journal: what it has once seen of it stays so, or it cries out.

The rules are those of https://c2sp.org/tlog-witness, with a broker in between. One checkpoint is held. A larger one is
asked about, one question at a time: the answer bears the question's nonce and proves that the tree has grown. What is
held is on disk before it is countersigned, and so is the key that is trusted. Two things cannot be explained away, and
both bear the hub's own signature:

    fork        a tree that does not grow from the one that is held
    rollback    fewer entries than are held, in answer to a question asked just now; elsewhere it is an old message

What cannot be used is passed over and asked for again. An old message played again frightens nobody. The module is
long since one state decides all of that.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

import msgspec

from firmware.core.clock import Clock
from firmware.core.effects import (
    Committed,
    Cosign,
    Covered,
    Effect,
    Inquire,
    Keep,
    Now,
    PassedOver,
    Save,
    Witnessed,
)
from firmware.core.proofs import USELESS, Trust, Unproven, hashes, introduced, is_by, lines_of, open_checkpoint
from firmware.core.sounder import OwnSounder
from wire import notes, tlog
from wire.checkpoint import Checkpoint
from wire.messages import (
    AskGrowth,
    AskInclusion,
    Growth,
    Head,
    Inclusion,
    JournalMoved,
    JournalRefused,
    Proven,
)
from wire.notes import Note, VerifierKey

FIRST_WAIT_MS = 5_000
LONGEST_WAIT_MS = 60_000
"""How long an answer is waited for, doubled from one useless try to the next."""
IDLE_MS = 1_000
"""Pause after an answer without news, so that no hub can keep the node busy."""
COVER_EVERY_MS = 600_000
"""How often it is asked whether the newest record that the hub has acknowledged is in the journal."""
MOST_FORMER = 32
"""Changes of origin that are followed in a row; after that only new papers are accepted, since this is an attack."""


class _Asked(NamedTuple):
    nonce: str
    data: AskGrowth | AskInclusion
    until: int
    record: Committed | None = None
    """The one whose inclusion is asked for."""


class Witness:
    """What is held and trusted, and the question that is open."""

    def __init__(self, trust: Trust, saved: Witnessed | None, sounder: OwnSounder, clock: Clock) -> None:
        self._trust = trust
        self._sounder = sounder
        self._clock = clock
        own = str(trust.checkpoint_key)
        self._put(saved or Witnessed(papers=own, key=own))
        self._asked: _Asked | None = None
        self._wanted = False
        self._heard = 0
        """Size of the largest checkpoint that was published under the trusted key."""
        self._wait = FIRST_WAIT_MS
        self._not_before = 0
        self._record: Committed | None = None
        self._covered: Committed | None = None
        self._cover_at = 0

    @property
    def head(self) -> Head | None:
        """The newest checkpoint that is held."""
        return Head(size=self._held.size, root=self._held.root.hex()) if self._state.note else None

    @property
    def sounding(self) -> bool:
        """Whether the journal was refused, and nobody has come yet."""
        return self._state.sounds

    # ------------------------------------------------------------ what happens

    def start(self) -> Iterator[Effect]:
        """The node starts. New papers that name another origin begin anew; others change nothing of what is held."""
        key, state = self._trust.checkpoint_key, self._state
        if state.papers != str(key):
            state = msgspec.structs.replace(state, papers=str(key))
            if key.name != self._key.name:
                yield Keep(JournalMoved(left=state.note, origin=key.name))
                state = _follow(state, key, "")
        yield self._save(state)
        if state.sounds:
            yield from self._sounder.journal_refused()

    def connected(self, now: Now) -> Iterator[Effect]:
        """What was under way may be lost, and checkpoints were missed."""
        self._asked, self._wanted, self._wait, self._not_before = None, True, FIRST_WAIT_MS, now.mono
        if self._state.cosigned and not self._state.refused:
            yield Cosign(self._state.note.encode(), self._state.cosigned)
        yield from self._ask(now)

    def shown(self, note: bytes, now: Now) -> Iterator[Effect]:
        """A checkpoint was published."""
        try:
            made, parts = open_checkpoint(note)
        except notes.NoteError:
            yield PassedOver("malformed")
            return
        if not is_by(made, parts, self._key, self._trust):
            self._wanted = True  # another key may have come; whoever answers has to show how
        elif self._state.refused:
            return
        elif made.size == self._held.size and made.root != self._held.root:
            yield from self._refuse("fork", parts)
        else:
            if made.size > self._heard and self._asked:
                # Somebody signs again, so somebody can answer: what an engine that was away never got is asked anew.
                self._asked = self._asked._replace(until=min(self._asked.until, now.mono + FIRST_WAIT_MS))
            self._heard = max(self._heard, made.size)
            self._wanted |= made.size > self._held.size
        yield from self._ask(now)

    def answered(self, said: Proven, now: Now) -> Iterator[Effect]:
        """An answer of the engine."""
        asked = self._asked
        if asked is None or said.nonce != asked.nonce:
            yield PassedOver("unasked")
            return
        self._asked, before = None, (self._held, self._key)
        try:
            if isinstance(said.data, Growth):
                yield from self._grown(said.data, now)
            else:
                yield from self._included(said.data, asked)
        except USELESS:
            yield PassedOver("unproven")
            self._try_again(asked)
            self._not_before = now.mono + self._wait
            return
        self._wait = FIRST_WAIT_MS
        if before == (self._held, self._key):
            self._not_before = now.mono + IDLE_MS
        yield from self._ask(now)

    def committed(self, record: Committed) -> None:
        """The hub has acknowledged this record; whether the journal contains it is asked at the next COVER_EVERY_MS."""
        self._record = record

    def attended(self) -> Iterator[Effect]:
        """A responder has come."""
        if self._state.sounds:
            yield self._save(msgspec.structs.replace(self._state, sounds=False))
            yield from self._sounder.quiet_journal()

    def advance(self, now: Now) -> Iterator[Effect]:
        """Time has passed."""
        yield from self._cosign(now)
        if self._asked and now.mono >= self._asked.until:
            self._try_again(self._asked)
        yield from self._ask(now)

    # ------------------------------------------------------------ questions

    def _ask(self, now: Now) -> Iterator[Effect]:
        if self._asked or now.mono < self._not_before:
            return
        data: AskGrowth | AskInclusion
        record = None
        if self._wanted:
            self._wanted = False
            data = AskGrowth(size=self._held.size, key=self._state.key)
        elif (record := self._to_cover(now)) is not None:
            self._cover_at = now.mono + COVER_EVERY_MS
            data = AskInclusion(index=record.entry, size=self._held.size)
        else:
            return
        self._asked = _Asked(self._trust.nonce(), data, now.mono + self._wait, record)
        yield Inquire(self._asked.nonce, data)

    def _to_cover(self, now: Now) -> Committed | None:
        """The newest record that the hub has acknowledged, if this node's own countersignature can speak for it now."""
        record, state = self._record, self._state
        if record is None or record == self._covered or now.mono < self._cover_at:
            return None
        return record if record.entry < self._held.size and state.cosigned and not state.refused else None

    def _try_again(self, asked: _Asked) -> None:
        self._asked = None
        self._wanted |= isinstance(asked.data, AskGrowth)
        self._wait = min(2 * self._wait, LONGEST_WAIT_MS)

    # ------------------------------------------------------------ answers

    def _grown(self, said: Growth, now: Now) -> Iterator[Effect]:
        made, parts = open_checkpoint(said.checkpoint.encode())
        ours = is_by(made, parts, self._key, self._trust)
        if ours:
            if self._state.refused or said.old != self._held.size:
                raise Unproven("nothing follows from it")
            why = self._against(made, said)
            if why:
                yield from self._refuse(why, parts)
                return
        new = introduced(said.introduces, made, self._key, self._trust) if said.introduces else None
        moves = new is not None and new.name != self._key.name
        if not (ours or moves) or (new and not is_by(made, parts, new, self._trust)):
            raise Unproven("signed by none that may sign it")
        if new and moves:
            yield from self._move(new, parts)
        else:
            yield from self._hold(made, parts, new)
        self._wanted = new is not None or self._heard > made.size
        yield from self._cosign(now)

    def _against(self, made: Checkpoint, said: Growth) -> Literal["fork", "rollback"] | None:
        held = self._held
        if made.size < held.size:
            return "rollback"
        if made.size == held.size:
            return None if made.root == held.root else "fork"
        if not held.size and said.consistency:
            raise Unproven("nothing is held that could be grown from")
        try:
            tlog.check_consistency(held.size, made.size, held.root, made.root, hashes(said.consistency))
        except tlog.ProofError:
            return "fork"
        return None

    def _hold(self, made: Checkpoint, parts: Note, new: VerifierKey | None) -> Iterator[Effect]:
        grown = made.size > self._held.size
        if not grown and new is None:
            return
        note = lines_of(parts, [self._key, new] if new else [self._key])
        changed = msgspec.structs.replace(self._state, key=str(new or self._key), note=note)
        yield self._save(msgspec.structs.replace(changed, cosigned=0) if grown else changed)

    def _move(self, new: VerifierKey, parts: Note) -> Iterator[Effect]:
        left = [open_checkpoint(one.encode())[0].origin for one in self._state.former]
        if new.name in left or len(left) >= MOST_FORMER:
            raise Unproven("an origin that was left already, or too many of them")
        yield Keep(JournalMoved(left=self._state.note, origin=new.name))
        yield self._save(_follow(self._state, new, lines_of(parts, [new])))
        self._heard, self._record = 0, None

    def _included(self, said: Inclusion, asked: _Asked) -> Iterator[Effect]:
        record = asked.record
        if record is None or asked.data != AskInclusion(index=said.index, size=said.size):
            raise Unproven("this was not asked")
        # What is held changes by answers alone, and this one was waited for.
        tlog.check_inclusion(record.leaf, said.index, said.size, hashes(said.inclusion), self._held.root)
        self._covered = record
        yield Covered(record.life, record.seq)

    # ------------------------------------------------------------ what follows

    def _cosign(self, now: Now) -> Iterator[Effect]:
        state = self._state
        wall, trust = self._clock.wall(now)
        if not state.note or state.cosigned or state.refused or trust == "untrusted":
            return
        time = max(1, wall // 1000)
        yield self._save(msgspec.structs.replace(state, cosigned=time))
        yield Cosign(self._state.note.encode(), time)

    def _refuse(self, why: Literal["fork", "rollback"], parts: Note) -> Iterator[Effect]:
        refused = JournalRefused(why=why, held=self._state.note, shown=lines_of(parts, [self._key]))
        self._asked, self._wanted = None, False
        yield from self._sounder.journal_refused()
        yield Keep(refused)
        yield self._save(msgspec.structs.replace(self._state, refused=refused, sounds=True))

    def _save(self, state: Witnessed) -> Save:
        self._put(state)
        return Save({"witness": state})

    def _put(self, state: Witnessed) -> None:
        self._state = state
        self._key = notes.parse_key(state.key)
        empty = Checkpoint(self._key.name, 0, tlog.root(()))
        self._held = open_checkpoint(state.note.encode())[0] if state.note else empty


def _follow(state: Witnessed, key: VerifierKey, note: str) -> Witnessed:
    """The state under another origin. What was held of the one before is kept; what was refused of it is told."""
    former = (*state.former, state.note) if state.note else state.former
    return msgspec.structs.replace(state, key=str(key), note=note, cosigned=0, refused=None, former=former)

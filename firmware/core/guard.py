"""The node guards its sealed areas also against its own hub: what it holds, and who or what lets it go.

Whoever has the hub can send any order in its name. So nothing that would weaken a sealing is done on the hub's word
alone: the node at whose reader the area is unsealed has itself seen two badges of those who might when it was sealed;
every other node of the area has that node's signed word. So it is with letting go, and with a plan or a list that
changes what the sealing rests on. An emergency opening needs neither, and sounds until one of the people who might
attend has come. ROWS is all of that: what the node holds, by what it is told. It is long since all of it is read side
by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from msgspec.structs import replace

from firmware.core import frozen
from firmware.core.access import holder_of
from firmware.core.clock import Clock
from firmware.core.doors import area_of
from firmware.core.effects import Effect, Keep, Now, Save, Saved
from firmware.core.emergencies import Emergencies
from firmware.core.held import Held
from firmware.core.permits import Permits
from firmware.core.word import Words
from wire.messages import (
    AccessList,
    Ceremony,
    Credential,
    Holder,
    Name,
    OrderRefusal,
    Permitted,
    Plan,
    Released,
    ReleasedBy,
    Seal,
    SealedArea,
    Unseal,
)

WORD_MS = 600_000
"""How old the word of another node may be that admits a change, by this node's clock. Nothing else is so bound: what
was let go is over, but a word of last week must not change what is sealed today."""

Told = Literal[
    "same", "other", "over", "new", "badges", "badges-before", "word", "used", "arming", "nothing", "emergency"
]
"""By what the order is: the sealing that is held, another, one that was let go here, or a new one; and to let go, or to
change what is held, what speaks for it. `arming`: it was never firm. `used`: the permit or word has served already."""
Kind = Literal["seal", "unseal", "plan", "list"]
Answer = OrderRefusal | Literal["hold", "as-it-is", "freeze-anew", "let-go-quietly", "let-go-loudly"]

ROWS: Mapping[tuple[bool, Kind, Told], Answer] = {
    # held, order, by what
    (False, "seal", "new"): "hold",
    (False, "seal", "over"): "let-go",
    (True, "seal", "same"): "as-it-is",
    (True, "seal", "other"): "frozen",
    (False, "unseal", "nothing"): "as-it-is",
    (True, "unseal", "badges"): "let-go-quietly",
    (True, "unseal", "badges-before"): "no-permit",
    (True, "unseal", "word"): "let-go-quietly",
    (True, "unseal", "arming"): "let-go-quietly",
    (True, "unseal", "nothing"): "no-permit",
    (True, "unseal", "emergency"): "let-go-loudly",
    (True, "plan", "same"): "as-it-is",
    (True, "plan", "badges"): "freeze-anew",
    (True, "plan", "badges-before"): "no-permit",
    (True, "plan", "word"): "freeze-anew",
    (True, "plan", "used"): "frozen",
    (True, "plan", "nothing"): "frozen",
    (True, "list", "same"): "as-it-is",
    (True, "list", "badges"): "freeze-anew",
    (True, "list", "badges-before"): "no-permit",
    (True, "list", "word"): "freeze-anew",
    (True, "list", "used"): "frozen",
    (True, "list", "nothing"): "frozen",
}
RELEASES: Mapping[Told, ReleasedBy] = {
    "badges": "badges",
    "word": "word",
    "arming": "arming",
    "emergency": "emergency",
}
BY_WORD: Mapping[ReleasedBy, Told] = {"badges": "word", "arming": "word", "emergency": "emergency", "word": "nothing"}
"""What the word of the reader's node says, by what that node has let go by."""
SOUNDS: frozenset[OrderRefusal] = frozenset({"frozen", "no-permit", "no-word"})
"""Refusals of what nobody orders who means well."""


class Guard:
    """What is held, permitted and let go. All of it is on disk, but for the first of two badges."""

    def __init__(self, saved: Saved, words: Words, clock: Clock) -> None:
        self.emergencies = Emergencies(saved.opened, words)
        self._words = words
        self._clock = clock
        self._held = {one.area: one for one in saved.sealed}
        self._let_go = {one.area: one.sealing for one in saved.let_go}
        self._permits = Permits(saved.permits)

    @property
    def sealed(self) -> tuple[SealedArea, ...]:
        """Every area that is held, with the number of its sealing."""
        return tuple(SealedArea(area=one.area, sealing=one.sealing) for one in self._held.values())

    def is_firm(self, area: Name) -> bool:
        """Whether it takes badges to end the area's sealing."""
        return area in self._held and self._held[area].firm

    def start(self, plan: Plan | None, access: AccessList | None, now: int) -> Iterator[Effect]:
        """After a boot."""
        for area, held in list(self._held.items()):
            if held.reader is None and not held.points:
                self._held[area] = frozen.completed(held, plan, access)
                yield Keep(frozen.record(self._held[area]))
        self._permits.start(now)
        if self._held or self._permits.saved:
            yield self._save("sealed", "permits")

    def advance(self, now: int) -> Iterator[Effect]:
        """Time has passed: what was permitted too long ago is over."""
        yield from self._permits.advance(now)

    # ------------------------------------------------------------ orders: why not

    def why_not(self, order: Seal | Unseal, now: int) -> OrderRefusal | None:
        """Why the area is not sealed, or let go, as ordered; None: it is."""
        return _refusal(self._answer(order, now))

    def why_not_taken(self, data: Plan | AccessList, now: Now) -> OrderRefusal | None:
        """Why a plan or an access list is not taken while these areas are sealed."""
        refusals = (_refusal(self._taking(held, data, now)) for held in self._held.values())
        return next((one for one in refusals if one), None)

    def why_not_ceremony(self, order: Ceremony) -> OrderRefusal | None:
        """Why badges are not counted. To unseal or change what is held they are, under its number, at its readers."""
        held = self._held.get(area_of(order.reader))
        if held is None or order.purpose == "seal":
            return None
        readers = {reader.place for reader in held.readers}
        return None if order.sealing == held.sealing and order.reader in readers else "frozen"

    def wronged(self, data: object, reason: OrderRefusal, now: Now) -> list[Name]:
        """Sealed areas that an order which was refused would have weakened, so that the node sounds for them."""
        if reason not in SOUNDS:
            return []
        match data:
            case Seal(area=area) | Unseal(area=area):
                held = self._held.get(area)
                late = held is not None and self._permits.given(held, "unseal") is not None
                return [] if held is None or (late and reason == "no-permit") else [area]
            case Plan() | AccessList():
                # What two people have permitted, and it came too late, is refused and is no attack.
                return [area for area, held in self._held.items() if self._taking(held, data, now) == "frozen"]
        return []

    # ------------------------------------------------------------ orders: done

    def hold(self, order: Seal, node: Name, plan: Plan | None, access: AccessList | None) -> Iterator[Effect]:
        """Seal the area; a repeat changes nothing, but that it is firm from now on, and which changes are over."""
        held = self._held.get(order.area)
        if held is not None:
            now = replace(held, firm=held.firm or order.firm, over=max(held.over, order.over))
            if now != held:
                self._held[order.area] = now
                yield self._save("sealed")
            return
        self._held[order.area] = frozen.freeze(order, node, plan, access)
        self._permits.forget(order.area)
        yield Keep(frozen.record(self._held[order.area]))
        yield self._save("sealed", "permits")

    def let_go(self, order: Unseal, now: int) -> Iterator[Effect]:
        """Let the area go, if it is held."""
        held, answer = self._held.get(order.area), self._answer(order, now)
        if held is None:
            return
        if answer == "let-go-loudly":
            yield from self.emergencies.begin(held)
        yield Keep(self._released(order, held, now))
        del self._held[order.area]
        self._let_go[order.area] = max(held.sealing, self._let_go.get(order.area, 0))
        self._permits.forget(order.area)
        yield self._save("sealed", "permits", "let_go")

    def take(self, data: Plan | AccessList, now: Now) -> Iterator[Effect]:
        """A plan or an access list is taken: what two people have admitted is what is held from now on."""
        for area, held in list(self._held.items()):
            if self._taking(held, data, now) == "freeze-anew":
                self._held[area] = frozen.changed(held, data, self._admits(held, data, now)[1])
                yield Keep(frozen.record(self._held[area]))
                yield self._save("sealed")

    def begin(self, order: Ceremony) -> Iterator[Effect]:
        """A ceremony begins, or is over: so is one of before, and what was permitted in it."""
        area = area_of(order.reader)
        if self._permits.is_over(area, order):
            self._permits.forget(area)
            yield self._save("permits")

    # ------------------------------------------------------------ badges

    def holder(self, area: Name, access: AccessList | None, credential: Credential) -> Holder | None:
        """Whose badge this is, by the list; at an area that is held with those rights alone that were frozen."""
        held = self._held.get(area)
        return frozen.holder(held.people, area, access, credential) if held else holder_of(access, credential)

    def shown(self, ceremony: Ceremony, person: Holder | None, at: int, now: int) -> Iterator[Effect]:
        """A badge was shown in a ceremony. Two people in time, to unseal or change what is held here: a permit."""
        area = area_of(ceremony.reader)
        held = self._held.get(area)
        counts = held is not None and held.here and ceremony.purpose != "seal" and ceremony.sealing == held.sealing
        if held is None or not counts or person is None or area not in person.seals:
            return
        people = self._permits.shown(held, ceremony.purpose, person.person, at)
        if people is None:
            return
        change = None
        if ceremony.purpose == "change":
            change = held.changes + 1
            self._held[area] = replace(held, changes=change)
            yield self._save("sealed")
        yield from self._permits.give(held, people, change, now)

    # ------------------------------------------------------------ within

    def _answer(self, order: Seal | Unseal, now: int) -> Answer:
        held = self._held.get(order.area)
        if isinstance(order, Seal):
            return ROWS[held is not None, "seal", self._sealing(order, held)]
        if held is None:
            return ROWS[False, "unseal", "nothing"]
        if order.sealing != held.sealing:
            return "frozen"
        answer = ROWS[True, "unseal", self._speaks(order, held, now)]
        return "no-word" if answer == "no-permit" and not held.here else answer

    def _released(self, order: Unseal, held: Held, now: int) -> Released:
        speaks = self._speaks(order, held, now)
        permit = self._permits.given(held, "unseal") if speaks == "badges" else None
        people = permit.people if permit else None
        return Released(area=held.area, sealing=held.sealing, by=RELEASES.get(speaks, "emergency"), people=people)

    def _sealing(self, order: Seal, held: Held | None) -> Told:
        if held is not None:
            return "same" if order.sealing == held.sealing else "other"
        return "over" if order.sealing <= self._let_go.get(order.area, 0) else "new"

    def _speaks(self, order: Unseal, held: Held, now: int) -> Told:
        """What speaks for letting an area go."""
        if order.emergency:
            return "emergency"
        if not held.firm:
            return "arming"
        if held.here:
            return self._permits.speaks(held, "unseal", now)
        said = self._words.released(order.word, held.keys, held.reader) if held.reader else None
        if said is None or (said.area, said.sealing) != (held.area, held.sealing):
            return "nothing"
        return BY_WORD[said.by]

    def _taking(self, held: Held, data: Plan | AccessList, now: Now) -> Answer:
        """What becomes of an area that is held with this plan or list. Further points change nothing by themselves;
        with badges for it they are held as well."""
        speaks, _ = self._admits(held, data, now)
        if isinstance(data, AccessList):
            return ROWS[True, "list", speaks if frozen.is_widened(held, data) else "same"]
        if frozen.is_changed(held, data):
            return ROWS[True, "plan", "nothing" if frozen.ends_it(held, data) else speaks]
        extended = frozen.is_extended(held, data) and speaks in ("badges", "word")
        return ROWS[True, "plan", speaks if extended else "same"]

    def _admits(self, held: Held, data: Plan | AccessList, now: Now) -> tuple[Told, int]:
        """What speaks for a change of what is held, and which change of the sealing that is."""
        last = max(held.over, held.plan_by if isinstance(data, Plan) else held.list_by)
        if held.here:
            permit = self._permits.given(held, "change")
            if permit is None or permit.change is None:
                return "nothing", 0
            return self._permits.speaks(held, "change", now.mono) if permit.change > last else "used", permit.change
        record = self._words.permitted(data.word, held.keys, held.reader) if held.reader else None
        said = record.data if record else None
        if record is None or not isinstance(said, Permitted) or said.change is None:
            return "nothing", 0
        if (said.area, said.sealing) != (held.area, held.sealing) or self._clock.wall(now)[0] - record.wall > WORD_MS:
            return "nothing", 0
        return "word" if said.change > last else "used", said.change

    def _save(self, *names: Literal["sealed", "permits", "let_go"]) -> Save:
        fields = {
            "sealed": tuple(self._held.values()),
            "permits": self._permits.saved,
            "let_go": tuple(SealedArea(area=area, sealing=number) for area, number in self._let_go.items()),
        }
        return Save({name: fields[name] for name in names})


def _refusal(answer: Answer) -> OrderRefusal | None:
    return None if answer in DONE else answer  # type: ignore[return-value]


DONE: frozenset[Answer] = frozenset({"hold", "as-it-is", "freeze-anew", "let-go-quietly", "let-go-loudly"})

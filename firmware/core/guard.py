"""The node guards its sealed areas also against its own hub: what it holds, and who or what lets it go.

Whoever has the hub can send any order in its name. So nothing that would weaken a sealing is done on the hub's word
alone: the node at whose reader the area is unsealed has itself seen two badges of those who might when it was sealed;
every other node of the area has that node's signed word. An emergency opening needs neither, and sounds until one of
the people who might attend has come. ROWS is all of that: what the node holds, by what it is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from msgspec.structs import replace

from firmware.core import frozen
from firmware.core.access import holder_of
from firmware.core.doors import area_of
from firmware.core.effects import Effect, Keep, Save, Saved
from firmware.core.emergencies import Emergencies
from firmware.core.held import Held, Permit
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

SECOND_BADGE_MS = 20_000
"""The second person's badge counts up to 20 s after the first, as it does for the hub."""
PERMIT_MS = 120_000

Told = Literal["same", "other", "over", "new", "badges", "badges-before", "word", "arming", "nothing", "emergency"]
"""By what the order is: the sealing that is held, another, one that was let go here, or a new one; and to let go, what
speaks for it. `arming`: it was never firm."""
Answer = OrderRefusal | Literal["hold", "as-it-is", "let-go-quietly", "let-go-loudly"]

ROWS: Mapping[tuple[bool, Literal["seal", "unseal"], Told], Answer] = {
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


class _First(NamedTuple):
    person: int
    at: int


class Guard:
    """What is held, permitted and let go. All of it is on disk, but for the first of two badges."""

    def __init__(self, saved: Saved, words: Words) -> None:
        self.emergencies = Emergencies(saved.opened, words)
        self._words = words
        self._held = {one.area: one for one in saved.sealed}
        self._let_go = {one.area: one.sealing for one in saved.let_go}
        self._permits = {one.area: one for one in saved.permits}
        self._first: dict[Name, _First] = {}

    @property
    def sealed(self) -> tuple[SealedArea, ...]:
        """Every area that is held, with the number of its sealing."""
        return tuple(SealedArea(area=one.area, sealing=one.sealing) for one in self._held.values())

    def is_firm(self, area: Name) -> bool:
        """Whether it takes badges to end the area's sealing."""
        return area in self._held and self._held[area].firm

    def start(self, plan: Plan | None, access: AccessList | None, now: int) -> Iterator[Effect]:
        """After a boot. A permit of the boot before is good for two minutes of this one, and no further."""
        for area, held in list(self._held.items()):
            if held.reader is None and not held.points:
                self._held[area] = frozen.completed(held, plan, access)
                yield Keep(frozen.record(self._held[area]))
        for area, permit in list(self._permits.items()):
            until = now + PERMIT_MS if permit.until and not permit.carried else 0
            self._permits[area] = replace(permit, until=until, carried=True)
        if self._held or self._permits:
            yield self._save("sealed", "permits")

    def advance(self, now: int) -> Iterator[Effect]:
        """Time has passed: what was permitted too long ago is over, also after a boot."""
        over = [permit for permit in self._permits.values() if 0 < permit.until <= now]
        for permit in over:
            self._permits[permit.area] = replace(permit, until=0)
        if over:
            yield self._save("permits")

    # ------------------------------------------------------------ orders: why not

    def why_not(self, order: Seal | Unseal, now: int) -> OrderRefusal | None:
        """Why the area is not sealed, or let go, as ordered; None: it is."""
        answer = self._answer(order, now)
        return None if answer in DONE else answer  # type: ignore[return-value]

    def why_not_plan(self, plan: Plan) -> OrderRefusal | None:
        """Why a plan is not taken while these areas are sealed."""
        return "frozen" if self._weakened(plan) else None

    def why_not_access(self, access: AccessList) -> OrderRefusal | None:
        """Why an access list is not taken."""
        return "frozen" if self._weakened(access) else None

    def why_not_ceremony(self, order: Ceremony) -> OrderRefusal | None:
        """Why badges are not counted. For an unsealing of what is held they are, under its number, at its readers."""
        held = self._held.get(area_of(order.reader))
        if held is None or order.purpose == "seal":
            return None
        readers = {reader.place for reader in held.readers}
        return None if order.sealing == held.sealing and order.reader in readers else "frozen"

    def wronged(self, data: object, reason: OrderRefusal) -> list[Name]:
        """Sealed areas that an order which was refused would have weakened, so that the node sounds for them."""
        if reason not in SOUNDS:
            return []
        match data:
            case Seal(area=area) | Unseal(area=area):
                permit, held = self._permits.get(area), self._held.get(area)
                late = permit is not None and held is not None and permit.sealing == held.sealing
                return [] if held is None or (late and reason == "no-permit") else [area]
            case Plan() | AccessList():
                return self._weakened(data)
        return []

    # ------------------------------------------------------------ orders: done

    def hold(self, order: Seal, node: Name, plan: Plan | None, access: AccessList | None) -> Iterator[Effect]:
        """Seal the area; a repeat changes nothing, but that it is firm from now on."""
        held = self._held.get(order.area)
        if held is not None:
            if order.firm and not held.firm:
                self._held[order.area] = replace(held, firm=True)
                yield self._save("sealed")
            return
        self._held[order.area] = frozen.freeze(order, node, plan, access)
        self._forget(order.area)
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
        self._forget(order.area)
        yield self._save("sealed", "permits", "let_go")

    def cancel(self, area: Name) -> Iterator[Effect]:
        """The ceremony is over, and what was permitted in it."""
        if area in self._permits or area in self._first:
            self._forget(area)
            yield self._save("permits")

    # ------------------------------------------------------------ badges

    def holder(self, area: Name, access: AccessList | None, credential: Credential) -> Holder | None:
        """Whose badge this is, by the list; at an area that is held with those rights alone that were frozen."""
        held = self._held.get(area)
        return frozen.holder(held.people, area, access, credential) if held else holder_of(access, credential)

    def shown(self, ceremony: Ceremony, person: Holder | None, at: int, now: int) -> Iterator[Effect]:
        """A badge was shown in a ceremony. Two people in time, for the unsealing of what is held here: a permit."""
        area = area_of(ceremony.reader)
        held = self._held.get(area)
        counts = held is not None and held.here and ceremony.purpose == "unseal" and ceremony.sealing == held.sealing
        if held is None or not counts or person is None or area not in person.seals:
            return
        first = self._first.get(area)
        if first is None or first.person == person.person or not 0 <= at - first.at <= SECOND_BADGE_MS:
            self._first[area] = _First(person.person, at)
            return
        people = (first.person, person.person)
        self._permits[area] = Permit(area=area, sealing=held.sealing, people=people, until=now + PERMIT_MS)
        yield Keep(Permitted(area=area, sealing=held.sealing, people=people))
        yield self._save("permits")

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
        permit = self._permits.get(held.area) if speaks == "badges" else None
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
            permit = self._permits.get(order.area)
            if permit is None or permit.sealing != held.sealing:
                return "nothing"
            return "badges" if now < permit.until else "badges-before"
        said = self._words.released(order.word, held.keys, held.reader) if held.reader else None
        if said is None or (said.area, said.sealing) != (held.area, held.sealing):
            return "nothing"
        return BY_WORD[said.by]

    def _weakened(self, data: Plan | AccessList) -> list[Name]:
        if isinstance(data, Plan):
            return [area for area, held in self._held.items() if frozen.is_changed(held, data)]
        return [area for area, held in self._held.items() if frozen.is_widened(held, data)]

    def _forget(self, area: Name) -> None:
        self._permits.pop(area, None)
        self._first.pop(area, None)

    def _save(self, *names: Literal["sealed", "permits", "let_go"]) -> Save:
        fields = {
            "sealed": self._held.values(),
            "permits": self._permits.values(),
            "let_go": [SealedArea(area=area, sealing=number) for area, number in self._let_go.items()],
        }
        return Save({name: tuple(fields[name]) for name in names})


DONE: frozenset[Answer] = frozenset({"hold", "as-it-is", "let-go-quietly", "let-go-loudly"})

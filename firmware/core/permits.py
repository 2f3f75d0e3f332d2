"""What two badges permit at a sealed area, to people who might end its sealing: its end, or one change of it.

Both are shown within 20 s, in one ceremony for one purpose. A permit is on disk, stands for two minutes, across one
boot, and is over with its ceremony. One for the end changes nothing, and one for a change ends nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from msgspec.structs import replace

from firmware.core.effects import Effect, Keep, Save
from firmware.core.held import Held, Permit
from wire.messages import Ceremony, Name, Permitted, Purpose

SECOND_BADGE_MS = 20_000
"""The second person's badge counts up to 20 s after the first, as it does for the hub."""
PERMIT_MS = 120_000


class _First(NamedTuple):
    person: int
    at: int
    purpose: Purpose


class Permits:
    """One for each area, the newest. All of it is on disk, but for the first of two badges."""

    def __init__(self, saved: tuple[Permit, ...]) -> None:
        self._permits = {one.area: one for one in saved}
        self._first: dict[Name, _First] = {}

    def start(self, now: int) -> None:
        """After a boot. A permit of the boot before is good for two minutes of this one, and no further."""
        for area, permit in self._permits.items():
            until = now + PERMIT_MS if permit.until and not permit.carried else 0
            self._permits[area] = replace(permit, until=until, carried=True)

    def advance(self, now: int) -> Iterator[Effect]:
        """Time has passed: what was permitted too long ago is over, also after a boot."""
        over = [permit for permit in self._permits.values() if 0 < permit.until <= now]
        for permit in over:
            self._permits[permit.area] = replace(permit, until=0)
        if over:
            yield Save({"permits": self.saved})

    def given(self, held: Held, purpose: Purpose) -> Permit | None:
        """The permit that two people have given for this, and for this sealing, be it over or not."""
        permit = self._permits.get(held.area)
        if permit is None or permit.sealing != held.sealing or (permit.change is not None) != (purpose == "change"):
            return None
        return permit

    def speaks(self, held: Held, purpose: Purpose, now: int) -> Literal["badges", "badges-before", "nothing"]:
        """Whether two people have permitted it, and not too long ago."""
        permit = self.given(held, purpose)
        if permit is None:
            return "nothing"
        return "badges" if now < permit.until else "badges-before"

    def shown(self, held: Held, purpose: Purpose, person: int, at: int) -> tuple[int, int] | None:
        """Somebody who may has shown a badge. Both of them, once the second has, in time and for the same."""
        first = self._first.get(held.area)
        in_time = first is not None and first.purpose == purpose and 0 <= at - first.at <= SECOND_BADGE_MS
        if first is None or first.person == person or not in_time:
            self._first[held.area] = _First(person, at, purpose)
            return None
        return first.person, person

    def give(self, held: Held, people: tuple[int, int], change: int | None, now: int) -> Iterator[Effect]:
        """A permit, and what is signed of it."""
        area, sealing = held.area, held.sealing
        until = now + PERMIT_MS
        self._permits[area] = Permit(area=area, sealing=sealing, people=people, until=until, change=change)
        yield Keep(Permitted(area=area, sealing=sealing, people=people, change=change))
        yield Save({"permits": self.saved})

    def is_over(self, area: Name, order: Ceremony) -> bool:
        """Whether this ends a ceremony of before, and with it what was permitted in it."""
        permit = self._permits.get(area)
        if not order.seconds:
            return permit is not None or area in self._first
        purpose = "change" if permit and permit.change is not None else "unseal"
        return permit is not None and (permit.sealing, purpose) != (order.sealing, order.purpose)

    def forget(self, area: Name) -> None:
        """Nothing is permitted there any more."""
        self._permits.pop(area, None)
        self._first.pop(area, None)

    @property
    def saved(self) -> tuple[Permit, ...]:
        """What is to be on disk."""
        return tuple(self._permits.values())

"""Areas that were opened in an emergency, without badges: the node sounds of each until somebody has come.

Who may come is who might attend the area in alarm when it was sealed: whoever opened it must not name himself.
"""

from __future__ import annotations

from collections.abc import Iterator

from firmware.core import frozen
from firmware.core.doors import area_of
from firmware.core.effects import Effect, Save
from firmware.core.held import Held, Opened
from firmware.core.word import Words
from wire.messages import AccessList, Attended, Credential, Name, OrderRefusal, Place, Quiet


class Emergencies:
    """What is open so. It is on disk."""

    def __init__(self, opened: tuple[Opened, ...], words: Words) -> None:
        self._opened = {one.area: one for one in opened}
        self._words = words

    @property
    def areas(self) -> tuple[Name, ...]:
        """Areas to which nobody has come yet."""
        return tuple(self._opened)

    def begin(self, held: Held) -> Iterator[Effect]:
        """What was held is open."""
        self._opened[held.area] = Opened(area=held.area, sealing=held.sealing, people=held.people, keys=held.keys)
        yield self._save()

    def comes(
        self, reader: Place, access: AccessList | None, credential: Credential
    ) -> Iterator[tuple[Name, Attended]]:
        """Areas to which somebody comes, and what is signed of it: with a badge that counted when it was sealed, and
        does today, at any reader of this node. Another node knows no reader but the area's own."""
        for area, opened in self._opened.items():
            holder = frozen.holder(opened.people, area, access, credential)
            if holder and area in holder.responds:
                yield (
                    area,
                    Attended(
                        reader=reader, credential=credential, person=holder.person, alarms=(), opened=opened.sealing
                    ),
                )

    def why_not_quiet(self, order: Quiet) -> OrderRefusal | None:
        """Why the sounder is not quieted: no other node of the area has signed that somebody has come to it."""
        opened = self._opened.get(order.area)
        if opened is None:
            return None
        said = self._words.attended(order.word, opened.keys)
        came = said is not None and area_of(said.reader) == order.area and said.opened == opened.sealing
        return None if came else "no-word"

    def came(self, area: Name) -> Iterator[Effect]:
        """Somebody has come."""
        if self._opened.pop(area, None):
            yield self._save()

    def _save(self) -> Save:
        return Save({"opened": tuple(self._opened.values())})

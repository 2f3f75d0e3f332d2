"""Where something is, as entries and alarms name it: one grammar, read and written here and nowhere else.

archive                 an area            archive/iron-gate      a point or reader of it
archive-1               a node             archive-1 mains        a part of a node
hub                     the hub            hub sms                a channel, calendar or roster of it
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

HUB = "hub"


class Where(NamedTuple):
    """A place. Which of area, node and hub its `head` is, the site document says. Every text is one: `str` gives back
    what `parse` was given."""

    head: str
    fixed: str | None = None
    """The point or reader of the area `head`."""
    part: str | None = None
    """The part of whatever is meant by the rest."""

    @property
    def whole(self) -> str:
        """The place without a part."""
        return self.head if self.fixed is None else f"{self.head}/{self.fixed}"

    def __str__(self) -> str:
        return self.whole if self.part is None else f"{self.whole} {self.part}"


@lru_cache(maxsize=4096)  # a house has few places, and each record names one
def parse(place: str) -> Where:
    """The place of that text."""
    whole, space, part = place.partition(" ")
    head, slash, fixed = whole.partition("/")
    return Where(head, fixed if slash else None, part if space else None)


def area_of(place: str) -> str:
    """The area that a point or reader `area/name` belongs to."""
    return parse(place).head


def of_hub(part: str) -> str:
    """A part of the hub."""
    return str(Where(HUB, None, part))

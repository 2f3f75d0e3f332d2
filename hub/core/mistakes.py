"""What the checks of a document written by hand have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import NamedTuple, TypeVar

from hub.core.site_document import Site
from wire.board import Board

H = TypeVar("H", bound=Hashable)


class Mistake(NamedTuple):
    """Something wrong: where (such as `point archive/corridor-door, terminal`), what it is and what to do."""

    place: str
    sentence: str


Mistakes = Iterator[Mistake]
Rule = Callable[[Site, Board], Mistakes]


def repeated(values: Iterable[H]) -> list[H]:
    """Values that come more than once, each once."""
    return [value for value, count in Counter(values).items() if count > 1]

"""Mistakes found in documents written by hand, as values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from hub.core.site.document import Site
from wire.board import Board

H = TypeVar("H", bound=Hashable)


class Said(str):
    """A sentence that remembers what it was made from, so that it can be said in another language too."""

    template: str
    values: Mapping[str, object]


def said(template: str, **values: object) -> Said:
    """The sentence, with its values put in by name (`%(day)s`)."""
    sentence = Said(template % values)
    sentence.template, sentence.values = template, values
    return sentence


class Mistake(NamedTuple):
    """Something wrong: where (such as `point archive/corridor-door, terminal`), what it is and what to do."""

    place: str
    sentence: str


Mistakes = Iterator[Mistake]
Rule = Callable[[Site, Board], Mistakes]


def repeated(values: Iterable[H]) -> list[H]:
    """Values that come more than once, each once."""
    return [value for value, count in Counter(values).items() if count > 1]

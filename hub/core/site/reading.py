"""From TOML text to the site document: every mistake in its shape at once, and then those against the rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from hub.core.site import rules
from hub.core.site.document import Site
from hub.core.site.mistakes import Mistake
from hub.core.site.shape import Shape, parse
from wire.board import Board

NAMED_BY = {
    "area": "{name}",
    "node": "{name}",
    "point": "{area}/{name}",
    "reader": "{area}/{name}",
    "cardholder": "{number}",
    "schedule": "{name}",
    "account": "{login}",
    "grant": "{nth} (cardholder {cardholder})",
}
"""How a mistake names one of several tables."""

STAND_INS: dict[str, Any] = {"name": "site", "title": "", "timezone": "UTC", "hub": ("localhost",)}
"""For what the head of a broken document lacks, so that the rest of it can be checked all the same."""

CUT_SHORT = Mistake(
    "document", "some of it cannot be read, so what refers to that was not checked; mend it and check again"
)


class Reading(NamedTuple):
    """What became of a text. The site is None when its shape is wrong; it is to be used only if there is no mistake."""

    site: Site | None
    mistakes: list[Mistake]


def read(text: str, board: Board) -> Reading:
    """Read and check a site document. Raises nothing, whatever the text."""
    document = parse(text)
    if isinstance(document, Mistake):
        return Reading(None, [document])
    return read_document(document, board)


def read_document(document: Mapping[str, Any], board: Board) -> Reading:
    """The same for a document that is known to be TOML."""
    shape = Shape("site", NAMED_BY)
    values = shape.read(Site, document)
    if shape.sound:
        site = Site(**values)
        return Reading(site, shape.wrong + rules.check(site, board))
    said = {mistake.place for mistake in shape.wrong}
    rest = rules.check_rest(Site(**(STAND_INS | values)), board)
    return Reading(None, [*shape.wrong, *(mistake for mistake in rest if mistake.place not in said), CUT_SHORT])

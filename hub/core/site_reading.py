"""From TOML text to the site document: every mistake in its shape at once, and then those against the rules.

`wire.settings` stops at the first mistake, as is right for a service that starts. Somebody who writes a site document
wants to hear them all, each by the name of the point or person that it concerns.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from datetime import date
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, get_args, get_origin

import msgspec

from hub.core import site_rules
from hub.core.mistakes import Mistake
from hub.core.site_document import Hours, Site, Table, Title
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

WORDS: dict[object, str] = {
    str: "text in quotation marks",
    int: "a whole number without quotation marks",
    bool: "true or false, without quotation marks",
    date: "a day such as 2035-12-31, without quotation marks",
    Hours: '{ days = ["mon", "tue"], start = "08:30", end = "17:30" }',
    Title: '{ zh = "…", en = "…" }',
}


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
    try:
        # Windows' editor puts a byte order mark in front.
        document = tomllib.loads(text.removeprefix("\ufeff"))
    except ValueError as error:  # also for a number of thousands of digits
        return Reading(None, [Mistake("document", f"this is not TOML: {error}")])
    except RecursionError:
        return Reading(None, [Mistake("document", "this is not TOML: too many brackets within each other")])
    return read_document(document, board)


def read_document(document: Mapping[str, Any], board: Board) -> Reading:
    """The same for a document that is known to be TOML."""
    shape = _Shape()
    values, _ = shape.values(Site, document, "site")
    if shape.sound:
        site = Site(**values)
        return Reading(site, shape.wrong + site_rules.check(site, board))
    said = {mistake.place for mistake in shape.wrong}
    rest = site_rules.check_rest(Site(**(STAND_INS | values)), board)
    return Reading(None, [*shape.wrong, *(mistake for mistake in rest if mistake.place not in said), CUT_SHORT])


class _Shape:
    """Goes through the tables of a document, and notes what is wrong with them by themselves."""

    def __init__(self) -> None:
        self.wrong: list[Mistake] = []
        self.sound = True
        """Whether every value could be read; an unknown key does not change that."""

    def values(self, kind: type[Table], table: Mapping[str, Any], label: str) -> tuple[dict[str, Any], bool]:
        """What of the table fits a `kind`, and whether that is enough for one."""
        fields = {field.name: field for field in msgspec.structs.fields(kind)}
        self.wrong.extend(_unknown(key, list(fields), label) for key in table if key not in fields)
        values: dict[str, Any] = {}
        enough = True
        for name, field in fields.items():
            inner = _inner_table(field.type)
            if name not in table:
                if field.required:
                    self._unreadable(f"{label}, {name}", f"is missing; write {name} = {_wanted(field.type)}")
            elif inner is not None:
                values[name], all_whole = self._tables(inner, name, table[name], label)
                enough = enough and all_whole
            else:
                try:
                    values[name] = msgspec.convert(table[name], field.type)
                except (msgspec.ValidationError, OverflowError):
                    self._unreadable(f"{label}, {name}", f"must be {_wanted(field.type)}")
        return values, enough and all(name in values for name, field in fields.items() if field.required)

    def _tables(self, kind: type[Table], key: str, tables: object, label: str) -> tuple[tuple[Table, ...], bool]:
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            top = f"begin each with a line [[{key}]], in double brackets"
            self._unreadable(f"{label}, {key}", top if key in NAMED_BY else f"must be a list of {_wanted(kind)}")
            return (), False
        outer = "" if label == "site" else f"{label}, "
        read = [self.values(kind, table, outer + _label(key, nth, table)) for nth, table in enumerate(tables, 1)]
        return tuple(kind(**values) for values, enough in read if enough), all(enough for _, enough in read)

    def _unreadable(self, place: str, sentence: str) -> None:
        self.wrong.append(Mistake(place, sentence))
        self.sound = False


def _label(key: str, number: int, table: Mapping[str, Any]) -> str:
    try:
        return f"{key} {NAMED_BY[key].format_map({**table, 'nth': number})}"
    except KeyError:
        return f"{key.removesuffix('s')} {number}"


def _unknown(key: str, known: list[str], label: str) -> Mistake:
    near = difflib.get_close_matches(key, known, 1)
    advice = f"did you mean {near[0]}?" if near else f"known here are {', '.join(known)}"
    return Mistake(f"{label}, {key}", f"there is no such key; {advice}")


def _inner_table(kind: Any) -> type[Table] | None:
    """What a list of tables is a list of."""
    inner = get_args(kind)[0] if get_origin(kind) is tuple else None
    return inner if isinstance(inner, type) and issubclass(inner, Table) else None


def _wanted(kind: Any) -> str:
    """What may stand there, in the words of somebody who writes TOML by hand."""
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(f'"{value}"' for value in get_args(kind))
    if get_origin(kind) is tuple:
        return f"a list, in square brackets, of {_wanted(get_args(kind)[0])}"
    if isinstance(kind, UnionType):
        return ", or ".join(_wanted(one) for one in get_args(kind) if one is not NoneType)
    return WORDS[kind]

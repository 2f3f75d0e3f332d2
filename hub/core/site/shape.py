"""From TOML text to structs: every mistake in the shape of a document written by hand, at once.

`wire.settings` stops at the first mistake, as is right for a service that starts. Somebody who writes a document wants
to hear them all, each by the name of the point, person or day that it concerns.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import msgspec

from hub.core.site.document import Hours, Table, Title
from hub.core.site.mistakes import Mistake, said
from wire import decoding
from wire.plain import plain

WORDS: dict[object, str] = {
    str: said("text in quotation marks"),
    int: said("a whole number without quotation marks"),
    bool: "true or false, without quotation marks",
    date: said("a day such as 2035-12-31, without quotation marks"),
    Hours: '{ days = ["mon", "tue"], start = "08:30", end = "17:30" }',
    Title: '{ zh = "…", en = "…" }',
}


DEEPEST = 32
"""Of tables and lists within each other; a document of ours has five."""


def parse(text: str) -> dict[str, Any] | Mistake:
    """The document as tables, or why it is not TOML. Raises nothing, whatever the text."""
    try:
        # Windows' editor puts a byte order mark in front.
        document = tomllib.loads(text.removeprefix("\ufeff"))
    except ValueError as error:  # also for a number of thousands of digits
        return Mistake("document", said("this is not %(format)s: %(error)s", format="TOML", error=error))
    except RecursionError:
        document = None
    if document is None or _is_deep(document):
        return Mistake("document", said("this is not %(format)s: too many brackets within each other", format="TOML"))
    return document


def _is_deep(document: dict[str, Any]) -> bool:
    """Whether tables and lists lie so deep within each other that whoever looks at them comes to an end before they do:
    a key of five thousand words with dots between them is read without any bracket."""
    level: list[Any] = [document]
    for _ in range(DEEPEST):
        inner = (one.values() if isinstance(one, dict) else one for one in level if isinstance(one, (dict, list)))
        level = [value for values in inner for value in values]
    return bool(level)


class Shape:
    """Goes through the tables of a document, and notes what is wrong with them by themselves."""

    def __init__(self, top: str, named_by: Mapping[str, str]) -> None:
        """`top`: what a mistake calls the document; `named_by`: how it names one of several tables, by their key."""
        self._top = top
        self._named_by = named_by
        self.wrong: list[Mistake] = []
        self.sound = True
        """Whether every value could be read; an unknown key does not change that."""

    def read(self, kind: type[Table], document: Mapping[str, Any]) -> dict[str, Any]:
        """What of the document fits a `kind`."""
        return self._values(kind, document, self._top)[0]

    def _values(self, kind: type[Table], table: Mapping[str, Any], label: str) -> tuple[dict[str, Any], bool]:
        """What of the table fits a `kind`, and whether that is enough for one."""
        fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
        self.wrong.extend(_unknown(key, list(fields), label) for key in table if key not in fields)
        values: dict[str, Any] = {}
        enough = True
        for key, field in fields.items():
            name = field.name
            inner = _inner_table(field.type)
            if key not in table:
                if field.required:
                    wanted = said("is missing; write %(key)s = %(wanted)s", key=key, wanted=_wanted(field.type))
                    self._unreadable(f"{label}, {key}", wanted)
            elif inner is not None:
                values[name], all_whole = self._tables(inner, key, table[key], label)
                enough = enough and all_whole
            else:
                for code in _unseen(table[key]):
                    self._unreadable(f"{label}, {key}", said("has a character that nobody sees: %(code)s", code=code))
                try:
                    values[name] = decoding.convert(table[key], field.type)
                except (msgspec.ValidationError, OverflowError):
                    self._unreadable(f"{label}, {key}", said("must be %(wanted)s", wanted=_wanted(field.type)))
        return values, enough and all(field.name in values for field in fields.values() if field.required)

    def _tables(self, kind: type[Table], key: str, tables: object, label: str) -> tuple[tuple[Table, ...], bool]:
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            top = said("begin each with a line %(line)s, in double brackets", line=f"[[{key}]]")
            listed = key not in self._named_by
            self._unreadable(f"{label}, {key}", f"must be a list of {_wanted(kind)}" if listed else top)
            return (), False
        outer = "" if label == self._top else f"{label}, "
        read = [self._values(kind, table, outer + self._label(key, nth, table)) for nth, table in enumerate(tables, 1)]
        return tuple(kind(**values) for values, enough in read if enough), all(enough for _, enough in read)

    def _label(self, key: str, number: int, table: Mapping[str, Any]) -> str:
        try:
            return f"{key} {self._named_by[key].format_map({**table, 'nth': number})}"
        except (LookupError, TypeError):
            return f"{key.removesuffix('s')} {number}"

    def _unreadable(self, place: str, sentence: str) -> None:
        self.wrong.append(Mistake(place, sentence))
        self.sound = False


def _unseen(value: object) -> Iterator[str]:
    """The first character in each text of a value that moves the cursor or turns the order of what is read: titles and
    names go into short messages, mails, logs and papers."""
    if isinstance(value, str):
        yield from (f"U+{ord(one):04X}" for one in [one for one in value if plain(one) != one][:1])
    elif isinstance(value, (list, dict)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _unseen(inner)


def _unknown(key: str, known: list[str], label: str) -> Mistake:
    near = difflib.get_close_matches(key, known, 1)
    if near:
        return Mistake(f"{label}, {key}", said("there is no such key; did you mean %(near)s?", near=near[0]))
    sentence = said("there is no such key; known here are %(known)s", known=", ".join(known))
    return Mistake(f"{label}, {key}", sentence)


def _inner_table(kind: Any) -> type[Table] | None:
    """What a list of tables is a list of."""
    inner = get_args(kind)[0] if get_origin(kind) is tuple else None
    return inner if isinstance(inner, type) and issubclass(inner, Table) else None


def _wanted(kind: Any) -> str:
    """What may stand there, in the words of somebody who writes TOML by hand."""
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(f'"{value}"' for value in get_args(kind))
    if get_origin(kind) is tuple:
        return said("a list, in square brackets, of %(wanted)s", wanted=_wanted(get_args(kind)[0]))
    if get_origin(kind) in (UnionType, Union):  # the second is what one with a Literal is
        return ", or ".join(_wanted(one) for one in get_args(kind) if one is not NoneType)
    return WORDS[kind]

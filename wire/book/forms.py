"""What a value may look like: the words that the tables of kinds are written in.

A form says why a value is not of it, or nothing. Values come from JSON: texts are without lone surrogates (strict.py).
"""

from __future__ import annotations

import re
from typing import Any, Iterator, Mapping, NamedTuple, Optional, Pattern, Tuple, Union


class Wrong(NamedTuple):
    """Why a value is not of its form."""

    where: str
    """Field within a field, down to the value: `sealed[].area`."""
    what: str
    beyond: bool = False
    """It is of the right kind, and larger, smaller, longer or shorter than it may be."""

    def within(self, where: str) -> Wrong:
        """The same, seen from a value around it."""
        joint = "" if not self.where or self.where[0] == "[" else "."
        return self._replace(where=f"{where}{joint}{self.where}")

    def __str__(self) -> str:
        return f"{self.where or 'it'} {self.what}"


class Whole(NamedTuple):
    """A whole number."""

    least: int
    most: int

    def wrong(self, value: Any) -> Optional[Wrong]:
        """Why not."""
        if type(value) is not int:
            return Wrong("", "is no whole number")
        if not self.least <= value <= self.most:
            return Wrong("", f"is not from {self.least} to {self.most}", beyond=True)
        return None


class Text(NamedTuple):
    """A text, of a length in characters and after a pattern, where there is one."""

    most: Optional[int] = None
    pattern: Optional[Pattern[str]] = None

    def wrong(self, value: Any) -> Optional[Wrong]:
        """Why not."""
        if type(value) is not str:
            return Wrong("", "is no text")
        if self.most is not None and len(value) > self.most:
            return Wrong("", f"has more than {self.most} characters", beyond=True)
        if self.pattern is not None and not self.pattern.match(value):
            return Wrong("", "is not written as it should be")
        return None


class Flag(NamedTuple):
    """True or false."""

    def wrong(self, value: Any) -> Optional[Wrong]:
        """Why not."""
        return None if type(value) is bool else Wrong("", "is neither true nor false")


class OneOf(NamedTuple):
    """One of these words or numbers."""

    words: Tuple[Union[str, int], ...]

    def wrong(self, value: Any) -> Optional[Wrong]:
        """Why not."""
        known = type(value) in (str, int) and value in self.words
        return None if known else Wrong("", "is none of the words that may stand there")


class OrNone(NamedTuple):
    """Null, or of this form."""

    form: Form

    def wrong(self, value: Any) -> Optional[Wrong]:
        """Why not."""
        return None if value is None else self.form.wrong(value)


class Many(NamedTuple):
    """A list of values of one form."""

    form: Form
    least: int = 0
    most: Optional[int] = None

    def wrong(self, value: Any) -> Optional[Wrong]:
        """Why not."""
        if type(value) is not list:
            return Wrong("", "is no list")
        if len(value) < self.least or (self.most is not None and len(value) > self.most):
            return Wrong("", f"has {len(value)} items, which are too few or too many", beyond=True)
        for one in value:
            found = self.form.wrong(one)
            if found:
                return found.within("[]")
        return None


class Row(NamedTuple):
    """A list of just these values."""

    forms: Tuple[Form, ...]

    def wrong(self, value: Any) -> Optional[Wrong]:
        """Why not."""
        if type(value) is not list or len(value) != len(self.forms):
            return Wrong("", f"is no list of {len(self.forms)}")
        for form, one in zip(self.forms, value):
            found = form.wrong(one)
            if found:
                return found.within("[]")
        return None


class Named(NamedTuple):
    """An object of any names of one form, with values of another."""

    name: Form
    value: Form

    def wrong(self, value: Any) -> Optional[Wrong]:
        """Why not."""
        if type(value) is not dict:
            return Wrong("", "is no object")
        for name, one in value.items():
            found = self.name.wrong(name) or self.value.wrong(one)
            if found:
                return found.within("{}")
        return None


class Fields(NamedTuple):
    """An object of just these fields, of which some may be left out."""

    fields: Mapping[str, Form]
    may_be_left_out: Tuple[str, ...] = ()

    def wrong(self, value: Any) -> Optional[Wrong]:
        """Why not."""
        return next(self.faults(value), None)

    def faults(self, value: Any) -> Iterator[Wrong]:
        """All that is wrong with it, one for each field."""
        if type(value) is not dict:
            yield Wrong("", "is no object")
            return
        for field, form in self.fields.items():
            if field in value:
                found = form.wrong(value[field])
                if found:
                    yield found.within(field)
            elif field not in self.may_be_left_out:
                yield Wrong(field, "is missing")
        if not value.keys() <= self.fields.keys():
            yield Wrong("", "has a field that does not belong there")


class Anything(NamedTuple):
    """Whatever it is, it is judged elsewhere."""

    def wrong(self, value: Any) -> Optional[Wrong]:
        """Nothing."""
        return None


Form = Union[Whole, Text, Flag, OneOf, OrNone, Many, Row, Named, Fields, Anything]


def text(most: Optional[int] = None) -> Text:
    """Any text, of so many characters at most."""
    return Text(most)


def pattern(written: str) -> Text:
    """Text that is written so."""
    return Text(None, re.compile(written))

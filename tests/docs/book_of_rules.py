"""The table of kinds in the book of rules, made from the messages and the table of facts:
`python -m tests.docs.book_of_rules --write`."""

from __future__ import annotations

import re
import sys
import textwrap
import types
import typing
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from hub.core.journal.facts import FACTS, Rule
from wire import book
from wire import messages as m
from wire.messages import base

NUMBER = 1
"""Of the table that changes with the messages. Once it has been released, it stays, and the next one is made."""
TABLE = Path(book.__file__).with_name(f"rules_{NUMBER}.py")

INTRODUCTION = f'''\
"""Rules number {NUMBER}: every kind of record and fact, its fields and their bounds, and who may sign it.

Written by `python -m tests.docs.book_of_rules --write` from `wire/messages` and the hub's table of facts, and compared
with them by a test. Once released it stays as it is, since journals have been written by it: what changes then begins
the next number. It is long since there are that many kinds.
"""

from typing import Mapping

from wire.book.forms import Anything, Fields, Flag, Many, Named, OneOf, OrNone, Row, Whole, pattern, text

# fmt: off
KIND = text()
'''


def render() -> str:
    """The whole module."""
    return _Writer().module()


class _Writer:
    """Writes forms down, each that has a name once."""

    def __init__(self) -> None:
        named = {**vars(base), **vars(m)}  # where two names mean the same, the more general one comes first
        self._names = {
            hint: _constant(name) for name, hint in reversed(named.items()) if get_origin(hint) in (Annotated, Literal)
        }
        self._written: dict[str, str] = {}

    def module(self) -> str:
        """All tables, and before them the forms that have names."""
        envelopes = [f"{name} = {self._fields(kind)}" for name, kind in (("RECORD", m.Record), ("FACT", m.Fact))]
        tables = [self._kinds("RECORDS", m.RecordData), self._kinds("FACTS", m.FactData), _signers()]
        forms = [f"{name} = {text}" for name, text in self._written.items()]
        return INTRODUCTION + "\n".join(map(_wrapped, [*forms, *envelopes])) + "\n\n" + "\n\n".join(tables) + "\n"

    def _kinds(self, name: str, union: Any) -> str:
        rows = [_wrapped(f'    "{kind.__struct_config__.tag}": {self._fields(kind)},') for kind in get_args(union)]
        return "\n".join([f"{name}: Mapping[str, Fields] = {{", *rows, "}"])

    def _fields(self, kind: type[m.Message]) -> str:
        hints = get_type_hints(kind, include_extras=True)
        rows = ['"kind": KIND'] if issubclass(kind, m.Data) else []
        rows += [f'"{name}": {"Anything()" if name == "data" else self._form(hint)}' for name, hint in hints.items()]
        optional = [f'"{one.name}"' for one in msgspec.structs.fields(kind) if not one.required]
        return f"Fields({{{', '.join(rows)}}}{f', {_tuple(optional)}' if optional else ''})"

    def _form(self, hint: Any) -> str:
        name = self._names.get(hint) if _hashable(hint) else None
        if name is None and isinstance(hint, type) and issubclass(hint, m.Message):
            name = _constant(hint.__name__)
        if name is None:
            return self._described(hint)
        if name not in self._written:
            described = self._described(hint)
            self._written[name] = described
        return name

    def _described(self, hint: Any) -> str:
        origin, args = get_origin(hint), get_args(hint)
        if hint is bool:
            return "Flag()"
        if hint is str:
            return "text()"
        if origin is Literal:
            return f"OneOf({_tuple([_quoted(one) for one in args])})"
        if origin is Annotated:
            return self._bounded(args[0], args[1])
        if origin in (Union, types.UnionType):
            (form,) = (one for one in args if one is not type(None))
            return f"OrNone({self._form(form)})"
        if origin is tuple:
            if args[-1] is ...:
                return f"Many({self._form(args[0])})"
            return f"Row({_tuple([self._form(one) for one in args])})"
        if origin is dict:
            return f"Named({self._form(args[0])}, {self._form(args[1])})"
        if isinstance(hint, type) and issubclass(hint, m.Message):
            return self._fields(hint)
        raise TypeError(f"no form is known for {hint}")

    def _bounded(self, base: Any, meta: msgspec.Meta) -> str:
        if base is int:
            return f"Whole({_digits(meta.ge)}, {_digits(meta.le)})"
        if base is str:
            return f'pattern(r"{meta.pattern}")' if meta.pattern else f"text({meta.max_length:_})"
        if get_origin(base) is tuple and get_args(base)[-1] is ...:
            return f"Many({self._form(get_args(base)[0])}, {meta.min_length or 0}, {meta.max_length})"
        raise TypeError(f"no form is known for {base} {meta}")


def _signers() -> str:
    rows = [f'    "{kind.__struct_config__.tag}": "{_who(kind, rule)}",' for kind, rule in FACTS.items() if rule.by]
    return "\n".join(["SIGNERS: Mapping[str, str] = {", *rows, "}", SIGNERS])


def _who(kind: type[m.Data], rule: Rule) -> str:
    """Each service that asks for it, with the keys that count. The engine signs what it decides and what others ask; of
    old each service signed what it asked for, and what followed from that, with its own key."""
    followed = OF_OLD.get(kind, frozenset())
    found = []
    for by in m.SERVICES:
        if by in rule.by or (by == "engine" and rule.decided):
            found.append(f"{by}:{by}" if rule.apart or by == "engine" else f"{by}:engine,{by}")
        elif by in followed:
            found.append(f"{by}:{by}")
    return " ".join(found)


OF_OLD: dict[type[m.Data], frozenset[m.Service]] = {m.NoticeHanded: frozenset({"console"})}
"""What followed in the transaction of a service that may not ask for it."""

SIGNERS = '''\
"""Kind of fact -> who may stand in `by`, each with the services whose keys may sign it then. One that is not here only
follows from others: the engine says it; of old each service did, in whose transaction it followed."""'''


def _wrapped(line: str) -> str:
    """The line, folded between two values."""
    if len(line) <= 120:
        return line
    inside = " " * (len(line) - len(line.lstrip()) + 4)
    together = line.replace('": ', '":\0')  # a name and its form
    folded = textwrap.fill(together, 120, subsequent_indent=inside, break_long_words=False, break_on_hyphens=False)
    return folded.replace("\0", " ")


def _tuple(items: list[str]) -> str:
    return f"({', '.join(items)}{',' * (len(items) == 1)})"


def _constant(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()


def _quoted(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _digits(value: Any) -> str:
    return f"{value:_}"


def _hashable(hint: Any) -> bool:
    return isinstance(hint, typing.Hashable)


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        TABLE.write_text(render(), "utf-8")
    else:
        sys.stdout.write(render())

"""How a hole is planted on one side: in a module that only one side has, in a book that one side reads otherwise than
the other, or in the types by which the hub decodes a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from types import ModuleType, SimpleNamespace
from typing import Any, cast, get_args

import msgspec
import pytest

from hub.engine import inbound
from tests.support import mutant
from wire import decoding
from wire import messages as m
from wire.book import forms, reading, rules
from wire.messages import coding

Plant = Callable[[pytest.MonkeyPatch], None]
"""Makes the difference, for as long as the patch lasts."""
Holes = Mapping[Callable[..., None], Mapping[str, Plant]]
"""The sentence that is asked first -> what is wrong -> how it is planted. Whichever sentence finds it, it is found."""


def says(module: ModuleType, old: str, new: str) -> Plant:
    """A module that only one side has reads otherwise."""
    return lambda patch: mutant.reword(module, old, new, patch)


def reads(reader: ModuleType, name: str, module: ModuleType, old: str, new: str) -> Plant:
    """A module that both sides have reads otherwise to this reader of it, who calls it by that name."""
    return lambda patch: patch.setattr(reader, name, mutant.copy(module, old, new))


def both(*plants: Plant) -> Plant:
    """What is held by two locks, with both of them open."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        for one in plants:
            one(patch)

    return plant


class Booked:
    """The book has another form for a field of a kind to this reader; None: it may be left out."""

    def __init__(self, reader: ModuleType, tag: str, field: str, form: forms.Form | None) -> None:
        self.kind: type[m.Data] = next(one for one in get_args(m.RecordData) if one.__struct_config__.tag == tag)
        self._given = reader, tag, field, form

    def __call__(self, patch: pytest.MonkeyPatch) -> None:
        reader, tag, field, form = self._given
        table = rules.newest()
        old = table.records[tag]
        left_out = (*old.may_be_left_out, *(() if form else (field,)))
        row = forms.Fields({**old.fields, **({field: form} if form else {})}, left_out)
        changed = table._replace(records={**table.records, tag: row})
        book = mutant.copy(reading)
        patch.setattr(book, "rules", SimpleNamespace(**{**vars(rules), "newest": lambda: changed}))
        patch.setattr(reader, "reading", book)


class Typed:
    """The hub's decoder has another type for a field of a kind, or of the record around it; and perhaps one more for a
    field of the record."""

    def __init__(self, kind: type[m.Message], field: str, hint: Any, **around: Any) -> None:
        self.kind = kind
        self._around = around | ({field: hint} if kind is m.Record else {"data": _union(kind, like(kind, field, hint))})

    def __call__(self, patch: pytest.MonkeyPatch) -> None:
        _decode(patch, self._around)


def unknown(kind: type[m.Message]) -> Plant:
    """The hub's decoder does not know a kind."""
    return lambda patch: _decode(patch, {"data": _union(kind, None)})


def largest(more: int) -> Plant:
    """The hub opens records of so many bytes more."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        rule = msgspec.structs.replace(m.RULES[m.Record], largest=m.MAX_RECORD + more)
        patch.setitem(cast(Any, m.RULES), m.Record, rule)
        patch.setitem(inbound.SAID, "record", rule)

    return plant


def like(kind: type[m.Message], field: str, hint: Any) -> Any:
    """A type of the same fields in the same order, of which one is of another type."""
    return _like(kind, {field: hint})


def _like(kind: type[m.Message], hints: Mapping[str, Any]) -> Any:
    config = kind.__struct_config__
    fields: list[Any] = []
    for one in msgspec.structs.fields(kind):
        hint = hints.get(one.name, one.type)
        fields.append((one.name, hint) if one.required else (one.name, hint, one.default))
    tag: dict[str, Any] = {"tag": config.tag, "tag_field": config.tag_field} if config.tag else {}
    return msgspec.defstruct(kind.__name__, fields, frozen=True, kw_only=True, forbid_unknown_fields=True, **tag)


def _union(kind: type[m.Message], instead: Any) -> Any:
    kinds = [instead if one is kind else one for one in get_args(m.RecordData)]
    return reduce(lambda one, more: one | more, [one for one in kinds if one is not None])


def _decode(patch: pytest.MonkeyPatch, around: Mapping[str, Any]) -> None:
    """Records are read by these types; whoever gets one finds it of the old ones, which are not asked again."""
    decoder = msgspec.json.Decoder(_like(m.Record, around))
    kinds = {one.__struct_config__.tag: one for one in get_args(m.RecordData)}

    def decode(text: bytes) -> m.Record:
        found: Any = decoder.decode(text)
        data = kinds[type(found.data).__struct_config__.tag](**msgspec.structs.asdict(found.data))
        return m.Record(**{**msgspec.structs.asdict(found), "data": data})

    others = decoding.decode

    def read(text: bytes, kind: Any) -> Any:
        return decode(text) if kind is m.Record else others(text, kind)

    patch.setattr(coding, "decoding", SimpleNamespace(decode=read))

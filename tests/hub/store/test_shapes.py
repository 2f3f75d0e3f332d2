"""The shape of a projection: another one, whatever of the table is another."""

from __future__ import annotations

from typing import Literal

import pytest
from sqlalchemy import MetaData

from hub.core import state
from hub.store import shapes, tables
from hub.store.tables import projections
from hub.store.tables.projections import Indexed


class Thing(state.Row, frozen=True):
    name: str
    life: Literal["open", "over"]
    count: int
    note: str | None = None


class OneMore(state.Row, frozen=True):
    name: str
    life: Literal["open", "over"]
    count: int
    note: str | None = None
    more: int = 0


class OtherName(state.Row, frozen=True):
    name: str
    life: Literal["open", "over"]
    number: int
    note: str | None = None


class OtherType(state.Row, frozen=True):
    name: str
    life: Literal["open", "over"]
    count: tuple[int, ...]
    note: str | None = None


class NeverEmpty(state.Row, frozen=True):
    name: str
    life: Literal["open", "over"]
    count: int
    note: str = ""


class OtherWord(state.Row, frozen=True):
    name: str
    life: Literal["open", "closed"]
    count: int
    note: str | None = None


class OtherOrder(state.Row, frozen=True):
    life: Literal["open", "over"]
    name: str
    count: int
    note: str | None = None


def shape_of(patch: pytest.MonkeyPatch, kind: type[state.Row], *key: str, index: Indexed | None = None) -> str:
    patch.setitem(state.KEYS, kind, key or ("name",))
    if index:
        patch.setitem(projections.INDEXES, kind, (index,))
    return shapes.shape(projections.table(kind, MetaData()))


@pytest.mark.parametrize("other", [OneMore, OtherName, OtherType, NeverEmpty, OtherWord, OtherOrder])
def test_another_field_is_another_shape(monkeypatch: pytest.MonkeyPatch, other: type[state.Row]) -> None:
    assert shape_of(monkeypatch, other) != shape_of(monkeypatch, Thing)


def test_another_key_or_index_is_another_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = shape_of(monkeypatch, Thing)
    index = Indexed("open", ("count",), projections.CALL_OPEN)
    others = [
        shape_of(monkeypatch, Thing, "name", "life"),
        shape_of(monkeypatch, Thing, index=index),
        shape_of(monkeypatch, Thing, index=index._replace(columns=("life",))),
        shape_of(monkeypatch, Thing, index=index._replace(where=None)),
    ]
    assert len({plain, *others}) == 5


def test_a_shape_is_made_of_nothing_but_the_table() -> None:
    """Not of a library's version or the order in which indexes were made: that would fold a year for nothing."""
    assert shapes.shape(tables.badged) == "2fe2b38fee75f1840853e0ff04c288a5f7043b2f13eb72100e4188b11d6ae696"


def test_a_field_that_no_column_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Odd(state.Row, frozen=True):
        name: str
        weight: float

    with pytest.raises(KeyError):
        shape_of(monkeypatch, Odd)

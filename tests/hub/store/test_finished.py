"""What decisions need of tables that grow for ever is loaded, and nothing else: the database and the core mean the same
by "finished", for every value that a row may have."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import inspect
from sqlalchemy import Engine

from hub.core.state import FINISHED, Row, State, finished
from hub.store import rows, session

FIRST = 1000


VARIED = ("state", "life", "awaits", "closing")
"""Columns that decide it."""


def every_row(kind: type[Row]) -> Iterator[Row]:
    """A row for each combination of what the columns that decide it may say; numbered, and otherwise the same."""
    shape = inspect.type_info(kind)
    assert isinstance(shape, inspect.StructType)
    columns = [[(one.name, value) for value in _values(one.type, one.name in VARIED)] for one in shape.fields]
    for number, row in enumerate(itertools.product(*columns)):
        yield kind(**{**dict(row), "number": FIRST + number})


def _values(kind: inspect.Type, varied: bool) -> tuple[Any, ...]:
    match kind:
        case inspect.LiteralType(values=values):
            return values if varied else values[:1]
        case inspect.BoolType():
            return (False, True) if varied else (False,)
        case inspect.StrType():
            return ("", "x") if varied else ("x",)
        case inspect.IntType():
            return (7,)
        case inspect.VarTupleType():
            return ((),)
        case inspect.UnionType():
            return (None,)
    raise AssertionError(f"no value of {kind}")


@pytest.mark.parametrize("row", FINISHED, ids=lambda row: row.__name__)
def test_of_every_row_that_there_may_be_just_those_are_loaded_that_a_decision_needs(
    row: type[Row], database: Engine
) -> None:
    all_rows = list(every_row(row))
    assert {finished(one) for one in all_rows} == {False, True}
    with session.writing(database) as connection:
        state = State()
        for one in all_rows:
            state.put(one)
        rows.save(connection, state)
    with session.reading(database) as connection:
        loaded = [one for one in rows.load(connection).all(row) if one.number >= FIRST]  # type: ignore[attr-defined]
    assert sorted(loaded, key=repr) == sorted((one for one in all_rows if not finished(one)), key=repr)

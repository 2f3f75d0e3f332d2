"""What the tables share."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Dialect, MetaData, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex
from sqlalchemy.types import TypeDecorator


class Listed(TypeDecorator[Any]):
    """A tuple of plain values, as JSON text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Tuple to text."""
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[Any, ...] | None:
        """Text to tuple."""
        return None if value is None else tuple(msgspec.json.decode(value))


WHERE = "where"
"""Where an index keeps, in its `info`, of which rows it is; of all without it."""


@compiles(CreateIndex)
def _create_index(creating: CreateIndex, compiler: Any, **options: Any) -> str:
    """The statement as both databases have it. Said by SQLAlchemy's own options, once for each database, it would make
    every process import all that is known of PostgreSQL."""
    statement: str = compiler.visit_create_index(creating, **options)
    where = creating.element.info.get(WHERE)
    return statement if where is None else f"{statement} WHERE {where}"


metadata = MetaData()

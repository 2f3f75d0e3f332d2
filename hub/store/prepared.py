"""Statements of the one transaction that everything waits for, compiled once.

SQLAlchemy's way from a statement to the driver costs several times what SQLite needs to carry it out. Statements are
still written in SQLAlchemy, and its types still turn values into what the driver takes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect
from sqlalchemy.sql.expression import ClauseElement


class Prepared:
    """A statement whose values are all bound by name. `make` is called once for each dialect."""

    def __init__(self, make: Callable[[Dialect], ClauseElement]) -> None:
        self._compiled = cache(lambda dialect: _Compiled(make(dialect), dialect))

    def run(self, connection: Connection, rows: Sequence[dict[str, Any]] = ({},)) -> CursorResult[Any]:
        """Carry it out, once for each row of values."""
        compiled = self._compiled(connection.dialect)
        values = [compiled.values(row) for row in rows]
        return connection.exec_driver_sql(compiled.text, values if len(values) > 1 else values[0])


class _Compiled:
    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.text = str(compiled)
        self._order: list[str] | None = getattr(compiled, "positiontup", None)
        binds = getattr(compiled, "binds", {})
        self._processors = {
            name: process
            for name, bound in binds.items()
            if (process := bound.type.dialect_impl(dialect).bind_processor(dialect))
        }

    def values(self, row: dict[str, Any]) -> Any:
        """The values as the driver takes them: in order, or by name."""
        for name, process in self._processors.items():
            row[name] = process(row[name])
        return tuple([row[name] for name in self._order]) if self._order is not None else row

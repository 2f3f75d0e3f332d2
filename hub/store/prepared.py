"""Statements of the one transaction that everything waits for, compiled once and handed to the driver itself.

SQLAlchemy's way from a statement to the driver and back costs several times what SQLite needs to carry it out.
Statements are still written in SQLAlchemy, its types still turn values into what the driver takes, the connection and
its transaction are still SQLAlchemy's, and so are the errors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.expression import ClauseElement


class Prepared:
    """A statement whose values are all bound by name. `make` is called once for each dialect."""

    def __init__(self, make: Callable[[Dialect], ClauseElement]) -> None:
        self._compiled = cache(lambda dialect: _Compiled(make(dialect), dialect))

    def run(self, connection: Connection, rows: Sequence[dict[str, Any]] = ({},)) -> list[tuple[Any, ...]]:
        """Carry it out, once for each row of values. Returns the rows found, if any. Raises DBAPIError."""
        compiled = self._compiled(connection.dialect)
        values = [compiled.values(row) for row in rows]
        failure = connection.dialect.loaded_dbapi.Error
        cursor = connection.connection.cursor()
        try:
            if len(values) > 1:
                cursor.executemany(compiled.text, values)
            else:
                cursor.execute(compiled.text, values[0])
            return list(cursor.fetchall()) if cursor.description else []
        except failure as error:
            dialect = connection.dialect
            raise DBAPIError.instance(
                compiled.text, None, error, failure, hide_parameters=True, dialect=dialect
            ) from error
        finally:
            cursor.close()


class _Compiled:
    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.text = str(compiled)
        names: list[str] | None = getattr(compiled, "positiontup", None)
        self._in_order = _in_order(names) if names is not None else None
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
        return self._in_order(row) if self._in_order else row


def _in_order(names: Sequence[str]) -> Callable[[dict[str, Any]], tuple[Any, ...]]:
    """Takes the values of these names out of a row."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda row: tuple(row[name] for name in names)

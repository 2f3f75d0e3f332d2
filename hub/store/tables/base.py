"""What the tables share."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Dialect, MetaData, Text
from sqlalchemy.types import TypeDecorator


class Listed(TypeDecorator[Any]):
    """A tuple of plain values, as JSON text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Tuple to text."""
        return None if value is None else json.dumps(list(value), separators=(",", ":"))

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[Any, ...] | None:
        """Text to tuple."""
        return None if value is None else tuple(json.loads(value))


metadata = MetaData()

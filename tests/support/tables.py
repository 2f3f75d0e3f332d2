"""Changing a row of the tables of facts and records, for as long as a test lasts."""

from __future__ import annotations

from typing import Any

import pytest

from hub.core.journal.facts import FACTS
from hub.core.journal.records import RECORDS
from wire import messages as m


def change(patch: pytest.MonkeyPatch, kind: type[m.Data], **columns: Any) -> None:
    """The row of this kind of fact or record has other columns."""
    table: Any = FACTS if kind in FACTS else RECORDS
    patch.setitem(table, kind, table[kind]._replace(**columns))

"""What the journal says, folded: one frozen row a thing. Every row is saved in a table of the same name and columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any, TypeVar

from hub.core.state.base import Entry, Row
from hub.core.state.calls import Call, CallLife, ChannelRow, Duty, Handover, Notice, NoticeState, Shift
from hub.core.state.house import (
    Alarm,
    AlarmLife,
    Allowed,
    Area,
    AwaitedBadge,
    Badged,
    Guarded,
    Life,
    Meta,
    NamedKey,
    OrderOut,
    OrderState,
    Point,
    Run,
    SealState,
)
from hub.core.state.sealings import (
    Calendar,
    CheckTick,
    Exemption,
    Frozen,
    Sealing,
    SealingState,
    SealOn,
    WalkTest,
    Window,
)

__all__ = [
    "FINISHED",
    "KEYS",
    "Alarm",
    "AlarmLife",
    "Allowed",
    "Area",
    "AwaitedBadge",
    "Badged",
    "Calendar",
    "Call",
    "CallLife",
    "ChannelRow",
    "CheckTick",
    "Duty",
    "Entry",
    "Exemption",
    "Frozen",
    "Guarded",
    "Handover",
    "Key",
    "Life",
    "Meta",
    "NamedKey",
    "Notice",
    "NoticeState",
    "OrderOut",
    "OrderState",
    "Point",
    "Row",
    "Run",
    "SealOn",
    "SealState",
    "Sealing",
    "SealingState",
    "Shift",
    "State",
    "WalkTest",
    "Window",
    "finished",
]

R = TypeVar("R", bound=Row)

KEYS: dict[type[Row], tuple[str, ...]] = {
    Meta: ("id",),
    Run: ("service",),
    NamedKey: ("key",),
    Life: ("node",),
    Point: ("place",),
    Area: ("name",),
    Badged: ("area",),
    Guarded: ("area",),
    Allowed: ("area", "person"),
    AwaitedBadge: ("point",),
    Alarm: ("number",),
    OrderOut: ("node", "number"),
    Calendar: ("year",),
    Window: ("number",),
    Duty: ("id",),
    Call: ("number",),
    Notice: ("number",),
    ChannelRow: ("name",),
    Shift: ("number",),
    Handover: ("number",),
    Sealing: ("number",),
    Frozen: ("node", "area"),
    WalkTest: ("place",),
    CheckTick: ("area", "item"),
    Exemption: ("place",),
    SealOn: ("place",),
}
"""Columns by which a row of each kind is found."""

Key = tuple[object, ...]
Before = tuple[type[Row], Key, Row | None, Row | None]
"""What there was before a change: the row, and what was noted as changed, by kind and key."""


class State:
    """All rows that a decision may need. Rows put in are noted as changed, so that just those are saved."""

    def __init__(self) -> None:
        self._rows: dict[type[Row], dict[Key, Row]] = {kind: {} for kind in KEYS}
        self.changed: dict[tuple[type[Row], Key], Row] = {}
        self._before: list[Before] = []
        self._attempts = 0

    def load(self, row: Row) -> None:
        """Take in a row as it was saved."""
        self._rows[type(row)][_key(row)] = row

    def put(self, row: Row) -> None:
        """Set a row and note it as changed. A closed alarm or order stays until `settle`."""
        kind, key = type(row), _key(row)
        rows, changed = self._rows[kind], self.changed
        if self._attempts:
            self._before.append((kind, key, rows.get(key), changed.get((kind, key))))
        rows[key] = changed[kind, key] = row

    def attempt(self) -> Attempt:
        """A block of changes that stand together: when it raises, they are taken back. Blocks may lie in each other."""
        return Attempt(self)

    def find(self, kind: type[R], *key: object) -> R | None:
        """The row of that kind and key, if there is one."""
        return self._rows[kind].get(key)  # type: ignore[return-value]

    def all(self, kind: type[R]) -> Iterator[R]:
        """Every row of that kind."""
        return iter(self._rows[kind].values())  # type: ignore[arg-type]

    def rows(self, kind: type[Row]) -> dict[Key, Row]:
        """Every row of that kind, by its key."""
        return dict(self._rows[kind])

    def settle(self) -> None:
        """Forget what was noted as changed, and what no later decision needs."""
        for (kind, key), row in self.changed.items():
            if finished(row):
                del self._rows[kind][key]
        self.changed.clear()

    @property
    def duty(self) -> Duty:
        """Numbers of the duty officer's things."""
        return self._rows[Duty].get((1,)) or Duty()  # type: ignore[return-value]

    @property
    def meta(self) -> Meta:
        """Numbers of the whole site."""
        return self._rows[Meta].get((1,)) or Meta()  # type: ignore[return-value]

    def area(self, name: str) -> Area:
        """The area's row; an area nobody has said anything about is unsealed."""
        return self._rows[Area].get((name,)) or Area(name)  # type: ignore[return-value]

    def life(self, node: str) -> Life | None:
        """The node's life; None for a node that was never enrolled."""
        return self._rows[Life].get((node,))  # type: ignore[return-value]


class Attempt:
    """Changes under way. What was there before each is in one list for all blocks, which is walked backwards to where
    it stood when the block that raises began."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._from = len(state._before)

    def __enter__(self) -> None:
        self._state._attempts += 1

    def __exit__(self, raised: type[BaseException] | None, *_: object) -> None:
        state = self._state
        state._attempts -= 1
        if raised is not None:
            self._take_back(state._rows, state.changed)
        elif not state._attempts:
            state._before.clear()

    def _take_back(self, rows: dict[type[Row], dict[Key, Row]], changed: dict[tuple[type[Row], Key], Row]) -> None:
        before = self._state._before
        while len(before) > self._from:
            kind, key, row, change = before.pop()
            if row is None:
                del rows[kind][key]
            else:
                rows[kind][key] = row
            if change is None:
                del changed[kind, key]
            else:
                changed[kind, key] = change


FINISHED: dict[type[Row], Callable[[Any], bool]] = {
    Alarm: lambda row: not row.open,
    OrderOut: lambda row: row.state != "open",
    Call: lambda row: row.life == "over",
    Sealing: lambda row: row.state in ("cancelled", "postponed") or (row.state == "closed" and row.closing != ""),
    Notice: lambda row: row.state in ("delivered", "failed") or (row.state == "handed" and not row.awaits),
}
"""When a row of an ever-growing table is no longer needed."""


def finished(row: Row) -> bool:
    """Whether no later decision needs this row."""
    rule = FINISHED.get(type(row))
    return rule is not None and rule(row)


_COLUMNS: dict[type[Row], Callable[[Any], Any]] = {kind: attrgetter(*columns) for kind, columns in KEYS.items()}


def _key(row: Row) -> Key:
    found = _COLUMNS[type(row)](row)
    return found if isinstance(found, tuple) else (found,)

"""A state changes by its table and in no other way: one function for each table steps through it, one begins a row, and
whatever else gives a row its `state` or `life` is found by reading the code."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Literal, get_origin, get_type_hints

import pytest

from hub.core import state
from hub.core.state import Row

CORE = Path(__file__).parents[4] / "hub" / "core"
COLUMNS = ("state", "life")

STEPS: dict[str, dict[str, str]] = {
    "SEAL": {"move": "sealing/area.py"},
    "COURSE": {"move": "sealing/course.py", "_begin": "sealing/course.py"},
    "LIFE": {"_step": "alarms/life.py"},
    "BORN": {"apply_raised": "alarms/life.py"},
    "GUARD": {"_turned": "doors/guarded.py"},
    "ORDER": {"_move": "order_numbers.py", "apply_issued": "order_numbers.py"},
    "CALL": {"move": "calling/fold.py", "apply_opened": "calling/fold.py"},
    "NOTICE": {"_becomes": "calling/fold.py", "apply_queued": "calling/fold.py", "apply": "calling/meanwhile.py"},
}
"""Which functions may ask a table for the state that a row gets, and where they are."""


def rows_with_a_state() -> dict[str, tuple[str, int]]:
    """Kinds of rows of which a column is one of few words: that column, and its position."""
    found = {}
    for name in state.__all__:
        kind = getattr(state, name)
        if isinstance(kind, type) and issubclass(kind, Row) and kind is not Row:
            hints = get_type_hints(kind)
            for column in COLUMNS:
                if get_origin(hints.get(column)) is Literal:
                    found[name] = (column, list(hints).index(column))
    return found


def assignments(file: str, source: str) -> list[str]:
    """What gives a row its state otherwise than by its table: `file:line`, and what it says there."""
    kinds = rows_with_a_state()
    found = []
    for function in [one for one in ast.parse(source).body if isinstance(one, ast.FunctionDef | ast.ClassDef)]:
        for call in [one for one in ast.walk(function) if isinstance(one, ast.Call)]:
            name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
            given = [word.value for word in call.keywords if word.arg in _columns(name, kinds)]
            if name in kinds and len(call.args) > kinds[name][1]:
                given.append(call.args[kinds[name][1]])
            given += [
                value
                for one in ast.walk(call) if isinstance(one, ast.Dict)
                for key, value in zip(one.keys, one.values, strict=True)
                if isinstance(key, ast.Constant) and key.value in COLUMNS
            ]  # fmt: skip
            found += [
                f"{file}:{value.lineno}: {ast.unparse(value)}"
                for value in given
                if not _by_its_table(value, file, function.name)
            ]
    return found


def _columns(called: str, kinds: dict[str, tuple[str, int]]) -> tuple[str, ...]:
    if called == "replace":
        return COLUMNS
    return (kinds[called][0],) if called in kinds else ()


def _by_its_table(value: ast.expr, file: str, function: str) -> bool:
    match value:
        case ast.Subscript(value=ast.Name(id=table)):
            return STEPS.get(table, {}).get(function) == file
        case ast.Attribute(value=ast.Name(id="record"), attr="life"):
            return True  # the number of a node's life
    return False


def sources() -> list[tuple[str, str]]:
    return [(str(path.relative_to(CORE)), path.read_text("utf-8")) for path in sorted(CORE.rglob("*.py"))]


def test_a_row_gets_its_state_from_its_table_and_in_no_other_way() -> None:
    assert not [one for file, source in sources() for one in assignments(file, source)]


def test_every_row_of_few_words_has_a_table() -> None:
    assert set(rows_with_a_state()) == {"Alarm", "Area", "Call", "Guarded", "Notice", "OrderOut", "Sealing"}


@pytest.mark.parametrize(
    "planted",
    [
        'def apply(state):\n    state.put(replace(area, state="sealed"))',
        'def apply(state):\n    state.put(replace(alarm, life="closed", closed_at=1))',
        'def apply(state):\n    state.put(replace(alarm, life=life))',
        'def apply(state):\n    state.put(replace(area, **{"state": "sealed"}))',
        'def apply(state):\n    state.put(rows.Area(name="archive", state="sealed"))',
        'def apply(state):\n    state.put(OrderOut(node, 1, 1, "plan", "open", 0))',
        'def apply(state):\n    state.put(replace(area, state=SEAL[area.state, "adopt"]))',
        'class Fold:\n    def apply(self, state):\n        state.put(replace(area, state="sealed"))',
    ],
)  # fmt: skip
def test_whoever_sets_a_state_by_hand_is_found(planted: str) -> None:
    file, source = next(one for one in sources() if one[0] == "sealing/area.py")
    assert not assignments(file, source)
    assert assignments(file, f"{source}\n\n{planted}\n")

"""A module with one of its conditions always true, or never, for as long as a test lasts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

import pytest


class Place:
    """An expression in a tree that decides something, and how another takes its place."""

    def __init__(self, parent: ast.AST, field: str, at: int | None) -> None:
        self._parent, self._field, self._at = parent, field, at

    @property
    def expression(self) -> ast.expr:
        found = getattr(self._parent, self._field)
        return found if self._at is None else found[self._at]  # type: ignore[no-any-return]

    def put(self, expression: ast.expr) -> None:
        if self._at is None:
            setattr(self._parent, self._field, expression)
        else:
            getattr(self._parent, self._field)[self._at] = expression


def conditions(tree: ast.AST) -> Iterator[Place]:
    """Whatever a module asks: conditions, and each part of those that have parts."""
    for node in ast.walk(tree):
        match node:
            case ast.If() | ast.IfExp() | ast.While():
                yield Place(node, "test", None)
            case ast.BoolOp(values=values):
                yield from (Place(node, "values", at) for at in range(len(values)))
            case ast.comprehension(ifs=ifs):
                yield from (Place(node, "ifs", at) for at in range(len(ifs)))


def tree_of(module: ModuleType) -> ast.Module:
    return ast.parse(Path(str(module.__file__)).read_text("utf-8"))


def named(module: ModuleType) -> list[str]:
    """The conditions of a module in order: the function that asks, and what."""
    tree = tree_of(module)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    found = [place.expression for place in conditions(tree)]
    return [f"{_asker(functions, one.lineno)}: {ast.unparse(one)}" for one in found]


def _asker(functions: list[ast.FunctionDef], line: int) -> str:
    around = [one for one in functions if one.lineno <= line <= (one.end_lineno or 0)]
    return max(around, key=lambda one: one.lineno).name


def change(module: ModuleType, number: int, holds: bool, patch: pytest.MonkeyPatch) -> None:
    """That condition of the module always holds, or never: its functions run the code of the changed module."""
    tree = tree_of(module)
    list(conditions(tree))[number].put(ast.Constant(holds))
    codes = dict(_codes(compile(ast.fix_missing_locations(tree), str(module.__file__), "exec")))
    for function in _functions(module):
        patch.setattr(function, "__code__", codes[function.__qualname__])


def _codes(code: CodeType) -> Iterator[tuple[str, CodeType]]:
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield one.co_qualname, one
            yield from _codes(one)


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    holders = [module, *(one for one in vars(module).values() if isinstance(one, type))]
    for thing in [thing for holder in holders for thing in vars(holder).values()]:
        function = thing.fget if isinstance(thing, property) else thing
        if isinstance(function, FunctionType) and function.__code__.co_filename == module.__file__:
            yield function

"""A module with one of its conditions always true, or never, for as long as a test lasts."""

from __future__ import annotations

import ast
import inspect
import itertools
from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

CRIES: tuple[type[BaseException], ...] = (
    ArithmeticError, AssertionError, AttributeError, LookupError, NameError, TypeError, ValueError,
    pytest.fail.Exception,
)  # fmt: skip
"""Whatever a test fails with, what it says no longer holds."""


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


def parameters(*modules: ModuleType) -> list[Any]:
    """A test's parameters `module` and `number`: every condition of these modules."""
    return [
        pytest.param(module, number, id=f"{_short(module)}.{name}")
        for module in modules
        for number, name in enumerate(named(module))
    ]


def check_noticed(
    module: ModuleType, number: int, holds: bool, fails: Callable[[], bool], the_same: Collection[str]
) -> None:
    """With that condition held so something fails; unless it is one of those that make no difference to be seen, as
    `module.function: condition = True`."""
    name = f"{_short(module)}.{named(module)[number]} = {holds}"
    with pytest.MonkeyPatch.context() as patch:
        change(module, number, holds, patch)
        assert fails() or name in the_same, f"{name}, and nobody notices"


def _short(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def change(module: ModuleType, number: int, holds: bool, patch: pytest.MonkeyPatch) -> None:
    """That condition of the module always holds, or never: its functions run the code of the changed module."""
    tree = tree_of(module)
    list(conditions(tree))[number].put(ast.Constant(holds))
    codes = dict(_codes(compile(ast.fix_missing_locations(tree), str(module.__file__), "exec")))
    for function in _functions(module):
        patch.setattr(function, "__code__", codes[function.__qualname__])


def reword(module: ModuleType, old: str, new: str, patch: pytest.MonkeyPatch) -> None:
    """The functions of the module read `new` where its source has `old`, which it has once."""
    codes = dict(_codes(compile(_reworded(module, old, new), str(module.__file__), "exec")))
    for function in _functions(module):
        patch.setattr(function, "__code__", codes[function.__qualname__])


def copy(module: ModuleType, old: str = "", new: str = "") -> ModuleType:
    """Another module beside this one, from the same source with `new` where it has `old`."""
    made = ModuleType(module.__name__)
    made.__file__ = module.__file__
    exec(compile(_reworded(module, old, new), str(module.__file__), "exec"), vars(made))
    return made


def _reworded(module: ModuleType, old: str, new: str) -> str:
    source = Path(str(module.__file__)).read_text("utf-8")
    assert not old or source.count(old) == 1, f"{module.__name__} has {source.count(old)} times: {old}"
    return source.replace(old, new) if old else source


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


def sentences(module: ModuleType, **made: Callable[[], object]) -> Iterator[Callable[[], object]]:
    """What a module of tests says, by each of its tests and each row of its parameters. `made` makes what a test wants
    as a fixture, anew for each. Tests that draw their values are left out."""
    for name, test in vars(module).items():
        if name.startswith("test_") and callable(test) and not hasattr(test, "hypothesis"):
            for arguments in _rows(test):
                yield partial(_said, test, arguments, made)


def _rows(test: Any) -> Iterator[dict[str, Any]]:
    columns = []
    for mark in getattr(test, "pytestmark", []):
        names, values = mark.args
        names = [names] if isinstance(names, str) else list(names)
        columns.append([dict(zip(names, row if len(names) > 1 else (row,), strict=True)) for row in values])
    for chosen in itertools.product(*columns):
        yield {name: value for one in chosen for name, value in one.items()}


def _said(test: Callable[..., object], arguments: dict[str, Any], made: dict[str, Callable[[], object]]) -> None:
    wanted = inspect.signature(test).parameters
    with pytest.MonkeyPatch.context() as patch:
        given = {name: make() for name, make in made.items() if name in wanted}
        if "monkeypatch" in wanted:
            given["monkeypatch"] = patch
        test(**arguments, **given)


def fails(sentence: Callable[[], object], *also: type[Exception]) -> bool:
    """Whether it does, by any failure of Python or of these kinds."""
    try:
        sentence()
    except CRIES + also:
        return True
    return False

"""What a person may type after a command, read off the signature of its function.

    def revoke(
        context: Context,
        node: Annotated[str, Argument("Name of the node.")],
        reason: Annotated[str, Option(help="Why, for the journal.")],
        json: Annotated[bool, Option(help="One object a line.")] = False,
    ) -> None:

A parameter may be `str`, `int`, `float`, `Path`, a `Literal` of words, each of them `| None`, a `list` of one (to be
given repeatedly), or `bool` for a switch. What has a default may be left out.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

Function = Callable[..., None]


class Context(NamedTuple):
    """What every command has: the site's directory, named or by default."""

    directory: Path


class Argument(NamedTuple):
    """A word that stands for itself. Without `metavar` it is called as the parameter is."""

    help: str = ""
    metavar: str = ""


class Option(NamedTuple):
    """A word with dashes. Without `name` it is called as the parameter is; `least` and `most` bound a number."""

    name: str = ""
    help: str = ""
    metavar: str = ""
    least: int | None = None
    most: int | None = None


class Parameter(NamedTuple):
    """One parameter of a function, as it is typed."""

    key: str
    """Its name in the function."""
    name: str
    """As it is typed: `--last`, or for an argument what it is called: `FILE`."""
    metavar: str
    """What stands for the value; empty for a switch."""
    help: str
    kind: type
    choices: tuple[str, ...]
    many: bool
    needed: bool
    default: object
    bounds: tuple[int | None, int | None] = (None, None)

    @property
    def option(self) -> bool:
        """Whether it is typed with dashes."""
        return self.name.startswith("-")

    @property
    def switch(self) -> bool:
        """Whether it has no value."""
        return self.kind is bool


def parameters(function: Function) -> list[Parameter]:
    """All but the context, in the order of the signature."""
    hints = get_type_hints(function, include_extras=True)
    signature = inspect.signature(function)
    return [_parameter(one, hints[key]) for key, one in signature.parameters.items() if hints[key] is not Context]


def wants_context(function: Function) -> bool:
    """Whether it is called with a context first."""
    return Context in get_type_hints(function).values()


def _parameter(parameter: inspect.Parameter, hint: Any) -> Parameter:
    hint, how = get_args(hint) if get_origin(hint) is Annotated else (hint, Argument())
    if not isinstance(how, Argument | Option):
        raise TypeError(f"{parameter.name}: Annotated[…, Option(…)] or Annotated[…, Argument(…)] is wanted")
    hint = next((one for one in get_args(hint) if one is not NoneType), hint) if NoneType in get_args(hint) else hint
    many = get_origin(hint) is list
    kind = get_args(hint)[0] if many else hint
    choices = get_args(kind) if get_origin(kind) is Literal else ()
    needed = parameter.default is inspect.Parameter.empty
    plain = parameter.name.strip("_").replace("_", "-")
    name, metavar = plain.upper(), how.metavar
    if isinstance(how, Option):
        name = how.name or f"--{plain}"
        metavar = "" if kind is bool else metavar or "|".join(choices) or name.strip("-").upper()
    return Parameter(
        parameter.name,
        name if isinstance(how, Option) else metavar or name,
        metavar or name,
        how.help,
        str if choices else kind,
        choices,
        many,
        needed,
        None if needed else parameter.default,
        (how.least, how.most) if isinstance(how, Option) else (None, None),
    )

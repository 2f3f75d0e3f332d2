"""Values at, below and above the bounds of a type, and ones of another type, as its annotation has it.

Which of them may stand is not said here: the readers are compared with each other.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from wire import messages as m

OF_ANOTHER_TYPE: tuple[Any, ...] = (None, True, 1, 1.5, "", {}, [], [[]], {"": None})
NAMES = (
    "a",
    "a" * 32,
    "a" * 33,
    "a-1",
    "A",
    "ä",
    "a b",
    "a\n",
    "a/b",
    "a/b\n",
    "a/b/c",
    "/",
    "a/",
    "a" * 32 + "/" + "b" * 33,
)
HASHES = ("0" * 63, "0" * 64, "0" * 65, "A" * 64, "g" * 64, "0" * 64 + "\n", "0" * 32, "0" * 31)
DAYS = ("2026-10-01", "2026-1-01", "2026-10-011", "2026/10/01", "٢٠٢٦-10-01")
TEXTS = ("", "王芳", "\x00", "\x7f", "\u2028", "a\nb", '"\\', "\U0001f600")


def of(hint: Any) -> Iterator[Any]:
    """Values at the edges of a type."""
    yield from OF_ANOTHER_TYPE
    yield from _of(hint)


def _of(hint: Any) -> Iterator[Any]:
    origin, args = get_origin(hint), get_args(hint)
    if hint is str:
        yield from TEXTS
    elif origin is Literal:
        yield from args
        yield from ("no such word", 0, 2, True)
    elif origin is Annotated and args[0] is int:
        yield from _numbers(args[1])
    elif origin is Annotated and args[0] is str:
        yield from (*TEXTS, *NAMES, *HASHES, *DAYS)
        if args[1].max_length is not None:
            yield from ("x" * args[1].max_length, "x" * (args[1].max_length + 1), "门" * args[1].max_length)
    elif origin is Annotated:
        (inside, *_), meta = get_args(args[0]), args[1]
        for count in {meta.min_length or 0, (meta.min_length or 1) - 1, meta.max_length, meta.max_length + 1}:
            yield [good(inside)] * count
        yield from ([one] for one in of(inside))
    elif origin in (Union, types.UnionType):
        for one in args:
            yield from () if one is type(None) else _of(one)
    elif origin is tuple and args[-1] is ...:
        yield from ([one] for one in of(args[0]))
        yield [good(args[0])] * 3
    elif origin is tuple:
        yield [good(one) for one in args]
        yield [good(one) for one in args][:-1]
        yield [*(good(one) for one in args), good(args[0])]
        yield from ([edge, *(good(one) for one in args[1:])] for edge in of(args[0]))
    elif origin is dict:
        yield from ({name: good(args[1])} for name in _of(args[0]))
        yield from ({good(args[0]): value} for value in of(args[1]))
    elif isinstance(hint, type) and issubclass(hint, m.Message):
        yield from (body for _, body in bodies(hint))


def _numbers(meta: msgspec.Meta) -> Iterator[int]:
    least, most = int(meta.ge or 0), int(meta.le or 0)
    yield from (least - 1, least, least + 1, most - 1, most, most + 1, 2**53, 2**53 + 1, 2**63, 2**64, -(2**63) - 1)


def good(hint: Any) -> Any:
    """A value of a type, as JSON has it."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return args[0]
    if origin is Annotated and get_origin(args[0]) is tuple:
        return [good(get_args(args[0])[0])] * (args[1].min_length or 0)
    if origin is Annotated and args[0] is int:
        return max(int(args[1].ge), 1)
    if origin is Annotated and args[0] is str:
        return next(one for one in (*NAMES, *HASHES, *DAYS) if not _refused(one, hint))
    if origin in (Union, types.UnionType):
        return good(next(one for one in args if one is not type(None)))
    if origin is tuple:
        return [good(args[0])] if args[-1] is ... else [good(one) for one in args]
    if origin is dict:
        return {good(args[0]): good(args[1])}
    if isinstance(hint, type) and issubclass(hint, m.Message):
        return whole(hint)
    return {bool: True, str: "text"}[hint]


def _refused(value: str, hint: Any) -> bool:
    try:
        msgspec.convert(value, hint)
    except msgspec.ValidationError:
        return True
    return False


def whole(kind: type[m.Message]) -> dict[str, Any]:
    """A message of this kind with a good value in each field; of a record or fact, without what it is about."""
    tag = {"kind": kind.__struct_config__.tag} if issubclass(kind, m.Data) else {}
    return {**tag, **{name: good(hint) for name, hint in _fields(kind).items() if name != "data"}}


@cache
def _fields(kind: type[m.Message]) -> dict[str, Any]:
    """Each with its type; reading them takes longer than all else."""
    return get_type_hints(kind, include_extras=True)


def bodies(kind: type[m.Message]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Messages of this kind, each with one field at one of its edges, missing, or too much; and what was done."""
    body = whole(kind)
    yield "as it should be", body
    yield "a field too much", {**body, "no-such-field": 1}
    for name, hint in _fields(kind).items():
        if name == "data":
            continue
        yield f"without {name}", {field: value for field, value in body.items() if field != name}
        for value in of(hint):
            yield f"{name} = {value!r:.60}", {**body, name: value}

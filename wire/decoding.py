"""JSON and tables into typed values: the one place in which msgspec works types out, for a process with threads.

msgspec keeps what it works out about a struct before it has come to the end of it (`StructInfo_Convert` of 0.22.0; its
newest source of July 2026 waits for the end only in a Python without a global lock). A second thread that reads the
struct meanwhile follows a null pointer, and the process dies of SIGSEGV. So types are worked out by one thread at a
time here, and nothing is read by one that is not worked out to the end. Writing needs no types.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import Any, TypeVar, overload

import msgspec

T = TypeVar("T")
Json = bytes | str | msgspec.Raw

_one_at_a_time = threading.Lock()


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    """Made when the first text of its kind comes: a node hardly ever reads facts, which are the most."""
    with _one_at_a_time:
        return msgspec.json.Decoder(kind)


@overload
def decode(text: Json, kind: type[T]) -> T: ...
@overload
def decode(text: Json, kind: Any) -> Any: ...
def decode(text: Json, kind: Any) -> Any:
    """Read JSON as a `kind`. Raises what `msgspec.json.decode` raises: MsgspecError, UnicodeDecodeError (a string that
    is not UTF-8), RecursionError."""
    return _decoder(kind).decode(text)


@overload
def convert(value: object, kind: type[T]) -> T: ...
@overload
def convert(value: object, kind: Any) -> Any: ...
def convert(value: object, kind: Any) -> Any:
    """Make a `kind` of dictionaries, lists and plain values. Raises msgspec.ValidationError."""
    _decoder(kind)  # works the same types out
    return msgspec.convert(value, kind)

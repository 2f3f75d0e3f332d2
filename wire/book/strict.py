"""JSON that has one reading only: no name twice, no NaN, no half characters, no endless depth.

Two readers that differ over one signed text would judge two different entries.
"""

from __future__ import annotations

import json
import math
from typing import Any, Dict, List, Tuple

DEEPEST = 8
"""Objects and lists within each other: about twice of what any kind needs."""
LONGEST_NUMBER = 20
"""Characters of a number. Beyond some thousands Python's versions differ over whether it is one."""


class NameTwice(ValueError):
    """Of a name that is there twice one reader takes the first and another the last."""


def read(line: bytes) -> Dict[str, Any]:
    """An object in one line of JSON. Raises NameTwice, ValueError."""
    return _read(line, _STRICT)


def read_loosely(line: bytes) -> Dict[str, Any]:
    """The same, with the last of what has one name: so entries were read before there were rules. Raises ValueError."""
    return _read(line, _LOOSE)


def _read(line: bytes, decoder: json.JSONDecoder) -> Dict[str, Any]:
    if line.count(b"\n") != 1 or not line.endswith(b"\n"):
        raise ValueError("the body of a note is one line")
    try:
        found = decoder.decode(line.decode("utf-8"))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(found, dict):
        raise ValueError("it is no object")
    if _deeper(found, DEEPEST):
        raise ValueError("it is nested too deeply")
    if b"\\ud" in line or b"\\uD" in line:
        _check_surrogates(found)
    return found


def _deeper(value: Any, levels: int) -> bool:
    inside = value.values() if isinstance(value, dict) else value
    return levels < 0 or any(_deeper(one, levels - 1) for one in inside if isinstance(one, (dict, list)))


def _check_surrogates(value: Any) -> None:
    """Only an escape can bring in half a character: the bytes themselves are UTF-8."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("half a character stands in it") from None


def _once(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise NameTwice("a name stands in it twice")
    return made


def _constant(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError("a number in it is too long")
    return int(digits)


def _fraction(digits: str) -> float:
    if len(digits) > LONGEST_NUMBER or not math.isfinite(float(digits)):
        raise ValueError("a number in it is too long, or too large")
    return float(digits)


_STRICT = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_constant, parse_int=_whole, parse_float=_fraction)
_LOOSE = json.JSONDecoder(parse_constant=_constant, parse_int=_whole, parse_float=_fraction)

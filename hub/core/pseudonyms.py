"""What people write, with numbers in the place of the names that the hub knows. Pure.

The journal outlives the right to keep a name. Whatever a person may write freely is of the type `Written`, and stands
in the journal with `#1001` where a known name was; a page shows the name again for as long as it may be known.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import get_type_hints

from msgspec.structs import replace

from wire import messages as m
from wire.plain import plain

_NARROW = {code: code - 0xFEE0 for code in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_NUMBER = re.compile(r"#([1-9][0-9]{0,8})(?![0-9])")


def hide(data: m.FactData, people: Mapping[int, str]) -> m.FactData:
    """The fact with every name of `people` (by number) replaced in what was written, and without marks in it that
    nobody sees: they would hide a name from us, and go on into papers, mails and logs."""
    fields = {name: getattr(data, name) for name in _written(type(data))}
    changed = {
        name: hidden for name, text in fields.items() if text and (hidden := _hidden(_plain(text), people)) != text
    }
    return replace(data, **changed) if changed else data


def writes(kind: type[m.Data]) -> bool:
    """Whether a person writes anything into facts of this kind."""
    return bool(_written(kind))


def show(text: str, people: Mapping[int, str]) -> str:
    """What was written, with the names that are still known."""
    return _NUMBER.sub(lambda found: people.get(int(found[1])) or found[0], text)


def _plain(text: str) -> str:
    """As one types it: an accent is part of its letter, and letters of an alphabet are not as wide as Chinese ones."""
    return unicodedata.normalize("NFC", plain(text, "\n")).translate(_NARROW)


def _hidden(text: str, people: Mapping[int, str]) -> str:
    # Longest first, or 王芳 would leave a rest of 王芳芳.
    for number, name in sorted(people.items(), key=lambda one: -len(one[1])):
        if name:
            text = re.sub(_whole(_plain(name)), f"#{number}", text, flags=re.IGNORECASE)
    return text


@cache
def _whole(name: str) -> str:
    """Letters of an alphabet are a name only as whole words; Chinese has no spaces between them."""
    words = r"\s*".join(re.escape(word) for word in name.split())
    return rf"\b{words}\b" if name.isascii() else words


@cache
def _written(kind: type[m.Data]) -> tuple[str, ...]:
    return tuple(name for name, hint in get_type_hints(kind, include_extras=True).items() if hint == m.Written)

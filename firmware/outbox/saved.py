"""What lies beside the records in the outbox file: each field of Saved in JSON, under a name of its own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import get_type_hints

import msgspec

from firmware.core.effects import Saved
from wire import decoding

TYPES = get_type_hints(Saved)


def row(name: str) -> str:
    """Name of the row that keeps a field."""
    return f"saved.{name}"


def read(get: Callable[[str], bytes | None]) -> Saved:
    """Everything that was saved, with `get` from row to content. A field that cannot be read counts as not saved."""
    found: dict[str, object] = {}
    for name, kind in TYPES.items():
        value = get(row(name))
        with suppress(msgspec.MsgspecError):  # written by another version: the hub orders it anew
            if value is not None:
                found[name] = decoding.decode(value, kind)
    return Saved(**found)  # type: ignore[arg-type]

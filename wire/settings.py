"""TOML files into structs: unknown keys are errors, and every error names its place."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TypeVar

import msgspec

from wire import decoding

T = TypeVar("T")


class SettingsError(ValueError):
    """A file cannot be used; the message says which, where and why in one line."""


def load(path: Path, kind: type[T]) -> T:
    """Read `path` as a `kind` (a msgspec struct that forbids unknown fields). Raises SettingsError."""
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: this file is not UTF-8 text") from None
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None
    try:
        return parse(text, kind)
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}") from None


def parse(text: str, kind: type[T]) -> T:
    """Read TOML text as a `kind`. Raises SettingsError, which names the line or the key."""
    try:
        return decoding.convert(tomllib.loads(text), kind)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"not TOML: {error}") from None
    except msgspec.ValidationError as error:
        raise SettingsError(_place_first(str(error))) from None


def _place_first(message: str) -> str:
    """Turn msgspec's “… - at `$.area[0].name`” into “area[0].name: …”."""
    match = re.fullmatch(r"(.*) - at `\$\.?(.*)`", message, re.DOTALL)
    return f"{match[2]}: {match[1]}" if match else message

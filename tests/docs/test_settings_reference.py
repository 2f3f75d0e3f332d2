"""docs/reference/settings.md names every key of the three files, what holds without it, and no other."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest

from firmware.setup.config import Config
from hub.site_directory.broker import BrokerSettings
from hub.site_directory.settings import HubSettings

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "settings.md").read_text("utf-8")
FILES: dict[str, type[msgspec.Struct]] = {
    "hub.toml": HubSettings,
    "broker.toml": BrokerSettings,
    "node.toml": Config,
}


def described(file: str) -> dict[str, str]:
    """Keys that the page describes, with what holds if they are left out."""
    section = re.split(r"^## ", PAGE.partition(f"\n## {file}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    return dict(re.findall(r"^\| `([\w.]+)` \| (.+?) \|", section, re.MULTILINE))


def keys_of(kind: type[msgspec.Struct], before: str = "") -> Iterator[tuple[str, msgspec.structs.FieldInfo]]:
    """Keys with their tables before them, in the order of the struct; one whose name is free is NAME."""
    hints = get_type_hints(kind)
    for field in msgspec.structs.fields(kind):
        table, free = table_of(hints[field.name])
        if table:
            yield from keys_of(table, f"{before}{field.name}.{'NAME.' if free else ''}")
        else:
            yield f"{before}{field.name}", field


def table_of(hint: Any) -> tuple[type[msgspec.Struct] | None, bool]:
    """The struct that a key holds, and whether it lies one name deeper."""
    if get_origin(hint) is dict:
        return table_of(get_args(hint)[1])[0], True
    options = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    found = [one for one in options if isinstance(one, type) and issubclass(one, msgspec.Struct)]
    return (found[0] if found else None), False


@pytest.mark.parametrize("file", FILES)
def test_every_key_is_described_and_no_other(file: str) -> None:
    assert sorted(described(file)) == sorted(key for key, _ in keys_of(FILES[file]))


@pytest.mark.parametrize("file", FILES)
def test_what_holds_without_a_key_is_what_the_struct_says(file: str) -> None:
    said = described(file)
    for key, field in keys_of(FILES[file]):
        inside_what_may_be_left_out = key.split(".")[0] in ("demo", "simulation", "reader")
        if field.required and not inside_what_may_be_left_out:
            assert said[key] == "must be given", key
        elif field.default not in (None, msgspec.NODEFAULT):
            quoted = f'"{field.default}"' if isinstance(field.default, str) else str(field.default)
            assert said[key] == f"`{quoted}`", key
        else:
            assert not said[key].startswith(("`", "must")), key

"""node.toml: every key is in the commented example, and whatever is wrong is said in one line with its place."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from firmware.setup import config
from firmware.setup.config import Config
from tests.firmware.house import ROOT
from wire.settings import SettingsError

EXAMPLE = ROOT / "firmware" / "node.example.toml"


def keys_of(kind: type[msgspec.Struct], before: str = "") -> set[str]:
    found: set[str] = set()
    for field in msgspec.structs.fields(kind):
        tables: dict[str, type[msgspec.Struct]] = {
            "gpio": config.Gpio,
            "broker": config.Broker,
            "outbox": config.Outbox,
            "simulation": config.Simulation,
            "reader": config.Reader,
        }
        inner = tables.get(field.name)
        name = "reader.r1" if field.name == "reader" else field.name
        found |= keys_of(inner, f"{name}.") if inner else {before + name}
    return found


def keys_in(table: dict[str, object], before: str = "") -> set[str]:
    found: set[str] = set()
    for name, value in table.items():
        found |= keys_in(value, f"{before}{name}.") if isinstance(value, dict) else {before + name}
    return found


def test_the_example_has_every_key_and_no_other() -> None:
    text = EXAMPLE.read_text("utf-8")
    uncommented = re.sub(r"^# (\[|[a-z]+ = )", r"\1", text, flags=re.MULTILINE)
    assert keys_in(tomllib.loads(uncommented)) == keys_of(Config)


def test_the_example_can_be_read() -> None:
    place = config.load(EXAMPLE)
    assert place.config.gpio.factory == "lgpio"
    assert place.state == EXAMPLE.parent
    assert place.keys == EXAMPLE.parent / "keys"


def test_there_are_few_keys() -> None:
    assert len(keys_of(Config)) <= 25


GOOD = config.text_for("demo", "archive-1", "mock", "sim.sock")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (GOOD.replace('site = "demo"', 'sight = "demo"'), "`sight`"),
        (GOOD.replace('"mock"', '"bcm2835"'), "gpio.factory"),
        (re.sub(r"\[gpio\]\n.*\n", "", GOOD), "`gpio`"),
        (GOOD.replace('"mock"', '"lgpio"'), 'simulation: only with gpio.factory = "mock"'),
        (GOOD.replace('"archive-1"', '"Archive 1"'), "node: 'Archive 1' is not a name"),
        (GOOD.replace('"archive-1"', '"engine"'), "node: 'engine' is not a name"),
        (GOOD + "[broker]\nport = 70000\n", "broker.port"),
        (GOOD + "[outbox]\nmegabytes = 0\n", "outbox.megabytes"),
        ("site = ", "not TOML"),
    ],
)
def test_a_mistake_is_one_line_that_names_its_place(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "node.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        config.load(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)

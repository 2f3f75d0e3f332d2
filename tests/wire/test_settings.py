"""TOML into structs: unknown keys are errors, and every error names its place in one line."""

from pathlib import Path

import pytest
from msgspec import Struct

from wire import settings


class Port(Struct, forbid_unknown_fields=True):
    name: str
    number: int


class Whole(Struct, forbid_unknown_fields=True):
    port: tuple[Port, ...] = ()
    title: str = ""


def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('title = "档案室"\n[[port]]\nname = "r1"\nnumber = 1\n', "utf-8")
    assert settings.load(tmp_path / "a.toml", Whole) == Whole(port=(Port("r1", 1),), title="档案室")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("titel = 1", "titel"),
        ("title = 1", "title: Expected `str`, got `int`"),
        ('[[port]]\nname = "r1"', "port[0]: Object missing required field `number`"),
        ('[[port]]\nname = "r1"\nnumber = "1"', "port[0].number: Expected `int`, got `str`"),
        ('[[port]]\nname = "r1"\nnumber = 1\nnumer = 2', "numer"),
        ("title = ", "not TOML"),
        ('title = "a"\ntitle = "b"\n', "line 2"),
    ],
)
def test_a_mistake_is_named_with_its_place_in_one_line(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "hub.toml"
    file.write_text(text)
    with pytest.raises(settings.SettingsError) as refused:
        settings.load(file, Whole)
    assert says in str(refused.value)
    assert str(refused.value).startswith(f"{file}: ")
    assert "\n" not in str(refused.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b'title = "\xe9"')
    for name, says in (("none", "No such file"), ("latin", "not UTF-8"), (".", "directory")):
        with pytest.raises(settings.SettingsError, match=says):
            settings.load(tmp_path / name, Whole)


def test_a_table_nested_without_end_is_a_mistake_like_any_other() -> None:
    with pytest.raises(settings.SettingsError):
        settings.parse("title = " + "[" * 10_000, Whole)

"""A place is read and written in one way, and every text is one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.core.site.where import Where, area_of, of_hub, parse

HUB = Path(__file__).parents[4] / "hub"
SEPARATORS = ("/", " ")
ROOMS = ("core", "console", "notify", "cli")
NO_PLACES = {
    "core/order_numbers.py": "what an order is about: ceremony/area",
}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("archive", Where("archive")),
        ("archive/iron-gate", Where("archive", "iron-gate")),
        ("archive-1", Where("archive-1")),
        ("archive-1 mains", Where("archive-1", None, "mains")),
        ("hub sms", Where("hub", None, "sms")),
        ("archive/reader led", Where("archive", "reader", "led")),
    ],
)
def test_each_kind_of_place_is_read_and_written(text: str, place: Where) -> None:
    assert parse(text) == place
    assert str(place) == text


@given(st.text(alphabet=st.sampled_from("ab-/ ")) | st.text())
@example("")
@example("/")
@example(" ")
@example("a/ b")
def test_every_text_is_a_place_and_is_written_as_it_was_read(text: str) -> None:
    place = parse(text)
    assert str(place) == text
    assert area_of(text) == place.head
    assert place.whole == str(place._replace(part=None))
    assert not {*place.head} & {*SEPARATORS}


def test_a_part_of_the_hub_is_of_the_hub() -> None:
    assert parse(of_hub("sms")) == Where("hub", None, "sms")


def taken_apart(path: Path) -> list[int]:
    """Lines on which a text is taken apart at a stroke or a space."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("split", "rsplit", "partition", "rpartition")
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value in SEPARATORS
    ]


def test_nobody_else_takes_a_place_apart() -> None:
    files = [path for room in ROOMS for path in (HUB / room).rglob("*.py") if path.name != "where.py"]
    found = {str(path.relative_to(HUB)) for path in files if taken_apart(path)}
    assert found == {*NO_PLACES}

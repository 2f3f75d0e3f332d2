"""The reference page says what the code says."""

from typing import get_args

import msgspec

from tests.docs import wire_reference
from wire import messages as m


def test_the_wire_reference_is_what_the_code_makes_of_it() -> None:
    assert wire_reference.PAGE.read_text("utf-8") == wire_reference.render(), (
        "run: .venv/bin/python -m tests.docs.wire_reference --write"
    )


def test_every_message_that_travels_is_on_the_page() -> None:
    page = wire_reference.PAGE.read_text("utf-8")
    for union in (m.RecordData, m.OrderData, m.FactData):
        for kind in get_args(union):
            assert f"### `{kind.__struct_config__.tag}`" in page
    structs = {kind for kind in vars(m).values() if isinstance(kind, type) and issubclass(kind, msgspec.Struct)}
    for kind in structs - {msgspec.Struct, m.Message, m.Data, m.Rule}:
        assert f"`{kind.__struct_config__.tag}`" in page or f"### {kind.__name__}\n" in page, kind

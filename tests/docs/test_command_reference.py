"""The reference page says what the code says."""

from tests.docs import command_reference


def test_the_command_reference_is_what_the_code_makes_of_it() -> None:
    assert command_reference.PAGE.read_text("utf-8") == command_reference.render(), (
        "run: .venv/bin/python -m tests.docs.command_reference --write"
    )

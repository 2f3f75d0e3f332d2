"""The reference page says what the code says."""

from tests.docs import alarms_reference


def test_the_alarms_reference_is_what_the_code_makes_of_it() -> None:
    assert alarms_reference.PAGE.read_text("utf-8") == alarms_reference.render(), (
        "run: .venv/bin/python -m tests.docs.alarms_reference --write"
    )

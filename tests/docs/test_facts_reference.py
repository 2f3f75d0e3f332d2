"""The reference page says what the tables say."""

from tests.docs import facts_reference


def test_the_facts_reference_is_what_the_tables_make_of_it() -> None:
    assert facts_reference.PAGE.read_text("utf-8") == facts_reference.render(), (
        "run: .venv/bin/python -m tests.docs.facts_reference --write"
    )

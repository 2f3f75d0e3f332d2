"""The book of rules says what the messages and the table of facts say."""

from tests.docs import book_of_rules


def test_the_book_is_what_the_messages_make_of_it() -> None:
    assert book_of_rules.TABLE.read_text("utf-8") == book_of_rules.render(), (
        "run: .venv/bin/python -m tests.docs.book_of_rules --write"
    )

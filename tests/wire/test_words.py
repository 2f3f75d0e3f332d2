"""Numbers as words: the proquints of the paper, both ways."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire import words


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("127.0.0.1", "lusab babad"),
        ("63.84.220.193", "gutih tugad"),
        ("63.118.7.35", "gutuk bisog"),
        ("140.98.193.141", "mudof sakat"),
        ("212.58.253.68", "tibup zujah"),
        ("216.35.68.215", "tobog higil"),
        ("198.81.129.136", "sinid makam"),
        ("12.110.110.204", "budov kuras"),
    ],
)
def test_the_paper_says_so(address: str, said: str) -> None:
    data = ipaddress.ip_address(address).packed
    assert words.to_words(data) == said.split()
    assert words.from_words(said.split()) == data


@given(st.binary(max_size=40).filter(lambda data: len(data) % 2 == 0))
def test_what_was_said_is_heard(data: bytes) -> None:
    assert words.from_words(words.to_words(data)) == data
    assert words.from_words([word.upper() for word in words.to_words(data)]) == data


def test_an_odd_number_of_bytes_has_no_words() -> None:
    with pytest.raises(ValueError, match="two bytes"):
        words.to_words(b"abc")


@pytest.mark.parametrize("word", ["", "lusa", "lusabb", "lusac", "uslab", "luseb", "lus-b", "lus\u0131b", "ＬＵＳＡＢ"])
def test_it_is_no_word_and_is_named(word: str) -> None:
    with pytest.raises(ValueError, match="is not one of the words"):
        words.from_words(["babab", word])

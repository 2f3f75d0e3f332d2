"""JSON that has one reading only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.book import reading, rules, strict

RECORD = (
    '{"v":1,"site":"demo","node":"archive-1","life":1,"boot":"b","seq":1,"mono":1,"wall":1,"clock":"trusted",'
    '"prev":"","data":{"kind":"later","said":%s}}\n'
)
"""A record of a kind that is not known here: only its form is judged."""


def taken(said: str) -> bool:
    try:
        return not reading.read((RECORD % said).encode()).known
    except ValueError:
        return False


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


@pytest.mark.parametrize(
    "said",
    [
        "1",
        '"王芳"',
        "null",
        "[]",
        '{"a":{"a":1}}',
        "-1.5",
        "1e3",
        '"\\ud83d\\ude00"',
        "1" * 20,
        nested(7),
        "[[[[[[[1]]]]]]]",
        " { } ",
    ],
)
def test_what_has_one_reading_is_taken(said: str) -> None:
    assert taken(said)


@pytest.mark.parametrize(
    "said",
    [
        '{"a":1,"a":1}', '[{"a":[{"b":1,"b":2}]}]', "NaN", "Infinity", "-Infinity", "1e999", "1" * 21, "0." + "1" * 20,
        '"\\ud800"', '"\\uDFFF"', '{"\\ud800":1}', '"\\x"', "01", "+1", "1.", "'a'", "[1,]", "tru", "",
        nested(8), nested(50_000), '{"a":' * 9 + "1" + "}" * 9, "1\n", "\ufeff1",
    ],
)  # fmt: skip
def test_what_two_readers_could_read_in_two_ways_is_refused(said: str) -> None:
    assert not taken(said)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"{}",
        b"\n{}",
        b"{}\n\n",
        b"{}\r",
        b"[]\n",
        b"1\n",
        b'"a"\n',
        b"\xff\n",
        b"{}\nx",
        b"\xef\xbb\xbf{}\n",
    ],
)
def test_what_is_no_object_in_one_line_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        strict.read(line)


@pytest.mark.parametrize("said", ['{"a":1,"a":1}', "1"])
def test_before_there_were_rules_a_name_that_stood_twice_was_taken_and_is_doubted(said: str) -> None:
    body = reading.read((RECORD % said).encode(), rules.OF_OLD)
    assert ("twice" in body.doubt) == ("a" in said)


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for in_force in (rules.OF_OLD, rules.NEWEST, rules.NEWEST + 1):
        for line in (content, content + b"\n"):
            with pytest.raises(ValueError, match=r"."):
                reading.read(line, in_force)

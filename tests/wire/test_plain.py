"""Text from anywhere does nothing but be read: on a terminal, in a log, on a page."""

from __future__ import annotations

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.plain import plain


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("\x1b[2J\x1b[HPASS", "\ufffd[2J\ufffd[HPASS"),
        ("one\nFAIL two\r\nthree\tfour", "one FAIL two  three four"),
        ("\u9694\u202e\u5c0f\u200b\u4e8c\ufeff", "\u9694\u5c0f\u4e8c"),
        ("\x9b31m\x7f\x00\ud800", "\ufffd31m\ufffd\ufffd\ufffd"),
        ("a\u2028b\u0085c", "a b c"),
        ("档案室\u3000一号\u00a0门 \ue123", "档案室\u3000一号\u00a0门 \ue123"),
    ],
)
def test_what_moves_the_cursor_or_turns_the_order_is_gone_and_every_letter_stays(said: str, shown: str) -> None:
    assert plain(said) == shown


def test_lines_stay_where_they_are_wanted() -> None:
    assert plain("one\ntwo\x1b", keep="\n") == "one\ntwo\ufffd"


@given(st.text())
def test_whatever_it_is_it_can_be_shown_and_shown_again(text: str) -> None:
    shown = plain(text)
    assert not {unicodedata.category(one) for one in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert plain(shown) == shown
    assert len(shown) <= len(text)


LOGS = """\
import logging
from wire import logs
logs.to_stderr(logging.WARNING)
log = logging.getLogger("strongroom.notify")
log.warning("sms: %s", "hello\\nstrongroom.engine: all is well\\x1b[2J")
try:
    raise ValueError("\\x1b[2J")
except ValueError:
    log.exception("failed")
"""


def test_nobody_who_is_quoted_writes_lines_of_his_own_into_a_log() -> None:
    said = subprocess.run([sys.executable, "-c", LOGS], capture_output=True, text=True, check=True).stderr
    assert said.splitlines()[0] == "strongroom.notify: sms: hello strongroom.engine: all is well\ufffd[2J"
    assert "ValueError: \ufffd[2J" in said
    assert "\x1b" not in said

"""How far a command is: a line that is written over on a terminal, and whole lines in a file."""

from __future__ import annotations

import io
import sys

import pytest

from hub.cli import progress


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def said(to: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a command of three turns says, one of them of unknown length, if nothing is too quick to be told."""
    monkeypatch.setattr(progress, "TERMINAL_S", 0)
    monkeypatch.setattr(progress, "ELSEWHERE_S", 0)
    monkeypatch.setattr(sys, "stderr", to)
    with progress.shown() as show:
        show("journal", 0, 200)
        show("journal", 50, 200)
        show("folded", 7000, 0)
    return to.getvalue()


def test_on_a_terminal_one_line_is_written_over_and_gone_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = said(Screen(), monkeypatch).split(progress.CLEAR)
    assert shown == ["", "journal: 0 %", "journal: 25 %, 0 s left", "folded: 7000 in 0 s", ""]


def test_in_a_file_each_is_a_line_and_nothing_is_written_over(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = said(io.StringIO(), monkeypatch)
    assert shown.splitlines() == ["journal: 0 %", "journal: 25 %, 0 s left", "folded: 7000 in 0 s"]
    assert "\x1b" not in shown


def test_what_is_done_at_once_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.StringIO()
    monkeypatch.setattr(sys, "stderr", file)
    with progress.shown() as show:
        show("journal", 1, 2)
    assert file.getvalue() == ""

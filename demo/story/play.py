"""Plays the story from its beginning to the account."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from demo.story import account
from demo.story.chapters import CHAPTERS
from demo.story.teller import Stopped, StoryError, Teller
from hub.core.refusal import NotPossible
from wire.command_line.run import Failure


def play(directory: Path, ended: Callable[[], bool], export: Path | None = None) -> int:
    """Play it, and leave the journal's export in the folder `export`. Exit code 0 when every expectation held."""
    teller = Teller(directory, ended, export)
    try:
        _check_quiet(teller)
        for chapter in CHAPTERS:
            chapter(teller)
    except Stopped:
        return 1
    except (StoryError, NotPossible, Failure, OSError) as error:
        teller.expect("the story comes to its end", held=False, seen=error)
    try:
        return account.give(teller)
    except Stopped:
        return 1


def _check_quiet(teller: Teller) -> None:
    """A story that was stopped may have left the site in the middle of its holiday. Raises StoryError."""
    state, site = teller.look()
    sealed = [area.name for area in site.area if state.area(area.name).state != "unsealed"]
    if sealed or teller.open_alarms():
        what = f"{sealed[0]} is {state.area(sealed[0]).state}" if sealed else "an alarm is open"
        raise StoryError(f"the story begins on a quiet day, and {what}; unseal and close, or name a new --dir")

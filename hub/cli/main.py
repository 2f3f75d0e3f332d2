"""The command line of the hub: a file per subject, put together here, and every error one clear line."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence

from hub.cli import commands, ending, services
from wire.command_line.run import call, one_line

GARBAGE = 50_000
"""So many new objects between two looks for garbage: what a command imports is none, and would be looked at again."""


def exits() -> dict[type[Exception], int]:
    """What may go wrong, with its exit code; the first that fits counts."""
    from hub.admin.authority import PapersError
    from hub.core.refusal import NotPossible
    from hub.documents.calendar import NotUsable
    from hub.store.calendars import CalendarDamaged

    return {NotPossible: 65, NotUsable: 65, CalendarDamaged: 65, PapersError: 65, **ending.exits()}


def _version() -> str:
    from hub.site_directory.version import own_version

    return own_version()


def invoke(words: Sequence[str]) -> None:
    """Carry out what the words say. Raises Failure, and what `exits` names."""
    call(commands.tree(), words, services.default_directory, version=_version)


def explain(error: Exception) -> tuple[str, int] | None:
    """The line for a person, and the exit code. A refusal is said in the console's words, its own one behind them."""
    from hub.core.refusal import NotPossible

    told = ending.by(exits)(error)
    if told and isinstance(error, NotPossible):
        from hub.console.words.refusals import REFUSALS

        if sentence := REFUSALS.get(error.reason):
            return f"{sentence} ({error})", told[1]
    return told


def run() -> None:
    """Run the command that was typed."""
    gc.set_threshold(GARBAGE)
    with one_line(explain):
        invoke(sys.argv[1:])

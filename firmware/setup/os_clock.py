"""The operating system's clock at the start of a computer that has no clock, or one whose cell is dead.

Such a computer believes to be in 1970, or at the time of its last shutdown. The hub's beats would tell how late it is,
but they come through TLS, which trusts no certificate that is not valid yet. So the clock is stepped, before the node
starts, to a time that is certain to be over. The node takes that for `holdover`, and the hub's beats do the rest.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC

from firmware.outbox import salvage, saved
from firmware.setup import papers as papers_file
from firmware.setup.config import Place
from wire import moments


def over(place: Place) -> int:
    """The newest time that is certain to be over, in milliseconds since 1970; 0 if nothing is known.

    It is the newest trusted time on the node's disk; else, or when that is no time of these papers (a bit may have
    turned over in it), that of its papers.
    """
    begins, ends = papers_file.valid(papers_file.Files(place.keys))
    trusted = 0
    with contextlib.suppress(sqlite3.Error, OSError), closing(salvage.Wreck(place.state / "outbox.db")) as wreck:
        trusted = saved.read(wreck.state().get).trusted_wall
    return trusted if begins <= trusted <= ends else begins


def step(place: Place, now: int, set_clock: Callable[[float], None]) -> str:
    """Step the clock if it is behind; says what was done. `now`: milliseconds since 1970; `set_clock` takes seconds.

    Raises OSError when the clock may not be set.
    """
    known = over(place)
    if not known:
        return "no time is known here; the clock stays as it is"
    if now >= known:
        return f"the clock says {_utc(now)}, which is not before the newest time known here"
    set_clock(known / 1000)
    return f"the clock said {_utc(now)}; it was set to {_utc(known)}, the newest time known here"


def _utc(milliseconds: int) -> str:
    return f"{moments.short(milliseconds, UTC)} UTC"

"""That the engine is at work, for whoever asks on this machine: its newest beat, over a socket in the hub's own folder.

The engine answers in its own loop. One that hangs takes no call, one that is dead has no socket: both are silent, and
whoever asks needs neither papers nor the broker for it.
"""

from __future__ import annotations

import contextlib
import logging
import socket
from pathlib import Path

from wire import local_socket, notes, opening
from wire import messages as m

PATIENCE_S = 3.0
"""The engine answers at once; a slow disk may keep it for a while."""
FRESH_MS = 10_000
"""The engine's beats come every 2 s: one that is older, or of the future, by the same clock, is none."""
CALLERS = 16
"""How many are answered at once; whoever is beyond waits for the next time."""
LARGEST = 4096

log = logging.getLogger("strongroom.engine")


class Pulse:
    """The engine's side. Nothing is opened before `open`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket: socket.socket | None = None

    def open(self) -> None:
        """Listen. A machine where that cannot be done still has an engine; it only says so to nobody."""
        try:
            self._socket = local_socket.listen(self._path, CALLERS, 0o666)  # it tells nothing but that
        except OSError as error:
            log.warning("nobody can ask whether the engine is at work: %s", error)

    @property
    def sockets(self) -> list[socket.socket]:
        """Where callers come in, for whoever waits for them."""
        return [self._socket] if self._socket else []

    def answer(self, beat: bytes) -> None:
        """Answer the callers that have connected since."""
        if self._socket is None:
            return
        for _ in range(CALLERS):
            try:
                caller, _address = self._socket.accept()
            except OSError:  # nobody, or nobody any longer
                return
            with caller, contextlib.suppress(OSError):
                caller.setblocking(False)
                caller.send(beat)

    def close(self) -> None:
        """Close the socket."""
        if self._socket:
            self._socket.close()
            self._path.unlink(missing_ok=True)


def ask(path: Path, key_file: Path, site: str, now: int, patience: float = PATIENCE_S) -> m.HubBeat | None:
    """The engine's newest beat; None when it is silent. `now`: wall time in ms. Raises PermissionError."""
    note = b""
    try:
        with local_socket.call(path, patience) as calling:
            while len(note) < LARGEST and (more := calling.recv(LARGEST)):
                note += more
    except PermissionError:
        raise
    except OSError:
        return None
    beat = opened(note, key_file, site)
    return beat if beat and abs(now - beat.time) <= FRESH_MS else None


def opened(note: bytes, key_file: Path, site: str) -> m.HubBeat | None:
    """A beat of the site's engine; None for whatever that key has not signed."""
    try:
        # Read anew each time: a few bytes, and a renewed key is heeded at once.
        key = notes.parse_key(key_file.read_text("ascii").strip())
        return opening.opened(note, m.HubBeat, key, site)[0]
    except (OSError, ValueError):
        return None

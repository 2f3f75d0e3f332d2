"""The socket at which `strongroom sim` works the simulated hardware of this node."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from firmware.devices.cable import Cable
from firmware.devices.simulated import SimulatedBoard
from wire import simulation as s
from wire.simulation import Answer, Question

PATIENCE_S = 10.0
"""For a caller that has connected and says nothing."""


class Control:
    """Serves one request a line, each connection in a thread of its own."""

    def __init__(self, path: Path, site: str, node: str, board: SimulatedBoard, cable: Cable | None) -> None:
        """Raises OSError when the socket cannot be made."""
        self._path = path
        self._site, self._node = site, node
        self._board = board
        self._cable = cable
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        path.unlink(missing_ok=True)  # of a process before us: the lock on the outbox says that there is no other now
        s.at_address(path, self._listening.bind)
        self._listening.listen(16)
        threading.Thread(target=self._run, name="control", daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._path.unlink(missing_ok=True)

    def answer(self, question: Question) -> Answer:
        """Do what is asked."""
        try:
            DEEDS[type(question)](self, question)
        except (LookupError, ValueError, OSError) as error:
            return Answer(str(error.args[0] if error.args else error))
        return Answer("", self._board.state(self._site, self._node))

    def _run(self) -> None:
        while True:
            try:
                line, _address = self._listening.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._serve, args=(line,), name="control-line", daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with line, contextlib.suppress(OSError):
            line.settimeout(PATIENCE_S)
            while text := s.read_line(line):
                try:
                    answer = self.answer(msgspec.json.decode(text, type=Question))
                except msgspec.MsgspecError as error:
                    answer = Answer(f"not understood: {error}")
                line.sendall(msgspec.json.encode(answer) + b"\n")

    # ------------------------------------------------------------ deeds

    def _open(self, what: s.Open) -> None:
        self._board.set_open(what.point, True)

    def _close(self, what: s.Close) -> None:
        self._board.set_open(what.point, False)

    def _cut(self, what: s.Cut) -> None:
        self._board.set_wire(what.point, "cut")

    def _short(self, what: s.Short) -> None:
        self._board.set_wire(what.point, "shorted")

    def _mend(self, what: s.Mend) -> None:
        self._board.set_wire(what.point, "whole")

    def _badge(self, what: s.Badge) -> None:
        self._board.show_badge(what.reader, what.number)

    def _pull(self, _what: s.Pull) -> None:
        self._cable_there().pull()
        self._board.set_cable(True)

    def _push(self, _what: s.Push) -> None:
        self._cable_there().push()
        self._board.set_cable(False)

    def _state(self, _what: s.State) -> None:
        return

    def _cable_there(self) -> Cable:
        if self._cable is None:
            raise LookupError("the broker of this node is on another machine: pull the real cable")
        return self._cable


DEEDS: dict[type, Callable[..., None]] = {
    s.Open: Control._open,
    s.Close: Control._close,
    s.Cut: Control._cut,
    s.Short: Control._short,
    s.Mend: Control._mend,
    s.Badge: Control._badge,
    s.Pull: Control._pull,
    s.Push: Control._push,
    s.State: Control._state,
}

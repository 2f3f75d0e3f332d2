"""The socket at which `strongroom sim` works the simulated hardware of this node."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from firmware.devices.simulated.cable import Cable
from firmware.devices.simulated.metal import SimulatedBoard
from wire import decoding
from wire.simulation import hardware as simulated
from wire.simulation.hardware import Answer, Question


class Control:
    """Does what is asked of the hardware."""

    def __init__(self, path: Path, site: str, node: str, board: SimulatedBoard, cable: Cable | None) -> None:
        """Raises OSError when the socket cannot be made."""
        self._site, self._node = site, node
        self._board = board
        self._cable = cable
        # The lock on the outbox says that no other process of this node serves there.
        self._listener = simulated.Listener(path, self._answer_line)

    def close(self) -> None:
        """Stop serving."""
        self._listener.close()

    def answer(self, question: Question) -> Answer:
        """Do what is asked."""
        try:
            DEEDS[type(question)](self, question)
        except (LookupError, ValueError, OSError) as error:
            return Answer(str(error.args[0] if error.args else error))
        return Answer("", self._board.state(self._site, self._node))

    def _answer_line(self, line: bytes) -> bytes:
        try:
            answer = self.answer(decoding.decode(line, Question))
        except msgspec.MsgspecError as error:
            answer = Answer(f"not understood: {error}")
        return msgspec.json.encode(answer)

    # ------------------------------------------------------------ deeds

    def _open(self, what: simulated.Open) -> None:
        self._board.set_open(what.point, True)

    def _close(self, what: simulated.Close) -> None:
        self._board.set_open(what.point, False)

    def _cut(self, what: simulated.Cut) -> None:
        self._board.set_wire(what.point, "cut")

    def _short(self, what: simulated.Short) -> None:
        self._board.set_wire(what.point, "shorted")

    def _mend(self, what: simulated.Mend) -> None:
        self._board.set_wire(what.point, "whole")

    def _badge(self, what: simulated.Badge) -> None:
        self._board.show_badge(what.reader, what.number)

    def _pull(self, _what: simulated.Pull) -> None:
        self._cable_there().pull()
        self._board.set_cable(True)

    def _push(self, _what: simulated.Push) -> None:
        self._cable_there().push()
        self._board.set_cable(False)

    def _state(self, _what: simulated.State) -> None:
        return

    def _cable_there(self) -> Cable:
        if self._cable is None:
            raise LookupError("the broker of this node is on another machine: pull the real cable")
        return self._cable


DEEDS: dict[type, Callable[..., None]] = {
    simulated.Open: Control._open,
    simulated.Close: Control._close,
    simulated.Cut: Control._cut,
    simulated.Short: Control._short,
    simulated.Mend: Control._mend,
    simulated.Badge: Control._badge,
    simulated.Pull: Control._pull,
    simulated.Push: Control._push,
    simulated.State: Control._state,
}

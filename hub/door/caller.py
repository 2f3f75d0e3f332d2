"""The asking side of the door: one connection, one question at a time. For whoever may wait.

A question whose answer has not come is asked again under the same number: the engine does nothing twice. So a broken
connection, and an engine that was started anew meanwhile, cost nothing but time.
"""

from __future__ import annotations

import secrets
import socket
import time
from pathlib import Path

from hub.core.refusal import NotPossible
from hub.door import protocol
from hub.door.protocol import AnyAnswer, AnyRequest, Asked, Done, Refused
from wire import local_socket

PATIENCE_S = 10.0
AGAIN_S = 0.1
"""Before it is tried again."""


class NoAnswer(RuntimeError):
    """No engine has answered. What was asked for may have been done, unless `asked` is False."""

    def __init__(self, why: str, asked: bool) -> None:
        super().__init__(why)
        self.asked = asked


class DatabaseHeld(NoAnswer):
    """The engine has answered that another process holds the database. `asked`: by this question nothing was done, but
    it had been asked before, and that was not answered."""

    def __init__(self, asked: bool) -> None:
        super().__init__("another process holds the hub's database: nothing was done now", asked)


class Caller:
    """Asks the engine. Not to be shared between threads."""

    def __init__(self, path: Path) -> None:
        """`path`: the socket of this asker."""
        self._path = path
        self._socket: socket.socket | None = None

    def ask(self, request: AnyRequest, number: str | None = None, patience_s: float = PATIENCE_S) -> AnyAnswer:
        """The engine's answer. `number`: what it was asked under before, if it was. Raises NoAnswer, Foreign."""
        asked = Asked(v=protocol.VERSION, id=number or secrets.token_hex(16), ask=request)
        until = time.monotonic() + patience_s
        sent = False
        while True:
            try:
                line = self._connected(until)
                line.sendall(protocol.pack(asked))
                before, sent = sent, True  # of half a request nothing comes
                answer = protocol.read_answer(self._receive(line))
            except OSError as error:
                self.close()
                if time.monotonic() + AGAIN_S >= until:
                    raise NoAnswer(f"the engine does not answer ({error.strerror or error})", sent) from None
                time.sleep(AGAIN_S)
            except protocol.Foreign:
                self.close()
                raise
            else:
                if isinstance(answer, protocol.Held):
                    raise DatabaseHeld(before)
                return answer

    def do(self, request: AnyRequest, number: str | None = None, patience_s: float = PATIENCE_S) -> Done:
        """The same for what is committed or refused. Raises NotPossible, NoAnswer, Foreign."""
        answer = self.ask(request, number, patience_s)
        match answer:
            case Done():
                return answer
            case Refused(reason=reason, about=about):
                raise NotPossible(reason, about)
            case _:
                raise protocol.Foreign(f"an answer of another kind: {answer}")

    def close(self) -> None:
        """End the connection."""
        if self._socket:
            self._socket.close()
            self._socket = None

    def _connected(self, until: float) -> socket.socket:
        if self._socket is None:
            self._socket = local_socket.call(self._path, max(0.001, until - time.monotonic()))
        self._socket.settimeout(max(0.001, until - time.monotonic()))
        return self._socket

    def _receive(self, line: socket.socket) -> bytes:
        came = bytearray()
        while (whole := protocol.length(came, protocol.LARGEST_ANSWER)) is None or len(came) < whole:
            chunk = line.recv(65_536)
            if not chunk:
                raise ConnectionResetError("the connection was ended")
            came += chunk
        return bytes(came[protocol.HEADER : whole])

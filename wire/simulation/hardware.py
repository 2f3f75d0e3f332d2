"""How `strongroom sim` and the demo's page work the simulated hardware of a running node.

Each node with the factory `mock` serves a Unix socket: one JSON line asks, one JSON line answers. It changes wires,
badges and the cable, never what the firmware thinks of them. There is nothing to ask at a node with real hardware.
The simulated telephones are asked in the same way (wire.simulation.telephones).
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from wire import decoding, local_socket
from wire.messages import Place

MAX_LINE = 64 * 1024
TIMEOUT_S = 10.0
PATIENCE_S = 10.0
"""Seconds to wait for a caller that has connected and sends nothing."""

Wire = Literal["whole", "cut", "shorted"]
BadgeNumber = Annotated[str, Meta(pattern=r"^[0-9A-Fa-f]{10}$")]


class Ask(Struct, frozen=True, forbid_unknown_fields=True, tag_field="ask"):
    """Base of what can be asked."""


class Open(Ask, frozen=True, tag="open"):
    """The thing at this point opens: door, safe, seal loop; a button is pressed."""

    point: Place


class Close(Ask, frozen=True, tag="close"):
    """The thing at this point closes; a button is let go."""

    point: Place


class Badge(Ask, frozen=True, tag="badge"):
    """A badge is held to a reader. `number` is what is printed on it: ten hexadecimal digits."""

    reader: Place
    number: BadgeNumber


class Pull(Ask, frozen=True, tag="pull"):
    """The network cable of the node is pulled out."""


class Push(Ask, frozen=True, tag="push"):
    """The network cable is pushed in again."""


class Cut(Ask, frozen=True, tag="cut"):
    """The wire to this point is cut. A two-state input cannot tell that from an open contact."""

    point: Place


class Short(Ask, frozen=True, tag="short"):
    """The two cores of the wire to this point touch. A two-state input cannot tell that from a closed contact."""

    point: Place


class Mend(Ask, frozen=True, tag="mend"):
    """The wire to this point is whole again, and the contact is what it was."""

    point: Place


class State(Ask, frozen=True, tag="state"):
    """What is set on the hardware, and what it shows."""


Question = Open | Close | Badge | Pull | Push | Cut | Short | Mend | State


class PointState(Struct, frozen=True):
    """One point. `open`: whether the thing stands open."""

    open: bool
    wire: Wire
    terminal: int
    supervised: bool


class ReaderState(Struct, frozen=True):
    """What a reader shows just now."""

    port: str
    green: bool
    red: bool
    buzzer: bool


class NodeState(Struct, frozen=True):
    """The whole hardware of a node. `plan` is the version of the plan that it has, 0 for none."""

    site: str
    node: str
    plan: int
    cable: Literal["in", "out"]
    points: dict[Place, PointState]
    readers: dict[Place, ReaderState]
    sounder: bool
    lamp: bool


class Answer(Struct, frozen=True):
    """`error` is empty when it was done. `state` is as it is afterwards."""

    error: str
    state: NodeState | None = None


class NotThere(OSError):
    """No simulated node answers at this socket."""


def send(path: Path, question: Question, timeout: float = TIMEOUT_S) -> Answer:
    """Ask the node whose socket this is. Raises NotThere."""
    try:
        return decoding.decode(exchange(path, msgspec.json.encode(question), timeout), Answer)
    except (OSError, msgspec.MsgspecError) as error:
        raise NotThere(f"no simulated node answers at {path}: {error}") from None


# ---------------------------------------------------------------- one line asks, one line answers


def exchange(path: Path, question: bytes, timeout: float) -> bytes:
    """Say one line at a socket; the line that answers. Raises OSError."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(timeout)
        local_socket.at_address(path, line.connect)
        line.sendall(question + b"\n")
        return read_line(line)


class Listener:
    """Answers lines at a Unix socket, each caller in a thread of its own, until it is closed."""

    def __init__(self, path: Path, answer: Callable[[bytes], bytes]) -> None:
        """`answer` is called from many threads, and raises nothing. Raises OSError when the socket cannot be made."""
        self._path = path
        self._answer = answer
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        path.unlink(missing_ok=True)  # of a process before us: whoever serves here has seen to it that it is gone
        local_socket.at_address(path, self._listening.bind)
        self._listening.listen(16)
        threading.Thread(target=self._run, name="listener", daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._path.unlink(missing_ok=True)

    def _run(self) -> None:
        while True:
            try:
                line, _address = self._listening.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._serve, args=(line,), name="listener-line", daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with line, contextlib.suppress(OSError):
            line.settimeout(PATIENCE_S)
            while text := read_line(line):
                line.sendall(self._answer(text) + b"\n")


def read_line(line: socket.socket) -> bytes:
    """One line, without more than MAX_LINE bytes; empty at the end. Raises OSError."""
    received = b""
    while not received.endswith(b"\n"):
        piece = line.recv(16_384)
        if not piece:
            return b""
        received += piece
        if len(received) > MAX_LINE:
            raise OSError("the line is too long")
    return received

"""Everybody's telephone in a demonstration, behind one simulated modem.

They keep what they receive for as long as the demonstration runs, and answer when somebody has them answer.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import msgspec

from demo.phone.modem import Sent, SimulatedModem
from demo.phone.octets import MOST_OCTETS
from wire import decoding
from wire.simulation import telephones
from wire.simulation.hardware import Listener
from wire.simulation.telephones import Answer, Message, Question, Reply

MODEM = "modem"
"""The name under which the modem's device is found in the folder of the sockets."""
MOST = 50
"""So many messages a telephone keeps; the oldest go."""


def modem_in(folder: Path) -> Path:
    """Where the hub finds the simulated modem of the demonstration whose sockets lie in `folder`."""
    return folder / MODEM


class Telephones:
    """The modem, the telephones, and the socket at which they are looked at and made to answer."""

    def __init__(self, folder: Path) -> None:
        """`folder`: of the simulated nodes' sockets. Raises OSError."""
        self._folder = folder
        self._modem = SimulatedModem(self._arrived)
        self._messages: dict[str, list[Message]] = {}
        self._parts: dict[tuple[str, int], dict[int, str]] = {}
        self._lock = threading.Lock()
        self._listener: Listener | None = None

    def __enter__(self) -> Self:
        self._modem.__enter__()
        link = modem_in(self._folder)
        link.unlink(missing_ok=True)
        link.symlink_to(self._modem.device)
        self._listener = Listener(self._folder / telephones.SOCKET, self._answer_line)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._listener:
            self._listener.close()
        modem_in(self._folder).unlink(missing_ok=True)
        self._modem.__exit__(kind, error, trace)

    def answer(self, question: Question) -> Answer:
        """Do what is asked; what is on the telephones afterwards."""
        if isinstance(question, Reply):
            if len(question.text.encode("utf-16-be")) > MOST_OCTETS:
                return Answer("this is too long for one short message")
            self._keep(question.number, "out", question.text)
            self._modem.receives(question.number, question.text)
        with self._lock:
            return Answer(telephones={number: tuple(messages) for number, messages in self._messages.items()})

    def _answer_line(self, line: bytes) -> bytes:
        try:
            answer = self.answer(decoding.decode(line, Question))
        except msgspec.MsgspecError as error:
            answer = Answer(f"not understood: {error}")
        return msgspec.json.encode(answer)

    def _arrived(self, sent: Sent) -> None:
        """A part of a message: shown once all of its parts are there."""
        reference, count, place = sent.part
        parts = self._parts.setdefault((sent.number, reference), {})
        parts[place] = sent.text
        if len(parts) == count:
            del self._parts[sent.number, reference]
            self._keep(sent.number, "in", "".join(text for _place, text in sorted(parts.items())))

    def _keep(self, number: str, way: Literal["in", "out"], text: str) -> None:
        with self._lock:
            messages = self._messages.setdefault(number, [])
            messages.append(Message(time.time_ns() // 1_000_000, way, text))
            del messages[:-MOST]

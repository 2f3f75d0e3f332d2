"""The dialogue with a modem over its serial line: a command, its answer, and what the modem says in between.

Whatever it says or does not say, every call here ends in bounded time, with an answer or a ModemError.
"""

from __future__ import annotations

import contextlib
import logging
import termios
import time
from collections.abc import Iterator
from typing import Protocol

from hub.notify.sms import at

COMMAND_S = 10.0
LATE_S = 2.0
"""How long an answer may come after its OK (Wavecom)."""
QUIET_S = 0.2
"""When nothing came for so long, the rest of an earlier answer is not still under way."""
FIRST_S = 2.0
FIRST_TRIES = 3
"""A modem that finds the line's speed by itself misses the first commands."""
PAUSE_S = 1.0
MOST_LINES = 2000
"""Of one answer, and of what a modem says by itself; a full card lists some hundred."""
_ESCAPE = b"\x1b"

log = logging.getLogger("strongroom.notify")


class ModemError(OSError):
    """The modem does not answer, or refuses; the message says what."""


class Refused(ModemError):
    """The modem has answered, and says no. `busy`: asked again in a moment, it may not."""

    def __init__(self, message: str, busy: bool = False) -> None:
        super().__init__(message)
        self.busy = busy


class Port(Protocol):
    """What is used of a serial port."""

    timeout: float | None

    @property
    def in_waiting(self) -> int: ...
    def write(self, data: bytes, /) -> int | None: ...
    def read(self, size: int = 1, /) -> bytes: ...
    def close(self) -> None: ...


class Line:
    """One port on which a modem answers. Not to be shared between threads."""

    def __init__(self, port: Port) -> None:
        """Raises ModemError."""
        self._port = port
        self._buffer = b""
        self._said: list[str] = []
        with port_errors("the modem's line"):
            port.timeout = 0.1

    def close(self) -> None:
        """Let go of the port. Never raises."""
        close(self._port)

    def said(self) -> list[str]:
        """What the modem has said by itself since this was asked last."""
        self.drain()
        said, self._said = self._said, []
        return said

    def wake(self) -> None:
        """Get a modem's attention, in whatever state an earlier process has left it. Raises ModemError."""
        self.write(_ESCAPE + b"\r")  # out of a prompt in which that may have died
        self._settle()
        for left in reversed(range(FIRST_TRIES)):
            try:
                self.write(b"AT\r")
                self._lines("AT", "AT", FIRST_S)
            except Refused:
                continue
            except ModemError:
                if not left:
                    raise
            else:
                self._settle()  # it may have been the answer to what was asked before
                return
        raise ModemError("the modem refuses every command")

    def ask(self, command: str, head: str | None = None) -> list[str]:
        """Give a command and take its answer: the lines that begin with `head`. Again while the modem is busy.

        Raises ModemError; Refused.
        """
        deadline = time.monotonic() + COMMAND_S
        while True:
            self.drain()
            self.write(f"{command}\r".encode())
            try:
                return self.answer(command, command, head, COMMAND_S)
            except Refused as refused:
                if not refused.busy or time.monotonic() + PAUSE_S > deadline:
                    raise
                time.sleep(PAUSE_S)

    def answer(self, command: str, sent: str, head: str | None, patience: float) -> list[str]:
        """The lines that begin with `head`, and may come late; none are wanted where that is None.

        What else the modem says meanwhile is kept for later. Raises ModemError; Refused.
        """
        lines = self._lines(command, sent, patience)
        if head and not any(line.startswith(head) for line in lines):
            lines += self._late(head)
        wanted = [line for line in lines if head is not None and line.startswith(head)]
        self.keep([line for line in lines if line not in wanted])
        return wanted

    def _late(self, head: str) -> list[str]:
        deadline = time.monotonic() + LATE_S
        lines: list[str] = []
        while (line := self._line(deadline)) is not None and len(lines) < MOST_LINES:
            lines.append(line)
            if line.startswith(head):
                break
        return lines

    def _lines(self, command: str, sent: str, patience: float) -> list[str]:
        """Lines up to the final one, without the echo of what was sent. Raises ModemError; Refused."""
        lines: list[str] = []
        deadline = time.monotonic() + patience
        while (line := self._line(deadline)) is not None and len(lines) < MOST_LINES:
            if line == "OK":
                return lines
            if why := at.refusal(line):
                self.keep(lines)
                raise Refused(f"the modem refuses {command}: {why[:200]}", line in at.BUSY)
            if not at.is_echo(line, sent):
                lines.append(line)
        self.keep(lines)
        raise ModemError(f"the modem does not answer {command}")

    def expect_prompt(self, command: str) -> None:
        """Wait until the modem asks for the message. Raises ModemError; Refused."""
        deadline = time.monotonic() + COMMAND_S
        while (line := self._line(deadline)) is not None:
            if line == at.PROMPT:
                return
            if why := at.refusal(line):
                raise Refused(f"the modem refuses a message: {why[:200]}")
            if not at.is_echo(line, command):
                self.keep([line])
        self.write(_ESCAPE)
        raise ModemError("the modem does not ask for the message")

    def _line(self, deadline: float) -> str | None:
        """The next line; None when there is none by then, however much else it says."""
        while time.monotonic() <= deadline:
            line, self._buffer = at.cut(self._buffer)
            if line:
                return line
            if line is None:
                self._fill()
        return None

    def _settle(self) -> None:
        """Pass over what an earlier command may still bring."""
        deadline = time.monotonic() + FIRST_S
        while time.monotonic() < deadline and (line := self._line(time.monotonic() + QUIET_S)) is not None:
            self.keep([line])

    def drain(self) -> None:
        """Take what has come since: it answers nothing that is asked after this."""
        with port_errors("the modem is gone"):
            while self._port.in_waiting and len(self._buffer) < at.LONGEST_LINE * 16:
                self._buffer += self._port.read(self._port.in_waiting)
        while True:
            line, self._buffer = at.cut(self._buffer)
            if line is None:
                return
            self.keep([line])

    def keep(self, lines: list[str]) -> None:
        """Put lines that answered nothing to what the modem has said by itself."""
        self._said += lines
        if len(self._said) > MOST_LINES:
            log.warning("sms: the modem talks without end; %d lines were passed over", len(self._said) - MOST_LINES)
            del self._said[:-MOST_LINES]

    def write(self, data: bytes) -> None:
        """Raises ModemError."""
        with port_errors("the modem cannot be written to"):
            self._port.write(data)

    def _fill(self) -> None:
        with port_errors("the modem is gone"):
            self._buffer += self._port.read(max(1, self._port.in_waiting))  # at once what is there


def close(port: Port) -> None:
    """Let go of a port. Never raises."""
    with contextlib.suppress(OSError, termios.error, ValueError, TypeError):
        port.close()


@contextlib.contextmanager
def port_errors(what: str) -> Iterator[None]:
    """Everything that a serial port may raise, as one error. `termios.error` is no OSError; a speed may be none."""
    try:
        yield
    except (OSError, termios.error, ValueError, TypeError, NotImplementedError) as error:
        raise ModemError(f"{what}: {error}") from None

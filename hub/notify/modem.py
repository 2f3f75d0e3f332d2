"""A serial GSM modem: the AT dialogue of 3GPP TS 27.005 and 27.007, over pyserial.

Received messages and reports are fetched from the modem's store and only then deleted there, so that a crash in
between repeats one and never loses one.
"""

from __future__ import annotations

import contextlib
import re
import time
from itertools import pairwise
from types import TracebackType
from typing import NamedTuple, Protocol, Self

import serial

from hub.notify import pdu

COMMAND_S = 10.0
SEND_S = 60.0
"""The network may take its time with a message."""
_CTRL_Z = b"\x1a"
_ESCAPE = b"\x1b"
_FINAL = re.compile(rb"^(OK|ERROR|\+CM[ES] ERROR: ?.*)$")
_REGISTERED = ("1", "5")
"""+CREG: at home, or roaming."""


class ModemError(OSError):
    """The modem does not answer, or refuses; the message says what."""


class Port(Protocol):
    """What is used of a serial port."""

    timeout: float | None

    @property
    def in_waiting(self) -> int: ...
    def write(self, data: bytes, /) -> int | None: ...
    def read(self, size: int = 1, /) -> bytes: ...
    def reset_input_buffer(self) -> None: ...
    def close(self) -> None: ...


class Health(NamedTuple):
    """How the modem stands in the network. `signal`: 0 to 31, 99 not known."""

    registered: bool
    signal: int


class Modem:
    """One modem on one port. Not to be shared between threads."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._buffer = b""
        port.timeout = 0.1

    @classmethod
    def open(cls, device: str, baud: int) -> Self:
        """Open a serial device and prepare the modem. Raises ModemError."""
        try:
            port: Port = serial.Serial(device, baud, timeout=0.1, write_timeout=COMMAND_S, exclusive=True)
        except (OSError, ValueError) as error:
            raise ModemError(f"{device}: {error}") from None
        modem = cls(port)
        try:
            modem.prepare()
        except ModemError:
            port.close()
            raise
        return modem

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the port. Never raises."""
        with contextlib.suppress(OSError):
            self._port.close()

    def prepare(self) -> None:
        """No echo, PDU mode, and what arrives is stored. Raises ModemError."""
        self._port.write(_ESCAPE)  # out of a prompt in which an earlier process may have died
        self._command("AT")
        self._command("ATE0")
        self._command("AT+CMEE=1")
        pin = self._command("AT+CPIN?")
        if not any("READY" in line for line in pin):
            raise ModemError(f"the SIM card is not ready: {' '.join(pin)}")
        self._command("AT+CMGF=0")
        self._command("AT+CNMI=2,1,0,2,0")

    def send(self, number: str, text: str, reference: int) -> list[int]:
        """Hand a message to the network. Returns the modem's reference of each part, which its reports bear.

        Raises ModemError, pdu.PduError.
        """
        references: list[int] = []
        for part in pdu.submit(number, text, reference):
            self._write(f"AT+CMGS={part.length}\r".encode())
            self._expect_prompt()
            self._write(part.pdu.encode() + _CTRL_Z)
            answer = self._lines("AT+CMGS", SEND_S)
            found = next((re.fullmatch(r"\+CMGS: ?(\d+).*", line) for line in answer if line.startswith("+CMGS")), None)
            if found is None:
                raise ModemError("the modem took a message and did not say under which number")
            references.append(int(found[1]))
        return references

    def fetch(self) -> list[tuple[int, pdu.Incoming | pdu.Report]]:
        """What has arrived, with its place in the modem's store; it stays there until `discard`. Raises ModemError.

        What is no short message that we understand is discarded.
        """
        found: list[tuple[int, pdu.Incoming | pdu.Report]] = []
        lines = self._command("AT+CMGL=4")
        for head, body in pairwise(lines):
            listed = re.match(r"\+CMGL: ?(\d+),", head)
            if listed is None:
                continue
            place = int(listed[1])
            try:
                found.append((place, pdu.receive(body)))
            except pdu.PduError:
                self.discard(place)
        return found

    def discard(self, place: int) -> None:
        """Delete one message from the modem's store. Raises ModemError."""
        self._command(f"AT+CMGD={place}")

    def health(self) -> Health:
        """How it stands in the network: the daily silent test. Raises ModemError."""
        registered = any(
            match and match[1] in _REGISTERED
            for match in (re.match(r"\+CREG: ?\d+,(\d+)", line) for line in self._command("AT+CREG?"))
        )
        strengths = [re.match(r"\+CSQ: ?(\d+)", line) for line in self._command("AT+CSQ")]
        return Health(registered, next((int(match[1]) for match in strengths if match), 99))

    def _command(self, command: str) -> list[str]:
        self._write(f"{command}\r".encode())
        return self._lines(command, COMMAND_S)

    def _write(self, data: bytes) -> None:
        try:
            self._port.write(data)
        except OSError as error:
            raise ModemError(f"the modem cannot be written to: {error}") from None

    def _lines(self, command: str, patience: float) -> list[str]:
        """Lines up to the final one, without echo and empty lines."""
        lines: list[str] = []
        deadline = time.monotonic() + patience
        while True:
            line = self._line(deadline)
            if line is None:
                raise ModemError(f"the modem does not answer {command}")
            if _FINAL.match(line):
                if line != b"OK":
                    raise ModemError(f"the modem refuses {command}: {line.decode('ascii', 'replace')}")
                return lines
            text = line.decode("ascii", "replace")
            if text and not text.startswith(command):
                lines.append(text)

    def _line(self, deadline: float) -> bytes | None:
        while b"\n" not in self._buffer:
            if time.monotonic() > deadline:
                return None
            self._fill()
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.strip(b"\r\n \x00")

    def _expect_prompt(self) -> None:
        deadline = time.monotonic() + COMMAND_S
        while b"> " not in self._buffer:
            if b"ERROR" in self._buffer and b"\n" in self._buffer.partition(b"ERROR")[2]:
                said, self._buffer = self._buffer, b""
                raise ModemError(f"the modem refuses a message: {said.decode('ascii', 'replace').strip()}")
            if time.monotonic() > deadline:
                self._port.write(_ESCAPE)
                raise ModemError("the modem does not ask for the message")
            self._fill()
        self._buffer = self._buffer.partition(b"> ")[2]

    def _fill(self) -> None:
        try:
            self._buffer += self._port.read(max(1, self._port.in_waiting))  # at once what is there
        except OSError as error:
            raise ModemError(f"the modem is gone: {error}") from None

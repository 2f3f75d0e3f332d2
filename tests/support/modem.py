"""A GSM modem on a pseudo-terminal: answers the AT dialogue, keeps what it was told, and fails when it is asked to.

with FakeModem() as modem:
    sms = Sms(SmsSettings(modem.device))
"""

from __future__ import annotations

import os
import pty
import select
import threading
import tty
from types import TracebackType
from typing import NamedTuple, Self

from hub.notify import pdu

CENTRE = "00"
STAMP = "62112281002023"
"""A centre's time stamp: seven octets in swapped digits."""


class Sent(NamedTuple):
    """A part that the modem was told to send."""

    number: str
    text: str
    reference: int
    octets: bytes


class FakeModem:
    """One modem. All of it happens in its own thread."""

    def __init__(self, reports: bool = True) -> None:
        self._master, slave = pty.openpty()
        tty.setraw(slave)
        self._slave = slave
        self.device = os.ttyname(slave)
        self.commands: list[str] = []
        self.sent: list[Sent] = []
        self.store: dict[int, str] = {}
        self.reports = reports
        self.registered = True
        self.refuses = False
        """It answers ERROR to every message."""
        self.hangs = threading.Event()
        """While set it says nothing to a message."""
        self.has_sent = threading.Event()
        """Set after each message it took."""
        self.was_asked = threading.Event()
        """Set when it was told to send something, whether or not it does."""
        self._reference = 40
        self._place = 0
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._ending.set()
        self._thread.join(5)
        os.close(self._master)
        os.close(self._slave)

    # ---- what the network does

    def receives(self, sender: str, text: str) -> None:
        """Somebody sends us a message."""
        self._keep(deliver_pdu(sender, text))

    def reports_on(self, sent: Sent, status: int = 0) -> None:
        """The centre reports on a part: 0 is delivered, 0x40 and above failed."""
        self._keep(report_pdu(sent.reference, sent.number, status))

    def _keep(self, hex_text: str) -> None:
        with self._lock:
            self._place += 1
            self.store[self._place] = hex_text

    # ---- the dialogue

    def _run(self) -> None:
        buffer = b""
        while not self._ending.is_set():
            if not select.select([self._master], [], [], 0.05)[0]:
                continue
            try:
                buffer += os.read(self._master, 1024)
            except OSError:
                return
            buffer = buffer.replace(b"\x1b", b"")
            while b"\r" in buffer:
                line, _, buffer = buffer.partition(b"\r")
                self._answer(line.decode().strip())

    def _answer(self, command: str) -> None:
        if not command:
            return
        self.commands.append(command)
        if command.startswith("AT+CMGS="):
            self._message(int(command.partition("=")[2]))
        elif command == "AT+CPIN?":
            self._say("+CPIN: READY", "OK")
        elif command == "AT+CREG?":
            self._say(f"+CREG: 0,{1 if self.registered else 2}", "OK")
        elif command == "AT+CSQ":
            self._say("+CSQ: 21,99", "OK")
        elif command.startswith("AT+CMGL"):
            with self._lock:
                lines = [
                    part for place, text in self.store.items() for part in (f"+CMGL: {place},1,,{len(text)}", text)
                ]
            self._say(*lines, "OK")
        elif command.startswith("AT+CMGD="):
            with self._lock:
                self.store.pop(int(command.partition("=")[2]), None)
            self._say("OK")
        else:
            self._say("OK")

    def _message(self, length: int) -> None:
        os.write(self._master, b"\r\n> ")
        data = b""
        while not data.endswith((b"\x1a", b"\x1b")):
            if self._ending.is_set():
                return
            if select.select([self._master], [], [], 0.05)[0]:
                data += os.read(self._master, 4096)
        if data.endswith(b"\x1b"):
            return
        self.was_asked.set()
        octets = bytes.fromhex(data[:-1].decode().strip())
        assert len(octets) - 1 - octets[0] == length, "AT+CMGS was told another length"
        while self.hangs.is_set() and not self._ending.wait(0.02):
            pass
        if self.refuses or self._ending.is_set():
            self._say("+CMS ERROR: 500")
            return
        self._reference = (self._reference + 1) % 256
        sent = Sent(*read_submit(octets), self._reference, octets)
        self.sent.append(sent)
        if self.reports:
            self.reports_on(sent)
        self._say(f"+CMGS: {self._reference}", "OK")
        self.has_sent.set()

    def _say(self, *lines: str) -> None:
        os.write(self._master, "".join(f"\r\n{line}\r\n" for line in lines).encode())


# ---------------------------------------------------------------- short messages, written apart from hub.notify.pdu


def read_submit(octets: bytes) -> tuple[str, str]:
    """Number and text of an SMS-SUBMIT, read by what 3GPP TS 23.040 says of it."""
    at = 1 + octets[0]
    first = octets[at]
    assert first & 0x03 == 0x01, "no SMS-SUBMIT"
    assert first & 0x20, "no report is asked for"
    digits, kind = octets[at + 2], octets[at + 3]
    end = at + 4 + (digits + 1) // 2
    number = "".join(f"{octet & 15:X}{octet >> 4:X}" for octet in octets[at + 4 : end])[:digits]
    assert octets[end + 1] == 0x08, "not UCS-2"
    content = octets[end + 4 : end + 4 + octets[end + 3]]
    text = content[content[0] + 1 :] if first & 0x40 else content
    return ("+" if kind == 0x91 else "") + number, text.decode("utf-16-be")


def _address(number: str) -> str:
    digits = number.removeprefix("+")
    padded = digits + "F" * (len(digits) % 2)
    swapped = "".join(padded[at + 1] + padded[at] for at in range(0, len(padded), 2))
    return f"{len(digits):02X}{'91' if number.startswith('+') else '81'}{swapped}"


def deliver_pdu(sender: str, text: str) -> str:
    """An SMS-DELIVER in UCS-2."""
    content = text.encode("utf-16-be")
    return f"{CENTRE}04{_address(sender)}0008{STAMP}{len(content):02X}{content.hex().upper()}"


def report_pdu(reference: int, recipient: str, status: int) -> str:
    """An SMS-STATUS-REPORT."""
    return f"{CENTRE}06{reference:02X}{_address(recipient)}{STAMP}{STAMP}{status:02X}"


def text_of(message: str) -> pdu.Incoming | pdu.Report:
    """What the product makes of it."""
    return pdu.receive(message)

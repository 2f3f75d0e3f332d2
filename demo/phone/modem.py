"""A GSM modem on a pseudo-terminal: the AT dialogue of 3GPP TS 27.005 in PDU mode, from the modem's side.

with SimulatedModem() as modem:
    sms = Sms(SmsSettings(modem.device))
"""

from __future__ import annotations

import os
import pty
import re
import select
import threading
import tty
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import NamedTuple, Self

from demo.phone.octets import Submitted, deliver_pdu, read_submit, report_pdu

POLL_S = 0.02
_ENTER, _CTRL_Z, _ESCAPE = b"\r", b"\x1a", b"\x1b"
_SIGNAL = 21
"""Of 31."""
_ROOM = 50
"""Messages that its card holds."""


class Sent(NamedTuple):
    """A part that the modem was told to send. `reference`: what it answered, and its report will bear."""

    number: str
    text: str
    part: tuple[int, int, int]
    reference: int
    octets: bytes


class SimulatedModem:
    """One modem. All of it happens in its own thread."""

    def __init__(self, hand_on: Callable[[Sent], None] = lambda _sent: None) -> None:
        """`hand_on` takes every part that it sends, in the modem's thread."""
        self._master, self._slave = pty.openpty()
        # It stays open here, too: else whoever closes the port would end the line for good.
        tty.setraw(self._slave)
        self.device = os.ttyname(self._slave)
        self.sent: list[Sent] = []
        self.store: dict[int, str] = {}
        """What has arrived and has not been deleted, by its place."""
        self.reports = True
        """Whether the network says at once that a message was delivered."""
        self.registered = True
        """Whether it is in a network."""
        self.refuses = False
        """It answers an error to every message."""
        self.hangs = threading.Event()
        """While set it says nothing to a message."""
        self.was_asked = threading.Event()
        """Set when it was told to send something, whether or not it does."""
        self.has_sent = threading.Event()
        """Set after each message that it took."""
        self.dialect: dict[str, bytes] = {}
        """What it answers instead, to commands that begin so; to AT+CMGS it is the prompt."""
        self.asked: list[str] = []
        """The commands that it was given."""
        self._hand_on = hand_on
        self._echo = True
        self._announces = False
        self._news: list[str] = []
        self._reference = 40
        self._place = 0
        self._buffer = b""
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="modem", daemon=True)

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
        """Somebody sends a short message to this modem."""
        self._keep("+CMTI", deliver_pdu(sender, text, datetime.now(UTC)))

    def reports_on(self, sent: Sent, status: int = 0) -> None:
        """The network reports on a part: 0 is delivered, 0x40 and above failed."""
        self._keep("+CDSI", report_pdu(sent.reference, sent.number, status, datetime.now(UTC)))

    def _keep(self, news: str, hex_text: str) -> None:
        with self._lock:
            self._place += 1
            self.store[self._place] = hex_text
            self._news.append(f'{news}: "SM",{self._place}')

    # ---- the dialogue

    def _run(self) -> None:
        while (found := self._read(_ENTER + _ESCAPE, between=True)) is not None:
            text, end = found
            if end == _ENTER:
                if self._echo:
                    self._write(text + end)
                self._answer(text.decode("ascii", "replace").strip())

    def says(self, line: str) -> None:
        """It says something by itself."""
        with self._lock:
            self._news.append(line)

    def _answer(self, command: str) -> None:
        if command:
            self.asked.append(command)
        for begin, answer in self.dialect.items():
            if command.startswith(begin) and begin != "AT+CMGS":
                self._write(answer)
                return
        for pattern, do in _DIALOGUE:
            if match := re.fullmatch(pattern, command):
                do(self, *match.groups())
                return
        if command:
            self._say("ERROR")

    def _ok(self) -> None:
        self._say("OK")

    def _set_echo(self, on: str) -> None:
        self._echo = on == "1"
        self._say("OK")

    def _announce(self) -> None:
        self._announces = True
        self._say("OK")

    def _ready(self) -> None:
        self._say("+CPIN: READY", "OK")

    def _registration(self) -> None:
        self._say(f"+CREG: 0,{1 if self.registered else 2}", "OK")

    def _memories(self) -> None:
        self._say('+CPMS: ("SM"),("SM"),("SM")', "OK")

    def _memory(self) -> None:
        with self._lock:
            used = len(self.store)
        self._say(f"+CPMS: {used},{_ROOM},{used},{_ROOM},{used},{_ROOM}", "OK")

    def _strength(self) -> None:
        self._say(f"+CSQ: {_SIGNAL if self.registered else 99},99", "OK")

    def _list(self) -> None:
        with self._lock:
            kept = sorted(self.store.items())
        lines = [part for place, text in kept for part in (f"+CMGL: {place},1,,{len(text) // 2 - 1}", text)]
        self._say(*lines, "OK")

    def _delete(self, place: str) -> None:
        with self._lock:
            self.store.pop(int(place), None)
        self._say("OK")

    def _message(self, length: str) -> None:
        self._write(self.dialect.get("AT+CMGS", b"\r\n> "))
        found = self._read(_CTRL_Z + _ESCAPE)
        if found is None or found[1] == _ESCAPE:
            return
        self.was_asked.set()
        try:
            octets = bytes.fromhex(found[0].decode("ascii").strip())
            message = read_submit(octets)
        except (ValueError, IndexError):
            self._say("+CMS ERROR: 304")
            return
        if len(octets) - 1 - octets[0] != int(length):
            self._say("+CMS ERROR: 304")
            return
        while self.hangs.is_set() and not self._ending.wait(POLL_S):
            pass
        if self.refuses or not self.registered or self._ending.is_set():
            self._say("+CMS ERROR: 500")
            return
        self._take(message, octets)

    def _take(self, message: Submitted, octets: bytes) -> None:
        self._reference = (self._reference + 1) % 256
        sent = Sent(*message, self._reference, octets)
        self.sent.append(sent)
        self._hand_on(sent)
        if self.reports:
            self.reports_on(sent)
        self._say(f"+CMGS: {self._reference}", "OK")
        self.has_sent.set()

    # ---- the line

    def _read(self, ends: bytes, between: bool = False) -> tuple[bytes, bytes] | None:
        """What comes up to one of these octets, and that octet. `between` two commands what is new is announced.

        None: it is over.
        """
        while (end := next((octet for octet in self._buffer if octet in ends), None)) is None:
            if self._ending.is_set():
                return None
            if between and self._announces:
                with self._lock:
                    news, self._news = self._news, []
                if news:
                    self._say(*news)
            if select.select([self._master], [], [], POLL_S)[0]:
                self._buffer += os.read(self._master, 4096)
        text, octet, self._buffer = self._buffer.partition(bytes((end,)))
        return text, octet

    def _say(self, *lines: str) -> None:
        self._write("".join(f"\r\n{line}\r\n" for line in lines).encode())

    def _write(self, data: bytes) -> None:
        # A serial line waits for nobody: what no one reads is lost.
        if select.select([], [self._master], [], 0)[1]:
            os.write(self._master, data)


_DIALOGUE: tuple[tuple[str, Callable[..., None]], ...] = (
    (r"AT", SimulatedModem._ok),
    (r"ATE([01])", SimulatedModem._set_echo),
    (r"AT\+CMEE=[012]", SimulatedModem._ok),
    (r"AT\+CPIN\?", SimulatedModem._ready),
    (r"AT\+CMGF=0", SimulatedModem._ok),  # it has no text mode
    (r"AT\+CSMS=0", SimulatedModem._ok),
    (r"AT\+CNMI=2,1,0,2,0", SimulatedModem._announce),
    (r"AT\+CPMS=\?", SimulatedModem._memories),
    (r'AT\+CPMS="SM"', SimulatedModem._memory),
    (r"AT\+CREG\?", SimulatedModem._registration),
    (r"AT\+CSQ", SimulatedModem._strength),
    (r"AT\+CMGL=4", SimulatedModem._list),
    (r"AT\+CMGD=(\d+)", SimulatedModem._delete),
    (r"AT\+CMGS=(\d+)", SimulatedModem._message),
)
"""What it understands, and nothing else."""

"""A serial GSM modem: the AT dialogue of 3GPP TS 27.005 and 27.007, over pyserial. What modems say is read in `at`.

Received messages and reports are fetched from the modem's stores and only then deleted there, so that a crash in
between repeats one and never loses one. Whatever a modem says or does not say, every call ends in bounded time.
"""

from __future__ import annotations

import contextlib
import logging
import time
from types import TracebackType
from typing import NamedTuple, Self

import serial

from hub.notify.channels.channel import Unreadable
from hub.notify.sms import at, line, pdu
from hub.notify.sms.line import Line, ModemError, Port, Refused

SEND_S = 60.0
"""The network may take its time with a message."""
MISSED = 3
"""So many reports in a row that were announced and are kept nowhere: then they are to be said in line."""
ROUND_S = 60.0
"""How often all memories are looked through; else only the first, unless something was announced."""
_CTRL_Z = b"\x1a"

log = logging.getLogger("strongroom.notify")


class Health(NamedTuple):
    """How the modem stands in the network. `signal`: 0 to 31, 99 not known. `why`: it is in none."""

    registered: bool
    signal: int
    why: str = ""


class Place(NamedTuple):
    """Where a message is kept. No memory: it was never stored."""

    memory: str
    number: int


Stored = tuple[Place, pdu.Incoming | pdu.Report | Unreadable]


class Modem:
    """One modem on one port. Not to be shared between threads."""

    def __init__(self, port: Port) -> None:
        """Raises ModemError."""
        self._line = Line(port)
        self._said: list[str] = []
        """Unsolicited lines that were not looked at yet."""
        self._has_started = False
        self._announced: set[str] = set()
        self._missed = 0
        self._memories: tuple[str, ...] = ()
        self._memory = ""
        self._round_at: float | None = None
        self._found: dict[Place, pdu.Incoming | pdu.Report | Unreadable] = {}
        self._stuck: dict[Place, pdu.Incoming | pdu.Report | Unreadable] = {}
        """Messages that were read and could not be deleted; they are not read again."""
        self.full = ""
        """Which of its memories are full, in words: nothing more can come in there."""
        self.reports = "none"
        """What becomes of delivery reports: as `at.REPORTS` has it."""

    @classmethod
    def open(cls, device: str, baud: int) -> Self:
        """Open a serial device and prepare the modem. Raises ModemError."""
        with line.port_errors(device):
            port: Port = serial.Serial(device, baud, timeout=0.1, write_timeout=line.COMMAND_S, exclusive=True)
        try:
            modem = cls(port)
            modem.prepare()
        except ModemError:
            line.close(port)
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
        self._line.close()

    def prepare(self) -> None:
        """No echo, PDU mode, and what arrives is stored, each as far as the modem can. Raises ModemError."""
        self._line.wake()
        for wished in ("ATE0", "AT+CMEE=1"):
            with contextlib.suppress(Refused):
                self._line.ask(wished)
        self._check_card()
        self._line.ask("AT+CMGF=0")
        with contextlib.suppress(Refused):
            self._line.ask("AT+CSMS=0")  # else reports that are said in line would have to be acknowledged
        self.reports = self._ask_for_reports("stored", "in line", "none")
        try:
            self._memories = at.memories(self._line.ask("AT+CPMS=?", "+CPMS:"))
        except Refused:
            self._memories = ()
        self._memory = ""
        self._hear()
        self._has_started = False

    def send(self, number: str, text: str, reference: int) -> list[int]:
        """Hand a message to the network. Returns the modem's reference of each part, which its reports bear.

        Raises ModemError, pdu.PduError.
        """
        references: list[int] = []
        parts = pdu.submit(number, text, reference)
        self._attend()
        for part in parts:
            command = f"AT+CMGS={part.length}"
            self._hear()
            self._line.write(f"{command}\r".encode())
            self._line.expect_prompt(command)
            self._line.write(part.pdu.encode() + _CTRL_Z)
            taken = at.taken_as(self._line.answer("AT+CMGS", part.pdu, "+CMGS:", SEND_S))
            if taken is None:
                raise ModemError("the modem took a message and did not say under which number")
            references.append(taken)
        return references

    def fetch(self) -> list[Stored]:
        """What has arrived, with where the modem keeps it; there it stays until `discard`. Raises ModemError."""
        self._attend()
        found = self._overheard()
        announced, self._announced = self._announced, set()
        now = time.monotonic()
        first, *others = self._memories or ("",)
        found += self._list(first)
        if announced or self._round_at is None or now - self._round_at >= ROUND_S:
            self._round_at = now
            for memory in others:
                found += self._list(memory)
        found += self._overheard()
        self._look_for_reports("report" in announced, found)
        found = [(place, what) for place, what in found if self._stuck.get(place) != what]
        self._found = dict(found)
        return found

    def discard(self, place: Place) -> None:
        """Delete one message from where the modem keeps it. One that it refuses to delete is not heard again.

        Raises ModemError.
        """
        self._hear()
        if place.number < 0 or self._has_started:  # after a new start the place may be one of another memory
            return
        if len(self._memories) > 1:
            self._memory = ""
        try:
            if self._select(place.memory):
                self._line.ask(f"AT+CMGD={place.number}")
                return
        except Refused as refused:
            log.warning("sms: %s", refused)
        if place in self._found:
            self._stuck[place] = self._found[place]

    def health(self) -> Health:
        """How it stands in the network: the daily silent test. Raises ModemError."""
        self._attend()
        why = ""
        registered = False
        for network in at.NETWORKS:
            try:
                state = at.registration(self._line.ask(f"AT+{network}?", f"+{network}:"), network)
            except Refused:
                continue
            if state in at.REGISTERED:
                registered = True
                break
            if not why and state is not None:
                why = at.UNREGISTERED.get(state, f"says +{network} {state}")
        try:
            signal = at.signal(self._line.ask("AT+CSQ", "+CSQ:"))
        except Refused:
            signal = 99
        self._memory = ""
        for memory in self._memories:
            self._select(memory)
        return Health(registered, signal, "" if registered else why)

    # ------------------------------------------------------------ parts of the above

    def _check_card(self) -> None:
        state = at.card(self._line.ask("AT+CPIN?", "+CPIN:"))
        if state != "READY":
            words = at.CARD.get(state or "", state or "the modem does not say")
            raise ModemError(f"the SIM card is not ready: {words[:100]}")

    def _ask_for_reports(self, *wanted: str) -> str:
        for command, kind in at.REPORTS:
            if kind in wanted:
                try:
                    self._line.ask(command)
                except Refused:
                    continue
                return kind
        return "none"

    def _look_for_reports(self, announced: bool, found: list[Stored]) -> None:
        """A modem that announces reports and then keeps them nowhere is to say them in line from now on."""
        if any(isinstance(what, pdu.Report) for _place, what in found):
            self._missed = 0
        elif announced and self.reports == "stored":
            self._missed += 1
            if self._missed >= MISSED:
                log.warning("sms: the modem announces reports and keeps them nowhere; it is told to say them in line")
                self.reports = self._ask_for_reports("in line", "none")

    def _list(self, memory: str) -> list[Stored]:
        if not self._select(memory):
            return []
        try:
            lines = self._line.ask("AT+CMGL=4", "")
        except Refused:
            if memory in self._memories[:1] or not memory:
                raise
            self._memories = tuple(name for name in self._memories if name != memory)
            return []
        listed = at.listed(lines)
        self._keep(listed.other)
        return [
            *((Place("", -1), _read(one)) for one in listed.direct),
            *((Place(memory, one.place), _read(one.pdu)) for one in listed.stored),
        ]

    def _select(self, memory: str) -> bool:
        """Whether it is this memory that is listed and deleted from, from now on."""
        if not memory or memory == self._memory:
            return True
        for form in at.SELECT:
            try:
                used = at.room(self._line.ask(form.format(memory), "+CPMS:"))
            except Refused:
                continue
            self._memory = memory
            self._note_room(memory, used)
            return True
        self._memories = tuple(name for name in self._memories if name != memory)
        return False

    def _note_room(self, memory: str, used: tuple[int, int] | None) -> None:
        others = [one for one in self.full.split(", ") if one and not one.startswith(f"{memory} ")]
        if used and used[0] >= used[1] > 0:
            others.append(f"{memory} {used[0]} of {used[1]}")
        self.full = ", ".join(others)

    def _overheard(self) -> list[Stored]:
        """Messages and reports among what the modem has said by itself."""
        self._hear()
        said, self._said = self._said, []
        listed = at.listed(said)
        for one in listed.other:
            log.debug("sms: the modem says %s", one[:100])
            if what := at.announces(one):
                self._announced.add(what)
        return [(Place("", -1), _read(one)) for one in listed.direct]

    def _attend(self) -> None:
        """One that has started anew has forgotten everything, and is told again."""
        self._hear()
        if self._has_started:
            log.warning("sms: the modem has started anew by itself")
            self.prepare()

    def _hear(self) -> None:
        """Take the modem's unsolicited lines."""
        self._keep(self._line.said())

    def _keep(self, said: list[str]) -> None:
        self._has_started |= any(at.has_started(one) for one in said)
        self._said += said


def _read(message: str | None) -> pdu.Incoming | pdu.Report | Unreadable:
    if message is None:
        return Unreadable("the modem lists it and does not show it")
    try:
        return pdu.receive(message)
    except pdu.PduError as error:
        return Unreadable(str(error))

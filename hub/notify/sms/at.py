"""AT responses and how modems differ in them: tables and parsers of single lines, which never raise. Pure.

By 3GPP TS 27.005 (short messages) and 27.007 (the rest). Where modems depart from them, the row says which one was
met; where its users reported that, says docs/how-to/call-people.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

LONGEST_LINE = 4096
"""Octets without a line's end after which what came counts as a line: noise, never an answer."""
PROMPT = ">"

# ---------------------------------------------------------------- what is asked for, the best first

REPORTS: tuple[tuple[str, Literal["stored", "in line", "none"]], ...] = (
    ("AT+CNMI=2,1,0,2,0", "stored"),
    ("AT+CNMI=2,1,0,2,1", "stored"),  # Cinterion MC75i, ublox: the fifth may only be 1
    ("AT+CNMI=2,1,0,1,0", "in line"),  # SIM800, SIM900: the fourth is 0 or 1
    ("AT+CNMI=2,1,0,1,1", "in line"),
    ("AT+CNMI=2,1,0,0,0", "none"),  # A7670
    ("AT+CNMI=2,1,0,0,1", "none"),
    ("AT+CNMI=2,1", "none"),
)
"""What becomes of delivery reports: kept in the modem until they are fetched, which no crash of ours loses; said as
they come; or not told at all. A modem that takes none of these sends all the same, and nothing is awaited."""

MEMORIES = ("SM", "ME", "SR", "MT")
"""Where a modem may keep what it receives: card, own memory, reports (EC25 keeps them here and says SM), and MT, which
is SM and ME together and only looked at where one of them is not offered."""
SELECT = ('AT+CPMS="{0}"', 'AT+CPMS="{0}","{0}","{0}"', 'AT+CPMS="{0}","SM","SM"')
"""Huawei E3372-325 refuses fewer than three, and no modem writes to SR."""

NETWORKS = ("CREG", "CEREG", "CGREG", "C5GREG")
"""Asked in this order, until one is registered: a modem in an LTE network alone is not registered by +CREG."""
REGISTERED = frozenset({1, 5, 6, 7, 9, 10})
"""27.007, 7.2: home or roaming; 6, 7: for short messages only; 9, 10: no calls through the old network."""
UNREGISTERED = {
    0: "does not look for one",
    2: "looks for one",
    3: "was refused by the network",
    4: "does not know",
    8: "may make emergency calls only",
    11: "may make emergency calls only",
}

CARD = {
    "SIM PIN": "it asks for its PIN: switch that off in a telephone",
    "SIM PUK": "it is blocked and asks for its PUK",
    "SIM PIN2": "it asks for its second PIN",
    "SIM PUK2": "it asks for its second PUK",
    "PH-SIM PIN": "the modem is locked to another card",
    "NOT READY": "not ready",
    "NOT INSERTED": "there is none",
}
"""What +CPIN says besides READY. The two below 27.007 does not know."""

CODES = {
    "CME": {
        3: "not allowed",
        4: "not supported",
        10: "there is no SIM card",
        11: "the SIM card asks for its PIN",
        12: "the SIM card is blocked and asks for its PUK",
        13: "the SIM card has failed",
        14: "the SIM card is busy",
        15: "this is no SIM card",
        20: "the memory is full",
        30: "there is no network",
        100: "it does not say why",
    },
    "CMS": {
        8: "the contract bars it",
        10: "the contract bars calls",
        21: "the network rejects the message",
        27: "the telephone cannot be reached",
        28: "the number is unknown to the network",
        30: "the subscriber is unknown to the network",
        38: "the network is out of order",
        41: "the network has a temporary failure",
        42: "the network is congested",
        50: "the contract has no short messages",
        69: "the network has no short messages",
        300: "the modem has failed",
        302: "not allowed",
        303: "not supported",
        304: "the modem does not like the message",
        310: "there is no SIM card",
        311: "the SIM card asks for its PIN",
        313: "the SIM card has failed",
        314: "the SIM card is busy",
        316: "the SIM card is blocked and asks for its PUK",
        320: "the memory has failed",
        321: "there is nothing at that place",
        322: "the memory is full",
        330: "the number of the message centre is not known",
        331: "there is no network",
        332: "the network did not answer in time",
        500: "it does not say why",
        512: "the modem is busy",
        515: "the modem is still starting",
    },
}
"""27.007, 9.2, and 27.005, 3.2.5; 512 and 515 are SIMCom's and Wavecom's own."""
BUSY = frozenset({"+CME ERROR: 14", "+CMS ERROR: 314", "+CME ERROR: 515", "+CMS ERROR: 515", "+CMS ERROR: 512"})
"""Asked again a moment later, it may be done."""

# ---------------------------------------------------------------- lines

_REFUSED = re.compile(r"ERROR|\+CM[ES] ERROR:.*|COMMAND NOT SUPPORT.*|NOT SUPPORT.*|TOO MANY PARAMETERS", re.IGNORECASE)
"""The final lines that say no; the last two are Huawei E1752's. NO CARRIER is none: somebody has hung up."""
_STARTED = re.compile(r"RDY|\*ATREADY:.*|\+CPIN: READY|(Call|SMS|PB) (Ready|DONE)|\^SYSSTART.*", re.IGNORECASE)
_ANNOUNCED = re.compile(r'\+(CMTI|CDSI): ?"?(\w+)"?,.*')
_COMING = re.compile(r"\+(CDS|CMT|CBM):.*?(\d+)")
_LISTED = re.compile(r"\+CMGL: ?(\d+),.*?(\d+)")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){8,}")
"""A message is no shorter than eight octets."""
_CODE = re.compile(r"\+(CM[ES]) ERROR: ?(\d+)")


def cut(data: bytes) -> tuple[str | None, bytes]:
    """The first line that has come in, and what comes after it. None: no line is whole yet.

    Either line end ends a line, since the last octet of a pair may be late; a prompt has none. Empty lines are passed
    over.
    """
    data = data.lstrip(b"\r\n \x00")
    if data.startswith(PROMPT.encode()):
        return PROMPT, data[1:]
    ends = [place for place in (data.find(b"\r"), data.find(b"\n")) if place >= 0]
    if not ends and len(data) < LONGEST_LINE:
        return None, data
    end = min([*ends, LONGEST_LINE])
    return data[:end].decode("ascii", "replace").replace("\x00", "").strip(), data[end:]


def refusal(line: str) -> str | None:
    """Why a final line says no, in words; None for a line that does not."""
    if not _REFUSED.fullmatch(line):
        return None
    code = _CODE.fullmatch(line)
    words = CODES[code[1]].get(int(code[2])) if code and len(code[2]) < 6 else None
    return f"{line} ({words})" if words else line


def is_echo(line: str, command: str) -> bool:
    """Whether a line is what we have said ourselves: the echo may be on, and begin with what came before."""
    return line.rstrip("\x1a").endswith(command)


def has_started(line: str) -> bool:
    """Whether a modem says by itself that it has just started: then it has forgotten what it was told."""
    return _STARTED.fullmatch(line) is not None


def announces(line: str) -> Literal["message", "report"] | None:
    """Whether something has been stored. Where is not heeded: EC25 names the wrong memory."""
    match = _ANNOUNCED.fullmatch(line)
    return None if match is None else "report" if match[1] == "CDSI" else "message"


class Stored(NamedTuple):
    """What a modem keeps at a place, in hex; None where the list names the place and no message."""

    place: int
    pdu: str | None


class Listed(NamedTuple):
    """The lines of a list, or of what a modem says by itself, in their order."""

    stored: list[Stored]
    direct: list[str]
    """Messages and reports that were never stored, in hex."""
    other: list[str]


def listed(lines: Iterable[str]) -> Listed:
    """Read a list of messages with whatever else stands between its lines.

    A message belongs to the head whose length it has, else to the last head without one: modems talk in between, and
    some count wrongly.
    """
    stored: dict[int, Stored] = {}
    direct: list[str] = []
    other: list[str] = []
    waiting: list[tuple[int | None, int]] = []
    for line in lines:
        if head := _LISTED.fullmatch(line):
            place = int(head[1])
            stored.setdefault(place, Stored(place, None))
            waiting.append((place, int(head[2])))
        elif head := _COMING.fullmatch(line):
            waiting.append((None, int(head[2])))
        elif waiting and _HEX.fullmatch(line):
            fits = [one for one in waiting if _fits(line, one[1])]
            owner = (fits or waiting)[-1]
            waiting.remove(owner)
            message = "00" + line if len(line) // 2 == owner[1] else line  # without the centre's address
            if owner[0] is None:
                direct.append(message)
            else:
                stored[owner[0]] = Stored(owner[0], message)
        else:
            other.append(line)
    return Listed(list(stored.values()), direct, other)


def _fits(pdu: str, length: int) -> bool:
    octets = len(pdu) // 2
    return length in (octets, octets - 1 - int(pdu[:2], 16))


def registration(lines: Iterable[str], network: str) -> int | None:
    """The second number of +CREG, +CEREG … None where there is none."""
    pattern = re.compile(rf"\+{network}: ?\d,(\d{{1,2}})(,.*)?")
    return next((int(match[1]) for line in lines if (match := pattern.fullmatch(line))), None)


def signal(lines: Iterable[str]) -> int:
    """0 to 31 of +CSQ; 99 where it is not known."""
    return next((int(match[1]) for line in lines if (match := re.fullmatch(r"\+CSQ: ?(\d{1,3}),.*", line))), 99)


def card(lines: Iterable[str]) -> str | None:
    """What +CPIN says, such as READY. None where it says nothing."""
    return next((line[6:].strip().upper() for line in lines if line.startswith("+CPIN:")), None)


def taken_as(lines: Iterable[str]) -> int | None:
    """The reference under which a message was taken."""
    return next((int(match[1]) for line in lines if (match := re.match(r"\+CMGS: ?(\d{1,3})", line))), None)


def memories(lines: Iterable[str]) -> tuple[str, ...]:
    """The memories from which a modem can list, of its answer to AT+CPMS=?."""
    offered: set[str] = set()
    for line in lines:
        if first := re.match(r"\+CPMS: ?\(([^)]*)\)", line):
            offered |= set(re.findall(r"\w+", first[1]))
    kept = tuple(name for name in MEMORIES if name in offered)
    return tuple(name for name in kept if name != "MT" or not {"SM", "ME"} <= offered)


def room(lines: Iterable[str]) -> tuple[int, int] | None:
    """How much of the selected memory is used, of how much: the first two numbers of +CPMS."""
    for line in lines:
        if line.startswith("+CPMS:") and len(numbers := re.findall(r"(?<![\w\"])\d{1,6}(?![\w\"])", line)) >= 2:
            return int(numbers[0]), int(numbers[1])
    return None

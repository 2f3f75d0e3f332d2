"""Short messages as the network has them, by 3GPP TS 23.040. Pure, and written apart from `hub.notify.sms.pdu`.

What one side writes the other reads by the standard alone: a mistake in one of them is not made twice.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

MOST_OCTETS = 140
"""Of the text of one message."""
_CENTRE = "00"
_UCS2 = 0x08


class Submitted(NamedTuple):
    """What a modem handed in. `part`: reference, how many parts, and which this is."""

    number: str
    text: str
    part: tuple[int, int, int]


def read_submit(octets: bytes) -> Submitted:
    """Read an SMS-SUBMIT in UCS-2 that asks for a report. Raises ValueError, IndexError."""
    at = 1 + octets[0]
    first = octets[at]
    if first & 0x03 != 0x01:
        raise ValueError("no SMS-SUBMIT")
    if not first & 0x20:
        raise ValueError("no report is asked for")
    digits, kind = octets[at + 2], octets[at + 3]
    end = at + 4 + (digits + 1) // 2
    number = "".join(f"{octet & 15:X}{octet >> 4:X}" for octet in octets[at + 4 : end])[:digits]
    if octets[end + 1] != _UCS2:
        raise ValueError("not UCS-2")
    # Whether, and in how many octets, a validity period stands before the length.
    length = end + 2 + (0, 7, 1, 7)[first >> 3 & 0x03]
    content = octets[length + 1 : length + 1 + octets[length]]
    header = content[: content[0] + 1] if first & 0x40 else b""
    # Our modem's only header: 05 00 03 reference parts part
    part = (header[3], header[4], header[5]) if header else (0, 1, 1)
    return Submitted(("+" if kind == 0x91 else "") + number, content[len(header) :].decode("utf-16-be"), part)


def deliver_pdu(sender: str, text: str, at: datetime) -> str:
    """An SMS-DELIVER in UCS-2, in hex. `at`: when the centre had it."""
    content = text.encode("utf-16-be")
    return f"{_CENTRE}04{_address(sender)}0008{_stamp(at)}{len(content):02X}{content.hex().upper()}"


def report_pdu(reference: int, recipient: str, status: int, at: datetime) -> str:
    """An SMS-STATUS-REPORT, in hex: 0 is delivered, 0x40 and above failed."""
    return f"{_CENTRE}06{reference:02X}{_address(recipient)}{_stamp(at)}{_stamp(at)}{status:02X}"


def _address(number: str) -> str:
    digits = number.removeprefix("+")
    padded = digits + "F" * (len(digits) % 2)
    return f"{len(digits):02X}{'91' if number.startswith('+') else '81'}{_swapped(padded)}"


def _stamp(at: datetime) -> str:
    """Year to second and the zone, which is none: seven octets."""
    return _swapped(f"{at.astimezone(UTC):%y%m%d%H%M%S}00")


def _swapped(digits: str) -> str:
    return "".join(digits[at + 1] + digits[at] for at in range(0, len(digits), 2))

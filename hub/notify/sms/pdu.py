"""Short messages as a modem takes and gives them in PDU mode: 3GPP TS 23.040 and 23.038. Pure.

Outgoing ones are always UCS-2, since they are Chinese, and ask for a delivery report.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Literal, NamedTuple

SINGLE_OCTETS = 140
_PART_OCTETS = 134
"""A part of a long message has six octets less, for its header."""
MOST_PARTS = 8
_VALID_ONE_HOUR = 0x0B
"""Relative validity of an hour: a call for help that comes later wakes somebody for nothing."""

_SUBMIT = 0x01
_WITH_VALIDITY = 0x10
_WANT_REPORT = 0x20
_WITH_HEADER = 0x40
_UCS2 = 0x08
_CONCATENATED_8_BIT, _CONCATENATED_16_BIT = 0x00, 0x08
_LONGEST_SEPTETS = 160

Coding = Literal["7 bit", "8 bit", "UCS-2"]
_CODINGS: dict[int, Coding] = {0: "7 bit", 1: "8 bit", 2: "UCS-2", 3: "7 bit"}
"""Bits 3 and 2 of the general groups; 3 is reserved, and what is reserved is to be read as 7 bit."""
_DIGITS = "0123456789*#abc"
"""What the half octets of a number stand for (23.040, 9.1.2.3). The sixteenth fills it up."""

# fmt: off
_GSM_7_BIT = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# fmt: on
_GSM_ESCAPED = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}


class PduError(ValueError):
    """A number or text that cannot be sent, or octets that are no short message."""


class Submit(NamedTuple):
    """One part of an outgoing message: the hex that the modem takes, and the length that `AT+CMGS` wants."""

    pdu: str
    length: int


class Incoming(NamedTuple):
    """A message that somebody sent to the modem. `part`: its number of how many, under a reference, of a long one."""

    sender: str
    text: str
    part: tuple[int, int, int] | None
    sent_at: int | None = None
    """When the network took it, by the centre's clock (wall ms); None for a time that is none."""


class Report(NamedTuple):
    """What became of a message: `reference` is what the modem answered when it took it."""

    reference: int
    recipient: str
    outcome: Literal["delivered", "trying", "failed"]


def submit(number: str, text: str, reference: int) -> list[Submit]:
    """The parts of a message to `number` (+86… or national). `reference` (0 to 255) ties parts together.

    Raises PduError for a number that is none, or a text that is empty or longer than eight parts.
    """
    encoded = text.encode("utf-16-be")
    if not encoded:
        raise PduError("there is nothing to send")
    pieces = [encoded] if len(encoded) <= SINGLE_OCTETS else _pieces(encoded)
    if len(pieces) > MOST_PARTS:
        raise PduError(f"the text needs {len(pieces)} parts; {MOST_PARTS} at most")
    parts: list[Submit] = []
    for place, piece in enumerate(pieces, 1):
        first = _SUBMIT | _WITH_VALIDITY | _WANT_REPORT
        header = b""
        if len(pieces) > 1:
            first |= _WITH_HEADER
            header = bytes((5, _CONCATENATED_8_BIT, 3, reference & 0xFF, len(pieces), place))
        content = header + piece
        octets = bytes((first, 0)) + _address(number) + bytes((0, _UCS2, _VALID_ONE_HOUR, len(content))) + content
        parts.append(Submit("00" + octets.hex().upper(), len(octets)))
    return parts


def _pieces(encoded: bytes) -> list[bytes]:
    pieces: list[bytes] = []
    at = 0
    while at < len(encoded):
        end = min(at + _PART_OCTETS, len(encoded))
        if end < len(encoded) and 0xDC <= encoded[end] <= 0xDF:
            end -= 2  # never between the halves of a surrogate pair
        pieces.append(encoded[at:end])
        at = end
    return pieces


def _address(number: str) -> bytes:
    if not re.fullmatch(r"\+?[0-9]{3,20}", number):
        raise PduError(f"{number!r} is not a telephone number")
    digits = number.removeprefix("+")
    kind = 0x91 if number.startswith("+") else 0x81
    padded = digits + "F" * (len(digits) % 2)
    swapped = "".join(padded[at + 1] + padded[at] for at in range(0, len(padded), 2))
    return bytes((len(digits), kind)) + bytes.fromhex(swapped)


def receive(pdu: str) -> Incoming | Report:
    """Read what the modem has received. Raises PduError."""
    try:
        octets = bytes.fromhex(pdu.strip())
        at = 1 + octets[0]
        kind = octets[at] & 0x03
        if kind == 0:
            return _deliver(octets, at)
        if kind == 2:
            return _report(octets, at)
    except (ValueError, IndexError):
        raise PduError("this is not a short message") from None
    raise PduError(f"a short message of kind {kind} is not expected here")


def _deliver(octets: bytes, at: int) -> Incoming:
    with_header = bool(octets[at] & _WITH_HEADER)
    sender, at = _read_address(octets, at + 1)
    coding = _coding(octets[at + 1])
    sent_at = _centre_time(octets[at + 2 : at + 9])
    at += 9  # protocol, coding, and that time
    length = octets[at]
    # What follows the text belongs to no message; a text that is cut short might answer another notice: 1 of 12.
    size = -(-min(length, _LONGEST_SEPTETS) * 7 // 8) if coding == "7 bit" else length
    content = octets[at + 1 : at + 1 + size]
    if len(content) < size or (length > _LONGEST_SEPTETS and coding == "7 bit"):
        raise ValueError("the text is cut short")
    header = content[: content[0] + 1] if with_header and content else b""
    if header and len(header) <= content[0]:
        raise ValueError("the header is cut short")
    if coding == "UCS-2":
        text = content[len(header) :].decode("utf-16-be", "replace")
    elif coding == "8 bit":
        text = content[len(header) :].decode("latin-1")
    else:
        # The header is no text: a septet of it that happens to be the escape would swallow the first character.
        text = _seven_bit(content, -(-len(header) * 8 // 7), length)
    return Incoming(sender, text, _part(header), sent_at)


def _centre_time(octets: bytes) -> int | None:
    """23.040, 9.2.3.11: six pairs of digits, and the zone in quarters of an hour."""
    year, month, day, hour, minute, second = ((octet & 0x0F) * 10 + (octet >> 4) for octet in octets[:6])
    quarters = (octets[6] & 0x07) * 10 + (octets[6] >> 4)
    east = timedelta(minutes=15 * (-quarters if octets[6] & 0x08 else quarters))
    try:
        return int(datetime(2000 + year, month, day, hour, minute, second, tzinfo=timezone(east)).timestamp() * 1000)
    except ValueError:
        return None


def _coding(scheme: int) -> Coding:
    """The alphabet by the data coding scheme: 23.038, 4."""
    group = scheme >> 4
    if group <= 0x07:
        if scheme & 0x20:
            raise ValueError("the text is compressed")
        return _CODINGS[scheme >> 2 & 0x03]
    if group == 0x0E:
        return "UCS-2"
    if group == 0x0F and scheme & 0x04:
        return "8 bit"
    return "7 bit"


def _part(header: bytes) -> tuple[int, int, int] | None:
    at = 1
    while at + 1 < len(header):
        name, length = header[at], header[at + 1]
        value = header[at + 2 : at + 2 + length]
        if name == _CONCATENATED_8_BIT and len(value) == length == 3:
            return value[2], value[1], value[0]
        if name == _CONCATENATED_16_BIT and len(value) == length == 4:
            return value[3], value[2], value[0] << 8 | value[1]
        at += 2 + length
    return None


def _report(octets: bytes, at: int) -> Report:
    reference = octets[at + 1]
    recipient, at = _read_address(octets, at + 2)
    status = octets[at + 14]
    outcome: Literal["delivered", "trying", "failed"] = (
        "delivered" if status < 0x20 else "trying" if status < 0x40 else "failed"
    )
    return Report(reference, recipient, outcome)


def _read_address(octets: bytes, at: int) -> tuple[str, int]:
    digits, kind = octets[at], octets[at + 1]
    end = at + 2 + (digits + 1) // 2
    raw = octets[at + 2 : end]
    if len(raw) < (digits + 1) // 2:
        raise ValueError("the address is cut short")
    if kind & 0x70 == 0x50:  # letters, such as a provider's name
        return _seven_bit(raw, 0, digits * 4 // 7), end
    halves = [half for octet in raw for half in (octet & 0x0F, octet >> 4)][:digits]
    number = "".join(_DIGITS[half] for half in halves if half < len(_DIGITS))
    return ("+" if kind & 0x70 == 0x10 else "") + number, end


def _seven_bit(octets: bytes, first: int, after: int) -> str:
    """The septets from `first` up to `after`."""
    number = int.from_bytes(octets, "little")
    text: list[str] = []
    escaped = False
    for place in range(first, min(after, len(octets) * 8 // 7)):
        septet = number >> (7 * place) & 0x7F
        if escaped:
            text.append(_GSM_ESCAPED.get(septet, " "))
            escaped = False
        elif septet == 0x1B:
            escaped = True
        else:
            text.append(_GSM_7_BIT[septet])
    return "".join(text)

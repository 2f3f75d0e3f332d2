"""Short messages as a modem takes and gives them in PDU mode: 3GPP TS 23.040 and 23.038. Pure.

Outgoing ones are always UCS-2, since they are Chinese, and ask for a delivery report.
"""

from __future__ import annotations

import re
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
_CONCATENATED_8_BIT = 0x00

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
    coding = octets[at + 1] >> 2 & 0x03
    at += 9  # protocol, coding, and the seven octets of the centre's time
    length, content = octets[at], octets[at + 1 :]
    header = content[: content[0] + 1] if with_header and content else b""
    if coding == 2:
        text = content[len(header) : length].decode("utf-16-be", "replace")
    elif coding == 1:
        text = content[len(header) : length].decode("latin-1")
    else:
        text = _seven_bit(content, length)[-(-len(header) * 8 // 7) :]
    return Incoming(sender, text, _part(header))


def _part(header: bytes) -> tuple[int, int, int] | None:
    at = 1
    while at + 1 < len(header):
        name, length = header[at], header[at + 1]
        value = header[at + 2 : at + 2 + length]
        if name == _CONCATENATED_8_BIT and length == 3:
            return value[2], value[1], value[0]
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
        return _seven_bit(raw, digits * 4 // 7), end
    swapped = "".join(f"{octet & 0x0F:X}{octet >> 4:X}" for octet in raw)[:digits]
    return ("+" if kind & 0x70 == 0x10 else "") + swapped, end


def _seven_bit(octets: bytes, septets: int) -> str:
    number = int.from_bytes(octets, "little")
    text: list[str] = []
    escaped = False
    for place in range(min(septets, len(octets) * 8 // 7)):
        septet = number >> (7 * place) & 0x7F
        if escaped:
            text.append(_GSM_ESCAPED.get(septet, " "))
            escaped = False
        elif septet == 0x1B:
            escaped = True
        else:
            text.append(_GSM_7_BIT[septet])
    return "".join(text)

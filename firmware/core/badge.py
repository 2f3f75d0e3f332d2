"""Badges: from the reader's bytes to a credential. The clear number never leaves this module.

Frame of the RDM6300 and other EM4100 readers, 9600 baud 8N1: 0x02, ten hexadecimal digits (the badge number), two
more (the exclusive or of the five bytes that the ten stand for), 0x03. Source: Itead, “125Khz RFID module RDM630
Specification”. No newline. The reader repeats the frame for as long as the badge is held to it.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import reduce
from operator import xor

from wire.messages import Credential

START, END = 0x02, 0x03
DIGITS = 12
"""Ten of the number and two of the checksum."""
REPEAT_MS = 2_000
"""The same badge again within this time is the same presentation, however long it is held."""

_HEX = frozenset(b"0123456789ABCDEFabcdef")


def credential(badge_key: bytes, number: str) -> Credential:
    """What stands for a badge everywhere else: HMAC-SHA-256 of its number under the site's badge key, in hex."""
    return hmac.new(badge_key, number.upper().encode("ascii"), hashlib.sha256).hexdigest()


def frame_for(number: str) -> bytes:
    """The frame that a reader sends for a badge. For the simulator and tests. Raises ValueError."""
    if len(number) != 10 or not _HEX.issuperset(number.encode()):
        raise ValueError("a badge number has ten hexadecimal digits")
    digits = number.upper().encode("ascii")
    return bytes([START]) + digits + b"%02X" % _checksum(digits) + bytes([END])


class BadgeReader:
    """What is to be known about the badges at one reader: bytes in, one credential for each presentation out."""

    __slots__ = ("_badge_key", "_digits", "_shown", "damaged")

    def __init__(self, badge_key: bytes) -> None:
        self.damaged = 0
        """Frames since boot that were whole but had a wrong checksum."""
        self._badge_key = badge_key
        self._digits: bytearray | None = None
        self._shown: dict[Credential, int] = {}

    def feed(self, data: bytes, at: int) -> list[Credential]:
        """Badges presented with these bytes, which may hold any part of a frame, or none."""
        presented = []
        for byte in data:
            number = self._byte(byte)
            if number is None:
                continue
            name = credential(self._badge_key, number)
            if self._is_new(name, at):
                presented.append(name)
        return presented

    def _byte(self, byte: int) -> str | None:
        digits = self._digits
        if byte == START:  # also in the middle of a frame: what came before was not one
            self._digits = bytearray()
            return None
        if digits is None:
            return None
        if byte in _HEX and len(digits) < DIGITS:
            digits.append(byte)
            return None
        self._digits = None
        if byte != END or len(digits) != DIGITS:
            return None
        if _checksum(digits[:10]) != int(digits[10:], 16):
            self.damaged += 1
            return None
        return digits[:10].decode("ascii").upper()

    def _is_new(self, name: Credential, at: int) -> bool:
        self._shown = {known: seen for known, seen in self._shown.items() if at - seen <= REPEAT_MS}
        new = name not in self._shown
        self._shown[name] = at
        return new


def _checksum(digits: bytes | bytearray) -> int:
    return reduce(xor, bytes.fromhex(digits.decode("ascii")))

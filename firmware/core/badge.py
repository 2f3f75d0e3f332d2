"""Badges: from the reader's bytes to a credential. The clear number never leaves this module.

Frame of the RDM6300 and other EM4100 readers, 9600 baud 8N1: 0x02, ten hexadecimal digits (the badge number), two
more (the exclusive or of the five bytes that the ten stand for), 0x03. Source: Itead, “125Khz RFID module RDM630
Specification”. The reader repeats the frame for as long as the badge is held to it. ID-12LA and ID-20LA have carriage
return and line feed before the 0x03 (ID Innovations, “ID-2LA, ID-12LA, ID-20LA Datasheet”, output ASCII).
"""

from __future__ import annotations

import hashlib
import hmac
from collections import deque
from functools import reduce
from operator import xor

from wire.messages import Credential

START, END = 0x02, 0x03
DIGITS = 12
"""Ten of the number and two of the checksum."""
REPEAT_MS = 2_000
"""The same badge again within this time is the same presentation, however long it is held."""

MANY = 10
WITHIN_MS = 60_000
"""DAMAGES damaged frames within this time make the reader count as unreadable."""
GAP_MS = 100
RUN = 32
"""Bytes outside a frame count as one damage; after this long a pause or this many bytes, as another. A frame takes 15
ms."""
_LINE_END = b"\r\n"

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
    """Reads the badges of one reader: bytes in, one credential for each presentation out."""

    __slots__ = ("_badge_key", "_damages", "_digits", "_fed_at", "_shown", "_stray", "damaged", "unreadable")

    def __init__(self, badge_key: bytes) -> None:
        self.damaged = 0
        """Damages since boot: frames with a wrong checksum or length, and what was no frame at all."""
        self.unreadable = False
        """Whether the reader counts as unreadable; ends with the next good badge once damages are few."""
        self._damages: deque[int] = deque(maxlen=MANY)
        self._stray = 0
        self._fed_at = 0
        self._badge_key = badge_key
        self._digits: bytearray | None = None
        self._shown: dict[Credential, int] = {}

    def feed(self, data: bytes, at: int) -> list[Credential]:
        """Badges presented with these bytes, which may hold any part of a frame, or none."""
        presented = []
        if at - self._fed_at > GAP_MS:
            self._stray = 0
        self._fed_at = at
        for byte in data:
            number = self._byte(byte, at)
            if number is None:
                continue
            name = credential(self._badge_key, number)
            if self._is_new(name, at):
                presented.append(name)
        return presented

    def _byte(self, byte: int, at: int) -> str | None:
        digits = self._digits
        if byte == START:  # also in the middle of a frame: what came before was not one
            if digits is not None:
                self._damage(at)
            self._digits = bytearray()
            return None
        if digits is None:
            if byte not in _LINE_END:
                self._damage(at)
            return None
        if byte in _HEX and len(digits) < DIGITS:
            digits.append(byte)
            return None
        if byte in _LINE_END and len(digits) == DIGITS:
            return None
        self._digits = None
        if byte != END or len(digits) != DIGITS or _checksum(digits[:10]) != int(digits[10:], 16):
            if byte == END:
                self._stray = 0  # a whole frame counts by itself
            self._damage(at)
            return None
        self._stray = 0
        self.unreadable = self.unreadable and self._many(at)
        return digits[:10].decode("ascii").upper()

    def _damage(self, at: int) -> None:
        self._stray += 1
        if self._stray % RUN == 1:
            self.damaged += 1
            self._damages.append(at)
            self.unreadable = self.unreadable or self._many(at)

    def _many(self, at: int) -> bool:
        return len(self._damages) == MANY and at - self._damages[0] <= WITHIN_MS

    def _is_new(self, name: Credential, at: int) -> bool:
        self._shown = {known: seen for known, seen in self._shown.items() if at - seen <= REPEAT_MS}
        new = name not in self._shown
        self._shown[name] = at
        return new


def _checksum(digits: bytes | bytearray) -> int:
    return reduce(xor, bytes.fromhex(digits.decode("ascii")))

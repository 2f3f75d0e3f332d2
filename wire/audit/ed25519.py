"""Ed25519 signatures checked in plain Python, for a computer that has nothing else (RFC 8032, section 5.1).

Public data only: nothing here is constant in time, and nothing here signs. A signature is good when R, byte for byte,
is the encoding of [S]B - [k]A: the cofactorless check, with S below the group's order. A public key is decoded as
OpenSSL does it (a y of p or above, and a negative zero for x, are taken), so that both give the same verdicts.

For speed every point that is multiplied gets a table of its multiples, once; the few keys of a journal sign all of it.
Formulas: Hisil, Wong, Carter, Dawson, “Twisted Edwards Curves Revisited”, 2008 (extended coordinates).
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import List, Optional, Tuple

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
BASE = (
    15112221349535400772501151409588531511454012693041857206046113283949847762202,
    46316835694926478169428394003475163141307993866256225615783033603165251855960,
)

WINDOW = 5
_ROWS = -(-253 // WINDOW)
_MASK = (1 << WINDOW) - 1

Affine = Tuple[int, int]
_Ready = Tuple[int, int, int]
"""A point that is added: y - x, y + x, 2 d x y."""
_Table = List[List[_Ready]]
_TABLES_KEPT = 64
"""About 0.4 MB each."""


def check(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (64 bytes) is that of `public` (32 bytes) over `message`."""
    if len(public) != 32 or len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= ORDER:
        return False
    table = _table_of_negated(public)
    if table is None:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    return _sum(((_base_table(), s), (table, k))) == signature[:32]


def decode(encoded: bytes) -> Optional[Affine]:
    """The point that 32 bytes stand for, None if there is none."""
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, (number & (1 << 255) - 1) % P
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * ROOT_OF_MINUS_ONE % P
        if (v * x * x - u) % P:
            return None
    return ((P - x) % P if x & 1 != sign else x, y)


def encode(x: int, y: int) -> bytes:
    """A point as 32 bytes."""
    return (y | (x & 1) << 255).to_bytes(32, "little")


@lru_cache(maxsize=1)
def _base_table() -> _Table:
    return _make_table(BASE)


@lru_cache(maxsize=_TABLES_KEPT)
def _table_of_negated(public: bytes) -> Optional[_Table]:
    point = decode(public)
    return None if point is None else _make_table((P - point[0], point[1]))


def _make_table(point: Affine) -> _Table:
    """Row i holds the multiples 1 to 2**WINDOW - 1 of the point times 2**(i WINDOW)."""
    points = []
    x, y = point
    current = (x, y, 1, x * y % P)
    for _ in range(_ROWS):
        multiple = current
        for _ in range(_MASK):
            points.append(multiple)
            multiple = _add(multiple, current)
        current = multiple
    ready = _all_ready(points)
    return [ready[at : at + _MASK] for at in range(0, len(ready), _MASK)]


def _add(p: Tuple[int, int, int, int], q: Tuple[int, int, int, int]) -> Tuple[int, int, int, int]:
    # Complete for this curve: it also doubles, and takes the neutral element.
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * D * p[3] * q[3] % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _all_ready(points: List[Tuple[int, int, int, int]]) -> List[_Ready]:
    # Montgomery's trick: one inversion for all denominators.
    products = [1]
    for point in points:
        products.append(products[-1] * point[2] % P)
    inverse = pow(products.pop(), P - 2, P)
    ready: List[_Ready] = []
    for point, product in zip(reversed(points), reversed(products)):
        one = inverse * product % P
        inverse = inverse * point[2] % P
        x, y = point[0] * one % P, point[1] * one % P
        ready.append(((y - x) % P, (y + x) % P, 2 * D * x * y % P))
    ready.reverse()
    return ready


def _sum(products: Tuple[Tuple[_Table, int], Tuple[_Table, int]]) -> bytes:
    """Encoding of the sum of two points times their factors."""
    p, mask = P, _MASK
    x, y, z, t = 0, 1, 1, 0
    for table, factor in products:
        for row in table:
            digit = factor & mask
            factor >>= WINDOW
            if digit:
                minus, plus, t2d = row[digit - 1]
                a = (y - x) * minus
                b = (y + x) * plus
                c = t * t2d % p
                d = z + z
                e, f, g, h = (b - a) % p, d - c, d + c, (b + a) % p
                x, y, z, t = e * f % p, g * h % p, f * g % p, e * h % p
    inverse = pow(z, p - 2, p)
    return encode(x * inverse % p, y * inverse % p)

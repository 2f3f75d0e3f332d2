"""Types that every message is made of, and the two bases."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from wire.bounds import LARGEST_COUNT, LARGEST_NUMBER, LARGEST_RECORD, LATEST_WALL, LONGEST_UPTIME, MOST_SECONDS

PROTOCOL = 1

MAX_RECORD = LARGEST_RECORD
"""Bytes of the largest record or beat that the hub opens."""

MAX_ORDER = 256 * 1024
"""Bytes of the largest order that a node opens."""

MAX_PROVEN = 64 * 1024
"""Bytes of the largest answer about the journal that a node opens: a checkpoint, an entry and two proofs."""

Name = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,32}\Z")]  # not $, which lets a newline pass
Place = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,32}/[a-z0-9-]{1,32}\Z")]
"""A point or reader as `area/name`."""
Text = Annotated[str, Meta(max_length=500)]
Written = Annotated[str, Meta(max_length=500, description="written by a person")]
"""What somebody has typed. Names that the hub knows are replaced before it becomes an entry."""
Hash = Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")]
"""SHA-256 in hex; empty where there is nothing yet."""
Credential = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
"""HMAC-SHA-256 of a badge number under the site's badge key, in hex. The number itself never travels."""
Count = Annotated[int, Meta(ge=0, le=LARGEST_COUNT)]
"""How many, or how large: what the hub adds up, an index, a size."""
Number = Annotated[int, Meta(ge=0, le=LARGEST_NUMBER)]
"""Which one, of what is numbered from 1 as it comes; 0 is none yet."""
Uptime = Annotated[int, Meta(ge=0, le=LONGEST_UPTIME)]
"""Milliseconds since a node's boot."""
Wall = Annotated[int, Meta(ge=0, le=LATEST_WALL)]
"""Milliseconds since 1970 in UTC."""
Span = Annotated[int, Meta(ge=0, le=LATEST_WALL)]
"""Milliseconds from one wall time to another."""
Seconds = Annotated[int, Meta(ge=0, le=MOST_SECONDS)]
"""Seconds of something that people wait for."""
NAMED_ALARMS = 500
"""Alarms that one order or record names: a record of more would be larger than the hub opens."""
Alarms = Annotated[tuple[Number, ...], Meta(max_length=NAMED_ALARMS)]
"""Numbers of alarms."""
Year = Annotated[int, Meta(ge=2000, le=2199)]
Person = Annotated[int, Meta(ge=1, le=10**9)]
"""Number of a cardholder. Names lie in a table beside the journal."""

Level = Literal["normal", "active", "open-circuit", "short"]
"""What an input says. A two-state input says only normal or active."""
ClockTrust = Literal["trusted", "holdover", "untrusted"]
"""Set by the hub in this boot; carried over by a clock that has not gone back; not to be relied on."""
PointKind = Literal[
    "door",
    "gate",
    "window",
    "safe",
    "bolt",
    "cabinet",
    "seal",
    "tamper",
    "water",
    "smoke",
    "panic",
    "exit-button",
    "set-button",
]
InputKind = Literal["two-state", "supervised"]
Purpose = Literal["seal", "unseal", "change"]
"""What two people show their badges for: to seal an area, to unseal it, or to change what its sealing rests on."""
LeaveBy = Literal["button", "reader", "free"]
"""How people leave an area: a button on a terminal, a reader inside, or freely while somebody is in."""


class Message(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of all: frozen, no unknown field."""


class Data(Message, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    """Base of everything that is told apart by `kind`."""

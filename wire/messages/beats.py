"""Signs of life, of nodes and of the engine. They are not journalled."""

from __future__ import annotations

from typing import Literal

from wire.messages.base import ClockTrust, Count, Data, Hash, Level, Message, Name, Number, Place, Span, Uptime, Wall
from wire.messages.sealing_records import SealedArea
from wire.messages.set_records import GuardedArea
from wire.messages.witnessing import Head


class Echo(Message, frozen=True):
    """The newest hub beat that a node has heard."""

    boot: Name
    number: Number


class Unwritten(Message, frozen=True):
    """The node's disk refuses, since this uptime: how many records are in its memory alone, and how many did not fit
    there and are lost."""

    since: Uptime
    waiting: Count
    lost: Count


class Here(Data, frozen=True, tag="here"):
    """Body of a beat. `seq` is the newest record, `freed` the last one that a receipt has freed, `checkpoint` the
    newest one that the node holds as a witness. `unwritten`: its disk refuses; None while it takes what it is given."""

    uptime: Uptime
    seq: Number
    hash: Hash
    freed: Number
    levels: dict[Place, Level]
    sealed: tuple[SealedArea, ...]
    sounding: bool
    plan: Number
    access: Number
    mark: Number
    echo: Echo | None
    checkpoint: Head | None
    unwritten: Unwritten | None = None
    guards: tuple[GuardedArea, ...] = ()


class Gone(Data, frozen=True, tag="gone"):
    """The node's last will, published by the broker when the connection breaks. A hint, never evidence."""


class Beat(Message, frozen=True):
    """A node's sign of life: every 10 s, and every 3 s while an area of it is sealed. Not journalled."""

    v: Literal[1]
    site: Name
    node: Name
    life: Number
    boot: Name
    wall: Wall
    clock: ClockTrust
    data: Here | Gone


class HubBeat(Message, frozen=True, omit_defaults=True):
    """The engine's sign of life, every 2 s. `size` is the number of entries in the journal. `held`: another process has
    held the database for so long (ms) that nothing is journalled; a node takes that for no sign of life."""

    v: Literal[1]
    site: Name
    boot: Name
    number: Number
    time: Wall
    size: Count
    held: Span | None = None

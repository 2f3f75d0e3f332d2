"""How a node's record is put together: header, number, link to the one before, signature."""

from __future__ import annotations

from typing import NamedTuple

from wire import messages as m
from wire import notes
from wire.keys import SigningKey
from wire.messages import CannotFill, ClockTrust, Overflow, Record, RecordData


class Identity(NamedTuple):
    """Who signs: a node of a site, with its record key."""

    site: str
    node: str
    key: SigningKey


class Header(NamedTuple):
    """When something happened: boot id, milliseconds since that boot, wall time in ms, and how far it is trusted."""

    boot: str
    mono: int
    wall: int
    clock: ClockTrust


class Happening(NamedTuple):
    """What a record is about, with its time, before it has a number."""

    header: Header
    data: RecordData


class Signed(NamedTuple):
    """A record with its number, as it is stored and sent. `hash` is that of its signed text."""

    seq: int
    hash: str
    note: bytes


def sign(who: Identity, life: int, seq: int, prev: str, what: Happening) -> Signed:
    """Make the record that stands at `seq` of `life`, after the one with text hash `prev`.

    One that is larger than the hub opens would stop all that come after it: in its place stands that it could not be
    kept.
    """
    made = _sign(who, life, seq, prev, what)
    if m.fits(Record, made.note):
        return made
    at, lost = what.header.mono, {m.kind_of(what.data): 1}
    return _sign(who, life, seq, prev, what._replace(data=Overflow(since=at, until=at, lost=lost)))


def _sign(who: Identity, life: int, seq: int, prev: str, what: Happening) -> Signed:
    record = Record(
        v=1,
        site=who.site,
        node=who.node,
        life=life,
        boot=what.header.boot,
        seq=seq,
        mono=what.header.mono,
        wall=what.header.wall,
        clock=what.header.clock,
        prev=prev,
        data=what.data,
    )
    text = m.encode(record)
    return Signed(seq, notes.text_hash(text), who.key.sign(text))


def read(note: bytes) -> Record:
    """A record of our own out of its note. Raises NoteError or Unreadable for what is not one."""
    return m.decode(notes.split(note).text, Record)


def restore(who: Identity, life: int | None, stored: Signed) -> Signed | None:
    """A stored record as it was signed, in this life if one is named; None when nothing vouches for it any more.

    Signature and hash do. Where only one of them is damaged, the other shows that the text is whole, and it is signed
    again: the same text has always the same signature.
    """
    text = stored.note.partition(b"\n\n")[0] + b"\n"  # also of a note whose signature is no longer one
    try:
        record = m.decode(text, Record)
    except m.Unreadable:
        return None
    if (record.site, record.node, record.seq) != (who.site, who.node, stored.seq) or life not in (None, record.life):
        return None
    note, own = who.key.sign(text), notes.text_hash(text)
    if stored.note != note and stored.hash != own:
        return None
    return Signed(stored.seq, record.data.last_hash if isinstance(record.data, CannotFill) else own, note)

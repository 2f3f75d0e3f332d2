"""What the hub answers to its witnesses: the newest checkpoint, the way to it from the one a node holds, and new keys.

Everything is read from the journal's own rows: nothing here is secret, and a node believes none of it unchecked.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, select

from hub.ledger import checkpoint as ledger_checkpoint
from hub.ledger import tree
from hub.ledger.checkpoint import Signed
from hub.store.prepared import Prepared
from hub.store.tables import journal
from wire import checkpoint, keys, notes, tlog
from wire import messages as m

OPENED = "journal-opened"
NAMES_A_KEY = (OPENED, "checkpoint-key")
"""Kinds of entry that name a checkpoint key."""

_note = Prepared(lambda _: select(journal.c.note).where(journal.c.idx == bindparam("at")))


class Unanswerable(ValueError):
    """A question that has no answer. `reason`: as it is counted."""

    def __init__(self, reason: m.Refusal, text: str) -> None:
        super().__init__(text)
        self.reason: m.Refusal = reason


class Named(NamedTuple):
    """An entry that names a checkpoint key, and the origin that the key signs for."""

    entry: int
    key: str
    origin: str
    opens: bool


class Answers:
    """Answers questions about the journal. Keeps which entry names which checkpoint key: that never changes."""

    def __init__(self) -> None:
        self._named: list[Named] = []

    def answer(self, connection: Connection, data: m.AskGrowth | m.AskInclusion) -> m.Growth | m.Inclusion | None:
        """The answer; None while no checkpoint is signed. Raises Unanswerable."""
        newest = ledger_checkpoint.newest(connection)
        if newest is None:
            return None
        if isinstance(data, m.AskGrowth):
            return self._growth(connection, data, newest)
        if data.index >= data.size:
            raise Unanswerable("malformed", f"entry {data.index} is in no tree of {data.size}")
        if data.size > newest.size:  # it knows of more than we do: what we have shows it that
            return _plain(connection, newest, data.size)
        proof = _hex(tlog.inclusion_proof(data.index, data.size, tree.reader(connection, data.size)))
        return m.Inclusion(index=data.index, size=data.size, inclusion=proof)

    def vouches(self, connection: Connection, note: str) -> bool:
        """Whether a checkpoint key that the journal names, now or once, has signed this checkpoint."""
        self._read(connection)
        try:
            _, parts = checkpoint.open_signed(note.encode())
            named = tuple(f"{one.name}+{one.key_id.hex()}+" for one in parts.signatures)
            known = [notes.parse_key(one.key) for one in self._named if one.key.startswith(named)]
            return bool(notes.signers(parts, known, keys.CHECKS))
        except ValueError:
            return False

    def proves(self, connection: Connection, one: str, other: str) -> bool:
        """Whether it follows from the journal's own rows that of two of its checkpoints one grew from the other."""
        first, second = sorted(
            (checkpoint.open_signed(note.encode())[0] for note in (one, other)), key=lambda made: made.size
        )
        if not first.size:
            return True
        try:
            proof = tlog.consistency_proof(first.size, second.size, tree.reader(connection, second.size))
            tlog.check_consistency(first.size, second.size, first.root, second.root, proof)
        except ValueError:
            return False
        return True

    def left(self, connection: Connection, origin: str) -> bool:
        """Whether the journal once was of this origin, and was opened anew since."""
        self._read(connection)
        return any(one.origin == origin for one in self._named) and self._named[-1].origin != origin

    def _growth(self, connection: Connection, data: m.AskGrowth, newest: Signed) -> m.Growth:
        self._read(connection)
        trusted = self._find(data.key)
        after = next((one for one in self._named if one.entry > trusted.entry), None)
        first = ledger_checkpoint.first_over(connection, after.entry) if after else None
        if first is None:
            return _plain(connection, newest, data.size)
        if first.origin == trusted.origin:
            named = [one for one in self._named if one.entry < first.size][-1]
            return _plain(connection, first, data.size, _introduction(connection, named, first))
        opening = [one for one in self._named if one.opens and one.entry < first.size][-1]
        return _plain(connection, first, 0, _introduction(connection, opening, first))

    def _read(self, connection: Connection) -> None:
        """The entries that name keys and that have come since."""
        first = self._named[-1].entry + 1 if self._named else 0
        columns = select(journal.c.idx, journal.c.kind, journal.c.note)
        query = columns.where(journal.c.kind.in_(NAMES_A_KEY), journal.c.idx >= first)
        for row in sorted(connection.execute(query), key=lambda row: row.idx):
            data = msgspec.json.decode(notes.split(bytes(row.note)).text)["data"]
            opens = row.kind == OPENED
            origin = data["origin"] if opens else self._named[-1].origin
            self._named.append(Named(row.idx, data["checkpoint_key" if opens else "key"], origin, opens))

    def _find(self, key: str) -> Named:
        """What named this key, or, where a backup does not know it any longer, the last that its origin has named."""
        for one in reversed(self._named):
            if one.key == key:
                return one
        name = key.partition("+")[0]
        for one in reversed(self._named):
            if one.origin == name != self._named[-1].origin:
                return one
        raise Unanswerable("unknown-key", key)


def _plain(connection: Connection, signed: Signed, old: int, introduces: m.Introduction | None = None) -> m.Growth:
    """A checkpoint, and how it grows from `old` entries; with no proof where it has fewer, which says it all."""
    grown = 0 < old <= signed.size
    found = tlog.consistency_proof(old, signed.size, tree.reader(connection, signed.size)) if grown else []
    return m.Growth(checkpoint=signed.note.decode(), old=old, consistency=_hex(found), introduces=introduces)


def _introduction(connection: Connection, named: Named, signed: Signed) -> m.Introduction:
    ((note,),) = _note.run(connection, [{"at": named.entry}])
    entry = bytes(note).decode()
    proof = tlog.inclusion_proof(named.entry, signed.size, tree.reader(connection, signed.size))
    return m.Introduction(entry=entry, index=named.entry, inclusion=_hex(proof))


def _hex(proof: list[bytes]) -> tuple[str, ...]:
    return tuple(one.hex() for one in proof)

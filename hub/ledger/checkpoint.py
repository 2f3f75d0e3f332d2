"""Checkpoints: the head of the journal's tree, signed by the engine and kept in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, func, insert, select

from hub.ledger.append import Appending
from hub.store import session
from hub.store.tables import checkpoint, journal
from wire import notes, tlog
from wire.checkpoint import Checkpoint
from wire.keys import SigningKey

EVERY_MS = 60_000
"""A journal that has grown is signed at least so often."""
AT_ONCE = (
    # alarms
    "alarm-raised",
    "finding-written",
    "alarm-closed",
    # steps of a sealing
    "sealing-ordered",
    "sealing-badge",
    "sealing-arming",
    "sealing-confirmed",
    "sealed",
    "unsealed",
    "sealing-cancelled",
    "exception-signed",
    "unsealing-approved",
    "emergency-opened",
    "emergency-signed",
    "sealing-released",
    "certificate-made",
    # configuration and rights
    "journal-opened",
    "site-applied",
    "account-made",
    "password-set",
    "node-enrolled",
    "node-revoked",
    "alarms-set",
    "calendar-approved",
    "hub-restored",
    # an auditor waits for it
    "journal-exported",
)
"""Kinds of entries that are signed without delay: alarms, steps of a sealing, changes of configuration or rights."""
CHUNK = 1000


class Signed(NamedTuple):
    """A kept checkpoint. They are numbered in order, from 0 on."""

    number: int
    size: int
    origin: str
    note: bytes
    at: int
    """Wall time of the signature, in ms."""


class Signing:
    """Signs for the engine. `turn` is called again and again."""

    def __init__(self, database: Engine, key: SigningKey) -> None:
        """The name of `key` is the journal's origin."""
        self._database = database
        self._key = key
        self._signed_at: int | None = None
        self._looked_to = 0

    @property
    def origin(self) -> str:
        """The journal's origin."""
        return self._key.name

    def turn(self, now: int, mono: int, whatever: bool = False) -> bytes | None:
        """A new checkpoint over the whole journal, once it is due; with `whatever` as soon as there is any growth.

        `now` is wall time, `mono` a monotonic clock, both in ms.
        """
        with session.reading(self._database) as connection:
            head = Appending(connection)
            last = newest(connection)
            # Another origin's checkpoint says nothing under ours; a smaller head than the last one is for no signature.
            covered = last.size if last else 0
            if head.size <= covered:
                self._signed_at = mono
                return None
            late = self._signed_at is None or mono - self._signed_at >= EVERY_MS
            if not (whatever or late or self._urgent(connection, covered, head.size)):
                return None
        return self._sign(head, (self._key,), now, mono)

    def hand_over(self, successor: SigningKey, now: int, mono: int) -> bytes:
        """A checkpoint over the whole journal by the key in force and its successor, which signs alone from now on."""
        with session.reading(self._database) as connection:
            head = Appending(connection)
        note = self._sign(head, (self._key, successor), now, mono)
        self._key = successor
        return note

    def _sign(self, head: Appending, keys: Sequence[SigningKey], now: int, mono: int) -> bytes:
        text = Checkpoint(self.origin, head.size, tlog.root(head.frontier)).text()
        note = notes.join(text, [key.signature(text) for key in keys])
        with session.writing(self._database) as connection:
            number = connection.execute(select(func.max(checkpoint.c.id))).scalar()
            row = {"id": 0 if number is None else number + 1, "size": head.size, "note": note}
            connection.execute(insert(checkpoint), row | {"origin": self.origin, "at": now})
        self._signed_at = mono
        return note

    def _urgent(self, connection: Connection, covered: int, size: int) -> bool:
        begin, self._looked_to = max(covered, self._looked_to), size
        query = select(journal.c.idx).where(journal.c.idx >= begin, journal.c.kind.in_(AT_ONCE)).limit(1)
        return begin < size and connection.execute(query).first() is not None


def newest(connection: Connection) -> Signed | None:
    """The newest checkpoint that was signed."""
    query = select(checkpoint).order_by(checkpoint.c.id.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return _signed(row) if row else None


def first_over(connection: Connection, index: int) -> Signed | None:
    """The first checkpoint that covers entry `index`."""
    query = select(checkpoint).where(checkpoint.c.size > index).order_by(checkpoint.c.size, checkpoint.c.id).limit(1)
    row = connection.execute(query).one_or_none()
    return _signed(row) if row else None


def chunks(connection: Connection) -> Iterator[list[Signed]]:
    """All checkpoints, oldest first, some at a time."""
    after = -1
    while True:
        query = select(checkpoint).where(checkpoint.c.id > after).order_by(checkpoint.c.id).limit(CHUNK)
        found = [_signed(row) for row in connection.execute(query)]
        if not found:
            return
        yield found
        after = found[-1].number


def _signed(row: Row[Any]) -> Signed:
    return Signed(row.id, row.size, row.origin, bytes(row.note), row.at)

"""A checkpoint key a day, so that a thief of the hub cannot sign another yesterday: he finds only the key of today.

The order is all that counts. A new key is made and flushed to disk; an entry names it; the key in force and the new one
sign the first checkpoint over that entry together, and it is kept; the nodes countersign it; the old key is destroyed.
What comes next is read from the journal and from the folder of keys alone, so whenever the power goes, the next start
goes on from there. A private half that no entry names is worth nothing, and goes the way of the old ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum, auto
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, select

from hub.core.refusal import NotPossible
from hub.ledger import append, checkpoint_keys
from hub.ledger import checkpoint as ledger_checkpoint
from hub.ledger.checkpoint import Signing
from hub.store import entries, session
from hub.store.tables import journal
from wire import messages as m
from wire import notes
from wire.keys import KeyFileError

DAY_MS = 86_400_000
FEW = 4
"""Entries that are read at a time: the newest two or three are all that is asked for."""
AGAIN_MS = 5 * 60_000
"""How long after the disk or the journal has refused something it is tried again."""
PATIENCE_MS = 15 * 60_000
"""How long an old key is kept for want of countersignatures. Whoever keeps the nodes away cannot keep it longer."""


class Act(Enum):
    """What is to be done next."""

    REST = auto()
    """Nothing, or nothing yet."""
    BEGIN = auto()
    """Make a key, and name it in the journal."""
    HAND_OVER = auto()
    """Sign a checkpoint with the key in force and the one that is named, which is in force from then on."""
    DESTROY = auto()
    """Destroy every private half but that of the key in force."""
    STOP = auto()
    """The key in force is lost: nobody can sign, and nobody can name a successor."""


class KeySituation(NamedTuple):
    """All that decides the next act."""

    held: bool
    """The private half of the key in force is there."""
    named: bool
    """An entry names a successor, and no checkpoint over that entry is kept."""
    successor: bool
    """The successor's private half is there."""
    others: bool
    """There are further files beside that of the key in force."""
    witnessed: bool
    """The nodes know the key in force, or have had their time."""
    due: bool
    """The key in force was named on another day, by UTC."""


def next_act(found: KeySituation) -> Act:
    """What follows from what is found."""
    if not found.held:
        return Act.STOP
    if found.named:
        return Act.HAND_OVER if found.successor else Act.BEGIN
    if found.others:
        return Act.DESTROY if found.witnessed else Act.REST
    return Act.BEGIN if found.due else Act.REST


class Named(NamedTuple):
    """Checkpoint keys as the journal has them."""

    in_force: str
    """The public half of the key that signs."""
    entry: int
    """The index of the entry that names it."""
    since: int
    """Hub time of that entry, in ms."""
    successor: str | None
    """The newest key that is named and not in force yet."""

    @property
    def origin(self) -> str:
        """The journal's origin, which each of its keys is named by."""
        return notes.parse_key(self.in_force).name


NAMING = ("journal-opened", "checkpoint-key")
"""Kinds of fact that name a key."""


def _naming(connection: Connection) -> Iterator[Any]:
    """Entries that name keys, the newest first, a few at a time: there is one for each day."""
    columns = select(journal.c.idx, journal.c.note, journal.c.author, journal.c.hub_time)
    streams = [[journal.c.kind == kind] for kind in NAMING]
    before = None
    while found := entries.merged(connection, streams, entries.Wanted(before=before), FEW):
        for before in found:
            yield connection.execute(columns.where(journal.c.idx == before)).one()


def named(connection: Connection) -> Named:
    """The keys of the origin in force. Raises KeyFileError where no journal was opened."""
    last = ledger_checkpoint.newest(connection)
    covered = last.size if last else 0
    successor = None
    for row in _naming(connection):
        data = append.message_of(bytes(row.note), row.author).data
        if isinstance(data, m.JournalOpened):
            return Named(data.checkpoint_key, row.idx, row.hub_time, successor)
        if isinstance(data, m.CheckpointKey) and row.idx < covered:
            return Named(data.key, row.idx, row.hub_time, successor)
        if isinstance(data, m.CheckpointKey):
            successor = successor or data.key
    raise KeyFileError("the journal was never opened, so no key signs its checkpoints; run: strongroom site init")


class Rotation:
    """Changes keys for the engine, which has the folder for itself. `turn` is called again and again."""

    def __init__(
        self,
        database: Engine,
        folder: Path,
        signing: Signing,
        name: Callable[[str], None],
        witnessed: Callable[[Connection, int], bool],
    ) -> None:
        """`name` journals the public half of a new key; `witnessed` says whether a majority of the nodes has
        countersigned a checkpoint of so many entries, or a larger one.
        """
        self._database = database
        self._folder = folder
        self._signing = signing
        self._name = name
        self._witnessed = witnessed
        self._settled: int | None = None
        self._refused_at: int | None = None

    @property
    def refused(self) -> bool:
        """Whether disk or journal refused something at the last try. Until the next one the key in force goes on."""
        return self._refused_at is not None

    def turn(self, now: int, mono: int) -> Iterator[bytes]:
        """Do what there is to do, and give every checkpoint that is signed. `now` is wall time, `mono` monotonic (ms).

        Raises KeyFileError when the key in force is lost.
        """
        if self._refused_at is not None and mono - self._refused_at < AGAIN_MS:
            return
        try:
            yield from self._acts(now, mono)
        except (OSError, NotPossible):
            self._refused_at = mono
        else:
            self._refused_at = None

    def _acts(self, now: int, mono: int) -> Iterator[bytes]:
        begun = False
        while self._settled != now // DAY_MS:
            keys, found = self._look(now)
            match next_act(found):
                case Act.REST:
                    if not found.others:
                        self._settled = now // DAY_MS
                    return
                case Act.BEGIN if begun:
                    return  # while we worked, another day began
                case Act.BEGIN:
                    begun = True
                    self._name(str(checkpoint_keys.make(self._folder, self._signing.origin).public))
                case Act.HAND_OVER:
                    successor = checkpoint_keys.load(self._folder, keys.successor or "")
                    yield self._signing.hand_over(successor, now, mono)
                case Act.DESTROY:
                    for path in checkpoint_keys.others(self._folder, keys.in_force):
                        checkpoint_keys.destroy(path)
                case Act.STOP:
                    raise KeyFileError(
                        f"{self._folder}: the key in force, {keys.in_force}, is not there; its journal can only be"
                        " restored, under a new origin: strongroom hub backup, then restore into a new directory"
                    )

    def _look(self, now: int) -> tuple[Named, KeySituation]:
        with session.reading(self._database) as connection:
            keys = named(connection)
            first = ledger_checkpoint.first_over(connection, keys.entry)
            waited = first is None or not 0 <= now - first.at < PATIENCE_MS
            witnessed = waited or self._witnessed(connection, keys.entry + 1)
        found = KeySituation(
            held=checkpoint_keys.holds(self._folder, keys.in_force),
            named=keys.successor is not None,
            successor=keys.successor is not None and checkpoint_keys.holds(self._folder, keys.successor),
            others=any(checkpoint_keys.others(self._folder, keys.in_force)),
            witnessed=witnessed,
            due=keys.since // DAY_MS != now // DAY_MS,
        )
        return keys, found

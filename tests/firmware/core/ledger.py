"""The hub's journal as a witness sees it: signed heads, answers to questions, new keys, a hub that was put back."""

from __future__ import annotations

from functools import lru_cache
from itertools import count
from typing import NamedTuple

from firmware.core.proofs import Trust
from tests.support.journal import ORIGIN, SITE, HubSide, key
from wire import checkpoint, keys, notes, tlog
from wire import messages as m
from wire.keys import SigningKey

ENGINE = key(f"strongroom/{SITE}/engine/record")


class Named(NamedTuple):
    """An entry that names a checkpoint key."""

    entry: int
    key: str
    opens: bool


class Ledger:
    """A journal and its keys. Where it is copied, both copies have the same keys: that is how a fork is made."""

    def __init__(self, origin: str = ORIGIN, entries: tuple[bytes, ...] = ()) -> None:
        self.side = HubSide(origin)
        for entry in entries:
            self.side.put(entry)
        self.named: list[Named] = []
        self.signed: list[bytes] = []

    @property
    def entries(self) -> list[bytes]:
        return self.side.entries

    @property
    def newest(self) -> bytes:
        return self.signed[-1]

    @property
    def key(self) -> SigningKey:
        return self.side.checkpoint_keys[-1]

    def open(self) -> Ledger:
        """Its first entry and its first checkpoint."""
        self.named.append(Named(len(self.entries), str(self.side.root_key.public), opens=True))
        self.side.open()
        self.sign()
        return self

    def grow(self, by: int = 1, word: str = "x") -> bytes:
        """So many entries more, and a checkpoint."""
        for _ in range(by):
            self.side.put(f"{word} {len(self.entries)}\n\n— somebody AAAAAAAA\n".encode())
        return self.sign()

    def sign(self, *signers: SigningKey) -> bytes:
        self.signed.append(self.side.sign(*signers))
        return self.newest

    def rotate(self) -> bytes:
        """A new checkpoint key, named by an entry, and the checkpoint that both keys have signed."""
        index = len(self.entries)
        self.side.rotate()
        self.named.append(Named(index, str(self.key.public), opens=False))
        self.signed.append(self.side.checkpoints[-1])
        return self.newest

    def copy(self, entries: int | None = None) -> Ledger:
        """The same journal, or its beginning, under the same keys."""
        size = len(self.entries) if entries is None else entries
        other = Ledger(self.side.origin, tuple(self.entries[:size]))
        other.side.day, other.side.checkpoint_keys = self.side.day, list(self.side.checkpoint_keys)
        other.named = [one for one in self.named if one.entry < size]
        other.signed = [one for one in self.signed if size_of(one) <= size]
        return other

    def restored(self, size: int, number: int) -> Ledger:
        """A hub that was put back from a backup of this size, under a new origin."""
        other = Ledger(f"{ORIGIN}/{number}", tuple(self.entries[:size]))
        other.named = [one for one in self.named if one.entry < size]
        return other.open()

    # ------------------------------------------------------------ answers

    def answer(self, data: m.AskGrowth | m.AskInclusion, nonce: str) -> m.Proven:
        """What an honest hub with this journal says."""
        said = self.growth(data.size, data.key) if isinstance(data, m.AskGrowth) else self.inclusion(data)
        return proven(nonce, said)

    def growth(self, old: int, trusted: str) -> m.Growth:
        at = next((one.entry for one in self.named if one.key == trusted), -1)
        later = [one for one in self.named if one.entry > at]
        if at < 0:  # of an origin that was left, and this backup does not know it any longer
            later = [one for one in self.named if one.opens][-1:]
        if not later:
            return self.shows(self.newest, old)
        note = next(one for one in self.signed if size_of(one) > later[0].entry)
        under = [one for one in later if one.entry < size_of(note)]
        opening = [one for one in under if one.opens]
        named = (opening or under)[-1]
        return self.shows(note, 0 if opening else old, named)

    def shows(self, note: bytes, old: int, named: Named | None = None) -> m.Growth:
        size = size_of(note)
        proof = tlog.consistency_proof(old, size, self._read) if old <= size else []
        introduces = named and m.Introduction(
            entry=self.entries[named.entry].decode(),
            index=named.entry,
            inclusion=_hex(tlog.inclusion_proof(named.entry, size, self._read)),
        )
        return m.Growth(checkpoint=note.decode(), old=old, consistency=_hex(proof), introduces=introduces or None)

    def inclusion(self, data: m.AskInclusion) -> m.Inclusion | m.Growth:
        if data.size > len(self.entries):
            return self.shows(self.newest, data.size)
        proof = tlog.inclusion_proof(data.index, data.size, self._read)
        return m.Inclusion(index=data.index, size=data.size, inclusion=_hex(proof))

    def _read(self, height: int, index: int) -> bytes:
        first = index << height
        frontier: tlog.Frontier = ()
        for at, entry in enumerate(self.entries[first : first + (1 << height)]):
            frontier = tlog.append(at, frontier, tlog.leaf_hash(entry))
        return tlog.root(frontier)


def proven(nonce: str, said: m.Growth | m.Inclusion) -> m.Proven:
    return m.Proven(v=1, site=SITE, node="archive-1", nonce=nonce, data=said)


@lru_cache(maxsize=10_000)
def opened(note: bytes) -> checkpoint.Checkpoint:
    """What a checkpoint says. Machines ask for the same ones at every step."""
    return checkpoint.open_signed(note)[0]


def size_of(note: bytes) -> int:
    return opened(note).size


def root_of(note: bytes) -> bytes:
    return opened(note).root


def trust(papers: notes.VerifierKey | None = None) -> Trust:
    """What a node begins from whose papers were made on the first day. Nonces are numbered."""
    numbers = count(1)
    first = key(ORIGIN, "day-0").public
    return Trust(SITE, papers or first, ENGINE.public, keys.CHECKS, lambda: f"{next(numbers):032x}")


def _hex(proof: list[bytes]) -> tuple[str, ...]:
    return tuple(one.hex() for one in proof)

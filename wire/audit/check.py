"""The audit: one pass over an export, entry by entry, with nothing kept but keys, lives and the edge of the tree.

Every checkpoint's root is compared with the root of the entries themselves at that size, so all checkpoints are
consistent with each other and with what is read. PASS says that every entry there is stands under a checkpoint that
the hub's key in force has signed and a majority of the witnesses has countersigned.
"""

from __future__ import annotations

from typing import Callable, Iterator, List, Mapping, NamedTuple, Optional, Tuple

from wire import checkpoint, notes, tiles, tlog
from wire.audit import files, layout, plain
from wire.audit.accusations import Accusations
from wire.audit.entries import Entry
from wire.audit.keyring import Keyring
from wire.audit.layout import Compared, Folder
from wire.audit.papers import Certificates
from wire.audit.report import FAIL, PASS, UNPROVEN, Failure, Remarks, Report, Unproven
from wire.audit.roots import is_root
from wire.audit.seen import Comparison
from wire.paper import Seen

Kept = Tuple[checkpoint.Checkpoint, notes.Note, bytes]


class Options(NamedTuple):
    """What an auditor brings along."""

    seen: Tuple[Seen, ...] = ()
    roots: Tuple[str, ...] = ()
    """Root keys from paper: verifier keys, or six words of one. With none, the journal's own is shown, not judged."""
    progress: Callable[[int, int], None] = lambda done, size: None


def verify(folder: Folder, suites: Mapping[int, notes.Check], options: Options) -> Report:
    """Audit an export."""
    audit = _Audit(folder, suites, options)
    try:
        audit.run()
        verdict, code, why, entry = PASS, "proven", _proven(audit.tree.size), None
    except Failure as error:
        verdict, code, why, entry = FAIL, error.code, error.why, error.entry
    except Unproven as error:
        verdict, code, why, entry = UNPROVEN, error.code, error.why, audit.witnessed
    finally:
        audit.close()
    ring = audit.ring
    return Report(
        verdict=verdict,
        code=code,
        why=why,
        entry=entry,
        entries=audit.tree.size,
        signed=audit.signed,
        witnessed=audit.witnessed,
        checkpoints=audit.checkpoints,
        origin=ring.origin,
        root_key=str(ring.root) if ring.root else "",
        witnesses=sorted(node.name for node in ring.nodes.values() if node.active),
        unknown=ring.unknown,
        remarks=ring.remarks.kept,
        more_remarks=ring.remarks.count - len(ring.remarks.kept),
    )


def _proven(size: int) -> str:
    return f"proven up to entry {size - 1}; nothing here says that this is the newest"


class _Audit:
    """One audit under way."""

    def __init__(self, folder: Folder, suites: Mapping[int, notes.Check], options: Options) -> None:
        self._folder = folder
        self._suites = suites
        self._options = options
        self.ring = Keyring(suites, Remarks())
        self.tree = tiles.Growing()
        self.signed = self.witnessed = self.checkpoints = 0
        self._comparison = Comparison(options.seen)
        self._accusations = Accusations()
        self._certificates = Certificates(options.seen)
        self._newest = b""
        self._full: List[Tuple[tiles.Tile, bytes]] = []
        self._compared: List[Compared] = []
        self._waiting: Optional[Kept] = None

    def run(self) -> None:
        """Read everything. Returns when all is proven; raises Failure or Unproven."""
        self._newest = self._folder.read(layout.CHECKPOINT, notes.MAX_NOTE) or b""
        size = self._size()
        entries = layout.Entries(self._folder, size)
        self._compared = [Compared(self._folder, path) for path in (layout.CSV, layout.JSON_LINES)]
        self._compared[0].expect(plain.csv_head(), None)
        kept = layout.checkpoints(self._folder)
        self._waiting = next(kept, None)
        for note in entries:
            entry = self._take(note, entries.at)
            self._compare_tile(self.tree.size, size)
            self._compare_plain(entry)
            self._reached(kept)
            if self.tree.size % 64 == 1:
                self._options.progress(self.tree.size, size)
        self._finish(size)
        tail = sum(1 for _ in self._tail(entries.at))
        self._comparison.finish(self.tree.size, self.ring)
        self._judge(tail, entries.beyond, files.Counted(size, tail, self.checkpoints))

    def close(self) -> None:
        """Close all files."""
        for one in self._compared:
            one.close()

    def _size(self) -> int:
        if not self._newest:
            return 0
        try:
            return checkpoint.open_signed(self._newest)[0].size
        except notes.NoteError as error:
            raise Failure("checkpoint", f"{layout.CHECKPOINT}: {error}") from None

    def _take(self, note: bytes, entry_at: Callable[[int], bytes]) -> Entry:
        index = self.tree.size
        entry = self.ring.take(index, note, entry_at)
        self._accusations.hear(entry, self.ring)
        self._certificates.hear(entry)
        if index == 0 or entry.kind == "journal-opened":
            self._check_root()
        self._full = self.tree.append(tlog.leaf_hash(note))
        self._comparison.reached(self.tree, self.ring)
        return entry

    # ------------------------------------------------------------ what lies beside the entries

    def _compare_tile(self, done: int, size: int) -> None:
        for tile, content in self._full:
            self._expect_tile(tile, content)
        if done == size:
            for tile, content in self.tree.partial():
                self._expect_tile(tile, content)

    def _expect_tile(self, tile: tiles.Tile, content: bytes) -> None:
        path = tile.path()
        found = self._folder.read(path, tiles.WIDTH * tlog.HASH_SIZE)
        if found is None and tile.width < tiles.WIDTH:
            full = self._folder.read(tile._replace(width=tiles.WIDTH).path(), tiles.WIDTH * tlog.HASH_SIZE)
            found = full[: len(content)] if full else None
        if found is None:
            raise Failure("missing", f"{path} is missing", tile.start)
        if found != content:
            same = next(
                (at for at in range(0, len(content), tlog.HASH_SIZE) if content[at : at + 32] != found[at : at + 32]),
                len(content),
            )
            entry = tile.start + (same // tlog.HASH_SIZE << tiles.HEIGHT * tile.level)
            raise Failure("tile", f"{path} does not hold the hash of entry {entry}, or of entries from there", entry)

    def _compare_plain(self, entry: Entry) -> None:
        for compared, make in zip(self._compared, (plain.csv_line, plain.json_line)):
            if compared.there:
                compared.expect(make(entry), entry.number)

    def _finish(self, size: int) -> None:
        if self._waiting is not None:
            why = f"a checkpoint of {self._waiting[0].size} entries is kept, but the newest is of {size}"
            raise Failure("checkpoint", why, size)
        for one in self._compared:
            one.expect_end()
        if self.ring.origin:
            keys = Compared(self._folder, layout.KEYS)
            self._compared.append(keys)
            keys.expect(plain.keys_json(self.ring.site, self.ring.origin, self.ring.history), None)
            keys.expect_end()

    def _tail(self, entry_at: Callable[[int], bytes]) -> Iterator[Entry]:
        for note in layout.bundles(self._folder, layout.TAIL):
            yield self._take(note, entry_at)

    # ------------------------------------------------------------ checkpoints

    def _reached(self, kept: Iterator[Kept]) -> None:
        while self._waiting is not None and self._waiting[0].size <= self.tree.size:
            waiting, self._waiting = self._waiting, next(kept, None)
            try:
                self._check(*waiting)
            except notes.BadSignature as error:
                why = f"the checkpoint of size {waiting[0].size}: {error}"
                raise Failure("checkpoint-signature", why, self.signed) from None
            if self._waiting is None and waiting[2] != self._newest:
                why = f"{layout.CHECKPOINT} is not the newest of the kept checkpoints"
                raise Failure("checkpoint", why, self.signed)

    def _check(self, found: checkpoint.Checkpoint, parts: notes.Note, _note: bytes) -> None:
        size = found.size
        if found.origin != self.ring.origin:
            why = f"the checkpoint of size {size} is of {found.origin[:80]}, the journal of {self.ring.origin}"
            raise Failure("other-journal", why, self.signed)
        hub = [key for key in (self.ring.current, self.ring.next) if key is not None]
        signed = notes.signers(parts, hub, self._suites)
        if len(signed) < len(hub):
            missing = next(key for key in hub if key not in signed)
            why = f"the checkpoint of size {size} is not signed by the key in force then: {missing}"
            raise Failure("checkpoint-signature", why, self.signed)
        if found.root != self.tree.root:
            why = f"entries {self.signed} to {size - 1} are not those that the checkpoint of size {size} was made over"
            raise Failure("root", why, self.signed)
        witnesses = self.ring.witnesses()
        cosigned = checkpoint.cosignatures(parts, witnesses, self._suites)
        if len(parts.signatures) != len(signed) + len(cosigned):
            # A reader must pass over lines of unknown keys. The exporter has left them out, so here one is a change.
            why = f"the checkpoint of size {size} bears a line by a key that the journal does not name, or one twice"
            raise Failure("cosignature", why, self.signed)
        self.ring.confirm()
        self.signed = size
        self.checkpoints += 1
        if checkpoint.has_quorum(len(cosigned), len(witnesses)):
            self.witnessed = size

    # ------------------------------------------------------------ verdict

    def _check_root(self) -> None:
        key = self.ring.root
        said = self._options.roots
        if said and key is not None and not any(is_root(one, key) for one in said):
            where = self.tree.size
            raise Failure("root-key", f"entry {where} names another root key than the one on paper: {key}", where)

    def _judge(self, tail: int, beyond: bool, counted: files.Counted) -> None:
        size = self.tree.size
        known = files.listed(self._folder, self.ring, counted) if size else None
        if not self._newest or not self.signed:
            raise Unproven("no-checkpoint", "there is no checkpoint: nothing shows that these entries are the journal")
        self._certificates.judge(self.ring)
        if self._comparison.lost:
            raise Unproven("restored", self._comparison.lost)
        if len(self._options.roots) <= len(self.ring.former) and self.ring.former:
            why = f"the journal was opened anew at entry {self.ring.former[-1][0]}: hand in every root key from paper"
            raise Unproven("restored", why)
        self._accusations.judge(self._options.seen, bool(self._options.roots))
        if self.ring.of_old is not None:
            raise Unproven("no-rules", self.ring.of_old)
        if tail or beyond:
            first = self.signed if self.witnessed == self.signed else self.witnessed
            raise Unproven("tail", f"entries from {first} on came after the newest checkpoint, of size {self.signed}")
        if self.witnessed < size:
            why = f"no majority of the witnesses has countersigned a checkpoint over entries from {self.witnessed} on"
            raise Unproven("not-witnessed", why)
        if not self.ring.witnesses():
            raise Unproven("no-witness", "no node is enrolled: nobody but the hub itself stands for this journal")
        if size:
            files.check_nothing_else(self._folder, known, counted)

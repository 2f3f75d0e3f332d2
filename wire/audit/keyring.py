"""Whose key is whose, from the journal itself.

Entry 0 (`journal-opened`) names the root key, which is the first key of the checkpoints, and the keys of the hub's
services. From then on an entry signed by a key that is known names each new key: `checkpoint-key` and
`node-enrolled`. The root key's signature on the first checkpoint covers entry 0; a checkpoint key's successor must have
signed, together with it, the first checkpoint after the entry that names it. So whoever steals a later key cannot make
an earlier entry, and trust in the root key is enough.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, Optional, Set, Tuple

from wire import bounds, notes
from wire.audit import entries
from wire.audit.entries import Entry
from wire.audit.lives import Node
from wire.audit.report import Failure, Remarks
from wire.book import naming, rules

MOST_KINDS = 100
"""Kinds that are not known here, and are named."""
MOST_KEYS = 20_000
"""Keys and revocations that are listed; beyond them, none of nodes any longer."""

ENGINE = "engine"
"""It signs what others have asked for too; whether it may, the book of rules says."""
ADMIN = "admin"
"""Root's command signs a fact itself, some time before it is journalled."""

EntryAt = Callable[[int], bytes]
Named = Callable[["Keyring", Entry], None]


class Keyring:
    """Keys and lives as the journal so far has them. Entries are handed in one after the other."""

    def __init__(self, suites: Mapping[int, notes.Check], remarks: Optional[Remarks] = None) -> None:
        self.suites = suites
        self.remarks = remarks or Remarks()
        self.site = ""
        self.origin = ""
        self.former: List[Tuple[int, str, str]] = []
        """Origins that a restored hub has left: entry, origin, the checkpoint that the new opening quotes."""
        self.root: Optional[notes.VerifierKey] = None
        self.current: Optional[notes.VerifierKey] = None
        self.next: Optional[notes.VerifierKey] = None
        """Checkpoint key that an entry has named and that no checkpoint has confirmed yet."""
        self.services: Dict[str, notes.VerifierKey] = {}
        self.nodes: Dict[str, Node] = {}
        self.history: List[Dict[str, Any]] = []
        self._witnesses: Optional[List[notes.VerifierKey]] = None
        self._named: Set[str] = set()
        """Every checkpoint key, as it is written."""
        self._cut = False
        self._checkpoint_keys: Dict[Tuple[str, bytes], notes.VerifierKey] = {}
        self._time = 0
        self.rules = rules.OF_OLD
        """Number of the rules in force."""
        self.of_old: Optional[str] = None
        """The first entry from before there were rules that none would let in."""
        self.unknown: Dict[str, int] = {}
        """Kinds, and numbers of rules, that are not known here -> how many entries were taken by form and signer
        alone."""

    def take(self, index: int, note: bytes, entry_at: EntryAt) -> Entry:
        """Check one entry: form, signature under the key that may sign it, place in its node's life. Raises Failure."""
        entry = entries.read(index, note, self.rules)
        self.rules = entry.rules
        if index == 0:
            self._first(entry)
        if entry.body["site"] != self.site:
            raise Failure("site", f"entry {index} is of another site", index)
        signer = self._check_signature(entry)
        if entry.of_node:
            self._judge(entry, self.nodes[entry.author].take(entry, self.remarks))
            return entry
        self._judge(entry, "")
        if not rules.newest().may_sign(entry.kind, entry.author, signer):
            raise Failure(
                "signer", f"a fact of kind {entry.kind} by {entry.author} may not be signed by {signer}", index
            )
        self._look_at_clock(entry, bounds.LONGEST_BRINGING if signer == ADMIN else 0)
        try:
            if entry.kind == "equivocation":
                self._equivocation(entry, entry_at)
            elif entry.kind in _NAMES_KEYS:
                _NAMES_KEYS[entry.kind](self, entry)
        except ValueError as error:
            raise Failure(entry.kind, f"entry {index} ({entry.kind}): {error}", index) from None
        return entry

    def _judge(self, entry: Entry, why: str) -> None:
        """Keep in mind what of the entry the book of rules cannot vouch for."""
        doubt = entry.doubt or why
        if doubt and self.of_old is None:
            self.of_old = (
                f"entry {entry.number} by {entry.author} is from before there were rules, and breaks them: {doubt}"
            )
        if entry.known or len(self.unknown) >= MOST_KINDS:
            return
        kind = entry.kind if entry.rules <= rules.NEWEST else f"rules {entry.rules}"
        self.unknown[kind] = self.unknown.get(kind, 0) + 1

    def witnesses(self) -> List[notes.VerifierKey]:
        """Keys of the nodes that may countersign now; a key that two nodes claim counts once."""
        if self._witnesses is None:
            held = [node.witness_key for node in self.nodes.values() if node.active]
            # The first that has brought a key keeps it: whoever names it too takes nobody's voice away.
            self._witnesses = list({key.public: key for key in reversed(held) if key is not None}.values())[::-1]
        return self._witnesses

    def vouches(self, parts: notes.Note) -> bool:
        """Whether a checkpoint key that the journal names, now or once, has signed this checkpoint."""
        names = [(one.name, one.key_id) for one in parts.signatures]
        known = [self._checkpoint_keys[one] for one in names if one in self._checkpoint_keys]
        try:
            return bool(notes.signers(parts, known, self.suites))
        except notes.BadSignature:
            return False

    def confirm(self) -> None:
        """A checkpoint bears both keys: from now on only the new one counts."""
        if self.next is not None:
            self.current, self.next = self.next, None

    def _check_signature(self, entry: Entry) -> str:
        """Who has signed it: its node, the service that brought it, or the engine. Raises Failure."""
        signer = entry.author
        if entry.of_node:
            node = self.nodes.get(entry.author)
            if node is None or not node.active:
                how = "was never enrolled" if node is None else "has been revoked"
                raise Failure(
                    "signer", f"entry {entry.number} is a record of {entry.author}, which {how}", entry.number
                )
            key = node.record_key
        else:
            # The first that is named: where one key serves for two, the fact is of whom it says.
            either = (one for one in (entry.author, ENGINE) if entries.names(entry.parts, self.services.get(one)))
            signer = next(either, entry.author)
            key = self.services.get(signer)
        try:
            if key is None:
                raise notes.UnknownSigner(f"no key of {entry.author} is known")
            entries.check_signer(entry.parts, key, self.suites)
        except notes.BadSignature as error:
            raise Failure("signature", f"entry {entry.number} by {entry.author}: {error}", entry.number) from None
        except notes.NoteError as error:
            raise Failure("signer", f"entry {entry.number} by {entry.author}: {error}", entry.number) from None
        return signer

    def _look_at_clock(self, entry: Entry, under_way: int) -> None:
        """`under_way`: milliseconds that the entry may have been on its way since it was signed."""
        behind = self._time - entry.body["time"]
        if behind > under_way:
            self.remarks.add(entry.number, f"the hub's clock went back by {behind / 1000:.3f} s")
        elif behind > 0:
            return
        self._time = entry.body["time"]

    # ------------------------------------------------------------ entries that name keys

    def _first(self, entry: Entry) -> None:
        if entry.of_node or entry.kind != "journal-opened":
            raise Failure("origin", "entry 0 does not open a journal (journal-opened)", 0)
        self.site = entry.body["site"]
        try:
            # The entry names the key that signs it, and the checkpoint that the root key has signed covers the entry.
            self.services = self._services(entry)
        except ValueError as error:
            raise Failure("journal-opened", f"entry 0 (journal-opened): {error}", 0) from None

    def _opened(self, entry: Entry) -> None:
        origin = entries.text(entry.data.get("origin"))
        origin.encode()  # a lone surrogate is no text
        naming.check_origin(origin, [self.origin, *(former for _, former, _ in self.former)])
        if entry.number:
            quotes = entries.text(entry.data.get("quotes"))
            self.former.append((entry.number, self.origin, quotes))
            self.remarks.add(entry.number, "the hub was put back from a backup, and opened a new origin")
        self.origin = origin
        self.root = self.current = self._sign_checkpoints(entry, entry.data.get("checkpoint_key"))
        self.next = None
        self.services = self._services(entry)
        for service in sorted(self.services):
            self._note_key(entry, service, self.services[service])

    def _checkpoint_key(self, entry: Entry) -> None:
        self.next = self._sign_checkpoints(entry, entry.data.get("key"))

    def _enrolled(self, entry: Entry) -> None:
        name = entries.name(entry.data.get("node"))
        naming.check_node(name, len(self.nodes) - (name in self.nodes))
        node = self.nodes.get(name) or Node(name)
        record = self._key(entry.data.get("record_key"))
        witness = naming.witness_key(entries.text(entry.data.get("witness_key")), self.suites)
        life, last = entries.number(entry.data.get("life")), entries.number(entry.data.get("last_seq"))
        node.enrol(life, last, record, witness, self.remarks)
        self.nodes[name], self._witnesses = node, None
        key = str(record)
        self._list_node({"entry": entry.number, "of": name, "key": key, "life": life, "witness_key": str(witness)})

    def _revoked(self, entry: Entry) -> None:
        name = entries.name(entry.data.get("node"))
        if name in self.nodes:  # papers may be voided whose node never got as far as its enrolment
            self.nodes[name].revoked, self._witnesses = True, None
        self._list_node({"entry": entry.number, "revoked": name})

    def _sign_checkpoints(self, entry: Entry, value: Any) -> notes.VerifierKey:
        key = naming.checkpoint_key(entries.text(value), self.suites, self._named)
        self._named.add(str(key))
        self._checkpoint_keys[key.name, key.key_id] = key
        self._note_key(entry, "checkpoint", key)
        return key

    def _note_key(self, entry: Entry, use: str, key: notes.VerifierKey) -> None:
        self.history.append({"entry": entry.number, "of": use, "key": str(key)})

    def _list_node(self, row: Dict[str, Any]) -> None:
        # Whoever may revoke may do so as often as he likes: that fills no memory, and spoils no proof.
        if len(self.history) < MOST_KEYS:
            self.history.append(row)
        elif not self._cut:
            self._cut = True
            self.remarks.add(
                row["entry"], f"{MOST_KEYS} keys and revocations are listed, and no more of nodes from here"
            )

    def _services(self, entry: Entry) -> Dict[str, notes.VerifierKey]:
        named = entry.data.get("services")
        if not isinstance(named, dict):
            raise ValueError("it names no keys of services")
        return naming.service_keys({name: entries.text(key) for name, key in named.items()}, self.suites)

    def _key(self, value: Any) -> notes.VerifierKey:
        return naming.signing_key(entries.text(value), self.suites)

    # ------------------------------------------------------------ a node that has said two things

    def _equivocation(self, entry: Entry, entry_at: EntryAt) -> None:
        data = entry.data
        node = self.nodes.get(entries.name(data.get("node")))
        if node is None or node.record_key is None or entries.number(data.get("life")) != node.standing.life:
            raise ValueError("the life that it is about is not in force")
        other = entries.read(entry.number, entries.text(data.get("other")).encode(), entry.rules)
        try:
            entries.check_signer(other.parts, node.record_key, self.suites)
        except notes.NoteError as error:
            raise ValueError(f"what it accuses {node.name} of was not signed by it: {error}") from None
        numbers = data["node"], data["life"], entries.number(data.get("seq"))
        if (other.body.get("node"), other.body.get("life"), other.body.get("seq")) != numbers:
            raise ValueError("the second record has another number than it says")
        if data.get("kept") == -1:
            if entry.rules != rules.OF_OLD and not node.contradicted_by(other):
                raise ValueError(f"the second record contradicts nothing that {node.name} has said")
        else:
            kept = entries.number(data.get("kept"))
            if kept >= entry.number:
                raise ValueError("the first record comes only after it")
            first = entries.read(kept, entry_at(kept), rules.OF_OLD)
            same = first.parts.text == other.parts.text
            if same or (first.body.get("node"), first.body.get("life"), first.body.get("seq")) != numbers:
                raise ValueError(f"entry {kept} is not another record of the same number")
        self.remarks.add(entry.number, f"{node.name} has signed two different records of number {numbers[2]}")


_NAMES_KEYS: Mapping[str, Named] = {
    "journal-opened": Keyring._opened,
    "checkpoint-key": Keyring._checkpoint_key,
    "node-enrolled": Keyring._enrolled,
    "node-revoked": Keyring._revoked,
}

"""A small genuine journal, made without the engine: signed entries, checkpoints, cosignatures, lives and a rotation."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.ledger import export
from hub.ledger.export import Journal
from wire import checkpoint, notes, tlog
from wire import messages as m
from wire.book import rules
from wire.keys import SigningKey

SITE = "demo"
ORIGIN = "strongroom/demo/journal"
BEGIN = 1_780_000_000_000


def key(name: str, seed: str = "") -> SigningKey:
    """A key that is the same in every run."""
    return SigningKey(name, Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"{name}/{seed}".encode()).digest()))


class NodeSide:
    """A node: its keys and where it is in its life."""

    def __init__(self, name: str, seed: str = "") -> None:
        self.name = name
        self.record_key = key(f"strongroom/{SITE}/{name}/record", seed)
        self.witness_key = key(f"strongroom/{SITE}/{name}/witness", seed)
        self.life = self.seq = 0
        self.prev = ""
        self.boot = "boot-1"
        self.mono = 0

    def record(self, data: m.Data | dict[str, Any], wall: int, **changed: Any) -> bytes:
        """The next record, signed; the node goes on by it."""
        self.seq += 1
        self.mono += 250
        said = data if isinstance(data, dict) else msgspec.to_builtins(data)
        body = {
            "v": 1,
            "site": SITE,
            "node": self.name,
            "life": self.life,
            "boot": self.boot,
            "seq": self.seq,
            "mono": self.mono,
            "wall": wall,
            "clock": "trusted",
            "prev": self.prev,
            "data": said,
        }
        text = line({**body, **changed})
        self.prev = notes.text_hash(text)
        return self.record_key.sign(text)


class HubSide:
    """The hub: its keys, its journal and what it has signed."""

    def __init__(self, origin: str = ORIGIN, seed: str = "", signing: tuple[str, ...] = rules.SERVICES) -> None:
        """`signing`: the services whose keys the journal names; the engine signs for the others."""
        self.origin = origin
        self.seed = seed
        self.services = {name: key(f"strongroom/{SITE}/{name}/record", seed) for name in signing}
        self.day = 0
        self.checkpoint_keys = [self.root_key]
        self.entries: list[bytes] = []
        self.checkpoints: list[bytes] = []
        self.nodes: dict[str, NodeSide] = {}
        self.frontier: tlog.Frontier = ()
        self.time = BEGIN
        self.beside: dict[str, bytes] = {}
        self.rules = rules.NEWEST

    @property
    def root_key(self) -> SigningKey:
        return key(self.origin, f"{self.seed}day-0")

    def open(self, quotes: str = "") -> None:
        """The first entry under an origin."""
        self.fact(
            {
                "kind": "journal-opened",
                "origin": self.origin,
                "checkpoint_key": str(self.checkpoint_keys[-1].public),
                "services": {name: str(one.public) for name, one in self.services.items()},
                "quotes": quotes,
                "rules": self.rules,
            },
            "admin",
        )

    def put(self, note: bytes) -> int:
        """Append an entry as it is."""
        self.frontier = tlog.append(len(self.entries), self.frontier, tlog.leaf_hash(note))
        self.entries.append(note)
        return len(self.entries) - 1

    def fact(self, data: m.Data | dict[str, Any], by: str = "engine", person: int | None = None, **changed: Any) -> int:
        """Append a fact."""
        self.time += 1000
        said = data if isinstance(data, dict) else msgspec.to_builtins(data)
        body = {"v": 1, "site": SITE, "by": by, "time": self.time, "person": person, "data": said}
        signer = self.services.get(by) or self.services["engine"]
        return self.put(signer.sign(line({**body, **changed})))

    def enrol(self, node: NodeSide) -> None:
        """Open a node's next life."""
        last, node.life = node.seq, node.life + 1
        node.seq, node.prev = 0, ""
        self.nodes[node.name] = node
        self.fact(
            m.NodeEnrolled(
                node=node.name,
                life=node.life,
                record_key=str(node.record_key.public),
                witness_key=str(node.witness_key.public),
                serial="1f",
                last_seq=last,
            ),
            "admin",
        )

    def record(self, node: NodeSide, data: m.Data | dict[str, Any], **changed: Any) -> int:
        """Append a node's next record."""
        self.time += 200
        return self.put(node.record(data, self.time, **changed))

    def sign(self, *keys: SigningKey, size: int | None = None) -> bytes:
        """A checkpoint over the journal as it stands."""
        made = checkpoint.Checkpoint(self.origin, len(self.entries), tlog.root(self.frontier))
        lines = [notes.split(one.sign(made.text())).signatures[0] for one in keys or self.checkpoint_keys[-1:]]
        return notes.join(made.text(), lines)

    def check_point(self, *keys: SigningKey, witnesses: tuple[NodeSide, ...] | None = None) -> bytes:
        """Sign a checkpoint, have it countersigned, keep it."""
        parts = notes.split(self.sign(*keys))
        ask = self.nodes.values() if witnesses is None else witnesses
        lines = [*parts.signatures, *(cosignature(node, parts.text, self.time // 1000) for node in ask)]
        self.checkpoints.append(notes.join(parts.text, lines))
        return self.checkpoints[-1]

    def rotate(self) -> None:
        """A new checkpoint key: named by an entry, confirmed by a checkpoint under both."""
        self.day += 1
        self.checkpoint_keys.append(key(self.origin, f"{self.seed}day-{self.day}"))
        self.fact({"kind": "checkpoint-key", "key": str(self.checkpoint_keys[-1].public)})
        self.check_point(*self.checkpoint_keys[-2:])

    def export(self) -> dict[str, bytes]:
        """The files of an export."""
        sink = export.InMemory()
        export.fill(sink, self.journal())
        return sink.files

    def journal(self) -> Journal:
        sign = self.services["admin"].sign
        return Journal(self.entries, self.entries.__getitem__, self.checkpoints, self.beside, sign)


def line(body: dict[str, Any]) -> bytes:
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def cosignature(node: NodeSide, text: bytes, time: int) -> notes.Signature:
    public = checkpoint.witness_key(node.witness_key.public)
    return checkpoint.cosign(public, text, time, node.witness_key.private.sign)


def story(signing: tuple[str, ...] = rules.SERVICES) -> HubSide:
    """Two nodes in several lives, an alarm, an equivocation, lost records, a revocation and a rotation."""
    hub = HubSide(signing=signing)
    hub.open()
    hub.check_point()
    one, two, three = NodeSide("archive-1"), NodeSide("archive-2"), NodeSide("safe-1")
    for node in (one, two, three):
        hub.enrol(node)
    hub.check_point()
    started = m.Started(version="0.1", factory="simulated", plan=0, sealed=())
    hub.record(one, started)
    hub.record(two, started)
    opened = hub.record(one, level("archive/door", "normal", "active"))
    hub.fact(
        m.AlarmRaised(
            alarm=1,
            what="opened",
            klass="alarm",
            priority=1,
            place="archive/door",
            area="archive",
            sealing=1,
            happened=hub.time,
            late=False,
            cause=opened,
        )
    )
    hub.check_point()
    kept = hub.record(two, level("cabinet/door", "normal", "active"))
    two.seq, saved = two.seq - 1, (two.prev, two.mono)
    other = two.record(level("cabinet/door", "normal", "short"), hub.time)
    two.prev, two.mono = saved
    hub.fact(m.Equivocation(node=two.name, life=1, seq=2, kept=kept, other=other.decode()))
    hub.fact(m.AlarmClosed(alarm=1, finding_cause="forgotten", finding="门未关好"), "console", person=7)
    hub.rotate()
    two.seq += 3
    two.prev = ""
    hub.record(two, m.CannotFill(first=3, last=6, last_hash="ab" * 32))
    two.prev = "ab" * 32
    hub.record(two, level("cabinet/door", "active", "normal"))
    hub.enrol(one)
    hub.record(one, started)
    two.life, two.seq, two.prev = two.life + 1, 0, ""
    hub.record(two, m.RolledBack(hub_life=1, hub_seq=7, hub_hash="cd" * 32, own_seq=3, own_hash="ef" * 32))
    hub.record(two, level("cabinet/door", "normal", "active"))
    hub.check_point()
    hub.fact(m.NodeRevoked(node=three.name, reason="stolen"), "admin")
    del hub.nodes[three.name]
    hub.fact(m.SignedIn(person=7), "console")
    hub.rotate()
    for number in range(8):
        hub.record(one, level("archive/door", "normal", "active" if number % 2 else "short"))
    hub.check_point()
    return hub


def level(point: str, was: Any, now: Any) -> m.LevelChanged:
    return m.LevelChanged(point=point, was=was, now=now, at=100)

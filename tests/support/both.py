"""A hub and a verifier over one journal: what one of them takes, the other is asked about.

The hub is the real one from opening to folding, with a journal in memory; the verifier is the key ring of an audit. A
`Parted` says that one took what the other refused.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from hub.core.journal import brought, machine, unjudged
from hub.core.journal.machine import Machine
from hub.core.journal.requests import Actor
from hub.core.refusal import NotPossible
from hub.core.state import State
from hub.engine import inbound
from tests.support.journal import ORIGIN, SITE, HubSide, NodeSide, key
from tests.support.paper import NOON, at_any_hour
from wire import checkpoint, keys, notes, topics
from wire import messages as m
from wire.audit.keyring import Keyring
from wire.audit.report import Failure
from wire.book import reading, rules
from wire.link import Arrived

SUITES = checkpoint.checks(lru_cache(maxsize=None)(keys.check_ed25519))
"""A check is a function of its arguments, and the same notes come again."""


class Parted(AssertionError):
    """Hub and verifier do not agree over an entry."""


class Pages:
    """The journal of the hub, in memory and signed, and the numbers in it."""

    def __init__(self) -> None:
        self.notes: list[bytes] = []
        self.by: m.Service = "engine"
        self._numbers: dict[tuple[str, int, int], tuple[int, str]] = {}

    @property
    def size(self) -> int:
        return len(self.notes)

    def keep(self, note: bytes, text_hash: str, message: m.Record | m.Fact) -> int:
        if isinstance(message, m.Record):
            self._numbers[message.node, message.life, message.seq] = self.size, text_hash
        self.notes.append(note)
        return self.size - 1

    def write(self, text: bytes, text_hash: str, fact: m.Fact) -> int:
        self.notes.append(sign(self.by, text))
        return self.size - 1

    def find(self, node: str, life: int, seq: int) -> tuple[int, str] | None:
        return self._numbers.get((node, life, seq))

    def take_back(self, size: int) -> None:
        del self.notes[size:]


@cache
def service_key(name: str) -> keys.SigningKey:
    return HubSide().services[name]


@cache
def sign(name: str, text: bytes) -> bytes:
    """Ed25519 gives one signature for one text."""
    return service_key(name).sign(text)


def opened() -> m.JournalOpened:
    """The first entry of a journal."""
    services: dict[str, str] = {name: str(service_key(name).public) for name in m.SERVICES}
    root = str(key(ORIGIN, "day-0").public)
    return m.JournalOpened(origin=ORIGIN, checkpoint_key=root, services=services, rules=rules.NEWEST)


def enrolment(who: NodeSide, life: int = 1, last_seq: int = 0, **changed: str) -> m.NodeEnrolled:
    """What the hub is asked to write when a node begins a life."""
    keys_of = {"record_key": str(who.record_key.public), "witness_key": str(who.witness_key.public)}
    said = {"node": who.name, "serial": "1f", **keys_of, **changed}
    return m.NodeEnrolled(life=life, last_seq=last_seq, **said)


class Both:
    """A hub that has opened its journal and enrolled two nodes, and a verifier that has read as much."""

    def __init__(self, *names: str) -> None:
        self.state = State()
        self.pages = Pages()
        self.ring = Keyring(SUITES)
        self.time = NOON
        self._verifier = inbound.Verifier(SITE, lambda note: False)
        self.does("admin", opened())
        self.nodes = {name: NodeSide(name) for name in names or ("archive-1", "safe-1")}
        for node in self.nodes.values():
            self.does("admin", enrolment(node))
            node.life = 1

    @property
    def node(self) -> NodeSide:
        return next(iter(self.nodes.values()))

    def life(self, name: str = "archive-1") -> Any:
        return self.state.life(name)

    # ---- what the hub makes of it

    def open(self, note: bytes, topic: str = "archive-1") -> Any:
        """What a note is that comes under a node's topic: an arrival, or why it is bad."""
        return self._verifier.record(Arrived(topics.record(SITE, topic), note, 1, 1, False), self.state)

    def arrive(self, arrival: Any) -> bool:
        """Whether the hub takes it into its journal."""
        if isinstance(arrival, inbound.Bad):
            return False
        done = self._transaction("engine").arrive(arrival)
        self.state.settle()
        return done in ("next", "new-life")

    def does(self, service: m.Service, *wanted: m.FactData, person: int | None = None) -> None:
        """The hub takes requests in; the verifier takes all that it makes of them."""
        before, transaction = self.pages.size, self._transaction(service)
        for one in wanted:
            transaction.ask(Actor(service, person, frozenset({"administrator"})), one)
        self.state.settle()
        self.follow(before)

    def asks(self, wanted: m.FactData, service: m.Service = "admin", signer: m.Service | None = None) -> bool:
        """Whether the hub takes a request in, under the key of whoever asks unless it is another's. Else nothing is
        changed."""
        transaction = self._transaction(signer or service)
        size = self.pages.size
        try:
            with self.state.attempt():
                transaction.ask(Actor(service), wanted)
        except NotPossible:
            self.pages.take_back(size)
            return False
        self.state.settle()
        return True

    def brings(self, note: bytes) -> bool:
        """Whether the engine journals what root's command has signed. Else nothing is changed."""
        size = self.pages.size
        try:
            with self.state.attempt():
                found = brought.opened(note, service_key("admin").public, SITE)
                self._transaction("engine").bring(found)
        except NotPossible:
            self.pages.take_back(size)
            return False
        self.state.settle()
        return True

    def decides(self, service: m.Service, fact: m.FactData) -> bool:
        """Whether the hub writes a fact that a rule of its own has come to."""
        self._transaction(service).decide(lambda _state, _site: iter([fact]))
        self.state.settle()
        return True

    def _transaction(self, service: m.Service) -> Machine:
        self.pages.by = service
        self.time += 20_000
        return machine.Machine(
            self.state, self.pages, lambda version: at_any_hour(), SITE, service, self.time, unjudged.Told()
        )

    # ---- what the verifier makes of it

    def verifier_takes(self, note: bytes, index: int | None = None) -> bool:
        try:
            self.ring.take(self.pages.size if index is None else index, note, self.pages.notes.__getitem__)
        except Failure:
            return False
        return True

    def follow(self, since: int) -> None:
        """The verifier takes what the hub has appended since then. Raises Parted."""
        for index in range(since, self.pages.size):
            if not self.verifier_takes(self.pages.notes[index], index):
                raise Parted(f"the hub has appended what the verifier refuses: {self.pages.notes[index][:2000]!r}")

    # ---- both

    def compare(self, note: bytes, topic: str = "archive-1") -> bool:
        """Each is asked once, and both go on alike; whether they take it. Raises Parted."""
        return self.compare_arrival(self.open(note, topic), note)

    def compare_arrival(self, arrival: Any, note: bytes) -> bool:
        """The same, of what was opened before."""
        before = self.pages.size
        taken = self.arrive(arrival)
        self.follow(before)
        # A kind that the book does not know the verifier takes: it reads what later hubs have written.
        if not taken and in_the_book(note) and self.verifier_takes(note):
            raise Parted(f"the verifier takes what the hub refuses: {note[:2000]!r}, {arrival}")
        return taken

    def compare_asked(self, fact: m.FactData, service: m.Service = "admin") -> bool:
        """A request is put to the hub, and the fact that it asks for to the verifier."""
        before = self.pages.size
        taken = self.asks(fact, service)
        self.follow(before)
        if not taken and self.verifier_takes(sign(service, self.text(fact, service))):
            raise Parted(f"the verifier takes what the hub refuses: {fact}")
        return taken

    def compare_brought(self, fact: m.FactData, signer: m.Service = "admin") -> bool:
        """A fact that root's command has signed, or whoever says so, put to both. Whether they take it."""
        before, note = self.pages.size, sign(signer, self.text(fact, "admin"))
        taken = self.brings(note)
        self.follow(before)
        if taken:
            assert self.pages.notes[before] == note, "byte for byte"
        elif self.verifier_takes(note):
            raise Parted(f"the verifier takes what the hub refuses: {fact}")
        return taken

    def compare_decided(self, service: m.Service, fact: m.FactData) -> bool:
        """A fact that a rule of the hub has come to, put to the verifier as well. Whether it stands there."""
        before = self.pages.size
        self.decides(service, fact)
        self.follow(before)
        said = m.encode(fact).rstrip()
        taken = any(said in note for note in self.pages.notes[before:])
        if not taken and self.verifier_takes(sign(service, self.text(fact, service))):
            raise Parted(f"the verifier takes what the hub does not write: {service}, {fact}")
        return taken

    def text(self, fact: m.FactData, service: m.Service) -> bytes:
        return m.encode(m.Fact(v=1, site=SITE, by=service, time=self.time, person=None, data=fact))


def in_the_book(note: bytes) -> bool:
    """Whether it is of a kind that the book of rules knows, or not even an entry."""
    try:
        return reading.read(notes.split(note).text).known
    except ValueError:
        return True

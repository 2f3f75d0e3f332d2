"""The door to the truth: a batch of facts goes in, and everything that follows is committed in one transaction.

Load, decide, append, save. No signature is checked, no password hashed and nothing sent while a transaction is open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, select

from hub.core import doubt, fold, pseudonyms, requests, sequence
from hub.core.judge import judge
from hub.core.sequence import Verdict
from hub.core.site_document import Site
from hub.core.state import Entry, State
from hub.ledger.append import Appending
from hub.store import queries, rows, session
from hub.store.faults import unreadable
from hub.store.tables import site_document
from wire import messages as m
from wire import notes
from wire.keys import SigningKey

NO_SITE = Site(name="none", title="", timezone="UTC", hub=())
"""What the site is before a document is applied."""

EQUIVOCATION_MS = 10_000
"""Of a node that says different things under one number, one such record in 10 s is kept whole."""


class Arrival(NamedTuple):
    """A node's record whose signature is good: its bytes, what they say, their text hash, and the key that signed; and
    why it is doubted, where that was found when it was opened."""

    note: bytes
    record: m.Record
    hash: str
    key: str
    doubt: m.Doubt | None = None


class Outcome(NamedTuple):
    """What was committed: the size of the journal after it, the state as it stands then (for reading only), what became
    of each arrival, and the facts that followed."""

    size: int
    state: State
    verdicts: list[Verdict]
    facts: list[m.FactData]


class Service:
    """Writes the journal in the name of one service of the hub. Not to be shared between threads."""

    def __init__(
        self, database: Engine, signer: SigningKey, name: m.Service, site: str, clock: Callable[[], int]
    ) -> None:
        """`clock` gives milliseconds since 1970; `signer` is the record key of the service `name`."""
        self._database = database
        self._signer = signer
        self._name: m.Service = name
        self._site_name = site
        self._clock = clock
        # Every change of state is an entry, so a state is current exactly as long as the journal has the size that it
        # was folded at. The size is read inside each transaction; anything else is loaded anew.
        self._known: tuple[int, State] | None = None
        self._site: tuple[int, Site] = (0, NO_SITE)
        self._former: tuple[int, Site] = (0, NO_SITE)

    def take(self, arrivals: Sequence[Arrival]) -> Outcome:
        """Commit records of nodes, in order, each exactly once."""
        verdicts: list[Verdict] = []
        with self._transaction() as batch:
            verdicts.extend(batch.arrive(arrival) for arrival in arrivals)
        return Outcome(batch.size, batch.state, verdicts, batch.facts)

    def act(
        self, actor: requests.Actor, *wanted: m.FactData, beside: Callable[[Connection], None] | None = None
    ) -> Outcome:
        """Commit what a person or a service asks for. Raises NotPossible, and then nothing of it is changed.

        `beside` writes what belongs to it but lies beside the journal, such as names, in the same transaction.
        """
        with self._transaction() as batch:
            wanted = tuple(_without_names(batch.connection, request) for request in wanted)
            if beside:
                beside(batch.connection)
            for request in wanted:
                batch.add(requests.accept(batch.state, batch.site, actor, request), actor.person)
        return Outcome(batch.size, batch.state, [], batch.facts)

    def decide(self, rule: Callable[[State, Site], Iterator[m.FactData]]) -> Outcome:
        """Commit what follows from the state as it stands now, such as deadlines that have passed."""
        with self._transaction() as batch:
            for fact in rule(batch.state, batch.site):
                batch.add(fact, None)
        return Outcome(batch.size, batch.state, [], batch.facts)

    def look(self) -> tuple[State, Site]:
        """The state and the site as they stand, for reading only."""
        with session.reading(self._database) as connection:
            size = Appending(connection).size
            if self._known is None or self._known[0] != size:
                self._known = (size, rows.load(connection))
            state = self._known[1]
            self._site = _site_of(connection, state, self._site)
            return state, self._site[1]

    def former(self, connection: Connection, version: int) -> Site:
        """A site document that was in force; the last of them is kept at hand."""
        if self._former[0] != version:
            self._former = (version, _document(connection, version))
        return self._former[1]

    @contextmanager
    def _transaction(self) -> Iterator[_Batch]:
        known, site = self._known, self._site
        self._known, self._site = None, (0, NO_SITE)  # whatever goes wrong, nothing stale is kept
        with session.writing(self._database) as connection:
            appending = Appending(connection)
            state = known[1] if known and known[0] == appending.size else rows.load(connection)
            batch = _Batch(self, connection, appending, state, site)
            yield batch
            appending.finish()
            rows.save(connection, state)
        state.settle()
        self._known, self._site = (appending.size, state), batch.site_known


def _without_names(connection: Connection, data: m.FactData) -> m.FactData:
    return pseudonyms.hide(data, queries.people(connection)) if pseudonyms.writes(type(data)) else data


def _site_of(connection: Connection, state: State, known: tuple[int, Site]) -> tuple[int, Site]:
    version = state.meta.site_version
    if known[0] == version:
        return known
    return version, _document(connection, version)


def _document(connection: Connection, version: int) -> Site:
    query = select(site_document.c.document).where(site_document.c.version == version)
    try:
        return msgspec.json.decode(connection.execute(query).scalar_one(), type=Site)
    except (msgspec.MsgspecError, ValueError) as error:
        raise unreadable(f"site document {version}", error) from error


class _Batch:
    """One transaction's work."""

    def __init__(
        self,
        service: Service,
        connection: Connection,
        appending: Appending,
        state: State,
        site: tuple[int, Site],
    ) -> None:
        self.state = state
        self.site_known = site
        self.facts: list[m.FactData] = []
        self._service = service
        self.connection = connection
        self._appending = appending
        self._now = service._clock()

    @property
    def size(self) -> int:
        return self._appending.size

    @property
    def site(self) -> Site:
        self.site_known = _site_of(self.connection, self.state, self.site_known)
        return self.site_known[1]

    def arrive(self, arrival: Arrival) -> Verdict:
        record = arrival.record
        life = self.state.life(record.node)
        if life is None or life.revoked or life.record_key != arrival.key:
            return "other-life"
        known = self._appending.find(record.node, record.life, record.seq) if record.seq <= life.seq else None
        verdict = sequence.verdict(life, record, arrival.hash, known[1] if known else None)
        if verdict in ("next", "new-life"):
            version = self.state.meta.site_version
            by = doubt.goes_by(life, self.site, version, lambda one: self._service.former(self.connection, one))
            doubted = arrival.doubt or doubt.why(by, record)
            if doubted:
                self.add(m.RecordDoubted(node=record.node, life=record.life, seq=record.seq, why=doubted), None)
            self._take_in(arrival.note, arrival.hash, record)
        elif verdict == "different" and not 0 <= self._now - life.equivocated_at < EQUIVOCATION_MS:
            kept = known[0] if known else -1
            other = arrival.note.decode()
            self.add(m.Equivocation(node=record.node, life=record.life, seq=record.seq, kept=kept, other=other), None)
        return verdict

    def add(self, data: m.FactData, person: int | None) -> None:
        fact = m.Fact(
            v=1, site=self._service._site_name, by=self._service._name, time=self._now, person=person, data=data
        )
        text = m.encode(fact)
        self.facts.append(data)
        self._take_in(self._service._signer.sign(text), notes.text_hash(text), fact)

    def _take_in(self, note: bytes, text_hash: str, message: m.Record | m.Fact) -> None:
        index = self._appending.append(note, text_hash, message, self._now)
        entry = Entry(index, self._now, text_hash, message)
        fold.apply(self.state, entry)
        for fact in judge(self.state, self.site, entry):
            self.add(fact, None)

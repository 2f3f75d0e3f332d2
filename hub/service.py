"""The door to the truth: a batch of facts goes in, and everything that follows is committed in one transaction.

Load, decide, append, save. No signature is checked, no password hashed and nothing sent while a transaction is open.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection, Engine

from hub.core import doubt, pseudonyms
from hub.core.journal import fold, requests, unjudged
from hub.core.journal.judge import judge
from hub.core.journal.unjudged import RuleFailed
from hub.core.nodes import sequence
from hub.core.nodes.sequence import Verdict
from hub.core.refusal import NotPossible
from hub.core.site.document import Site
from hub.core.state import Entry, Life, State
from hub.ledger.append import Appending
from hub.store import queries, rows, session
from hub.store.looking import NO_SITE, document
from wire import messages as m
from wire import notes
from wire.keys import SigningKey

EQUIVOCATION_MS = 10_000
"""Of a node that says different things under one number, one such record in 10 s is kept whole."""


log = logging.getLogger("strongroom.service")


Rule = Callable[[State, Site], Iterator[m.FactData]]
"""Facts that follow from the state as it is."""


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
        """Commit what a person or a service asks for. Raises NotPossible, and then nothing of it is changed; also when
        a rule fails over it.

        `beside` writes what belongs to it but lies beside the journal, such as names, in the same transaction.
        """
        with self._transaction() as batch:
            wanted = tuple(_without_names(batch.connection, request) for request in wanted)
            if beside:
                beside(batch.connection)
            for request in wanted:
                batch.ask(actor, request)
        return Outcome(batch.size, batch.state, [], batch.facts)

    def decide(self, rule: Rule) -> Outcome:
        """Commit what follows from the state as it stands now, such as deadlines that have passed. Of a rule that fails
        that is said, once, and what it had said before stands."""
        with self._transaction() as batch:
            batch.decide(rule)
        return Outcome(batch.size, batch.state, [], batch.facts)

    def note(self, *facts: m.FactData) -> Outcome:
        """Commit what the service itself has seen. What no rule can judge is said to be so, and costs only itself."""
        return self.decide(lambda _state, _site: iter(facts))

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
            self._former = (version, document(connection, version))
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


def has_news(state: State, site: Site, rule: Rule) -> bool:
    """Whether there is anything to decide, asked without a transaction; also when the rule fails, which is news too."""
    try:
        return any(True for _ in rule(state, site))
    except Exception:  # noqa: BLE001 - the transaction that follows meets it again, and says so
        return True


def _without_names(connection: Connection, data: m.FactData) -> m.FactData:
    return pseudonyms.hide(data, queries.people(connection)) if pseudonyms.writes(type(data)) else data


def _site_of(connection: Connection, state: State, known: tuple[int, Site]) -> tuple[int, Site]:
    version = state.meta.site_version
    if known[0] == version:
        return known
    return version, document(connection, version)


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
        """A node's record: whatever a rule makes of it, it is journalled, and the next one is taken."""
        record = arrival.record
        life = self.state.life(record.node)
        if life is None or life.revoked or life.record_key != arrival.key:
            return "other-life"
        known = self._appending.find(record.node, record.life, record.seq) if record.seq <= life.seq else None
        verdict = sequence.verdict(life, record, arrival.hash, known[1] if known else None)
        if verdict in ("next", "new-life"):
            doubted = arrival.doubt or self._doubted(life, record)
            if doubted:
                said = m.RecordDoubted(node=record.node, life=record.life, seq=record.seq, why=doubted)
                self._take_in(record.node, self._enter(said, None))
            self._take_in(record.node, self._append(arrival.note, arrival.hash, record))
        elif verdict == "different" and not 0 <= self._now - life.equivocated_at < EQUIVOCATION_MS:
            kept = known[0] if known else -1
            other = arrival.note.decode()
            self._note(m.Equivocation(node=record.node, life=record.life, seq=record.seq, kept=kept, other=other))
        return verdict

    def _doubted(self, life: Life, record: m.Record) -> m.Doubt | None:
        version = self.state.meta.site_version
        by = doubt.goes_by(life, self.site, version, lambda one: self._service.former(self.connection, one))
        try:
            return doubt.why(by, record)
        except Exception:
            log.exception("whether %s may say this cannot be judged", record.node)
            return "not-judged"

    def _take_in(self, place: str, entry: Entry) -> None:
        """An entry that stands whatever comes of it, and what follows from it as far as that can be judged."""
        failed = fold.apply(self.state, entry)
        self._whole(place, entry.message.data, partial(self._follow, entry, failed))

    def ask(self, actor: requests.Actor, wanted: m.FactData) -> None:
        """A request, and what follows from it. Raises NotPossible."""
        try:
            self._add(_accepted(self.state, self.site, actor, wanted), actor.person)
        except RuleFailed as error:
            log.error("%s could not be judged", m.kind_of(wanted), exc_info=error.__cause__)
            raise unjudged.refusal(m.kind_of(wanted)) from error

    def decide(self, rule: Rule) -> None:
        """Facts that the hub itself comes to, one after the other; each for itself."""
        try:
            for fact in _guarded(partial(rule, self.state, self.site)):
                self._note(fact)
        except RuleFailed as error:
            self._say_so("hub", "deadline", error)

    def _note(self, data: m.FactData) -> None:
        self._whole("hub", data, partial(self._add, data, None))

    def _whole(self, place: str, data: m.Data, work: Callable[[], None]) -> None:
        """All of it, or nothing of it and that it could not be judged."""
        size, facts = self.size, len(self.facts)
        try:
            with self.state.attempt():
                work()
        except RuleFailed as error:
            self._appending.take_back(size)
            del self.facts[facts:]
            self._say_so(place, m.kind_of(data), error)

    def _say_so(self, place: str, what: str, error: RuleFailed) -> None:
        fact = unjudged.statement(self.state, place, what, error.__cause__ or error)
        if fact is None:
            return
        log.error("%s of %s could not be judged", what, place, exc_info=error.__cause__)
        size, facts = self.size, len(self.facts)
        try:
            with self.state.attempt():
                self._add(fact, None)
        except RuleFailed as again:  # the journal says so, if nobody else can be told
            log.error("nobody can be told of it", exc_info=again.__cause__)
            self._appending.take_back(size)
            del self.facts[facts:]
            self._enter(fact, None)

    def _add(self, data: m.FactData, person: int | None) -> None:
        entry = self._enter(data, person)
        self._follow(entry, fold.apply(self.state, entry))

    def _enter(self, data: m.FactData, person: int | None) -> Entry:
        """A fact of ours as an entry. Raises RuleFailed where it could not be read again: nobody else wrote it."""
        fact = m.Fact(
            v=1, site=self._service._site_name, by=self._service._name, time=self._now, person=person, data=data
        )
        try:
            text = m.encode(fact)
            m.decode(text, m.Fact)
        except (m.Unreadable, UnicodeEncodeError) as error:
            raise RuleFailed(m.kind_of(data)) from error
        entry = self._append(self._service._signer.sign(text), notes.text_hash(text), fact)
        self.facts.append(data)
        return entry

    def _append(self, note: bytes, text_hash: str, message: m.Record | m.Fact) -> Entry:
        return Entry(self._appending.append(note, text_hash, message, self._now), self._now, text_hash, message)

    def _follow(self, entry: Entry, failed: Exception | None) -> None:
        """What follows from an entry that the fold has taken in, or has `failed` over. Raises RuleFailed."""
        if failed is not None:
            raise RuleFailed(m.kind_of(entry.message.data)) from failed
        for fact in _guarded(partial(judge, self.state, self.site, entry)):
            self._add(fact, None)


def _accepted(state: State, site: Site, actor: requests.Actor, wanted: m.FactData) -> m.FactData:
    try:
        return requests.accept(state, site, actor, wanted)
    except NotPossible:
        raise
    except Exception as error:
        raise RuleFailed from error


def _guarded(rule: Callable[[], Iterator[m.FactData]]) -> Iterator[m.FactData]:
    """The facts that a rule yields. Raises RuleFailed for whatever the rule itself raises, and for nothing else."""
    try:
        yield from rule()
    except Exception as error:
        raise RuleFailed from error

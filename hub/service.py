"""The only way to write the journal: a batch of facts goes in, and all that follows is committed in one transaction.

Load, let the machine work (hub/core/journal/machine.py), append, save. No signature is checked, no password hashed and
nothing sent while a transaction is open.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection, Engine

from hub.core import pseudonyms
from hub.core.journal import requests, unjudged
from hub.core.journal.brought import Brought
from hub.core.journal.machine import Arrival, Machine, Rule
from hub.core.journal.unjudged import Failure
from hub.core.nodes.sequence import Verdict
from hub.core.refusal import NotPossible
from hub.core.site.document import Site
from hub.core.state import State
from hub.ledger.append import Appending
from hub.store import faults, queries, rows, session
from hub.store.looking import NO_SITE, document
from wire import messages as m
from wire.keys import SigningKey

KEPT_DOCUMENTS = 4
"""Nodes go by the document in force, or by one before it until they have taken that one up."""

log = logging.getLogger("strongroom.service")


class Outcome(NamedTuple):
    """What was committed: the size of the journal after it, the state as it stands then (for reading only), what became
    of each arrival, and the facts that followed."""

    size: int
    state: State
    verdicts: list[Verdict]
    facts: list[m.FactData]


class _NotSaved(Exception):
    """The database refuses what a transaction has come to, for what it is; `noted` is what the hub said by itself."""

    def __init__(self, error: Exception, noted: list[m.FactData]) -> None:
        super().__init__(str(error))
        self.error = error
        self.noted = noted


class Service:
    """Writes the journal in the engine's name. Not to be shared between threads."""

    def __init__(self, database: Engine, signer: SigningKey, site: str, clock: Callable[[], int]) -> None:
        """`clock` gives milliseconds since 1970; `signer` is the engine's record key."""
        self._database = database
        self._signer = signer
        self._site_name = site
        self._clock = clock
        # Every change of state is an entry, so a state is current exactly as long as the journal has the size that it
        # was folded at. The size is read inside each transaction; anything else is loaded anew.
        self._known: tuple[int, State] | None = None
        self._documents: dict[int, Site] = {}
        self._told = unjudged.Told()

    @property
    def site(self) -> str:
        """Name of the site."""
        return self._site_name

    def take(self, arrivals: Sequence[Arrival]) -> Outcome:
        """Commit records of nodes, in order, each exactly once. Where they cannot be committed together, and neither
        disk nor server is to blame, each is taken alone: what one of them makes impossible costs the others nothing.
        """
        try:
            return self._take(arrivals)
        except Exception as error:
            if faults.is_of_the_database(error):
                raise
            return _together([self._take_alone(arrival) for arrival in arrivals])

    def act(
        self, actor: requests.Actor, *wanted: m.FactData, beside: Callable[[Connection], None] | None = None
    ) -> Outcome:
        """Commit what a person or a service asks for. Raises NotPossible, and then nothing of it is changed; also when
        a rule fails over it.

        `beside` writes what belongs to it but lies beside the journal, such as names, in the same transaction.
        """
        try:
            with self._transaction() as (machine, appending, connection):
                hidden = [_without_names(connection, request) for request in wanted]
                if beside:
                    beside(connection)
                for request in hidden:
                    machine.ask(actor, request)
        except _NotSaved as error:
            self._log(Failure(m.kind_of(wanted[0]), actor.by, "rule", error.error))
            raise unjudged.refusal(m.kind_of(wanted[0])) from error
        return Outcome(appending.size, machine.state, [], machine.facts)

    def bring(self, brought: Sequence[Brought], beside: Callable[[Connection], None] | None = None) -> Outcome:
        """Commit what root's command has signed, byte for byte: all of it or nothing. Raises NotPossible, as `act`
        does; also for what names somebody, since what is signed cannot be changed any more."""
        kind = m.kind_of(brought[0].fact.data)
        try:
            with self._transaction() as (machine, appending, connection):
                for one in brought:
                    if _without_names(connection, one.fact.data) != one.fact.data:
                        raise NotPossible("names-somebody", m.kind_of(one.fact.data))
                if beside:
                    beside(connection)
                for one in brought:
                    machine.bring(one)
        except _NotSaved as error:
            self._log(Failure(kind, "admin", "rule", error.error))
            raise unjudged.refusal(kind) from error
        return Outcome(appending.size, machine.state, [], machine.facts)

    def decide(self, rule: Rule) -> Outcome:
        """Commit what follows from the state as it stands now, such as deadlines that have passed. Of a rule that fails
        that is said, once, and what it had said before stands. What cannot be saved costs only itself as well."""
        try:
            return self._decide(rule)
        except _NotSaved as error:
            if not error.noted:
                raise error.error from None
            return _together([self._decide_alone(fact) for fact in error.noted])

    def note(self, *facts: m.FactData) -> Outcome:
        """Commit what the service itself has seen. What no rule can judge is said to be so, and costs only itself."""
        return self.decide(lambda _state, _site: iter(facts))

    def look(self) -> tuple[State, Site]:
        """The state and the site as they stand, for reading only."""
        with session.reading(self._database) as connection:
            _size, state = self._current(connection)
            return state, _document(self._documents, connection, state.meta.site_version)

    def _current(self, connection: Connection) -> tuple[int, State]:
        size = Appending(connection).size
        if self._known is None or self._known[0] != size:
            self._known = (size, rows.load(connection))
        return self._known

    def _take(self, arrivals: Sequence[Arrival], failed: Exception | None = None) -> Outcome:
        with self._transaction() as (machine, appending, _):
            verdicts = [machine.arrive(arrival, failed) for arrival in arrivals]
        return Outcome(appending.size, machine.state, verdicts, machine.facts)

    def _take_alone(self, arrival: Arrival) -> Outcome:
        """One record by itself; where what it changes cannot be saved, as one that was not judged; else refused."""
        failed: Exception | None = None
        for _ in range(2):
            try:
                return self._take([arrival], failed)
            except Exception as error:
                if faults.is_of_the_database(error):
                    raise
                failed = error.error if isinstance(error, _NotSaved) else error
        if failed is not None:
            self._log(Failure(m.kind_of(arrival.record.data), arrival.record.node, "rule", failed))
        with session.reading(self._database) as connection:
            size, state = self._current(connection)
        return Outcome(size, state, ["refused"], [])

    def _decide(self, rule: Rule) -> Outcome:
        with self._transaction() as (machine, appending, _):
            machine.decide(rule)
        return Outcome(appending.size, machine.state, [], machine.facts)

    def _decide_alone(self, fact: m.FactData) -> Outcome:
        """One fact by itself; where it cannot be saved, that it could not be judged."""
        try:
            return self._decide(lambda _state, _site: iter((fact,)))
        except _NotSaved as error:
            failed = error.error
        try:
            with self._transaction() as (machine, appending, _):
                machine.fail(fact, failed)
        except _NotSaved as error:  # nothing is saved any longer, whatever it is
            raise error.error from failed
        return Outcome(appending.size, machine.state, [], machine.facts)

    def _log(self, failure: Failure) -> None:
        """Say in the log what could not be saved, unless it was said within the hour."""
        now = self._clock()
        if not self._told.lately(failure, now):
            self._told.add(failure, now)
            log.error("%s of %s could not be saved", failure.what, failure.place, exc_info=failure.error)

    @contextmanager
    def _transaction(self) -> Iterator[tuple[Machine, Appending, Connection]]:
        # Whatever goes wrong, nothing stale is kept: a document that was applied in this very transaction never was.
        known, self._known = self._known, None
        documents, self._documents = self._documents, {}
        with session.writing(self._database) as connection:
            appending = Appending(connection)
            state = known[1] if known and known[0] == appending.size else rows.load(connection)
            now = self._clock()
            machine = Machine(
                state,
                _Signed(appending, self._signer, now),
                partial(_document, documents, connection),
                self._site_name,
                "engine",
                now,
                self._told.copy(),
            )
            try:
                yield machine, appending, connection
                _save(connection, appending, machine)
            finally:
                for failure in machine.failures:
                    log.error("%s of %s could not be judged", failure.what, failure.place, exc_info=failure.error)
        state.settle()
        self._known, self._documents, self._told = (appending.size, state), documents, machine.told


class _Signed:
    """The journal of one transaction, as the machine sees it: facts are signed, all is appended."""

    def __init__(self, appending: Appending, signer: SigningKey, now: int) -> None:
        self._appending = appending
        self._signer = signer
        self._now = now
        self.find = appending.find
        self.take_back = appending.take_back

    @property
    def size(self) -> int:
        return self._appending.size

    def keep(self, note: bytes, text_hash: str, message: m.Record | m.Fact) -> int:
        return self._appending.append(note, text_hash, message, self._now)

    def write(self, text: bytes, text_hash: str, fact: m.Fact) -> int:
        return self._appending.append(self._signer.sign(text), text_hash, fact, self._now)


def _save(connection: Connection, appending: Appending, machine: Machine) -> None:
    try:
        appending.finish()
        rows.save(connection, machine.state)
    except Exception as error:
        if faults.is_of_the_database(error):
            raise
        raise _NotSaved(error, machine.noted) from error


def _together(outcomes: Sequence[Outcome]) -> Outcome:
    """What became of several transactions, one after the other."""
    verdicts = [verdict for one in outcomes for verdict in one.verdicts]
    return Outcome(outcomes[-1].size, outcomes[-1].state, verdicts, [fact for one in outcomes for fact in one.facts])


def _document(kept: dict[int, Site], connection: Connection, version: int) -> Site:
    """A site document that is, or was, in force. The last few are kept."""
    if version == 0:
        return NO_SITE
    if version not in kept:
        if len(kept) >= KEPT_DOCUMENTS:
            kept.clear()
        kept[version] = document(connection, version)
    return kept[version]


def _without_names(connection: Connection, data: m.FactData) -> m.FactData:
    return pseudonyms.hide(data, queries.people(connection)) if pseudonyms.writes(type(data)) else data

"""From what arrives, is asked for or has come due to entries: verdict, entry, fold, judge, and again for what follows.

The machine thinks; the journal that it is given keeps. Whatever a rule of ours makes of an entry, the entry stands and
the next one is taken: what a rule that failed had begun is taken back, and that it failed is a fact of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple, Protocol

from hub.core import doubt
from hub.core.journal import fold, requests, unjudged
from hub.core.journal.brought import Brought
from hub.core.journal.judge import judge
from hub.core.journal.unjudged import Failure, RuleFailed, Told
from hub.core.nodes import sequence
from hub.core.nodes.sequence import Verdict
from hub.core.refusal import NotPossible
from hub.core.site.document import Site
from hub.core.state import Entry, Life, State
from wire import bounds, notes
from wire import messages as m
from wire.book import reading, rules

EQUIVOCATION_MS = 10_000
"""At most one equivocating record of a node is stored whole in this time."""

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


class Journal(Protocol):
    """What keeps the entries of one transaction, in order."""

    @property
    def size(self) -> int:
        """Number of entries, those of this transaction included."""

    def keep(self, note: bytes, text_hash: str, message: m.Record | m.Fact) -> int:
        """Append as it came what a node or root's command has signed. Returns its index."""

    def write(self, text: bytes, text_hash: str, fact: m.Fact) -> int:
        """Sign and append a fact of ours. Returns its index."""

    def find(self, node: str, life: int, seq: int) -> tuple[int, str] | None:
        """Index and text hash of a node's record."""

    def take_back(self, size: int) -> None:
        """Drop the entries beyond that size from this transaction."""


class Machine:
    """One transaction's work on a state and a journal that belong together."""

    def __init__(
        self,
        state: State,
        journal: Journal,
        document: Callable[[int], Site],
        site: str,
        signer: m.Service,
        now: int,
        told: Told,
    ) -> None:
        """`document` gives the site document of a version; `site` is the site's name; facts are signed by the service
        `signer`, which says itself whatever follows, at `now`, a wall time in ms; `told`: which failures were lately.
        """
        self.state = state
        self.facts: list[m.FactData] = []
        self.noted: list[m.FactData] = []
        """What the hub has said by itself."""
        self.failures: list[Failure] = []
        """Those that are news."""
        self.told = told
        self._journal = journal
        self._document = document
        self._site_name = site
        self._signer: m.Service = signer
        self._now = now

    @property
    def site(self) -> Site:
        """The document in force, at this moment."""
        return self._document(self.state.meta.site_version)

    def arrive(self, arrival: Arrival, failed: Exception | None = None) -> Verdict:
        """Take a node's record in, if it is the one that is due; `failed`: as one over whose fold that was raised."""
        record = arrival.record
        life = self.state.life(record.node)
        if life is None or life.revoked or life.record_key != arrival.key:
            return "other-life"
        known = self._journal.find(record.node, record.life, record.seq) if record.seq <= life.seq else None
        verdict = sequence.verdict(life, record, arrival.hash, known[1] if known else None)
        if verdict in ("next", "new-life"):
            failed = failed or self._doubt(life, arrival)
            index = self._journal.keep(arrival.note, arrival.hash, record)
            self._take_in(record.node, Entry(index, self._now, arrival.hash, record, arrival.note), failed)
        elif verdict == "different" and not 0 <= self._now - life.equivocated_at < EQUIVOCATION_MS:
            kept = known[0] if known else -1
            other = arrival.note.decode()
            self._note(m.Equivocation(node=record.node, life=record.life, seq=record.seq, kept=kept, other=other))
        return verdict

    def ask(self, actor: requests.Actor, wanted: m.FactData) -> None:
        """Take a request in, whoever asks, and what follows from it. Raises NotPossible; then the whole transaction is
        to be given up."""
        kind = m.kind_of(wanted)
        if not rules.newest().may_sign(kind, actor.by, self._signer):
            raise NotPossible("not-allowed", kind)
        with self._asked(kind, actor):
            self._take_up(self._enter(_accepted(self.state, self.site, actor, wanted), actor.by, actor.person))

    def bring(self, brought: Brought) -> None:
        """Take in what root's command has signed, byte for byte, and what follows from it, as if it had been asked for.
        Raises NotPossible; then the whole transaction is to be given up."""
        fact, kind = brought.fact, m.kind_of(brought.fact.data)
        if abs(self._now - fact.time) > bounds.LONGEST_BRINGING:  # who has kept it brings it later, and again
            raise NotPossible("not-now", kind)
        actor = requests.Actor(fact.by, fact.person, requests.roles_of(self.site, fact.person))
        with self._asked(kind, actor):
            if _accepted(self.state, self.site, actor, fact.data) != fact.data:
                raise NotPossible("changed-meanwhile", kind)
            index = self._journal.keep(brought.note, brought.hash, fact)
            self.facts.append(fact.data)
            self._take_up(Entry(index, self._now, brought.hash, fact))

    def decide(self, rule: Rule) -> None:
        """Take in what a rule of the hub says of the state as it stands, each fact for itself."""
        try:
            for fact in _guarded(partial(rule, self.state, self.site)):
                self.noted.append(fact)
                self._note(fact)
        except RuleFailed as failed:
            for error in unjudged.each(failed.error):
                self._say_so(Failure("deadline", "hub", "rule", error))

    def fail(self, data: m.FactData, error: Exception) -> None:
        """Say that the hub could not say this by itself."""
        self._say_so(Failure(m.kind_of(data), "hub", "rule", error))

    @contextmanager
    def _asked(self, kind: str, actor: requests.Actor) -> Iterator[None]:
        """Whatever a rule fails over refuses what was asked for, and is told."""
        try:
            yield
        except RuleFailed as error:
            self.failures.append(Failure(kind, actor.by, "rule", error.error))
            raise unjudged.refusal(kind) from error

    def _doubt(self, life: Life, arrival: Arrival) -> Exception | None:
        """The statement that a record is doubted, where it is: the entry right before it. Returns what was raised if
        that cannot be taken in: then nothing that the record says can be either."""
        record = arrival.record
        why = arrival.doubt or self._doubted(life, record)
        if why is None:
            return None
        said = m.RecordDoubted(node=record.node, life=record.life, seq=record.seq, why=why)
        try:
            self._attempt(partial(self._add, said))
        except RuleFailed as failed:
            return failed.error
        return None

    def _doubted(self, life: Life, record: m.Record) -> m.Doubt | None:
        try:
            by = doubt.goes_by(life, self.site, self.state.meta.site_version, self._document)
            return doubt.why(by, record)
        except Exception as error:  # noqa: BLE001 - it is told, and the record is journalled all the same
            self._is_news(Failure("whether it may say so", record.node, "rule", error))
            return "not-judged"

    def _take_in(self, place: str, entry: Entry, failed: Exception | None) -> None:
        """An entry that stands whatever comes of it, and what follows from it as far as that can be judged. What cannot
        be, the very next entry says: whoever folds the journal looks one ahead."""
        what = m.kind_of(entry.message.data)
        if failed is None:
            failed = fold.apply(self.state, entry)
        else:
            fold.stand(self.state, entry)
        if failed is not None:
            self._say_so(Failure(what, place, "fold", failed))
        else:
            self._whole(place, what, "follows", partial(self._follow, entry))

    def _note(self, data: m.FactData) -> None:
        self._whole("hub", m.kind_of(data), "rule", partial(self._add, data))

    def _whole(self, place: str, what: str, part: m.FailedPart, work: Callable[[], None]) -> None:
        """All of it, or nothing of it and that it could not be judged."""
        try:
            self._attempt(work)
        except RuleFailed as error:
            self._say_so(Failure(what, place, part, error.error))

    def _attempt(self, work: Callable[[], None]) -> None:
        """All of it, or nothing of it and RuleFailed."""
        size, facts = self._journal.size, len(self.facts)
        try:
            with self.state.attempt():
                work()
        except RuleFailed:
            self._journal.take_back(size)
            del self.facts[facts:]
            raise

    def _say_so(self, failure: Failure) -> None:
        """Of an entry always, of what the hub says by itself unless it was told within the hour."""
        if not self._is_news(failure) and failure.part == "rule":
            return
        try:
            self._attempt(partial(self._add, failure.statement))
        except RuleFailed as again:  # the journal says so, if nobody else can be told
            self._is_news(Failure("not-judged", failure.place, "follows", again.error))
            fold.apply(self.state, self._enter(failure.statement, self._signer))

    def _is_news(self, failure: Failure) -> bool:
        news = not self.told.lately(failure, self._now)
        if news:
            self.failures.append(failure)
            self.told.add(failure, self._now)
        return news

    def _add(self, data: m.FactData) -> None:
        """What the hub says itself, and what follows from it. Raises RuleFailed."""
        self._take_up(self._enter(data, self._signer))

    def _take_up(self, entry: Entry) -> None:
        failed = fold.apply(self.state, entry)
        if failed is not None:
            raise RuleFailed(failed) from failed
        self._follow(entry)

    def _enter(self, data: m.FactData, by: m.Service, person: int | None = None) -> Entry:
        """A fact of ours as an entry. Raises RuleFailed where it could not be read again: nobody else wrote it."""
        fact = m.Fact(v=1, site=self._site_name, by=by, time=self._now, person=person, data=data)
        try:
            text = m.encode(fact)
            if not rules.newest().may_sign(reading.read(text).kind, by, self._signer):
                raise ValueError(f"{self._signer} may not sign this")
        except ValueError as error:  # a text with half a character in it cannot even be encoded
            raise RuleFailed(error) from error
        text_hash = notes.text_hash(text)
        index = self._journal.write(text, text_hash, fact)
        self.facts.append(data)
        return Entry(index, self._now, text_hash, fact)

    def _follow(self, entry: Entry) -> None:
        """What follows from an entry that the fold has taken in. Raises RuleFailed."""
        for fact in _guarded(partial(judge, self.state, self.site, entry)):
            self._add(fact)


def has_news(state: State, site: Site, rule: Rule) -> bool:
    """Whether there is anything to decide, asked without a transaction; also when the rule fails, which is news too."""
    try:
        return any(True for _ in rule(state, site))
    except Exception:  # noqa: BLE001 - the transaction that follows meets it again, and says so
        return True


def _accepted(state: State, site: Site, actor: requests.Actor, wanted: m.FactData) -> m.FactData:
    try:
        return requests.accept(state, site, actor, wanted)
    except NotPossible:
        raise
    except Exception as error:
        raise RuleFailed(error) from error


def _guarded(rule: Callable[[], Iterator[m.FactData]]) -> Iterator[m.FactData]:
    """The facts that a rule yields. Raises RuleFailed for whatever the rule itself raises, and for nothing else."""
    try:
        yield from rule()
    except Exception as error:
        raise RuleFailed(error) from error

"""The hub's core on paper: fold, judge and requests without a database. Nodes of `tests.support.hub` speak to it too.

    house = PaperHub()
    house.node("archive-1").opens("archive/corridor-door")

Whatever a test does with it, each fact must fit the wire contract; `check` folds the journal anew and compares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from types import SimpleNamespace
from typing import TypeVar

from msgspec.structs import replace

from hub.core import doubt
from hub.core.journal import fold, requests
from hub.core.journal.judge import judge
from hub.core.journal.requests import Actor
from hub.core.nodes import sequence
from hub.core.nodes.sequence import Verdict
from hub.core.site import reading as site_reading
from hub.core.site.document import Site
from hub.core.state import KEYS, Alarm, Entry, Row, State, finished
from hub.service import EQUIVOCATION_MS, Arrival, Outcome
from tests.support.hub import DEMO_SITE, Clock, FakeNode
from wire import board, notes
from wire import messages as m
from wire.audit.permitted import PERMITTED

ZHANG_WEI, LI_NA, WANG_FANG, CHEN_JIE, LIU_YANG, ZHAO_MIN, SUN_LI, ZHOU_QIANG = range(1001, 1009)
"""Archive custodian, cipher custodian, duty officer, clerk, security officer, administrator, auditor, duty officer."""
ROLES = {WANG_FANG: "duty", ZHOU_QIANG: "duty", LIU_YANG: "security", ZHAO_MIN: "administrator", SUN_LI: "auditor"}
NOON = 1_790_049_600_000
"""Noon in China on Monday 2026-09-21."""

F = TypeVar("F")


@cache
def demo_site() -> Site:
    reading = site_reading.read(DEMO_SITE.read_text("utf-8"), board.load())
    assert reading.site is not None
    return reading.site


@cache
def at_any_hour() -> Site:
    """The demonstration site, of which no office hours are known: a test means the same at any hour."""
    return replace(demo_site(), office=None)


class PaperHub:
    """A hub's journal and state in memory, with the demonstration site in force."""

    def __init__(self, site: Site | None = None) -> None:
        self.hub = SimpleNamespace(site="demo")
        self.clock = Clock(NOON)
        self.state = State()
        self.site = site or at_any_hour()
        self.documents: list[Site] = []
        self.entries: list[Entry] = []
        self._nodes: dict[str, FakeNode] = {}
        self._facts: list[m.FactData] = []
        self._by: m.Service = "engine"
        self.apply(self.site)

    @property
    def engine(self) -> PaperHub:
        return self

    # ---- what goes in, as at hub.service

    def take(self, arrivals: Sequence[Arrival]) -> Outcome:
        self._facts, self._by = [], "engine"
        verdicts = [self._arrive(arrival) for arrival in arrivals]
        return self._outcome(verdicts)

    def act(self, actor: Actor, *wanted: m.FactData) -> Outcome:
        self._facts, self._by = [], actor.by
        for request in wanted:
            self._add(requests.accept(self.state, self.site, actor, request), actor.person)
        return self._outcome([])

    def decide(self, rule: Callable[[State, Site], Iterator[m.FactData]]) -> Outcome:
        self._facts, self._by = [], "engine"
        for fact in rule(self.state, self.site):
            self._add(fact, None)
        return self._outcome([])

    def look(self) -> tuple[State, Site]:
        return self.state, self.site

    # ---- the cast

    def fact(self, data: m.FactData, service: m.Service = "engine", person: int | None = None, *roles: str) -> Outcome:
        return self.act(Actor(service, person, frozenset(roles)), data)

    def asks(self, person: int, data: m.FactData) -> Outcome:
        """A person asks for it at the console, in the role that the demonstration site gives."""
        roles = frozenset({ROLES[person]} if person in ROLES else ())
        return self.act(Actor("console", person, roles), data)

    def decides(self, *facts: m.FactData) -> Outcome:
        """The hub decides so by itself."""
        return self.decide(lambda _state, _site: iter(facts))

    def apply(self, site: Site) -> Outcome:
        """Another site document is in force."""
        self.site = site
        self.documents.append(site)
        return self.fact(m.SiteApplied(version=self.state.meta.site_version + 1, sha256="0" * 64), "admin")

    def node(self, name: str) -> FakeNode:
        """The node, enrolled and started when it is asked for first."""
        if name not in self._nodes:
            self._nodes[name] = FakeNode(self, name)  # type: ignore[arg-type]
            self._nodes[name].enrol()
            self._nodes[name].starts()
        return self._nodes[name]

    # ---- what became of it

    def alarms(self) -> list[Alarm]:
        return sorted((alarm for alarm in self.state.all(Alarm) if alarm.open), key=lambda one: one.number)

    def alarm(self, what: str) -> Alarm:
        """The one open alarm of that kind."""
        (found,) = [alarm for alarm in self.alarms() if alarm.what == what]
        return found

    def whats(self) -> list[str]:
        """Kinds of the open alarms."""
        return [alarm.what for alarm in self.alarms()]

    def journal(self, *kinds: type[F]) -> list[F]:
        """What the journal holds of these kinds."""
        return [entry.message.data for entry in self.entries if isinstance(entry.message.data, kinds)]

    def records(self, node: str) -> list[m.Record]:
        found = (entry.message for entry in self.entries)
        return [one for one in found if isinstance(one, m.Record) and one.node == node]

    def rebuilt(self) -> State:
        """The journal folded anew."""
        state = State()
        for entry in self.entries:
            assert fold.apply(state, entry) is None
        return state

    def check(self) -> None:
        """Folding anew gives what is there."""
        rebuilt = self.rebuilt()
        for kind in KEYS:
            assert _unfinished(self.state.rows(kind).values()) == _unfinished(rebuilt.rows(kind).values())

    # ---- as hub.service does it

    def _arrive(self, arrival: Arrival) -> Verdict:
        record = arrival.record
        life = self.state.life(record.node)
        if life is None or life.revoked or life.record_key != arrival.key:
            return "other-life"
        taken = self.entries if record.seq <= life.seq else []
        known = [(entry.index, entry.hash) for entry in taken if _number(entry) == _number_of(record)]
        verdict = sequence.verdict(life, record, arrival.hash, known[0][1] if known else None)
        if verdict in ("next", "new-life"):
            version = self.state.meta.site_version
            by = doubt.goes_by(life, self.site, version, lambda one: self.documents[one - 1])
            doubted = arrival.doubt or doubt.why(by, record)
            if doubted:
                self._add(m.RecordDoubted(node=record.node, life=record.life, seq=record.seq, why=doubted), None)
            self._take_in(arrival.hash, record)
        elif verdict == "different" and not 0 <= self.clock() - life.equivocated_at < EQUIVOCATION_MS:
            kept = known[0][0] if known else -1
            other = arrival.note.decode()
            self._add(m.Equivocation(node=record.node, life=record.life, seq=record.seq, kept=kept, other=other), None)
        return verdict

    def _add(self, data: m.FactData, person: int | None) -> None:
        by = self._by
        assert by in PERMITTED.get(m.kind_of(data), {by}), f"the verifier takes no {m.kind_of(data)} from {by}"
        fact = m.Fact(v=1, site="demo", by=by, time=self.clock(), person=person, data=data)
        text = m.encode(fact)
        assert m.decode(text, m.Fact) == fact, "a fact does not fit the wire contract"
        self._facts.append(data)
        self._take_in(notes.text_hash(text), fact)

    def _take_in(self, text_hash: str, message: m.Record | m.Fact) -> None:
        entry = Entry(len(self.entries), self.clock(), text_hash, message)
        self.entries.append(entry)
        assert fold.apply(self.state, entry) is None
        for fact in judge(self.state, self.site, entry):
            self._add(fact, None)

    def _outcome(self, verdicts: list[Verdict]) -> Outcome:
        self.state.settle()
        return Outcome(len(self.entries), self.state, verdicts, self._facts)


def _unfinished(rows: Iterable[Row]) -> list[Row]:
    return sorted((row for row in rows if not finished(row)), key=repr)


def _number_of(record: m.Record) -> tuple[str, int, int]:
    return record.node, record.life, record.seq


def _number(entry: Entry) -> tuple[str, int, int] | None:
    return _number_of(entry.message) if isinstance(entry.message, m.Record) else None


def two_nodes_guard_the_archive() -> Site:
    """The demonstration site with the archive's window on the computer room's node, which so guards both."""
    site = demo_site()
    points = tuple(
        replace(point, node="computer-1", terminal=16) if point.place == "archive/security-window" else point
        for point in site.point
    )
    return replace(site, point=points)

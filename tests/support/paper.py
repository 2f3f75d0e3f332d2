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

from hub.core.journal import brought, fold
from hub.core.journal.facts import FACTS
from hub.core.journal.machine import Arrival, Machine
from hub.core.journal.requests import Actor
from hub.core.journal.unjudged import Told
from hub.core.nodes.sequence import Verdict
from hub.core.sealing import frozen
from hub.core.site import reading as site_reading
from hub.core.site.document import Site
from hub.core.state import KEYS, Alarm, Entry, Row, State, finished
from hub.service import Outcome
from tests.support.hub import DEMO_SITE, Clock, FakeNode
from wire import board, keys
from wire import messages as m

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


@cache
def admin_key() -> keys.SigningKey:
    """Under which root's command signs."""
    return keys.make(keys.key_name("demo", "admin", "record"))


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
        self._told = Told()
        self.apply(self.site)

    @property
    def engine(self) -> PaperHub:
        return self

    # ---- what goes in, as at hub.service

    def take(self, arrivals: Sequence[Arrival]) -> Outcome:
        machine = self._machine("engine")
        return self._outcome(machine, [machine.arrive(arrival) for arrival in arrivals])

    def act(self, actor: Actor, *wanted: m.FactData) -> Outcome:
        """The engine's machine serves all who ask; what root's command signs itself is under the key of `admin`."""
        machine = self._machine("admin" if all(FACTS[type(one)].apart for one in wanted) else "engine")
        for request in wanted:
            machine.ask(actor, request)
        return self._outcome(machine, [])

    def bring(self, note: bytes) -> Outcome:
        """What root's command has signed."""
        found = brought.opened(note, admin_key().public, "demo")
        machine = self._machine("engine")
        machine.bring(found)
        return self._outcome(machine, [])

    def decide(self, rule: Callable[[State, Site], Iterator[m.FactData]], signer: m.Service = "engine") -> Outcome:
        machine = self._machine(signer)
        machine.decide(rule)
        return self._outcome(machine, [])

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
        """Another site document is in force, as `hub.documents.site` puts it there."""
        changes = frozen.check_document(self.state, self.site, site)
        self.site = site
        self.documents.append(site)
        version = self.state.meta.site_version + 1
        return self.fact(m.SiteApplied(version=version, sha256="0" * 64, changes=changes), "admin")

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
        for _entry, failed in fold.journal(state, self.entries):
            assert failed is None
        return state

    def check(self) -> None:
        """Folding anew gives what is there."""
        rebuilt = self.rebuilt()
        for kind in KEYS:
            assert _unfinished(self.state.rows(kind).values()) == _unfinished(rebuilt.rows(kind).values())

    # ---- the machine of the hub, with a journal of paper

    def _machine(self, signer: m.Service) -> Machine:
        paper = _Paper(self.entries, self.clock())
        return Machine(self.state, paper, self._document, "demo", signer, self.clock(), self._told)

    def _document(self, version: int) -> Site:
        return self.documents[version - 1] if version else self.site

    def _outcome(self, machine: Machine, verdicts: list[Verdict]) -> Outcome:
        assert not machine.failures, machine.failures
        self.state.settle()
        return Outcome(len(self.entries), self.state, verdicts, machine.facts)


class _Paper:
    """The journal of one transaction, kept in a list; what is not by the contract gets no further."""

    def __init__(self, entries: list[Entry], now: int) -> None:
        self._entries = entries
        self._now = now

    @property
    def size(self) -> int:
        return len(self._entries)

    def keep(self, note: bytes, text_hash: str, message: m.Record | m.Fact) -> int:
        return self._append(text_hash, message, note)

    def write(self, text: bytes, text_hash: str, fact: m.Fact) -> int:
        assert m.decode(text, m.Fact) == fact, "a fact does not fit the wire contract"
        return self._append(text_hash, fact)

    def _append(self, text_hash: str, message: m.Record | m.Fact, note: bytes = b"") -> int:
        self._entries.append(Entry(len(self._entries), self._now, text_hash, message, note))
        return len(self._entries) - 1

    def find(self, node: str, life: int, seq: int) -> tuple[int, str] | None:
        wanted = (node, life, seq)
        return next(((one.index, one.hash) for one in self._entries if _number(one) == wanted), None)

    def take_back(self, size: int) -> None:
        del self._entries[size:]


def _unfinished(rows: Iterable[Row]) -> list[Row]:
    return sorted((row for row in rows if not finished(row)), key=repr)


def _number(entry: Entry) -> tuple[str, int, int] | None:
    record = entry.message
    return (record.node, record.life, record.seq) if isinstance(record, m.Record) else None


def two_nodes_guard_the_archive() -> Site:
    """The demonstration site with the archive's window on the computer room's node, which so guards both."""
    site = demo_site()
    points = tuple(
        replace(point, node="computer-1", terminal=16) if point.place == "archive/security-window" else point
        for point in site.point
    )
    return replace(site, point=points)

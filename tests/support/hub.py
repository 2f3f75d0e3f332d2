"""A whole hub without its processes: a site directory with papers, database and the demonstration site, and nodes that
sign what they say with throwaway keys. The cast is that of demo/site/site.toml.

    house = make_hub(tmp_path)
    house.node("archive-1").opens("archive/corridor-door")
"""

from __future__ import annotations

import re
import secrets
import shutil
import tempfile
import time
import tomllib
from collections.abc import Callable, Mapping
from copy import copy
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from argon2 import PasswordHasher
from msgspec.structs import replace
from sqlalchemy import Connection, Engine, select, update

from hub.admin import first_entry
from hub.core import pseudonyms
from hub.core.journal.brought import opened, signed
from hub.core.journal.facts import FACTS
from hub.core.journal.machine import Arrival
from hub.core.journal.requests import Actor
from hub.core.sealing import area as area_sealing
from hub.core.site import reading as site_reading
from hub.core.site.document import Site
from hub.core.state import OrderOut, State
from hub.documents import site as site_file
from hub.service import Outcome, Service
from hub.site_directory.hub import Hub, open_hub
from hub.site_directory.layout import Layout
from hub.store import queries, schema, session, tables
from tests.support import fence
from tests.support.broker import copy_papers, copy_site
from tests.support.ports import free_port
from tests.support.sealing import ready
from wire import board, checkpoint, keys, notes
from wire import messages as m
from wire.book import rules

DEMO_SITE = Path(__file__).parents[2] / "demo" / "site" / "site.toml"
AT_ANY_HOUR = re.sub(r"(?m)^office = .*$", "", DEMO_SITE.read_text("utf-8"))
"""The demonstration site, of which no office hours are known, so that a test means the same at any hour."""
SITE = "demo"
HOSTS = ("localhost", "127.0.0.1")
PASSWORD = "correct horse battery"
BADGES = {
    "张伟": 1001,
    "李娜": 1002,
    "王芳": 1003,
    "陈杰": 1004,
    "刘洋": 1005,
    "赵敏": 1006,
    "孙丽": 1007,
    "周强": 1008,
}
"""Numbers of the cast."""


OWN = "0" * 64
"""The badge that a record leaves to its node to fill in: that of the person it names."""


class Clock:
    """Wall time in ms that goes on only when it is told to, or with the computer's, from any time on."""

    def __init__(self, now: int | None = None) -> None:
        self.now = now if now is not None else int(datetime.now(UTC).timestamp() * 1000)
        self._since: float | None = None

    def __call__(self) -> int:
        return self.now + (int((time.monotonic() - self._since) * 1000) if self._since is not None else 0)

    def run(self) -> None:
        """From now on it goes by itself."""
        self._since = time.monotonic()

    def forward(self, seconds: float) -> None:
        self.now += int(seconds * 1000)


class Looked(Protocol):
    """What can be asked how things stand."""

    def look(self) -> tuple[State, Site]: ...


class AnyHub(Protocol):
    """A whole hub or one on paper, for what is done to either."""

    @property
    def engine(self) -> Looked: ...

    def node(self, name: str) -> FakeNode: ...

    def fact(
        self, data: m.FactData, service: m.Service = "engine", person: int | None = None, *roles: str
    ) -> Outcome: ...


class House:
    """A hub, and what goes in at its door."""

    def __init__(self, hub: Hub, clock: Clock, nodes: Mapping[str, FakeNode] | None = None) -> None:
        """`nodes`: those that the hub has already, as they were at another house that it is a copy of."""
        self.hub = hub
        self.clock = clock
        self.database: Engine = fence.ours(hub.database(writes=True))
        self.engine = self.service()
        self.brings: Callable[..., Outcome] = self.root_signs
        """How what root's command signs gets into the journal; beside an engine a test has that take it."""
        self._nodes = {name: node.at(self) for name, node in (nodes or {}).items()}

    def written(self) -> Hub:
        """The hub as an engine's process has it: its database is open once more, to be written."""
        return self.hub.on(fence.ours(self.hub.database(writes=True)))

    def service(self) -> Service:
        """Another one, as the next engine has it."""
        return Service(self.database, self.hub.key("engine"), self.hub.site, self.clock)

    def apply(self, text: str) -> None:
        """Put a site document in force."""
        reading = site_reading.read(text, board.load())
        assert reading.site is not None
        assert not reading.mistakes, reading.mistakes
        apply_site(self, reading.site, keys.read_secret(self.hub.layout.badge_key))

    def give_passwords(self, password: str = PASSWORD) -> None:
        """The same password for every account, hashed as cheaply as can be."""
        kept = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)
        with session.writing(self.database) as connection:
            connection.execute(update(tables.account).values(password=kept))

    def node(self, name: str) -> FakeNode:
        """The node of that name, enrolled and started when it is asked for first."""
        if name not in self._nodes:
            self._nodes[name] = FakeNode(self, name)
            self._nodes[name].enrol()
            self._nodes[name].starts()
        return self._nodes[name]

    def fact(self, data: m.FactData, service: m.Service = "engine", person: int | None = None, *roles: str) -> Outcome:
        """Whoever it is asks the engine for a fact; what root's command signs is brought, and roles are as they are."""
        if service == "admin" and FACTS[type(data)].apart:
            return self.brings(data, person=person)
        return self.engine.act(Actor(service, person, frozenset(roles)), data)

    def root_signs(
        self, *facts: m.FactData, person: int | None = None, beside: Callable[[Connection], None] | None = None
    ) -> Outcome:
        """The journal takes in what root's command signs, where no engine runs."""
        key, site = self.hub.key("admin"), self.hub.site
        names = self.read(queries.people)
        notes = signed(key, site, self.clock(), [pseudonyms.hide(one, names) for one in facts], person)
        return self.engine.bring([opened(note, key.public, site) for note in notes], beside)

    def read(self, question: Any) -> Any:
        with session.reading(self.database) as connection:
            return question(connection)

    def check_services(self) -> None:
        """Whatever followed from what: no service has signed what the verifier does not take from it."""
        table = tables.journal
        facts = select(table.c.kind, table.c.author, table.c.note).where(table.c.life.is_(None))
        rows = self.read(lambda connection: connection.execute(facts).all())
        for kind, by, signer in {(kind, by, signer_of(note)) for kind, by, note in rows}:
            assert rules.newest().may_sign(kind, by, signer), f"the verifier takes no {kind} by {by} from {signer}"

    def change(self, change: Any) -> None:
        """Change a table beside the journal."""

        def do(connection: Connection) -> None:
            change(connection)

        with session.writing(self.database) as connection:
            do(connection)


def apply_site(house: House, site: Site, badge_key: bytes) -> Outcome:
    """Put a document in force in one transaction, signed as root's command signs."""
    text, beside = site_file.stored(site, badge_key), site_file.beside(site)
    state, in_force = house.engine.look()
    facts, version = site_file.facts(state, in_force, site, site_file.sha256(text)), state.meta.site_version + 1
    return house.brings(*facts, beside=lambda connection: site_file.keep(connection, version, text, beside))


def signer_of(note: bytes) -> str:
    """The service whose key has signed a fact: keys are named `strongroom/{site}/{service}/record`."""
    return notes.split(note).signatures[0].name.split("/")[2]


class FakeNode:
    """What a node says, signed by its own key, straight into the service."""

    def __init__(self, house: House, name: str) -> None:
        self._house = house
        self.name = name
        self.key = keys.make(keys.key_name(house.hub.site, name, "record"))
        self.witness = keys.make(keys.key_name(house.hub.site, name, "witness"))
        self.life = 0
        self.boot = "boot-1"
        self.seq = 0
        self._prev = ""
        self._born = house.clock() - 86_400_000
        self._beats = 0

    @property
    def mono(self) -> int:
        return self._house.clock() - self._born

    def enrol(self) -> None:
        """Open a new life."""
        before = self._house.engine.look()[0].life(self.name)
        last = before.seq if before else 0  # of what the hub has; the node may have signed more
        self.life, self._prev, self.seq = self.life + 1, "", 0
        self._house.fact(
            m.NodeEnrolled(
                node=self.name,
                life=self.life,
                record_key=str(self.key.public),
                witness_key=str(self.witness.public),
                serial=secrets.token_hex(4),
                last_seq=last,
            ),
            "admin",
        )

    def record(self, data: m.RecordData, ago: float = 0) -> Arrival:
        """A record that says so, of `ago` seconds ago, signed; nothing is journalled yet."""
        self.seq += 1
        if getattr(data, "credential", None) == OWN:
            data = replace(data, credential=self._badge(data.person))  # type: ignore[union-attr]
        record = m.Record(
            v=1,
            site=self._house.hub.site,
            node=self.name,
            life=self.life,
            boot=self.boot,
            seq=self.seq,
            mono=self.mono - int(ago * 1000),
            wall=self._house.clock() - int(ago * 1000),
            clock="trusted",
            prev=self._prev,
            data=data,
        )
        text = m.encode(record)
        self._prev = notes.text_hash(text)
        return Arrival(self.key.sign(text), record, self._prev, str(self.key.public))

    def _badge(self, person: int | None) -> str:
        holder = self._house.engine.look()[1].cardholders.get(person or 0)
        return holder.badges[0] if holder and holder.badges else OWN

    def takes(self, *whats: str) -> None:
        """It carries out the open orders of these kinds, with all that it holds."""
        state, site = self._house.engine.look()
        sealed = area_sealing.held(state, site, self.name)
        for order in [one for one in state.all(OrderOut) if (one.node, one.state) == (self.name, "open")]:
            if order.what in whats:
                self.says(m.OrderDone(order=order.number, what=order.what, sealed=sealed))

    def says(self, data: m.RecordData, ago: float = 0) -> Outcome:
        """The record, journalled."""
        return self._house.engine.take([self.record(data, ago)])

    def beat(self, **changes: Any) -> bytes:
        """A beat of now, signed."""
        self._beats += 1
        here = {
            "uptime": self.mono + self._beats,
            "seq": self.seq,
            "hash": self._prev,
            "freed": self.seq,
            "levels": {},
            "sealed": (),
            "sounding": False,
            "plan": 1,
            "access": 1,
            "mark": 0,
            "echo": None,
            "checkpoint": None,
        }
        beat = m.Beat(
            v=1,
            site=self._house.hub.site,
            node=self.name,
            life=self.life,
            boot=self.boot,
            wall=self._house.clock(),
            clock="trusted",
            data=m.Here(**{**here, **changes}),
        )
        return self.key.sign(m.encode(beat))

    def at(self, house: House) -> FakeNode:
        """The same node at a copy of its house."""
        node = copy(self)
        node._house = house
        return node

    # ---- as a witness

    def asks(self, data: m.AskGrowth | m.AskInclusion, **changes: Any) -> bytes:
        """A question about the journal, signed."""
        ask: dict[str, Any] = {
            "v": 1,
            "site": self._house.hub.site,
            "node": self.name,
            "life": self.life,
            "boot": self.boot,
        }
        ask["nonce"] = secrets.token_hex(16)
        return self.key.sign(m.encode(m.Ask(**{**ask, "data": data, **changes})))

    def countersigns(self, note: bytes) -> bytes:
        """Its countersignature of a checkpoint, whatever that is, below the lines that are there."""
        (text, lines), at = notes.split(note), max(1, self._house.clock() // 1000)
        line = checkpoint.cosign(checkpoint.witness_key(self.witness.public), text, at, self.witness.private.sign)
        return notes.join(text, [*lines, line])

    # ---- what nodes say every day

    def starts(self, sealed: tuple[m.SealedArea, ...] = ()) -> None:
        self.says(m.Started(version="test", factory="mock", plan=1, sealed=sealed))

    def level(
        self,
        point: str,
        was: m.Level,
        now: m.Level,
        sealing: int | None = None,
        ago: float = 0,
        guard: int | None = None,
    ) -> Outcome:
        at = self.mono - int(ago * 1000)
        return self.says(m.LevelChanged(point=point, was=was, now=now, at=at, sealing=sealing, guard=guard), ago)

    def opens(self, point: str, sealing: int | None = None, ago: float = 0, guard: int | None = None) -> Outcome:
        return self.level(point, "normal", "active", sealing, ago, guard)

    def sets(self, area: str, number: int = 1, ago: float = 0, left_open: tuple[str, ...] = ()) -> Outcome:
        """The area is set at its reader, or with what is left open by the hour."""
        by: m.SetBy = "time" if left_open else "badge"
        return self.says(m.AreaSet(area=area, number=number, by=by, left_open=left_open), ago)

    def unsets(
        self, area: str, number: int = 2, by: m.UnsetBy = "badge", until: int | None = None, ago: float = 0
    ) -> Outcome:
        """The area is unset at its reader; until then somebody stays."""
        return self.says(m.AreaUnset(area=area, number=number, by=by, until=until), ago)

    def closes(self, point: str, sealing: int | None = None) -> Outcome:
        return self.level(point, "active", "normal", sealing)

    def grants(self, reader: str, person: int, ago: float = 0) -> Outcome:
        return self.says(m.Granted(reader=reader, credential=OWN, person=person), ago)

    def denies(
        self, reader: str, person: int | None, reason: m.DenialReason, sealing: int | None = None, ago: float = 0
    ) -> Outcome:
        denied = m.Denied(reader=reader, credential=OWN, person=person, reason=reason, sealing=sealing)
        return self.says(denied, ago)

    def presents(self, reader: str, person: int | None, ceremony: int, purpose: m.Purpose | None = None) -> Outcome:
        presented = m.Presented(
            reader=reader, credential=OWN, person=person, ceremony=ceremony, at=self.mono, purpose=purpose
        )
        return self.says(presented)

    def holds(self, *sealed: m.SealedArea) -> Outcome:
        """The order which areas are sealed is on its disk."""
        return self.says(m.OrderDone(order=0, what="sealed", sealed=sealed))


def seal(house: AnyHub, area: str, node: str, first: int = 1001, second: int = 1003) -> int:
    """Seal an area as people do. Returns the number of the sealing."""
    ready(house, area, first, second)
    house.fact(m.SealingOrdered(sealing=0, area=area, purpose="seal"), "console", 1003, "duty")
    number: int = house.engine.look()[0].area(area).sealing
    house.node(node).presents(f"{area}/reader", first, number)
    house.node(node).presents(f"{area}/reader", second, number)
    house.node(node).holds(m.SealedArea(area=area, sealing=number))
    return number


def make_hub(directory: Path, clock: Clock | None = None, settings: str = "", nodes: tuple[str, ...] = ()) -> House:
    """A new site in `directory/site`, with the demonstration's document in force and a password for every account.
    `nodes` are enrolled and started.

    A copy, unless it has a database elsewhere: what happened in it so far happened at the last full minute.
    """
    clock = clock or Clock()
    settings = settings or f"[console]\nport = {free_port()}\n"
    if tomllib.loads(settings).get("database"):
        layout = _papers(directory / "site")
        layout.settings.write_text(settings)
        return _set_up(layout, clock, nodes)
    template = _template(clock.now - clock.now % 60_000, nodes)
    layout = copy_papers(Path(template.folder.name) / "site", directory / "site", SITE, HOSTS)
    layout.settings.write_text(settings)
    return House(open_hub(layout.root), clock, template.nodes)


def _papers(directory: Path) -> Layout:
    return copy_site(directory, SITE, HOSTS)


class _Template(NamedTuple):
    """A folder with such a site, and its nodes as they were when it was made."""

    folder: tempfile.TemporaryDirectory[str]
    nodes: Mapping[str, FakeNode]


@cache
def _template(at: int, nodes: tuple[str, ...]) -> _Template:
    """`at`: when it was made, in wall ms."""
    folder = tempfile.TemporaryDirectory(prefix="strongroom-hub-")
    layout = _papers(Path(folder.name) / "site")
    shutil.copyfile(Path(_empty_database().name) / "empty.db", layout.database)
    house = _set_up(layout, Clock(at), nodes)
    house.database.dispose()  # the last connection puts the log back into the file
    return _Template(folder, {name: house.node(name) for name in nodes})


def _set_up(layout: Layout, clock: Clock, nodes: tuple[str, ...]) -> House:
    hub = open_hub(layout.root)
    if hub.settings.database:
        schema.prepare(hub.database(writes=True))
    house = House(hub, clock)
    house.brings(first_entry.fact(hub))
    house.apply(AT_ANY_HOUR)
    house.give_passwords()
    for name in nodes:
        house.node(name)
    return house


@cache
def _empty_database() -> tempfile.TemporaryDirectory[str]:
    """A folder with a database that has its tables and nothing in them."""
    folder = tempfile.TemporaryDirectory(prefix="strongroom-empty-")
    database = session.open_database(f"sqlite:///{folder.name}/empty.db")
    schema.prepare(database)
    database.dispose()  # the last connection puts the log back into the file
    return folder

"""The fixed cast: the demonstration site's archive, its people, and a node of which the test turns every screw."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from msgspec.structs import replace

from firmware.core import badge, loop
from firmware.core.effects import (
    Contact,
    Effect,
    HubHeard,
    Input,
    Keep,
    Lamp,
    Now,
    OrderArrived,
    ReaderBytes,
    ReaderShows,
    Reading,
    Save,
    Saved,
    Sounder,
    Tick,
)
from firmware.core.node import Node
from tests.firmware.core import ledger
from wire import board, keys
from wire import messages as m
from wire.messages import (
    AccessList,
    Ceremony,
    Data,
    Grant,
    Holder,
    HubBeat,
    LeaveBy,
    Level,
    Order,
    OrderData,
    OrderRefused,
    Plan,
    PlanArea,
    PlanPoint,
    PlanReader,
    PointKind,
    Purpose,
    Record,
    RecordData,
    Seal,
    Unseal,
    Window,
)

BOARD = board.load()
BADGE_KEY = b"site demo: the key of its badges"
BOOT = "boot-1"
OTHER = "archive-2"
"""The other node of the archive."""
NOON = 1_790_000_000_000 // 86_400_000 * 86_400_000 + 4 * 3_600_000
"""Wall time at the node's boot: noon in China (UTC+8) on Monday 2026-09-21, as milliseconds since 1970."""
DAY = 86_400_000

ZHANG_WEI, LI_NA, WANG_FANG, CHEN_JIE, STRANGER = "0A00003E81", "0A00003E82", "0A00003E83", "0A00003E84", "FFFFFFFFFF"
"""Badge numbers: two custodians, the duty officer, a clerk without rights, and nobody."""


def credential(number: str) -> str:
    return badge.credential(BADGE_KEY, number)


DOORS = ("archive/corridor-door", "archive/iron-gate", "archive/security-door")
TERMINALS = {
    "archive/corridor-door": 1,
    "archive/iron-gate": 2,
    "archive/security-door": 3,
    "archive/window": 4,
    "archive/cabinet-1": 5,
    "archive/exit-button": 6,
    "archive/corridor-seal": 9,
}
KINDS = ("door", "gate", "door", "window", "cabinet", "exit-button", "seal")
FURTHER: dict[str, tuple[int, PointKind]] = {
    "archive/set-button": (7, "set-button"),
    "archive/panic": (8, "panic"),
    "archive/water": (10, "water"),
    "archive/lid": (11, "tamper"),
}
"""What may hang on the node besides, and on which terminal."""
PRESSED = ("archive/exit-button", "archive/set-button")


def plan(leave: LeaveBy = "button", doors: tuple[str, ...] = DOORS, version: int = 7) -> Plan:
    return Plan(
        version=version,
        points=tuple(
            PlanPoint(
                place=place,
                kind=kind,  # type: ignore[arg-type]
                terminal=terminal,
                input="supervised" if terminal >= 9 else "two-state",
                normally="open" if kind == "exit-button" else "closed",
            )
            for (place, terminal), kind in zip(TERMINALS.items(), KINDS, strict=True)
        ),
        readers=(
            PlanReader(place="archive/reader", port="r1"),
            PlanReader(place="archive/inside", port="r2", inside=True),
        ),
        areas=(PlanArea(name="archive", doors=doors, leave=leave, seconds=10),),
    )


def further(known: Plan, *places: str) -> Plan:
    """That plan, with these points besides."""
    points = tuple(
        PlanPoint(
            place=place,
            kind=FURTHER[place][1],
            terminal=FURTHER[place][0],
            input="supervised" if FURTHER[place][0] >= 9 else "two-state",
            normally="open" if place in PRESSED else "closed",
        )
        for place in places
    )
    return replace(known, points=(*known.points, *points))


def holder(person: int, number: str, *, enters: bool = False, seals: bool = False, responds: bool = False) -> Holder:
    return Holder(
        person=person,
        credentials=(credential(number),),
        grants=(Grant(area="archive", schedule="office-hours", ends=None),) if enters else (),
        seals=("archive",) if seals else (),
        responds=("archive",) if responds else (),
    )


ACCESS = AccessList(
    version=3,
    expires=NOON + 30 * DAY,
    utc_offset=480,
    schedules={"office-hours": (Window(days=(0, 1, 2, 3, 4), start=8 * 60, end=18 * 60),)},
    holders=(
        holder(1001, ZHANG_WEI, enters=True, seals=True),
        holder(1002, LI_NA, enters=True, seals=True),
        holder(1003, WANG_FANG, responds=True),
        holder(1004, CHEN_JIE),
    ),
)

RECORD_KEYS = {name: keys.make(keys.key_name("demo", name, "record")) for name in ("archive-1", "archive-2")}


def seal_order(number: int, area: str = "archive", reader: str = "archive-1", firm: bool = True) -> Seal:
    """The order that seals an area; it is unsealed at the reader of that node."""
    public = {name: str(key.public) for name, key in RECORD_KEYS.items()}
    return Seal(area=area, sealing=number, reader_node=reader, keys=public, firm=firm)


D = TypeVar("D", bound=Data)


class Bench:
    """A node on a bench. Its process reads every input twice a second and ticks ten times; the hub beats every 2 s."""

    def __init__(
        self, saved: Saved | None = None, *, wall: int = NOON, hub: bool = True, name: str = "archive-1"
    ) -> None:
        self.name = name
        self.saved = saved or Saved(plan=plan(), access=ACCESS, trusted_wall=NOON - 60_000)
        self.node = Node(BOARD, BADGE_KEY, self.saved, "0.1.0", "mock", name=name, boot=BOOT, trust=ledger.trust())
        self.mono = 1_000
        self.wall_at_boot = wall - 1_000
        self.hub = hub
        self.hub_at_boot = NOON - 1_000
        """The hub's wall time at the node's boot."""
        planned = [point.place for point in self.saved.plan.points] if self.saved.plan else []
        self.levels: dict[str, Level] = dict.fromkeys((*TERMINALS, *planned), "normal")
        self.effects: list[Effect] = []
        self.times: list[int] = []
        self._beat = 0
        self._order = self.saved.mark
        self._take(self.node.start(self.now))

    @property
    def now(self) -> Now:
        return Now(self.mono, self.wall_at_boot + self.mono)

    # what happens

    def step(self, input: Input) -> list[Effect]:
        return self._take(self.node.step(input, self.now))

    def sample(self, place: str) -> list[Effect]:
        terminal = TERMINALS[place] if place in TERMINALS else FURTHER[place][0]
        level = self.levels[place]
        if terminal >= 9:
            return self.step(Reading(terminal, loop.raw_for(BOARD.converter, level), self.mono))
        return self.step(Contact(terminal, (level == "normal") != (place in PRESSED), self.mono))

    def set(self, place: str, level: Level) -> None:
        self.levels[place] = level
        self.sample(place)
        self.run(0.1)

    def open(self, place: str) -> None:
        self.set(place, "active")

    def close(self, place: str) -> None:
        self.set(place, "normal")

    def open_and_close(self, place: str, seconds: float = 1) -> None:
        self.open(place)
        self.run(seconds)
        self.close(place)

    def badge(self, number: str, port: str = "r1") -> list[Effect]:
        effects = self.step(ReaderBytes(port, badge.frame_for(number), self.mono))
        self.run(0.1)
        return effects

    def beat(
        self, time: int | None = None, boot: str = "hub-1", number: int | None = None, held: int | None = None
    ) -> list[Effect]:
        self._beat += 1
        time = self.hub_at_boot + self.mono if time is None else time
        beat = HubBeat(v=1, site="demo", boot=boot, number=number or self._beat, time=time, size=9, held=held)
        return self.step(HubHeard(beat))

    def order(self, data: OrderData, number: int | None = None, boot: str = BOOT, until: int = 10**9) -> list[Effect]:
        self._order = self._order + 1 if number is None else number
        order = Order(v=1, site="demo", node="archive-1", life=1, boot=boot, number=self._order, until=until, data=data)
        return self.step(OrderArrived(order))

    def ceremony(self, number: int, *badges: str, purpose: Purpose = "unseal") -> None:
        """Badges are shown at the reader while they count for that."""
        self.order(Ceremony(reader="archive/reader", purpose=purpose, sealing=number, seconds=300))
        for one in badges:
            self.badge(one)

    def unseal(self) -> None:
        """Two people show their badges, and the hub has the archive let go."""
        number = next(one.sealing for one in self.node.here(self.now, 1, "", 0).sealed if one.area == "archive")
        self.ceremony(number, ZHANG_WEI, LI_NA)
        self.order(Unseal(area="archive", sealing=number))

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds * 10)):
            self.mono += 100
            if self.mono % 2_000 == 0 and self.hub:
                self.beat()
            if self.mono % 500 == 0:
                for place in self.levels:
                    self.sample(place)
            self.step(Tick())

    def passes(self, seconds: float, step: float = 1) -> None:
        """Time in which nobody does anything: the process turns once in so many seconds, and the hub is heard."""
        until = self.mono + round(seconds * 1000)
        while self.mono < until:
            self.mono = min(until, self.mono + round(step * 1000))
            if self.hub:
                self.beat()
            for place in self.levels:
                self.sample(place)
            self.step(Tick())

    # what came of it

    def told(self, *kinds: type[D]) -> list[D]:
        """Records of these kinds, in order."""
        return of(self.effects, *kinds)

    def shown(self) -> list[str]:
        return [effect.answer for effect in self.effects if isinstance(effect, ReaderShows)]

    def switched(self, what: type[Lamp] | type[Sounder]) -> list[bool]:
        return [effect.on for effect in self.effects if isinstance(effect, what)]

    def forget(self) -> None:
        self.saved = self._on_disk()
        self.effects.clear()

    def rebooted(self, **changes: object) -> Bench:
        """The same node after a power cut, with what it had on disk."""
        return Bench(self._on_disk()._replace(**changes), wall=self.now.wall, name=self.name)  # type: ignore[arg-type]

    def _on_disk(self) -> Saved:
        saved = self.saved
        for effect in self.effects:
            if isinstance(effect, Save):
                fields: dict[str, Any] = effect.fields
                saved = saved._replace(**fields)
        return saved

    def _take(self, effects: list[Effect]) -> list[Effect]:
        self.effects += effects
        return effects


def of(effects: Iterable[Effect], *kinds: type[D]) -> list[D]:
    """Records of these kinds among effects."""
    return [effect.data for effect in effects if isinstance(effect, Keep) and isinstance(effect.data, kinds)]


def working(saved: Saved | None = None, **more: object) -> Bench:
    """A node that has run for a while with everything closed; what it told until then is forgotten."""
    bench = Bench(saved, **more)  # type: ignore[arg-type]
    bench.run(3)
    bench.forget()
    return bench


def sealed(number: int = 5, reader: str = "archive-1", firm: bool = True) -> Bench:
    """The archive is sealed, and unsealed at the reader of that node; the bench is `archive-1`."""
    bench = working()
    bench.order(seal_order(number, reader=reader, firm=firm))
    bench.run(4)
    bench.forget()
    return bench


def holds(bench: Bench) -> list[int]:
    """Numbers of the sealings that it holds."""
    return [one.sealing for one in bench.node.here(bench.now, 1, "", 0).sealed]


def refusals(bench: Bench) -> list[str]:
    """Why it has refused orders."""
    return [one.reason for one in bench.told(OrderRefused)]


def sounds(bench: Bench) -> bool:
    """Whether its sounder is on."""
    return bench.node.here(bench.now, 1, "", 0).sounding


def word(
    data: RecordData,
    node: str = OTHER,
    site: str = "demo",
    by: keys.SigningKey | None = None,
    wall: int = NOON,
) -> str:
    """A record of that node, as the hub carries it."""
    record = Record(
        v=1, site=site, node=node, life=1, boot="b", seq=9, mono=1, wall=wall, clock="trusted", prev="", data=data
    )
    return (by or RECORD_KEYS[node]).sign(m.encode(record)).decode()

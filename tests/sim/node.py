"""A node of the simulation: the firmware's whole core with simulated contacts, a disk and a line that may be cut."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from firmware.core import badge
from firmware.core.delivery import Free, Held, Receipts, SendFrom
from firmware.core.effects import (
    BeatNow,
    Contact,
    Effect,
    HubHeard,
    Keep,
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
from firmware.core.effects import Input as NodeInput
from firmware.core.node import Node
from firmware.core.window import Window
from hub.core.journal.machine import Arrival
from hub.core.site.document import Point
from tests.firmware.core import ledger
from tests.sim.clockwork import DAY, HOUR, SECOND, Script, World
from tests.support.journal import key
from wire import board, notes
from wire import messages as m

BOARD = board.load()
BADGE_KEY = b"site demo: the key of its badges"
LOOK_AGAIN_MS = (11, 31, 201)
"""As firmware.process.loop does: when the core can first say what a changed level was."""
MINDED_S = (*(1 for _ in range(12)), 19, 30, 12, 20)
"""After somebody did something at a door, the node is ticked after each of these seconds: past every deadline there."""
LOST = 0.002
"""Share of beats (QoS 0) that never arrive."""
CALM_FROM_MS = 15 * SECOND
SLOW, FAST = 2, 60
"""Ms that a message takes."""


class Line:
    """The network between one node and the hub: in order, a little late, and nothing while it is cut."""

    def __init__(self, world: World) -> None:
        self.whole = True
        self._world = world
        self._busy_until = {"up": 0, "down": 0}

    def send(self, way: str, deliver: Callable[[], object]) -> None:
        at = max(self._busy_until[way], self._world.now + self._world.random.randint(SLOW, FAST))
        self._busy_until[way] = at
        if self.whole:
            self._world.at(at, lambda: deliver() if self.whole else None)


class SimNode:
    """One node, its wires, and what lies on its disk. `hub` is whoever hears it."""

    def __init__(self, world: World, name: str, points: list[Point], hub: HubEars) -> None:
        self.name = name
        self.line = Line(world)
        self.sounded: list[int] = []
        """When its own sounder was switched on."""
        self.showed: dict[str, tuple[int, str]] = {}
        """What each of its readers has shown last, and when."""
        self.node: Node | None = None
        self.points = {point.place: point for point in points}
        self._world = world
        self._hub = hub
        self._boots = 0
        self._began = world.now
        self._drift = world.random.uniform(-2e-6, 2e-6)
        # On an ordinary day no seal is on, and so its loop is open.
        self._open = {place: point.kind == "seal" for place, point in self.points.items()}
        self._resistors = {place: world.random.uniform(-0.03, 0.03) for place in self.points}
        self.life = 0
        self.begin_a_life()
        self._window, self._receipts = Window(), Receipts()
        self._heard_at = world.now
        self._beat_at = self._beat_sent = 0
        self._beat_now = self._greet = False
        self._minding = 0

    # ---- its life

    def begin_a_life(self) -> None:
        """A new disk: it knows nothing, and makes a key of its own."""
        self.life += 1
        self._signer = key(self.name, f"life {self.life}")
        self.key = str(self._signer.public)
        self._saved = Saved()
        self._records: list[Arrival] = []
        """All that it has ever kept: a hub that was put back from a backup is given it again."""
        self._freed = self._seq = 0
        self._hash = ""

    @property
    def mono(self) -> int:
        passed = self._world.now - self._began
        return passed + int(passed * self._drift)

    @property
    def now(self) -> Now:
        return Now(self.mono, self._world.now)

    def boot(self) -> None:
        """It starts with what is on its disk, reads every input and connects."""
        self._boots += 1
        self._began = self._heard_at = self._world.now
        boot = f"{self.name}-boot-{self._boots}"
        self.node = Node(BOARD, BADGE_KEY, self._saved, "sim", "mock", name=self.name, boot=boot, trust=ledger.trust())
        self._receipts = Receipts()
        self._apply(self.node.start(self.now))
        self.reread()
        for after in LOOK_AGAIN_MS:
            self._world.after(after, self.turn)
        self.connect()

    def stop(self) -> None:
        """Its process ends, or the power goes."""
        self.node = None
        self.line.whole = False

    def cut(self) -> None:
        """Its network cable is out."""
        self.line.whole = False

    def connect(self) -> None:
        self.line.whole = True
        self._window.restart(self._freed, self.mono)
        self._greet = self._beat_now = True
        self.turn()

    def turn(self) -> None:
        """Time has passed."""
        if self.node:
            if self._hub.calm and self._world.now - self._heard_at > 2 * SECOND:
                self.hears(self._hub.beat())  # calm: the hub's beats came all the while, and are not played one by one
            self._step(Tick())

    def hears(self, beat: m.HubBeat) -> None:
        if self.node:
            self._heard_at = self._world.now
            self._beat_now |= self._greet or self._hub.calm
            self._greet = False
            self._step(HubHeard(beat))

    def ordered(self, order: m.Order) -> None:
        if self.node:
            self._step(OrderArrived(order))
            self.reread()  # as the app does for what a new plan names

    def receipt(self, receipt: m.Receipt) -> None:
        if not self.node:
            return
        held = Held(self.life, self._seq, self._hash, self._freed, 1, "", self._hash_of)
        for action in self._receipts.judge(receipt, held, self.mono):
            assert isinstance(action, Free | SendFrom), f"{self.name} has lost nothing, and is asked to {action}"
            if isinstance(action, Free):
                self._freed = action.through
            else:
                self._window.send_from(action.seq, self.mono)
        self._send()

    # ---- its hardware

    def move(self, place: str, is_open: bool) -> None:
        """A contact opens or closes, and bounces for a few milliseconds as contacts do."""
        self._open[place] = is_open
        at = 0
        for _ in range(self._world.random.randint(0, 3)):
            for state in (is_open, not is_open):
                self._world.after(at, partial(self._sample, place, state))
                at += self._world.random.randint(1, 3)
        self._world.after(at, lambda: self._sample(place, is_open))
        for after in LOOK_AGAIN_MS:
            self._world.after(at + after, self.turn)
        if self.points[place].kind in ("door", "gate", "exit-button"):
            self._mind()

    def badge(self, port: str, number: str) -> None:
        """A badge is held to a reader, which repeats its frame for as long as it is there."""
        frame = badge.frame_for(number)
        for repeat in range(self._world.random.randint(1, 8)):
            self._world.after(repeat * 100, lambda: self._step(ReaderBytes(port, frame[:6], self.mono)))
            self._world.after(repeat * 100 + 6, lambda: self._step(ReaderBytes(port, frame[6:], self.mono)))
        self._mind()

    def stands_open(self, area: str) -> list[str]:
        """What of an area is open here, as whoever looks sees."""
        kinds = ("door", "gate", "window", "cabinet", "safe", "bolt")
        return [
            place
            for place, is_open in self._open.items()
            if is_open and place.startswith(f"{area}/") and self.points[place].kind in kinds
        ]

    def reread(self) -> None:
        """Every input as it is."""
        for place, is_open in self._open.items():
            self._sample(place, is_open)

    def _sample(self, place: str, is_open: bool) -> None:
        point = self.points[place]
        if point.input == "supervised":
            self._step(Reading(point.terminal, self.raw(place, is_open), self.mono))
        else:
            self._step(Contact(point.terminal, is_open == (point.normally == "open"), self.mono))

    def raw(self, place: str, is_open: bool) -> int:
        """What the converter says: resistors of 5 %, warmer and colder with the season and the hour, a little noise."""
        converter = BOARD.converter
        year, day = self._world.now % (365 * DAY) / (365 * DAY), self._world.now % DAY / DAY
        warmer = -12 * math.cos(2 * math.pi * year) - 3 * math.cos(2 * math.pi * (day + 8 * HOUR / DAY - 0.1))
        nominal = converter.series_ohm + (converter.parallel_ohm if is_open else 0)
        ohm = nominal * (1 + self._resistors[place]) * (1 + 400e-6 * warmer)
        return round(converter.full_scale * ohm / (ohm + converter.pull_up_ohm)) + self._world.random.randint(-2, 2)

    def _mind(self) -> None:
        self._minding += 1
        self._world.start(self._minds(self._minding))

    def _minds(self, number: int) -> Script:
        for seconds in MINDED_S:
            yield seconds * SECOND
            if number != self._minding:
                return
            self.turn()

    # ---- what comes of it

    def _step(self, input: NodeInput) -> None:
        if self.node:
            self._apply(self.node.step(input, self.now))
            self._send()

    def _apply(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Keep(data):
                    self._keep(data)
                case Save():
                    fields: dict[str, Any] = effect.fields
                    self._saved = self._saved._replace(**fields)
                case Sounder(True):
                    self.sounded.append(self._world.now)
                case BeatNow():
                    self._beat_now = True
                case ReaderShows(port, answer) if answer != "off":
                    self.showed[port] = (self._world.now, answer)

    def _keep(self, data: m.RecordData) -> None:
        assert self.node
        wall, trust = self.node.wall(self.now)
        self._seq += 1
        record = m.Record(
            v=1, site="demo", node=self.name, life=self.life, boot=f"{self.name}-boot-{self._boots}", seq=self._seq,
            mono=self.mono, wall=wall, clock=trust, prev=self._hash, data=data,
        )  # fmt: skip
        text = m.encode(record)
        self._hash = notes.text_hash(text)
        self._records.append(Arrival(self._signer.sign(text), record, self._hash, self.key))

    def _hash_of(self, seq: int) -> str | None:
        return self._records[seq - 1].hash if 1 <= seq <= len(self._records) else None

    def _send(self) -> None:
        if not self.line.whole or not self.node:
            return
        numbers = self._window.next(self._freed, self._seq, self.mono)
        if numbers:
            batch = self._records[numbers.start - 1 : numbers.stop - 1]
            self._window.sent(numbers.stop - 1)
            self.line.send("up", lambda: self._hub.records(batch))
        if self._beat_now or (not self._hub.calm and self._world.now >= self._beat_at):
            self._beat_now = False
            self._beat_at = self._world.now + self.node.beat_every() + self._world.random.randint(-200, 800)
            wall, trust = self.node.wall(self.now)
            here = self.node.here(self.now, self._seq, self._hash, self._freed)
            boot = f"{self.name}-boot-{self._boots}"
            beat = m.Beat(
                v=1, site="demo", node=self.name, life=self.life, boot=boot, wall=wall, clock=trust, data=here
            )
            # The first after a calm time stands for all that were passed over.
            first = self._hub.calm or self._world.now - self._beat_sent > CALM_FROM_MS
            self._beat_sent = self._world.now
            if first or self._world.random.random() > LOST:
                self.line.send("up", lambda: self._hub.beats(beat))


class HubEars:
    """What a node needs to know of the hub."""

    @property
    def calm(self) -> bool:
        """Whether nothing is the matter, so that hours are passed over without playing every beat."""
        raise NotImplementedError

    def beat(self) -> m.HubBeat:
        raise NotImplementedError

    def records(self, batch: list[Arrival]) -> None:
        raise NotImplementedError

    def beats(self, beat: m.Beat) -> None:
        raise NotImplementedError

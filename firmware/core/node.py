"""The whole node: inputs and `now` go in, effects come out. It connects the modules of the core and decides nothing
itself. There is a method for every input that there is, which makes it long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from msgspec.structs import replace

from firmware.core.area_guard import Around
from firmware.core.badge import MANY
from firmware.core.changes import Changes
from firmware.core.clock import Clock
from firmware.core.doors import Doors
from firmware.core.effects import (
    BeatNow,
    CheckpointShown,
    Committed,
    Contact,
    Effect,
    HubHeard,
    Input,
    Keep,
    LinkDown,
    LinkUp,
    Now,
    OrderArrived,
    PartFailed,
    ProofArrived,
    ReaderBytes,
    Reading,
    Save,
    Saved,
    Tick,
)
from firmware.core.everyday import Everyday
from firmware.core.faults import Faults
from firmware.core.guard import Guard as SealingGuard
from firmware.core.kept import Kept
from firmware.core.orders import OrderContext, Orders
from firmware.core.points import Points, Sample
from firmware.core.presented import When
from firmware.core.proofs import Trust
from firmware.core.readers import Parts, Readers
from firmware.core.sealing import Sealing
from firmware.core.shows import Shows
from firmware.core.silence import HubSilence
from firmware.core.sounder import OwnSounder
from firmware.core.witness import Witness
from firmware.core.word import Words
from wire import messages as m
from wire.board import Board

BEAT_MS = 10_000
BEAT_SEALED_MS = 3_000
UNREADABLE = f"{MANY} damaged frames in a minute: interference, a loose wire, or a reader of another speed or kind"


class Node:
    """The state of one node in one boot. Nothing happens but in `start` and `step`, each with the time of it.

    `name` is its own; `boot` is the boot id that its records bear: orders must name it. `trust` is what it begins from
    as a witness.
    """

    def __init__(
        self,
        board: Board,
        badge_key: bytes | None,
        saved: Saved,
        version: str,
        factory: str,
        *,
        name: m.Name,
        boot: m.Name,
        trust: Trust,
    ) -> None:
        self._name = name
        self._board = board
        self._version = version
        self._factory = factory
        self._plan = saved.plan
        self._echo: m.Echo | None = None
        self._faults = Faults()
        self._clock = Clock(saved.trusted_wall)
        self._orders = Orders(saved.mark, boot)
        self._sounder = OwnSounder(saved.sounding)
        self._points = Points(board)
        self._guard = SealingGuard(saved, Words(trust.site, trust.checks), self._clock)
        self._emergencies = self._guard.emergencies
        self._sealing = Sealing(self._guard.sealed, self._sounder, self._points, saved.baselines)
        self._doors = Doors(self._is_guarded, saved.inside)
        self._inside_at = saved.inside_at
        self._silence = HubSilence(self._sounder, saved.no_link)
        self._shows = Shows(self._sounder, self._silence)
        self._witness = Witness(trust, saved.witness, self._sounder, self._clock)
        self._everyday = Everyday(saved.stands, Around(self._points, self._doors, self._sounder, self._shows))
        self._kept = Kept(saved, self._doors, self._sounder, self._everyday)
        parts = Parts(
            self._clock,
            self._sealing,
            self._doors,
            self._silence,
            self._shows,
            self._witness,
            self._guard,
            self._everyday,
        )
        self._readers = Readers(board, badge_key, parts)
        self._readers.access = saved.access
        self._changes = Changes(self._doors, self._sealing, self._everyday, self._emergencies, self._can_read)

    def start(self, now: Now) -> list[Effect]:
        """What is in force from disk, before any input is judged.

        To the hub, `Started` means that every point of this node is normal as far as the node has said: levels are
        not kept on disk, and each point that is not normal when it is first read is recorded as a change from normal
        (see points.Points). So a door that was open before a power cut, and closed in it, is not open for ever.
        """
        self._clock.start(now)
        self._doors.away(now.mono - max(0, self._clock.wall(now)[0] - self._inside_at))
        plan = self._plan.version if self._plan else 0
        sealed = self._sealed_areas()
        in_force = list(self._set_plan(self._plan, now)) if self._plan else []
        everyday = list(self._everyday.start(self._readers.access, sealed, self._when(now)))
        started = m.Started(
            version=self._version,
            factory=self._factory,
            plan=plan,
            sealed=self._sealing.areas,
            guards=self._everyday.guards,
        )
        effects = [
            Keep(started),
            *in_force,
            *everyday,
            *self._sounder.start(sealed | self._everyday.set_areas),
            *self._silence.start(now.mono),
            *self._sealing.start(now.mono),
            *self._guard.start(self._plan, self._readers.access, now.mono),
            *(effect for area in self._emergencies.areas for effect in self._sealing.opened(area)),
            *self._witness.start(),
        ]
        return [*effects, *self._changed(now)]

    def step(self, input: Input, now: Now) -> list[Effect]:
        """Judge one input."""
        return [effect for _what, effects in self.steps(input, now) for effect in effects]

    def steps(self, input: Input, now: Now) -> Iterator[tuple[str, Iterator[Effect]]]:
        """What judging an input takes, by name: each step by itself, and each effect as soon as it is decided. One that
        fails takes nothing from the others, nor from what it had decided until then."""
        if isinstance(input, Tick):
            yield from ((what, self._advance(step, now)) for what, step in TICK.items())
        else:
            what = type(input).__name__
            yield what, INPUTS[type(input)](self, input, now)
        yield "what follows", self._changed(now)

    def wall(self, now: Now) -> tuple[int, m.ClockTrust]:
        """Wall time for the head of a record or beat, and how far it is trusted."""
        return self._clock.wall(now)

    def beat_every(self) -> int:
        """Milliseconds from one beat to the next."""
        return BEAT_SEALED_MS if self._sealing.areas else BEAT_MS

    def here(self, now: Now, seq: int, hash: m.Hash, freed: int, unwritten: m.Unwritten | None = None) -> m.Here:
        """Body of a beat. `seq` and `hash` of the newest record, `freed` the last one that a receipt has freed;
        `unwritten` while the disk refuses."""
        access = self._readers.access
        return m.Here(
            uptime=now.mono,
            seq=seq,
            hash=hash,
            freed=freed,
            levels=self._points.levels(),
            sealed=self._sealing.areas,
            sounding=self._sounder.on,
            plan=self._plan.version if self._plan else 0,
            access=access.version if access else 0,
            mark=self._orders.mark,
            echo=self._echo,
            checkpoint=self._witness.head,
            unwritten=unwritten,
            guards=self._everyday.guards,
        )

    # ------------------------------------------------------------ inputs

    def _sample(self, sample: Sample, now: Now) -> Iterator[Effect]:
        seen = self._points.sample(sample)
        if seen:
            self._sealing.sampled(seen.point.place, sample.at)
            yield from self._changes.seen(seen, self._when(now))
            self._everyday.sampled(seen.point.place, sample.at)

    def _reader(self, data: ReaderBytes, now: Now) -> Iterator[Effect]:
        was = self._readers.unreadable(data.port)
        for effect in self._readers.heard(data, now):
            yield effect
            if isinstance(effect, Keep) and isinstance(effect.data, m.Denied) and effect.data.reason == "clock":
                yield from self._fault("clock", None, True, "too uncertain to decide on a badge")
        unreadable = self._readers.unreadable(data.port)
        if unreadable != was:
            detail = UNREADABLE if unreadable else "badges are read again"
            yield from self._fault("reader", data.port, unreadable, detail)

    def _part(self, part: PartFailed, now: Now) -> Iterator[Effect]:
        if part.part == "loops":
            self._points.loops_failed = part.failed
        yield from self._fault(part.part, part.port, part.failed, part.detail)

    def _order(self, arrived: OrderArrived, now: Now) -> Iterator[Effect]:
        order = arrived.order
        context = OrderContext(self._board, self._plan, self._guard, self._everyday, now)
        verdict = self._orders.judge(order, now.mono, context)
        if isinstance(verdict, m.OrderRefused):
            yield Keep(verdict)
            for area in self._guard.wronged(order.data, verdict.reason, now):
                yield from self._sealing.refused(area)
        elif verdict:
            yield Save({"mark": order.number})
            yield from ORDERS[type(order.data)](self, order.data, now)
            yield Keep(m.OrderDone(order=order.number, what=m.kind_of(order.data), sealed=self._sealing.areas))
            yield BeatNow()
            self._clock.order_done(now)

    def _hub(self, heard: HubHeard, now: Now) -> Iterator[Effect]:
        if self._clock.heard(heard.beat, now):
            self._echo = m.Echo(boot=heard.beat.boot, number=heard.beat.number)
            if heard.beat.held is None:  # else nobody takes in what we report: that is a hub that is silent
                yield from self._silence.heard(now.mono)
            yield from self._advance_clock(now)

    def _advance(self, step: Callable[[Node, Now], Iterator[Effect]], now: Now) -> Iterator[Effect]:
        yield from step(self, now)  # asked only now: whatever it fails over, it fails by itself

    def _advance_points(self, now: Now) -> Iterator[Effect]:
        for seen in self._points.advance(now.mono):
            yield from self._changes.seen(seen, self._when(now))

    def _advance_doors(self, now: Now) -> Iterator[Effect]:
        for outcome in self._doors.advance(now.mono):
            yield Keep(outcome)
            if isinstance(outcome, m.NotEntered):
                yield from self._everyday.not_entered(outcome.area, outcome.person, self._when(now))

    def _link_up(self, _: LinkUp, now: Now) -> Iterator[Effect]:
        yield from self._silence.no_link("")
        yield from self._witness.connected(now)

    def _link_down(self, gone: LinkDown, now: Now) -> Iterator[Effect]:
        yield from self._silence.no_link(gone.why)

    def _shown(self, checkpoint: CheckpointShown, now: Now) -> Iterator[Effect]:
        yield from self._witness.shown(checkpoint.note, now)

    def _proof(self, arrived: ProofArrived, now: Now) -> Iterator[Effect]:
        yield from self._witness.answered(arrived.proven, now)

    def _committed(self, record: Committed, now: Now) -> Iterator[Effect]:
        self._witness.committed(record)
        yield from ()

    # ------------------------------------------------------------ orders

    def _take_plan(self, plan: m.Plan, now: Now) -> Iterator[Effect]:
        yield from self._guard.take(plan, now)
        plan = replace(plan, word="")
        yield Save({"plan": plan})
        self._everyday.planned(plan, self._plan)
        yield from self._set_plan(plan, now)

    def _take_access(self, access: m.AccessList, now: Now) -> Iterator[Effect]:
        yield from self._guard.take(access, now)
        before, self._readers.access = self._readers.access, replace(access, word="")
        yield Save({"access": self._readers.access})
        yield from self._everyday.take(self._readers.access, before, self._when(now))

    def _take_seal(self, order: m.Seal, now: Now) -> Iterator[Effect]:
        if not self._sealing.is_sealed(order.area):
            for outcome in self._doors.close(order.area, "sealed"):
                yield Keep(outcome)
        was_firm = self._guard.is_firm(order.area)
        yield from self._guard.hold(order, self._name, self._plan, self._readers.access)
        self._readers.over(order.area, now.mono)
        if self._guard.is_firm(order.area) and not was_firm:
            yield from self._readers.sealed(order.area, now.mono)
        yield from self._sealing.change(self._guard.sealed, now.mono)
        self._everyday.seal(order.area)

    def _take_unseal(self, order: m.Unseal, now: Now) -> Iterator[Effect]:
        over = order.emergency or self._guard.is_firm(order.area)
        yield from self._guard.let_go(order, now.mono)
        self._readers.over(order.area, now.mono)
        if order.area in self._emergencies.areas:
            yield from self._sealing.opened(order.area)
        yield from self._sealing.change(self._guard.sealed, now.mono)
        yield from self._everyday.let_go(order.area, over, self._when(now))

    def _take_quiet(self, order: m.Quiet, now: Now) -> Iterator[Effect]:
        yield from self._emergencies.came(order.area)
        yield from self._sealing.came(order.area, "attended")

    def _take_ceremony(self, order: m.Ceremony, now: Now) -> Iterator[Effect]:
        yield from self._readers.ceremony(order, now.mono)

    def _take_respond(self, order: m.Respond, now: Now) -> Iterator[Effect]:
        self._sealing.respond(order)
        yield from ()

    def _take_guard(self, order: m.Guard, now: Now) -> Iterator[Effect]:
        yield from self._everyday.follow(order, self._when(now))

    def _take_asked(self, order: m.GuardAsked, now: Now) -> Iterator[Effect]:
        yield from self._everyday.ask(order, self._when(now))

    def _take_test(self, order: m.SelfTest, now: Now) -> Iterator[Effect]:
        yield from self._shows.test(self._readers.ports, now.mono + order.seconds * 1000)

    # ------------------------------------------------------------ shared

    def _is_guarded(self, area: m.Name) -> bool:
        return self._sealing.is_sealed(area) or self._everyday.is_set(area)

    def _sealed_areas(self) -> frozenset[m.Name]:
        return frozenset(one.area for one in self._sealing.areas)

    def _can_read(self, area: m.Name) -> bool:
        return self._readers.has_working(area, self._faults.failed)

    def _when(self, now: Now) -> When:
        return When(now.mono, *self._clock.wall(now))

    def _changed(self, now: Now) -> Iterator[Effect]:
        """What follows from whatever has happened: what is watched, and what is saved."""
        yield from self._everyday.watched(now.mono)
        yield from self._kept.changed(self.wall(now)[0])

    def _set_plan(self, plan: m.Plan, now: Now) -> Iterator[Effect]:
        self._plan = plan
        self._readers.set_plan(plan)
        self._everyday.set_plan(plan)
        for outcome in self._doors.set_plan(plan):
            yield Keep(outcome)
        for seen in self._points.set_plan(plan, now.mono):
            yield from self._changes.seen(seen, self._when(now))

    def _advance_clock(self, now: Now) -> Iterator[Effect]:
        yield from self._clock.advance(now)
        if self._clock.wall(now)[1] != "untrusted":
            yield from self._fault("clock", None, False, "known again")

    def _fault(self, part: m.FaultPart, port: str | None, failed: bool, detail: str) -> Iterator[Effect]:
        yield from self._faults.told(part, port, failed, detail, self._readers.place(port))


INPUTS: dict[type, Callable[[Node, Any, Now], Iterator[Effect]]] = {
    Contact: Node._sample,
    Reading: Node._sample,
    ReaderBytes: Node._reader,
    PartFailed: Node._part,
    OrderArrived: Node._order,
    HubHeard: Node._hub,
    LinkUp: Node._link_up,
    LinkDown: Node._link_down,
    CheckpointShown: Node._shown,
    ProofArrived: Node._proof,
    Committed: Node._committed,
}

TICK: dict[str, Callable[[Node, Now], Iterator[Effect]]] = {
    "clock": Node._advance_clock,
    "points": Node._advance_points,
    "doors": Node._advance_doors,
    "silence": lambda node, now: node._silence.advance(now.mono, bool(node._sealing.areas)),
    "sealing": lambda node, now: node._sealing.advance(now.mono),
    "guard": lambda node, now: node._guard.advance(now.mono),
    "everyday": lambda node, now: node._everyday.advance(node._when(now)),
    "shows": lambda node, now: node._shows.advance(now.mono),
    "witness": lambda node, now: node._witness.advance(now),
}
"""What time alone brings about, in order."""

ORDERS: dict[type, Callable[[Node, Any, Now], Iterator[Effect]]] = {
    m.Plan: Node._take_plan,
    m.AccessList: Node._take_access,
    m.Seal: Node._take_seal,
    m.Unseal: Node._take_unseal,
    m.Quiet: Node._take_quiet,
    m.Ceremony: Node._take_ceremony,
    m.Respond: Node._take_respond,
    m.Guard: Node._take_guard,
    m.GuardAsked: Node._take_asked,
    m.SelfTest: Node._take_test,
}

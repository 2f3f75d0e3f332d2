"""A running node: wires outbox, core, devices and link together, and owns the one loop.

Devices and link only enqueue. A turn of the loop takes what has come, lets the core judge each input, switches the
outputs at once, then puts all that is to be kept on disk in one transaction, and only then acknowledges and sends.
What the core fails over costs the node only that: what it had decided until then is carried out, the hub is told of it
as a fault of the node's program, and every other input is judged. Any other fault in the program itself ends the
process: the service manager starts it again, `started` says so in the journal, and everything that counts is on disk.
It is long since what it wires together has one order in time.
"""

from __future__ import annotations

import logging
from collections import Counter, deque
from functools import partial
from typing import Any

from firmware.core.debounce import GLITCH_MS, SETTLE_MS
from firmware.core.effects import (
    BeatNow,
    CheckpointShown,
    Contact,
    Cosign,
    Covered,
    Effect,
    HubHeard,
    Input,
    Inquire,
    Keep,
    Lamp,
    LinkDown,
    LinkUp,
    Now,
    OrderArrived,
    PartFailed,
    PassedOver,
    ProofArrived,
    ReaderShows,
    Reading,
    Save,
    Sounder,
    Tick,
)
from firmware.core.loop import UNFIT_MS
from firmware.core.node import Node
from firmware.devices.assembly import Devices
from firmware.hub_link.delivery import Delivery
from firmware.hub_link.messages import Mail
from firmware.hub_link.unlinked import Unlinked
from firmware.outbox.records import Happening, Header
from firmware.outbox.when_the_disk_refuses import BufferedOutbox
from firmware.process.boot import Boot, tell_systemd
from firmware.process.inbox import Inbox
from wire import topics
from wire.fences import Fences
from wire.link import Arrived, Connected, Disconnected, Link
from wire.messages import Order, Plan, Proven, Receipt

TICK_MS = 100
REREAD_MS = 500
REPORT_MS = 60_000
LOOK_AGAIN_MS = (GLITCH_MS + 1, SETTLE_MS + 1, UNFIT_MS + 1)
"""After a level has changed, when the core can first say what it was."""

log = logging.getLogger("strongroom.node")


class App:
    """One node while it runs. Everything is called from the loop's thread."""

    def __init__(
        self,
        boot: Boot,
        node: Node,
        buffered: BufferedOutbox,
        mail: Mail,
        devices: Devices,
        link: Link | Unlinked,
        inbox: Inbox,
        spoilt: str = "",
    ) -> None:
        """`spoilt`: what is wrong with the node's papers, for a person to mend; empty for nothing."""
        self._boot = boot
        self._node = node
        self._buffered = buffered
        self._mail = mail
        self._devices = devices
        self._link = link
        self._inbox = inbox
        self._spoilt = spoilt
        self._batch: deque[Any] = deque()
        self._happenings: list[Happening] = []
        self._fields: dict[str, object] = {}
        self._to_acknowledge: list[Arrived] = []
        self._delivery = Delivery(buffered, link, topics.record(mail.who.site, mail.who.node))
        self._question: Inquire | None = None
        self._cosignature: Cosign | None = None
        self._plan: Plan | None = None
        self._seen: dict[int, object] = {}
        self._look_again: list[int] = []
        self._next_tick = self._next_reread = 0
        self._next_report = REPORT_MS
        self._last_beat = 0
        self._beat_now = False
        self._greet = False
        self._no_link = ""
        self._reported: Counter[str] = Counter()
        self._fences = Fences(log, told=self._failed)
        self.stopping = False

    def start(self, plan: Plan | None) -> None:
        """Put in force what the disk says, before any input is judged; then listen."""
        self._apply(self._node.start(self._boot.now()))
        self._keep(self._boot.now())
        self._plan = plan
        if plan:
            self._devices.use(plan)
        self._devices.start()
        self._link.start()
        if self._spoilt:
            self._inbox.put(PartFailed("papers", failed=True, detail=self._spoilt))
        tell_systemd("READY=1")

    def run(self) -> None:
        """Go on until `stopping` is set."""
        while not self.stopping:
            self.turn()

    def turn(self) -> None:
        """Take what has come, judge it, keep it, send it."""
        self._inbox.take(self._wait_ms(), self._batch)
        now = self._boot.now()
        while self._batch:
            self._take(self._batch.popleft())
        # Everything that was seen by `now` has been handed in, unless the queue was longer than a batch.
        if self._inbox.queue.empty() or now.mono >= self._next_tick + TICK_MS:
            self._tick(now)
        now = self._boot.now()
        self._keep(now)
        for arrived in self._to_acknowledge:
            self._link.acknowledge(arrived)
        self._to_acknowledge.clear()
        for named in self._delivery.settle(self._header(now)):
            self._step(named)
        self._send(now)

    def stop(self) -> None:
        """Write down what is known."""
        self._keep(self._boot.now())
        self._buffered.tick(self._header(self._boot.now()))

    # ------------------------------------------------------------ in

    def _wait_ms(self) -> int:
        due = [self._next_tick, *self._look_again[:1]]
        pattern = self._devices.outputs.advance(self._boot.mono())
        if pattern is not None:
            due.append(pattern)
        return min(due) - self._boot.mono()

    def _take(self, item: Any) -> None:
        match item:
            case Connected():
                log.info("connected to the broker")
                self._no_link = ""
                self._delivery.connected(self._boot.mono())
                self._greet = self._beat_now = True
                self._step(LinkUp())
            case Disconnected(reason):
                self._lost_link(reason)
            case Arrived():
                self._arrived(item)
            case _:
                self._sampled(item)
                self._step(item)

    def _lost_link(self, reason: str) -> None:
        if reason != self._no_link:
            log.warning("no broker: %s", reason)
        self._no_link = reason
        self._step(LinkDown(reason))

    def _sampled(self, item: Input) -> None:
        """Look again soon after a level has changed, not only at the next tick."""
        if isinstance(item, Contact | Reading):
            level = item.closed if isinstance(item, Contact) else item.raw
            if self._seen.get(item.terminal) != level:
                self._seen[item.terminal] = level
                now = self._boot.mono()
                self._look_again = sorted({*self._look_again, *(now + after for after in LOOK_AGAIN_MS)})

    def _arrived(self, arrived: Arrived) -> None:
        self._to_acknowledge.append(arrived)
        said = None
        with self._fences.around("a message"):
            said = self._mail.open(arrived, self._buffered.outbox.life)
        if said is None:
            return
        match said:
            case Receipt():
                self._delivery.heard(said)
            case Order():
                self._ordered(said)
            case Proven():
                self._step(ProofArrived(said))
            case CheckpointShown():
                self._step(said)
            case _:
                self._step(HubHeard(said))
                # A beat counts with the hub only when it echoes one of the hub's own.
                self._beat_now |= self._greet
                self._greet = False

    def _ordered(self, order: Order) -> None:
        if isinstance(order.data, Plan):
            # What hangs on the terminals from now on is read before the core judges the plan by it.
            self._devices.use(order.data)
            self._inbox.take(0, self._batch)
            waiting, self._batch = self._batch, deque()
            for one in waiting:
                if isinstance(one, Arrived | Connected | Disconnected):
                    self._batch.append(one)
                else:
                    self._step(one)
        self._step(OrderArrived(order))
        if isinstance(order.data, Plan) and self._plan and self._plan != order.data:
            self._devices.use(self._plan)  # the order was refused

    def _failed(self, what: str, error: Exception) -> None:
        """A part of the core has failed over something: the hub is told."""
        self._inbox.put(PartFailed("program", failed=True, detail=f"{what}: {type(error).__name__}"))

    def _step(self, item: Input, now: Now | None = None) -> None:
        now = now or self._boot.now()
        for what, effects in self._node.steps(item, now):
            decided: list[Effect] = []
            with self._fences.around(what):
                for effect in effects:
                    decided.append(effect)  # noqa: PERF402 - what was decided before a failure stays decided
            self._apply(decided)

    def _tick(self, now: Now) -> None:
        self._look_again = [at for at in self._look_again if at > now.mono]
        self._step(Tick(), now)
        self._devices.outputs.advance(now.mono)
        self._devices.outputs.trouble(self._buffered.broken or bool(self._spoilt), now.mono)
        self._buffered.tick(self._header(now))
        self._next_tick = now.mono + TICK_MS
        if now.mono >= self._next_reread:
            self._next_reread = now.mono + REREAD_MS
            self._devices.reread()
            tell_systemd("WATCHDOG=1")
        if now.mono >= self._next_report:
            self._next_report = now.mono + REPORT_MS
            self._report()

    # ------------------------------------------------------------ out

    def _apply(self, effects: list[Effect]) -> None:
        outputs = self._devices.outputs
        now = self._boot.now()
        for effect in effects:
            match effect:
                case Sounder(on):
                    outputs.sounder(on)
                case Lamp(on):
                    outputs.lamp(on)
                case ReaderShows():
                    outputs.show(effect, now.mono)
                case Keep(data):
                    self._happenings.append(Happening(self._header(now), data))
                case Save(fields):
                    self._fields.update(fields)
                    if isinstance(plan := fields.get("plan"), Plan):
                        self._plan = plan
                case BeatNow():
                    self._beat_now = True
                case Inquire():
                    self._question = effect
                case Cosign():
                    self._cosignature = effect
                case Covered(life, seq):
                    if life == self._buffered.outbox.life:
                        self._buffered.attempt(partial(self._buffered.outbox.cover, seq), self._header(now))
                case PassedOver(why):
                    self._mail.ignored[why] += 1

    def _keep(self, now: Now) -> None:
        if self._happenings or self._fields:
            was_broken = self._buffered.broken
            self._buffered.keep(self._happenings, self._fields, self._header(now))
            # What is in memory alone the hub learns from beats, and at once.
            self._beat_now |= self._buffered.broken and (bool(self._happenings) or not was_broken)
            self._happenings, self._fields = [], {}
        if self._buffered.blind and not self._buffered.broken:
            log.warning("the disk can be read again: starting anew with what it says")
            self.stopping = True

    def _send(self, now: Now) -> None:
        if not self._link.connected:
            return
        self._delivery.send(self._header(now))
        outbox = self._buffered.outbox
        site, node = self._mail.who.site, self._mail.who.node
        if self._question:
            # One that is lost is asked again.
            self._link.publish(topics.ask(site, node), self._mail.ask(self._question, outbox.life), 1)
            self._question = None
        # What is vouched for was saved in this turn or before: while the disk refuses, that may not be so.
        vouched = None if self._buffered.broken else self._cosignature
        cosigned = self._mail.cosignature(vouched) if vouched else None
        if cosigned and self._link.publish(topics.cosign(site, node), cosigned, 1):
            self._cosignature = None
        if self._beat_now or now.mono - self._last_beat >= self._node.beat_every():
            self._beat_now, self._last_beat = False, now.mono
            wall, trust = self._node.wall(now)
            here = self._node.here(now, outbox.seq, outbox.hash, outbox.freed, self._buffered.unwritten)
            self._link.publish(topics.beat(site, node), self._mail.here(here, outbox.life, wall, trust), 0)

    def _header(self, now: Now) -> Header:
        wall, trust = self._node.wall(now)
        return Header(self._boot.id, now.mono, wall, trust)

    def _report(self) -> None:
        """Say once a minute what was not taken."""
        counts = Counter(self._mail.ignored)
        counts["overrun inputs"] = self._inbox.dropped
        counts["overrun beats"] = self._link.dropped
        for reason, count in (counts - self._reported).items():
            log.warning("not taken since the last report: %d %s", count, reason)
        self._reported = counts

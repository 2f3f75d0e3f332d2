"""The simulated bureau: the hub's core and its watch, and the nodes of the demonstration site, on one simulated clock.

The engine's loop is played here as far as it decides anything: who is heard, what comes due, which orders go out.
Hours in which nothing is the matter are passed over: beats are played one by one only where somebody looks closely.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import msgspec

from hub.core.journal.machine import Arrival, Machine
from hub.core.nodes import contradiction, order_content
from hub.core.nodes.sequence import Verdict
from hub.core.sealing import after_restore
from hub.core.site.document import Site
from hub.core.state import Alarm, Area, Call, Life, OrderOut, State
from hub.documents import site as site_file
from hub.engine.due import Watch
from hub.service import Outcome
from tests.sim.clockwork import MINUTE, SECOND, Script, World
from tests.sim.node import BADGE_KEY, BOARD, HubEars, SimNode
from tests.support.hub import Clock
from tests.support.paper import LIU_YANG, ZHAO_MIN, PaperHub, demo_site
from wire import messages as m

CALM_MS = 30 * MINUTE
ORDER_AGAIN_MS = 5_000
ORDER_VALID_MS = 30_000
"""As hub.engine."""
CHANNELS: tuple[m.Channel, ...] = ("console", "sounder", "sms", "email", "syslog")


@cache
def stored_site(made: Callable[[], Site] = demo_site) -> Site:
    """A site as it is stored: credentials in the place of badge numbers."""
    return msgspec.json.decode(site_file.stored(made(), BADGE_KEY), type=Site)


class _HubClock(Clock):
    """The true time, and by how much the hub's clock is ahead of it."""

    def __init__(self, paper: _Paper) -> None:
        super().__init__(0)
        self._paper = paper

    def __call__(self) -> int:
        return self._paper.world.now + self._paper.ahead


class _Paper(PaperHub):
    def __init__(self, world: World, site: Site) -> None:
        self.world = world
        self.notices: list[tuple[int, m.NoticeQueued]] = []
        self.ahead = 0
        """By how much the hub's wall clock is ahead of the true time, in ms."""
        super().__init__(site)
        self.clock = _HubClock(self)

    def put_back(self, size: int) -> None:
        """The journal up to this entry, and what that says."""
        self.entries = self.entries[:size]
        self.state = self.rebuilt()
        self.state.settle()

    def _outcome(self, machine: Machine, verdicts: list[Verdict]) -> Outcome:
        self.notices += [(self.world.now, fact) for fact in machine.facts if isinstance(fact, m.NoticeQueued)]
        return super()._outcome(machine, verdicts)


class Bureau(HubEars):
    """Hub and nodes. Every call and every notice to a person can be asked for at the end."""

    def __init__(self, world: World, made: Callable[[], Site] = demo_site) -> None:
        """`made` makes the site."""
        self.world = world
        self.paper = _Paper(world, stored_site(made))
        self.up = False
        self._boots = self._number = self._pulse = 0
        self._close_until = 0
        self._known = (0, True)
        self._sent: dict[tuple[str, int], tuple[str, int]] = {}
        site = self.paper.site
        self.nodes = {
            node.name: SimNode(world, node.name, [one for one in site.point if one.node == node.name], self)
            for node in site.node
        }
        for node in self.nodes.values():
            self.enrol(node)
        self.paper.fact(m.NotifyStarted(version="sim", channels=CHANNELS), "notify")
        self.paper.apply(site)  # once more, so that every node is told
        self.start()
        for sim in self.nodes.values():
            sim.boot()
        self._beat_next(0)

    def enrol(self, node: SimNode) -> None:
        """The node is let in, in the life that it is in."""
        former = self.paper.state.life(node.name)
        keys = {"record_key": node.key, "witness_key": node.key}
        last = former.seq if former else 0
        self.paper.fact(m.NodeEnrolled(node=node.name, life=node.life, serial="1f", last_seq=last, **keys), "admin")

    # ---- the hub's process

    def start(self) -> None:
        self._boots += 1
        self._number = 0
        self._boot = f"engine-{self._boots}"
        self.watch = Watch(self._boot, self.world.now)
        self.watch.broker_back(self.world.now)
        self.up = True
        self._sent = {}
        silent_since = self.state.meta.engine_time if self._boots > 1 else None
        self._note(self.paper.fact(m.EngineStarted(version="sim", silent_since=silent_since)))
        for name in self.nodes:
            self._receipt(name, False)

    def stop(self) -> None:
        self.up = False

    def put_back(self, size: int) -> None:
        """The hub's database is that of a backup, with so many entries; two people have signed for it."""
        self.paper.put_back(size)
        self.start()
        restored = m.HubRestored(size=size, reason="硬盘坏了", second=LIU_YANG)
        self._note(self.paper.fact(restored, "admin", ZHAO_MIN, "administrator"))

    @property
    def state(self) -> State:
        return self.paper.state

    @property
    def calm(self) -> bool:
        """Whether all is well and nothing is under way, so that no beat is worth playing."""
        return (
            self.world.now >= self._close_until
            and self.up
            and all(node.node and node.line.whole for node in self.nodes.values())
            and self._nothing_under_way()
        )

    def _nothing_under_way(self) -> bool:
        size = len(self.paper.entries)
        if self._known[0] != size:
            state = self.state
            busy = (
                any(area.due_at is not None for area in state.all(Area))
                or any(call.life != "over" for call in state.all(Call))
                or any(life.silent for life in state.all(Life))
            )
            self._known = (size, not busy)
        return self._known[1]

    def look_closely(self, ms: int) -> None:
        """From now on everything is played, for so long at least."""
        self._close_until = max(self._close_until, self.world.now + ms)
        self._beat_next(0)

    def beat(self) -> m.HubBeat:
        self._number += 1
        now, size = self.paper.clock(), len(self.paper.entries)
        return m.HubBeat(v=1, site="demo", boot=self._boot, number=self._number, time=now, size=size)

    def _beat_next(self, ms: int) -> None:
        self._pulse += 1
        self.world.start(self._pulses(self._pulse), self.world.now + ms)

    def _pulses(self, number: int) -> Script:
        """A beat every 2 s and a look every second; calm: both every half hour, and every node answers at once."""
        while number == self._pulse:
            if self.up:
                beat = self.beat()
                for node in self.nodes.values():
                    node.line.send("down", partial(node.hears, beat))
            yield 300
            self._look()
            if self.calm:
                for node in self.nodes.values():
                    node.turn()
                    if self._number % 4 == 0:
                        node.reread()
                yield CALM_MS - 300
            else:
                for node in self.nodes.values():
                    node.turn()
                yield 700
                self._look()
                for node in self.nodes.values():
                    node.turn()
                yield 1_000

    def _look(self) -> None:
        if self.up:
            outcome = self.watch.look(self.paper, self.state, self.paper.site, self.paper.clock(), self.world.now)
            if outcome:
                self._note(outcome)
            self._send_orders()

    # ---- what it hears

    def records(self, batch: list[Arrival]) -> None:
        if not self.up:
            return
        outcome = self.paper.take(batch)
        node = batch[0].record.node
        for arrival, verdict in zip(batch, outcome.verdicts, strict=True):
            record = arrival.record
            assert verdict in ("next", "repeat", "beyond"), (verdict, record)
            if verdict == "next":
                self.watch.progress.moved(node)
                self.watch.liveness.record(node, record.boot, record.mono)
                if isinstance(record.data, m.Started) or not self.watch.liveness.uptime(node, self.world.now):
                    self.watch.liveness.clock(node, record.boot, record.mono, self.world.now)
            elif verdict == "beyond":
                self.watch.progress.ahead(node, record.life, record.seq, self.world.now)
        self._note(outcome)
        self._receipt(node, "beyond" in outcome.verdicts)

    def beats(self, beat: m.Beat) -> None:
        if not self.up:
            return
        here = self.watch.liveness.beat(beat, self._number, self.world.now, self.paper.clock())
        life = self.state.life(beat.node)
        if here is None or life is None:
            return
        for fact in list(after_restore.found(self.state, self.paper.site, beat.node, here.sealed)):
            self._note(self.paper.fact(fact))
        if here.seq > life.seq:
            self.watch.progress.ahead(beat.node, beat.life, here.seq, self.world.now)
        if not contradiction.is_older(self.state, beat, here, self.watch.liveness.recorded(beat.node)):
            for fact in list(contradiction.found(self.state, self.paper.site, beat, here)):
                self._note(self.paper.fact(fact))
        if here.seq != life.seq or here.freed != life.seq:
            self._receipt(beat.node, here.seq > life.seq)
        self._send_orders()

    def _note(self, outcome: Outcome) -> None:
        if not self.calm:
            due = self.world.now >= self._close_until
            self._close_until = max(self._close_until, self.world.now + 3 * SECOND)
            if due:
                self._beat_next(0)
        self._send_orders()

    # ---- what it says

    def _receipt(self, name: str, missing: bool) -> None:
        life = self.state.life(name)
        assert life
        receipt = m.Receipt(
            v=1, site="demo", node=name, life=life.life, seq=life.seq, hash=life.hash, index=life.index, missing=missing
        )
        node = self.nodes[name]
        node.line.send("down", lambda: node.receipt(receipt))

    def _send_orders(self) -> None:
        for order in sorted(self.state.all(OrderOut), key=lambda one: one.number):
            clock = self.watch.liveness.uptime(order.node, self.world.now)
            sent_boot, sent_at = self._sent.get((order.node, order.number), ("", 0))
            if clock is None or (sent_boot == clock[0] and self.world.now - sent_at < ORDER_AGAIN_MS):
                continue
            boot, uptime = clock
            self._sent[order.node, order.number] = (boot, self.world.now)
            data = order_content.compose(self.state, self.paper.site, BOARD, order.node, order.what, self.paper.clock())
            message = m.Order(
                v=1, site="demo", node=order.node, life=order.life, boot=boot, number=order.number,
                until=uptime + ORDER_VALID_MS, data=data,
            )  # fmt: skip
            node = self.nodes[order.node]
            node.line.send("down", partial(node.ordered, message))

    # ---- what became of it

    def rings(self) -> bool:
        """Whether anybody is being called."""
        return any(call.life in ("ringing", "answered") for call in self.state.all(Call))

    def notices(self) -> list[tuple[int, m.NoticeQueued]]:
        """Every time that somebody was called, and when by the true time."""
        return self.paper.notices

    def raised(self) -> list[m.AlarmRaised]:
        return self.paper.journal(m.AlarmRaised)

    def open_alarms(self) -> list[Alarm]:
        return self.paper.alarms()

"""The engine's process: one loop that takes in what nodes send, answers, and watches what comes due.

A failing database ends the process; whoever started it starts it again, and nodes still have all that was not
receipted. Its beat stops with it, which is what nodes go by. It is long since everything that the engine
does in a turn is called from here, in an order that counts.
"""

from __future__ import annotations

import gc
import logging
import secrets
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from hub.core.journal.machine import Arrival, has_news
from hub.core.journal.requests import Actor
from hub.core.journal.unjudged import Failure
from hub.core.nodes import contradiction, node_disk, witnesses
from hub.core.nodes.hub_clock import HubClock
from hub.core.nodes.hub_disk import Disk
from hub.core.rules import each
from hub.core.sealing import after_restore
from hub.core.site.document import Site
from hub.core.state import Life, State
from hub.door.desk import Times
from hub.engine import disk, due, rtc
from hub.engine.alive import HELD, Alive
from hub.engine.asking import Asking
from hub.engine.certifier import Certifier
from hub.engine.comparer import Comparer
from hub.engine.inbound import Bad, Verifier
from hub.engine.listening import Listening
from hub.engine.outbound import Outbound
from hub.engine.witnessing import Witnessing
from hub.ledger import cosignatures
from hub.ledger.checkpoint import Signing
from hub.ledger.rotation import Rotation
from hub.service import Outcome
from hub.site_directory import validity
from hub.site_directory.hub import Hub, wall_ms
from hub.site_directory.version import own_version
from hub.store import faults, schema, session, signs
from wire import link, topics
from wire import messages as m
from wire.book import rules
from wire.fences import Fences
from wire.keys import KeyFileError

log = logging.getLogger("strongroom.engine")

BATCH = 64
ENOUGH_WAITS = m.WINDOW // 2
"""While more of a node's records than this wait here, its receipt waits for the next batch's, which says more: whatever
the node sent on it now would wait here as well."""
TICK_MS = 250


class Engine:
    """The engine of one hub. `run` until `stop`."""

    def __init__(self, hub: Hub, still_alone: Callable[[], None] = lambda: None) -> None:
        """Opens database and keys. `still_alone` raises once another engine may have taken the database over.

        Raises keys.KeyFileError, schema.SchemaError, DatabaseLost.
        """
        database = session.patient(hub.database(), session.Waits(self._held, self._got_through))
        hub = hub.on(database)
        schema.check(database)
        self._database = database
        self._site_name = hub.site
        self._service = hub.service()
        self._boot = secrets.token_hex(8)
        self._verifier = Verifier(hub.site, lambda said: self._witnessing.accuses(said))
        self._comparer = Comparer(hub.database_url, hub.layout.compared, mono_ms())
        self._watch = due.Watch(
            self._boot,
            mono_ms(),
            lambda: self._disk(hub.layout.database.parent, schema.file(database)),
            HubClock(wall_ms(), real_ms()),
            rtc.read,
            self._comparer.found,
        )
        self._listening = Listening(hub, self._watch.floods, mono_ms)
        self._link = self._listening.link
        self._certifier = Certifier(database, self._service, hub.key("engine"))
        self._outbound = Outbound(hub.site, self._link, hub.key("engine"))
        self._witnessing = Witnessing(database, self._verifier, self._watch.witnesses, self._watch.bad_messages)
        self._signing = Signing(database, hub.checkpoint_key())
        self._rotation = Rotation(database, hub.layout.checkpoint_keys, self._signing, self._name_key, self._witnessed)
        self._fences = Fences(log, _ends_us, self._failed)
        times = lambda: Times(wall_ms(), mono_ms())  # noqa: E731
        self._asking = Asking(hub.layout, self._service, database, times, self._note, self._fences)
        self._state, self._site = self._service.look()
        self._size = 0
        self._stopping = False
        self._still_alone = still_alone
        self._papers = hub.papers("engine")
        self._alive = Alive(hub.site, self._boot, hub.layout, self._outbound)

    def stop(self) -> None:
        """End `run` at the next turn. May be called from a signal handler."""
        self._stopping = True

    def run(self) -> None:
        """Work until stopped."""
        silent_since = self._state.meta.engine_time or None
        self._compare_clocks()
        self._note(
            self._service.note(m.EngineStarted(version=own_version(), silent_since=silent_since, rules=rules.NEWEST))
        )
        self._rotate()  # a day may have ended while nobody was here: nothing is taken in before its key is gone
        self._alive.beat(mono_ms(), self._size)  # so that whoever asks from now on is answered
        self._hear()
        self._listening.open()
        self._alive.open()
        self._asking.open()
        self._watch.give_a_moment(mono_ms())
        gc.collect()
        gc.freeze()  # what is here by now stays: to look through it again and again would keep alarms waiting
        tick_at = 0
        try:
            while not self._stopping:
                self._wait((tick_at - mono_ms()) / 1000)
                self._alive.answer()
                # Before the records: whoever asks may be standing at a door that sounds.
                if not self._asking.turn():
                    self._wait_for_the_database()
                self._take(self._listening.batch(BATCH))
                if mono_ms() >= tick_at:
                    tick_at = mono_ms() + TICK_MS
                    self._tick()
            self._asking.end()
            self._note(self._service.note(m.EngineStopped()))
            self._checkpoint(whatever=True)
        finally:
            self._asking.close()
            self._alive.close()
            self._comparer.close()
            self._listening.stop()

    def _wait(self, seconds: float) -> None:
        readers, writers = self._asking.sockets()
        self._listening.wait([*self._alive.sockets, *readers], writers, 0.0 if self._asking.waits else seconds)

    def _wait_for_the_database(self) -> None:
        """Until nobody holds it: whoever asks meanwhile is told at once, and people are called when it lasts."""
        with session.writing(self._database):
            pass

    def _held(self, waited: int) -> bool:
        """The database is held by another process, and we have waited so many ms. False to wait no longer."""
        self._listening.stay()
        self._alive.while_held(self._watch.held, waited, mono_ms(), self._still_alone)
        return self._asking.while_held() and not self._stopping

    def _got_through(self, waited: int) -> None:
        """We have waited so many ms for the database, and have it."""
        if self._watch.held.got_through(waited, mono_ms()):
            log.error(HELD)

    # ------------------------------------------------------------ what comes in

    def _take(self, events: list[link.Event]) -> None:
        arrivals: list[Arrival] = []
        beats: list[link.Arrived] = []
        for event in events:
            with self._fences.around(_name(event)):
                if isinstance(event, link.Connected):
                    self._connected()
                elif isinstance(event, link.Disconnected):
                    self._disconnected(event.reason)
                elif event.topic.endswith("/beat"):
                    beats.append(event)
                elif event.topic.endswith(("/ask", "/cosign")):
                    self._witnessing.hear(event, self._state)
                else:
                    arrival = self._verifier.record(event, self._state)
                    if isinstance(arrival, Bad):
                        self._watch.bad_messages.add(*arrival)
                    else:
                        arrivals.append(arrival)
        if arrivals:
            with self._fences.around("a batch of records"):
                self._commit(arrivals)
        for beat in beats:  # after the records, or a beat would seem to know more than the journal
            with self._fences.around("a beat"):
                self._beat(beat)
        with self._fences.around("witnessing"):
            self._witness()  # after them: it is the alarms that hurry
        self._listening.acknowledge()

    def _commit(self, arrivals: list[Arrival]) -> None:
        outcome = self._service.take(arrivals)
        self._note(outcome)
        mono = mono_ms()
        progressed: set[str] = set()
        again: dict[str, bool] = {}
        for arrival, verdict in zip(arrivals, outcome.verdicts, strict=True):
            record = arrival.record
            node = record.node
            if verdict in ("next", "new-life"):
                progressed.add(node)
                self._watch.progress.moved(node)
                self._watch.liveness.record(node, record.boot, record.mono)
                # A backlog speaks of an uptime, or even a boot, that is long over: it tells nothing of now.
                if isinstance(record.data, m.Started) or not self._watch.liveness.uptime(node, mono):
                    self._watch.liveness.clock(node, record.boot, record.mono, mono)
            elif verdict == "other-life":
                self._watch.bad_messages.add(node, "other-life", f"record {record.seq} of life {record.life}")
                again.setdefault(node, False)
            elif verdict == "refused":
                self._watch.bad_messages.add(node, "not-journalled", f"record {record.seq} of life {record.life}")
                again.setdefault(node, False)
            elif verdict == "beyond":
                self._watch.progress.ahead(node, record.life, record.seq, mono)
                again[node] = True
            else:
                again.setdefault(node, False)
        for node in progressed:
            waiting = self._listening.got_on(node)
            if node in again or waiting <= ENOUGH_WAITS:
                self._outbound.receipt(self._state, node, again.get(node, False))
        for node in again.keys() - progressed:
            self._outbound.receipt_again(self._state, node, again[node], mono)
        self._send_orders(mono)

    def _beat(self, message: link.Arrived) -> None:
        beat = self._verifier.beat(message, self._state)
        if isinstance(beat, Bad):
            if beat.reason != "other-life":
                self._watch.bad_messages.add(*beat)
            return
        mono = mono_ms()
        here = self._watch.liveness.beat(beat, self._alive.number, mono, wall_ms())
        life = self._state.life(beat.node)
        if here is None or life is None:
            return
        if self._watch.clock:
            self._watch.clock.beat(beat, here.uptime, wall_ms(), real_ms())
        self._judge(beat, here)
        if here.seq > life.seq:
            self._watch.progress.ahead(beat.node, beat.life, here.seq, mono)
        if here.seq != life.seq or here.freed != life.seq:
            self._outbound.receipt_again(self._state, beat.node, here.seq > life.seq, mono)
        self._send_orders(mono)

    def _judge(self, beat: m.Beat, here: m.Here) -> None:
        """What follows from a beat that counts, in one transaction; mostly nothing."""
        newest = self._watch.liveness.recorded(beat.node)

        def contradicted(state: State, site: Site) -> Iterator[m.FactData]:
            if not contradiction.is_older(state, beat, here, newest):
                yield from contradiction.found(state, site, beat, here)

        def rule(state: State, site: Site) -> Iterator[m.FactData]:
            return each(
                partial(after_restore.found, state, site, beat.node, here.sealed),
                partial(node_disk.found, state, site, beat, here),
                partial(contradicted, state, site),
            )

        if has_news(self._state, self._site, rule):
            self._note(self._service.decide(rule))

    def _compare_clocks(self) -> None:
        """What the journal knows of the time, before anything is added to it."""
        clock = self._watch.clock
        if clock is None or not self._state.meta.newest_time:
            return
        clock.journal(self._state.meta.newest_time)
        with session.reading(self._database) as connection:
            for seen in signs.newest(connection, list(self._state.all(Life))):
                clock.known(*seen)

    def _connected(self) -> None:
        mono = mono_ms()
        self._watch.broker_back(mono)
        self._witnessing.nobody_has_heard(mono)
        self._alive.beat(mono, self._size)
        for life in self._state.all(Life):
            self._outbound.receipt(self._state, life.node, missing=False)

    def _disconnected(self, reason: str) -> None:
        if not self._stopping:
            self._watch.broker_lost(validity.explain(self._papers, wall_ms()) or reason, mono_ms())

    # ------------------------------------------------------------ what comes due

    def _tick(self) -> None:
        fenced = self._fences.around
        with fenced("the change of the checkpoint key"):
            self._rotate()
        self._listening.slowly()
        mono = mono_ms()
        with fenced("deadlines"):
            outcome = self._watch.look(self._service, self._state, self._site, wall_ms(), mono, real_ms())
            if outcome:
                self._note(outcome)
        with fenced("who is heard"):
            self._hear()
        with fenced("who signs in"):
            self._asking.tick()
        with fenced("certificates"):
            made = self._certifier.turn(self._state, self._site)
            if made:
                self._note(made)
        with fenced("checkpoints"):
            self._checkpoint()
        if self._alive.due(mono):
            self._still_alone()
            self._alive.beat(mono, self._size)
        self._send_orders(mono)

    def _failed(self, what: str, error: Exception) -> None:
        """A part of ours has failed: people are called. If that fails too, we end, and are started anew."""
        self._note(self._service.note(Failure(what, "hub", "rule", error).statement))

    def _hear(self) -> None:
        """Nodes are enrolled and revoked, flood and keep to the protocol again."""
        self._listening.hear(self._state.all(Life))

    def _note(self, outcome: Outcome) -> None:
        """Something was committed: go on from there, and say so."""
        if outcome.state.meta.site_version != self._state.meta.site_version:
            self._site = self._service.look()[1]
        self._state = outcome.state
        self._size = outcome.size
        grown = m.JournalGrown(size=outcome.size)
        self._link.publish(topics.journal(self._site_name), m.encode(grown), 0)

    # ------------------------------------------------------------ what goes out

    def _rotate(self) -> None:
        for note in self._rotation.turn(wall_ms(), mono_ms()):
            self._announce(note)

    def _disk(self, folder: Path, database: Path | None) -> Disk:
        return disk.look(folder, database)._replace(keys_refused=self._rotation.refused)

    def _name_key(self, key: str) -> None:
        self._note(self._service.act(Actor("engine"), m.CheckpointKey(key=key)))

    def _checkpoint(self, whatever: bool = False) -> None:
        note = self._signing.turn(wall_ms(), mono_ms(), whatever)
        if note:
            self._announce(note)
        elif again := self._witnessing.say_again(mono_ms()):
            self._link.publish(topics.checkpoint(self._site_name), again, 1)

    def _announce(self, note: bytes) -> None:
        self._witnessing.signed(note, mono_ms())
        self._link.publish(topics.checkpoint(self._site_name), note, 1)

    def _witness(self) -> None:
        for fact in self._witnessing.keep(wall_ms(), mono_ms()):
            self._note(self._service.note(fact))
        for answer in self._witnessing.answer(self._site_name, mono_ms()):
            self._outbound.publish(topics.proof(self._site_name, answer.node), answer, 1)

    def _witnessed(self, connection: Connection, size: int) -> bool:
        return cosignatures.witnessed(connection, size, witnesses.keys(self._state)) is not None

    def _send_orders(self, mono: int) -> None:
        with self._fences.around("orders"):
            for order, size in self._outbound.orders(self._state, self._site, self._watch.liveness, wall_ms(), mono):
                self._watch.orders.not_sent(order, size)


def _ends_us(error: Exception) -> bool:
    """Without database or checkpoint key there is no engine."""
    return faults.is_of_the_database(error) or isinstance(error, KeyFileError)


def _name(event: link.Event) -> str:
    if isinstance(event, link.Arrived):
        return f"a message: {event.topic.rsplit('/', 1)[-1]}"
    return f"the broker: {type(event).__name__}"


def mono_ms() -> int:
    """Milliseconds of the monotonic clock."""
    return time.monotonic_ns() // 1_000_000


def real_ms() -> int:
    """Milliseconds since the machine's start, times of suspension included."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000

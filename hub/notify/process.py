"""The notifying service: a thread for each channel, one for the database, one that tells the engine what became of it
all, and one that waits for nobody.

That last one listens whether the engine is there. When it is not, the one for the database takes calls up their ladders
in its place, in memory; when the database cannot be read either, whoever is on duty is called from the contacts, which
lie outside of it, and nothing of that is journalled but by the channels' own means.
"""

from __future__ import annotations

import logging
import os
import queue
import secrets
import threading
import time
from collections.abc import Callable

from hub.core.alarms.ladders import PERSONAL
from hub.core.calling.contacts import Address
from hub.core.site.document import Site
from hub.core.state import Alarm, Notice
from hub.notify.channels.channel import Channel, Contact, Letter
from hub.notify.channels.email import Email
from hub.notify.channels.sounder import Sounder
from hub.notify.channels.syslog import Syslog
from hub.notify.engine_watch import EngineWatch
from hub.notify.help import UNUSABLE_MS, Call, Help
from hub.notify.hub_access import HubAccess, open_own
from hub.notify.sms.channel import Sms
from hub.notify.standin import StandIn, hold_zone
from hub.notify.teller import Teller
from hub.notify.worker import Worker
from hub.site_directory import contacts, engine_pulse
from hub.site_directory.hub import Hub, wall_ms
from hub.store import alone
from wire import link, topics
from wire import messages as m
from wire.fences import Fences

TICK_S = 1.0
FRESH_MS = 5_000
"""How long it counts what the journal said of the broker."""

log = logging.getLogger("strongroom.notify")


def channels(hub: Hub) -> list[Channel]:
    """The channels that hub.toml sets up. Nothing is opened yet."""
    settings, folder = hub.settings, hub.layout.hub
    found: list[Channel] = []
    if settings.sounder:
        found.append(Sounder(settings.sounder, str(hub.layout.notify_folder)))
    if settings.sms:
        found.append(Sms(settings.sms))
    if settings.email:
        found.append(Email(settings.email, folder))
    if settings.syslog:
        found.append(Syslog(settings.syslog, folder, hub.site))
    return found


class ThreadDead(RuntimeError):
    """A thread has ended though nobody told it to: whoever started the service starts it again."""


class Notify:
    """The notifying service of one hub. `run` until `stop`."""

    def __init__(
        self, hub: Hub, ways: list[Channel] | None = None, clock: Callable[[], int] = wall_ms, listens: bool = True
    ) -> None:
        """`listens`: whether it connects to the broker. The database is not needed to start."""
        self._hub = hub
        self._clock = clock
        self._listens = listens
        self._inbox: queue.Queue[link.Event] = queue.Queue()
        subscriptions = [(topics.hub_beat(hub.site), 0), (topics.journal(hub.site), 0)]
        self._link = link.Link(
            "notify", hub.broker.local_host, hub.broker.port, hub.papers("notify"), subscriptions, self._inbox
        )
        self._own = open_own(hub, clock)
        self._name = f"notify-{secrets.token_hex(4)}"
        self._teller = Teller(hub.layout.door("notify"), self._own)
        ways = channels(hub) if ways is None else ways
        self.workers = [Worker(way, self._desk, clock) for way in ways]
        names = tuple(worker.channel.name for worker in self.workers)
        self.stand_in = StandIn(hub, self._own, lambda: self._desk("main"), clock, names)
        self._fences = Fences(log, told=self.stand_in.failed)
        self._engine_watch = EngineWatch(_mono())
        self._help = Help()
        self._stopping = False

    def _desk(self, channel: str) -> HubAccess:
        return HubAccess(self._hub, self._own, f"{self._name}-{channel}", self._clock)

    def stop(self) -> None:
        """End `run` at the next turn. May be called from a signal handler."""
        self._stopping = True

    def run(self) -> None:
        """Work until stopped. Raises AlreadyRunning, ThreadDead."""
        # Two would send everything twice whenever a lease runs out; the kernel frees the lock however we end.
        lock = self._alone()
        self._load_contacts()
        threads: tuple[threading.Thread, ...] = (self.stand_in, *self.workers, self._teller)
        for thread in threads:
            thread.start()
        if self._listens:
            self._link.start()
        try:
            while not self._stopping:
                self._drain()
                with self._fences.around("the watch over the engine"):
                    self._watch(self._clock(), _mono())
                if dead := [thread.name for thread in threads if not thread.is_alive()]:
                    raise ThreadDead(f"the thread of {', '.join(dead)} has ended: this service starts anew")
        finally:
            self._link.stop()
            self.stand_in.end(in_order=self._stopping)
            for worker in self.workers:
                worker.end()
            for thread in threads[:-1]:
                thread.join(2.0)
            self._teller.end()
            self._teller.join(2.0)
            if lock is not None:
                os.close(lock)

    def _alone(self) -> int | None:
        """Raises AlreadyRunning. Without a lock where the disk refuses one: it may be what people are called for."""
        path = self._hub.layout.notify_folder / "notify.lock"
        try:
            return alone.hold(path, "another process notifies for this site; end that one")
        except OSError as error:
            log.error("%s cannot be held: %s", path, error.strerror)
            return None

    def _load_contacts(self) -> None:
        try:
            self.stand_in.contacts = contacts.load(self._hub.layout.contacts)
        except contacts.ContactsBroken as error:
            self.stand_in.contacts_broken = True  # told as soon as it can be
            log.error("the contacts cannot be used: %s", error)
        hold_zone(self.stand_in.contacts)

    # ------------------------------------------------------------ what comes in

    def _drain(self) -> None:
        until = time.monotonic() + TICK_S
        while not self._stopping and (left := until - time.monotonic()) > 0:
            try:
                event = self._inbox.get(timeout=min(left, 0.2))
            except queue.Empty:
                continue
            with self._fences.around("a message"):
                self._hear(event)

    def _hear(self, event: link.Event) -> None:
        if isinstance(event, link.Connected):
            self._engine_watch.broker_back(_mono())
        elif isinstance(event, link.Disconnected):
            self._engine_watch.broker_lost(_mono())
        elif event.topic == topics.journal(self._hub.site):
            for worker in self.workers:
                worker.wake()
        elif not event.retained:
            self._hear_beat(event.payload)

    def _hear_beat(self, note: bytes) -> None:
        beat = engine_pulse.opened(note, self._hub.layout.public_key("engine"), self._hub.site)
        if beat is not None:
            self._engine_watch.beat(beat, self._clock(), _mono())

    # ------------------------------------------------------------ help

    def _watch(self, now: int, mono: int) -> None:
        if not self._listens:
            return
        unusable = UNUSABLE_MS if self._engine_watch.held else mono - int(self.stand_in.worked_at * 1000)
        self._engine_watch.turn(mono)
        silent = self._engine_watch.silent_for(mono, self.stand_in.knows_lost and unusable < FRESH_MS)
        self.stand_in.silent = silent
        call = self._help.due(
            self.stand_in.contacts, self._engine_watch.silent if silent is not None else None, unusable, now, mono
        )
        for worker in self.workers:
            worker.help_wanted = self._help.wanted
        if call:
            self._call(call, now)

    def _call(self, call: Call, now: int) -> None:
        log.error("%s", call.text)
        who = self.stand_in.contacts
        site = Site(name=self._hub.site, title="", timezone=hold_zone(who), hub=())
        what = "broker-lost" if call.why == "broker" else "engine-silent"
        line = Alarm(
            number=0,
            what=what,
            klass="trouble",
            priority=1,
            place="hub",
            area=None,
            sealing=None,
            life="active-unacknowledged",
            happened=now,
            last_happened=now,
            raised_at=now,
            late=False,
            cause=0,
        )
        for worker in self.workers:
            name = worker.channel.name
            for to in _addresses(call.people, name):
                notice = Notice(
                    number=0,
                    call=0,
                    alarms=(0,),
                    step=0,
                    round=0,
                    channel=name,
                    person=None,
                    state="queued",
                    queued_at=now,
                    drill=False,
                )
                letter = Letter(notice, repeat=False, lines=(line,), site=site, contact=to, now=now, text=call.text)
                worker.direct.put(letter)
            worker.wake()


def _addresses(people: list[Address], channel: m.Channel) -> list[Contact]:
    if channel not in PERSONAL:
        return [Contact("", "")]
    return [Contact(one.phone, one.email) for one in people if (one.phone if channel == "sms" else one.email)]


def _mono() -> int:
    return time.monotonic_ns() // 1_000_000

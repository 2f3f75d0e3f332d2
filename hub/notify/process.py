"""The notifying service: a thread for each channel, and one that listens whether the engine is still there.

When it is not, this one takes calls up their ladders in its place. When even the database cannot be written, it calls
the first rung itself, and nothing of that is journalled but by the channels' own means.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import queue
import secrets
import time
from collections.abc import Callable, Iterator

from sqlalchemy.exc import SQLAlchemyError

from hub.core import alarm_table, alarms, called
from hub.core.escalation import Escalation
from hub.core.site_document import Site
from hub.core.state import Alarm, Notice, State
from hub.notify.channel import Channel, Contact, Letter
from hub.notify.desk import Desk
from hub.notify.email import Email
from hub.notify.sms import Sms
from hub.notify.sounder import Sounder
from hub.notify.syslog import Syslog
from hub.notify.vigil import Vigil
from hub.notify.worker import Worker
from hub.parts import Hub, own_version, wall_ms
from hub.service import has_news
from hub.store import schema
from wire import keys, link, notes, topics
from wire import messages as m

TICK_S = 1.0
DIRECT_MS = 300_000
"""How often help is called directly while nothing can be journalled."""
CONTACTS_MS = 60_000

log = logging.getLogger("strongroom.notify")


def channels(hub: Hub) -> list[Channel]:
    """The channels that hub.toml sets up. Nothing is opened yet."""
    settings, folder = hub.settings, hub.layout.hub
    found: list[Channel] = []
    if settings.sounder:
        found.append(Sounder(settings.sounder, str(hub.layout.database.parent)))
    if settings.sms:
        found.append(Sms(settings.sms))
    if settings.email:
        found.append(Email(settings.email, folder))
    if settings.syslog:
        found.append(Syslog(settings.syslog, folder, hub.site))
    return found


class AlreadyRunning(RuntimeError):
    """Another process notifies for this site."""


class WorkerDied(RuntimeError):
    """A thread has met something that nobody foresaw; its traceback is in the log."""


class Notify:
    """The notifying service of one hub. `run` until `stop`."""

    def __init__(
        self, hub: Hub, ways: list[Channel] | None = None, clock: Callable[[], int] = wall_ms, listens: bool = True
    ) -> None:
        """`listens`: whether it connects to the broker. Raises keys.KeyFileError, schema.SchemaError."""
        database = hub.database()
        schema.check(database)
        database.dispose()
        self._hub = hub
        self._clock = clock
        self._listens = listens
        self._inbox: queue.Queue[link.Event] = queue.Queue()
        subscriptions = [(topics.hub_beat(hub.site), 0), (topics.journal(hub.site), 0)]
        self._link = link.Link(
            "notify", hub.broker.local_host, hub.broker.port, hub.papers("notify"), subscriptions, self._inbox
        )
        self._service = hub.service("notify")
        self._name = f"notify-{secrets.token_hex(4)}"
        ways = channels(hub) if ways is None else ways
        self.workers = [Worker(way, self._desk, clock) for way in ways]
        self._vigil = Vigil(_mono())
        self._escalation = Escalation()
        self._silent_told = False
        self._beat: tuple[str, int] = ("", 0)
        self._contacts: list[Contact] = []
        self._site: Site | None = None
        self._contacts_at: int | None = None
        self._direct_at: int | None = None
        self._stopping = False
        self._begun = False

    def _desk(self, channel: str) -> Desk:
        return Desk(self._hub, f"{self._name}-{channel}", self._clock, self._grown)

    def stop(self) -> None:
        """End `run` at the next turn. May be called from a signal handler."""
        self._stopping = True

    def run(self) -> None:
        """Work until stopped. Raises AlreadyRunning."""
        lock = self._alone()
        desk = self._desk("main")
        self._begin(desk)
        for worker in self.workers:
            worker.start()
        if self._listens:
            self._link.start()
        try:
            while not self._stopping:
                self._drain()
                self._begin(desk)
                self._watch(desk)
                if dead := [worker.name for worker in self.workers if not worker.is_alive()]:
                    raise WorkerDied(f"the worker of {', '.join(dead)} has ended")  # whoever started us does it again
        finally:
            self._link.stop()
            for worker in self.workers:
                worker.end()
            for worker in self.workers:
                worker.join(2.0)
            os.close(lock)

    def _begin(self, desk: Desk) -> None:
        """Say that we are here; later, if the database cannot be written now: nobody else would call for help."""
        if self._begun:
            return
        names = tuple(worker.channel.name for worker in self.workers)
        try:
            desk.leases.take_over()
            desk.act(m.NotifyStarted(version=own_version(), channels=("console", *names)))
            for name in alarm_table.without_rung(desk.look()[0], names):
                log.warning("%s is set up, and no ladder names it: `strongroom alarms kinds` shows them", name)
        except SQLAlchemyError as error:
            log.error("the database: %s", type(error).__name__)
        else:
            self._begun = True

    def _alone(self) -> int:
        # Two would send everything twice whenever a lease runs out; the kernel frees the lock however we end.
        path = self._hub.layout.database.parent / "notify.lock"
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o660)
        except OSError as error:
            if error.errno != errno.EROFS:
                raise
            lock = os.open(path, os.O_RDONLY)  # of the last time: a disk that cannot be written is what we call for
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise AlreadyRunning("another process notifies for this site") from None
        return lock

    # ------------------------------------------------------------ what comes in

    def _drain(self) -> None:
        until = time.monotonic() + TICK_S
        while not self._stopping and (left := until - time.monotonic()) > 0:
            try:
                event = self._inbox.get(timeout=min(left, 0.2))
            except queue.Empty:
                continue
            if isinstance(event, link.Connected):
                self._vigil.broker_back(_mono())
            elif isinstance(event, link.Disconnected):
                self._vigil.broker_lost(_mono())
            elif event.topic == topics.journal(self._hub.site):
                for worker in self.workers:
                    worker.wake()
            elif not event.retained and m.fits(m.HubBeat, event.payload):
                self._hear_beat(event.payload)

    def _hear_beat(self, note: bytes) -> None:
        try:
            # Read anew each time: a renewed key is heeded at once.
            key = notes.parse_key(self._hub.layout.public_key("engine").read_text("ascii").strip())
            beat = m.decode(notes.open_record(note, [key], keys.CHECKS)[0], m.HubBeat)
        except (OSError, ValueError):
            return
        boot, number = self._beat
        # An old beat that somebody has kept is signed well, too.
        if beat.site == self._hub.site and not (beat.boot == boot and beat.number <= number):
            self._beat = (beat.boot, beat.number)
            self._vigil.heard(_mono())

    def _grown(self, size: int) -> None:
        self._link.publish(topics.journal(self._hub.site), m.encode(m.JournalGrown(size=size)), 0)
        for worker in self.workers:
            worker.wake()

    # ------------------------------------------------------------ the engine's place

    def _watch(self, desk: Desk) -> None:
        if not self._listens:
            return
        now, mono = self._clock(), _mono()
        try:
            state, site = desk.look()
            self._remember(desk, state, site, now)
            knows = alarms.find(state, "broker-lost", "hub") is not None
            silent = self._vigil.silent_for(mono, knows)
            if silent is not None:
                self._stand_in(desk, state, site, silent, now, mono)
            elif self._silent_told:
                self._silent_told = False
                desk.act(m.EngineBack(silent_for=max(0, now - self._silent_since)))
        except SQLAlchemyError as error:
            log.error("the database: %s", type(error).__name__)
            if self._vigil.silent_for(mono, engine_knows=False) is not None:
                self._call_directly(now)

    def _stand_in(self, desk: Desk, state: State, site: Site, silent: int, now: int, mono: int) -> None:
        if not self._silent_told:
            self._silent_since = now - silent
            desk.act(m.EngineSilent(since=max(0, self._silent_since)))
            self._silent_told = True

        def due(current: State, site: Site) -> Iterator[m.FactData]:
            yield from self._escalation.due(current, site, now, mono)

        if has_news(state, site, due):
            self._grown(self._service.decide(due).size)

    _silent_since = 0

    def _remember(self, desk: Desk, state: State, site: Site, now: int) -> None:
        """Whom to call when the database is gone: known beforehand."""
        if self._contacts_at is None or not 0 <= now - self._contacts_at < CONTACTS_MS:
            self._contacts_at = now
            people = dict.fromkeys(
                (*called.people(state, site, "duty", now), *called.people(state, site, "stand-in", now))
            )
            self._site = site
            self._contacts = [desk.contact(person) for person in people]

    def _call_directly(self, now: int) -> None:
        if self._site is None or (self._direct_at is not None and 0 <= now - self._direct_at < DIRECT_MS):
            return
        self._direct_at = now
        line = Alarm(
            0, "engine-silent", "trouble", 1, "hub", None, None, "active-unacknowledged", now, now, now, False, 0
        )
        for worker in self.workers:
            name = worker.channel.name
            for contact in self._contacts if name in ("sms", "email") else [Contact("", "")]:
                notice = Notice(0, 0, (0,), 0, 0, name, None, "queued", now, drill=False)
                worker.direct.put(Letter(notice, False, (line,), self._site, contact, now))
            worker.wake()


def _mono() -> int:
    return time.monotonic_ns() // 1_000_000

"""Takes the engine's place while the database can be used: a thread that may wait for the database without limit.

It says that we are here, keeps the contacts up to date, and takes calls up their ladders while the engine is silent.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Engine

from hub.core.alarms import life as alarm_life
from hub.core.alarms import own_table
from hub.core.calling.contacts import Contacts
from hub.core.calling.escalation import Escalation
from hub.core.journal.machine import has_news
from hub.core.journal.unjudged import Failure
from hub.core.nodes.hub_disk import ALARMS
from hub.core.site.document import Site
from hub.core.state import State
from hub.notify.hub_access import HubAccess
from hub.site_directory import contacts
from hub.site_directory.hub import Hub
from hub.site_directory.version import own_version
from hub.store import faults, schema
from wire import messages as m
from wire.fences import Fences

TICK_S = 1.0
TOLD_S = 60.0
"""How often the log says that the database is of no use."""

log = logging.getLogger("strongroom.notify")


def hold_zone(who: Contacts | None) -> str:
    """The time zone in which they are told the time, read from its file before it is wanted: zoneinfo holds it from
    then on, and a process without free file descriptors can still write a letter. UTC where there is no such zone."""
    for name in (who.timezone if who else "UTC", "UTC"):
        with contextlib.suppress(ValueError, OSError, ZoneInfoNotFoundError):
            return ZoneInfo(name).key
    return "UTC"


class StandIn(threading.Thread):
    """What it finds is left in its attributes, for whoever must not wait for it. `worked_at` is monotonic, in s."""

    def __init__(
        self,
        hub: Hub,
        database: Engine,
        make_access: Callable[[], HubAccess],
        clock: Callable[[], int],
        names: tuple[m.Channel, ...],
    ) -> None:
        """`names`: of the channels that are set up; `clock` gives milliseconds since 1970."""
        super().__init__(name="stand-in", daemon=True)
        self.silent: int | None = None
        """For how long the engine has been silent, where that is too long. Set by whoever listens for it."""
        self.worked_at = time.monotonic()
        """When the database last did all that was wanted of it."""
        self.knows_lost = False
        """Whether the engine had journalled by then that the broker is lost."""
        self.contacts: Contacts | None = None
        """Who is called without the database."""
        self.contacts_broken = False
        self._hub = hub
        self._database = database
        self._make_access = make_access
        self._clock = clock
        self._names = names
        self._escalation = Escalation()
        self._checked = self._begun = self._in_order = False
        self._silent_since: int | None = None
        self._told_at = 0.0
        self._fences = Fences(log, faults.is_of_the_database, self.failed)
        self._failed: queue.SimpleQueue[m.FactData] = queue.SimpleQueue()
        self._ending = threading.Event()

    def end(self, in_order: bool = True) -> None:
        """End once the current work is done; `in_order`: the service was told to."""
        self._in_order = in_order
        self._ending.set()

    def run(self) -> None:
        """The thread."""
        access = self._make_access()
        while not self._ending.is_set():
            try:
                self.turn(access)
                self.worked_at = time.monotonic()
            except (*faults.UNUSABLE, schema.SchemaError) as error:
                self._say(error)
            except Exception as error:  # noqa: BLE001 - the outermost loop: nobody else looks after the database
                self._fences.tell("the stand-in", error)
            self._ending.wait(TICK_S)
        if self._begun and self._in_order:
            with self._fences.around("the end"), contextlib.suppress(*faults.UNUSABLE):
                access.note(m.NotifyStopped())
        access.close()

    def turn(self, access: HubAccess) -> None:
        """All that is wanted of the database now. Raises DatabaseLost, SchemaError, SQLAlchemyError."""
        if not self._checked:
            schema.check(self._database)
            self._checked = True
        if not self._begun:
            access.leases.take_over()
            access.note(m.NotifyStarted(version=own_version(), channels=("console", *self._names)))
            self._begun = True
            with self._fences.around("the table of alarms"):
                for name in own_table.without_rung(access.look()[0], self._names):
                    log.warning("%s is set up, and no ladder names it: `strongroom alarms kinds` shows them", name)
        state, site = access.look()
        self.knows_lost = alarm_life.find(state, "broker-lost", "hub") is not None
        with self._fences.around("the contacts"):
            self._keep_contacts(access, state, site)
        with self._fences.around("the stand-in for the engine"):
            if self.silent is not None:
                self.stand_in(access, self.silent)
            elif self._silent_since is not None:
                access.note(m.EngineBack(silent_for=max(0, self._clock() - self._silent_since)))
                self._silent_since = None
        while not self._failed.empty():
            access.note(self._failed.get())

    def failed(self, what: str, error: Exception) -> None:
        """A part of this service has failed: it is journalled, and people are called, as soon as the database can."""
        self._failed.put(Failure(what, "hub", "rule", error).statement)

    def stand_in(self, access: HubAccess, silent: int) -> None:
        """Journal that the engine is silent, and take every call up its ladder that is due."""
        now, mono = self._clock(), time.monotonic_ns() // 1_000_000
        if self._silent_since is None:
            since = max(0, now - silent)
            access.note(m.EngineSilent(since=since))
            self._silent_since = since

        def due(current: State, site: Site) -> Iterator[m.FactData]:
            yield from self._escalation.due(current, site, now, mono)

        state, site = access.look()
        if has_news(state, site, due):
            access.decide(due)

    def _keep_contacts(self, access: HubAccess, state: State, site: Site) -> None:
        broken, language = self.contacts_broken, self._hub.settings.console.language
        try:
            self.contacts = contacts.keep(
                self._hub.layout.contacts, self._database, state, site, language, self._clock()
            )
        except OSError as error:
            broken = True
            log.error("the contacts cannot be written: %s", error.strerror)
        else:
            self.contacts_broken = False
            hold_zone(self.contacts)
        told = alarm_life.find(state, ALARMS["contacts"], "hub") is not None
        if broken != told:
            access.decide(lambda _state, _site: iter([_contacts(failed=broken)]))

    def _say(self, error: Exception) -> None:
        if time.monotonic() - self._told_at < TOLD_S:
            return
        self._told_at = time.monotonic()
        log.error("%s", faults.say(error, faults.where(self._database)))


def _contacts(failed: bool) -> m.FactData:
    return m.HubStorage(part="contacts", failed=failed, total=0, free=0)

"""Takes the engine's place while the database can be read: a thread that may wait for the database without limit.

It says that we are here, keeps the contacts up to date, and takes calls up their ladders while the engine is silent.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Engine

from hub.core.alarms import life as alarm_life
from hub.core.alarms import own_table
from hub.core.calling.contacts import Contacts
from hub.core.journal.unjudged import Failure
from hub.core.nodes.hub_disk import ALARMS
from hub.core.site.document import Site
from hub.core.state import State
from hub.door.protocol import Say
from hub.notify.forgetting import Forgetting
from hub.notify.hub_access import HubAccess, Own
from hub.site_directory import contacts, engine_pulse
from hub.site_directory.hub import Hub
from hub.site_directory.version import own_version
from hub.store import faults, schema
from wire import messages as m
from wire.fences import Fences

TICK_S = 1.0
TOLD_S = 60.0
"""How often the log says that the database is of no use."""
PULSE_S = 1.0
"""How long an engine that is not heard may take to answer on this machine."""

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
        own: Own,
        make_access: Callable[[], HubAccess],
        clock: Callable[[], int],
        names: tuple[m.Channel, ...],
    ) -> None:
        """`names`: of the channels that are set up; `clock` gives milliseconds since 1970."""
        super().__init__(name="stand-in", daemon=True)
        self.silent: int | None = None
        """For how long the engine has been silent, where that is too long. Set by whoever listens for it."""
        self.worked_at = time.monotonic()
        """When all that was wanted of the database could last be had, or was not needed."""
        self.knows_lost = False
        """Whether the engine had journalled by then that the broker is lost."""
        self.contacts: Contacts | None = None
        """Who is called without the database."""
        self.contacts_broken = False
        self._hub = hub
        self._database: Engine = hub.database()
        self._own = own
        self._make_access = make_access
        self._clock = clock
        self._names = names
        self._checked = self._begun = self._in_order = False
        self._silent_since: int | None = None
        self._size = 0
        self._forgetting = Forgetting(own.file, own.spool)
        self._said_broken: bool | None = None
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
            with self._fences.around("the end"):
                access.say(m.NotifyStopped())
        access.close()

    def turn(self, access: HubAccess) -> None:
        """All that is wanted of the database now. Raises DatabaseLost, SchemaError, SQLAlchemyError."""
        if not self._begun:
            self._begin(access)
        while not self._failed.empty():
            access.say(self._failed.get())
        with self._fences.around("who was erased"), contextlib.suppress(*faults.UNUSABLE):
            self._forgetting.turn(access.phones())
        if not self._own.meanwhile.active:
            self._check(access)
        with self._fences.around("the stand-in for the engine"):
            if self.silent is not None:
                self.stand_in(access, self.silent)
            else:
                self._is_back(access)
        if self._own.meanwhile.active:
            return  # all that is needed is known
        state, site = access.look()
        self.knows_lost = alarm_life.find(state, "broker-lost", "hub") is not None
        with self._fences.around("the contacts"):
            self._keep_contacts(access, state, site)

    def failed(self, what: str, error: Exception) -> None:
        """A part of this service has failed: it is journalled, and people are called, as soon as the engine can."""
        self._failed.put(Failure(what, "hub", "rule", error).statement)

    def stand_in(self, access: HubAccess, silent: int) -> None:
        """Take every call up its ladder that is due. Raises DatabaseLost, SQLAlchemyError when it cannot be begun."""
        here = self._own.meanwhile
        if not here.active or access.has_grown(self._size):
            if self._is_at_work():
                here.end()
                return
            known = access.known()
            if self._silent_since is None:
                self._silent_since = max(0, self._clock() - silent)
                access.say(m.EngineSilent(since=self._silent_since))
            access.leases.forget_ours()
            here.begin(known, self._silent_since, self._own.spool.all())
            self._size = known.size
        here.turn(mono_ms())

    def _check(self, access: HubAccess) -> None:
        """Once: whether this database can be read at all. Raises SchemaError, DatabaseLost, SQLAlchemyError."""
        if self._checked:
            return
        schema.check(self._database)
        self._checked = True
        with self._fences.around("the table of alarms"):
            for name in own_table.without_rung(access.look()[0], self._names):
                log.warning("%s is set up, and no ladder names it: `strongroom alarms kinds` shows them", name)

    def _begin(self, access: HubAccess) -> None:
        access.leases.take_over()
        self._silent_since = self._untold_silence()
        access.say(m.NotifyStarted(version=own_version(), channels=("console", *self._names)))
        self._begun = True

    def _untold_silence(self) -> int | None:
        """Since when the engine has been silent, as far as it has not been told."""
        requests = (one.request for one in self._own.spool.all())
        facts = [fact for one in requests if isinstance(one, Say) for fact in one.said]
        silent = [fact.since for fact in facts if isinstance(fact, m.EngineSilent)]
        return silent[-1] if silent else None

    def _is_back(self, access: HubAccess) -> None:
        self._own.meanwhile.end()
        if self._silent_since is not None and self._untold_silence() is None:  # it has answered
            access.say(m.EngineBack(silent_for=max(0, self._clock() - self._silent_since)))
            self._silent_since = None

    def _is_at_work(self) -> bool:
        """Whether it answers on this machine though nothing is heard of it: then it is we who cannot hear."""
        layout, now = self._hub.layout, self._clock()
        with contextlib.suppress(PermissionError):
            key = layout.public_key("engine")
            return engine_pulse.ask(layout.engine_socket, key, self._hub.site, now, PULSE_S) is not None
        return False

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
        if broken != told and broken != self._said_broken:
            access.say(m.HubStorage(part="contacts", failed=broken, total=0, free=0))
        self._said_broken = broken if broken != told else None

    def _say(self, error: Exception) -> None:
        if time.monotonic() - self._told_at < TOLD_S:
            return
        self._told_at = time.monotonic()
        log.error("%s", faults.say(error, faults.where(self._database)))


def mono_ms() -> int:
    """Milliseconds of the monotonic clock."""
    return time.monotonic_ns() // 1_000_000

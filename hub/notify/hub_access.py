"""The notifying service's access to the hub: reads notices to send, and puts down for the engine what became of them.
One for each thread. Nothing here writes the hub's database."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple, cast

from sqlalchemy import select

from hub.core.calling.answers import ANSWER_MS, understood
from hub.core.site.document import Site
from hub.core.state import Alarm, Call, State
from hub.door import protocol
from hub.notify.channels.channel import Answered, Contact, Handed, Heard, Letter, Reported, Unreadable
from hub.notify.leases import Claim, Leases
from hub.notify.meanwhile import Known, Meanwhile
from hub.notify.own_file import OwnFile
from hub.notify.parts import Parts
from hub.notify.spool import Spool
from hub.site_directory.hub import Hub
from hub.store import faults, looking, notices, queries, session, tables
from wire import messages as m

REFUSED_MS = 60_000
PATIENCE_MS = 2_000
"""How long the database may keep us waiting: somebody may want to be called without it."""
SENT_LATELY_MS = 48 * 3_600_000
"""A centre's clock that is further off than this says nothing: then two messages may look like one."""
LONGEST = 200
"""Characters of a message that the engine is told: no answer is longer."""

log = logging.getLogger("strongroom.notify")


class Own(NamedTuple):
    """What is the service's own, shared by its threads."""

    file: OwnFile
    spool: Spool
    meanwhile: Meanwhile
    refused: Refused


class Refused:
    """Messages that were no answers: how many, and why. Not all threads at once: counting is not exact then."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._told_at: int | None = None

    def add(self, why: str) -> None:
        """One more."""
        self._counts[why] += 1

    def due(self, channel: m.Channel, now: int) -> list[m.FactData]:
        """What is to be told of them, at most once a minute. `now`: wall time in ms."""
        if not self._counts or (self._told_at is not None and 0 <= now - self._told_at < REFUSED_MS):
            return []
        counts, self._counts, self._told_at = self._counts, Counter(), now
        return [
            m.AnswersRefused(channel=channel, reason=cast(m.AnswerRefusal, why), count=n) for why, n in counts.items()
        ]


def open_own(hub: Hub, clock: Callable[[], int]) -> Own:
    """The service's own file and what is in it; in memory where the file is of no use."""
    file = OwnFile(hub.layout.notify_file)
    return Own(file, Spool(file, clock), Meanwhile(clock), Refused())


class HubAccess:
    """One thread's access to the hub. Not to be shared between threads."""

    def __init__(self, hub: Hub, own: Own, worker: str, clock: Callable[[], int]) -> None:
        """`clock` gives milliseconds since 1970."""
        self._database = hub.database(PATIENCE_MS)
        self._own = own
        self._clock = clock
        self._seen: tuple[int, State, Site] | None = None
        self._parts = Parts(own.file)
        self.leases = Leases(own.file, worker)

    def close(self) -> None:
        """Close the database connections."""
        self._database.dispose()

    def look(self) -> tuple[State, Site]:
        """State and site, for reading only: as the database has them, or while the engine is silent as they are here.

        Raises DatabaseLost, SQLAlchemyError.
        """
        if here := self._own.meanwhile.look():
            return here
        return self._look()

    def _look(self) -> tuple[State, Site]:
        with session.reading(self._database) as connection:
            size = queries.size(connection)
            if self._seen is None or self._seen[0] != size:
                self._seen = (size, *looking.look(connection))
        return self._seen[1], self._seen[2]

    def has_grown(self, size: int) -> bool:
        """Whether the journal is another one than at that size: somebody has written it."""
        try:
            with session.reading(self._database) as connection:
                return queries.size(connection) != size
        except faults.UNUSABLE:
            return False

    def known(self) -> Known:
        """All that is needed of the hub when the engine falls silent. Raises DatabaseLost, SQLAlchemyError."""
        columns = tables.person.c
        with session.reading(self._database) as connection:
            size = queries.size(connection)
            state, site = looking.look(connection)
            rows = connection.execute(select(columns.number, columns.phone, columns.email))
            contacts = {row.number: Contact(row.phone, row.email) for row in rows}
            told = notices.messages(connection, self._clock() - ANSWER_MS)
        return Known(size, state, site, contacts, told)

    def phones(self) -> Mapping[int, str]:
        """The telephones of everybody who is known. Raises DatabaseLost, SQLAlchemyError."""
        with session.reading(self._database) as connection:
            return queries.phones(connection)

    def say(self, *facts: m.FactData) -> None:
        """The engine is to be told what this service has seen."""
        self._own.spool.say(*facts)

    # ------------------------------------------------------------ letters

    def claim(self, channel: m.Channel, lease_s: int) -> Claim | None:
        """The oldest notice of a channel that nobody is sending. Raises DatabaseLost, SQLAlchemyError."""
        ours = self._own.meanwhile.queued(channel)
        try:
            with session.reading(self._database) as connection:
                queued = notices.queued(connection, channel)
        except faults.UNUSABLE:
            if not ours:
                raise
            queued = []
        return self.leases.claim(channel, [*queued, *ours], self._clock(), lease_s * 1000)

    def letter(self, claim: Claim) -> Letter | None:
        """What a claimed notice says. None when every alarm it is about has been answered meanwhile."""
        notice = claim.notice
        state, site = self.look() if notice.number < 0 else self._look()
        lines = [alarm for number in notice.alarms if (alarm := state.find(Alarm, number)) and alarm.open]
        call = state.find(Call, notice.call)
        if not lines or call is None:
            return None
        if call.life == "answered" and not any(alarm.attended_by is None for alarm in lines):
            return None
        return Letter(notice, claim.repeat, tuple(lines), site, self.contact(notice.person), self._clock())

    def contact(self, person: int | None) -> Contact:
        """How a person is reached."""
        if here := self._own.meanwhile.contact(person):
            return here
        columns = tables.person.c
        with session.reading(self._database) as connection:
            row = connection.execute(select(columns.phone, columns.email).where(columns.number == person)).first()
        return Contact(row.phone, row.email) if row else Contact("", "")

    def again(self, claim: Claim, at: int) -> None:
        """It was certainly not sent, and is tried again then (wall ms)."""
        self.leases.again(claim, at)

    def handed(self, claim: Claim, letter: Letter, handed: Handed) -> None:
        """The channel has taken the notice."""
        notice = claim.notice
        facts: list[m.FactData] = []
        if notice.number > 0:
            awaits = bool(handed.parts)
            facts.append(
                m.NoticeHanded(notice=notice.number, attempt=claim.attempt, repeat=claim.repeat, awaits=awaits)
            )
        if meanwhile := self._own.meanwhile.settled(notice):
            facts.append(meanwhile)
        if notice.channel == "sounder":
            sounded = [m.AlarmSounded(alarm=line.number) for line in letter.lines if line.sounded_at is None]
            facts += sounded if notice.number > 0 else []

        def settle(_: object) -> None:
            if notice.number > 0:
                self._parts.sent(notice.number, handed.parts, self._clock())
            self.say(*facts)
            self.leases.done(claim)

        self._own.file.change(settle)  # all of it or nothing: else it would be sent once more

    def failed(self, claim: Claim, why: str) -> None:
        """The notice has failed."""
        notice = claim.notice
        facts: list[m.FactData] = []
        if notice.number > 0:
            facts.append(m.NoticeFailed(notice=notice.number, attempt=claim.attempt, detail=why[:500]))
        if meanwhile := self._own.meanwhile.settled(notice, why[:500]):
            facts.append(meanwhile)

        def settle(_: object) -> None:
            self.say(*facts)
            self.leases.done(claim)

        self._own.file.change(settle)

    # ------------------------------------------------------------ what comes in

    def hear(self, heard: Heard) -> bool:
        """A message or a report, which may come a second time after a crash. Whether it is kept for the engine now."""
        if isinstance(heard, Unreadable):
            log.warning("sms: something came in that cannot be read: %s", heard.why)
            self._own.refused.add("unreadable")
        elif isinstance(heard, Reported):
            self._reported(heard)
        else:
            return self._answered(heard)
        return True

    def _reported(self, heard: Reported) -> None:
        def note(_: object) -> None:
            number = self._parts.reported(heard, self._clock())
            if number is None:
                return
            detail = "the network reports that it was not delivered"
            self.say(
                m.NoticeDelivered(notice=number)
                if heard.delivered
                else m.NoticeFailed(notice=number, attempt=0, detail=detail)
            )

        self._own.file.change(note)

    def _answered(self, heard: Answered) -> bool:
        text = heard.text[:LONGEST] if understood(heard.text) is not None else ""  # what is no answer is not kept
        message = protocol.Answered(sender=heard.sender[:64], text=text, at=self._clock())
        number = _number(heard, message.at)
        self._own.spool.put(message, number)
        self._own.meanwhile.answered(message)
        # What would not outlive us stays at the modem until the engine has it.
        return self._own.spool.durable or number is None or not self._own.spool.waits(number)

    def tell_refused(self, channel: m.Channel) -> None:
        """Tell how many messages were no answers, at most once a minute."""
        self.say(*self._own.refused.due(channel, self._clock()))


def _number(heard: Answered, now: int) -> str | None:
    """Of the same message, when it is heard again after a crash, the same; None where its time says nothing."""
    if heard.sent_at is None or abs(now - heard.sent_at) > SENT_LATELY_MS:
        return None
    same = f"{heard.sender} {heard.sent_at} {heard.text}"
    return f"sms-{hashlib.sha256(same.encode()).hexdigest()[:40]}"

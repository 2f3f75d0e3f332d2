"""The notifying service's access to the hub: reads notices to send, journals what became of them. One for each
thread."""

from __future__ import annotations

import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Literal

from sqlalchemy import select, update

from hub.core.journal import unjudged
from hub.core.journal.requests import Actor
from hub.core.refusal import NotPossible
from hub.core.site.document import Site
from hub.core.state import Alarm, Call, Notice, State
from hub.notify.channels.channel import Answered, Contact, Handed, Heard, Letter, Reported, Unreadable
from hub.notify.leases import Claim, Leases
from hub.notify.sms import answers
from hub.site_directory.hub import Hub
from hub.store import session, tables
from hub.store.rows import insert_or_update
from wire import messages as m

ANSWER_MS = 24 * 3_600_000
"""How old a notice may be that somebody answers."""
PART_MS = 2 * 3_600_000
"""How long the modem's reference of a part means that part: the network gives up after an hour, and they come again."""
REFUSED_MS = 60_000
UNJUDGED_MS = 3_600_000
"""How soon a letter is sent once more of which the hub cannot take in what became of it."""

PATIENCE_MS = 2_000
"""How long the database may keep us waiting: somebody may want to be called without it."""

NOTIFY = Actor("notify")

log = logging.getLogger("strongroom.notify")
Refusal = Literal["unknown-sender", "not-understood", "not-allowed", "unreadable"]


class HubAccess:
    """One thread's access to the hub: its reads, its writes, its leases. Not to be shared between threads."""

    def __init__(self, hub: Hub, worker: str, clock: Callable[[], int], grown: Callable[[int], None]) -> None:
        """`grown` hears of the journal's new size. Raises keys.KeyFileError."""
        self._database = hub.database(PATIENCE_MS)
        self._service = hub.service("notify", PATIENCE_MS)
        self._clock = clock
        self._grown = grown
        self.leases = Leases(self._database, worker)
        self._refused: Counter[Refusal] = Counter()
        self._refused_at: int | None = None

    def close(self) -> None:
        """Close the database connections."""
        self._database.dispose()

    def look(self) -> tuple[State, Site]:
        """State and site, for reading only."""
        return self._service.look()

    def act(self, *facts: m.FactData, actor: Actor = NOTIFY) -> None:
        """Journal facts. Raises NotPossible, and then none of them."""
        self._grown(self._service.act(actor, *facts).size)

    def decide(self, rule: Callable[[State, Site], Iterator[m.FactData]]) -> None:
        """Journal what follows from the state as it stands."""
        self._grown(self._service.decide(rule).size)

    def note(self, *facts: m.FactData) -> None:
        """Journal what this service itself has seen. What the hub cannot judge is told, and ends nobody."""
        self._grown(self._service.note(*facts).size)

    # ------------------------------------------------------------ letters

    def letter(self, claim: Claim) -> Letter | None:
        """What a claimed notice says. None when every alarm it is about has been answered meanwhile."""
        notice = claim.notice
        state, site = self.look()
        lines = [alarm for number in notice.alarms if (alarm := state.find(Alarm, number)) and alarm.open]
        call = state.find(Call, notice.call)
        if not lines or call is None:
            return None
        if call.life == "answered" and not any(alarm.attended_by is None for alarm in lines):
            return None
        return Letter(notice, claim.repeat, tuple(lines), site, self.contact(notice.person), self._clock())

    def contact(self, person: int | None) -> Contact:
        """How a person is reached."""
        columns = tables.person.c
        with session.reading(self._database) as connection:
            row = connection.execute(select(columns.phone, columns.email).where(columns.number == person)).first()
        return Contact(row.phone, row.email) if row else Contact("", "")

    def handed(self, claim: Claim, letter: Letter, handed: Handed) -> None:
        """Journal that the channel has taken the notice."""
        notice = claim.notice
        with session.writing(self._database) as connection:
            for part in handed.parts:
                row = {"notice": notice.number, "sent_at": self._clock(), "delivered": False, **part._asdict()}
                connection.execute(insert_or_update(connection, tables.sms_part), row)
        facts: list[m.FactData] = [
            m.NoticeHanded(notice=notice.number, attempt=claim.attempt, repeat=claim.repeat, awaits=bool(handed.parts))
        ]
        if notice.channel == "sounder":
            state, _site = self.look()
            now = [state.find(Alarm, line.number) for line in letter.lines]
            facts += [m.AlarmSounded(alarm=one.number) for one in now if one and one.open and one.sounded_at is None]
        self._settle(claim, *facts)

    def failed(self, claim: Claim, why: str) -> None:
        """Journal that the notice has failed."""
        self._settle(claim, m.NoticeFailed(notice=claim.notice.number, attempt=claim.attempt, detail=why[:500]))

    def _settle(self, claim: Claim, *facts: m.FactData) -> None:
        try:
            self.act(*facts)
        except NotPossible as refusal:
            if refusal.reason == unjudged.REFUSAL:  # it still waits, and is not to be sent over and over
                self.leases.again(claim, self._clock() + UNJUDGED_MS)
                return
            # Somebody whose lease came after ours has said so already.
        self.leases.done(claim)

    # ------------------------------------------------------------ what comes in

    def hear(self, heard: Heard) -> None:
        """A message or a report, which may come a second time after a crash."""
        if isinstance(heard, Unreadable):
            log.warning("sms: something came in that cannot be read: %s", heard.why)
            self._refused["unreadable"] += 1
        elif isinstance(heard, Reported):
            self._reported(heard)
        else:
            self._answered(heard)

    def _reported(self, heard: Reported) -> None:
        parts = tables.sms_part
        with session.writing(self._database) as connection:
            phones = {heard.part.recipient, heard.part.recipient.removeprefix("+"), f"+{heard.part.recipient}"}
            ours = (parts.c.reference == heard.part.reference) & parts.c.recipient.in_(phones)
            number = connection.execute(
                select(parts.c.notice).where(ours, parts.c.sent_at > self._clock() - PART_MS)
            ).scalar()
            if number is None:
                return
            connection.execute(update(parts).where(ours).values(delivered=heard.delivered))
            waiting = connection.execute(select(parts.c.reference).where(parts.c.notice == number, ~parts.c.delivered))
            rest = waiting.first()
        if heard.delivered and rest is not None:
            return
        fact: m.FactData = m.NoticeDelivered(notice=number)
        if not heard.delivered:
            fact = m.NoticeFailed(notice=number, attempt=0, detail="the network reports that it was not delivered")
        with contextlib.suppress(NotPossible):  # said already
            self.act(fact)

    def _answered(self, heard: Answered) -> None:
        _state, site = self.look()
        columns = tables.person.c
        with session.reading(self._database) as connection:
            phones = {row[0]: row[1] for row in connection.execute(select(columns.number, columns.phone))}
        known = {person: phone for person, phone in phones.items() if person in site.cardholders}
        person = answers.whose(known, heard.sender)
        if person is None:
            self._refused["unknown-sender"] += 1
            return
        number = answers.understood(heard.text)
        alarms = [] if number is None else answers.meant(number, self._told(person))
        if not alarms:
            self._refused["not-understood"] += 1
            return
        self._acknowledge(person, alarms, site)

    def _acknowledge(self, person: int, alarms: list[int], site: Site) -> None:
        actor = Actor("notify", person, answers.roles(site, person))
        for number in alarms:
            try:
                self.act(m.AlarmAcknowledged(alarm=number), actor=actor)
            except NotPossible as refusal:
                if refusal.reason == "not-allowed":
                    self._refused["not-allowed"] += 1

    def _told(self, person: int) -> list[Notice]:
        columns = tables.notice.c
        query = select(tables.notice).where(
            columns.person == person,
            columns.channel == "sms",
            columns.state != "queued",
            columns.queued_at > self._clock() - ANSWER_MS,
        )
        with session.reading(self._database) as connection:
            return [Notice(**row._mapping) for row in connection.execute(query)]

    def tell_refused(self, channel: m.Channel) -> None:
        """Journal how many messages were no answers, at most once a minute."""
        now = self._clock()
        if self._refused and (self._refused_at is None or not 0 <= now - self._refused_at < REFUSED_MS):
            facts = [m.AnswersRefused(channel=channel, reason=why, count=n) for why, n in self._refused.items()]
            self.note(*facts)
            self._refused.clear()
            self._refused_at = now

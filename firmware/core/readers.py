"""What a badge at a reader means: shown for a ceremony, attending an alarm, entering or leaving. No hub is asked."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import NamedTuple

from firmware.core.access import Question, may_close_up, why_not_in, why_not_out
from firmware.core.badge import BadgeReader
from firmware.core.clock import Clock
from firmware.core.doors import Doors, area_of
from firmware.core.effects import Effect, Keep, Now, ReaderBytes
from firmware.core.everyday import Everyday
from firmware.core.guard import Guard
from firmware.core.presented import Served, Shown, When
from firmware.core.sealing import Sealing
from firmware.core.shows import Shows, Sign
from firmware.core.silence import HubSilence
from firmware.core.tries import Tries
from firmware.core.witness import Witness
from wire.board import Board
from wire.messages import (
    AccessList,
    Attended,
    Ceremony,
    Credential,
    DenialReason,
    Denied,
    FaultPart,
    Granted,
    Holder,
    Name,
    Place,
    Plan,
    PlanReader,
    Presented,
    Purpose,
    ReaderDeaf,
)

SIGNS: Mapping[Purpose, Sign | None] = {"seal": None, "unseal": "unsealing", "change": "changing"}


class _Running(NamedTuple):
    ceremony: Ceremony
    until: int


class Parts(NamedTuple):
    """The other parts of the node that a badge may concern."""

    clock: Clock
    sealing: Sealing
    doors: Doors
    silence: HubSilence
    shows: Shows
    witness: Witness
    guard: Guard
    everyday: Everyday


class Readers:
    """The badge readers of the node, and the access list that decides."""

    def __init__(self, board: Board, badge_key: bytes | None, parts: Parts) -> None:
        """Without `badge_key` every badge would be a stranger's: none is read."""
        self.access: AccessList | None = None
        self._badges = {reader.port: BadgeReader(badge_key) for reader in board.reader if badge_key}
        self._at_port: dict[str, PlanReader] = {}
        self._ceremonies: dict[Place, _Running] = {}
        self._clock, self._sealing, self._doors = parts.clock, parts.sealing, parts.doors
        self._silence, self._shows, self._witness = parts.silence, parts.shows, parts.witness
        self._guard, self._everyday = parts.guard, parts.everyday
        self._tries = Tries()

    def set_plan(self, plan: Plan) -> None:
        """The readers are these."""
        self._at_port = {reader.port: reader for reader in plan.readers}

    @property
    def ports(self) -> list[str]:
        """Ports at which a reader is planned."""
        return list(self._at_port)

    def place(self, port: str | None) -> Place | None:
        """The reader at this port, if one is planned there."""
        reader = self._at_port.get(port or "")
        return reader.place if reader else None

    def unreadable(self, port: str) -> bool:
        """Whether what comes from the reader at this port is damaged again and again."""
        badges = self._badges.get(port)
        return badges is not None and badges.unreadable

    def ceremony(self, order: Ceremony, now: int) -> Iterator[Effect]:
        """Badges at this reader count for that, for this long; 0 seconds ends it."""
        until = now + order.seconds * 1000
        self._ceremonies[order.reader] = _Running(order, until)
        port = next((port for port, reader in self._at_port.items() if reader.place == order.reader), "")
        self._shows.sign(port, SIGNS[order.purpose] if order.seconds else None, until)
        yield from self._guard.begin(order)

    def over(self, area: Name, now: int) -> None:
        """The area is sealed, or let go: badges at its readers are for entry again."""
        for port, reader in self._at_port.items():
            if area_of(reader.place) == area and reader.place in self._ceremonies:
                del self._ceremonies[reader.place]
                self._shows.sign(port, None, now)

    def sealed(self, area: Name, now: int) -> Iterator[Effect]:
        """Its readers outside show that the area is firmly sealed: whoever has sealed it waits for that."""
        for port, reader in self._at_port.items():
            if area_of(reader.place) == area and not reader.inside:
                yield from self._shows.show(port, "granted", now)

    def has_working(self, area: Name, failed: Container[tuple[FaultPart, str | None]]) -> bool:
        """Whether a badge can be read at the area by this node."""
        return any(
            area_of(reader.place) == area and ("reader", port) not in failed for port, reader in self._at_port.items()
        )

    def heard(self, data: ReaderBytes, now: Now) -> Iterator[Effect]:
        """Bytes from a reader: every badge in them is answered at once."""
        badges = self._badges.get(data.port)
        reader = self._at_port.get(data.port)
        for credential in badges.feed(data.data, data.at) if badges else []:
            if reader:
                yield from self._presented(reader, credential, data.at, now)

    def _presented(self, reader: PlanReader, credential: Credential, at: int, now: Now) -> Iterator[Effect]:
        area = area_of(reader.place)
        holder = self._guard.holder(area, self.access, credential)
        running = self._ceremonies.get(reader.place)
        if running and at < running.until:
            yield from self._counted(reader, credential, holder, running.ceremony, at, now.mono)
            return
        if self._tries.is_deaf(reader.place, credential, at):
            yield from self._shows.show(reader.port, "denied", now.mono)
            return
        wall, trust = self._clock.wall(now)
        attended = list(self._everyday.attend(reader.place, credential, holder)) if holder is not None else []
        yield from attended
        question = Question(self.access, holder, area, wall, trust, self._sealing.is_sealed(area))
        when = When(now.mono, wall, trust)
        served: Served = "nothing"
        if not reader.inside and holder is not None:
            shown = Shown(reader, credential, holder, at, why_not_in(question), may_close_up(question))
            served = yield from self._everyday.badge(shown, when)
        if served not in ("nothing", "unsetting"):
            self._tries.granted(reader.place, credential)
            return
        question = question._replace(shut=self._everyday.is_set(area))
        reason = None if served == "unsetting" else why_not_out(question) if reader.inside else why_not_in(question)
        about_others = list(self._attend(reader, credential, holder, sealed=reason == "sealed"))
        yield from about_others
        if (attended or about_others) and reason:
            yield from self._shows.show(reader.port, "granted", now.mono)
            return
        if reason or holder is None:
            yield from self._denied(reader, credential, holder, reason or "unknown", at, now.mono)
            return
        self._tries.granted(reader.place, credential)
        yield Keep(Granted(reader=reader.place, credential=credential, person=holder.person))
        yield from self._shows.show(reader.port, "granted", now.mono)
        if reader.inside and self._everyday.is_set(area):
            yield from self._everyday.shut_in(area, when)
            return
        outcomes = (
            self._doors.leave(area, "reader", holder.person, at)
            if reader.inside
            else self._doors.enter(area, holder.person, at)
        )
        for outcome in outcomes:
            yield Keep(outcome)

    def _denied(
        self,
        reader: PlanReader,
        credential: Credential,
        holder: Holder | None,
        reason: DenialReason,
        at: int,
        now: int,
    ) -> Iterator[Effect]:
        area, person = area_of(reader.place), holder.person if holder else None
        sealing = self._sealing.number(area)
        yield Keep(Denied(reader=reader.place, credential=credential, person=person, reason=reason, sealing=sealing))
        seconds = self._tries.refused(reader.place, credential, reason, at)
        if seconds is not None:
            yield Keep(ReaderDeaf(reader=reader.place, credential=credential, person=person, seconds=seconds))
        yield from self._shows.show(reader.port, "denied", now)

    def _attend(
        self, reader: PlanReader, credential: Credential, holder: Holder | None, *, sealed: bool
    ) -> Iterator[Effect]:
        """A responder is there, about alarms of the sealed area or the journal, or an emergency opening. Nothing where
        there is none of it."""
        area = area_of(reader.place)
        emergencies = list(self._guard.emergencies.comes(reader.place, self.access, credential))
        for opened, attended in emergencies:
            yield Keep(attended)
            yield from self._guard.emergencies.came(opened)
            yield from self._sealing.came(opened, "attended")
        if emergencies:
            return
        alarms = self._sealing.to_attend(area, self._silence.away) if sealed else None
        if holder is None or area not in holder.responds or (alarms is None and not self._witness.sounding):
            return
        yield Keep(Attended(reader=reader.place, credential=credential, person=holder.person, alarms=alarms or ()))
        yield from self._witness.attended()
        if alarms is not None:
            yield from self._sealing.attend(area)

    def _counted(
        self,
        reader: PlanReader,
        credential: Credential,
        holder: Holder | None,
        ceremony: Ceremony,
        at: int,
        now: int,
    ) -> Iterator[Effect]:
        yield Keep(
            Presented(
                reader=reader.place,
                credential=credential,
                person=holder.person if holder else None,
                ceremony=ceremony.sealing,
                at=at,
                purpose=ceremony.purpose,
            )
        )
        yield from self._guard.shown(ceremony, holder, at, now)
        counts = holder is not None and area_of(reader.place) in holder.seals
        yield from self._shows.show(reader.port, "counted" if counts else "denied", now)

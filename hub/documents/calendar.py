"""Bringing a calendar in, and putting it in force: two people, and a document that stays to the byte."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import Connection

from hub.core.calendar import document as calendar_document
from hub.core.calendar import document_rules
from hub.core.calendar.document import Calendar
from hub.core.journal.requests import Actor
from hub.core.site.mistakes import Mistake, said
from hub.core.state import Calendar as Row
from hub.service import Outcome, Service
from hub.store import calendars
from wire import messages as m


class Imported(NamedTuple):
    """What was asked for, and what came of it."""

    request: m.CalendarImported
    outcome: Outcome


class NotUsable(ValueError):
    """A document with mistakes is not imported."""


def read(document: bytes) -> calendar_document.Reading:
    """Read and check a document: its mistakes in shape or, where it has none, those against the rules."""
    try:
        text = document.decode()
    except UnicodeDecodeError:
        return calendar_document.Reading(
            None, [Mistake("document", said("this is not %(coding)s text; save it as %(coding)s", coding="UTF-8"))]
        )
    reading = calendar_document.read(text)
    if reading.calendar is None or reading.mistakes:
        return reading
    return calendar_document.Reading(reading.calendar, document_rules.check(reading.calendar))


def usable(document: bytes) -> Calendar:
    """A document without mistakes. Raises NotUsable."""
    reading = read(document)
    if reading.calendar is None or reading.mistakes:
        raise NotUsable(f"the calendar has {len(reading.mistakes)} mistakes; see: strongroom calendar check FILE")
    return reading.calendar


def bring_in(
    service: Service, actor: Actor, document: bytes, beside: Callable[[Connection], None] = lambda _: None
) -> Imported:
    """Import a document; it waits for approval. `beside` writes what belongs to it. Raises NotUsable, NotPossible."""
    calendar = usable(document)
    year = calendar.year
    row = service.look()[0].find(Row, year)
    version = row.version + 1 if row else 1

    def keep(connection: Connection) -> None:
        calendars.keep(connection, year, version, document.decode())
        beside(connection)

    request = m.CalendarImported(
        year=year,
        version=version,
        sha256=hashlib.sha256(document).hexdigest(),
        off=tuple(str(day) for holiday in calendar.holiday for day in holiday.days),
        worked=tuple(str(day) for day in calendar.work),
    )
    return Imported(request, service.act(actor, request, beside=keep))


def approval(row: Row) -> m.CalendarApproved:
    """What puts in force what `row` says was imported last, and nothing newer."""
    return m.CalendarApproved(year=row.year, version=row.version, sha256=row.sha256)

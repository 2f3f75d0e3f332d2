"""What the hub records itself: every kind of fact, and the fact that carries one."""

from __future__ import annotations

from typing import Literal

from wire.messages.alarm_facts import AlarmFact
from wire.messages.base import Message, Name, Person, Wall
from wire.messages.calendar_facts import CalendarFact
from wire.messages.call_facts import CallFact
from wire.messages.duty_facts import DutyFact
from wire.messages.hub_facts import HubFact
from wire.messages.sealing_facts import SealingFact
from wire.messages.service_facts import ServiceFact
from wire.messages.set_facts import SetFact
from wire.messages.witness_facts import WitnessFact

FactData = HubFact | ServiceFact | WitnessFact | AlarmFact | SetFact | SealingFact | CalendarFact | CallFact | DutyFact

Service = Literal["engine", "console", "notify", "admin"]
SERVICES: tuple[Service, ...] = ("engine", "console", "notify", "admin")
"""Who signs facts on the hub. No node bears one of these names."""


class Fact(Message, frozen=True):
    """What the hub has decided or been told. `by` is the service that brought it, `person` who asked for it. Signed by
    the engine, or by the service that brought it: the book of rules says which."""

    v: Literal[1]
    site: Name
    by: Service
    time: Wall
    person: Person | None
    data: FactData

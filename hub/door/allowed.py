"""What a person, and what a service by itself, may ask the engine for at all; whether it may stand, the rules judge."""

from __future__ import annotations

from msgspec.structs import replace

from hub.core.journal.facts import FACTS
from hub.core.refusal import NotPossible
from hub.core.site.where import HUB
from hub.site_directory.layout import Asker
from wire import messages as m

IN_ANY_ROLE = (m.JournalExported,)
"""What a person may ask for in whatever role: an auditor, too, takes an export along."""


def no_later(fact: m.FactData, now: int) -> m.FactData:
    """The same, of which nothing happened later than now."""
    at = getattr(fact, "at", None)
    return replace(fact, at=now) if at is not None and at > now else fact


def may_want(wanted: tuple[m.FactData, ...]) -> None:
    """A person asks for what takes one, and not for what services see or root's command signs. Raises NotPossible."""
    for fact in wanted:
        rule = FACTS[type(fact)]
        if rule.apart or (rule.roles is None and not isinstance(fact, IN_ANY_ROLE)):
            raise NotPossible("not-allowed", m.kind_of(fact))


def may_say(asker: Asker, fact: m.FactData) -> bool:
    """What a service may say of itself: the facts that it brings, and that something of its own has failed."""
    match fact:
        case m.NotJudged(place=place, part=part):
            return place == HUB and part == "rule"  # of an entry before it only the machine says so
        case m.HubStorage(part=part):
            return asker == "notify" and part == "contacts"
        case m.SignedIn(at=None):
            return False  # of now, whoever signs in here is known here
    rule = FACTS[type(fact)]
    return asker in rule.by and rule.roles is None and not rule.apart

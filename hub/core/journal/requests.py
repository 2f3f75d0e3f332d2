"""What may be brought to the hub from outside its own decisions: by which service, by a person in which role.

A request is the fact that somebody wants to become one. It is checked against the state, completed (numbers), and only
then becomes an entry. Which kinds, by whom and under which conditions stands in the table of facts.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from hub.core.journal.facts import FACTS
from hub.core.refusal import NotPossible
from hub.core.site.document import Site
from hub.core.state import State
from wire import decoding
from wire import messages as m


class Actor(NamedTuple):
    """Who brings a request: the service that asks, and the person behind it with the roles of that person."""

    by: m.Service
    person: int | None = None
    roles: frozenset[str] = frozenset()


VIA: dict[m.Service, m.Via] = {"console": "console", "notify": "sms", "admin": "command-line"}


def accept(state: State, site: Site, actor: Actor, data: m.FactData) -> m.FactData:
    """The fact as it may stand in the journal. Raises NotPossible, and nothing is changed."""
    rule = FACTS[type(data)]
    if actor.by not in rule.by:
        raise NotPossible("not-allowed", m.kind_of(data))
    if rule.roles is not None and (actor.person is None or not may(rule.roles, actor.roles)):
        raise NotPossible("not-allowed", m.kind_of(data))
    _fits_the_contract(data)
    if rule.second:
        rule.second(state, site, actor.person, data)
    data = rule.check(state, site, data) if rule.check else data
    if isinstance(data, m.AlarmAcknowledged):
        # By which way it came nobody claims, and only of a short message it may be that we hear later.
        data = replace(data, via=VIA.get(actor.by, "console"), at=data.at if actor.by == "notify" else None)
    return data


def may(wanted: frozenset[str], roles: frozenset[str]) -> bool:
    """Whether somebody with these roles may do what takes one of the wanted ones. The auditor reads all and changes
    nothing."""
    return bool(wanted & roles) and "auditor" not in roles


def roles_for(kind: type[m.Data]) -> frozenset[str]:
    """In which roles a person may ask for a fact of this kind; none when no person may."""
    return FACTS[kind].roles or frozenset()


def roles_of(site: Site, person: int | None) -> frozenset[str]:
    """Roles of a person by the site document in force."""
    return frozenset(role for account in site.account if account.cardholder == person for role in account.roles)


def _fits_the_contract(data: m.FactData) -> None:
    """Refuse facts that could not be decoded again, or whose text a database could not store."""
    try:
        text = m.encode(data)
        decoding.decode(text, m.FactData)
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        raise NotPossible("not-valid", str(error)) from None
    if b"\\u0000" in text:
        raise NotPossible("not-valid", "a character that is none")

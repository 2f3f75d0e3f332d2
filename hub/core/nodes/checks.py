"""Preconditions of applying a site document, enrolling a node and erasing a person."""

from __future__ import annotations

from hub.core.nodes import witnesses
from hub.core.refusal import NotPossible
from hub.core.site.document import Site
from hub.core.state import Life, State
from wire import messages as m
from wire.book import lives


def next_version(state: State, site: Site, data: m.SiteApplied) -> m.FactData:
    """Refuse a document based on an older version: of two people who apply at once, the second must look again."""
    if data.version != state.meta.site_version + 1:
        raise NotPossible("site-changed", str(state.meta.site_version))
    return data


def next_life(state: State, site: Site, data: m.NodeEnrolled) -> m.FactData:
    """A life is opened once: its numbers would begin a second time, and no database would take them. Nor may a node
    bring the witness key of another, which would take that one's voice away: a key counts once."""
    life = state.life(data.node)
    standing = lives.Standing(life.life, life.seq, life.hash) if life else lives.Standing()
    if why := lives.why_not_enrolled(standing, data.life, data.last_seq):
        raise NotPossible("life-taken", f"{data.node}: {why}")
    brought = witnesses.witness_key(data.witness_key)
    for other in state.all(Life):
        held = witnesses.witness_key(other.witness_key)
        if other.node != data.node and brought and held and held.public == brought.public:
            raise NotPossible("witness-key-taken", other.node)
    return data


def not_in_site(state: State, site: Site, data: m.PersonErased) -> m.FactData:
    """Refuse to erase somebody who still has a badge or an account in the site document."""
    if data.erased in site.cardholders:
        raise NotPossible("still-in-site", str(data.erased))
    return data


def check_officer(state: State, site: Site, person: int | None, data: m.HubRestored | m.PersonErased) -> None:
    """It takes an administrator and, as another person, a security officer of the document in force."""
    officers = {account.cardholder for account in site.account if "security" in account.roles}
    if data.second == person or data.second not in officers:
        raise NotPossible("not-allowed", m.kind_of(data))

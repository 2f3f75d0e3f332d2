"""Preconditions of applying a site document, of naming keys and rules, of enrolling a node and of erasing a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hub.core.nodes import witnesses
from hub.core.refusal import NotPossible
from hub.core.sealing import change
from hub.core.site.document import Site
from hub.core.state import Life, NamedKey, State
from wire import keys
from wire import messages as m
from wire.book import lives, naming, rules


def next_version(state: State, site: Site, data: m.SiteApplied) -> m.FactData:
    """Refuse a document based on an older version: of two people who apply at once, the second must look again."""
    if data.version != state.meta.site_version + 1:
        raise NotPossible("site-changed", str(state.meta.site_version))
    change.check_document(state, data)
    return data


def next_life(state: State, site: Site, data: m.NodeEnrolled) -> m.FactData:
    """A life is opened once: its numbers would begin a second time, and no database would take them. Its keys are such
    as can be used. Nor may a node bring the witness key of another, which would take that one's voice away: a key
    counts once."""
    life = state.life(data.node)
    with _by_the_book():
        naming.check_node(data.node, sum(other.node != data.node for other in state.all(Life)))
        naming.signing_key(data.record_key, keys.CHECKS)
        naming.witness_key(data.witness_key, keys.CHECKS)
    standing = lives.Standing(life.life, life.seq, life.hash) if life else lives.Standing()
    if why := lives.why_not_enrolled(standing, data.life, data.last_seq):
        raise NotPossible("life-taken", f"{data.node}: {why}")
    brought = witnesses.witness_key(data.witness_key)
    for other in state.all(Life):
        held = witnesses.witness_key(other.witness_key)
        if other.node != data.node and brought and held and held.public == brought.public:
            raise NotPossible("witness-key-taken", other.node)
    return data


def journal_opens(state: State, site: Site, data: m.JournalOpened) -> m.FactData:
    """Refuse an opening that no verifier could go by: its keys are all there will be to judge the journal by."""
    with _by_the_book():
        naming.check_origin(data.origin, {one.opens for one in state.all(NamedKey)})
        _signs_checkpoints(state, data.checkpoint_key)
        naming.service_keys(data.services, keys.CHECKS)
        _our_rules(data.rules)
    return data


def checkpoint_key(state: State, site: Site, data: m.CheckpointKey) -> m.FactData:
    """Refuse a key that is none, or was named before: no checkpoint under it would count."""
    with _by_the_book():
        _signs_checkpoints(state, data.key)
    return data


def goes_by(state: State, site: Site, data: m.EngineStarted) -> m.FactData:
    """Refuse to name other rules than those that this hub goes by."""
    with _by_the_book():
        _our_rules(data.rules)
    return data


def not_in_site(state: State, site: Site, data: m.PersonErased) -> m.FactData:
    """Refuse to erase somebody who still has a badge or an account in the site document."""
    if data.erased in site.cardholders:
        raise NotPossible("still-in-site", str(data.erased))
    return data


def has_account(state: State, site: Site, data: m.SignedIn) -> m.FactData:
    """Who has signed in while the engine was away has an account by the document in force: nobody proved it to us."""
    if data.at is not None and data.person not in {account.cardholder for account in site.account}:
        raise NotPossible("account-unknown", str(data.person))
    return data


def check_officer(state: State, site: Site, person: int | None, data: m.HubRestored | m.PersonErased) -> None:
    """It takes an administrator and, as another person, a security officer of the document in force."""
    officers = {account.cardholder for account in site.account if "security" in account.roles}
    if data.second == person or data.second not in officers:
        raise NotPossible("not-allowed", m.kind_of(data))


def _signs_checkpoints(state: State, key: str) -> None:
    naming.checkpoint_key(key, keys.CHECKS, {one.key for one in state.all(NamedKey)})


def _our_rules(number: int) -> None:
    if number not in (rules.OF_OLD, rules.NEWEST):
        raise ValueError(f"rules {number}")


@contextmanager
def _by_the_book() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise NotPossible("not-valid", str(error)) from None

"""What root's command brings to be journalled: opened, and held against what lies beside the journal for it.

A signature says who, not that all fits: the document is that of the hash, the accounts and people are those of the
document, whoever is erased or gets a password is the one of the fact, and two who answer have both signed in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection

from hub.core.journal import brought
from hub.core.journal.requests import Actor
from hub.core.refusal import NotPossible
from hub.core.site.document import Site
from hub.documents import site as site_file
from hub.door import protocol
from hub.door.protocol import Bring
from hub.service import Outcome, Service
from hub.site_directory.layout import Layout
from hub.store import accounts, erasing
from wire import decoding, notes
from wire import messages as m

Beside = Callable[[Connection], None]
RootKey = Callable[[], notes.VerifierKey]
"""The key of `admin`, in its public half. Raises OSError, ValueError."""

ALONE = (m.NodeEnrolled, m.NodeRevoked)
"""Kinds with nothing beside them."""


def root_key(layout: Layout) -> RootKey:
    """Read anew each time: a few bytes, and nobody keeps what was renewed."""
    return lambda: notes.parse_key(layout.public_key("admin").read_text("ascii").strip())


def bring(service: Service, key: RootKey, asked: Bring, people: Sequence[Actor], beside: Beside) -> Outcome:
    """Commit it, all of it or nothing. `people` have signed in for it; `beside` writes what belongs to the request.
    Raises NotPossible."""
    try:
        root = key()
    except (OSError, ValueError) as error:
        raise NotPossible("not-signed", str(error)) from None
    opened = [brought.opened(note.encode(), root, service.site) for note in asked.notes]
    named = people[0].person if people else None
    if any(one.fact.person != named for one in opened):
        raise NotPossible("not-allowed", m.kind_of(opened[0].fact.data))
    keep = _kept(service, [one.fact.data for one in opened], asked, people)

    def all_of_it(connection: Connection) -> None:
        keep(connection)
        beside(connection)

    return service.bring(opened, all_of_it)


def _kept(service: Service, facts: list[m.FactData], asked: Bring, people: Sequence[Actor]) -> Beside:
    """What is to be written beside the journal for these facts. Raises NotPossible where it is another's, or none."""
    match facts, asked.beside:
        case [m.SiteApplied() as applied, *_], protocol.Document() as document:
            return _document(service, applied, facts, document)
        case [m.PersonErased(erased=person, second=second)], None if [one.person for one in people[1:]] == [second]:
            return lambda connection: erasing.erase(connection, person)
        case [m.PasswordSet(person=person)], protocol.Password(login=login, kept=kept):
            return lambda connection: accounts.set_password(connection, person, login, kept)
        case [one], None if isinstance(one, ALONE):
            return lambda _connection: None
    raise NotPossible("not-allowed", m.kind_of(facts[0]))


def _document(service: Service, applied: m.SiteApplied, facts: list[m.FactData], document: protocol.Document) -> Beside:
    try:
        site = decoding.decode(document.text, Site)
    except (msgspec.MsgspecError, ValueError) as error:
        raise NotPossible("not-valid", str(error)[:200]) from None
    beside = site_file.Beside(document.people, document.accounts)
    named = tuple(replace(one, login="") for one in beside.accounts), [one.number for one in beside.people]
    if (site.account, [one.number for one in site.cardholder]) != named:
        raise NotPossible("not-valid", "accounts or people of another document")
    state, in_force = service.look()
    if applied.version != state.meta.site_version + 1:
        raise NotPossible("site-changed", str(state.meta.site_version))
    if site_file.facts(state, in_force, site, site_file.sha256(document.text)) != facts:
        raise NotPossible("changed-meanwhile", m.kind_of(applied))
    return lambda connection: site_file.keep(connection, applied.version, document.text, beside)

"""Putting a site document in force: names and badge numbers stay out of what is stored with the journal."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, delete, select, update

from hub.core.journal.requests import Actor
from hub.core.sealing import frozen
from hub.core.site.document import Site
from hub.service import Outcome, Service
from hub.store import looking, tables
from hub.store.rows import insert_or_update
from wire import badges
from wire import messages as m

NO_PASSWORD = "!"  # noqa: S105 - fits no password: nobody signs in until one is set
"""What stands for the password of an account that has none yet."""


class Stored(NamedTuple):
    """A site document as it is stored: no names, telephone, e-mail and logins, credentials instead of badge numbers."""

    document: str
    sha256: str


def stored(site: Site, badge_key: bytes) -> Stored:
    """What is stored of a document."""
    holders = tuple(
        replace(
            holder,
            name="",
            phone="",
            email="",
            badge=tuple(badges.credential(badge_key, number) for number in holder.own_badges),
            duress=badges.credential(badge_key, holder.duress) if holder.duress else "",
        )
        for holder in site.cardholder
    )
    accounts = tuple(replace(account, login="") for account in site.account)  # most are made from names
    document = msgspec.json.encode(replace(site, cardholder=holders, account=accounts))
    return Stored(document.decode(), hashlib.sha256(document).hexdigest())


def apply(service: Service, site: Site, badge_key: bytes) -> Outcome:
    """Put a checked document in force, with the names and accounts that lie beside it, in one transaction.

    Raises NotPossible for one that would change what a sealing rests on, unless two people have admitted that at the
    area's reader a moment ago: the nodes would refuse it.
    """
    what = stored(site, badge_key)
    state, in_force = service.look()
    changes = frozen.check_document(state, in_force, site)
    version = state.meta.site_version + 1

    def beside(connection: Connection) -> None:
        looking.keep_document(connection, version, what.sha256, what.document)
        for holder in site.cardholder:
            person = {"number": holder.number, "name": holder.name, "phone": holder.phone, "email": holder.email}
            connection.execute(insert_or_update(connection, tables.person), person)
        _keep_accounts(connection, site)

    accounts = [m.AccountMade(person=account.cardholder, roles=account.roles) for account in site.account]
    applied = m.SiteApplied(version=version, sha256=what.sha256, changes=changes)
    return service.act(Actor("admin"), applied, *accounts, beside=beside)


def _keep_accounts(connection: Connection, site: Site) -> None:
    """The document says who has an account; a password stays as it was set."""
    table = tables.account
    known = set(connection.execute(select(table.c.login)).scalars())
    for account in site.account:
        values = {"person": account.cardholder, "roles": account.roles}
        if account.login in known:
            connection.execute(update(table).where(table.c.login == account.login).values(values))
        else:
            connection.execute(table.insert().values(login=account.login, password=NO_PASSWORD, **values))
    gone = known - {account.login for account in site.account}
    connection.execute(delete(table).where(table.c.login.in_(gone)))
    connection.execute(delete(tables.session).where(tables.session.c.login.in_(gone)))

"""Putting a site document in force: names and badge numbers stay out of what is stored with the journal."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, delete, select, update

from hub.core.sealing import frozen
from hub.core.site.document import Account, Person, Site
from hub.core.state import State
from hub.store import looking, tables
from hub.store.rows import insert_or_update
from wire import badges
from wire import messages as m

NO_PASSWORD = "!"  # noqa: S105 - fits no password: nobody signs in until one is set
"""What stands for the password of an account that has none yet."""


class Beside(NamedTuple):
    """What lies beside the journal and its documents, where it can be erased: who people are, and by which login."""

    people: tuple[Person, ...]
    accounts: tuple[Account, ...]


def stored(site: Site, badge_key: bytes) -> str:
    """A document as it is stored: no names, telephone, e-mail and logins, credentials instead of badge numbers."""
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
    return msgspec.json.encode(replace(site, cardholder=holders, account=accounts)).decode()


def sha256(text: str) -> str:
    """Of a stored document what the journal has."""
    return hashlib.sha256(text.encode()).hexdigest()


def beside(site: Site) -> Beside:
    """What of a document is not stored with it."""
    people = tuple(Person(one.number, one.name, one.phone, one.email) for one in site.cardholder)
    return Beside(people, site.account)


def facts(state: State, in_force: Site, site: Site, sha256: str) -> list[m.FactData]:
    """What stands in the journal of putting a document in force. Raises NotPossible for one that would change what a
    sealing rests on, unless two people have admitted that at the area's reader a moment ago: the nodes would refuse it.
    """
    changes = frozen.check_document(state, in_force, site)
    accounts = [m.AccountMade(person=account.cardholder, roles=account.roles) for account in site.account]
    applied = m.SiteApplied(version=state.meta.site_version + 1, sha256=sha256, changes=changes)
    return [applied, *accounts]


def keep(connection: Connection, version: int, text: str, beside: Beside) -> None:
    """Store a document under its version, and what lies beside it. Raises NotPossible."""
    looking.keep_document(connection, version, sha256(text), text)
    for person in beside.people:
        connection.execute(insert_or_update(connection, tables.person), msgspec.structs.asdict(person))
    _keep_accounts(connection, beside.accounts)


def _keep_accounts(connection: Connection, accounts: Sequence[Account]) -> None:
    """The document says who has an account; a password stays as it was set."""
    table = tables.account
    known = set(connection.execute(select(table.c.login)).scalars())
    for account in accounts:
        values = {"person": account.cardholder, "roles": account.roles}
        if account.login in known:
            connection.execute(update(table).where(table.c.login == account.login).values(values))
        else:
            connection.execute(table.insert().values(login=account.login, password=NO_PASSWORD, **values))
    gone = known - {account.login for account in accounts}
    connection.execute(delete(table).where(table.c.login.in_(gone)))
    connection.execute(delete(tables.session).where(tables.session.c.login.in_(gone)))

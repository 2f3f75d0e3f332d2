"""Who has signed in: tokens that the engine has made, in its database, found by their hash.

Whoever relays a token acts for that person until the token is over; nobody can act for a person who has not signed in.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from hub.store.tables import account, session

WHOLE_MS = 12 * 3_600_000
"""The longest shift."""


class Signed(NamedTuple):
    """Whose a token is, with the account as it stands now."""

    login: str
    person: int
    roles: frozenset[str]


def new() -> str:
    """A token: 256 random bits in 43 characters, which are kept nowhere."""
    return secrets.token_urlsafe(32)


def keep(connection: Connection, token: str, asker: str, login: str, now: int) -> None:
    """From now on the token is good for whoever relays it as this asker. Those that are over are cleared away."""
    connection.execute(delete(session).where(session.c.since < now - WHOLE_MS))
    connection.execute(insert(session).values(token=hashed(token), asker=asker, login=login, since=now))


def find(connection: Connection, token: str, asker: str, now: int) -> Signed | None:
    """Whose it is. None when it is over, another asker's, or of an account that may no longer sign in."""
    query = (
        select(session.c.login, account.c.person, account.c.roles)
        .join(account, account.c.login == session.c.login)
        .where(session.c.token == hashed(token), session.c.asker == asker, session.c.since >= now - WHOLE_MS)
    )
    row = connection.execute(query).one_or_none()
    return Signed(row.login, row.person, frozenset(row.roles)) if row is not None and row.roles else None


def end(connection: Connection, token: str) -> None:
    """It is good for nothing any more."""
    connection.execute(delete(session).where(session.c.token == hashed(token)))


def hashed(token: str) -> str:
    """What is kept of a token: its SHA-256, in hex."""
    return hashlib.sha256(token.encode()).hexdigest()

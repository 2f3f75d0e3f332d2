"""Who is signed in: sessions in the database, found by the hash of the cookie's value.

After 15 minutes without anything done by the person a session is *locked*: the duty board and the alarms stay readable
and live for whoever has the duty, since a board that signs itself out at night watches nothing; for everything else,
and above all to act, the password is entered again. After 12 hours it is over.
"""

from __future__ import annotations

import hashlib
import secrets

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select, update

from hub.store.tables import account, session

IDLE_MS = 15 * 60_000
WHOLE_MS = 12 * 3_600_000
"""The longest shift."""
NOTED_MS = 30_000
"""What the person does is noted at most this often: each note is a write to the disk."""

ACTING = frozenset({"duty", "security"})
"""Roles that answer for alarms and sealings. All others read only."""


class Signed(Struct, frozen=True):
    """A session, with the account as it stands now. `token` is the hash of the cookie's value."""

    token: str
    login: str
    person: int
    roles: frozenset[str]
    csrf: str
    language: str
    since: int
    seen: int

    def locked(self, now: int) -> bool:
        """Whether the password is wanted again."""
        return now - self.seen > IDLE_MS

    @property
    def acts(self) -> bool:
        """Whether the person may act, and not only read."""
        return bool(self.roles & ACTING)


def start(connection: Connection, login: str, language: str, now: int) -> str:
    """A new session. Returns the cookie's value, which is kept nowhere. Sessions that are over are cleared away."""
    value = secrets.token_urlsafe(32)
    connection.execute(delete(session).where(session.c.since < now - WHOLE_MS))
    connection.execute(
        insert(session).values(
            token=_hash(value),
            login=login,
            csrf=secrets.token_urlsafe(24),
            language=language,
            since=now,
            seen=now,
        )
    )
    return value


def find(connection: Connection, value: str, now: int) -> Signed | None:
    """The session of a cookie. None when it is over, or when the account may no longer sign in."""
    query = (
        select(
            session.c.token,
            session.c.login,
            account.c.person,
            account.c.roles,
            session.c.csrf,
            session.c.language,
            session.c.since,
            session.c.seen,
        )
        .join(account, account.c.login == session.c.login)
        .where(session.c.token == _hash(value), session.c.since >= now - WHOLE_MS)
    )
    row = connection.execute(query).one_or_none()
    if row is None or not row.roles:
        return None
    return Signed(**{**row._mapping, "roles": frozenset(row.roles)})


def touch(connection: Connection, signed: Signed, now: int) -> None:
    """The person has done something."""
    connection.execute(update(session).where(session.c.token == signed.token).values(seen=now))


def speak(connection: Connection, signed: Signed, language: str) -> None:
    """From now on in this language."""
    connection.execute(update(session).where(session.c.token == signed.token).values(language=language))


def end(connection: Connection, signed: Signed) -> None:
    """Signed out."""
    connection.execute(delete(session).where(session.c.token == signed.token))


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()

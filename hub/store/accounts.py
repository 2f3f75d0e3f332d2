"""The password of an account, as it is kept: an argon2id hash."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, update

from hub.core.refusal import NotPossible
from hub.store.tables import account, session


def set_password(connection: Connection, person: int, login: str, kept: str) -> None:
    """From now on that is it, and nobody is signed in as this person any more. Raises NotPossible where the account is
    not there, or another person's."""
    query = update(account).where(account.c.login == login, account.c.person == person)
    if connection.execute(query.values(password=kept)).rowcount == 0:
        raise NotPossible("account-unknown", login)
    logins = select(account.c.login).where(account.c.person == person)
    connection.execute(delete(session).where(session.c.login.in_(logins)))

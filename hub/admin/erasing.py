"""Taking whoever was erased out of what lies outside the database."""

from __future__ import annotations

from hub.site_directory import contacts
from hub.site_directory.hub import Hub, wall_ms
from hub.store import looking, session


def from_contacts(hub: Hub) -> None:
    """Take whoever was erased out of the list of those who are called without a database, at once. Raises OSError."""
    path = hub.layout.contacts
    if path.exists():
        database = hub.database()
        with session.reading(database) as connection:
            state, site = looking.look(connection)
        contacts.keep(path, database, state, site, hub.settings.console.language, wall_ms())
        database.dispose()

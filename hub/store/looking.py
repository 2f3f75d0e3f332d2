"""The state and the site document as they stand, for whoever only reads: no rule and no key is needed for that.

A site document is kept under its version for ever: a late record is judged by the one that its node had confirmed.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, insert, select

from hub.core.refusal import NotPossible
from hub.core.site.document import Site
from hub.core.state import State
from hub.store import rows
from hub.store.faults import unreadable
from hub.store.tables import site_document
from wire import decoding

NO_SITE = Site(name="none", title="", timezone="UTC", hub=())
"""What the site is before a document is applied."""


def look(connection: Connection) -> tuple[State, Site]:
    """Both of them. Raises DatabaseLost."""
    state = rows.load(connection)
    version = state.meta.site_version
    return state, document(connection, version) if version else NO_SITE


def document(connection: Connection, version: int) -> Site:
    """A site document that is, or was, in force. Raises DatabaseLost."""
    query = select(site_document.c.document).where(site_document.c.version == version)
    try:
        return decoding.decode(connection.execute(query).scalar_one(), Site)
    except (msgspec.MsgspecError, ValueError) as error:
        raise unreadable(f"site document {version}", error) from error


def keep_document(connection: Connection, version: int, sha256: str, text: str) -> None:
    """Store a site document under a version that has none yet. Raises NotPossible."""
    if connection.execute(select(site_document.c.version).where(site_document.c.version == version)).first():
        raise NotPossible("site-changed", str(version))
    connection.execute(insert(site_document), {"version": version, "sha256": sha256, "document": text})

"""The first entry under an origin: it names the journal's root key and the services' keys, all in public halves."""

from __future__ import annotations

from datetime import UTC, datetime

from hub.core.journal.requests import Actor
from hub.ledger import checkpoint_keys
from hub.service import Service
from hub.site_directory import files
from hub.site_directory.hub import Hub
from hub.site_directory.layout import Layout
from wire import messages as m
from wire.book import rules


def make_key(layout: Layout, origin: str) -> None:
    """Make the root key of a new origin, whose name is the origin, in a folder of its own. Raises FileExistsError."""
    files.make_folder(layout.checkpoint_keys)
    key = checkpoint_keys.make(layout.checkpoint_keys, origin)
    files.replace(layout.root_public, f"{key.public}\n".encode(), 0o644)


def first_origin(site: str) -> str:
    """Origin of a site's first journal."""
    return f"strongroom/{site}/journal"


def later_origin(site: str, now: datetime) -> str:
    """Origin of a journal that was put back from a backup at a time: no two of them are alike."""
    return f"{first_origin(site)}/{now.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"


def fact(hub: Hub, quotes: str = "") -> m.JournalOpened:
    """The `journal-opened` fact, from the public halves that lie beside the keys. Raises OSError."""
    root = hub.layout.root_public.read_text("ascii").strip()
    services: dict[str, str] = {name: hub.layout.public_key(name).read_text("ascii").strip() for name in m.SERVICES}
    return m.JournalOpened(
        origin=root.partition("+")[0], checkpoint_key=root, services=services, quotes=quotes, rules=rules.NEWEST
    )


def open_journal(hub: Hub, service: Service | None = None) -> None:
    """Journal it as entry 0 of an empty journal. Raises KeyFileError, OSError."""
    (service or hub.service("admin")).act(Actor("admin"), fact(hub))

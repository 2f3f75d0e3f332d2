"""The first entry under an origin: it names the journal's root key and the keys of engine and root's command."""

from __future__ import annotations

from datetime import UTC, datetime

from hub.core.journal.brought import opened, signed
from hub.ledger import checkpoint_keys
from hub.site_directory import files
from hub.site_directory.hub import Hub, wall_ms
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
    services: dict[str, str] = {name: hub.layout.public_key(name).read_text("ascii").strip() for name in rules.SIGN}
    return m.JournalOpened(
        origin=root.partition("+")[0], checkpoint_key=root, services=services, quotes=quotes, rules=rules.NEWEST
    )


def open_journal(hub: Hub, *then: m.FactData, person: int | None = None, quotes: str = "") -> None:
    """Journal it under the key of root's command, and in the same transaction what is so from `then` on. `person`: who
    answers for it. Raises NotPossible, KeyFileError, OSError."""
    key = hub.key("admin")
    notes = signed(key, hub.site, wall_ms(), [fact(hub, quotes), *then], person)
    hub.service().bring([opened(note, key.public, hub.site) for note in notes])

"""Troubles of the hub's own disk. Pure; the limits for low and for recovered differ, so that each is reported once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from hub.core.alarms import life as alarm_life
from hub.core.calling import notices
from hub.core.site.document import Site
from hub.core.state import Entry, State
from wire import messages as m

LOW_PART, LOW_BYTES = 0.10, 500_000_000
"""Below either of these it is low."""
BACK_PART, BACK_BYTES = 0.15, 750_000_000
"""Not before it is above both of these is it well again."""
LONG_LOG, SHORT_LOG = 64_000_000, 32_000_000
"""Bytes of SQLite's write-ahead log. It has 16 MB as a rule (hub.store.session.CHECKPOINT_PAGES), and grows without end
while somebody reads the same moment on and on."""

ALARMS: dict[m.StoragePart, str] = {
    "room": "storage-low",
    "writing": "storage-read-only",
    "log": "log-not-emptied",
    "keys": "key-not-changed",
    "contacts": "contacts-unusable",
}
"""The trouble of each part; all of them are at the place `hub`."""


class Disk(NamedTuple):
    """The file system that the database is on. Sizes in bytes; `free`: what a service may still use."""

    total: int
    free: int
    read_only: bool = False
    keys_refused: bool = False
    """The checkpoint key could not be changed, or the one before it not destroyed."""
    log: int = 0
    """Size of the database's write-ahead log."""


def changes(state: State, disk: Disk) -> Iterator[m.FactData]:
    """What has become bad, or well again, since it was last said."""
    low = disk.free < max(LOW_PART * disk.total, LOW_BYTES)
    well = disk.free >= max(BACK_PART * disk.total, BACK_BYTES)
    seen: dict[m.StoragePart, tuple[bool, bool]] = {
        "room": (low, well),
        "writing": (disk.read_only, not disk.read_only),
        "log": (disk.log > LONG_LOG, disk.log < SHORT_LOG),
        "keys": (disk.keys_refused, not disk.keys_refused),
    }
    for part, (bad, good) in seen.items():
        said = alarm_life.find(state, ALARMS[part], "hub") is not None
        if good if said else bad:
            yield m.HubStorage(part=part, failed=bad, total=disk.total, free=disk.free)


def told(state: State, site: Site, entry: Entry, data: m.HubStorage) -> Iterator[m.FactData]:
    """Raise or end the trouble of the hub's disk."""
    what = ALARMS[data.part]
    if data.failed:
        yield alarm_life.raise_for(
            state, alarm_life.Cause(what, "hub", None, notices.site_sealing(state), entry.time), entry
        )
    else:
        yield from alarm_life.return_for(state, what, "hub", entry)

"""docs/reference/journal-json.md names the keys that other programs lean on, in order, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from hub.cli.journal import as_object
from hub.core.alarms.life import LATE_MS
from hub.store.queries import JournalRow
from wire import keys
from wire import messages as m

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "journal-json.md").read_text("utf-8")
AT = 1_777_622_400_000
"""2026-05-01 08:00 in UTC."""


def entry() -> JournalRow:
    record = m.Record(
        v=1,
        site="demo",
        node="archive-1",
        life=1,
        boot="b",
        seq=7,
        mono=0,
        wall=AT,
        clock="trusted",
        prev="",
        data=m.Forced(point="archive/corridor-door"),
    )
    return JournalRow(
        index=12,
        note=keys.make("strongroom/demo/archive-1/record").sign(m.encode(record)),
        author="archive-1",
        life=1,
        seq=7,
        boot="b",
        kind="forced",
        place="archive/corridor-door",
        person=None,
        name=None,
        said_time=AT,
        hub_time=AT + LATE_MS,
    )


def test_the_page_names_the_keys_in_their_order() -> None:
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == list(as_object(entry()))


def test_values_are_as_the_page_says() -> None:
    said = as_object(entry())
    assert said["node_time"] == "2026-05-01T08:00:00.000Z"
    assert said["point"] == said["place"] == "archive/corridor-door"
    assert (said["node"], said["by"], said["late"]) == ("archive-1", None, False)
    assert f"more than {LATE_MS // 1000} s" in PAGE

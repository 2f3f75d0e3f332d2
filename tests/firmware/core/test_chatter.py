"""A chattering input does not fill the outbox, and yet no alarm waits."""

from __future__ import annotations

from itertools import pairwise

from firmware.core.chatter import ChatterFilter
from firmware.core.debounce import Change
from wire.messages import Chatter, LevelChanged


def chattered(changes: int, every: int, tail: int = 30_000) -> list[LevelChanged | Chatter]:
    """Records of a door that changes so many times, beginning with an opening at 1000."""
    point = ChatterFilter("archive/corridor-door")
    records: list[LevelChanged | Chatter] = []
    for index in range(changes):
        was, now = ("normal", "active") if index % 2 == 0 else ("active", "normal")
        records += point.changed(Change(was, now, 1_000 + index * every))  # type: ignore[arg-type]
    return records + point.advance(1_000 + changes * every + tail)


def test_twenty_changes_in_ten_seconds_are_told_one_by_one() -> None:
    records = chattered(20, 100)
    assert len(records) == 20
    assert all(isinstance(record, LevelChanged) for record in records)


def test_the_first_opening_is_told_at_once() -> None:
    point = ChatterFilter("archive/corridor-door")
    assert point.changed(Change("normal", "active", 1_000)) == [
        LevelChanged(point="archive/corridor-door", was="normal", now="active", at=1_000)
    ]


def test_from_the_21st_on_each_ten_seconds_are_one_summary() -> None:
    records = chattered(300, 100)  # 30 s
    summaries = [record for record in records if isinstance(record, Chatter)]
    assert len(records) - len(summaries) == 20
    assert sum(summary.edges for summary in summaries) == 280
    assert summaries[0].since == 3_000
    assert all(summary.until - summary.since == 10_000 for summary in summaries)
    assert all(one.until == next_.since for one, next_ in pairwise(summaries))


def test_after_the_chatter_the_level_is_told_if_it_is_not_the_last_one_told() -> None:
    final = chattered(41, 100)[-1]
    assert final == LevelChanged(point="archive/corridor-door", was="normal", now="active", at=5_000)
    assert isinstance(chattered(42, 100)[-1], Chatter)


def test_after_the_chatter_changes_are_told_one_by_one_again() -> None:
    point = ChatterFilter("archive/corridor-door")
    for index in range(42):
        point.changed(Change("active" if index % 2 else "normal", "normal" if index % 2 else "active", index * 100))
    point.advance(60_000)
    assert not point.chattering
    assert len(point.changed(Change("normal", "active", 61_000))) == 1


def test_a_door_used_a_lot_is_no_chatter() -> None:
    assert len(chattered(200, 600)) == 200

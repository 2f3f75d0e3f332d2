"""A full outbox and a disk that refuses: the node goes on, counts, and says so as soon as it can."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.outbox import damage
from firmware.outbox.records import Identity, Signed
from firmware.outbox.store import Outbox
from firmware.outbox.when_the_disk_refuses import PENDING_RECORDS, BufferedOutbox
from tests.firmware.house import (
    DOOR_FORCED,
    DOOR_HELD,
    all_records,
    check_chain,
    happening,
    header,
    identity,
    no_room_on_disk,
)
from wire.messages import Fault, Overflow, Record

LIMIT = 40_000
FORCED = [happening(DOOR_FORCED)]


@pytest.fixture
def who() -> Identity:
    return identity()


@pytest.fixture
def outbox(tmp_path: Path, who: Identity) -> Iterator[Outbox]:
    made = Outbox(tmp_path / "outbox.db", who, 1)
    yield made
    made.close()


def fill(buffered: BufferedOutbox) -> int:
    """Records until the outbox is full; returns how many were kept."""
    while not buffered.full:
        buffered.keep(FORCED, {}, header(5))
    return buffered.outbox.seq


def faults(found: list[Record], part: str) -> list[bool]:
    return [one.data.failed for one in found if isinstance(one.data, Fault) and one.data.part == part]


def test_at_half_full_a_fault_is_recorded_once(outbox: Outbox) -> None:
    buffered = BufferedOutbox(outbox, LIMIT)
    fill(buffered)
    assert faults(all_records(outbox), "outbox-half") == [True]


def test_when_there_is_room_again_the_half_full_fault_ends(outbox: Outbox) -> None:
    buffered = BufferedOutbox(outbox, LIMIT)
    fill(buffered)
    outbox.free(outbox.seq)
    outbox.cover(outbox.seq)
    buffered.tick(header(6))
    assert faults(all_records(outbox), "outbox-half") == [True, False]


def test_what_the_hub_has_acknowledged_and_does_not_prove_counts_to_that_half(outbox: Outbox) -> None:
    buffered = BufferedOutbox(outbox, LIMIT)
    while not faults(all_records(outbox), "outbox-half"):
        buffered.keep(FORCED, {}, header(5))
        outbox.free(outbox.seq)
    assert not buffered.full
    outbox.cover(outbox.seq)
    buffered.tick(header(6))
    assert faults(all_records(outbox), "outbox-half") == [True, False]


def test_a_full_outbox_stays_within_its_bound_and_counts_by_kind(outbox: Outbox, who: Identity) -> None:
    buffered = BufferedOutbox(outbox, LIMIT)
    kept = fill(buffered)
    for _ in range(20):
        buffered.keep([happening(DOOR_FORCED), happening(DOOR_HELD)], {}, header(7))
    assert outbox.seq == kept
    assert outbox.unfreed_bytes <= LIMIT
    outbox.free(kept)
    buffered.tick(header(9))
    overflow = [one.data for one in check_chain(outbox, who.key.public) if isinstance(one.data, Overflow)]
    assert overflow == [Overflow(since=5, until=9, lost={"forced": 21, "held-open": 20})]
    assert not buffered.full


def test_a_full_outbox_still_saves_what_is_in_force(outbox: Outbox) -> None:
    buffered = BufferedOutbox(outbox, LIMIT)
    fill(buffered)
    buffered.keep(FORCED, {"mark": 77}, header())
    assert outbox.saved().mark == 77


def test_what_was_lost_is_told_even_after_a_power_cut(outbox: Outbox, who: Identity) -> None:
    buffered = BufferedOutbox(outbox, LIMIT)
    kept = fill(buffered)
    outbox.close()
    after = Outbox(outbox.path, who, 1)
    buffered = BufferedOutbox(after, LIMIT)
    assert buffered.full
    after.free(kept)
    buffered.tick(header(3))
    overflow = [one.data for one in all_records(after) if isinstance(one.data, Overflow)]
    after.close()
    assert overflow == [Overflow(since=0, until=3, lost={"forced": 1})]


def test_a_disk_that_refuses_stops_nothing_and_is_told_afterwards(outbox: Outbox, who: Identity) -> None:
    buffered = BufferedOutbox(outbox)
    buffered.keep(FORCED, {}, header())
    with no_room_on_disk():
        for number in range(50):
            buffered.keep([happening(DOOR_HELD, mono=number)], {"mark": number}, header(number))
            buffered.tick(header(number * 100))
        refused = buffered.broken
        assert outbox.seq == 1
    buffered.tick(header(10_000))
    assert (refused, buffered.broken) == (True, False)
    found = check_chain(outbox, who.key.public)
    assert faults(found, "outbox-write") == [True, False]
    assert [one.mono for one in found if one.data == DOOR_HELD] == list(range(50))
    assert outbox.saved().mark == 49


def test_nothing_is_sent_that_is_not_on_disk(outbox: Outbox) -> None:
    buffered = BufferedOutbox(outbox)
    buffered.keep(FORCED, {}, header())
    with no_room_on_disk():
        buffered.keep(FORCED, {}, header())
        assert buffered.waiting(0, 10, header()) == []
    buffered.tick(header(10_000))
    assert len(buffered.waiting(0, 10, header())) == 4


def test_what_does_not_fit_into_memory_meanwhile_is_counted(outbox: Outbox) -> None:
    buffered = BufferedOutbox(outbox)
    buffered.keep(FORCED, {}, header())
    with no_room_on_disk():
        buffered.keep(FORCED * (PENDING_RECORDS - 1), {}, header(1))
        buffered.keep([happening(DOOR_HELD)] * 3, {}, header(2))
    buffered.tick(header(10_000))
    overflow = [one.data for one in all_records(outbox) if isinstance(one.data, Overflow)]
    assert overflow == [Overflow(since=2, until=10_000, lost={"held-open": 3})]
    assert not buffered.full


def test_a_commit_that_failed_only_in_appearance_is_not_told_twice(
    outbox: Outbox, who: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffered = BufferedOutbox(outbox)

    def fails_after_commit(*_: object) -> None:
        outbox._file.db.execute("COMMIT")
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(outbox, "_put_marks", fails_after_commit)
    buffered.keep(FORCED, {}, header())
    monkeypatch.undo()
    buffered.keep([happening(DOOR_HELD)], {}, header())
    buffered.tick(header(10_000))
    found = check_chain(outbox, who.key.public)
    assert [one.data for one in found if not isinstance(one.data, Fault)] == [DOOR_FORCED, DOOR_HELD]


def test_a_damaged_outbox_is_set_aside_and_what_is_in_force_is_saved_again(outbox: Outbox, who: Identity) -> None:
    buffered = BufferedOutbox(outbox)
    buffered.keep(FORCED, {"mark": 5}, header())
    outbox._file.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    outbox.path.write_bytes(b"this is no database any more" * 1000)
    outbox._file.db.close()
    buffered.keep([happening(DOOR_HELD)], {}, header())
    assert buffered.broken
    buffered.tick(header(10_000))
    found = check_chain(outbox, who.key.public)
    assert faults(found, "outbox-write") == [True, False]
    assert DOOR_HELD in [one.data for one in found]
    assert outbox.saved().mark == 5
    assert (outbox.path.parent / "outbox.db.damaged-1").exists()


def test_a_boot_that_ends_while_the_outbox_refuses_leaves_word_beside_it_if_it_can(
    outbox: Outbox, who: Identity, tmp_path: Path
) -> None:
    buffered = BufferedOutbox(outbox)
    buffered.keep(FORCED, {}, header())
    outbox.close()  # as if the file alone could not be used
    buffered.keep([happening(DOOR_HELD)], {}, header(1))
    assert buffered.broken
    after = BufferedOutbox(Outbox(outbox.path, who, 1, later=True))
    _saved, told = after.open(header(2, "boot-2"))
    after.keep(told, {}, header(2, "boot-2"))
    lost = [one.data for one in all_records(after.outbox) if isinstance(one.data, Overflow)]
    assert lost == [Overflow(since=0, until=2, lost={"unknown": 1})]
    after.tick(header(3, "boot-2"))
    after.outbox.close()
    again = BufferedOutbox(Outbox(outbox.path, who, 1, later=True))
    assert again.open(header(4, "boot-3"))[1] == []
    again.outbox.close()


def test_a_sector_that_cannot_be_read_does_not_make_a_fault_a_second_for_ever(
    outbox: Outbox, who: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can be written, and then not read: after some tries all that can be read goes into a new file."""
    buffered = BufferedOutbox(outbox)
    buffered.keep(FORCED * 9, {}, header())
    monkeypatch.setattr(damage, "to_send", _disk_error)
    for second in range(600):
        buffered.waiting(0, 10, header(second * 1000))
        buffered.tick(header(second * 1000))
    found = check_chain(outbox, who.key.public)
    assert [one.data for one in found][:9] == [DOOR_FORCED] * 9
    assert len(faults(found, "outbox-write")) < 120


def _disk_error(*_: object) -> list[Signed]:
    raise sqlite3.OperationalError("disk I/O error")

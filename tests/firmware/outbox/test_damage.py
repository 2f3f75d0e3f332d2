"""Bits that turn over in the outbox's file: what is damaged is accounted for, and everything else is sent."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from firmware.outbox.records import Identity, Signed, read
from firmware.outbox.store import Outbox
from firmware.outbox.when_the_disk_refuses import BufferedOutbox
from hub.core.nodes import sequence
from hub.core.state import Life
from tests.firmware.house import DOOR_HELD, NODE, happening, header, identity, opened
from wire import keys, notes
from wire.messages import CannotFill, Fault, Overflow, Record

RECORDS = 30
File = Callable[[], Path]


@pytest.fixture
def who() -> Identity:
    return identity()


@pytest.fixture
def file(tmp_path: Path, who: Identity) -> Path:
    """An outbox with RECORDS records that wait for the hub, as a power cut leaves it."""
    path = tmp_path / "outbox.db"
    outbox = Outbox(path, who, 1)
    for number in range(RECORDS):
        outbox.commit([opened(number)])
    outbox.close()
    return path


def flip(path: Path, at: int, bit: int = 0) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1 << bit
    path.write_bytes(bytes(content))


def where(path: Path, seq: int, within: bytes) -> int:
    """Where in the file this part of the record stands."""
    database = sqlite3.connect(path)
    note: bytes
    (note,) = database.execute("SELECT note FROM record WHERE seq = ?", (seq,)).fetchone()
    database.close()
    return path.read_bytes().index(note) + note.index(within)


class Restarted:
    """The node's outbox after a start."""

    def __init__(self, path: Path, who: Identity) -> None:
        self.who = who
        self.outbox = Outbox(path, who, 1, later=True)
        self.buffered = BufferedOutbox(self.outbox)
        _saved, told = self.buffered.open(header())
        if told:
            self.buffered.keep(told, {}, header())

    def sends(self) -> list[Record]:
        """Everything that it would send; each is signed and can be taken in by the hub, one after the other."""
        found: list[Signed] = []
        mono = 0
        while (after := found[-1].seq if found else self.outbox.freed) < self.outbox.seq or self.buffered.broken:
            mono += 100_000
            assert mono < 5_000_000, "it never ends"
            found += self.buffered.waiting(after, 8, header())
            self.buffered.tick(header(mono))
        self.taken_in(found)
        return [read(one.note) for one in found]

    def taken_in(self, found: list[Signed]) -> None:
        """By the rule of the hub itself."""
        hub = Life(node=NODE, life=self.outbox.life, record_key="", serial="", seq=self.outbox.freed)
        for one in found:
            text, _signer = notes.open_record(one.note, [self.who.key.public], keys.CHECKS)
            record, own = read(one.note), notes.text_hash(text)
            assert sequence.verdict(hub, record, own, None) == "next", f"record {record.seq}"
            newest = record.data.last_hash if isinstance(record.data, CannotFill) else own
            hub = replace(hub, seq=record.seq, hash=newest)
        assert hub.seq == self.outbox.seq


@pytest.fixture
def start(file: Path, who: Identity) -> Iterator[Callable[[], Restarted]]:
    started: list[Restarted] = []

    def again() -> Restarted:
        started.append(Restarted(file, who))
        return started[-1]

    yield again
    for one in started:
        one.outbox.close()


def lost(sent: list[Record]) -> list[tuple[int, int]]:
    return [(one.data.first, one.data.last) for one in sent if isinstance(one.data, CannotFill)]


@pytest.mark.parametrize("seq", [1, 7, RECORDS])
def test_a_bit_that_turned_over_in_a_record_costs_that_record_and_no_other(
    file: Path, start: Callable[[], Restarted], seq: int
) -> None:
    flip(file, where(file, seq, b"corridor-door"))
    node = start()
    node.buffered.keep([happening(DOOR_HELD)], {}, header())
    sent = node.sends()
    assert lost(sent) == [(seq, seq)]
    assert len(sent) == RECORDS + 1
    assert sent[-1].data == DOOR_HELD


def test_several_damaged_records_are_each_accounted_for(file: Path, start: Callable[[], Restarted]) -> None:
    for seq in (3, 4, 9):
        flip(file, where(file, seq, b"corridor-door"))
    assert lost(start().sends()) == [(3, 3), (4, 4), (9, 9)]


@pytest.mark.parametrize("behind", [0, 5, 60, 100])
def test_a_damaged_signature_is_made_again_since_the_hash_vouches_for_the_text(
    file: Path, start: Callable[[], Restarted], behind: int
) -> None:
    flip(file, where(file, 5, "\u2014".encode()) + behind, behind % 8)
    assert lost(start().sends()) == []


def test_a_damaged_hash_is_made_again_since_the_signature_vouches_for_the_text(
    file: Path, start: Callable[[], Restarted]
) -> None:
    database = sqlite3.connect(file)
    database.execute("UPDATE record SET hash = ? WHERE seq IN (5, ?)", ("ab" * 32, RECORDS))
    database.commit()
    database.close()
    node = start()
    node.buffered.keep([happening(DOOR_HELD)], {}, header())
    assert lost(node.sends()) == []


def test_a_record_that_is_gone_from_the_file_is_accounted_for(file: Path, start: Callable[[], Restarted]) -> None:
    database = sqlite3.connect(file)
    database.execute("DELETE FROM record WHERE seq IN (6, 7, 12)")
    database.commit()
    database.close()
    assert lost(start().sends()) == [(6, 7), (12, 12)]


def test_a_page_that_cannot_be_read_costs_what_is_on_it_and_the_file_is_set_aside(
    file: Path, start: Callable[[], Restarted]
) -> None:
    at = where(file, 10, b"corridor-door")
    content = bytearray(file.read_bytes())
    page = at // 4096 * 4096
    content[page : page + 4096] = b"\xff" * 4096
    file.write_bytes(bytes(content))
    node = start()
    sent = node.sends()
    assert (file.parent / "outbox.db.damaged-1").exists()
    assert [one.data.failed for one in sent if isinstance(one.data, Fault)] == [True, False]
    ((first, last),) = lost(sent)
    assert first <= 10 <= last
    assert 0 < last - first < 20
    assert sent[-1].seq == RECORDS + 2


def deleted(path: Path) -> None:
    for one in path.parent.glob("outbox.db*"):
        one.unlink()


def replaced_by_a_letter(path: Path) -> None:
    path.unlink()
    path.write_text("this is a letter\n" * 500)


ACCIDENTS: dict[str, Callable[[Path], object]] = {
    "deleted": deleted,
    "its log deleted": lambda path: path.with_name("outbox.db-wal").unlink(),
    "replaced": lambda path: Path(shutil.copy(path, path.with_name("copy"))).replace(path),
    "replaced by a letter": replaced_by_a_letter,
    "its folder moved": lambda path: path.parent.rename(path.parent.with_name("moved")),
}


@pytest.mark.parametrize("accident", ACCIDENTS)
def test_a_file_that_is_taken_away_from_a_running_node_is_back_with_all_that_was_in_it(
    tmp_path: Path, who: Identity, accident: str
) -> None:
    path = tmp_path / "state" / "outbox.db"
    node = Restarted(path, who)
    node.buffered.keep([opened(number) for number in range(RECORDS)], {}, header())
    ACCIDENTS[accident](path)
    node.buffered.tick(header(1_000))
    assert node.buffered.broken
    node.buffered.keep([happening(DOOR_HELD)], {}, header(1_500))
    node.buffered.tick(header(10_000))
    node.buffered.tick(header(20_000))
    # A power cut: the next start knows what lies there under its name, and nothing else.
    again = Restarted(path, who)
    sent = again.sends()
    assert lost(sent) == []
    assert [one.data.failed for one in sent if isinstance(one.data, Fault)] == [True, False]
    assert len(sent) == RECORDS + 3
    for one in (node, again):
        one.outbox.close()


def test_a_life_that_turned_over_is_known_from_the_records(file: Path, start: Callable[[], Restarted]) -> None:
    database = sqlite3.connect(file)
    database.execute("UPDATE state SET value = ? WHERE name = 'life'", (b"3",))
    database.commit()
    database.close()
    node = start()
    assert node.outbox.life == 1
    assert lost(node.sends()) == []


def test_a_new_life_tells_how_many_of_the_old_one_were_damaged(file: Path, start: Callable[[], Restarted]) -> None:
    flip(file, where(file, 7, b"corridor-door"))
    node = start()
    node.outbox.open_life(2, None, header(9))
    sent = node.sends()
    assert len(sent) == RECORDS
    assert sent[-1].data == Overflow(since=0, until=9, lost={"damaged": 1})


def test_wherever_a_bit_turns_over_the_node_goes_on_and_every_number_is_accounted_for(
    file: Path, who: Identity, tmp_path: Path
) -> None:
    whole = file.read_bytes()
    chance = random.Random(20261129)
    told_nothing = 0
    for turn in range(120):
        path = tmp_path / f"{turn}" / "outbox.db"
        path.parent.mkdir()
        path.write_bytes(whole)
        at = chance.randrange(len(whole))
        flip(path, at, chance.randrange(8))
        node = Restarted(path, who)
        node.buffered.keep([happening(DOOR_HELD)], {}, header())
        sent = node.sends()
        told = [one for one in sent if isinstance(one.data, Fault | CannotFill | Overflow)]
        kept = [one for one in sent if one.data != DOOR_HELD and one not in told]
        assert len(kept) == RECORDS or told, f"byte {at}: {RECORDS - len(kept)} records are gone without a word"
        told_nothing += not told
        node.outbox.close()
    assert told_nothing < 120, "no damage was ever found"

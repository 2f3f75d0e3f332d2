"""The outbox: nothing that was kept is lost, no number is used twice, and what cannot be had is said."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from firmware.core.effects import Saved, Sounding, Witnessed
from firmware.core.held import Held, Opened, Permit
from firmware.core.stands import Stands
from firmware.outbox.file import ROW_OVERHEAD
from firmware.outbox.records import Identity
from firmware.outbox.store import Outbox
from tests.firmware.house import (
    ACCESS,
    DOOR_FORCED,
    DOOR_HELD,
    PLAN,
    ROOT,
    all_records,
    check_chain,
    happening,
    header,
    identity,
)
from wire import keys
from wire.messages import Attended, CannotFill, Overflow, Record, RolledBack, SealedArea, fits

ROLLED_BACK = RolledBack(hub_life=1, hub_seq=100, hub_hash="ab" * 32, own_seq=3, own_hash="cd" * 32)

Reopen = Callable[[], Outbox]


@pytest.fixture
def who() -> Identity:
    return identity()


@pytest.fixture
def reopen(tmp_path: Path, who: Identity) -> Iterator[Reopen]:
    """Opens the outbox as a new process would, each time it is called."""
    opened: list[Outbox] = []

    def again() -> Outbox:
        opened.append(Outbox(tmp_path / "outbox.db", who, 1, history_records=100))
        return opened[-1]

    yield again
    for one in opened:
        one.close()


def test_records_are_numbered_chained_and_signed(reopen: Reopen, who: Identity) -> None:
    outbox = reopen()
    outbox.commit([happening(), happening(DOOR_HELD)])
    outbox.commit([happening()])
    found = check_chain(outbox, who.key.public)
    assert [record.seq for record in found] == [1, 2, 3]
    assert found[0].prev == ""
    assert [record.data for record in found] == [DOOR_FORCED, DOOR_HELD, DOOR_FORCED]


def test_a_new_process_goes_on_where_the_last_one_stopped(reopen: Reopen, who: Identity) -> None:
    reopen().commit([happening(), happening()])
    outbox = reopen()
    outbox.commit([happening(DOOR_HELD)])
    assert [record.seq for record in check_chain(outbox, who.key.public)] == [1, 2, 3]


def test_what_is_saved_is_there_after_a_restart(reopen: Reopen) -> None:
    everything = Saved(
        plan=PLAN,
        access=ACCESS,
        sealed=(Held(area="archive", sealing=4, reader="archive-1", here=True),),
        let_go=(SealedArea(area="archive", sealing=3),),
        permits=(Permit(area="archive", sealing=4, people=(1001, 1002), until=99_000),),
        opened=(Opened(area="cellar", sealing=2, people=(), keys={}),),
        mark=12,
        trusted_wall=99,
        witness=Witnessed(papers="first", key="second", sounds=True),
        baselines=(("archive/corridor-seal", 4700),),
        inside=(("archive", 2),),
        inside_at=98,
        sounding=Sounding(areas=("archive",), hub=True),
        stands=(Stands(area="archive", state="set", number=4, left_open=("archive/window",)),),
        no_link="the broker does not answer",
    )
    assert all(field != default for field, default in zip(everything, Saved(), strict=True)), "a field is left out"
    reopen().commit([happening()], everything._asdict())
    assert reopen().saved() == everything


def test_a_saved_field_that_cannot_be_read_counts_as_not_saved(reopen: Reopen) -> None:
    outbox = reopen()
    outbox.commit([], {"plan": {"of": "another version"}, "mark": 12})
    assert reopen().saved() == Saved(mark=12)


def test_only_its_owner_may_read_it(reopen: Reopen, tmp_path: Path) -> None:
    reopen().commit([happening()])
    for name in ("outbox.db", "outbox.db-wal"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600, name


def test_a_receipt_frees_and_history_stays_up_to_its_bound(reopen: Reopen) -> None:
    outbox = reopen()
    for _ in range(400):
        outbox.commit([happening()])
        outbox.free(outbox.seq)
        outbox.cover(outbox.seq)
    outbox.flush()
    assert outbox.unfreed_bytes == outbox.waiting_bytes == 0
    oldest, before = outbox.oldest()
    assert 200 < oldest <= 301
    assert before == all_records(outbox)[0].prev
    assert outbox.hash_of(400) == outbox.hash
    assert reopen().freed == 400


def test_a_hub_from_a_backup_is_given_history_again(reopen: Reopen) -> None:
    outbox = reopen()
    outbox.commit([happening() for _ in range(10)])
    outbox.free(10)
    outbox.free(4)
    assert [one.seq for one in outbox.waiting(outbox.freed, 100)] == [5, 6, 7, 8, 9, 10]
    assert outbox.unfreed_bytes > 0


def test_cannot_fill_stands_in_the_place_of_the_last_lost_record(reopen: Reopen) -> None:
    outbox = reopen()
    for _ in range(400):
        outbox.commit([happening()])
        outbox.free(outbox.seq)
        outbox.cover(outbox.seq)
    oldest, before = outbox.oldest()
    outbox.cannot_fill(11, oldest - 1, before, "", header())
    outbox.free(10)
    first, second = all_records(outbox)[:2]
    assert (first.seq, first.data) == (oldest - 1, CannotFill(first=11, last=oldest - 1, last_hash=before))
    assert (second.seq, second.prev) == (oldest, before)
    assert outbox.oldest() == (11, "")
    assert outbox.waiting(10, 1)[0].seq == oldest - 1
    assert outbox.hash_of(oldest - 1) == before
    outbox.commit([happening()])
    assert reopen().seq == 401


def test_a_new_life_tells_again_what_no_receipt_has_freed(reopen: Reopen, who: Identity) -> None:
    outbox = reopen()
    outbox.commit([happening(mono=1), happening(mono=2), happening(DOOR_HELD, mono=3)])
    outbox.free(1)
    outbox.open_life(7, ROLLED_BACK, header(9))
    found = check_chain(outbox, who.key.public)
    assert [(record.life, record.seq, record.mono) for record in found] == [(7, 1, 9), (7, 2, 2), (7, 3, 3)]
    assert [record.data for record in found] == [ROLLED_BACK, DOOR_FORCED, DOOR_HELD]
    again = reopen()
    assert (again.life, again.seq, again.freed) == (7, 3, 0)


def test_a_new_life_of_many_records_is_whole(reopen: Reopen, who: Identity) -> None:
    outbox = reopen()
    outbox.commit([happening(mono=number) for number in range(700)])
    outbox.open_life(2, None, header())
    assert [record.mono for record in check_chain(outbox, who.key.public)] == list(range(700))


def test_what_is_kept_is_flushed_to_disk_before_commit_returns(tmp_path: Path, who: Identity) -> None:
    """A killed process shows nothing of it: only a power cut takes what was not flushed. So the flushes are counted."""
    if not shutil.which("strace"):
        pytest.skip("strace is not here; `strongroom test` on a development machine has it")
    script = (
        "import sys; from pathlib import Path; from firmware.outbox import Outbox;"
        "from tests.firmware.house import happening, identity;"
        "outbox = Outbox(Path(sys.argv[1]), identity(), 1);"
        "say = sys.stderr.write;"
        "[(say('begins\\n'), outbox.commit([happening()]), say('returns\\n')) for _ in range(3)]"
    )
    trace = tmp_path / "trace"
    command = ["strace", "-f", "-o", str(trace), "-e", "trace=fsync,fdatasync,write", sys.executable, "-c", script]
    ran = subprocess.run([*command, str(tmp_path / "outbox.db")], cwd=ROOT, capture_output=True, text=True, check=False)
    if "PTRACE" in ran.stderr or "ptrace" in ran.stderr:
        pytest.skip(f"no process can be traced here: {ran.stderr.strip()}")
    calls = trace.read_text()
    for commit in calls.split('"begins')[1:]:
        assert "sync(" in commit.split('"returns')[0]


def test_the_database_is_told_to_flush_whatever_is_committed(
    tmp_path: Path, who: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def connects(*words: Any, **more: Any) -> sqlite3.Connection:
        made.append(connect(*words, **more))
        return made[-1]

    monkeypatch.setattr(sqlite3, "connect", connects)
    outbox = Outbox(tmp_path / "outbox.db", who, 1)
    assert [made[-1].execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "journal_mode")] == [2, "wal"]
    outbox.close()


def test_kill_9_in_the_middle_loses_nothing_that_was_kept(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    key = tmp_path / "record.key"
    keys.save(keys.make("strongroom/demo/archive-1/record"), key)
    kept: list[int] = []
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), str(key)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            kept += [int(writer.stdout.readline()) for _ in range(40)]
            writer.kill()
            # What it had kept and said before the blow came is also there.
            kept += [int(line) for line in writer.stdout if line.endswith("\n")]
    assert kept == sorted(set(kept))
    outbox = Outbox(path, Identity("demo", "archive-1", keys.load(key)), 1)
    found = check_chain(outbox, keys.load(key).public)
    outbox.close()
    numbers = [record.seq for record in found]
    assert set(kept) <= set(numbers)
    assert numbers == list(range(1, len(numbers) + 1))


WRITER = """
import sys
from pathlib import Path
from typing import Any
from firmware.outbox.records import Identity
from firmware.outbox.store import Outbox
from tests.firmware.house import happening
from wire import keys
outbox = Outbox(Path(sys.argv[1]), Identity("demo", "archive-1", keys.load(Path(sys.argv[2]))), 1)
while True:
    outbox.commit([happening(), happening()], {"mark": outbox.seq})
    print(outbox.seq - 1, outbox.seq, sep="\\n", flush=True)
"""


# ---------------------------------------------------------------- what the journal is proven to have


def acknowledged(outbox: Outbox, records: int) -> None:
    """So many records, all of which the hub has acknowledged."""
    for _ in range(records):
        outbox.commit([happening()])
        outbox.free(outbox.seq)
    outbox.flush()


def test_what_is_acknowledged_stays_until_it_is_covered(reopen: Reopen) -> None:
    outbox = reopen()
    acknowledged(outbox, 400)
    assert outbox.oldest()[0] == 1
    assert outbox.waiting_bytes > outbox.unfreed_bytes == 0
    outbox.cover(150)
    outbox.flush()
    assert outbox.oldest()[0] == 151
    assert reopen().covered == 150


def test_only_what_is_acknowledged_can_be_covered_and_a_hub_from_a_backup_takes_it_back(reopen: Reopen) -> None:
    outbox = reopen()
    outbox.commit([happening() for _ in range(10)])
    outbox.free(6)
    outbox.cover(9)
    assert outbox.covered == 6
    outbox.free(4)
    assert outbox.covered == 4


def test_nothing_of_a_new_life_is_covered(reopen: Reopen) -> None:
    outbox = reopen()
    acknowledged(outbox, 10)
    outbox.cover(10)
    outbox.open_life(2, None, header())
    assert outbox.covered == 0
    assert reopen().covered == 0


def test_what_is_never_covered_gives_way_before_new_records_are_lost(tmp_path: Path, who: Identity) -> None:
    outbox = Outbox(tmp_path / "outbox.db", who, 1, history_records=10, history_bytes=10_000, limit=50_000)
    acknowledged(outbox, 600)
    oldest, _ = outbox.oldest()
    held = sum(len(one.note) + ROW_OVERHEAD for one in outbox.waiting(0, 1_000))
    outbox.close()
    assert oldest > 400
    assert 50_000 <= held <= 60_000 + 64 * 1_000


def test_a_record_that_is_larger_than_the_hub_opens_is_counted_and_stops_nothing(reopen: Reopen, who: Identity) -> None:
    """What could never be delivered would wait for ever, and all that comes after it."""
    outbox = reopen()
    outbox.commit(
        [
            happening(),
            happening(Attended(reader="archive/reader", credential="0" * 64, person=1001, alarms=tuple(range(10_000)))),
            happening(DOOR_HELD),
        ]
    )
    records = check_chain(outbox, who.key.public)
    assert [record.seq for record in records] == [1, 2, 3]
    assert isinstance(records[1].data, Overflow)
    assert records[1].data.lost == {"attended": 1}
    assert all(fits(Record, one.note) for one in outbox.waiting(0, 10))

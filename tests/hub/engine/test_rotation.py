"""A checkpoint key a day: what a thief of the hub finds, and what a power cut at any moment leaves."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import signal
import sys
import tempfile
import weakref
from collections.abc import Callable, Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from hub.cli import services
from hub.core.alarms import life as alarm_life
from hub.core.journal.requests import Actor
from hub.engine.process import Engine
from hub.ledger import checkpoint as ledger_checkpoint
from hub.ledger import checkpoint_keys, folder, rotation, saved
from hub.ledger.checkpoint import Signing
from hub.ledger.rotation import AGAIN_MS, PATIENCE_MS, Act, KeySituation, Rotation, next_act
from hub.site_directory.hub import Hub, open_hub
from hub.store import session, tables
from tests.hub.engine.test_engine import PaperLink
from tests.hub.ledger.test_export import attack, audit, export
from tests.support import commands
from tests.support.databases import Kind, StoreHouse, checkpoint_key, service_key
from tests.support.hub import Clock, House, make_hub
from wire import checkpoint, keys, notes, tlog, topics
from wire import messages as m
from wire.audit.report import FAIL, UNPROVEN
from wire.book import naming
from wire.link import Arrived

DAY_S = 86_400
PROVEN = (UNPROVEN, "no-witness")
"""All that a hub without nodes can prove by itself."""
ROOT = str(checkpoint_key().public)


class Room:
    """A hub with a folder of checkpoint keys, whose engine is started again and again."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house = house
        self.folder = folder
        self.witnessed = True

    def start(self) -> Rotation:
        """The engine has been started."""
        self.signing = Signing(self.house.database, checkpoint_keys.load(self.folder, self.named().in_force))
        self.rotation = Rotation(
            self.house.database, self.folder, self.signing, self._name, lambda _connection, _size: self.witnessed
        )
        return self.rotation

    def turn(self) -> list[bytes]:
        return list(self.rotation.turn(self.house.clock(), self.house.clock()))

    def refused(self) -> bool:
        return self.rotation.refused

    def starts(self) -> list[bytes]:
        self.start()
        return self.turn()

    def tomorrow(self) -> list[bytes]:
        """A day later the engine is started again."""
        self.house.clock.forward(DAY_S)
        return self.starts()

    def _name(self, key: str) -> None:
        self.house.engine.act(Actor("engine"), m.CheckpointKey(key=key))

    def sign(self) -> bytes:
        note = self.signing.turn(self.house.clock(), self.house.clock(), whatever=True)
        assert note
        return note

    def something_happens(self) -> None:
        self.house.fact(m.SignedIn(person=1003), "console", 1003)

    def named(self) -> rotation.Named:
        found: rotation.Named = self.house.read(rotation.named)
        return found

    def held(self) -> list[str]:
        """Public halves of the keys that are in the folder."""
        return [str(keys.load(path).public) for path in sorted(self.folder.iterdir())]

    def rows(self) -> list[bytes]:
        chunks = self.house.read(lambda connection: list(ledger_checkpoint.chunks(connection)))
        return [one.note for chunk in chunks for one in chunk]


@pytest.fixture
def room(house: StoreHouse, tmp_path: Path) -> Room:
    there = tmp_path / "checkpoint"
    there.mkdir()
    root = checkpoint_key()
    keys.save(root, there / f"{root.public.key_id.hex()}.key")
    return Room(house, there)


def signers(note: bytes, *among: str) -> list[str]:
    public = [notes.parse_key(one) for one in among]
    return [str(key) for key in notes.signers(notes.split(note), public, keys.CHECKS)]


# ---------------------------------------------------------------- what follows from what

TABLE = {
    # held, named, successor, others, witnessed, due; a dash is either
    "0 - - - - -": Act.STOP,
    "1 1 1 - - -": Act.HAND_OVER,
    "1 1 0 - - -": Act.BEGIN,
    "1 0 - 1 1 -": Act.DESTROY,
    "1 0 - 1 0 -": Act.REST,
    "1 0 - 0 - 1": Act.BEGIN,
    "1 0 - 0 - 0": Act.REST,
}


@pytest.mark.parametrize(
    "found", [KeySituation(*bits) for bits in itertools.product((False, True), repeat=len(KeySituation._fields))]
)
def test_every_combination_has_one_next_act(found: KeySituation) -> None:
    fits = [
        act
        for line, act in TABLE.items()
        if all(said in ("-", str(int(bit))) for said, bit in zip(line.split(), found, strict=True))
    ]
    assert [next_act(found)] == fits


# ---------------------------------------------------------------- day after day


def test_on_the_day_on_which_it_was_named_a_key_stays(room: Room) -> None:
    assert room.starts() == []
    assert room.held() == [ROOT]
    room.house.clock.now = room.named().since // 86_400_000 * 86_400_000 + 86_399_999
    assert room.starts() == []
    room.house.clock.forward(0.001)
    assert len(room.turn()) == 1, "midnight in UTC"
    assert room.turn() == []


def test_after_midnight_there_is_one_other_key_and_both_have_signed_the_change(room: Room) -> None:
    room.starts()
    by_root = room.sign()
    (change,) = room.tomorrow()
    second = room.named().in_force
    assert second != ROOT
    assert room.held() == [second]
    assert second.partition("+")[0] == ROOT.partition("+")[0], "the name of a key is the origin, every day"
    assert signers(change, ROOT, second) == [ROOT, second]
    assert checkpoint.open_signed(change)[0].size == room.named().entry + 1
    room.something_happens()
    by_second = room.sign()
    assert signers(by_second, ROOT, second) == [second]
    assert room.rows() == [by_root, change, by_second]
    assert [path.stat().st_mode & 0o777 for path in room.folder.iterdir()] == [0o600]


def test_a_hub_that_was_off_for_days_changes_its_key_once(room: Room) -> None:
    room.starts()
    room.house.clock.forward(9 * DAY_S)
    assert len(room.starts()) == 1
    assert room.starts() == []


def test_a_clock_that_was_set_back_by_a_day_changes_the_key_and_harms_nothing(room: Room) -> None:
    room.starts()
    room.tomorrow()
    room.house.clock.forward(-DAY_S)
    assert len(room.starts()) == 1
    assert len(room.held()) == 1


def test_a_turn_that_begins_just_before_midnight_changes_the_key_once(room: Room) -> None:
    """The entry is of the next day already, by the clock that runs on."""
    room.starts()
    room.house.clock.forward(DAY_S)
    before_midnight = room.house.clock() // 86_400_000 * 86_400_000 - 1
    room.house.clock.forward(DAY_S)
    changes = room.rotation.turn(before_midnight + 86_400_000, 0)
    assert len(list(itertools.islice(changes, 3))) == 1
    assert room.held() == [room.named().in_force]


def test_the_journal_of_a_week_is_proven_from_the_root_key_alone(room: Room, tmp_path: Path) -> None:
    for _ in range(7):
        room.tomorrow()
        room.something_happens()
        room.sign()
    report = audit(export(room.house, tmp_path / "export"), roots=(ROOT,))  # type: ignore[arg-type]
    assert (report.verdict, report.code, report.checkpoints) == (*PROVEN, 14), report.why


# ---------------------------------------------------------------- the old key waits for the witnesses, and not for ever


def test_the_old_key_goes_when_a_majority_knows_the_new_one(room: Room) -> None:
    room.starts()
    room.witnessed = False
    room.tomorrow()
    assert len(room.held()) == 2
    room.something_happens()
    assert signers(room.sign(), ROOT) == [], "it lies there, and signs nothing any more"
    room.house.clock.forward(PATIENCE_MS / 1000 - 1)
    room.turn()
    assert len(room.held()) == 2
    room.witnessed = True
    room.turn()
    assert room.held() == [room.named().in_force]


@pytest.mark.parametrize("by", [PATIENCE_MS / 1000, -1])
def test_nodes_that_are_kept_away_do_not_keep_the_old_key(room: Room, by: float) -> None:
    """The time is over, or the clock was set back: then nobody can say how long it has been."""
    room.starts()
    room.witnessed = False
    room.tomorrow()
    room.house.clock.forward(by)
    room.turn()
    assert room.held() == [room.named().in_force]


# ---------------------------------------------------------------- what a start may find


def test_a_key_that_no_entry_names_is_destroyed(room: Room) -> None:
    room.starts()
    lost = checkpoint_keys.make(room.folder, ROOT.partition("+")[0])
    (room.folder / "half.key").write_bytes(b"PRIVATE+KEY+stro")
    (room.folder / "nothing.key").touch()
    room.starts()
    assert room.held() == [ROOT]
    room.tomorrow()
    assert room.held() == [room.named().in_force]
    assert room.named().in_force != str(lost.public)


def test_a_successor_that_was_lost_gets_another_in_its_place(room: Room, tmp_path: Path) -> None:
    room.starts()
    lost = keys.make(ROOT.partition("+")[0])
    room._name(str(lost.public))
    (change,) = room.starts()
    assert signers(change, ROOT, str(lost.public)) == [ROOT]
    assert room.held() == [room.named().in_force]
    report = audit(export(room.house, tmp_path / "export"), roots=(ROOT,))  # type: ignore[arg-type]
    assert (report.verdict, report.code) == PROVEN, report.why


def test_the_key_in_force_lost_stops_the_engine_with_a_word_and_nothing_is_touched(room: Room) -> None:
    room.starts()
    room.tomorrow()
    (path,) = room.folder.iterdir()
    other = checkpoint_keys.make(room.folder, ROOT.partition("+")[0])
    path.unlink()
    before = room.house.read(rotation.named)
    room.house.clock.forward(DAY_S)
    with pytest.raises(keys.KeyFileError, match=r"is not there; .* restore"):
        room.turn()
    assert room.held() == [str(other.public)]
    assert room.house.read(rotation.named) == before
    with pytest.raises(keys.KeyFileError, match=str(path)):
        room.start()


def test_a_journal_that_was_never_opened_has_no_key(databases: Any, kind: Kind) -> None:
    from hub.store import schema

    database = session.open_database(databases.empty(kind))
    schema.prepare(database)
    with session.reading(database) as connection, pytest.raises(keys.KeyFileError, match="never opened"):
        rotation.named(connection)
    databases.drop(database)


def test_a_key_in_another_keys_file_is_not_taken_for_it(room: Room) -> None:
    (path,) = room.folder.iterdir()
    path.unlink()
    keys.save(keys.make(ROOT.partition("+")[0]), path)
    with pytest.raises(keys.KeyFileError, match="not the private half"):
        room.start()


def test_a_destroyed_key_is_overwritten_where_it_lay(tmp_path: Path) -> None:
    key = checkpoint_keys.make(tmp_path, "strongroom/demo/journal")
    (path,) = tmp_path.iterdir()
    with path.open("rb") as kept_open:
        length = len(kept_open.read())
        checkpoint_keys.destroy(path)
        kept_open.seek(0)
        assert kept_open.read() == bytes(length)
    assert not list(tmp_path.iterdir())
    assert not checkpoint_keys.holds(tmp_path, str(key.public))


def test_a_running_engine_forgets_the_key_that_it_has_destroyed(room: Room) -> None:
    """Nor does a copy of its memory give it away."""
    room.start()
    known = weakref.ref(checkpoint_keys.load(room.folder, ROOT))
    assert known() is None
    key = checkpoint_keys.load(room.folder, ROOT)
    known = weakref.ref(key)
    room.signing = Signing(room.house.database, key)
    room.rotation = Rotation(room.house.database, room.folder, room.signing, room._name, lambda *_: True)
    del key
    room.sign()
    assert known() is not None
    room.house.clock.forward(DAY_S)
    room.turn()
    assert known() is None


# ---------------------------------------------------------------- a disk that refuses


def full(*_arguments: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_on_a_full_disk_the_old_key_goes_on_and_the_change_is_tried_again(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.start()
    room.house.clock.forward(DAY_S)
    with monkeypatch.context() as broken:
        broken.setattr(keys, "write_secret", full)
        assert room.turn() == []
        assert room.refused()
        room.something_happens()
        assert signers(room.sign(), ROOT) == [ROOT]
    room.house.clock.forward(AGAIN_MS / 1000 - 1)
    assert room.turn() == []
    room.house.clock.forward(1)
    assert len(room.turn()) == 1
    assert not room.refused()
    assert room.held() == [room.named().in_force] != [ROOT]


def test_a_journal_that_names_as_many_keys_as_a_verifier_reads_goes_on_under_the_last_one(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.start()
    monkeypatch.setattr(naming, "MOST_CHECKPOINT_KEYS", 2)
    room.tomorrow()
    last = room.named()
    assert room.tomorrow() == []
    assert room.refused()
    assert room.named() == last
    room.something_happens()
    assert signers(room.sign(), last.in_force) == [last.in_force]


def test_an_old_key_that_cannot_be_destroyed_is_tried_again_and_the_new_one_signs(room: Room) -> None:
    room.start()
    (room.folder / "in-the-way").mkdir()
    room.house.clock.forward(DAY_S)
    room.turn()
    assert room.refused()
    (room.folder / "in-the-way").rmdir()
    room.house.clock.forward(AGAIN_MS / 1000)
    room.turn()
    assert not room.refused()
    assert room.held() == [room.named().in_force] != [ROOT]


def test_a_key_that_the_disk_does_not_give_back_is_not_lost_yet(room: Room) -> None:
    """The engine has it in memory, and goes on."""
    room.start()
    (path,) = room.folder.iterdir()
    away = path.rename(room.folder.parent / "away")
    path.mkdir()
    room.house.clock.forward(DAY_S)
    assert room.turn() == []
    assert room.refused()
    path.rmdir()
    away.rename(path)
    room.house.clock.forward(AGAIN_MS / 1000)
    assert len(room.turn()) == 1


def test_an_engine_whose_key_cannot_be_changed_lives_on_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_hub(tmp_path, yesterday())
    with monkeypatch.context() as broken:
        broken.setattr(keys, "write_secret", full)
        engine, sent = started(house, broken)
        engine._tick()
    trouble = alarm_life.find(engine._state, "key-not-changed", "hub")
    assert trouble is not None
    assert (trouble.klass, trouble.place) == ("trouble", "hub")
    assert signers(sent[-1], str(house.hub.checkpoint_key().public)), "the key of yesterday still signs"
    again, _sent = started(house, monkeypatch)
    again._tick()
    assert alarm_life.find(again._state, "key-not-changed", "hub") is None


# ---------------------------------------------------------------- killed


CALLS = {"c_call": {"write", "fsync", "unlink"}, "call": {"do_commit"}}
"""All that changes the disk or the database goes through one of these."""


def room_of(directory: Path, now: int) -> Room:
    hub: Hub = open_hub(directory)
    return Room(House(hub, Clock(now)), hub.layout.checkpoint_keys)


def rotate_and_be_killed(directory: Path, now: int, at: int) -> None:
    """A process of its own: the engine's rotation, killed at the call of that number."""
    room = room_of(directory, now)
    room.start()
    left = itertools.count(at, -1)

    def look(frame: Any, event: str, function: Any) -> None:
        name = function.__name__ if event == "c_call" else frame.f_code.co_name
        if name in CALLS.get(event, ()) and not next(left):
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(look)
    room.turn()
    sys.setprofile(None)


def spawned(target: Callable[..., None], *arguments: Any) -> int | None:
    process = commands.server().Process(target=target, args=arguments)
    process.start()
    process.join()
    return process.exitcode


def test_killed_at_any_call_the_next_start_ends_with_one_key_and_a_proven_journal(tmp_path: Path) -> None:
    house = make_hub(tmp_path, Clock())
    Room(house, house.hub.layout.checkpoint_keys).starts()
    root = str(house.hub.checkpoint_key().public)
    house.database.dispose()
    tomorrow = house.clock() + DAY_S * 1000
    left_behind = set()
    for at in itertools.count():
        copy = tmp_path / f"killed-{at}"
        shutil.copytree(house.hub.layout.root, copy)
        ended = spawned(rotate_and_be_killed, copy, tomorrow, at)
        room = room_of(copy, tomorrow + 1000)
        named = room.named()
        left_behind.add((len(list(room.folder.iterdir())), named.successor is None, named.in_force == root))
        room.starts()
        room.something_happens()
        room.sign()
        assert room.held() == [room.named().in_force] != [root], at
        report = audit(export(room.house, copy / "export"), roots=(root,))  # type: ignore[arg-type]
        assert (report.verdict, report.code) == PROVEN, (at, report.why)
        room.house.database.dispose()
        shutil.rmtree(copy)
        if ended == 0:
            break
        assert ended == -signal.SIGKILL
    assert left_behind == {
        # files, nothing is named, the root key is in force
        (1, True, True),  # nothing is done yet
        (2, True, True),  # made
        (2, False, True),  # named
        (2, True, False),  # handed over
        (1, True, False),  # the old one is destroyed
    }, "it was killed between any two steps"


# ---------------------------------------------------------------- the thief


def test_a_thief_of_today_cannot_change_yesterday(room: Room, kind: Kind, tmp_path: Path) -> None:
    """The thief has the database, every key of the hub as it is today, and no node to answer to."""
    room.starts()
    room.something_happens()
    wanted = room.house.read(lambda connection: connection.execute(select(tables.head.c.size)).scalar_one()) - 1
    room.sign()
    room.tomorrow()
    room.something_happens()
    room.sign()
    today = checkpoint_keys.load(room.folder, room.named().in_force)
    table = tables.journal
    note = room.house.read(
        lambda connection: bytes(connection.execute(select(table.c.note).where(table.c.idx == wanted)).scalar_one())
    )
    forged = room.house.hub.key("engine").sign(notes.split(note).text.replace(b"1003", b"1008"))
    attack(room.house.database, update(table).where(table.c.idx == wanted).values(note=forged))
    report = audit(export(room.house, tmp_path / "as-it-is"), roots=(ROOT,))  # type: ignore[arg-type]
    assert (report.verdict, report.code) == (FAIL, "root")
    with session.reading(room.house.database) as connection:
        journal = saved.journal(connection, {}, service_key("admin").sign)
        signed_anew = resigned(
            list(journal.entries), [checkpoint.open_signed(one)[0].size for one in room.rows()], today
        )
        journal = saved.journal(connection, {}, service_key("admin").sign)
        folder.write(tmp_path / "signed-anew", journal._replace(checkpoints=signed_anew))
    report = audit(tmp_path / "signed-anew", roots=(ROOT,))
    assert (report.verdict, report.code) == (FAIL, "checkpoint-signature")


def resigned(entries: list[bytes], sizes: list[int], key: keys.SigningKey) -> Iterator[bytes]:
    """Every checkpoint anew over these entries, with one key."""
    for size in sizes:
        root = tlog.root(reduce(lambda grown, at: tlog.append(at, grown, tlog.leaf_hash(entries[at])), range(size), ()))
        yield key.sign(checkpoint.Checkpoint(key.name, size, root).text())


# ---------------------------------------------------------------- the engine


def test_a_second_engine_is_refused(tmp_path: Path) -> None:
    """Two engines would both change the key at midnight."""
    hub = make_hub(tmp_path).hub
    with (
        checkpoint_keys.alone(hub.layout.checkpoint_keys),
        pytest.raises(keys.KeyFileError, match="another engine is running"),
    ):
        services.engine(hub)


def stand_alone(folder: str) -> None:
    """A process of somebody who owns nothing."""
    os.setuid(65534)
    try:
        with checkpoint_keys.alone(Path(folder)):
            sys.exit(0)
    except keys.KeyFileError as error:
        sys.exit(77 if "must be able to write" in str(error) else 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize(("mode", "code"), [(0o777, 0), (0o755, 77), (0o700, 77)])
def test_an_engine_that_may_not_change_keys_does_not_find_that_out_at_midnight(mode: int, code: int) -> None:
    with tempfile.TemporaryDirectory() as name:  # other users may enter it, unlike pytest's
        Path(name).chmod(mode)
        assert spawned(stand_alone, name) == code


def started(house: House, monkeypatch: pytest.MonkeyPatch) -> tuple[Engine, list[bytes]]:
    """An engine that has been started, by the computer's clock, and the checkpoints that it has published."""
    monkeypatch.setattr("hub.engine.process.link.Link", PaperLink)
    engine = Engine(house.written())
    link: Any = engine._link
    engine.stop()
    engine.run()
    return engine, [payload for topic, payload in link.sent if topic == topics.checkpoint("demo")]


def yesterday() -> Clock:
    return Clock(Clock()() - DAY_S * 1000)


def test_an_engine_that_is_started_on_another_day_changes_the_key_before_it_takes_anything_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_hub(tmp_path, yesterday())
    root = str(house.hub.checkpoint_key().public)
    _engine, sent = started(house, monkeypatch)
    second = str(house.hub.checkpoint_key().public)
    assert second != root
    assert len(list(house.hub.layout.checkpoint_keys.iterdir())) == 1
    assert signers(sent[0], root, second) == [root, second]
    assert house.hub.layout.root_public.read_text("ascii").strip() == root, "the root key is that on paper"


def test_with_nodes_the_old_key_goes_when_they_have_countersigned_the_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_hub(tmp_path, yesterday())
    nodes = [house.node(name) for name in ("archive-1", "cipher-1", "safes-1")]
    engine, (change, *_) = started(house, monkeypatch)
    left = []
    for node in nodes:
        engine._take([Arrived(topics.cosign("demo", node.name), node.countersigns(change), 1, 1, False)])
        engine._tick()
        left.append(len(list(house.hub.layout.checkpoint_keys.iterdir())))
    assert left == [2, 1, 1]

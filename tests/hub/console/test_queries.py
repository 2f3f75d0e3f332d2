"""What console and command line ask of the database, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from hub.store import alarm_list, queries
from hub.store.queries import Term
from tests.support.databases import Databases, Kind
from tests.support.hub import House, make_hub, seal
from wire import messages as m


@pytest.fixture
def house(kind: Kind, databases: Databases, tmp_path: Path) -> House:
    """A hub on each kind of database."""
    house = make_hub(tmp_path, settings=f'database = "{databases.empty(kind)}"\n')
    for node in ("archive-1", "cipher-1", "computer-1"):
        house.node(node)
    return house


def ask(house: House, question: Any, *arguments: Any, **named: Any) -> Any:
    return house.read(lambda connection: question(connection, *arguments, **named))


def test_the_journal_forwards_and_backwards(house: House) -> None:
    size = ask(house, queries.size)
    forwards = ask(house, queries.journal, limit=1000)
    assert [row.index for row in forwards] == list(range(size))
    backwards = ask(house, queries.journal, limit=1000, newest_first=True)
    assert backwards == forwards[::-1]
    assert ask(house, queries.journal, after=2, limit=3) == forwards[3:6]
    assert ask(house, queries.journal, before=5, limit=2, newest_first=True) == [forwards[4], forwards[3]]
    assert ask(house, queries.entry, 3) == forwards[3]
    assert ask(house, queries.entry, size) is None


def test_the_journal_by_kind_node_person_and_place(house: House) -> None:
    archive = house.node("archive-1")
    archive.grants("archive/reader", 1001)
    archive.says(m.Entered(area="archive", person=1001, inside=1))
    archive.says(m.Forced(point="archive/iron-gate"))

    def kinds(**named: Any) -> list[str]:
        kinds = [row.kind for row in ask(house, queries.journal, after=before, limit=100, **named)]
        return [kind for kind in kinds if not kind.startswith(("call-", "notice-"))]  # who is called is another matter

    before = ask(house, queries.journal, kind="granted")[0].index - 1
    assert kinds() == ["granted", "entered", "forced", "alarm-raised"]
    assert kinds(kind=("entered", "forced")) == ["entered", "forced"]
    assert kinds(node="archive-1") == ["granted", "entered", "forced"]
    assert kinds(node="engine") == ["alarm-raised"]
    assert kinds(person=1001) == ["granted", "entered"]
    assert kinds(place="archive/reader") == ["granted"]
    assert kinds(place="archive") == ["granted", "entered", "forced", "alarm-raised"]
    assert kinds(place="arch") == []
    row = ask(house, queries.journal, kind="granted")[0]
    assert (row.author, row.life, row.boot, row.name) == ("archive-1", 1, "boot-1", "张伟")
    assert row.data.person == 1001


def test_the_access_log_is_searched(house: House) -> None:
    archive, computer = house.node("archive-1"), house.node("computer-1")
    archive.grants("archive/reader", 1001)
    archive.denies("archive/reader", 1004, "no-grant")
    computer.denies("computer-room/reader", None, "unknown")
    computer.says(m.Fault(part="mains", failed=True, detail=""))
    now = house.clock()

    def found(*terms: Term, **named: Any) -> list[str]:
        rows = ask(house, queries.access_log, terms, **named)
        return [f"{row.kind} {row.person}" for row in rows]

    assert found() == ["denied None", "denied 1004", "granted 1001"]
    assert found(Term("张")) == ["granted 1001"]
    assert found(Term("1004")) == ["denied 1004"]
    assert found(Term("ARCHIVE")) == ["denied 1004", "granted 1001"]
    assert found(Term("拒绝", kinds=frozenset({"denied"}))) == ["denied None", "denied 1004"]
    assert found(Term("拒绝", kinds=frozenset({"denied"})), Term("陈")) == ["denied 1004"]
    assert found(Term("机房", places=frozenset({"computer-room/reader"}))) == ["denied None"]
    assert found(Term("%")) == found(Term("_")) == found(Term("9" * 30)) == []
    assert found(area="computer-room") == ["denied None"]
    assert found(since=now + 1) == found(until=now) == []
    assert found(since=now, until=now + 1) == found()
    assert found(limit=1) == ["denied None"]
    newest = ask(house, queries.access_log, limit=1)[0].index
    assert found(before=newest) == ["denied 1004", "granted 1001"]


def test_alarms_and_their_history(house: House) -> None:
    sealing = seal(house, "archive", "archive-1")
    archive = house.node("archive-1")
    archive.opens("archive/corridor-door", sealing)
    archive.says(m.Attended(reader="archive/reader", credential="0" * 64, person=1001, alarms=(1,)))
    house.node("cipher-1").says(m.HeldOpen(point="cipher-room/door", seconds=30))
    house.fact(m.NodeSilent(node="computer-1", last_heard=None, sealed=()))
    house.fact(m.AlarmAcknowledged(alarm=1), "console", 1003, "duty")
    archive.closes("archive/corridor-door", sealing)
    finding = {"alarm": 1, "finding_cause": "forgotten", "finding": "张伟没有锁好走廊门"}
    house.fact(msgspec.convert(finding, m.FindingWritten), "console", 1003, "duty")
    house.fact(msgspec.convert(finding, m.AlarmClosed), "console", 1005, "security")

    def numbers(*arguments: Any, **named: Any) -> list[int]:
        return [alarm.number for alarm in ask(house, alarm_list.alarms, *arguments, **named)]

    assert numbers() == [3, 2, 1]
    assert numbers(True) == [3, 2]
    assert numbers(before=3, limit=1) == [2]
    assert numbers(search=[Term("锁好")]) == numbers(search=[Term("张伟")]) == [1]
    assert numbers(search=[Term("held")]) == [2]
    assert numbers(search=[Term("2")]) == [2]
    assert numbers(search=[Term("x", kinds=frozenset({"node-silent"}))]) == [3]
    assert [alarm.number for alarm in ask(house, alarm_list.most_urgent, ("alarm", "tamper"))] == [2]
    assert ask(house, alarm_list.open_counts) == {"alarm": 1, "trouble": 1}
    assert ask(house, alarm_list.alarm, 1).finding == "#1001没有锁好走廊门"
    assert ask(house, alarm_list.alarm, 99) is None
    history = [row.kind for row in ask(house, alarm_list.alarm_history, 1)]
    assert history == [
        "alarm-raised",
        "alarm-attended",
        "alarm-acknowledged",
        "alarm-returned",
        "finding-written",
        "alarm-closed",
    ]
    assert ask(house, alarm_list.alarm_history, 99) == []


def test_how_things_stand(house: House) -> None:
    seal(house, "archive", "archive-1")
    house.node("archive-1").opens("archive/cabinet-1")
    assert ask(house, queries.areas)["archive"].state == "sealed"
    assert ask(house, queries.areas)["archive"].people == (1001, 1003)
    assert ask(house, queries.points)["archive/cabinet-1"].level == "active"
    assert ask(house, queries.nodes)["cipher-1"].life == 1
    assert ask(house, queries.people)[1002] == "李娜"
    account = ask(house, queries.account, "wangfang")
    assert (account.person, account.roles) == (1003, ("duty",))
    assert ask(house, queries.account, "nobody") is None


def test_an_entry_that_this_version_cannot_read_spoils_no_list(house: House) -> None:
    row = ask(house, queries.entry, 0)
    broken = queries.JournalRow(**{name: getattr(row, name) for name in row.__struct_fields__} | {"note": b"?"})
    assert broken.data is None

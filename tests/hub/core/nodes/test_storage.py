"""The hub's own disk: told once when it runs short, and once when it is well again."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.core.nodes import hub_disk
from hub.core.nodes.hub_disk import Disk
from hub.core.state import Notice
from hub.engine import disk
from hub.engine.due import Watch
from tests.support.hub import seal
from tests.support.paper import PaperHub
from wire import messages as m

GB = 10**9


def seen(house: PaperHub, *disks: Disk) -> list[str]:
    for one in disks:
        house.decide(lambda state, _site, one=one: hub_disk.changes(state, one))  # type: ignore[misc]
    return house.whats()


@pytest.mark.parametrize(
    ("disk", "low"),
    [
        (Disk(100 * GB, 10 * GB), False),
        (Disk(100 * GB, 10 * GB - 1), True),
        (Disk(2 * GB, GB // 2), False),
        (Disk(2 * GB, GB // 2 - 1), True),
        (Disk(0, 0, read_only=True), True),
    ],
)
def test_below_a_tenth_or_half_a_gigabyte_it_is_low(disk: Disk, low: bool) -> None:
    assert ("storage-low" in seen(PaperHub(), disk)) == low


def test_between_the_bounds_nothing_is_said_twice() -> None:
    house = PaperHub()
    low, between, well = Disk(100 * GB, 9 * GB), Disk(100 * GB, 14 * GB), Disk(100 * GB, 15 * GB)
    assert seen(house, between) == []
    assert seen(house, low, between, low, low) == ["storage-low"]
    assert house.alarm("storage-low").count == 1
    assert house.alarm("storage-low").place == "hub"
    assert seen(house, well, between) == []
    assert [one.failed for one in house.journal(m.HubStorage)] == [True, False]
    house.check()


def test_a_small_disk_is_well_again_only_above_three_quarters_of_a_gigabyte() -> None:
    assert seen(PaperHub(), Disk(2 * GB, GB // 4), Disk(2 * GB, 3 * GB // 5)) == ["storage-low"]
    assert seen(PaperHub(), Disk(2 * GB, GB // 4), Disk(2 * GB, 3 * GB // 4)) == []


def test_a_disk_that_takes_nothing_is_a_trouble_of_its_own_and_worse_while_something_is_sealed() -> None:
    house = PaperHub()
    house.fact(m.NotifyStarted(version="test", channels=("console", "sms")), "notify")
    house.node("archive-1")
    seal(house, "archive", "archive-1")
    assert seen(house, Disk(GB, GB, read_only=True)) == ["storage-read-only"]
    assert house.alarm("storage-read-only").priority == 1
    assert any(one.channel == "sms" for one in house.state.all(Notice))
    assert seen(house, Disk(GB, GB)) == []


def test_the_engines_watch_looks_at_the_disk() -> None:
    house = PaperHub()
    watch = Watch("boot", 0, lambda: Disk(100 * GB, GB))
    watch.look(house, *house.look(), house.clock(), 0)
    assert "storage-low" in house.whats()


def test_the_disk_of_a_folder_is_that_of_the_system_and_one_that_does_not_answer_takes_nothing(tmp_path: Path) -> None:
    found = disk.look(tmp_path)
    assert 0 < found.free < found.total
    assert not found.read_only
    assert disk.look(tmp_path / "gone") == Disk(0, 0, read_only=True)


def test_a_disk_on_which_the_log_alone_would_fill_it_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(disk, "look", lambda _folder: Disk(12_000_000, 12_000_000))
    with pytest.raises(disk.TooSmall, match=r"has 12 MB, and the journal needs 64 MB at least"):
        disk.check(tmp_path)
    monkeypatch.setattr(disk, "look", lambda _folder: Disk(disk.SMALLEST, 0))
    disk.check(tmp_path)

"""Real nodes and the real engine on a disk that fills, and has room again: nothing is lost, doubled or silent."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.site_directory.layout import Layout
from tests.system.demo import WANG, ZHANG, Demo, call, wait_until, whole
from tests.system.test_silent_engine import on_her_telephone
from tests.system.test_without_the_database import ready
from wire import messages as m
from wire.simulation import hardware as simulated

NODE, DOOR = "archive-1", "archive/corridor-door"
NODE_KB = 4_000
HUB_KB = 80_000
"""Somewhat more than the smallest disk that the engine starts on."""
VISITS = 7
"""Twenty edges within ten seconds would be one summary."""


class SmallDisk:
    """A folder on a small file system of its own, held in memory."""

    def __init__(self, folder: Path) -> None:
        self._filler = folder / "somebody-elses-file"

    def fills(self) -> None:
        with self._filler.open("ab", buffering=0) as file:
            for size in (65_536, 1_024, 1):
                with contextlib.suppress(OSError):
                    while file.write(bytes(size)) == size:
                        pass

    def has_room_again(self) -> None:
        self._filler.unlink()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[Path, int], SmallDisk]]:
    """Puts a folder on a file system of so many KB, with what is in it."""
    mounted: list[Path] = []

    def put(folder: Path, kilobytes: int) -> SmallDisk:
        kept = Path(shutil.copytree(folder, tmp_path / f"{folder.name}-kept"))
        words = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k,mode=0700", "tmpfs", f"{folder}"]
        try:
            tried = subprocess.run(words, capture_output=True, text=True, check=False)
        except FileNotFoundError as error:
            pytest.skip(f"no mount(8) here: {error}")
        if tried.returncode:
            pytest.skip(f"nothing can be mounted here: {tried.stderr.strip()}")
        mounted.append(folder)
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        return SmallDisk(folder)

    yield put
    for folder in mounted:
        subprocess.run(["umount", "--lazy", f"{folder}"], check=True)


def levels(demo: Demo, after: int) -> list[str]:
    """What the door did after an index, in order."""
    rows = [row.message.data for row in demo.journal(after, kind="level", place=DOOR)]
    return [one.now for one in rows if isinstance(one, m.LevelChanged)]


def kinds(demo: Demo, after: int) -> set[str]:
    return {what for what, _ in demo.alarms(after)}


def test_a_sealed_room_whose_node_has_a_full_disk_is_guarded_and_all_of_it_is_journalled_once(
    small_disk: Callable[[Path, int], SmallDisk], new_demo: Callable[..., Demo]
) -> None:
    demo = new_demo()
    disk = small_disk(demo.directory / "nodes" / NODE, NODE_KB)
    demo.start()
    demo.seals("archive", ZHANG, WANG)
    after = demo.newest()
    for _ in range(2):
        before = demo.newest()
        disk.fills()
        demo.opens(DOOR)
        # The hub hears of it though not one record can be written, and the node sounds by itself.
        wait_until(lambda before=before: demo.journal(before, kind="disk-refuses"), "the disk to be told")  # type: ignore[misc]
        wait_until(lambda: demo.hardware(NODE).sounder, "the sounder")
        demo.entry("beat-contradicts", DOOR, before)
        demo.closes(DOOR)
        disk.has_room_again()
        wait_until(lambda before=before: levels(demo, before) == ["active", "normal"], "what waited in memory")  # type: ignore[misc]
        wait_until(lambda before=before: writes_again(demo, before), "the disk to be told well")  # type: ignore[misc]
    whole(demo, NODE)
    assert {"disk-refuses-while-sealed", "opened-while-sealed"} <= kinds(demo, after)
    assert not kinds(demo, after) & {"overflow", "cannot-fill", "rolled-back", "equivocation"}
    assert "0 rows differ" in call("hub", demo.directory, "hub", "rebuild")


def test_a_power_cut_with_a_full_disk_is_a_loss_that_is_on_record_and_what_is_sealed_stays_guarded(
    small_disk: Callable[[Path, int], SmallDisk], new_demo: Callable[..., Demo]
) -> None:
    demo = new_demo()
    disk = small_disk(demo.directory / "nodes" / NODE, NODE_KB)
    demo.start()
    demo.seals("archive", ZHANG, WANG)
    after = demo.newest()
    disk.fills()
    demo.visit(DOOR)
    wait_until(lambda: "disk-refuses-while-sealed" in kinds(demo, after), "the disk to be told")
    pid = demo.pid(NODE)
    demo.kill(NODE)
    wait_until(lambda: demo.pid(NODE) != pid and knows_its_points(demo), "the node to be started again")
    demo.opens(DOOR)
    wait_until(lambda: demo.hardware(NODE).sounder, "the sounder")
    disk.has_room_again()
    wait_until(lambda: demo.journal(after, kind="started", node=NODE), "what the node says then")
    wait_until(lambda: levels(demo, after)[-1:] == ["active"], "the door")
    # The records of the visit are gone, and either side says so: the node if its disk took that word, else the hub.
    wait_until(lambda: demo.journal(after, kind="records-lost") + demo.journal(after, kind="overflow"), "the loss")
    whole(demo, NODE)


def writes_again(demo: Demo, after: int) -> bool:
    """Whether the node has said after an index that its disk takes what it writes."""
    faults = [row.message.data for row in demo.journal(after, kind="fault", node=NODE)]
    return any(isinstance(one, m.Fault) and (one.part, one.failed) == ("outbox-write", False) for one in faults)


def knows_its_points(demo: Demo) -> bool:
    """Its socket answers as soon as the process is there; what hangs on its terminals it reads a moment later."""
    try:
        return demo.hardware(NODE).plan > 0
    except (simulated.NotThere, OSError):
        return False


def test_a_full_disk_of_the_hub_calls_somebody_and_loses_nothing(
    small_disk: Callable[[Path, int], SmallDisk], new_demo: Callable[..., Demo]
) -> None:
    demo = new_demo()
    disk = small_disk(Layout(demo.directory).database.parent, HUB_KB)
    demo.start()
    ready(demo)
    after = demo.newest()
    disk.fills()
    for _ in range(VISITS):
        demo.visit(DOOR)
    # The database can be read: people are called by what it knows of them, and by its ladders.
    wait_until(lambda: on_her_telephone(demo, "399"), "a call that the engine is silent")
    demo.visit(DOOR)
    disk.has_room_again()
    wait_until(lambda: len(levels(demo, after)) == 2 * VISITS + 2, "all that was seen meanwhile")
    assert levels(demo, after) == ["active", "normal"] * (VISITS + 1)
    whole(demo, NODE)
    assert "0 rows differ" in call("hub", demo.directory, "hub", "rebuild")

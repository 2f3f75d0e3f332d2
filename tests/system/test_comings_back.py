"""Every way in which node or hub can come back wrong ends in a signed statement and an alarm, never in waiting."""

import contextlib
import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

from hub.site_directory.layout import Layout
from tests.system.demo import (
    PATIENCE_S,
    Demo,
    call,
    command,
    environment,
    journalled,
    outbox_of,
    wait_until,
    whole,
)
from wire import messages as m
from wire import notes, paper
from wire.audit import check, layout, suite
from wire.audit.report import PASS, UNPROVEN
from wire.simulation import hardware as simulated


def test_a_hub_put_back_from_a_backup_gets_what_nodes_still_have(new_demo: Callable[..., Demo], tmp_path: Path) -> None:
    demo = new_demo().start()
    call("hub", demo.directory, "hub", "backup", str(tmp_path / "backup"))
    # Afterwards two nodes see more; one of them loses its history before the hub asks for it.
    for _ in range(3):
        for place in ("archive/cabinet-1", "cipher-room/door"):
            before = demo.newest()
            demo.visit(place)
            demo.entry("level", place, before)
    for node in ("archive-1", "cipher-1"):
        whole(demo, node)
    delivered = outbox_of(demo, "archive-1")[1]
    held = tmp_path / "held"
    held.write_bytes(wait_until(lambda: held_by(demo, "archive-1")))
    demo.stop()
    before_the_fault = demo.newest()
    first_root = root_of(demo)
    for name in ("hub", "broker"):
        shutil.rmtree(demo.directory / name)
    call(
        "hub", demo.directory, "hub", "restore", str(tmp_path / "backup"),
        "--as", "zhaomin", "--second", "liuyang", "--reason", "硬盘坏了", "--quote", str(held),
    )  # fmt: skip
    assert demo.newest() < before_the_fault
    forget(demo, "cipher-1")
    demo.start(ready=False)
    assert demo.alarm("hub-restored", "hub").klass == "alarm"
    # archive-1 delivers it all again, the same bytes; cipher-1 signs that it cannot.
    wait_until(
        lambda: journalled(demo, "archive-1", 1)[: len(delivered)] == delivered, "what had been delivered before"
    )
    whole(demo, "archive-1")
    assert demo.alarm("cannot-fill", "cipher-1").klass == "alarm"
    wait_until(lambda: demo.is_ready())
    before = demo.newest()
    demo.visit("cipher-room/door")
    demo.entry("level", "cipher-room/door", before)
    assert "0 rows differ" in call("hub", demo.directory, "hub", "rebuild")
    # The nodes have followed to the new origin and countersign it; what a paper says of the lost end is no forgery.
    assert demo.entry("journal-moved").author in ("archive-1", "cipher-1", "computer-1")
    export = demo.exports(tmp_path / "exports")
    roots = (first_root, root_of(demo))
    assert audited(export, roots) == (PASS, "proven")
    assert audited(export, roots, paper.parse(held.read_text("utf-8"))) == (UNPROVEN, "restored")


def held_by(demo: Demo, node: str) -> bytes:
    """The checkpoint that a node prints; nothing while it holds none."""
    words = command("firmware", demo.directory, "node", "checkpoint", "--node", node)
    return subprocess.run(words, capture_output=True, check=False, env=environment()).stdout


def root_of(demo: Demo) -> str:
    return Layout(demo.directory).root_public.read_text("ascii").strip()


def audited(target: Path, roots: tuple[str, ...], *seen: paper.Seen) -> tuple[str, str]:
    report = check.verify(layout.Folder(target), suite.choose().checks, check.Options(seen, roots))
    return report.verdict, report.code


def forget(demo: Demo, node: str) -> None:
    """A node's history is gone, as when it was too long ago."""
    path = demo.directory / "nodes" / node / "outbox.db"
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        newest = database.execute("SELECT max(seq) FROM record").fetchone()[0]
        database.execute("DELETE FROM record WHERE seq < ?", (newest,))


def denied(demo: Demo, node: str) -> tuple[int, int]:
    """How many badges a node has turned away: on its disk, and counted there because they found no room."""
    path = demo.directory / "nodes" / node / "outbox.db"
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=PATIENCE_S)) as database:
        texts = [notes.split(note).text for (note,) in database.execute("SELECT note FROM record")]
        lost = database.execute("SELECT value FROM state WHERE name = 'extra.lost'").fetchone()
    kept = sum(isinstance(m.decode(text, m.Record).data, m.Denied) for text in texts)
    return kept, json.loads(lost[0])["counts"].get("denied", 0) if lost and lost[0] else 0


def test_a_full_outbox_counts_what_it_lost_and_says_so(new_demo: Callable[..., Demo]) -> None:
    demo = new_demo()
    settings = demo.directory / "nodes" / "computer-1" / "node.toml"
    settings.write_text(settings.read_text() + "\n[outbox]\nmegabytes = 1\n")
    demo.start()
    after = demo.newest()
    demo.hand(simulated.Pull(), "computer-1")
    shown = 1_800
    for number in range(shown):
        demo.hand(simulated.Badge("computer-room/reader", f"{number:010X}"), "computer-1")
    wait_until(lambda: sum(denied(demo, "computer-1")) == shown, "the node to have read every badge")
    demo.hand(simulated.Push(), "computer-1")
    overflow = demo.record("overflow", "computer-1", after)
    assert isinstance(overflow.message.data, m.Overflow)
    lost = overflow.message.data.lost["denied"]
    assert 0 < lost < shown
    wait_until(lambda: demo.alarm("overflow", "computer-1"))
    whole(demo, "computer-1")
    assert len(demo.journal(after, kind="denied")) + lost == shown
    assert len(demo.journal(after, kind="overflow")) == 1
    # That it was half full was told in time.
    assert "computer-1 outbox-half" in [place for _, place in demo.alarms(after)]

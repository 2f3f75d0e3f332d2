"""Every way in which node or hub can come back wrong ends in a signed statement and an alarm, never in waiting."""

import contextlib
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from hub.site_directory.layout import Layout
from tests.system.demo import (
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
from wire import paper
from wire.audit import check, layout, suite
from wire.audit.report import PASS, UNPROVEN
from wire.simulation import hardware as simulated


def test_a_revoked_node_is_put_out_at_once_and_comes_back_only_with_new_keys_and_a_new_life(shared: Demo) -> None:
    demo = shared
    node = "computer-1"
    folder = demo.directory / "nodes" / node
    after = demo.newest()
    call("hub", demo.directory, "node", "revoke", node, "--reason", "给清洁工捡走了")
    before = demo.newest()
    demo.visit("computer-room/door")
    demo.visit("archive/cabinet-1")  # the others are back at once, over the broker's new start
    demo.entry("level", "archive/cabinet-1", before)
    assert not [row for row in demo.journal(before) if row.author == node]
    # The old request is refused: its keys were revoked.
    refused = call(
        "hub", demo.directory, "node", "enrol", str(folder / f"{node}.request"), "--words", _words(demo), code=65
    )
    assert "revoked" in refused

    shutil.rmtree(folder / "keys")
    request = folder / "new.request"
    asked = call("firmware", demo.directory, "node", "request", "--node", node, "--out", str(request), "--json")
    words = msgspec.json.decode(asked)["words"]
    call("hub", demo.directory, "node", "enrol", str(request), "--words", words)
    call("firmware", demo.directory, "node", "accept", "--node", node, str(folder / f"{node}.papers"))
    demo.kill(node)
    assert demo.record("started", node, before).life == 2
    # What it saw while it was out is told in the new life.
    demo.entry("level", "computer-room/door", before)
    whole(demo, node)
    assert "node-enrolled" in {row.kind for row in demo.journal(after)}


def _words(demo: Demo) -> str:
    asked = call("firmware", demo.directory, "node", "request", "--node", "computer-1", "--json")
    return str(msgspec.json.decode(asked.splitlines()[-1])["words"])


def test_a_new_disk_opens_a_life_and_a_cloned_card_is_found_out(shared: Demo, tmp_path: Path) -> None:
    demo = shared
    after = demo.newest()
    # archive-1 gets a new disk: its keys are kept, its outbox is gone.
    nodes = demo.directory / "nodes"
    demo.visit("archive/cabinet-1")
    demo.entry("level", "archive/cabinet-1", after)
    with stopped(demo, "archive-1"):
        for path in (nodes / "archive-1").glob("outbox.db*"):
            path.unlink()
    # cipher-1's card is cloned while it runs: the same keys, a copy of its outbox.
    clone = tmp_path / "clone" / "nodes" / "cipher-1"
    clone.parent.mkdir(parents=True)
    with stopped(demo, "cipher-1"):
        shutil.copytree(nodes / "cipher-1", clone)
        (clone / "node.aside").rename(clone / "node.toml")
    demo.record("started", "cipher-1", after)

    rolled = demo.record("rolled-back", "archive-1", after)
    assert (rolled.life, rolled.seq) == (2, 1)
    assert isinstance(rolled.message.data, m.RolledBack)
    assert rolled.message.data.hub_seq > rolled.message.data.own_seq
    assert demo.alarm("rolled-back", "archive-1").klass == "tamper"
    wait_until(lambda: demo.has_its_plan("archive-1"))
    before = demo.newest()
    demo.visit("archive/cabinet-2")
    demo.entry("level", "archive/cabinet-2", before)
    whole(demo, "archive-1")

    (tmp_path / "clone" / "sim").mkdir()
    words = command("firmware", tmp_path / "clone", "node", "run", "--node", "cipher-1")
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment()) as other:
        try:
            assert demo.alarm("equivocation", "cipher-1").klass == "tamper"
        finally:
            other.kill()
    # Nothing waits for ever: with the clone gone the node's own word is heard again, be it in a life of its own.
    before = demo.newest()
    demo.visit("cipher-room/door")
    demo.entry("level", "cipher-room/door", before)
    whole(demo, "cipher-1")


@contextlib.contextmanager
def stopped(demo: Demo, node: str) -> Iterator[None]:
    """A node does not run meanwhile, as without its settings it does not start."""
    papers = demo.directory / "nodes" / node / "node.toml"
    aside = papers.with_suffix(".aside")
    papers.rename(aside)
    try:
        demo.kill(node)
        yield
    finally:
        aside.rename(papers)


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
    assert "no majority" not in call("hub", demo.directory, "export", str(tmp_path / "export"))
    roots = (first_root, root_of(demo))
    assert audited(tmp_path / "export", roots) == (PASS, "proven")
    assert audited(tmp_path / "export", roots, paper.parse(held.read_text("utf-8"))) == (UNPROVEN, "restored")


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

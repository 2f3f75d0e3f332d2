"""On one demonstration, which each of these leaves with every node heard: nodes that are revoked, renewed, cloned or
forged, and an export."""

import contextlib
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from firmware.setup.papers import Files
from hub.site_directory.layout import Layout
from tests.support.party import Party
from tests.system.demo import (
    Demo,
    call,
    command,
    environment,
    missed_too_early,
    outbox_of,
    processes_in,
    wait_until,
    whole,
)
from wire import checkpoint, keys, notes, topics
from wire import messages as m
from wire.audit import check, layout, suite
from wire.audit.report import PASS

FLOOD = 200


@pytest.fixture(scope="module")
def shared(made_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    directory = tmp_path_factory.mktemp("shared") / "site"
    shutil.copytree(made_site, directory)
    running = Demo(directory)
    yield running.start()
    running.stop()
    assert not processes_in(directory)


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


# ---------------------------------------------------------------- somebody has a node's papers


def test_nonsense_under_a_nodes_name_is_counted_told_once_and_stops_nobody(shared: Demo) -> None:
    demo = shared
    node, site = "computer-1", demo.names.site
    folder = Files(demo.directory / "nodes" / node / "keys")
    key = keys.load(folder.path(folder.record))
    stranger = keys.make(keys.key_name(site, node, "record"))  # the same name, another key
    life, on_disk = outbox_of(demo, node)
    after, engine = demo.newest(), demo.pid("engine")
    demo.kill(node, signal.SIGSTOP)
    rogue = Party(node, demo.port + 1, folder.for_link).join()

    def record(of: str = node, detail: str = "x") -> bytes:
        data = m.Fault(part="mains", failed=True, detail=detail)
        return m.encode(
            m.Record(
                v=1, site=site, node=of, life=life, boot="rogue", seq=len(on_disk) + 1, mono=1, wall=1,
                clock="untrusted", prev=on_disk[-1][1], data=data,
            )
        )  # fmt: skip

    topic = topics.record(site, node)
    nonsense: dict[str, bytes] = {
        "malformed": b"\xff\x00 not a note",
        "oversized": b"x" * (m.MAX_RECORD + 1),
        "bad-signature": key.sign(record()).replace(b'"detail":"x"', b'"detail":"y"'),
        "unknown-signer": stranger.sign(record()),
        "misplaced": key.sign(record("archive-1")),
    }
    for _ in range(FLOOD // len(nonsense)):
        for note in nonsense.values():
            assert rogue.publish(topic, note) == "Success"
    # The broker itself refuses another node's topic.
    assert rogue.publish(topics.record(site, "archive-1"), key.sign(record("archive-1"))) == "Not authorized"
    # A list in the place of a record, well signed.
    assert rogue.publish(topic, key.sign(b"[1, 2]\n")) == "Success"

    wait_until(lambda: {one.reason for one in refused(demo, after)} >= nonsense.keys(), "every reason to be told")
    rogue.leave()
    demo.kill(node, signal.SIGCONT)

    # Everybody goes on, the wronged node as well, and nothing of the nonsense is in its name.
    before = demo.newest()
    demo.visit("computer-room/door")
    demo.visit("archive/cabinet-1")
    demo.entry("level", "computer-room/door", before)
    demo.entry("level", "archive/cabinet-1", before)
    whole(demo, node)
    assert demo.pid("engine") == engine
    assert len(refused(demo, after)) <= 2 * len(nonsense)
    assert demo.alarms().count(("bad-messages", node)) == 1
    # Where all this took long, the node that was held still meanwhile was silent indeed.
    assert {what for what, _ in demo.alarms(after)} <= {"bad-messages", "forced", "node-silent"}
    assert missed_too_early(demo, after) == []


def refused(demo: Demo, after: int) -> list[m.Refused]:
    found = [row.message.data for row in demo.journal(after, kind="refused")]
    return [data for data in found if isinstance(data, m.Refused)]


# ---------------------------------------------------------------- an auditor


def test_a_running_site_signs_and_countersigns_what_an_export_needs(shared: Demo, tmp_path: Path) -> None:
    demo, site = shared, Layout(shared.directory)
    listener = Party("admin", demo.port + 1, site.papers("admin"), topics.checkpoint(demo.names.site)).join()
    export = demo.exports(tmp_path / "exports")
    _topic, note = listener.hears()
    listener.leave()
    report = check.verify(layout.Folder(export), suite.choose().checks, check.Options())
    assert (report.verdict, report.code) == (PASS, "proven"), report.why
    assert report.witnessed == report.signed == report.entries
    root = notes.parse_key(site.root_public.read_text("ascii").strip())
    assert report.root_key == str(root)
    assert notes.signers(checkpoint.open_signed(note)[1], [root], keys.CHECKS) == [root]
    assert (export / "certificates" / "ca.crt").is_file()
    run = subprocess.run([sys.executable, export / "verify.pyz"], capture_output=True, check=False)
    assert run.returncode == 0, run.stdout
    assert run.stdout.startswith(b"PASS")
    assert "PASS" in call("hub", demo.directory, "verify", str(export))

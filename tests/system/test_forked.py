"""Whoever has the hub with all its keys writes another journal: the nodes find it out, sound, and say so."""

from __future__ import annotations

import contextlib
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.cli import export as cli_export
from hub.ledger import rotation
from hub.site_directory.layout import Layout
from hub.store import session
from tests.support.terminal import type_in
from tests.system.demo import PATIENCE_S, ROOT, Demo, call, environment, wait_until
from wire import checkpoint, keys, notes, paper, tlog
from wire.audit import check, layout, suite
from wire.audit.report import FAIL, PASS, Report
from wire.simulation import hardware as simulated

PAGE = ROOT / "docs" / "how-to" / "export-and-verify.md"
EXPECTED = re.compile(r" +# (PASS|FAIL)\b.*")
NEVER_S = 1
"""How long to wait for what never comes."""
PATIENT = f"""import runpy, sys
from hub.cli import export
export.PATIENCE_S = {PATIENCE_S}
export.WITNESS_S = {NEVER_S} if sys.argv[-1].endswith("again") else {PATIENCE_S}
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)"""
"""Runs a command, with an export that waits for engine and nodes however much else this machine has to do; but not for
nodes that have found a forgery."""


def export(demo: Demo, target: Path) -> tuple[str, Report]:
    """An export by the command, which nobody countersigns; what it said, and the verdict."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cli_export, "WITNESS_S", NEVER_S)
        done = type_in("--dir", str(demo.directory), "export", str(target))
    assert done.exit_code == 0, done.output
    return done.output, audit(target)


def audit(target: Path, *seen: paper.Seen) -> Report:
    return check.verify(layout.Folder(target), suite.choose().checks, check.Options(seen))


def everybody_sounds(demo: Demo) -> bool:
    try:
        return all(demo.hardware(node).sounder for node in demo.names.nodes)
    except simulated.NotThere:
        return False


def told(demo: Demo) -> set[tuple[str, str]]:
    """Which nodes have accused the hub, and what the duty officer sees of it."""
    wanted = ("journal-forked", "journal-rolled-back")
    return {(what, place) for what, place in demo.alarms() if what in wanted}


def test_yesterdays_database_put_back_under_all_the_keys_is_found_out_by_every_node(
    new_demo: Callable[..., Demo], tmp_path: Path
) -> None:
    """The database as it was, under the same keys: nothing in it contradicts itself."""
    demo = new_demo().start()
    kept = Layout(demo.directory).database
    with contextlib.closing(sqlite3.connect(kept)) as now, contextlib.closing(sqlite3.connect(tmp_path / "db")) as then:
        now.backup(then)
    before = demo.newest()
    demo.visit("archive/cabinet-1")
    demo.entry("level", "archive/cabinet-1", before)
    exported = demo.exports(tmp_path / "today")
    report = audit(exported)
    assert (report.verdict, report.code) == (PASS, "proven"), report.why
    today = paper.parse((exported / "checkpoint").read_text("utf-8"))
    demo.stop()
    for file in kept.parent.glob(f"{kept.name}*"):
        file.unlink()
    shutil.copyfile(tmp_path / "db", kept)
    demo.start(ready=False)
    wait_until(lambda: everybody_sounds(demo), "every node to sound")
    wait_until(lambda: {place for _, place in told(demo)} == set(demo.names.nodes), "every node's accusation")
    said, report = export(demo, tmp_path / "again")
    assert "no majority of the nodes has countersigned it" in said
    assert report.verdict != PASS
    assert audit(tmp_path / "again", today).verdict == FAIL


def test_an_entry_rewritten_with_every_key_of_the_hub_and_the_tree_made_to_fit_is_found_out_by_the_nodes(
    new_demo: Callable[..., Demo], tmp_path: Path
) -> None:
    demo = new_demo().start()
    exported = demo.exports(tmp_path / "before")
    assert audit(exported).verdict == PASS
    seen = paper.parse((exported / "checkpoint").read_text("utf-8"))
    demo.stop()
    forge(Layout(demo.directory), demo.journal(kind="engine-started")[0].index)
    demo.start(ready=False)
    wait_until(lambda: everybody_sounds(demo), "every node to sound")
    wait_until(lambda: told(demo) == {("journal-forked", node) for node in demo.names.nodes}, "their accusations")
    said, report = export(demo, tmp_path / "after")
    assert "no majority of the nodes has countersigned it" in said
    assert report.verdict != PASS, "what the folder shows fits, but nobody has witnessed it"
    assert report.witnessed < report.signed
    assert audit(tmp_path / "after", seen).code == "fork"
    assert "0 rows differ" in call("hub", demo.directory, "hub", "rebuild"), "the forgery fits in itself"


def forge(site: Layout, index: int) -> None:
    """A fact of the engine signed anew with another time; head and checkpoints made to fit, signed by today's key."""
    database = session.open_database(f"sqlite:///{site.database}")
    with session.reading(database) as connection:
        named = rotation.named(connection)
    database.dispose()
    key = keys.load(next(path for path in site.checkpoint_keys.iterdir() if path.suffix == ".key"))
    assert str(key.public) == named.in_force
    with contextlib.closing(sqlite3.connect(site.database)) as hub, hub:
        for (trigger,) in hub.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            hub.execute(f"DROP TRIGGER {trigger}")
        text = notes.split(hub.execute("SELECT note FROM journal WHERE idx = ?", (index,)).fetchone()[0]).text
        forged = re.sub(rb'"time":(\d+)', lambda found: b'"time":%d' % (int(found[1]) - 1), text)
        note = keys.load(site.record_key("engine")).sign(forged)
        time = int((re.search(rb'"time":(\d+)', forged) or [b"", b""])[1])
        hub.execute(
            "UPDATE journal SET note = ?, text_hash = ?, said_time = ?, hub_time = ? WHERE idx = ?",
            (note, notes.text_hash(forged), time, time, index),
        )
        roots: list[bytes] = []
        frontier: tlog.Frontier = ()
        for size, (entry,) in enumerate(hub.execute("SELECT note FROM journal ORDER BY idx").fetchall()):
            frontier = tlog.append(size, frontier, tlog.leaf_hash(entry))
            roots.append(tlog.root(frontier))
        assert len(roots) < 256, "no full tile"
        hub.execute("UPDATE head SET frontier = ?", (b"".join(frontier),))
        for number, size, old in hub.execute("SELECT id, size, note FROM checkpoint").fetchall():
            if size > index:
                made = checkpoint.open_signed(old)[0]._replace(root=roots[size - 1])
                hub.execute("UPDATE checkpoint SET note = ? WHERE id = ?", (key.sign(made.text()), number))
                hub.execute("DELETE FROM cosignature WHERE checkpoint = ?", (number,))


def test_the_trial_in_the_documents_goes_as_they_say(new_demo: Callable[..., Demo], tmp_path: Path) -> None:
    demo = new_demo("demo-site").start()
    section = PAGE.read_text("utf-8").partition("## Try it\n")[2].partition("\n## ")[0]
    typed = re.findall(r"^    (.*)$", section, re.MULTILINE)
    lines = [line.replace("/tmp/", f"{tmp_path}/") for line in typed]
    (tmp_path / "strongroom").write_text(
        "#!/bin/sh\ncase $1 in sim) side=demo.sim ;; *) side=hub ;; esac\n"
        f"exec {sys.executable} -P -c '{PATIENT}' $side \"$@\"\n"
    )
    (tmp_path / "strongroom").chmod(0o755)
    expected = [found[1] for line in lines if (found := EXPECTED.search(line))]
    assert expected == ["PASS", "FAIL", "FAIL"]
    done = subprocess.run(
        ["sh", "-c", "\n".join(lines)], cwd=tmp_path, capture_output=True, text=True, env=environment(), timeout=800
    )
    answers = re.findall(r"^(PASS|FAIL|UNPROVEN) .*$", done.stdout, re.MULTILINE)
    assert answers == expected, done.stdout + done.stderr
    wrong = re.search(r"^\[\((\d+),\)\]$", done.stdout, re.MULTILINE)
    assert wrong, done.stdout + done.stderr
    bad = re.findall(r"first bad entry (\d+)", done.stdout)
    assert bad[-1] == wrong[1]
    assert demo.journal()[int(wrong[1])].kind == "level"
    demo.visit("archive/cabinet-1")
    wait_until(lambda: told(demo) == {("journal-forked", node) for node in demo.names.nodes}, "the nodes' accusations")

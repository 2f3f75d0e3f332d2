"""The running hub signs what it has, its nodes countersign, and `strongroom export` takes it to an auditor."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hub.site_directory.layout import Layout
from tests.support.party import Party
from tests.system.demo import Demo, call
from wire import checkpoint, keys, notes, topics
from wire.audit import check, layout, suite
from wire.audit.report import PASS


def test_a_running_site_signs_and_countersigns_what_an_export_needs(shared: Demo, tmp_path: Path) -> None:
    demo, site = shared, Layout(shared.directory)
    listener = Party("admin", demo.port + 1, site.papers("admin"), topics.checkpoint(demo.names.site)).join()
    said = call("hub", demo.directory, "export", str(tmp_path / "export"))
    _topic, note = listener.hears()
    listener.leave()
    assert "are not proven" not in said
    assert "no majority" not in said
    folder = layout.Folder(tmp_path / "export")
    report = check.verify(folder, suite.choose().checks, check.Options())
    assert (report.verdict, report.code) == (PASS, "proven"), report.why
    assert report.witnessed == report.signed == report.entries
    root = notes.parse_key(site.root_public.read_text("ascii").strip())
    assert report.root_key == str(root)
    assert notes.signers(checkpoint.open_signed(note)[1], [root], keys.CHECKS) == [root]
    assert (tmp_path / "export" / "certificates" / "ca.crt").is_file()
    run = subprocess.run([sys.executable, tmp_path / "export" / "verify.pyz"], capture_output=True, check=False)
    assert run.returncode == 0, run.stdout
    assert run.stdout.startswith(b"PASS")
    assert "PASS" in call("hub", demo.directory, "verify", str(tmp_path / "export"))

"""What is left in the hand: the certificate of each sealing and the journal's export, checked by what checks them."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.site.make_site import hub_command
from demo.story.teller import Teller
from hub.store import certificates, session

NOT_REFUSED = {0: "PASS", 2: "UNPROVEN"}
"""Exit codes of the verifier that the story accepts for the export of its journal."""
REFUSED = 1


def certificate_of(teller: Teller, area: str, forged: bool) -> None:
    """What `strongroom verify certificate` says of the paper as it is; and, `forged`, with one character changed."""
    number = teller.state().area(area).sealing
    teller.wait(lambda: _is_made(teller, number))
    done = _run(*hub_command(teller.hub.layout, "certificate", area, "--text"))
    with tempfile.TemporaryDirectory(prefix="strongroom-") as folder:
        paper = Path(folder) / "certificate.txt"
        paper.write_text(done.stdout, "utf-8")
        good = _run(*hub_command(teller.hub.layout, "verify", "certificate", str(paper)))
        for line in good.stdout.splitlines():
            teller.shows(line)
        teller.expect("`strongroom verify certificate` finds its certificate good", good.returncode == 0, _said(good))
        if forged:
            paper.write_text(done.stdout.replace('"openings":1', '"openings":0'), "utf-8")
            bad = _run(*hub_command(teller.hub.layout, "verify", "certificate", str(paper)))
            teller.expect("with its opening taken out, it is refused", bad.returncode == REFUSED, _said(bad))


def journal_taken_along(teller: Teller) -> None:
    """The export, checked by the verifier that lies in it."""
    teller.says("Sun Li, the auditor, takes the journal along on a stick, and checks it without the hub")
    with _folder(teller.export) as folder:
        done = _run(*hub_command(teller.hub.layout, "export", str(folder)))
        teller.expect("the journal is exported whole", done.returncode == 0, _said(done, first=True))
        checked = _run(sys.executable, "-P", str(folder / "verify.pyz"))
        for line in (checked.stdout + checked.stderr).splitlines():
            teller.shows(line)
        verdict = NOT_REFUSED.get(checked.returncode, f"exit code {checked.returncode}")
        teller.expect("its verifier finds nothing wrong", checked.returncode in NOT_REFUSED, verdict)
        if teller.export:
            teller.shows(f"it is left in {folder}; check it with: python3 {folder / 'verify.pyz'}")


def _is_made(teller: Teller, number: int) -> bool:
    with session.reading(teller.database) as connection:
        return certificates.find(connection, number, "closed") is not None


@contextmanager
def _folder(wanted: Path | None) -> Iterator[Path]:
    if wanted:
        yield wanted
        return
    with tempfile.TemporaryDirectory(prefix="strongroom-") as folder:
        yield Path(folder) / "export"


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _said(done: subprocess.CompletedProcess[str], first: bool = False) -> str:
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0 if first else -1] if lines else ""

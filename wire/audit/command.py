"""The verifier's command line: ``python verify.pyz [PATH] [--seen CHECKPOINT] [--root KEY] [--json]``."""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from pathlib import Path
from typing import List, Optional, TextIO

from wire import notes, paper
from wire.audit import check, layout, suite
from wire.audit.report import EXIT, FAIL, PASS, UNPROVEN, Report
from wire.audit.roots import root_words
from wire.plain import plain

_CHINESE = {PASS: "通过", FAIL: "不通过", UNPROVEN: "未证明"}
_EVERY_S = 0.5


def main(arguments: Optional[List[str]] = None, default: Optional[Path] = None) -> int:
    """Run the verifier. Returns 0 for PASS, 1 for FAIL, 2 for UNPROVEN and for a wrong command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console that has no Chinese shows question marks, and goes on
    given = _parser().parse_args(arguments)
    path = Path(given.path) if given.path else default or Path()
    if path.is_file():
        path = path.parent
    if not (path / layout.CHECKPOINT).is_file() and not (path / "tile").is_dir() and not (path / layout.TAIL).is_dir():
        print(f"{UNPROVEN} {_CHINESE[UNPROVEN]}: {plain(str(path))} is not an export of a journal", file=sys.stderr)
        return EXIT[UNPROVEN]
    try:
        seen = tuple(_seen(one) for one in given.seen)
    except paper.PaperError as error:
        print(f"--seen: {plain(str(error))}", file=sys.stderr)
        return EXIT[UNPROVEN]
    chosen = suite.choose(given.pure)
    progress = Progress(sys.stderr, given.quiet)
    if not chosen.fast:
        progress.slow(suite.per_second(chosen.checks[notes.ED25519]))
    options = check.Options(seen, tuple(given.root), progress.show)
    report = check.verify(layout.Folder(path), chosen.checks, options)
    progress.end()
    if given.json:
        print(json.dumps({**report.as_object(), "path": str(path), "seen": len(seen), "root_given": bool(given.root)}))
    else:
        _print(report, len(seen), bool(given.root))
    return EXIT[report.verdict]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="verify.pyz", description="Check an export of a Strongroom journal.")
    parser.add_argument("path", nargs="?", help="folder of the export; without it, where this file lies")
    parser.add_argument(
        "--seen",
        action="append",
        default=[],
        metavar="CHECKPOINT",
        help="a checkpoint of a duty sheet or a node, or a certificate: a file, the text of its QR code, or its words",
    )
    parser.add_argument(
        "--root",
        action="append",
        default=[],
        metavar="KEY",
        help="the journal's root key from the commissioning certificate: whole, or its six words in quotes",
    )
    parser.add_argument("--json", action="store_true", help="print the result as one line of JSON")
    parser.add_argument("--pure", action="store_true", help="check signatures in plain Python in any case")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    return parser


def _seen(given: str) -> paper.Seen:
    try:
        with Path(given).open("rb") as file:
            given = file.read(paper.MAX_TYPED).decode("utf-8", "replace")
    except (OSError, ValueError):
        pass  # not the name of a file, or of none that can be read: then it is the checkpoint itself
    return paper.parse(given)


class Progress:
    """Shows on a terminal how far the audit is."""

    def __init__(self, to: TextIO, quiet: bool) -> None:
        self._to = to
        self._live = not quiet and to.isatty()
        self._quiet = quiet
        self._begun = self._shown = time.monotonic()
        self._rate = 0.0

    def slow(self, rate: float) -> None:
        """Say that signatures are checked in plain Python, at this many per second."""
        self._rate = rate

    def show(self, done: int, size: int) -> None:
        """Show that this many entries out of the total are done."""
        if self._rate and not self._quiet:
            least = size / self._rate
            text = f"Signatures are checked in plain Python, about {self._rate:.0f} a second: this takes about"
            print(f"{text} {_duration(least)} and longer with many checkpoints.", file=self._to, flush=True)
            self._rate = 0.0
        now = time.monotonic()
        if self._live and now - self._shown >= _EVERY_S:
            self._shown = now
            left = (now - self._begun) / done * (size - done)
            self._to.write(f"\r{done} of {size} entries, {_duration(left)} left      ")
            self._to.flush()

    def end(self) -> None:
        """Clear the line."""
        if self._live:
            self._to.write("\r" + " " * 60 + "\r")
            self._to.flush()


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _print(report: Report, seen: int, root_given: bool) -> None:
    """The result for a person. Names and reasons come out of the export: none of them may pass for a line of ours."""
    where = f", first bad entry {report.entry}" if report.verdict == FAIL and report.entry is not None else ""
    print(f"{report.verdict} {_CHINESE[report.verdict]}: {plain(report.why)} [{plain(report.code)}{where}]")
    print(
        f"journal {plain(report.origin) or '(unknown)'}: {report.entries} entries read, {report.signed} under a signed"
    )
    print(f"checkpoint, {report.witnessed} under one that a majority of the witnesses has countersigned;")
    print(f"{report.checkpoints} checkpoints, {seen} compared with ones that were seen elsewhere")
    if report.witnesses:
        print(
            f"witnesses in the end, to be compared with the nodes that are there: {plain(', '.join(report.witnesses))}"
        )
    if report.root_key:
        state = "is the one on paper" if root_given and report.code != "root-key" else "compare it with that on paper"
        print(f"root key ({state}): {plain(report.root_key)}")
        print(f"   in words: {' '.join(root_words(notes.parse_key(report.root_key)))}")
    for kind, count in sorted(report.unknown.items()):
        print(
            f"- {count} entries of {plain(kind)}, which this verifier does not know: who signed them was checked, not"
        )
        print("  what they say; a newer verifier checks both")
    for remark in report.remarks:
        print(f"- {plain(remark)}")
    if report.more_remarks:
        print(f"- and {report.more_remarks} more remarks")

"""Which sites have an engine that runs on this machine, as far as whoever asks may see processes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

_ENGINE = ("hub", "engine")
PROC = Path("/proc")


def sites(proc: Path = PROC) -> list[Path]:
    """Directories of such sites, by the command lines of their engines."""
    return sorted(set(_sites(proc)))


def _sites(proc: Path) -> Iterator[Path]:
    for process in proc.glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended meanwhile, or is not ours to look at
            words = (process / "cmdline").read_bytes().decode("utf-8", "surrogateescape").split("\0")[:-1]
            if tuple(words[-2:]) == _ENGINE and "--dir" in words[:-3]:
                yield (process / "cwd").readlink() / words[words.index("--dir") + 1]


def hint(not_in: Path, proc: Path = PROC) -> str:
    """What to say to somebody who has perhaps forgotten `--dir`: which sites run, or that it should be named."""
    others = [str(one) for one in sites(proc) if one != not_in.resolve()]
    if not others:
        return "name its directory with --dir DIR"
    return f"on this machine runs: {', '.join(f'--dir {one}' for one in others)}"

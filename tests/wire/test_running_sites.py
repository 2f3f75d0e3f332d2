"""Which sites run on a machine, for somebody who has forgotten to name one."""

from __future__ import annotations

import os
from pathlib import Path

from wire import running_sites


def process(proc: Path, number: int, *words: str, folder: str = "/home/wang") -> None:
    """A process as the kernel shows it."""
    (proc / str(number)).mkdir(parents=True)
    (proc / str(number) / "cmdline").write_bytes(b"".join(word.encode() + b"\0" for word in words))
    (proc / str(number) / "cwd").symlink_to(folder)


def test_sites_are_found_by_the_command_lines_of_their_engines(tmp_path: Path) -> None:
    process(tmp_path, 2, "python", "-P", "-m", "hub", "--dir", "/srv/one", "hub", "engine")
    process(tmp_path, 3, "python", "-P", "-m", "hub", "--dir", "two", "hub", "engine")
    process(tmp_path, 4, "python", "-P", "-m", "hub", "--dir", "/srv/one", "hub", "notify")
    process(tmp_path, 5, "python", "-P", "-m", "hub", "--dir", "/srv/three", "journal")
    process(tmp_path, 6)
    (tmp_path / "7").mkdir()
    assert running_sites.sites(tmp_path) == [Path("/home/wang/two"), Path("/srv/one")]


def test_whoever_names_no_directory_hears_which_sites_run_here(tmp_path: Path) -> None:
    process(tmp_path / "proc", 2, "python", "-P", "-m", "hub", "--dir", "/srv/one", "hub", "engine")
    assert running_sites.hint(Path("demo-site"), tmp_path / "proc") == "on this machine runs: --dir /srv/one"


def test_where_nothing_runs_and_where_only_the_named_one_does_the_option_is_named(tmp_path: Path) -> None:
    assert running_sites.hint(Path("demo-site"), tmp_path) == "name its directory with --dir DIR"
    process(tmp_path, 2, "python", "-P", "-m", "hub", "--dir", os.path.realpath("demo-site"), "hub", "engine")
    assert running_sites.hint(Path("demo-site"), tmp_path) == "name its directory with --dir DIR"

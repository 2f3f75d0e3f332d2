"""A hub as it is installed, below a folder, with the users, owners and modes of a real one: for whoever is root."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from hub.admin import install

SYSTEMD = install.SOURCE / "systemd"
TOOLS = ("systemd-analyze", "systemd-sysusers", "systemd-tmpfiles")

needs_systemd = pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason="systemd's tools are not here")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become the daemons' users")


def set_rights(root: Path) -> None:
    """Make the users, and set who owns what, as `strongroom hub install` does and every start."""
    for command in (["systemd-sysusers"], ["systemd-tmpfiles", "--create", "--prefix=/var/lib/strongroom"]):
        subprocess.run([command[0], f"--root={root}", *command[1:]], check=True, capture_output=True)


def become(root: Path, user: str) -> list[str]:
    """The command that runs another as a user that exists only below `root`, in just the groups of the user's unit."""
    unit = dict(line.split("=", 1) for line in (SYSTEMD / f"{user}.service").read_text().splitlines() if "=" in line)
    users, groups = (
        {name: number for name, _, number, *_ in (line.split(":") for line in (root / file).read_text().splitlines())}
        for file in ("etc/passwd", "etc/group")
    )
    own = (name for name in unit.get("SupplementaryGroups", "").split() if name != "dialout")  # that is the machine's
    also = [groups[name] for name in own]
    group = f"--regid={groups[unit['Group']]}"
    return [
        "setpriv",
        f"--reuid={users[unit['User']]}",
        group,
        f"--groups={','.join(also)}" if also else "--clear-groups",
    ]


def run_as(root: Path, user: str, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command as such a user."""
    return subprocess.run([*become(root, user), *command], capture_output=True, text=True, check=False, cwd="/")

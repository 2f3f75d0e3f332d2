"""Installing the hub's services on a real machine: a literal table of files, then systemd's own tools."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from hub.admin.authority import PapersError
from hub.site_directory import files

CODE = Path("/opt/strongroom")
"""Where the units look for the code. Not in a home folder: no daemon may look into one."""
SOURCE = Path(__file__).parents[2]


class Item(NamedTuple):
    """One file: where it lies in the code, where it goes, its mode and its owner there."""

    source: str
    destination: str
    mode: int
    owner: str


TABLE = (
    Item("systemd/strongroom-broker.service", "/etc/systemd/system/strongroom-broker.service", 0o644, "root"),
    Item("systemd/strongroom-engine.service", "/etc/systemd/system/strongroom-engine.service", 0o644, "root"),
    Item("systemd/strongroom-console.service", "/etc/systemd/system/strongroom-console.service", 0o644, "root"),
    Item("systemd/strongroom-notify.service", "/etc/systemd/system/strongroom-notify.service", 0o644, "root"),
    Item(
        "systemd/strongroom-.service.d/hardening.conf",
        "/etc/systemd/system/strongroom-.service.d/hardening.conf",
        0o644,
        "root",
    ),
    Item("systemd/strongroom-hub.sysusers", "/etc/sysusers.d/strongroom-hub.conf", 0o644, "root"),
    Item("systemd/strongroom-hub.tmpfiles", "/etc/tmpfiles.d/strongroom-hub.conf", 0o644, "root"),
    Item("systemd/60-strongroom.rules", "/etc/udev/rules.d/60-strongroom.rules", 0o644, "root"),
    Item("systemd/chrony-hub.conf", "/etc/chrony/conf.d/strongroom.conf", 0o644, "root"),
)

SERVICES = (
    "strongroom-broker.service",
    "strongroom-engine.service",
    "strongroom-console.service",
    "strongroom-notify.service",
)

COMMANDS = (
    ("systemd-sysusers", "/etc/sysusers.d/strongroom-hub.conf"),
    ("systemd-tmpfiles", "--create", "/etc/tmpfiles.d/strongroom-hub.conf"),
    ("udevadm", "control", "--reload"),
    ("udevadm", "trigger"),
    ("systemctl", "daemon-reload"),
    # Debian's own broker, which its package starts: nobody has to listen there.
    ("systemctl", "disable", "--now", "mosquitto.service"),
    ("systemctl", "enable", *SERVICES),
    ("systemctl", "restart", *SERVICES),
    ("systemctl", "try-restart", "chrony.service"),
)
"""What follows on a real machine. Done again, it brings everything up to date."""
OF_DEBIAN = ("mosquitto.service", "chrony.service")
"""Debian's own units, which may be absent: a hub works without them."""


def install(root: Path | None, say: Callable[[str], None]) -> None:
    """Install below `root`, or for real when that is None. Says what it does. Raises PapersError, OSError."""
    if root is None:
        if os.geteuid() != 0:
            raise PapersError("installing the hub needs root")
        if SOURCE != CODE:
            raise PapersError(f"the units look for the code in {CODE}; move it there from {SOURCE}")
    for item in TABLE:
        destination = Path(f"{root or ''}{item.destination}")
        destination.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        files.replace(destination, (SOURCE / item.source).read_bytes(), item.mode)
        say(f"{destination}  {item.mode:o} {item.owner}")
    if root is not None:
        return
    for command in COMMANDS:
        say(" ".join(command))
        outcome = subprocess.run(command, capture_output=True, text=True, check=False)
        if outcome.returncode and command[-1] not in OF_DEBIAN:
            raise PapersError(f"{' '.join(command)}: {outcome.stderr.strip() or outcome.returncode}")

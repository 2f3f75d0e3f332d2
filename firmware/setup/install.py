"""`strongroom node install`: puts unit, user, folders and rules of a node in place on a Raspberry Pi."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SOURCE = Path(__file__).parents[2]
CODE = Path("/opt/strongroom")
"""Where the unit looks for the code."""
EXIT_NO_PERMISSION = 77
EXIT_UNAVAILABLE = 69
EXIT_CANNOT_CREATE = 73


class InstallError(Exception):
    """It could not be installed; `code` is the exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


class Item(NamedTuple):
    """One file: where it lies in the code, where it goes, its mode."""

    source: str
    destination: str
    mode: int


TABLE = (
    Item("systemd/strongroom-node.service", "etc/systemd/system/strongroom-node.service", 0o644),
    Item(
        "systemd/strongroom-.service.d/hardening.conf",
        "etc/systemd/system/strongroom-.service.d/hardening.conf",
        0o644,
    ),
    Item("systemd/node-clock.service", "etc/systemd/system/node-clock.service", 0o644),
    Item("systemd/strongroom-node.sysusers", "etc/sysusers.d/strongroom-node.conf", 0o644),
    Item("systemd/strongroom-node.tmpfiles", "etc/tmpfiles.d/strongroom-node.conf", 0o644),
    Item("systemd/60-strongroom.rules", "etc/udev/rules.d/60-strongroom.rules", 0o644),
)
CONFIG = "etc/strongroom/node.toml"
FOLDERS = {
    'state = "."': 'state = "/var/lib/strongroom-node"',
    'keys = "keys"': 'keys = "/var/lib/strongroom-node/keys"',
}
"""Lines of the example that differ on a real node: as tmpfiles makes the folders."""

COMMANDS = (
    ("systemd-sysusers", "/etc/sysusers.d/strongroom-node.conf"),
    ("systemd-tmpfiles", "--create", "/etc/tmpfiles.d/strongroom-node.conf"),
    ("udevadm", "control", "--reload"),
    ("udevadm", "trigger"),
    ("systemctl", "daemon-reload"),
    ("systemctl", "enable", "node-clock.service", "strongroom-node.service"),
)
"""What follows on a real machine. Done again, it brings everything up to date."""

NEXT = (
    f"Next: put the site's and the node's name into /{CONFIG}, then",
    "  strongroom node request --out REQUEST    and bring REQUEST to the hub",
    "  strongroom node accept ANSWER            with what the hub answered",
    "  systemctl start strongroom-node",
)


def install(root: Path) -> Iterator[str]:
    """Install below `root` (`/` for real, which needs root), and say what was done. Raises InstallError."""
    real = root == Path("/")
    if real and os.geteuid() != 0:
        raise InstallError("installing a node needs root: sudo strongroom node install", EXIT_NO_PERMISSION)
    if real and SOURCE != CODE:
        raise InstallError(f"the unit looks for the code in {CODE}; move it there from {SOURCE}", EXIT_UNAVAILABLE)
    try:
        for item in TABLE:
            destination = root / item.destination
            _copy(SOURCE / item.source, destination, item.mode)
            yield f"{destination}  {item.mode:o}"
        yield _first_config(root / CONFIG)
    except OSError as error:
        raise InstallError(f"{error.filename}: {error.strerror}", EXIT_CANNOT_CREATE) from None
    if real:
        for command in COMMANDS:
            yield " ".join(command)
            _call(command)
    yield from NEXT


def _copy(source: Path, destination: Path, mode: int) -> None:
    destination.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    beside = destination.with_name(f".{destination.name}.new")
    shutil.copyfile(source, beside)
    beside.chmod(mode)
    beside.replace(destination)


def _first_config(destination: Path) -> str:
    if destination.exists():
        return f"{destination}  is there already and stays as it is"
    text = (SOURCE / "firmware/node.example.toml").read_text("utf-8")
    for example, real in FOLDERS.items():
        text = text.replace(example, real)
    destination.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    destination.write_text(text, "utf-8")
    destination.chmod(0o644)
    return f"{destination}  644, from the example"


def _call(command: tuple[str, ...]) -> None:
    try:
        outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise InstallError(f"{command[0]}: {error.strerror}", EXIT_UNAVAILABLE) from None
    if outcome.returncode:
        raise InstallError(f"{' '.join(command)}: {outcome.stderr.strip() or outcome.returncode}", EXIT_UNAVAILABLE)

"""The password of whoever acts at the command line: typed by that person, on a terminal without being shown.

A demonstration, whose people are played, has made their passwords itself and reads them from its own list. No other
site has one.
"""

from __future__ import annotations

import getpass
import os
import stat
import sys
from pathlib import Path

from hub.site_directory.layout import Layout
from wire.command_line.run import Failure

LARGEST = 65_536


def of(layout: Layout, login: str) -> str:
    """The password that somebody shows for a login. Raises Failure, OSError."""
    known = _made_for_play(layout.logins).get(login)
    if known is not None:
        return known
    if sys.stdin.isatty():
        return getpass.getpass(f"password of {login}: ")
    line = sys.stdin.readline()
    if not line:
        raise Failure(f"nobody has shown the password of {login}; nothing was changed", os.EX_NOPERM)
    return line.rstrip("\n")


def _made_for_play(path: Path) -> dict[str, str]:
    """Passwords by login, from a list whose lines begin with both; none where there is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return {}
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise Failure(f"{path}: it holds passwords, and is not a file that you alone may read", os.EX_NOPERM)
        lines = file.read(LARGEST).decode("utf-8", "replace").splitlines()
    words = (line.split() for line in lines)
    return {one[0]: one[1] for one in words if len(one) > 1}

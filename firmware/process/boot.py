"""Boot id and clock of a node's process. One process start is one boot."""

from __future__ import annotations

import os
import secrets
import socket
import time

from firmware.core.effects import Now


class Boot:
    """A boot id, and milliseconds since this boot began."""

    def __init__(self) -> None:
        self.id = secrets.token_hex(8)
        self._began = time.monotonic()

    def mono(self) -> int:
        """Milliseconds since boot."""
        return int((time.monotonic() - self._began) * 1000)

    def now(self) -> Now:
        """Time since boot, and what the operating system's clock says."""
        return Now(self.mono(), max(0, int(time.time() * 1000)))


def tell_systemd(what: str) -> None:
    """Tell the service manager, such as ``READY=1``; without one this does nothing."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
            to.sendto(what.encode(), "\0" + address[1:] if address.startswith("@") else address)
    except OSError:
        return  # it watches us from outside as well

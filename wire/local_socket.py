"""Sockets in a folder of this machine, whose names may be longer than a socket's address holds (107 bytes)."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path


def listen(path: Path, callers: int, mode: int = 0o660) -> socket.socket:
    """A socket that takes calls without waiting; one that a killed process has left gives way. Raises OSError.

    By its mode whoever may enter the folder, and is of the group that the socket has from it, may call.
    """
    listening = socket.socket(socket.AF_UNIX)
    try:
        listening.setblocking(False)
        path.unlink(missing_ok=True)
        at_address(path, listening.bind)
        path.chmod(mode)
        listening.listen(callers)
    except OSError:
        listening.close()
        raise
    return listening


def call(path: Path, patience_s: float) -> socket.socket:
    """A connection to whoever listens there; every step of it waits so long. Raises OSError."""
    calling = socket.socket(socket.AF_UNIX)
    try:
        calling.settimeout(patience_s)
        at_address(path, calling.connect)
    except OSError:
        calling.close()
        raise
    return calling


def at_address(path: Path, use: Callable[[str], object]) -> None:
    """Bind or connect at a path of any length: its folder goes in by a descriptor. Raises OSError."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        use(f"/proc/self/fd/{folder}/{path.name}")
    finally:
        os.close(folder)

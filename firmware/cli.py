"""What every command of this side has in common."""

from __future__ import annotations


class CliError(Exception):
    """One clear line for the person who typed it, and the exit code (as sysexits.h names them)."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code

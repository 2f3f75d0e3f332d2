"""Runs work that needs large libraries in a process of its own, so that the console does not carry them.

Documents become PDF in one (Pango and fonts), calendars are cross-checked in another (two libraries with many tables).
One at a time: a page must not take the memory that alarms need.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys

PATIENCE_S = 60.0

log = logging.getLogger("strongroom.console")


class NotDone(RuntimeError):
    """The process failed, or took too long. Why is in the hub's log."""


class Subprocesses:
    """Runs modules of the hub as programs, one at a time."""

    def __init__(self) -> None:
        self._place = asyncio.Semaphore(1)

    async def run(self, module: str, *arguments: str, given: bytes = b"") -> bytes:
        """What the module writes to its standard output, with `given` on its standard input. Raises NotDone."""
        async with self._place:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-m",
                module,
                *arguments,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            try:
                made, said = await asyncio.wait_for(process.communicate(given), PATIENCE_S)
            except TimeoutError:
                raise NotDone(module) from None
            finally:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
        if process.returncode:
            log.error("%s failed: %s", module, said.decode(errors="replace")[-2000:])
            raise NotDone(module)
        return made

"""A process that checks passwords, one line in and one line out, so that nobody else stands still for it.

`python -m hub.sign_in.checking` is that process; `Checker` is whoever has it. It is started when the first password
comes, and ended when none has come for a while.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import IO, NamedTuple, Protocol

import msgspec

from hub.sign_in.passwords import LONGEST, Passwords
from wire import decoding

AT_ONCE = 16
"""Passwords that may wait; at ten a second that is as long as anybody waits for an answer."""
IDLE_MS = 60_000
COMMAND = (sys.executable, "-P", "-m", "hub.sign_in.checking")


class _Question(msgspec.Struct, array_like=True):
    job: int
    password: str
    kept: str | None


class Checked(NamedTuple):
    """What became of a password. `fits` None: the process died over it."""

    job: int
    fits: bool | None


class Checks(Protocol):
    """Checks passwords, here or elsewhere."""

    def check(self, password: str, kept: str | None, now: int) -> int | None:
        """Have a password checked; the number of the job, or None where too many wait. `now`: monotonic, in ms."""

    def checked(self, now: int) -> list[Checked]:
        """What has become of passwords since."""


class Checker:
    """Has passwords checked. Nothing of it ever waits."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting: list[int] = []
        self._came = bytearray()
        self._job = 0
        self._used_at = 0

    @property
    def sockets(self) -> list[IO[bytes]]:
        """What to select on, for reading."""
        return [self._process.stdout] if self._process and self._process.stdout else []

    def check(self, password: str, kept: str | None, now: int) -> int | None:
        """Have a password checked; the number of the job, or None where too many wait. `now`: monotonic, in ms."""
        if len(self._waiting) >= AT_ONCE:
            return None
        if self._process is None:
            self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            for pipe in (self._process.stdin, self._process.stdout):
                os.set_blocking(pipe.fileno(), False)  # type: ignore[union-attr]
        self._job += 1
        self._used_at = now
        self._waiting.append(self._job)
        line = msgspec.json.encode(_Question(self._job, password[: LONGEST + 1], kept)) + b"\n"
        # Sixteen lines of less than two kilobytes: a pipe holds them all.
        with contextlib.suppress(OSError):  # it has died: `checked` says so of every job
            os.write(self._process.stdin.fileno(), line)  # type: ignore[union-attr]
        return self._job

    def checked(self, now: int) -> list[Checked]:
        """What has become of passwords since."""
        if self._process is None:
            return []
        try:
            chunk = os.read(self._process.stdout.fileno(), 65_536)  # type: ignore[union-attr]
        except BlockingIOError:
            if not self._waiting and now - self._used_at > IDLE_MS:
                self.close()
            return []
        if not chunk:
            died, self._waiting = self._waiting, []
            self.close()
            return [Checked(job, None) for job in died]
        self._came += chunk
        *lines, rest = bytes(self._came).split(b"\n")
        self._came = bytearray(rest)
        done = [Checked(*decoding.decode(line, tuple[int, bool])) for line in lines]
        self._waiting = [job for job in self._waiting if job not in {one.job for one in done}]
        return done

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        self._came.clear()
        if process:
            process.kill()
            process.communicate()


def main() -> None:
    """Check the passwords that come on standard input until it ends."""
    passwords = Passwords()
    for line in sys.stdin.buffer:
        question = decoding.decode(line, _Question)
        answer = [question.job, passwords.fits(question.password, question.kept)]
        sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()

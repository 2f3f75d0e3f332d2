"""A desk for a command that works while no engine runs: this process does what the engine would, alone on the database.

Its lock keeps an engine from beginning until it is done; its fence keeps out whoever has lost one.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hub.door import protocol
from hub.door.bringing import root_key
from hub.door.desk import Desk, Times
from hub.door.protocol import Answer, AnyRequest, Asked
from hub.sign_in.checking import Checked
from hub.sign_in.passwords import Passwords
from hub.site_directory.hub import Hub, wall_ms
from hub.store import alone

TIDYING_S = 10.0
"""How long those who read are waited for, before what was erased is overwritten on the disk."""

Ask = Callable[[AnyRequest], Answer]


@contextmanager
def desk_of(hub: Hub) -> Iterator[Ask]:
    """Who answers in the engine's place. Another command that does so is waited for.

    Raises EngineRuns and what else `alone.maintaining` does, KeyFileError.
    """
    with alone.maintaining(hub.database(writes=True)) as ours:
        desk = Desk(hub.on(ours).service(), ours, _CheckedHere(), _now, root_key(hub.layout))

        def ask(request: AnyRequest) -> Answer:
            asked = Asked(v=protocol.VERSION, id=secrets.token_hex(16), ask=request)
            answer = desk.ask("admin", asked)
            return answer if answer is not None else desk.later()[0][1]

        try:
            yield ask
        finally:
            desk.tell(at_once=True)
            until = time.monotonic() + TIDYING_S
            while not desk.tidy() and time.monotonic() < until:
                time.sleep(0.05)


def _now() -> Times:
    return Times(wall_ms(), time.monotonic_ns() // 1_000_000)


class _CheckedHere:
    """Passwords, checked in this very process: nobody else waits for it."""

    def __init__(self) -> None:
        self._done: list[Checked] = []

    def check(self, password: str, kept: str | None, now: int) -> int:
        """See Checks."""
        self._done.append(Checked(1, Passwords().fits(password, kept)))
        return 1

    def checked(self, now: int) -> list[Checked]:
        """See Checks."""
        done, self._done = self._done, []
        return done

"""How long the engine takes to commit what it is asked for and to say so, while it has much else to do."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from hub.door import protocol
from hub.door.caller import Caller
from wire import messages as m

PAUSE_S = 0.05
PATIENCE_S = 60


@contextmanager
def asking(door: Path) -> Iterator[list[float]]:
    """Ask as a command does, some times a second, until the end. Gives the milliseconds of each, as they come."""
    took: list[float] = []
    ends = threading.Event()

    def run() -> None:
        with closing(Caller(door)) as caller:
            while not ends.wait(PAUSE_S):
                began = time.perf_counter()
                caller.do(protocol.Say(said=(m.SignInFailed(count=1),)), patience_s=PATIENCE_S)
                took.append((time.perf_counter() - began) * 1000)

    thread = threading.Thread(target=run, name="asking")
    thread.start()
    try:
        yield took
    finally:
        ends.set()
        thread.join(PATIENCE_S)

"""While one node sends as fast as it can: how long another's alarm takes, and what the engine needs."""

from __future__ import annotations

import time
from typing import NamedTuple

import msgspec
from sqlalchemy import func, select

from hub.store import session
from hub.store.tables import journal
from tests.bench import flow
from tests.bench.asking import asking
from tests.bench.chain import Chain
from tests.bench.delay import Delays, Probe
from tests.bench.place import PATIENCE_S, Place, end
from tests.bench.publisher import Job


class Flooded(NamedTuple):
    """What alarms took, and the milliseconds of each question that the engine was asked beside them."""

    alarms: Delays
    asked: list[float]


def flooded(place: Place, chain: Chain, signed: int, count: int) -> Flooded:
    """So many alarms of the first node, from the moment at which the last one begins to send so many signed records of
    places that no document knows, over and over. `chain` is the first node's."""
    job = Job(place.port, [flow.job(place, place.loud, Chain(place.loud.name, place.loud.key).invented(signed))], 0)
    file = place.root / "flood.json"
    file.write_bytes(msgspec.json.encode(job))
    probe = Probe(place, place.members[0], chain)
    flooder = place.start("flooder", "-m", "tests.bench.flooder", str(file))
    try:
        _wait_heard(place)
        with asking(place.layout.door("admin")) as asked:
            alarms = probe.alarms(count)
        return Flooded(alarms, asked)
    finally:
        probe.close()
        end(flooder)


def told(place: Place) -> int:
    """How often the journal says that a node floods."""
    return _count(place, journal.c.kind == "node-floods")


def _wait_heard(place: Place) -> None:
    until = time.monotonic() + PATIENCE_S
    while not _count(place, journal.c.author == place.loud.name):
        if time.monotonic() > until:
            raise TimeoutError("the flood did not begin")
        time.sleep(0.01)


def _count(place: Place, condition: object) -> int:
    query = select(func.count()).where(condition)  # type: ignore[arg-type]
    with session.reading(place.hub.database()) as connection:
        return int(connection.execute(query).scalar_one())

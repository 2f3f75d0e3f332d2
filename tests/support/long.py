"""A journal of years in seconds: entries of the usual mixture, appended with their tree, but signed by nobody.

python -m tests.support.long FILE ENTRIES      makes an SQLite database of so many
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine

from hub.ledger.append import Appending
from hub.store import session
from tests.support import fence
from wire import messages as m
from wire import notes

BEGAN = 1_700_000_000_000
EVERY_MS = 30_000
"""Between two entries: nearly three thousand a day."""
BATCH = 5000
NODES = 10
PEOPLE = 200
SIGNATURE = (
    "\n— demo/node Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
POINTS = tuple(f"archive/{name}" for name in ("corridor-door", "iron-gate", "security-door", "cabinet-1", "cabinet-2"))


def lengthen(database: Engine, entries: int) -> None:
    """Append so many entries."""
    made = _messages(entries)
    for _ in range(0, entries, BATCH):
        with session.writing(database) as connection:
            appending = Appending(connection)
            for message in islice(made, BATCH):
                text, time = m.encode(message), message.time if isinstance(message, m.Fact) else message.wall
                appending.append(text + SIGNATURE.encode(), notes.text_hash(text), message, time)
            appending.finish()


def _messages(entries: int) -> Iterator[m.Record | m.Fact]:
    seqs = dict.fromkeys(range(NODES), 0)
    for at in range(entries):
        time, node = BEGAN + at * EVERY_MS, at % NODES
        data = _data(at)
        if data is None or at % 500 == 499:
            fact = _fact(at)
            yield m.Fact(v=1, site="demo", by="engine", time=time, person=1000 + at % 7, data=fact)
            continue
        seqs[node] += 1
        yield m.Record(
            v=1, site="demo", node=f"node-{node}", life=1, boot=f"boot-{at // 100_000}", seq=seqs[node], mono=at * 7,
            wall=time, clock="trusted", prev="0" * 64, data=data,
        )  # fmt: skip


def _data(at: int) -> m.RecordData | None:
    person, area = 1000 + at * 7919 % PEOPLE, f"room-{at % NODES}"
    match at % 40:
        case 0:
            return m.Granted(reader=f"{area}/reader", credential="0" * 64, person=person)
        case 1:
            return m.Entered(area=area, person=person, inside=1)
        case 2:
            return m.Denied(reader=f"{area}/reader", credential="0" * 64, person=person, reason="schedule")
        case 3:
            return m.Left(area=area, by="reader", inside=0, person=person)
        case 4 | 5:
            return m.LevelChanged(point=f"{area}/door", was="normal", now="active", at=at)
        case 6 | 7:
            return m.OrderDone(order=at, what="access", sealed=())
        case 8:
            return None
    return m.Watch(area=area, sealing=1 + at // 50_000, points=POINTS, since=at, until=at + 60_000, gaps=())


def _fact(at: int) -> m.FactData:
    number = 1 + at // 2000
    if at % 500 != 499:
        return m.OrderIssued(node=f"node-{at % NODES}", life=1, order=at, what="access")
    match at // 500 % 4:
        case 0:
            return m.AlarmRaised(
                alarm=number, what="forced", klass="alarm", priority=2, place=f"room-{at % NODES}/door",
                area=f"room-{at % NODES}", sealing=None, happened=BEGAN + at, late=False, cause=at - 1, foretold=False,
            )  # fmt: skip
        case 1:
            return m.AlarmAcknowledged(alarm=number)
        case 2:
            return m.AlarmRepeated(alarm=number, happened=BEGAN + at, cause=at - 1)
    return m.SignedIn(person=1000 + at % 7)


def main() -> None:
    path, entries = Path(sys.argv[1]), int(sys.argv[2])
    lengthen(fence.made(f"sqlite:///{path}"), entries)


if __name__ == "__main__":
    main()

"""How many signed records a second the hub takes without falling behind, and whether each is journalled, in order."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

import msgspec
from sqlalchemy import select

from firmware.outbox.records import Signed
from hub.ledger.append import message_of
from hub.store import session
from hub.store.tables import journal
from tests.bench.chain import Chain
from tests.bench.place import SITE, Member, Place
from tests.bench.publisher import Answer, Job, NodeJob
from wire import messages as m
from wire import topics

LAG_MOST_S = 0.25
"""A rate is sustained when in the last quarter half of the records have their receipt within this time …"""
LAG_GROWTH_S = 0.1
"""… and it has not grown by more than this since the first quarter."""


class Stream(NamedTuple):
    """One stream of records. Lags in milliseconds: from the time a record was due until its receipt; of all, and the
    median of the first and the last quarter."""

    offered: float
    rate: float
    again: int
    unreceipted: int
    lag_p50: float = 0
    lag_p99: float = 0
    lag_first: float = 0
    lag_last: float = 0

    @property
    def sustained(self) -> bool:
        """Whether the hub kept up."""
        growth = self.lag_last - self.lag_first
        return not self.unreceipted and self.lag_last <= LAG_MOST_S * 1000 and growth <= LAG_GROWTH_S * 1000


class Faults(NamedTuple):
    """What the journal says afterwards, compared with what was signed."""

    expected: int
    lost: int
    doubled: int
    disordered: int

    @property
    def none(self) -> bool:
        """Everything once and in order."""
        return not (self.lost or self.doubled or self.disordered)


def stream(place: Place, chains: list[Chain], count: int, rate: float) -> Stream:
    """Send `count` records in all at that rate; 0: as fast as they are taken."""
    file = place.root / "job.json"
    file.write_bytes(msgspec.json.encode(Job(place.port, _sign(place, chains, count // len(chains)), rate)))
    words = [sys.executable, "-m", "tests.bench.publisher", str(file)]
    done = subprocess.run(words, capture_output=True, check=True)
    answer = msgspec.json.decode(done.stdout, type=Answer)
    taken = answer.sent - answer.again - answer.unreceipted
    lags = [lag * 1000 for _, lag in sorted(answer.lags)]
    found = Stream(rate, taken / answer.seconds, answer.again, answer.unreceipted)
    if len(lags) < 100:
        return found
    quarter = len(lags) // 4
    return found._replace(
        lag_p50=statistics.median(lags),
        lag_p99=statistics.quantiles(lags, n=100)[98],
        lag_first=statistics.median(lags[:quarter]),
        lag_last=statistics.median(lags[-quarter:]),
    )


def check(place: Place, chains: list[Chain]) -> Faults:
    """Compare the journal with what was signed."""
    query = select(journal.c.author, journal.c.seq, journal.c.text_hash).order_by(journal.c.idx)
    found: dict[str, list[tuple[int, str]]] = {chain.name: [] for chain in chains}
    with session.reading(place.hub.database()) as connection:
        for author, seq, text_hash in connection.execute(query):
            if author in found:
                found[author].append((seq, text_hash))
    lost = doubled = disordered = 0
    for chain in chains:
        rows = found[chain.name]
        wanted = list(enumerate(chain.hashes, 1))
        lost += len(set(wanted) - set(rows))
        doubled += len(rows) - len(set(rows))
        disordered += sum(one[0] > other[0] for one, other in pairwise(rows))
    return Faults(sum(chain.seq for chain in chains), lost, doubled, disordered)


def unalarmed(place: Place, causes: list[int]) -> int:
    """How many of these entries are not followed at once by the alarm that they are the cause of."""
    query = select(journal.c.idx, journal.c.note, journal.c.author).where(journal.c.kind.like("alarm-r%"))
    with session.reading(place.hub.database()) as connection:
        rows = connection.execute(query).all()
    facts = {row.idx: message_of(row.note, row.author).data for row in rows}
    told = (m.AlarmRaised, m.AlarmRepeated)
    return sum(not isinstance(found := facts.get(at + 1), told) or found.cause != at for at in causes)


def _sign(place: Place, chains: list[Chain], count: int) -> list[NodeJob]:
    """Sign ahead what each node is to send."""
    jobs = []
    for member, chain in zip(place.members, chains, strict=True):
        first = chain.seq + 1
        jobs.append(job(place, member, chain.everyday(count), first))
    return jobs


def job(place: Place, member: Member, signed: Iterable[Signed], first: int = 1) -> NodeJob:
    """What a node is to send, the first of which has that number."""
    file = place.root / f"{member.name}.notes"
    file.write_bytes(msgspec.msgpack.encode([made.note for made in signed]))
    return NodeJob(
        name=member.name,
        authority=str(member.papers.authority),
        certificate=str(member.papers.certificate),
        key=str(member.papers.key),
        record_topic=topics.record(SITE, member.name),
        receipt_topic=topics.receipt(SITE, member.name),
        file=str(file),
        first=first,
    )

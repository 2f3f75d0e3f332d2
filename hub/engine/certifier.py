"""Makes certificates in the engine, a little at each turn: the journal of a whole holiday must not hold up an alarm."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from typing import Any

from sqlalchemy import Connection, Engine, select

from hub.core.journal.requests import Actor
from hub.core.sealing import certificate
from hub.core.sealing.sealed_time import Collector, Ledger
from hub.core.site import lookups
from hub.core.site.document import Site
from hub.core.state import Sealing, State
from hub.core.when import dated
from hub.ledger import rotation
from hub.ledger.append import Appending, message_of
from hub.service import Outcome, Service
from hub.store import certificates, entries, session
from hub.store.entries import Wanted
from hub.store.tables import journal
from wire import messages as m
from wire import notes, tlog
from wire.checkpoint import Checkpoint
from wire.keys import SigningKey

CHUNK = 100
"""Entries that are read at one turn: some milliseconds."""
OF_THE_HUB = ("node-silent", "node-back", "engine-started", "broker-lost", "broker-back")
"""Facts that the ledger needs, besides the records of the area's nodes."""


class Certifier:
    """The certificate being made. `turn` is called repeatedly and does a bounded amount of work."""

    def __init__(self, database: Engine, service: Service, signer: SigningKey) -> None:
        self._database = database
        self._service = service
        self._signer = signer
        self._work: Iterator[Outcome | None] | None = None
        self._under_way = (0, "")
        self._given_up: set[tuple[int, str]] = set()

    def turn(self, state: State, site: Site) -> Outcome | None:
        """Go on with the certificate that is due, if there is one. What was committed, once it is made. Raises whatever
        it fails over, once for each certificate."""
        if self._work is None:
            wanted = due(state, self._given_up)
            if wanted is None:
                return None
            self._under_way = (wanted.number, wanted.certificate)
            self._work = self._make(wanted, site)
        try:
            outcome = next(self._work)
        except Exception:
            # Paper that cannot be made must not stop the watch: it is tried again when the engine starts anew.
            self._given_up.add(self._under_way)
            self._work = None
            raise
        if outcome is not None:
            self._work = None
        return outcome

    def _make(self, sealing: Sealing, site: Site) -> Iterator[Outcome | None]:
        ledger: Ledger | None = None
        if sealing.certificate:
            collected = self._collect(sealing, site)
            for ledger in collected:
                if ledger is None:
                    yield None
        state, site = self._service.look()
        half: m.Half = "closed" if ledger else "sealed"
        with session.reading(self._database) as connection:
            appending = Appending(connection)
            origin = rotation.named(connection).origin
        at = Checkpoint(origin, appending.size, tlog.root(appending.frontier))
        body = certificate.make(state, site, sealing, at, ledger)
        text = certificate.encode(body)
        note = self._signer.sign(text)
        slip = self._signer.sign(certificate.encode(certificate.slip(body)))
        sha256 = notes.text_hash(text)
        fact = m.CertificateMade(sealing=sealing.number, area=sealing.area, half=half, size=at.size, sha256=sha256)
        keep: Callable[[Connection], None] = lambda connection: certificates.keep(  # noqa: E731
            connection, sealing.number, half, sha256, note, slip
        )
        yield self._service.act(Actor("engine"), fact, beside=keep)

    def _collect(self, sealing: Sealing, site: Site) -> Iterator[Ledger | None]:
        """Read the journal from the sealing's first entry on; its ledger comes last."""
        points = {
            one.place: one.node for one in site.point if one.area == sealing.area and lookups.guards(site, one.place)
        }
        collector = Collector(sealing.area, sealing.number, points, sealing.exceptions)
        authors = sorted(set(points.values()))
        streams = [*([journal.c.author == one] for one in authors), *([journal.c.kind == one] for one in OF_THE_HUB)]
        query = select(journal.c.idx, journal.c.note, journal.c.author, journal.c.hub_time)
        after = sealing.began - 1
        while True:
            with session.reading(self._database) as connection:
                found = entries.merged(connection, streams, Wanted(after), CHUNK, newest_first=False)
                rows: list[Any] = list(connection.execute(query.where(journal.c.idx.in_(found))))
            rows.sort(key=lambda row: row.idx)
            for row in rows:
                message = message_of(row.note, row.author)
                if isinstance(message, m.Record):
                    collector.record(dated(message, row.hub_time))
                else:
                    collector.fact(message)
            if len(rows) < CHUNK:
                break
            after = rows[-1].idx
            yield None
        start = sealing.sealed_at or 0
        yield collector.ledger(start, max(start, sealing.ended_at or start))


def due(state: State, given_up: Container[tuple[int, str]] = ()) -> Sealing | None:
    """The sealing whose certificate, or closing half, is to be made next."""
    for one in state.all(Sealing):
        wanted = one.sealed_at is not None and (not one.certificate or (one.state == "closed" and not one.closing))
        if wanted and (one.number, one.certificate) not in given_up:
            return one
    return None

"""One journal that holds all that may be said: every kind of record and fact, with each field at each of its bounds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_args
from unittest.mock import patch

import msgspec

from hub.core.journal import requests
from hub.core.nodes.sequence import Verdict
from hub.ledger.append import Appending
from hub.service import Outcome
from hub.store import session
from tests.support.hub import FakeNode, House
from tests.wire.book import edges
from wire import messages as m
from wire import notes
from wire.book import rules

AT_LEAST = 20
"""Entries of each kind."""
OURS = {"point": "archive/corridor-door", "reader": "archive/reader", "area": "archive", "node": "archive-1"}
"""What the demonstration's site has."""


def of(kind: type[m.Data]) -> list[dict[str, Any]]:
    """What may be said of a kind: all that the decoder takes, every other time of what is there; at least so many."""
    said = [body for _how, body in edges.bodies(kind) if _taken(kind, body)]
    if len(said) % 2 == 0:
        said.append(said[0])  # so that each is of what is there when all is said again
    many = (said * AT_LEAST)[: max(AT_LEAST, len(said))]
    return [body if at % 2 else {**body, **_here(body)} for at, body in enumerate(many)]


def _here(body: dict[str, Any]) -> dict[str, Any]:
    return {name: place for name, place in OURS.items() if name in body}


def _taken(kind: type[m.Data], body: dict[str, Any]) -> bool:
    around = m.Record if kind in get_args(m.RecordData) else m.Fact
    text = json.dumps({**edges.whole(around), "data": body}).encode() + b"\n"
    try:
        m.decode(text, around)
    except m.Unreadable:
        return False
    return True


def tell(house: House, kind: type[m.Data], node: str = "archive-1") -> list[Verdict]:
    """A node says all of a kind of record; what became of each. Numbers of losses and lives are made to fit."""
    verdicts = []
    for body in of(kind):
        outcome = house.engine.take([_signed(house, house.node(node), kind, body)])
        verdicts += outcome.verdicts
        house.clock.forward(1)
    return verdicts


def _signed(house: House, node: FakeNode, kind: type[m.Data], body: dict[str, Any]) -> Any:
    life = house.engine.look()[0].life(node.name)
    assert life is not None
    node.life, node.seq, node._prev = life.life, life.seq, life.hash
    if kind is m.CannotFill:
        body = {**body, "first": life.seq + 1, "last": life.seq + 1}
    if kind is m.RolledBack:
        node.life, node.seq, node._prev = life.life + 1, 0, ""
        body = {**body, "hub_life": life.life}
    return node.record(msgspec.convert(body, kind))  # type: ignore[arg-type]


def note(house: House, kind: type[m.Data]) -> Iterator[Outcome]:
    """All of a kind of fact comes about as such facts do, only that whatever is asked for or brought is accepted."""
    by = _author(kind)
    with patch.object(requests, "accept", lambda _state, _site, _actor, wanted: wanted):
        for body in of(kind):
            data = _fact(house, kind, body, by).data
            yield house.engine.note(data) if by == "engine" else house.fact(data, by)
            house.clock.forward(1)


def append(house: House, kind: type[m.Data]) -> None:
    """All of a kind of fact stands in the journal, whatever the rules of today make of it."""
    by = _author(kind)
    key = house.hub.key("engine")
    with session.writing(house.database) as connection:
        appending = Appending(connection)
        for body in of(kind):
            fact = _fact(house, kind, body, by)
            text = m.encode(fact)
            appending.append(key.sign(text), notes.text_hash(text), fact, fact.time)
        appending.finish()


def _fact(house: House, kind: type[m.Data], body: dict[str, Any], by: m.Service) -> m.Fact:
    if kind is m.SiteApplied:
        body = {**body, "version": house.engine.look()[0].meta.site_version}  # another one has no document beside it
    data: Any = msgspec.convert(body, kind)
    return m.Fact(v=1, site=house.hub.site, by=by, time=house.clock(), person=None, data=data)


def _author(kind: type[m.Data]) -> m.Service:
    """The first who may bring such a fact, under a key that there is today."""
    tag = str(kind.__struct_config__.tag)
    return next(by for by in m.SERVICES if any(rules.newest().may_sign(tag, by, key) for key in rules.SIGN))

"""The table of kinds says what the messages say: for every kind and every field, at its bounds and beyond them."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from tests.wire.book import edges
from wire import messages as m
from wire.book import reading, rules

RECORDS, FACTS = get_args(m.RecordData), get_args(m.FactData)


def line(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode() + b"\n"


def decoder_takes(text: bytes, kind: type[m.Message]) -> bool:
    try:
        m.decode(text, kind)
    except m.Unreadable:
        return False
    return True


def book_takes(text: bytes) -> bool:
    try:
        body = reading.read(text)
    except ValueError:
        return False
    return body.known or body.rules > rules.NEWEST


def compare(text: bytes, kind: type[m.Message], how: str) -> bool:
    taken = decoder_takes(text, kind)
    assert book_takes(text) == taken, f"{how}: the decoder {'takes' if taken else 'refuses'} it, the book does not"
    return taken


@pytest.mark.parametrize("data", [*RECORDS, *FACTS], ids=lambda one: str(one.__struct_config__.tag))
def test_whatever_stands_in_a_field_of_a_kind_both_readers_take_it_or_neither(data: type[m.Data]) -> None:
    around: type[m.Message] = m.Record if data in RECORDS else m.Fact
    envelope = edges.whole(around)
    verdicts = [compare(line({**envelope, "data": said}), around, how) for how, said in edges.bodies(data)]
    assert verdicts[0], "what is as it should be is taken"
    assert not all(verdicts)


@pytest.mark.parametrize("around", [m.Record, m.Fact])
def test_whatever_stands_around_it_both_readers_take_it_or_neither(around: type[m.Message]) -> None:
    data = edges.whole(m.Sounded if around is m.Record else m.NodeSilent)
    taken = refused = 0
    for how, envelope in edges.bodies(around):
        if envelope.get("node") in m.SERVICES:
            continue
        verdict = compare(line({**envelope, "data": data}), around, how)
        taken, refused = taken + verdict, refused + (not verdict)
    assert min(taken, refused) > 20


@pytest.mark.parametrize("service", m.SERVICES)
def test_no_node_is_named_like_a_service(service: str) -> None:
    assert not book_takes(line({**edges.whole(m.Record), "node": service, "data": edges.whole(m.Sounded)}))


def test_every_kind_of_a_record_is_none_of_a_fact() -> None:
    for kinds, around in ((RECORDS, m.Fact), (FACTS, m.Record)):
        for data in kinds:
            assert not book_takes(line({**edges.whole(around), "data": edges.whole(data)})), data

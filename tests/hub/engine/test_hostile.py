"""Whatever a node may say by the contract, with every number at its bounds: it is taken and judged, the state can be
folded anew, and whoever is told of it gets words."""

from __future__ import annotations

import typing
from email.policy import SMTP
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.admin import rebuild
from hub.cli import common
from hub.console.words import texts
from hub.core.journal.machine import Arrival
from hub.core.state import Alarm, Notice
from hub.notify.channels import letters, syslog
from hub.notify.channels.channel import Contact, Letter
from hub.service import Service
from hub.store import session
from tests.support.databases import StoreHouse
from tests.support.hub import Clock, FakeNode
from tests.wire.test_messages import of
from wire import messages as m
from wire import notes

PLACES = ("archive/iron-gate", "archive/lid", "archive/reader", "cipher-room/safe-door", "cipher-room/safe-seal", "x/y")
NAMES = ("archive", "cipher-room", "archive-1", "cipher-1", "x")
OWN: dict[Any, tuple[Any, ...]] = {m.Place: PLACES, m.Name: NAMES, m.Person: (1, 1001, 1003, 10**9)}


def hostile(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a type that are as far out as it lets them be, or hit what is there."""
    if hint in OWN:
        return st.sampled_from(OWN[hint])
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated and args[0] is int:
        return st.sampled_from((args[1].ge, args[1].le, args[1].le - 1, 1, 2, 3))
    if origin is typing.Annotated and typing.get_origin(args[0]) is tuple:
        return hostile(args[0])
    if origin is tuple:
        several = args[-1] is ...
        return st.lists(hostile(args[0]), max_size=3).map(tuple) if several else st.tuples(*map(hostile, args))
    if origin is dict:
        return st.dictionaries(hostile(args[0]), hostile(args[1]), max_size=3)
    if isinstance(hint, type) and issubclass(hint, m.Message):
        hints = typing.get_type_hints(hint, include_extras=True)
        return st.builds(hint, **{name: hostile(one) for name, one in hints.items()})
    if args and origin not in (typing.Annotated, typing.Literal):  # a union
        return st.one_of(*map(hostile, args))
    return of(hint)


class AnyHouse(typing.Protocol):
    """A hub with a clock, whatever it is kept in."""

    engine: Service
    clock: Clock


class Envelope(typing.NamedTuple):
    """What surrounds what a record says."""

    wall: int
    mono: int
    clock: m.ClockTrust


ENVELOPES = st.builds(Envelope, hostile(m.Wall), hostile(m.Uptime), hostile(m.ClockTrust)) | st.none()
DATA = typing.get_args(m.RecordData)


def sign(house: StoreHouse, node: FakeNode, data: m.RecordData, around: Envelope | None) -> Arrival:
    """The node's next record, signed. The decoder takes it: there is no other way in."""
    life = house.engine.look()[0].life(node.name)
    assert life is not None
    node.seq, node._prev = life.seq, life.hash
    record = node.record(data).record
    text = m.encode(replace(record, **around._asdict()) if around else record)
    return Arrival(node.key.sign(text), m.decode(text, m.Record), notes.text_hash(text), str(node.key.public))


def answers(house: AnyHouse) -> None:
    """Everything that turns what is there into words."""
    state, site = house.engine.look()
    said = texts.load_all()
    for alarm in state.all(Alarm):
        notice = Notice(1, 1, (alarm.number,), 0, 0, "sms", None, "queued", house.clock(), drill=False)
        letter = Letter(notice, False, (alarm,), site, Contact("", "duty@example.org"), house.clock())
        assert letters.short(letter)
        assert letters.mail(letter, "hub@example.org").as_bytes(policy=SMTP)
        assert syslog.line_message(letter, alarm, "demo")
        for wall in (alarm.happened, alarm.last_happened, alarm.raised_at):
            assert texts.short_time(wall, site.zone)
            assert common.iso(wall)
            assert common.local(wall, site.zone)
            assert said["zh"].long_time(wall, site.zone)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example([(m.OrderRefused(order=1, mark=m.LARGEST_NUMBER, reason="old-number"), None)])
@example([(m.OrderDone(order=1, what="", sealed=(m.SealedArea(area="archive", sealing=m.LARGEST_NUMBER),)), None)])
@given(st.lists(st.tuples(st.sampled_from(DATA).flatmap(hostile), ENVELOPES), min_size=1, max_size=6))
def test_whatever_the_decoder_takes_is_judged_and_the_state_can_be_folded_anew(
    house: StoreHouse, said: list[tuple[m.RecordData, Envelope | None]]
) -> None:
    node = house.node("archive-1")
    for data, around in said:
        outcome = house.engine.take([sign(house, node, data, around)])
        assert outcome.verdicts[0] in ("next", "beyond")
        assert not [fact for fact in outcome.facts if isinstance(fact, m.NotJudged)]
        house.clock.forward(1)
    answers(house)
    with session.reading(house.database) as connection:
        assert rebuild.differences(connection, rebuild.fold_journal(connection, lambda _size: None)) == []

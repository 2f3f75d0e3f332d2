"""No site document is taken that a node could not be told of, and nothing that passes is ever too large to send."""

from __future__ import annotations

import bisect
from functools import cache

import msgspec
import pytest
from msgspec.structs import replace

from hub.core.nodes import order_content
from hub.core.site import order_sizes, rules
from hub.core.site.document import Point, Site
from hub.core.site.mistakes import Mistake
from hub.documents import site as site_file
from tests.support.crowd import crowd
from tests.support.paper import PaperHub, demo_site
from wire import board, keys
from wire import messages as m

BOARD = board.load()


def mistakes(people: int) -> list[Mistake]:
    return rules.check(crowd(people), BOARD)


@cache
def most() -> int:
    """The largest bureau that passes."""
    return bisect.bisect_left(range(3000), True, key=lambda people: bool(mistakes(people))) - 1


def order(people: int, what: str) -> bytes:
    """What the engine would send to the archive's node, signed, with as many approvals as there may be."""
    house = PaperHub(msgspec.json.decode(site_file.stored(crowd(people), bytes(32)), type=Site))
    house.node("archive-1")
    data = order_content.compose(house.state, house.site, BOARD, "archive-1", what, house.clock())
    if isinstance(data, m.AccessList):
        data = replace(data, approvals=order_sizes.most_approvals(house.site, "archive-1"))
    made = m.Order(v=1, site="demo", node="archive-1", life=1, boot="0" * 32, number=9, until=9, data=data)
    return keys.make("demo/engine").sign(m.encode(made))


def test_a_thousand_people_fit() -> None:
    assert most() > 1000


def test_the_largest_bureau_that_passes_can_be_told_to_its_nodes_and_some_more_people_could_not() -> None:
    assert m.fits(m.Order, order(most(), "access"))
    assert not m.fits(m.Order, order(most() * 101 // 100, "access"))


def test_whoever_may_unset_the_area_takes_room_on_the_list_too() -> None:
    site = crowd(most() - 10)
    assert rules.check(site, BOARD) == []
    enter = tuple(grant.cardholder for grant in site.grant if "archive" in grant.areas)
    archive, *others = site.area
    archive = replace(archive, opens=enter)
    (mistake,) = rules.check(replace(site, area=(archive, *others)), BOARD)
    assert mistake.place == "node archive-1"


def test_the_mistake_names_the_node_the_size_and_the_limit() -> None:
    (mistake,) = mistakes(most() + 1)
    assert mistake.place == "node archive-1"
    assert "access list" in mistake.sentence
    assert f"a node takes {m.MAX_ORDER}" in mistake.sentence
    assert f"{most() + 1 + 8} people with a badge" in mistake.sentence


def test_each_node_that_could_not_be_told_is_a_mistake_of_its_own() -> None:
    """Everybody with a badge is on every list, also without a right there."""
    assert [one.place for one in mistakes(4000)] == ["node archive-1", "node cipher-1", "node computer-1"]


@pytest.mark.parametrize("what", ["plan", "sealed"])
def test_what_depends_on_no_number_of_people_is_far_from_the_limit(what: str) -> None:
    """A node has as many points as its board has terminals."""
    assert len(order(10, what)) < m.MAX_ORDER // 10


def full_node() -> PaperHub:
    """The archive's node with a point of the longest names on every terminal, each in an area of its own."""
    site = demo_site()
    (first, *_) = [one for one in site.area if one.name == "archive"]
    points, areas = [], []
    for terminal in BOARD.terminal:
        area = f"{terminal.number:032}"
        areas.append(replace(first, name=area, doors=()))
        points.append(
            Point(
                area=area, name="x" * 32, title="", kind="seal", node="archive-1", terminal=terminal.number,
                input=terminal.input,
            )
        )  # fmt: skip
    return PaperHub(replace(site, area=tuple(areas), point=tuple(points), reader=()))


def test_a_full_board_with_the_longest_names_can_be_told_and_can_tell_everything() -> None:
    house = full_node()
    places = [point.place for point in house.site.point]
    sealed = tuple(m.SealedArea(area=area.name, sealing=m.LARGEST_COUNT) for area in house.site.area)
    plan = order_content.compose(house.state, house.site, BOARD, "archive-1", "plan", house.clock())
    assert len(m.encode(plan)) < m.MAX_ORDER // 2
    most, text = m.LARGEST_COUNT, "\U0001f6aa" * 500
    gaps = tuple((most, most) for _ in range(60))  # one a second, each of over a second
    for data in (
        m.Started(version=text, factory=text, plan=most, sealed=sealed),
        m.OrderDone(order=most, what=text, sealed=sealed),
        m.Watch(area="x" * 32, sealing=most, points=tuple(places), since=most, until=most, gaps=gaps),
        m.SealBaseline(area="x" * 32, sealing=most, ohms=dict.fromkeys(places, most)),
        m.Attended(reader=places[0], credential="0" * 64, person=10**9, alarms=(most,) * m.NAMED_ALARMS),
        m.Overflow(since=most, until=most, lost={f"{at:032}": most for at in range(50)}),
    ):
        assert m.fits(m.Record, record(data)), data
    here = m.Here(
        uptime=most, seq=most, hash="0" * 64, freed=most, levels=dict.fromkeys(places, "open-circuit"), sealed=sealed,
        sounding=True, plan=most, access=most, mark=most, echo=m.Echo(boot="x" * 32, number=most),
        checkpoint=m.Head(size=most, root="0" * 64),
    )  # fmt: skip
    beat = m.Beat(v=1, site="x" * 32, node="x" * 32, life=most, boot="x" * 32, wall=most, clock="untrusted", data=here)
    assert m.fits(m.Beat, keys.make("x" * 32 + "/" + "x" * 32).sign(m.encode(beat)))


def record(data: m.RecordData) -> bytes:
    most = m.LARGEST_COUNT
    made = m.Record(
        v=1, site="x" * 32, node="x" * 32, life=most, boot="x" * 32, seq=most, mono=most, wall=most, clock="untrusted",
        prev="0" * 64, data=data,
    )  # fmt: skip
    return keys.make("x" * 32 + "/" + "x" * 32).sign(m.encode(made))

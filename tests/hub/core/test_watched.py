"""What speaks against a node, a point and an area, and which of it is told: what is its own before what is
everybody's."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from hub.core import watched
from hub.core.state import Life
from hub.core.watched import SILENT_MS, BeatsHeard, Engine, Known, Unwatched
from tests.support.paper import NOON, PaperHub

HEARD = Engine("heard", NOON)
NODE, AREA = "archive-1", "archive"


@pytest.fixture
def known() -> Known:
    """Everything is well."""
    house = PaperHub()
    for node in house.site.nodes:
        house.node(node)
    return Known(house.site, HEARD, {life.node: life for life in house.state.all(Life)})


def but(known: Known, **changes: object) -> Known:
    """The archive's node is of another life."""
    return known._replace(lives={**known.lives, NODE: replace(known.lives[NODE], **changes)})


def test_where_everything_is_heard_everything_is_watched(known: Known) -> None:
    assert watched.node(known, NODE) is None
    assert all(watched.point(known, point) is None for point in known.site.point)
    assert watched.area(known, AREA) == ({}, {}, False, None)


def test_a_node_that_was_never_let_in_is_not_watched(known: Known) -> None:
    assert watched.node(known._replace(lives={}), NODE) == Unwatched("not-enrolled", None)


def test_what_the_journal_says_of_a_node_counts_in_this_order(known: Known) -> None:
    known = but(known, silent=True, unheard_since=NOON)
    assert watched.node(known, NODE) == Unwatched("silent", NOON)
    known = but(known, boot="")
    assert watched.node(known, NODE) == Unwatched("never-heard", NOON)
    known = but(known, revoked=True)
    assert watched.node(known, NODE) == Unwatched("revoked", NOON)


def test_an_engine_that_is_not_heard_hears_no_node(known: Known) -> None:
    assert watched.node(known._replace(engine=Engine("waiting", None)), NODE) == Unwatched("engine-waiting", None)
    assert watched.node(known._replace(engine=Engine("silent", NOON)), NODE) == Unwatched("engine-silent", NOON)


def test_without_the_broker_nobody_hears_a_node(known: Known) -> None:
    assert watched.node(known._replace(broker_lost=NOON), NODE) == Unwatched("broker-lost", NOON)


def test_what_is_a_nodes_own_is_told_before_what_is_everybodys(known: Known) -> None:
    everything = but(known, silent=True, unheard_since=1)._replace(engine=Engine("silent", 2), broker_lost=3)
    assert watched.node(everything, NODE) == Unwatched("silent", 1)
    assert watched.node(everything, "cipher-1") == Unwatched("engine-silent", 2)


@pytest.mark.parametrize(("late", "why"), [(0, None), (1, "unheard")])
def test_whoever_listens_himself_takes_no_silence_for_a_sign_of_life(known: Known, late: int, why: str | None) -> None:
    """From when he was heard last, or from when somebody began to listen."""
    for nodes, since in (({}, NOON), ({NODE: NOON + 5}, NOON + 5)):
        found = watched.node(known._replace(beats_heard=BeatsHeard(since + SILENT_MS + late, NOON, nodes)), NODE)
        assert found == (Unwatched("unheard", since) if why else None)


def test_a_node_that_cannot_read_its_loops_still_watches_what_is_on_two_states(known: Known) -> None:
    known = known._replace(loops={NODE: NOON})
    for point in known.site.point:
        of_a_loop = point.node == NODE and point.input == "supervised"
        assert watched.point(known, point) == (Unwatched("loops", NOON) if of_a_loop else None)
    seen = watched.area(known, AREA)
    assert (seen.nodes, seen.whole, seen.unwatched) == ({}, False, Unwatched("loops", NOON))
    assert 0 < len(seen.points) < len([point for point in known.site.point if point.area == AREA])


def test_an_area_whose_only_node_is_silent_is_watched_nowhere(known: Known) -> None:
    seen = watched.area(but(known, silent=True, unheard_since=NOON), AREA)
    assert seen.whole
    assert seen.unwatched == Unwatched("silent", NOON)
    assert set(seen.points) == {place for place in known.site.points if place.startswith("archive/")}
    assert watched.area(but(known, silent=True), "cipher-room").unwatched is None


def test_an_area_with_nothing_in_it_is_not_watched(known: Known) -> None:
    assert watched.area(known, "attic") == ({}, {}, True, Unwatched("nothing-there", None))

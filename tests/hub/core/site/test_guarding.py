"""How areas are guarded on ordinary days, as the site document says it and as nodes are told."""

from __future__ import annotations

from typing import Any

import pytest

from hub.core.site import guarding
from hub.core.site.document import Site
from tests.support.draft import Draft
from wire import messages as m

WEEK = (0, 1, 2, 3, 4)


def guard(site: Site, area: str = "archive", node: str = "archive-1") -> m.Guarding:
    (found,) = [one for one in guarding.guards_for(site, node) if one.area == area]
    return found


def windows(draft: Draft, *spans: tuple[list[str], str, str]) -> None:
    """The office's hours are these."""
    draft.document["schedule"][0]["windows"] = [{"days": days, "start": a, "end": b} for days, a, b in spans]


def own_hours(draft: Draft, *spans: tuple[list[str], str, str]) -> None:
    """The archive has hours of its own."""
    draft.add("schedule", name="own", windows=[{"days": days, "start": a, "end": b} for days, a, b in spans])
    draft.area("archive")["hours"] = "own"


def test_an_area_has_the_offices_hours_and_one_around_them_without_the_lunch_break(demo: Site) -> None:
    assert guard(demo) == m.Guarding(
        area="archive",
        decides=True,
        hours=(m.Window(days=WEEK, start=7 * 60 + 30, end=18 * 60 + 30),),
        office=(m.Window(days=WEEK, start=8 * 60 + 30, end=17 * 60 + 30),),
        outside="two",
        close=15,
    )


def test_each_day_has_its_own_hours(draft: Draft) -> None:
    windows(draft, (["mon", "wed"], "09:00", "17:00"), (["fri"], "09:00", "12:00"))
    assert guard(draft.site()).hours == (
        m.Window(days=(0, 2), start=8 * 60, end=18 * 60),
        m.Window(days=(4,), start=8 * 60, end=13 * 60),
    )


def test_they_do_not_reach_into_another_day(draft: Draft) -> None:
    windows(draft, (["mon"], "00:20", "23:30"))
    assert guard(draft.site()).hours == (m.Window(days=(0,), start=0, end=1440),)
    assert guard(draft.site()).office == (m.Window(days=(0,), start=20, end=23 * 60 + 30),)


def test_hours_of_its_own_are_as_they_are_written_and_those_of_others_are_not_changed(draft: Draft) -> None:
    own_hours(draft, (["sat", "sun"], "10:00", "12:00"), (["sat"], "13:00", "14:00"))
    assert guard(draft.site()).hours == (
        m.Window(days=(5, 6), start=600, end=720),
        m.Window(days=(5,), start=780, end=840),
    )
    assert guard(draft.site(), "computer-room", "computer-1").hours[0].days == WEEK


def test_an_area_closes_with_the_office_and_where_that_rests_with_its_own_hours(draft: Draft) -> None:
    own_hours(draft, (["fri", "sat"], "10:00", "12:00"), (["sat"], "13:00", "22:00"))
    assert guard(draft.site()).office == (
        m.Window(days=WEEK, start=8 * 60 + 30, end=17 * 60 + 30),
        m.Window(days=(5,), start=10 * 60, end=22 * 60),
    )


def test_hours_of_its_own_do_without_an_office(draft: Draft) -> None:
    own_hours(draft, (["sat"], "10:00", "12:00"))
    del draft.document["office"]
    assert guard(draft.site()).office == guard(draft.site()).hours
    assert guarding.guards_for(draft.site(), "computer-1") == ()


@pytest.mark.parametrize("spoil", [{"guard": False}, {"guard": None}])
def test_what_is_not_guarded_or_has_no_hours_is_told_to_no_node(draft: Draft, spoil: dict[str, Any]) -> None:
    if spoil["guard"] is None:
        del draft.document["office"]
    else:
        draft.area("archive").update(spoil)
    assert guarding.guards_for(draft.site(), "archive-1") == ()


def test_the_node_of_the_first_reader_outside_decides_and_any_other_follows(draft: Draft) -> None:
    draft.point("archive/cabinet-3").update(node="computer-1", terminal=1)
    site = draft.site()
    assert guard(site, node="archive-1").decides
    assert not guard(site, node="computer-1").decides
    assert [one.area for one in guarding.guards_for(site, "cipher-1")] == ["cipher-room"]


def test_a_reader_inside_decides_nothing(draft: Draft) -> None:
    draft.document["reader"].insert(
        0, {"area": "archive", "name": "exit", "title": "", "node": "archive-1", "port": "r2", "inside": True}
    )
    assert draft.site().outside_readers["archive"].name == "reader"


def test_keeper_and_those_who_may_seal_open_an_area_unless_it_says_who(draft: Draft) -> None:
    area = draft.site().areas["cipher-room"]
    assert guarding.who_opens(area) == (1002, 1001, 1003, 1008)
    draft.area("cipher-room")["opens"] = [1001]
    assert guarding.who_opens(draft.site().areas["cipher-room"]) == (1001,)


@pytest.mark.parametrize(
    ("opens", "given", "outside"),
    [
        (None, None, "two"),
        (None, "told", "told"),
        ([1001], None, "told"),
        ([1001, 1001], None, "told"),
        ([1001, 1002], None, "two"),
        ([1001, 1002], "two", "two"),
        ([1001, 1002], "told", "told"),
    ],
)
def test_outside_its_hours_it_takes_two_where_there_are_two(
    draft: Draft, opens: list[int] | None, given: str | None, outside: str
) -> None:
    given_keys = {"opens": opens, "outside": given}
    draft.area("archive").update({key: value for key, value in given_keys.items() if value is not None})
    assert guard(draft.site()).outside == outside


def test_it_sets_itself_so_long_after_the_close_as_is_said(draft: Draft) -> None:
    draft.area("archive")["close"] = 40
    assert guard(draft.site()).close == 40

"""What nodes are told of a site: plans and access lists."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.core.site import lookups
from hub.core.site.document import Site
from tests.support.draft import BOARD, NOW, Draft, can_be_sent, credential
from wire import messages as m


def test_all_that_nodes_are_told_passes_their_own_checks(demo: Site) -> None:
    can_be_sent(demo)


def test_a_plan_tells_what_is_connected_to_that_node_and_nothing_else(demo: Site) -> None:
    plan = lookups.plan_for(demo, "cipher-1", 7, BOARD)
    assert plan.version == 7
    assert {point.place.split("/")[0] for point in plan.points} == {"cipher-room"}
    assert [point.terminal for point in plan.points] == [9, 10, 11, 12, 13, 1]
    assert [(reader.place, reader.port) for reader in plan.readers] == [("cipher-room/reader", "r1")]
    assert plan.areas == (m.PlanArea(name="cipher-room", doors=("cipher-room/door",), leave="button", seconds=10),)


def test_doors_are_planned_from_the_outside_inwards(demo: Site) -> None:
    (area,) = lookups.plan_for(demo, "archive-1", 1, BOARD).areas
    assert area.doors == ("archive/corridor-door", "archive/iron-gate", "archive/security-door")


def test_doors_and_gates_alone_are_timed_and_for_sixty_seconds_unless_set(demo: Site) -> None:
    held = {one.place: one.held for node in demo.nodes for one in lookups.plan_for(demo, node, 1, BOARD).points}
    assert {place: seconds for place, seconds in held.items() if seconds is not None} == {
        "archive/corridor-door": 60,
        "archive/iron-gate": 60,
        "archive/security-door": 60,
        "cipher-room/door": 30,
        "computer-room/door": 60,
    }


def test_a_node_that_guards_a_cabinet_only_knows_the_area_but_judges_no_passage(draft: Draft) -> None:
    draft.point("archive/cabinet-3").update(node="computer-1", terminal=1)
    plan = lookups.plan_for(draft.site(), "computer-1", 1, BOARD)
    assert {area.name: area.doors for area in plan.areas} == {"archive": (), "computer-room": ("computer-room/door",)}


def access(site: Site, node: str, now: int = NOW) -> m.AccessList:
    return lookups.access_for(site, node, 3, now, now + 60_000, {}, credential)


def holder(site: Site, node: str, number: int) -> m.Holder:
    return next(one for one in access(site, node).holders if one.person == number)


def test_an_access_list_says_who_may_do_what_at_that_node(demo: Site) -> None:
    assert holder(demo, "archive-1", 1001) == m.Holder(
        person=1001,
        credentials=(credential("01001A2B01"),),
        grants=(m.Grant(area="archive", schedule=None, ends=None),),
        seals=("archive",),
        responds=("archive",),
        opens=("archive",),
    )


def test_it_says_who_unsets_the_areas_of_that_node(draft: Draft) -> None:
    draft.area("archive")["opens"] = [1002, 1005]
    site = draft.site()
    assert [one.person for one in access(site, "archive-1").holders if one.opens] == [1002, 1005]
    assert holder(site, "cipher-1", 1002).opens == ("cipher-room",)
    assert holder(site, "computer-1", 1002).opens == ()


def test_nobody_unsets_what_is_not_guarded(draft: Draft) -> None:
    draft.area("archive")["guard"] = False
    assert all(one.opens == () for one in access(draft.site(), "archive-1").holders)


def approval(area: str, since: int, until: int) -> m.Approval:
    return m.Approval(area=area, person=1001, since=since, until=until)


def approved(site: Site, *approvals: m.Approval) -> tuple[m.Approval, ...]:
    return lookups.access_for(site, "archive-1", 3, NOW, NOW + 60_000, {}, credential, approvals).approvals


def test_approvals_of_its_areas_are_told_that_are_not_over(demo: Site) -> None:
    later, now = approval("archive", NOW + 9, NOW + 99), approval("archive", NOW - 5, NOW + 1)
    over, elsewhere = approval("archive", NOW - 5, NOW), approval("cipher-room", NOW, NOW + 9)
    assert approved(demo, later, over, now, elsewhere) == (now, later)


def test_more_approvals_than_a_list_may_have_are_the_earliest(demo: Site) -> None:
    many = [approval("archive", NOW + at, NOW + 99) for at in range(m.MOST_APPROVALS + 1)]
    assert approved(demo, *reversed(many)) == tuple(many[:-1])


def test_rights_elsewhere_are_not_told(demo: Site) -> None:
    assert access(demo, "computer-1").schedules.keys() == {"office-hours"}
    assert access(demo, "cipher-1").schedules == {}
    assert all(grant.area == "cipher-room" for one in access(demo, "cipher-1").holders for grant in one.grants)


def test_everybody_with_a_badge_is_known_so_that_a_refusal_can_say_who_it_was(draft: Draft) -> None:
    del draft.person(1007)["badge"]
    holders = access(draft.site(), "archive-1").holders
    assert [one.person for one in holders] == [1001, 1002, 1003, 1004, 1005, 1006, 1008]
    assert (holders[3].grants, holders[3].seals, holders[3].responds) == ((), (), ())


def test_a_grant_holds_through_the_whole_of_its_last_day_by_the_clock_of_the_site(demo: Site) -> None:
    (grant,) = holder(demo, "computer-1", 1004).grants
    assert grant.ends == datetime(2035, 12, 31, 16, tzinfo=UTC).timestamp() * 1000  # midnight in Shanghai


def test_windows_are_minutes_of_local_time(draft: Draft) -> None:
    draft.document["schedule"][0]["windows"][1]["end"] = "24:00"
    windows = access(draft.site(), "computer-1").schedules["office-hours"]
    assert [(window.days, window.start, window.end) for window in windows] == [
        ((0, 1, 2, 3, 4), 510, 720),
        ((0, 1, 2, 3, 4), 810, 1440),
    ]


@pytest.mark.parametrize(
    ("zone", "month", "minutes"),
    [("Asia/Shanghai", 7, 480), ("Asia/Kathmandu", 7, 345), ("Europe/Berlin", 7, 120), ("Europe/Berlin", 12, 60)],
)
def test_local_time_is_that_of_the_moment(draft: Draft, zone: str, month: int, minutes: int) -> None:
    draft.document["timezone"] = zone
    now = int(datetime(2026, month, 1, tzinfo=UTC).timestamp() * 1000)
    assert access(draft.site(), "archive-1", now).utc_offset == minutes


def test_an_access_list_says_how_long_it_is_good(demo: Site) -> None:
    assert (access(demo, "archive-1").version, access(demo, "archive-1").expires) == (3, NOW + 60_000)

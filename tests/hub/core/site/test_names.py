"""Names in a site document: how they are written, and that none stands for two things."""

from __future__ import annotations

import pytest

from hub.core.site.document import Site
from tests.support.draft import Draft


@pytest.mark.parametrize("name", ["engine", "console", "notify", "admin", "No", "x", "档案", "a/b", "a" * 33])
def test_a_node_is_not_named_like_a_service_or_with_other_letters(draft: Draft, name: str) -> None:
    draft.add("node", name=name, title="")
    draft.add("point", area="archive", name="w", title="", kind="window", node=name, terminal=9, input="supervised")
    draft.has_only(f"node {name}, name", "write 3 to 32 small letters")


def test_a_site_is_not_named_with_other_letters(draft: Draft) -> None:
    draft.document["name"] = "Demo"
    draft.has_only("site, name", "write 3 to 32 small letters")


@pytest.mark.parametrize("name", ["Lid", "", "盖", "a b"])
def test_a_point_is_named_with_small_letters(draft: Draft, name: str) -> None:
    draft.point("archive/lid")["name"] = name
    draft.has_only(f"point archive/{name}, name", "write 1 to 32 small letters")


def test_a_schedule_is_named_with_small_letters(draft: Draft) -> None:
    draft.document["schedule"][0]["name"] = draft.grant(1004)["schedule"] = draft.grant(1005)["schedule"] = "Office"
    draft.document["office"] = "Office"
    draft.has_only("schedule Office, name", "write 1 to 32 small letters")


def test_the_office_keeps_the_hours_of_a_schedule_that_there_is(draft: Draft) -> None:
    draft.document["office"] = "night-shift"
    draft.has_only("site, office", "there is no schedule night-shift")


def test_an_area_is_named_with_small_letters(draft: Draft) -> None:
    for one in (*draft.document["point"], *draft.document["reader"]):
        one["area"] = one["area"].replace("archive", "Archive")
    for grant in draft.document["grant"]:
        grant["areas"] = [name.replace("archive", "Archive") for name in grant["areas"]]
    draft.area("archive")["name"] = "Archive"
    draft.has_only("area Archive, name", "write 1 to 32 small letters")


def test_a_login_is_written_with_small_letters(draft: Draft) -> None:
    draft.account("sunli")["login"] = "Sun Li"
    draft.has_only("account Sun Li, login", "write 1 to 32 small letters")


def test_an_area_named_twice_is_seen(draft: Draft) -> None:
    draft.document["area"].append(draft.area("computer-room"))
    assert draft.mistakes()[0] == ("area computer-room, name", "another area has this name; give each its own")


def test_a_node_named_twice_is_seen(draft: Draft) -> None:
    draft.document["node"].append(draft.find("node", name="cipher-1"))
    draft.has_only("node cipher-1, name", "another node has this name")


def test_a_point_and_a_reader_of_one_area_do_not_share_a_name(draft: Draft) -> None:
    draft.point("archive/cabinet-3")["name"] = "reader"
    draft.has_only("point archive/reader, name", "another point or reader")


def test_two_points_of_one_name_on_one_terminal_are_two_mistakes(draft: Draft) -> None:
    draft.document["point"].append(draft.point("archive/lid"))
    assert [mistake.place for mistake in draft.mistakes()] == ["point archive/lid, name", "point archive/lid, terminal"]


def test_points_of_different_areas_may_share_a_name(demo: Site) -> None:
    assert "archive/lid" in demo.points
    assert "cipher-room/lid" in demo.points


def test_a_schedule_named_twice_is_seen(draft: Draft) -> None:
    draft.document["schedule"] *= 2
    draft.has_only("schedule office-hours, name", "another schedule has this name")


def test_a_cardholder_number_used_twice_is_seen(draft: Draft) -> None:
    draft.add("cardholder", number=1004, name="另一人")
    draft.has_only("cardholder 1004, number", "another person has this number")


def test_a_login_used_twice_is_seen(draft: Draft) -> None:
    draft.account("sunli")["login"] = "liuyang"
    draft.has_only("account liuyang, login", "another account has this login")


@pytest.mark.parametrize("name", ["archive", "hub"])
def test_a_node_is_not_named_like_what_an_alarm_could_also_be_at(draft: Draft, name: str) -> None:
    draft.find("node", name="computer-1")["name"] = name
    for one in (*draft.document["point"], *draft.document["reader"]):
        one["node"] = one["node"].replace("computer-1", name)
    draft.has_only(f"node {name}, name", f"call the node {name}-1")

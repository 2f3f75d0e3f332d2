"""A site and its areas, broken in one way at a time: just that mistake is seen, at just that place."""

from __future__ import annotations

import pytest

from hub.core.site import lookups
from tests.support.draft import Draft


@pytest.mark.parametrize("name", ["Asia/Peking", "", "Asia", "../../etc/passwd", "/etc/passwd", "北京", "x" * 300])
def test_an_unknown_time_zone_is_seen(draft: Draft, name: str) -> None:
    draft.document["timezone"] = name
    draft.has_only("site, timezone", "in China write Asia/Shanghai")


def test_what_nobody_sees_in_a_name_a_badge_or_a_zone_is_named_where_it_stands(draft: Draft) -> None:
    draft.add("node", name="archive-9\n", title="")
    draft.person(1004)["badge"] = "01001A2B04\n"
    draft.document["timezone"] = "Asia/Shang\0hai"
    found = {one.place for one in draft.mistakes() if "has a character that nobody sees" in str(one.sentence)}
    assert {place.split(", ")[-1] for place in found} == {"name", "badge", "timezone"}


def test_a_site_without_a_host_name_is_seen(draft: Draft) -> None:
    draft.document["hub"] = []
    draft.has_only("site, hub", "at least one host name")


@pytest.mark.parametrize(
    "host", ["192.168.1.256", "192.168.1", "Hub", "hub.", "hub_1", "-hub", "", "https://hub", "主机"]
)
def test_what_is_neither_host_name_nor_address_is_seen(draft: Draft, host: str) -> None:
    draft.document["hub"] = ["localhost", host]
    draft.has_only("site, hub", "neither a host name")


@pytest.mark.parametrize("host", ["hub", "hub.strongroom.internal", "192.168.1.10", "fd00::1", "3com.example"])
def test_host_names_and_addresses_are_taken(draft: Draft, host: str) -> None:
    draft.document["hub"] = [host]
    draft.site()


def test_an_area_without_points_is_seen(draft: Draft) -> None:
    draft.add("area", name="attic", title="", leave="free", keeper=1001, may_seal=[1001, 1003], responders=[1003])
    draft.grant(1001)["areas"] += ["attic"]
    draft.add("reader", area="attic", name="reader", title="", node="computer-1", port="r2")
    draft.has_only("area attic", "has no point")


def test_an_area_without_a_reader_is_seen(draft: Draft) -> None:
    draft.take_out("reader", area="archive")
    draft.has_only("area archive", "has no reader outside")


def test_an_area_with_a_reader_only_inside_is_seen(draft: Draft) -> None:
    draft.reader("archive")["inside"] = True
    draft.has_only("area archive", "has no reader outside")


def test_an_area_without_a_keeper_is_seen(draft: Draft) -> None:
    del draft.area("archive")["keeper"]
    draft.has_only("area archive, keeper", "name the one person")


def test_an_unknown_keeper_is_seen(draft: Draft) -> None:
    draft.area("archive")["keeper"] = 1099
    draft.has_only("area archive, keeper", "no cardholder has number 1099")


@pytest.mark.parametrize("people", [[], [1001], [1001, 1001]])
def test_fewer_than_two_people_who_may_seal_are_seen(draft: Draft, people: list[int]) -> None:
    draft.area("archive")["may_seal"] = people
    draft.has_only("area archive, may_seal", "two different people")


@pytest.mark.parametrize("people", [[1001, 1002], [1003, 1008]])
def test_an_area_in_which_only_one_of_the_two_roles_of_a_sealing_is_filled_is_seen(
    draft: Draft, people: list[int]
) -> None:
    draft.area("archive")["may_seal"] = people
    draft.has_only("area archive, may_seal", "has an account for duty")


def test_more_people_than_a_node_can_sign_for_are_seen(draft: Draft) -> None:
    many = list(range(2001, 2062))
    for number in many:
        draft.add("cardholder", number=number, name=f"{number}", badge=[f"{number:010X}"])
    draft.area("archive")["may_seal"] = [*draft.area("archive")["may_seal"], *many]
    draft.has_only("area archive, may_seal", "a node holds 64 people and 128 badges")


def test_a_keeper_on_duty_seals_with_another_duty_officer(draft: Draft) -> None:
    draft.area("archive").update(keeper=1003, may_seal=[1003, 1008])
    draft.site()


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("phone", "extension 7", "is no telephone number"),
        ("email", "p1001", "is no e-mail address"),
        ("phone", "+8613800000002", "of 1001 too"),
    ],
)
def test_an_address_at_which_nobody_or_somebody_else_would_be_called_is_seen(
    draft: Draft, key: str, value: str, words: str
) -> None:
    draft.person(1001)[key] = value
    assert [words in mistake.sentence for mistake in draft.mistakes()] == [True]


def test_a_supervisor_who_is_nobody_is_seen(draft: Draft) -> None:
    draft.document["supervisor"] = 1099
    draft.has_only("site, supervisor", "no cardholder has number 1099")


def test_an_area_that_nobody_attends_is_seen(draft: Draft) -> None:
    draft.area("archive")["responders"] = []
    draft.has_only("area archive, responders", "nobody would attend")


@pytest.mark.parametrize("key", ["may_seal", "responders"])
def test_sealing_and_attending_by_nobody_is_seen(draft: Draft, key: str) -> None:
    draft.area("archive")[key] += [1099]
    draft.has_only(f"area archive, {key}", "no cardholder has number 1099")


@pytest.mark.parametrize("key", ["may_seal", "responders"])
def test_sealing_and_attending_take_a_badge(draft: Draft, key: str) -> None:
    del draft.person(1007)["badge"]
    draft.area("archive")[key] += [1007]
    draft.has_only(f"area archive, {key}", "1007 has no badge")


@pytest.mark.parametrize("seconds", [0, -1, 3601])
def test_seconds_that_cannot_be_meant_are_seen(draft: Draft, seconds: int) -> None:
    draft.area("archive")["seconds"] = seconds
    draft.has_only("area archive, seconds", "10 is usual")


def test_a_door_that_the_area_does_not_have_is_seen(draft: Draft) -> None:
    draft.area("archive")["doors"] += ["back-door"]
    draft.has_only("area archive, doors", "the area has no point back-door")


def test_a_cabinet_is_no_door(draft: Draft) -> None:
    draft.area("archive")["doors"] += ["cabinet-1"]
    draft.has_only("area archive, doors", "cabinet-1 is of kind cabinet")


def test_a_door_named_twice_is_seen(draft: Draft) -> None:
    draft.area("archive")["doors"] += ["iron-gate"]
    draft.has_only("area archive, doors", "iron-gate is named twice")


def test_a_door_at_another_node_than_the_reader_is_seen(draft: Draft) -> None:
    draft.point("archive/security-door").update(node="computer-1", terminal=16)
    draft.has_only("area archive, doors", "hang on archive-1 and computer-1")


def test_a_reader_at_another_node_than_the_doors_is_seen(draft: Draft) -> None:
    draft.reader("archive").update(node="computer-1", port="r2")
    draft.has_only("area archive, doors", "hang on archive-1 and computer-1")


def test_a_cabinet_may_hang_at_another_node(draft: Draft) -> None:
    draft.point("archive/cabinet-3").update(node="computer-1", terminal=1)
    assert lookups.nodes_of(draft.site(), "archive") == ("archive-1", "computer-1")


def test_leaving_by_a_button_takes_a_button(draft: Draft) -> None:
    draft.take_out("point", kind="exit-button")
    draft.has_only("area cipher-room, leave", "no exit-button")


def test_a_button_at_another_node_than_the_door_does_not_count(draft: Draft) -> None:
    draft.point("cipher-room/exit-button").update(node="computer-1", terminal=1)
    draft.has_only("area cipher-room, leave", "no exit-button at the node")


def test_leaving_by_a_reader_takes_one_inside(draft: Draft) -> None:
    draft.area("archive")["leave"] = "reader"
    draft.has_only("area archive, leave", "no reader inside")


def test_an_area_left_by_a_reader_inside_is_right(draft: Draft) -> None:
    draft.area("archive")["leave"] = "reader"
    draft.add("reader", area="archive", name="exit", title="", node="archive-1", port="r2", inside=True)
    draft.site()

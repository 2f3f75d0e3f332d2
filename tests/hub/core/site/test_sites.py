"""The demonstration site, broken in one way at a time: just that mistake is seen, at just that place."""

from __future__ import annotations

import copy
import random
import re
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import demo
from hub.core.site import lookups, rules_of_people
from hub.core.site import reading as site_reading
from hub.core.site.document import Site, Title, in_language
from hub.core.site.mistakes import Mistake
from wire import board, settings
from wire import messages as m

BOARD = board.load()
DEMO = (Path(demo.__file__).parent / "site" / "site.toml").read_text("utf-8")
DOCUMENT = tomllib.loads(DEMO)


class Draft:
    """A copy of the demonstration site that a test may spoil."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = copy.deepcopy(DOCUMENT)

    def find(self, table: str, **keys: object) -> dict[str, Any]:
        return next(one for one in self.document[table] if keys.items() <= one.items())

    def area(self, name: str) -> dict[str, Any]:
        return self.find("area", name=name)

    def point(self, place: str) -> dict[str, Any]:
        area, name = place.split("/")
        return self.find("point", area=area, name=name)

    def person(self, number: int) -> dict[str, Any]:
        return self.find("cardholder", number=number)

    def grant(self, number: int) -> dict[str, Any]:
        return self.find("grant", cardholder=number)

    def account(self, login: str) -> dict[str, Any]:
        return self.find("account", login=login)

    def reader(self, area: str) -> dict[str, Any]:
        return self.find("reader", area=area)

    def add(self, table: str, **values: object) -> None:
        self.document[table].append(values)

    def take_out(self, table: str, **keys: object) -> None:
        self.document[table].remove(self.find(table, **keys))

    def read(self) -> site_reading.Reading:
        return site_reading.read_document(self.document, BOARD)

    def mistakes(self) -> list[Mistake]:
        return self.read().mistakes

    def site(self) -> Site:
        reading = self.read()
        assert reading.mistakes == []
        assert reading.site
        return reading.site

    def has_only(self, place: str, words: str) -> None:
        """Just one mistake, at that place, and its sentence has these words."""
        mistakes = self.mistakes()
        assert [mistake.place for mistake in mistakes] == [place]
        assert words in mistakes[0].sentence


@pytest.fixture
def draft() -> Draft:
    return Draft()


@pytest.fixture(name="demo")
def demonstration() -> Site:
    return Draft().site()


# ---------------------------------------------------------------- the demonstration site


def test_the_demonstration_site_is_without_mistakes() -> None:
    assert site_reading.read(DEMO, BOARD).mistakes == []


def test_the_demonstration_site_is_that_of_the_issue(demo: Site) -> None:
    kinds = {place: point.kind for place, point in demo.points.items()}
    assert kinds == {
        "archive/corridor-door": "door",
        "archive/iron-gate": "gate",
        "archive/security-door": "door",
        "archive/security-window": "window",
        "archive/corridor-seal": "seal",
        "archive/cabinet-1": "cabinet",
        "archive/cabinet-2": "cabinet",
        "archive/cabinet-3": "cabinet",
        "archive/lid": "tamper",
        "cipher-room/door": "door",
        "cipher-room/safe-door": "safe",
        "cipher-room/safe-bolt": "bolt",
        "cipher-room/safe-seal": "seal",
        "cipher-room/lid": "tamper",
        "cipher-room/exit-button": "exit-button",
        "computer-room/door": "door",
        "computer-room/lid": "tamper",
    }
    assert set(demo.readers) == {"archive/reader", "cipher-room/reader", "computer-room/reader"}
    assert set(demo.nodes) == {"archive-1", "cipher-1", "computer-1"}
    assert [area.leave for area in demo.area] == ["free", "button", "free"]


def test_a_service_reads_the_same_document_with_the_common_settings_reader(demo: Site) -> None:
    assert settings.parse(DEMO, Site) == demo


def test_a_byte_order_mark_of_windows_does_no_harm() -> None:
    assert site_reading.read("\ufeff" + DEMO.replace("\n", "\r\n"), BOARD).mistakes == []


# ---------------------------------------------------------------- shape


def test_text_that_is_not_toml_is_named_with_its_line() -> None:
    ((place, sentence),) = site_reading.read('name = "demo"\ntitle = \n', BOARD).mistakes
    assert place == "document"
    assert "line 2" in sentence


@pytest.mark.parametrize("text", ["x = " + "[" * 5000, "x = " + "9" * 5000, 'x = "\x00"', "\\", "[[a]]\n[a]"])
def test_hostile_text_is_one_mistake(text: str) -> None:
    assert len(site_reading.read(text, BOARD).mistakes) == 1


def test_an_unknown_key_is_named_with_the_one_that_was_meant(draft: Draft) -> None:
    draft.point("archive/iron-gate")["heldd"] = 5
    draft.has_only("point archive/iron-gate, heldd", "did you mean held?")


def test_an_unknown_key_that_resembles_none_is_answered_with_those_there_are(draft: Draft) -> None:
    draft.person(1004)["xyzzy"] = "42"
    draft.has_only("cardholder 1004, xyzzy", "number, name, post, badge")


def test_an_unknown_table_is_named(draft: Draft) -> None:
    draft.document["camera"] = [{"name": "c1"}]
    draft.has_only("site, camera", "there is no such key")


def test_a_table_in_single_brackets_is_explained(draft: Draft) -> None:
    draft.document["schedule"] = draft.document["schedule"][0]
    assert draft.mistakes()[0] == ("site, schedule", "begin each with a line [[schedule]], in double brackets")


def test_a_missing_key_is_named(draft: Draft) -> None:
    del draft.point("archive/iron-gate")["terminal"]
    assert draft.mistakes()[0] == (
        "point archive/iron-gate, terminal",
        "is missing; write terminal = a whole number without quotation marks",
    )


def test_a_window_of_a_schedule_is_named_by_its_number(draft: Draft) -> None:
    del draft.document["schedule"][0]["windows"][1]["end"]
    assert draft.mistakes()[0].place == "schedule office-hours, window 2, end"


def test_a_title_may_be_one_text_for_both_languages(draft: Draft) -> None:
    draft.area("archive")["title"] = "档案室"
    assert in_language(draft.site().areas["archive"].title, "en") == "档案室"


def test_a_title_in_one_language_only_is_a_mistake(draft: Draft) -> None:
    draft.area("archive")["title"] = {"zh": "档案室"}
    assert draft.mistakes()[0] == ("area archive, title", 'must be { zh = "…", en = "…" }, or text in quotation marks')


def test_what_cannot_be_read_hides_no_other_mistake(draft: Draft) -> None:
    draft.point("archive/iron-gate")["terminal"] = "10"
    draft.point("archive/cabinet-2")["terminal"] = 1
    draft.area("archive")["keeper"] = "1001"
    draft.area("computer-room")["unknown"] = 1
    draft.person(1002)["badge"] = "1"
    del draft.document["timezone"]
    assert {mistake.place for mistake in draft.mistakes()} == {
        "site, timezone",
        "area archive, keeper",
        "area computer-room, unknown",
        "point archive/iron-gate, terminal",
        "point archive/cabinet-2, terminal",
        "cardholder 1002, badge",
        "document",
    }


def test_all_mistakes_are_reported_at_once(draft: Draft) -> None:
    draft.point("archive/cabinet-2")["terminal"] = 1
    draft.point("archive/lid")["area"] = "attic"
    draft.grant(1004)["cardholder"] = 1099
    draft.point("cipher-room/lid").update(input="two-state", terminal=2)
    draft.account("sunli")["roles"] = ["auditor", "administrator"]
    assert {mistake.place for mistake in draft.mistakes()} == {
        "point archive/cabinet-2, terminal",
        "point attic/lid, area",
        "grant 4 (cardholder 1099), cardholder",
        "point cipher-room/lid, input",
        "account sunli, roles",
    }


# ---------------------------------------------------------------- names


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


# ---------------------------------------------------------------- site and areas


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


# ---------------------------------------------------------------- points, readers, nodes


def test_a_point_without_an_area_is_seen(draft: Draft) -> None:
    draft.point("archive/security-window")["area"] = "attic"
    draft.has_only("point attic/security-window, area", "there is no area attic")


def test_a_reader_without_an_area_is_seen(draft: Draft) -> None:
    draft.add("reader", area="attic", name="reader", title="", node="computer-1", port="r2")
    draft.has_only("reader attic/reader, area", "there is no area attic")


def test_a_point_at_an_unknown_node_is_seen(draft: Draft) -> None:
    draft.point("archive/security-window")["node"] = "archive-9"
    draft.has_only("point archive/security-window, node", "there is no node archive-9")


def test_a_terminal_used_twice_is_seen(draft: Draft) -> None:
    draft.point("archive/cabinet-2")["terminal"] = 1
    draft.has_only("point archive/cabinet-2, terminal", "terminal 1 of archive-1 is taken by archive/cabinet-1")


@pytest.mark.parametrize("terminal", [0, -1, 17, 2**70])
def test_a_terminal_that_the_board_does_not_have_is_seen(draft: Draft, terminal: int) -> None:
    draft.point("archive/cabinet-2")["terminal"] = terminal
    draft.has_only("point archive/cabinet-2, terminal", f"the board has no terminal {terminal}")


def test_a_supervised_point_on_a_two_state_terminal_is_seen(draft: Draft) -> None:
    draft.point("archive/iron-gate")["terminal"] = 7
    draft.has_only("point archive/iron-gate, input", "terminal 7 is two-state; write that, or use one of terminals 9")


def test_a_two_state_point_on_a_supervised_terminal_is_seen(draft: Draft) -> None:
    draft.point("archive/cabinet-1")["terminal"] = 16
    draft.has_only("point archive/cabinet-1, input", "terminal 16 is supervised")


def test_a_two_state_input_in_an_area_that_asks_for_supervised_ones_is_seen(draft: Draft) -> None:
    draft.point("cipher-room/safe-bolt").update(input="two-state", terminal=5)
    draft.has_only("point cipher-room/safe-bolt, input", "cipher-room asks for supervised inputs")


def test_a_two_state_contact_whose_cut_wire_would_look_well_is_seen(draft: Draft) -> None:
    draft.point("archive/cabinet-1")["normally"] = "open"
    draft.has_only("point archive/cabinet-1, normally", "a cut wire would never be seen")


def test_a_supervised_contact_may_be_open_when_all_is_well(draft: Draft) -> None:
    draft.point("archive/iron-gate")["normally"] = "open"
    draft.site()


@pytest.mark.parametrize("seconds", [0, -5, 3601])
def test_a_time_held_that_cannot_be_meant_is_seen(draft: Draft, seconds: int) -> None:
    draft.point("archive/iron-gate")["held"] = seconds
    draft.has_only("point archive/iron-gate, held", "60 is usual")


def test_a_cabinet_is_not_held_open(draft: Draft) -> None:
    draft.point("archive/cabinet-1")["held"] = 60
    draft.has_only("point archive/cabinet-1, held", "leave it out")


def test_an_unknown_reader_port_is_seen(draft: Draft) -> None:
    draft.reader("archive")["port"] = "r3"
    draft.has_only("reader archive/reader, port", "write one of r1, r2")


def test_a_reader_port_used_twice_is_seen(draft: Draft) -> None:
    draft.add("reader", area="archive", name="second", title="", node="archive-1", port="r1")
    draft.has_only("reader archive/second, port", "taken by archive/reader")


def test_a_node_with_nothing_at_it_is_seen(draft: Draft) -> None:
    draft.add("node", name="spare-1", title="")
    draft.has_only("node spare-1", "nothing is connected")


# ---------------------------------------------------------------- people


@pytest.mark.parametrize("number", [0, -1, 10**9 + 1])
def test_a_number_that_no_record_can_carry_is_seen(draft: Draft, number: int) -> None:
    draft.add("cardholder", number=number, name="某人")
    draft.has_only(f"cardholder {number}, number", "from 1 to")


@pytest.mark.parametrize("badge", ["", "01001A2B0", "01001A2B041", "01001a2b04", "01001A2B0G", "０１００１Ａ２Ｂ０４"])
def test_a_badge_that_no_reader_sends_is_seen(draft: Draft, badge: str) -> None:
    draft.person(1004)["badge"] = badge
    draft.has_only("cardholder 1004, badge", "ten characters 0-9 A-F (capitals)")


def test_a_badge_of_two_people_is_seen(draft: Draft) -> None:
    draft.person(1004)["badge"] = draft.person(1001)["badge"]
    draft.has_only("cardholder 1004, badge", "is the badge of 1001 too")


def test_a_badge_named_twice_is_seen(draft: Draft) -> None:
    draft.person(1004)["badge"] = ["01001A2B04", "01001A2B04"]
    draft.has_only("cardholder 1004, badge", "is named twice")


def test_a_person_may_have_several_badges(draft: Draft) -> None:
    draft.person(1004)["badge"] = ["01001A2B04", "01001A2BFF"]
    assert draft.site().cardholders[1004].badges == ("01001A2B04", "01001A2BFF")


def test_a_grant_for_nobody_is_seen(draft: Draft) -> None:
    draft.grant(1004)["cardholder"] = 1099
    draft.has_only("grant 4 (cardholder 1099), cardholder", "a grant for nobody")


def test_a_grant_for_an_unknown_area_is_seen(draft: Draft) -> None:
    draft.grant(1004)["areas"] += ["attic"]
    draft.has_only("grant 4 (cardholder 1004), areas", "there is no area attic")


def test_a_grant_for_no_area_is_seen(draft: Draft) -> None:
    draft.grant(1004)["areas"] = []
    draft.has_only("grant 4 (cardholder 1004), areas", "names no area")


def test_an_unknown_schedule_is_seen(draft: Draft) -> None:
    draft.grant(1004)["schedule"] = "nights"
    draft.has_only("grant 4 (cardholder 1004), schedule", "there is no schedule nights")


@pytest.mark.parametrize("ends", [date.min, date(1970, 1, 1), date.max])
def test_an_end_that_cannot_be_meant_is_seen(draft: Draft, ends: date) -> None:
    draft.grant(1004)["ends"] = ends
    draft.has_only("grant 4 (cardholder 1004), ends", "cannot be meant")


def test_a_grant_that_is_over_is_remarked_upon_and_no_mistake(demo: Site) -> None:
    place = "grant 4 (cardholder 1004), ends"
    assert rules_of_people.ended(demo, date(2035, 12, 31)) == []
    assert [remark.place for remark in rules_of_people.ended(demo, date(2036, 1, 1))] == [place]


def test_a_schedule_that_never_holds_is_seen(draft: Draft) -> None:
    draft.document["schedule"][0]["windows"] = []
    draft.has_only("schedule office-hours, windows", "is empty")


@pytest.mark.parametrize(("start", "end"), [("12:00", "08:30"), ("08:30", "08:30"), ("22:00", "06:00")])
def test_a_window_that_runs_backwards_is_seen(draft: Draft, start: str, end: str) -> None:
    draft.document["schedule"][0]["windows"][0].update(start=start, end=end)
    draft.has_only("schedule office-hours, window 1", "for a night write two windows")


@pytest.mark.parametrize(
    "clock", ["8:30", "08:60", "24:01", "25:00", "0830", "", "-1:00", "08:30:00", "早上八点", "０８:30"]
)
def test_what_is_no_time_of_day_is_seen(draft: Draft, clock: str) -> None:
    draft.document["schedule"][0]["windows"][0]["start"] = clock
    draft.has_only("schedule office-hours, window 1, start", 'write it like "08:30"')


def test_a_window_on_no_day_is_seen(draft: Draft) -> None:
    draft.document["schedule"][0]["windows"][0]["days"] = []
    draft.has_only("schedule office-hours, window 1, days", "name days")


def test_a_day_that_is_none_is_seen(draft: Draft) -> None:
    draft.document["schedule"][0]["windows"][0]["days"] = ["monday"]
    assert draft.mistakes()[0].place == "schedule office-hours, window 1, days"
    assert '"mon", "tue"' in draft.mistakes()[0].sentence


def test_an_account_for_nobody_is_seen(draft: Draft) -> None:
    draft.account("sunli")["cardholder"] = 1099
    draft.has_only("account sunli, cardholder", "an account for nobody")


@pytest.mark.parametrize("role", ["duty", "security", "administrator"])
def test_an_auditor_who_is_something_else_is_seen(draft: Draft, role: str) -> None:
    draft.account("sunli")["roles"] = ["auditor", role]
    draft.has_only("account sunli, roles", "三员分立")


def test_a_second_account_is_no_way_round_that(draft: Draft) -> None:
    draft.add("account", login="sunli-2", cardholder=1007, roles=["administrator"])
    draft.has_only("cardholder 1007", "has the accounts sunli and sunli-2")


def test_an_account_that_may_do_nothing_is_seen(draft: Draft) -> None:
    draft.account("sunli")["roles"] = []
    draft.has_only("account sunli, roles", "is empty")


# ---------------------------------------------------------------- whatever the text


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.dates() | st.datetimes()
    | st.times() | st.sampled_from(["archive", "archive-1", 1001, 9, "button", "auditor", "01001A2B01", "08:30"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where in a document there is anything."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, one in inner for found in [(*path, key), *places(one, (*path, key))]]


PLACES = places(DOCUMENT)


@given(
    st.lists(
        st.tuples(st.sampled_from(PLACES), st.just(None) | st.builds(lambda value: (value,), VALUES)),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_is_changed_or_missing_is_answered_without_an_error(
    changes: list[tuple[tuple[Any, ...], tuple[object] | None]],
) -> None:
    document = copy.deepcopy(DOCUMENT)
    for path, new in changes:
        holder: Any = document
        try:
            for key in path[:-1]:
                holder = holder[key]
            if new is None:
                del holder[path[-1]]
            else:
                holder[path[-1]] = new[0]
        except (LookupError, TypeError):
            continue  # an earlier change took it away
    reading = site_reading.read_document(document, BOARD)
    assert reading.site is not None or reading.mistakes
    assert all(mistake.place and mistake.sentence for mistake in reading.mistakes)
    if reading.site and not reading.mistakes:
        can_be_sent(reading.site)


@given(st.randoms(use_true_random=False), st.sampled_from(["", "7", '"x"', "[]", "{}", "2020-01-01", "true", "[[["]))
def test_whatever_line_is_spoilt_is_answered_without_an_error(chance: random.Random, value: str) -> None:
    lines = DEMO.splitlines()
    at = chance.randrange(len(lines))
    lines[at] = re.sub(r"= .*", f"= {value}", lines[at]) if chance.random() < 0.7 else ""
    site_reading.read("\n".join(lines), BOARD)


@given(st.text())
def test_any_text_at_all_is_answered_without_an_error(text: str) -> None:
    assert site_reading.read(text, BOARD).mistakes


def can_be_sent(site: Site) -> None:
    """Everything that nodes are told of the site passes the checks that they make themselves."""
    for node in site.nodes:
        for data in (
            lookups.plan_for(site, node, 1, BOARD),
            lookups.access_for(site, node, 1, NOW, NOW + 1, {}, credential),
        ):
            assert msgspec.json.decode(msgspec.json.encode(data), type=type(data)) == data


# ---------------------------------------------------------------- look-ups


def test_areas_know_their_nodes_and_nodes_their_areas(demo: Site) -> None:
    assert lookups.areas_of(demo, "archive-1") == ("archive",)
    assert lookups.nodes_of(demo, "archive") == ("archive-1",)


def test_what_is_no_longer_in_the_document_is_looked_up_without_an_error(demo: Site) -> None:
    assert lookups.areas_of(demo, "old-1") == ()
    for node in demo.nodes:
        assert lookups.areas_of(demo, node) == tuple(
            area.name for area in demo.area if node in lookups.nodes_of(demo, area.name)
        )
    assert lookups.nodes_of(demo, "attic") == ()
    assert lookups.kind_of(demo, "attic/hatch") == "door"
    assert not lookups.guards(demo, "attic/hatch")
    assert not lookups.may_seal(demo, 1001, "attic")
    assert not lookups.responds(demo, 1001, "attic")
    assert lookups.ceremony_reader(demo, "attic") == lookups.ceremony_node(demo, "attic") == ""
    assert (lookups.point(demo, "a/b"), lookups.reader(demo, "a/b"), lookups.area(demo, "a")) == (None, None, None)
    assert lookups.cardholder(demo, 1) is None


def test_rights_over_an_area_are_those_it_names(demo: Site) -> None:
    assert lookups.may_seal(demo, 1001, "archive")
    assert not lookups.may_seal(demo, 1004, "archive")
    assert lookups.responds(demo, 1008, "computer-room")
    assert not lookups.responds(demo, 1001, "computer-room")


def test_a_room_can_be_sealed_with_its_exit_button_pressed_but_not_with_its_safe_open(demo: Site) -> None:
    assert not lookups.guards(demo, "cipher-room/exit-button")
    assert lookups.guards(demo, "cipher-room/safe-door")


def test_sealing_is_done_at_the_reader_outside(draft: Draft) -> None:
    draft.document["reader"].insert(
        0, {"area": "archive", "name": "exit", "title": "", "node": "archive-1", "port": "r2", "inside": True}
    )
    site = draft.site()
    assert lookups.ceremony_reader(site, "archive") == "archive/reader"
    assert lookups.ceremony_node(site, "archive") == "archive-1"


def test_titles_are_chinese_and_english() -> None:
    title = Title(zh="档案室", en="Archive")
    assert [in_language(title, language) for language in ("zh", "zh_CN", "en")] == ["档案室", "档案室", "Archive"]


# ---------------------------------------------------------------- what nodes are told

NOW = int(datetime(2026, 9, 30, 4, tzinfo=UTC).timestamp() * 1000)


def credential(badge: str) -> str:
    return badge.lower().rjust(64, "0")


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
    )


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

"""People, badges, grants and accounts of a site, broken in one way at a time."""

from __future__ import annotations

from datetime import date

import pytest

from hub.core.site import rules_of_people
from hub.core.site.document import Site
from tests.support.draft import Draft


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

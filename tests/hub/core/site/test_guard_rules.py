"""The everyday guard in a site document, broken in one way at a time; and what is allowed and may not be meant."""

from __future__ import annotations

import pytest

from hub.core.site import rules_of_guard
from hub.core.site.mistakes import Mistake
from tests.hub.core.site.test_guarding import own_hours, windows
from tests.support.draft import Draft


def the_remark(draft: Draft) -> Mistake:
    (found,) = rules_of_guard.remarks(draft.site())
    return found


# ---------------------------------------------------------------- who


def test_an_area_that_nobody_opens_is_seen(draft: Draft) -> None:
    draft.area("archive")["opens"] = []
    draft.has_only("area archive, opens", "leave it out: then keeper and may_seal do")


def test_opening_by_nobody_who_is_known_is_seen(draft: Draft) -> None:
    draft.area("archive")["opens"] = [1001, 1099]
    draft.has_only("area archive, opens", "no cardholder has number 1099")


def test_opening_takes_a_badge(draft: Draft) -> None:
    draft.area("archive")["opens"] = [1001, 1005]
    del draft.person(1005)["badge"]
    draft.has_only("area archive, opens", "1005 has no badge")


def test_opening_takes_a_grant_as_any_entry_does(draft: Draft) -> None:
    draft.area("archive")["opens"] = [1001, 1004]
    draft.has_only("area archive, opens", "1004 has no grant for it, so the reader refuses them; add a [[grant]]")


def test_an_area_that_neither_keeper_nor_sealers_may_enter_is_seen(draft: Draft) -> None:
    for number in (1001, 1002):
        draft.grant(number)["areas"] = ["archive"]
    draft.has_only("area cipher-room, opens", "name people who have both")
    draft.area("cipher-room")["guard"] = False
    draft.site()


def test_two_of_one_are_seen(draft: Draft) -> None:
    draft.area("archive").update(opens=[1001, 1001], outside="two")
    draft.has_only("area archive, outside", 'name another there, or write outside = "told"')


@pytest.mark.parametrize("outside", ["one", ""])
def test_what_it_takes_outside_is_one_of_two_words(draft: Draft, outside: str) -> None:
    draft.area("archive")["outside"] = outside
    (mistake,) = draft.mistakes()[:1]
    assert (mistake.place, mistake.sentence) == ("area archive, outside", 'must be one of "two", "told"')


def test_an_area_of_which_one_alone_could_open_it_at_night_is_remarked_upon(draft: Draft) -> None:
    draft.grant(1001)["areas"] = ["archive"]
    remark = the_remark(draft)
    assert remark.place == "area cipher-room, opens"
    assert "only 1002 of keeper and may_seal has a badge and a grant" in remark.sentence
    draft.area("cipher-room")["outside"] = "told"
    assert list(rules_of_guard.remarks(draft.site())) == []


# ---------------------------------------------------------------- when


def test_unknown_hours_are_seen(draft: Draft) -> None:
    draft.area("archive")["hours"] = "nights"
    draft.has_only("area archive, hours", "there is no schedule nights")


def test_hours_that_never_come_are_seen_at_their_schedule(draft: Draft) -> None:
    own_hours(draft)
    draft.has_only("schedule own, windows", "it never holds")


@pytest.mark.parametrize(("start", "end"), [("22:00", "06:00"), ("08:00", "08:00")])
def test_hours_over_midnight_are_seen_at_their_schedule(draft: Draft, start: str, end: str) -> None:
    own_hours(draft, (["mon"], start, end))
    draft.has_only("schedule own, window 1", "for a night write two windows")


def test_a_guard_without_any_hours_is_seen(draft: Draft) -> None:
    del draft.document["office"]
    draft.site()
    draft.area("archive")["guard"] = True
    draft.has_only("area archive, guard", "name those of the office at the top, or its own")
    own_hours(draft, (["mon"], "08:00", "18:00"))
    draft.site()


@pytest.mark.parametrize("close", [-1, 61])
def test_a_close_that_cannot_be_meant_is_seen(draft: Draft, close: int) -> None:
    draft.area("archive")["close"] = close
    draft.has_only("area archive, close", "write 0 to 60 minutes; 15 is usual")


@pytest.mark.parametrize("close", [0, 60])
def test_any_close_within_the_hour_is_taken(draft: Draft, close: int) -> None:
    draft.area("archive")["close"] = close
    draft.site()


ALL_DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@pytest.mark.parametrize(
    ("end", "words"), [("23:01", "by 00:01 of the next day"), ("24:00", "by 01:00 of the next day"), ("23:00", None)]
)
def test_an_office_that_closes_late_is_told_what_midnight_does(draft: Draft, end: str, words: str | None) -> None:
    windows(draft, (["mon"], "08:30", end))
    if words is None:
        assert list(rules_of_guard.remarks(draft.site())) == []
        return
    assert the_remark(draft).place == "site, office"
    assert words in the_remark(draft).sentence


@pytest.mark.parametrize(("start", "end"), [("00:00", "24:00"), ("01:00", "23:30")])
def test_an_office_that_hardly_closes_is_told_that_nothing_sets_itself(draft: Draft, start: str, end: str) -> None:
    windows(draft, (ALL_DAYS, start, end))
    assert "an area may never set itself" in the_remark(draft).sentence


def test_without_an_office_late_hours_of_an_area_are_remarked_upon_there(draft: Draft) -> None:
    own_hours(draft, (["mon"], "08:00", "24:00"))
    assert list(rules_of_guard.remarks(draft.site())) == []  # it sets itself by the office
    del draft.document["office"]
    assert the_remark(draft).place == "area archive, hours"


def test_late_hours_of_an_area_on_a_day_on_which_the_office_rests_are_remarked_upon(draft: Draft) -> None:
    own_hours(draft, (["sat"], "18:00", "23:30"))
    assert the_remark(draft).place == "area archive, hours"


# ---------------------------------------------------------------- where


@pytest.mark.parametrize(("key", "value"), [("opens", [1001]), ("hours", "office-hours"), ("outside", "told")])
def test_what_counts_for_nothing_is_remarked_upon(draft: Draft, key: str, value: object) -> None:
    draft.area("archive").pop("opens")
    draft.area("archive").update({"guard": False, key: value})
    assert the_remark(draft).place == f"area archive, {key}"
    assert "counts for nothing" in the_remark(draft).sentence


def test_readers_outside_on_two_nodes_are_remarked_upon(draft: Draft) -> None:
    draft.area("archive")["doors"] = []
    draft.add("reader", area="archive", name="second", title="", node="computer-1", port="r2")
    assert the_remark(draft).place == "area archive"
    assert "those of archive-1 alone set and unset it" in the_remark(draft).sentence


def test_a_guard_without_a_reader_outside_is_seen(draft: Draft) -> None:
    draft.area("archive")["guard"] = True
    draft.take_out("reader", area="archive")
    draft.has_only("area archive", "nobody could enter, unset or seal it; add a [[reader]]")


def test_the_demonstration_is_remarked_upon_in_nothing(draft: Draft) -> None:
    assert list(rules_of_guard.remarks(draft.site())) == []


# ---------------------------------------------------------------- points


def point(draft: Draft, area: str, kind: str, **keys: object) -> None:
    node = {"archive": "archive-1", "cipher-room": "cipher-1"}[area]
    draft.add("point", **{"area": area, "name": "new", "title": "", "kind": kind, "node": node, **keys})


@pytest.mark.parametrize("kind", ["water", "smoke", "panic", "set-button"])
def test_detectors_and_buttons_are_points_as_others(draft: Draft, kind: str) -> None:
    point(draft, "archive", kind, terminal=7, input="two-state")
    draft.site()


@pytest.mark.parametrize("kind", ["water", "smoke", "panic"])
def test_a_detector_and_a_call_for_help_must_tell_a_cut_wire(draft: Draft, kind: str) -> None:
    point(draft, "cipher-room", kind, terminal=7, input="two-state")
    draft.has_only("point cipher-room/new, input", "cipher-room asks for supervised inputs")
    draft.point("cipher-room/new").update(area="archive", node="archive-1", normally="open")
    draft.has_only("point archive/new, normally", "a cut wire would never be seen")


def test_a_button_for_setting_may_be_open_at_rest_on_any_terminal_as_one_for_leaving(draft: Draft) -> None:
    point(draft, "cipher-room", "set-button", terminal=7, input="two-state", normally="open")
    draft.site()


def test_a_button_for_setting_hangs_on_the_node_of_the_reader_outside(draft: Draft) -> None:
    point(draft, "archive", "set-button", node="computer-1", terminal=7, input="two-state", normally="open")
    draft.has_only("point archive/new, node", "set at archive/reader, which hangs on archive-1")

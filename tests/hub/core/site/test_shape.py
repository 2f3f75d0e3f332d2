"""The form of a site document: whatever is wrong is named where it stands, and hides nothing else."""

from __future__ import annotations

import pytest

from hub.core.site import reading as site_reading
from hub.core.site.document import Site, in_language
from tests.support.draft import BOARD, DEMO, Draft
from wire import settings


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

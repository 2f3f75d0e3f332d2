"""The roster's page: who answers now and next, the coming weeks, and gaps that nobody can overlook."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from hub.core.state import Shift
from tests.hub.console.visitor import Visitor, text_of
from tests.support.hub import DEMO_SITE, House
from wire import messages as m

CHINA = ZoneInfo("Asia/Shanghai")
HOUR = 3_600_000
WANG, LIU, ZHOU = 1003, 1005, 1008


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=CHINA).timestamp() * 1000)


@pytest.fixture
def since() -> int:
    """A Tuesday."""
    return at("2026-02-10T10:00")


@pytest.fixture
def wang(visitor: Visitor) -> Visitor:
    visitor.signs_in("wangfang")
    return visitor


def shift(house: House, person: int, starts: str, ends: str, stand_in: int | None = None) -> None:
    wanted = m.ShiftAdded(shift=0, person=person, stand_in=stand_in, starts=at(starts), ends=at(ends))
    house.fact(wanted, "console", LIU, "security")


def shifts(house: House) -> list[Shift]:
    return list(house.engine.look()[0].all(Shift))


def day(visitor: Visitor, number: str, **query: str) -> str:
    """What stands beside a day of the roster."""
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    page = visitor.sees(f"/roster?{asked}").text
    return text_of_html(next(one for one in page.split('<li class="day')[1:] if f"</strong> {number}" in one))


def text_of_html(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def test_without_a_roster_the_page_says_who_is_called(wang: Visitor) -> None:
    page = text_of(wang.sees("/roster"))
    assert "No roster has ever been kept. In an alarm everybody in the role duty is called." in page
    assert "seven days" not in page


def test_who_answers_now_and_next(wang: Visitor, house: House) -> None:
    shift(house, WANG, "2026-02-10T08:30", "2026-02-10T17:30", stand_in=LIU)
    shift(house, ZHOU, "2026-02-10T17:30", "2026-02-20T08:30")
    page = text_of(wang.sees("/roster"))
    assert "On duty: 王芳 Stands in: 刘洋 Until 2026-02-10 17:30 Next 周强 2026-02-10 17:30" in page
    assert "Nobody has these times" not in page


def test_a_gap_in_the_next_seven_days_is_trouble_and_a_later_one_is_not_yet(wang: Visitor, house: House) -> None:
    shift(house, WANG, "2026-02-10T08:30", "2026-02-11T17:30")
    shift(house, ZHOU, "2026-02-12T08:30", "2026-02-19T08:30")
    page = text_of(wang.sees("/roster"))
    assert "Nobody has these times in the next seven days: 2026-02-11 17:30 – 2026-02-12 08:30" in page
    assert "17:30 – 24:00 nobody" in day(wang, "02-11")
    assert "00:00 – 08:30 nobody" in day(wang, "02-12")
    assert "08:30 – 24:00 nobody yet" in day(wang, "02-19")
    assert "nobody" not in day(wang, "02-09")  # what has passed is no gap any more


def test_the_form_is_filled_with_the_first_gap(wang: Visitor, house: House) -> None:
    shift(house, WANG, "2026-02-10T08:30", "2026-02-11T17:30")
    shift(house, ZHOU, "2026-02-12T08:30", "2026-02-19T08:30")
    page = wang.sees("/roster").text
    assert 'name="starts" type="datetime-local" required value="2026-02-11T17:30"' in page
    assert 'name="ends" type="datetime-local" required value="2026-02-12T08:30"' in page


def test_the_roster_of_one_person(wang: Visitor, house: House) -> None:
    shift(house, WANG, "2026-02-10T08:30", "2026-02-11T08:30")
    shift(house, ZHOU, "2026-02-11T08:30", "2026-02-12T08:30", stand_in=LIU)
    assert "02-12" in text_of(wang.sees(f"/roster?person={ZHOU}"))
    for person in (ZHOU, LIU):
        page = text_of(wang.sees(f"/roster?person={person}"))
        assert "2026-02-11 08:30 – 2026-02-12 08:30 周强" in page
        assert "2026-02-10 08:30" not in page.partition("Weeks from")[2].partition("Add a shift")[0]


def test_other_weeks(wang: Visitor, house: House) -> None:
    shift(house, WANG, "2026-04-01T08:30", "2026-04-02T08:30")
    assert "</strong> 04-01" not in wang.sees("/roster").text
    assert "2026-04-01 08:30 – 2026-04-02 08:30 王芳" in day(wang, "04-01", **{"from": "2026-04-01"})
    for nonsense in ("0001-01-01", "9999-12-31", "soon"):
        assert wang.sees(f"/roster?from={nonsense}").status_code == 200


def test_a_shift_is_added_and_taken_off(wang: Visitor, house: House) -> None:
    form = {"who": str(ZHOU), "stand_in": "", "starts": "2026-02-11T17:30", "ends": "2026-02-12T08:30"}
    assert wang.does("/roster/add", **form).headers["location"] == "/roster?from=2026-02-11"
    (added,) = shifts(house)
    assert (added.person, added.stand_in, added.starts, added.ends, added.added_by) == (
        ZHOU,
        None,
        at("2026-02-11T17:30"),
        at("2026-02-12T08:30"),
        WANG,
    )
    assert wang.does("/roster/1/remove").status_code == 303
    assert [(one.removed, one.removed_by) for one in shifts(house)] == [(True, WANG)]
    assert "There is no such shift" in text_of(wang.does("/roster/1/remove"))


def test_what_was_typed_stays_when_it_is_refused(wang: Visitor, house: House) -> None:
    shift(house, WANG, "2026-02-11T08:30", "2026-02-12T08:30")
    form = {"who": str(ZHOU), "stand_in": str(LIU), "starts": "2026-02-11T17:30", "ends": "2026-02-12T17:30"}
    answer = wang.does("/roster/add", **form)
    assert answer.status_code == 409
    assert "Another shift is at the same time." in text_of(answer)
    assert 'value="2026-02-12T17:30"' in answer.text
    assert f'<option value="{LIU}" selected>' in answer.text
    assert "Choose a person, and from when to when." in text_of(wang.does("/roster/add", **{**form, "starts": "soon"}))


@pytest.mark.parametrize("login", ["sunli", "zhaomin"])
def test_who_does_not_keep_the_roster_only_reads_it(visitor: Visitor, house: House, login: str) -> None:
    shift(house, WANG, "2026-02-11T08:30", "2026-02-12T08:30")
    visitor.signs_in(login)
    page = visitor.sees("/roster")
    assert "Duty officers and security officers keep the roster." in text_of(page)
    assert 'action="/roster/add"' not in page.text
    assert "remove" not in page.text
    assert visitor.does("/roster/add", who="1003").status_code == 403
    assert visitor.does("/roster/1/remove").status_code == 403
    assert not any(one.removed for one in shifts(house))


def test_a_shift_of_somebody_who_has_no_account_any_more_stands_out(wang: Visitor, house: House) -> None:
    shift(house, LIU, "2026-02-10T08:30", "2026-02-20T08:30")
    text = DEMO_SITE.read_text("utf-8")
    account = '[[account]]\nlogin = "liuyang"\ncardholder = 1005\nroles = ["security"]\n'
    assert account in text
    house.apply(text.replace(account, account.replace("1005", "1002")))
    page = text_of(wang.sees("/roster"))
    assert "Nobody has the shift now" in page
    assert "has no account for duty any more, and is not called" in page

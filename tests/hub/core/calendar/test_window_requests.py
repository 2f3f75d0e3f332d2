"""Which windows a person may plan and cancel, and which calendars may come in: each refusal by its reason."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from hub.core.refusal import NotPossible
from hub.core.state import Window
from tests.support.paper import LIU_YANG, NOON, WANG_FANG, ZHAO_MIN, PaperHub
from wire import messages as m

HOUR = 3_600_000
PLAN = m.WindowPlanned(window=0, title="国庆节", areas=("archive",), starts=NOON + 24 * HOUR, ends=NOON + 72 * HOUR)
CALENDAR = m.CalendarImported(year=2026, version=1, sha256="1" * 64, off=("2026-10-01",), worked=("2026-10-10",))


@pytest.fixture
def house() -> PaperHub:
    return PaperHub()


def refused(house: PaperHub, reason: str, person: int, request: m.FactData) -> None:
    before = len(house.entries)
    with pytest.raises(NotPossible) as refusal:
        house.asks(person, request)
    assert refusal.value.reason == reason
    assert len(house.entries) == before


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"areas": ("archive", "attic")}, "unknown-area"),
        ({"title": " "}, "title-empty"),
        ({"areas": ("archive", "archive")}, "window-empty"),
        ({"ends": PLAN.starts}, "window-empty"),
        ({"starts": NOON - 72 * HOUR, "ends": NOON - 24 * HOUR}, "window-past"),
    ],
)
def test_a_window_that_cannot_be_meant_is_refused(house: PaperHub, changes: dict[str, Any], reason: str) -> None:
    refused(house, reason, WANG_FANG, replace(PLAN, **changes))


def test_two_windows_of_one_area_do_not_overlap(house: PaperHub) -> None:
    house.asks(WANG_FANG, PLAN)
    refused(house, "window-overlaps", WANG_FANG, replace(PLAN, starts=PLAN.ends - 1, ends=PLAN.ends + HOUR))
    house.asks(WANG_FANG, replace(PLAN, starts=PLAN.ends, ends=PLAN.ends + HOUR))
    house.asks(WANG_FANG, replace(PLAN, areas=("cipher-room",)))
    assert [one.number for one in house.state.all(Window)] == [1, 2, 3]


def test_a_window_is_cancelled_once_and_for_a_reason_and_its_number_is_never_given_again(house: PaperHub) -> None:
    house.asks(WANG_FANG, PLAN)
    refused(house, "window-not-planned", WANG_FANG, m.WindowCancelled(window=2, reason="推迟"))
    refused(house, "reason-empty", WANG_FANG, m.WindowCancelled(window=1, reason=" "))
    house.asks(WANG_FANG, m.WindowCancelled(window=1, reason="推迟"))
    refused(house, "window-not-planned", WANG_FANG, m.WindowCancelled(window=1, reason="推迟"))
    house.asks(WANG_FANG, PLAN)
    assert [(one.number, one.planned) for one in house.state.all(Window)] == [(1, False), (2, True)]


def test_a_calendar_is_the_next_version_and_another_one(house: PaperHub) -> None:
    refused(house, "calendar-changed", ZHAO_MIN, replace(CALENDAR, version=2))
    house.asks(ZHAO_MIN, CALENDAR)
    refused(house, "calendar-changed", ZHAO_MIN, CALENDAR)
    refused(house, "calendar-same", ZHAO_MIN, replace(CALENDAR, version=2))


def test_somebody_else_approves_of_just_the_calendar_that_came_in_last_and_once(house: PaperHub) -> None:
    approval = m.CalendarApproved(year=2026, version=1, sha256=CALENDAR.sha256)
    refused(house, "calendar-unknown", LIU_YANG, approval)
    house.asks(LIU_YANG, CALENDAR)
    refused(house, "same-person", LIU_YANG, approval)
    house.asks(ZHAO_MIN, replace(CALENDAR, version=2, sha256="2" * 64))
    refused(house, "calendar-changed", LIU_YANG, approval)
    newest = replace(approval, version=2, sha256="2" * 64)
    house.asks(LIU_YANG, newest)
    refused(house, "calendar-approved", LIU_YANG, newest)

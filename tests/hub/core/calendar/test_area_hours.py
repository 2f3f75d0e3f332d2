"""Whether it is within an area's hours: hub and node say the same of every minute of any days."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from firmware.core import hours
from hub.core.calendar import area_hours, office_hours
from hub.core.site import guarding, lookups
from hub.core.site.document import Site
from tests.hub.core.calendar.test_hours import approved, imported
from tests.support.draft import credential
from tests.support.paper import PaperHub, demo_site


def house(site: Site | None = None) -> PaperHub:
    """With the calendar of the autumn in force: holidays from 1 October, a Saturday worked on the 10th."""
    made = PaperHub(site or demo_site())
    imported(made)
    approved(made)
    return made


HOUSE = house()


def wall(local: str) -> int:
    return int(datetime.fromisoformat(local).replace(tzinfo=HOUSE.site.zone).timestamp() * 1000)


@pytest.mark.parametrize(
    ("local", "hour"),
    [
        ("2026-09-30T07:29", "out"),  # Wednesday
        ("2026-09-30T07:30", "in"),
        ("2026-09-30T12:30", "in"),
        ("2026-09-30T18:29", "in"),
        ("2026-09-30T18:30", "out"),
        ("2026-10-01T10:00", "out"),  # a holiday
        ("2026-10-10T10:00", "in"),  # a Saturday that is worked
        ("2026-10-17T10:00", "out"),  # one that is not
        ("2027-10-01T10:00", "in"),  # a Friday of a year without a calendar
    ],
)
def test_an_area_has_hours_by_office_and_calendar(local: str, hour: str) -> None:
    assert area_hours.hour(HOUSE.state, HOUSE.site, "archive", wall(local)) == hour
    assert area_hours.hour(HOUSE.state, HOUSE.site, "attic", wall(local)) == hour


def test_without_any_hours_nothing_lies_outside() -> None:
    made = house(replace(demo_site(), office=None))
    assert area_hours.hour(made.state, made.site, "archive", wall("2026-10-01T03:00")) == "in"


@given(st.integers(wall("2026-09-26T00:00"), wall("2026-10-20T00:00")))
def test_hub_and_node_say_the_same_of_any_time(now: int) -> None:
    site, state = HOUSE.site, HOUSE.state
    days = office_hours.named_days(state, site, now, now + 1)
    access = lookups.access_for(site, "archive-1", 1, now, now + 1, days, credential)
    (rule,) = guarding.guards_for(site, "archive-1")
    within = hours.within(access, rule.hours, now)
    assert area_hours.hour(state, site, "archive", now) == ("in" if within else "out")

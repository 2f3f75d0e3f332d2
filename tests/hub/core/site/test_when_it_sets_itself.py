"""When a node sets an area by itself, of hours as they stand in the site document: what the reference and the remarks
say of it is what the node's own table makes of it."""

from __future__ import annotations

from datetime import datetime

import pytest

from firmware.core import set_area
from firmware.core.stands import Stands
from hub.core.site import guarding, lookups
from tests.hub.core.site.test_guarding import guard, own_hours, windows
from tests.support.draft import Draft, credential

ALL_DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
MONDAY, SATURDAY = "2026-09-21T", "2026-09-26T"


def phase(draft: Draft, unset: str, local: str) -> str:
    """What the node makes of a local time of an area that was unset at another; `open`: not to be set yet."""
    site = draft.site()
    since, now = (
        int(datetime.fromisoformat(one).replace(tzinfo=site.zone).timestamp() * 1000) for one in (unset, local)
    )
    access = lookups.access_for(site, "archive-1", 1, now, now + 1, {}, credential)
    stands = Stands(area="archive", state="unset", number=1, since=since)
    due = set_area.due(guard(site), access, stands, now, "trusted")
    return due.phase(now) if due else "open"


@pytest.mark.parametrize(
    ("end", "times"),
    [
        ("17:30", {"17:29": "open", "17:34": "early", "17:35": "warned", "17:45": "due", "18:30": "last"}),
        ("23:30", {"23:29": "open", "23:45": "due"}),
    ],
)
def test_an_area_sets_itself_after_the_office_has_closed(draft: Draft, end: str, times: dict[str, str]) -> None:
    windows(draft, (ALL_DAYS, "08:30", end))
    assert {local: phase(draft, MONDAY + "09:00", MONDAY + local) for local in times} == times


@pytest.mark.parametrize(("end", "before", "last"), [("23:30", "00:29", "00:30"), ("24:00", "00:59", "01:00")])
def test_where_the_office_closes_late_it_does_on_the_next_day(draft: Draft, end: str, before: str, last: str) -> None:
    windows(draft, (ALL_DAYS, "08:30", end))
    assert phase(draft, MONDAY + "09:00", "2026-09-22T" + before) == "due"
    assert phase(draft, MONDAY + "09:00", "2026-09-22T" + last) == "last"


@pytest.mark.parametrize("local", ["09:00", "23:59", "00:00", "00:30", "03:00"])
def test_where_the_office_never_closes_it_never_does(draft: Draft, local: str) -> None:
    windows(draft, (ALL_DAYS, "00:00", "24:00"))
    assert phase(draft, MONDAY + "00:00", MONDAY + local) == "open"


def test_in_its_own_hours_on_a_day_on_which_the_office_rests_it_waits_for_their_end(draft: Draft) -> None:
    own_hours(draft, (["sat"], "10:00", "16:00"))
    times = {"15:59": "open", "16:05": "warned", "16:15": "due", "17:00": "last"}
    assert {local: phase(draft, SATURDAY + "10:00", SATURDAY + local) for local in times} == times


def test_own_hours_that_end_later_than_the_office_do_not_put_it_off(draft: Draft) -> None:
    own_hours(draft, (["mon"], "08:00", "22:00"))
    assert phase(draft, MONDAY + "09:00", MONDAY + "18:30") == "last"
    assert guarding.hours_of(draft.site(), draft.site().areas["archive"])[0].end == 22 * 60

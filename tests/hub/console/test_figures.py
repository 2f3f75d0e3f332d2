"""The figures' page says what the journal says, and keeps drills apart."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from hub.core.alarms.figures import Called, Raised
from hub.store import figures
from tests.hub.console.visitor import Visitor, text_of
from tests.support.hub import House
from wire import messages as m

SECOND = 1000
HOUR = 3_600_000


@pytest.fixture
def since() -> int:
    return int(datetime(2026, 2, 11, 10, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000)


@pytest.fixture
def worked(house: House) -> House:
    """A shift with one alarm that happened twice and was answered after 45 s, one after 200 s, and a drill."""
    now = house.clock()
    shift = m.ShiftAdded(shift=0, person=1003, stand_in=None, starts=now, ends=now + 10 * HOUR)
    house.fact(shift, "console", 1005, "security")
    archive = house.node("archive-1")
    archive.says(m.Forced(point="archive/iron-gate"))
    house.clock.forward(45)
    house.fact(m.AlarmAcknowledged(alarm=1), "console", 1003, "duty")
    house.clock.forward(60)
    archive.says(m.Forced(point="archive/iron-gate"))
    house.clock.forward(3600)
    house.fact(m.AlarmAcknowledged(alarm=1), "console", 1003, "duty")
    archive.says(m.Forced(point="archive/security-door"))
    house.clock.forward(200)
    house.fact(m.AlarmAcknowledged(alarm=2), "console", 1003, "duty")
    house.fact(m.DrillStarted(area="archive"), "console", 1005, "security")
    house.clock.forward(10)
    house.fact(m.AlarmAcknowledged(alarm=3), "console", 1003, "duty")
    return house


def test_the_journal_has_the_first_answer_where_a_row_has_the_last(worked: House, since: int) -> None:
    rows = worked.read(lambda connection: figures.read(connection, since))
    gate, door, drill = rows.raised
    assert gate == Raised("forced", "alarm", "archive/iron-gate", since, (since + 105 * SECOND,), since + 45 * SECOND)
    assert door.answered_at == door.at + 200 * SECOND
    assert drill.drill
    assert rows.called[0] == Called(since, drill=False)
    assert [one.drill for one in rows.called].count(True) == 1
    assert len(rows.shifts) == 1


def test_what_began_before_and_happens_again_counts_where_it_happens(worked: House, since: int) -> None:
    rows = worked.read(lambda connection: figures.read(connection, since + 60 * SECOND))
    assert next((one.place, one.again) for one in rows.raised) == ("archive/iron-gate", (since + 105 * SECOND,))


def test_the_page_of_a_month(visitor: Visitor, worked: House) -> None:
    visitor.signs_in("sunli")
    page = text_of(visitor.sees("/figures"))
    month = page.partition("19 of 20 within ≤ 60 s ≤ 3 min ≤ 5 min")[2]
    assert month.startswith(" 2026-02 2 0 2 2.0 0 0 45 s 3 min 20 s 50 % 50 % 100 %")
    assert "Archive · Iron gate 2 Archive · Security door 1" in page
    assert "Real alarms 2 0 45 s 3 min 20 s 50 % 1 of 2" in page
    assert "Drills 1 0 10 s 10 s 100 % 1 of 1" in page
    assert "王芳: 2" in page
    assert "Drills never count here" in page


def test_by_quarter_and_another_period(visitor: Visitor, worked: House) -> None:
    visitor.signs_in("wangfang")
    page = text_of(visitor.sees("/figures?by=quarter&period=2025-Q4"))
    assert "2026-Q1 2 0 2" in page
    assert "Worst points, 2025-Q4" in page
    assert "Iron gate" not in page.partition("Worst points")[2]
    for nonsense in ("by=year", "period=2026-99"):
        assert "Worst points, 2026-02" in text_of(visitor.sees(f"/figures?{nonsense}"))

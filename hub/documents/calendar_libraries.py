"""What two libraries take for days off. They only cross-check a calendar: neither knows the notice of a year for sure.

The import of either takes some tenths of a second, so that no service carries them.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta

import msgspec

from hub.core.calendar.document_rules import Opinion


def opinions(year: int) -> list[Opinion]:
    """Both libraries' opinions of the year."""
    return [_chinesecalendar(year), _holidays(year)]


def _chinesecalendar(year: int) -> Opinion:
    import chinese_calendar

    try:
        off = frozenset(day for day in _days(year) if not chinese_calendar.is_workday(day))
    except NotImplementedError:  # it has tables of the years whose notice it has seen
        return Opinion("chinesecalendar", None)
    return Opinion("chinesecalendar", off)


def _holidays(year: int) -> Opinion:
    import holidays

    # For years whose notice it has not seen it computes the statutory days, and moves no working day.
    china = holidays.country_holidays("CN", years=year)
    return Opinion("holidays", frozenset(day for day in _days(year) if not china.is_working_day(day)))


def _days(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]


if __name__ == "__main__":
    # For whoever does not want to carry the libraries: the opinions of a year as JSON.
    print(msgspec.json.encode(opinions(int(sys.argv[1]))).decode())

"""Which weekday's hours hold on a day: one rule for doors, where nodes decide, and for the office, where the hub does.

A holiday has the hours of a Sunday, and a weekend day that is worked for it those of a Monday. So whoever may come on
every day of the week may come on holidays too, and whoever comes to work comes when there is work.
"""

from __future__ import annotations

from datetime import date

from wire.messages import DayNamed

_MONDAY, _SUNDAY = 0, 6


def counts_as(day: date, named: DayNamed | None) -> int:
    """The weekday (0 is Monday) that a day counts as; `named`: what the approved calendars say of it."""
    if named == "off":
        return _SUNDAY
    return _MONDAY if named == "worked" else day.weekday()

"""From what somebody has typed or clicked to a query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo

from hub.console.base.console import Asked
from hub.console.base.names import Names
from hub.store.queries import Term

MOST_TERMS = 5
LARGEST = 2**53


def terms(text: str, names: Names, kinds: Mapping[str, str]) -> list[Term]:
    """The words of a search, each with the kinds and places whose titles contain it in the language of the page."""
    return [Term(word, names.kinds_like(word, kinds), names.places_like(word)) for word in text.split()[:MOST_TERMS]]


def before_of(request: Asked) -> int | None:
    """The number that the page goes on from."""
    text = request.query_params.get("before", "")
    return min(int(text), LARGEST) if text.isascii() and text.isdigit() and len(text) < 20 else None


def moment(text: str, zone: tzinfo) -> int | None:
    """Wall time in ms of what a field for day and time says (YYYY-MM-DDTHH:MM). None for what is none."""
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def start_of(day: date, zone: tzinfo) -> int:
    """Wall time in ms at which a day begins."""
    return int(datetime.combine(day, time(), zone).timestamp() * 1000)


def day_start(text: str, zone: tzinfo, days: int = 0) -> int | None:
    """Wall time in ms at which a day (YYYY-MM-DD), or one some days later, begins. None for what is no day."""
    try:
        return start_of(date.fromisoformat(text) + timedelta(days=days), zone)
    except (ValueError, OverflowError):
        return None

"""The node's own decision on a badge, from the signed access list that it holds. The hub is not asked.

The reasons are an ordered table: the first that applies is the answer. Those that need no clock come first. A clock
that is not trusted still says how late it is at least, so what has certainly ended is told as ended; whatever else
would need the time is denied for the clock.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from firmware.core import hours
from wire import weekdays
from wire.messages import AccessList, ClockTrust, Credential, DenialReason, Grant, Holder, Name


class Question(NamedTuple):
    """A badge at a reader of an area, and all that the answer depends on."""

    access: AccessList | None
    holder: Holder | None
    area: Name
    wall: int
    trust: ClockTrust
    sealed: bool = False
    shut: bool = False
    """The area is set, and this badge does not unset it."""


def holder_of(access: AccessList | None, credential: Credential) -> Holder | None:
    """Whose badge this is."""
    holders = access.holders if access else ()
    return next((holder for holder in holders if credential in holder.credentials), None)


def why_not_in(question: Question) -> DenialReason | None:
    """Why this badge may not enter; None: it may."""
    return next((reason for reason, applies in ENTRY if applies(question)), None)


def why_not_out(question: Question) -> DenialReason | None:
    """Why this badge may not open the way out; None: it may. Whoever is known may leave, at any time."""
    return next((reason for reason, applies in EXIT if applies(question)), None)


def may_close_up(question: Question) -> bool:
    """Whether this is somebody who may enter the area at some hour: closing up is refused to none of them at any."""
    return bool(_live(question))


def _grants(question: Question) -> list[Grant]:
    grants = question.holder.grants if question.holder else ()
    return [grant for grant in grants if grant.area == question.area]


def _live(question: Question) -> list[Grant]:
    return [grant for grant in _grants(question) if grant.ends is None or question.wall < grant.ends]


def _in_schedule(access: AccessList, grant: Grant, wall: int) -> bool:
    if grant.schedule is None:
        return True
    day, minute = hours.local(access, wall)
    weekday = weekdays.counts_as(day, access.days.get(str(day)))
    windows = access.schedules.get(grant.schedule, ())
    return any(weekday in window.days and window.start <= minute < window.end for window in windows)


def _outside_schedule(question: Question) -> bool:
    access = question.access
    return access is None or not any(_in_schedule(access, grant, question.wall) for grant in _live(question))


_Reason = tuple[DenialReason, Callable[[Question], bool]]

_SEALED: _Reason = ("sealed", lambda q: q.sealed)
_NO_LIST: _Reason = ("no-list", lambda q: q.access is None)
_UNKNOWN: _Reason = ("unknown", lambda q: q.holder is None)

ENTRY: tuple[_Reason, ...] = (
    _SEALED,
    _NO_LIST,
    _UNKNOWN,
    ("no-grant", lambda q: not _grants(q)),
    ("list-expired", lambda q: q.access is not None and q.wall >= q.access.expires),
    ("ended", lambda q: not _live(q)),
    ("clock", lambda q: q.trust == "untrusted"),
    ("schedule", _outside_schedule),
    ("set", lambda q: q.shut),
)

EXIT: tuple[_Reason, ...] = (_SEALED, _NO_LIST, _UNKNOWN)

"""When an ordinary area is set and unset: the tables that decide it, and the times that they ask for.

An area is set by one person, by the hour, or by the node itself where it does not know how the area stood. It is unset
by people at its reader and by nothing else: not by time, not from a desk. Whether anybody is inside is only counted, so
it may put off a setting and warn; it never unsets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from firmware.core import hours
from firmware.core.stands import Stands
from wire.messages import AccessList, ClockTrust, Guarding, Person, UnsetBy

MINUTE_MS = 60_000
TWICE_MS = (2_000, 10_000)
"""The same badge a second time, so long after the first, closes up."""
BUTTON_MS = 10_000
"""The button closes up for whoever showed a badge so shortly before."""
SETTING_MS = 30_000
"""From closing up to set: whoever only fought a stuck door opens it in that time."""
INSIDE_AGAIN_MS = 60_000
"""Whoever was told that people are taken to be inside, and closes up again in this time, knows better."""
SECOND_MS = 20_000
"""The second person's badge counts up to so long after the first, as at a sealed area."""
WARNED_MS = 10 * MINUTE_MS
"""So long before the hour sets an area, the reader warns, each minute."""
LAST_MS = 60 * MINUTE_MS
"""So long after the office's close an area is set whatever is open in it and whoever is in it; out of its hours, so
long after the last badge."""
STAY_MS = 120 * MINUTE_MS
"""For so long somebody stays who says so."""
OUT_MS = 60 * MINUTE_MS
"""For so long people stay who have unset the area out of its hours, without saying so."""
LONGEST_MS = 24 * 60 * MINUTE_MS
"""Nobody stays for longer than that from now, by no approval either."""
STAY_BEFORE_MS = 60 * MINUTE_MS
"""So long before the office closes, people may say that they stay."""
OUT_AGAIN_MS = 60_000
"""Whoever was shut in and has got out shows a badge in this time."""

# ---------------------------------------------------------------- unsetting

Hour = Literal["within", "out"]
Speaks = Literal["alone", "second", "approved"]
"""What speaks for a badge of somebody who opens the area: nothing further; that of another such person just before; or
that a person in another office has approved of it."""
Unsetting = UnsetBy | Literal["first"]

UNSETTING: Mapping[tuple[Hour, Literal["two", "told"], Speaks], Unsetting] = {
    # its hours, outside them it takes, what speaks for the badge
    ("within", "two", "alone"): "badge",
    ("within", "two", "second"): "badge",
    ("within", "two", "approved"): "badge",
    ("within", "told", "alone"): "badge",
    ("within", "told", "second"): "badge",
    ("within", "told", "approved"): "badge",
    ("out", "two", "alone"): "first",
    ("out", "two", "second"): "two",
    ("out", "two", "approved"): "approval",
    ("out", "told", "alone"): "told",
    ("out", "told", "second"): "two",
    ("out", "told", "approved"): "approval",
}
"""A badge of somebody who opens the area, shown outside while it is set. Of anybody else it is refused."""


def hour(rule: Guarding, access: AccessList, wall: int, trust: ClockTrust) -> Hour:
    """Whether one person unsets the area at this time. Who does not know how late it is asks for two."""
    known = trust != "untrusted" and hours.within(access, rule.hours, wall)
    return "within" if known else "out"


def approved_until(access: AccessList, rule: Guarding, person: Person, wall: int, trust: ClockTrust) -> int | None:
    """Up to when this person may unset the area alone; None: nobody has approved of that for now."""
    ends = [
        one.until
        for one in access.approvals
        if (one.area, one.person) == (rule.area, person) and one.since <= wall < one.until and trust != "untrusted"
    ]
    return max(ends, default=None)


# ---------------------------------------------------------------- setting

Inside = Literal["nobody", "somebody", "told"]
"""As far as is counted; `told`: whoever closes up was told of them just before."""
ClosingUp = Literal["begin", "points", "inside"]

CLOSING_UP: Mapping[tuple[bool, Inside], ClosingUp] = {
    # something is open, taken to be inside
    (False, "nobody"): "begin",
    (False, "somebody"): "inside",
    (False, "told"): "begin",
    (True, "nobody"): "points",
    (True, "somebody"): "points",
    (True, "told"): "points",
}
"""Somebody closes up: it begins, or is refused for what is open or for who is inside."""

Phase = Literal["early", "warned", "due", "last"]
ByTime = Literal["nothing", "warn", "set", "tell", "set-anyway"]

BY_TIME: Mapping[tuple[Phase, bool], ByTime] = {
    # phase, everything is normal and nobody is taken to be inside
    ("early", True): "nothing",
    ("early", False): "nothing",
    ("warned", True): "warn",
    ("warned", False): "warn",
    ("due", True): "set",
    ("due", False): "tell",
    ("last", True): "set",
    ("last", False): "set-anyway",
}
"""What the hour does about an area that is unset."""


class Due(NamedTuple):
    """When the hour sets an area, as wall times in ms: from `soft` on if all is well in it, at `last` in any case."""

    soft: int
    last: int

    def phase(self, wall: int) -> Phase:
        """What a wall time in ms is of it."""
        if wall >= self.last:
            return "last"
        if wall >= self.soft:
            return "due"
        return "warned" if wall >= self.soft - WARNED_MS else "early"


def due(rule: Guarding, access: AccessList, stands: Stands, wall: int, trust: ClockTrust) -> Due | None:
    """When the hour sets the area; None: not while the office is open, nor in the morning before it opens. A clock that
    cannot be relied on still says how much time has passed."""
    if trust != "untrusted" and _close_to_come(rule, access, wall) is not None:
        return None
    closed = None if trust == "untrusted" else hours.last_end(access, rule.office or rule.hours, wall)
    if closed is not None and closed >= stands.since:
        times = Due(closed + rule.close * MINUTE_MS, closed + LAST_MS)
    else:
        times = Due(stands.since + LAST_MS, stands.since + LAST_MS)
    return Due(max(times.soft, stands.until), max(times.last, stands.until))


def counts_anew(rule: Guarding, access: AccessList, wall: int, trust: ClockTrust) -> bool:
    """Whether a badge that is granted at this time says that people are there: out of the area's hours, and in hours of
    its own once the last time to set it after the office's close is over."""
    if hour(rule, access, wall, trust) == "out":
        return True
    closed = hours.last_end(access, rule.office or rule.hours, wall)
    return closed is not None and wall >= closed + LAST_MS and _close_to_come(rule, access, wall) is None


def may_stay(rule: Guarding, access: AccessList, wall: int) -> bool:
    """Whether people may say at the reader that they stay: from an hour before the office closes, and out of hours."""
    end = _close_to_come(rule, access, wall)
    return end is None or wall >= end - STAY_BEFORE_MS


def stays_until(rule: Guarding, access: AccessList, stands: Stands, wall: int) -> int:
    """Up to what wall time in ms somebody stays who says so now: counted from the close that is still to come."""
    end = _close_to_come(rule, access, wall)
    return min(max(wall, stands.until, end or 0) + STAY_MS, wall + LONGEST_MS)


def _close_to_come(rule: Guarding, access: AccessList, wall: int) -> int | None:
    """When the office closes today, once it is open or one person may unset the area for it; None: not today, or it is
    out of hours."""
    office = rule.office or rule.hours
    in_time = hours.within(access, office, wall) or hours.within(access, rule.hours, wall)
    return hours.next_end(access, office, wall) if in_time else None

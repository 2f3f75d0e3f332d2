"""Ladders: who is called for an alarm, when, and by what. Tables first; the rules that read them are `escalation`'s.

Numbers: notes/console.md 6.6 and secrecy-room guides (two people at once, until confirmed). Times are seconds.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from hub.core.alarms.kinds import KINDS, Column
from wire import messages as m

Whom = Literal["duty", "stand-in", "supervisor", "security", "administrator", "keeper"]
"""duty and stand-in: by the roster, or, where it has a gap, everybody in the role duty. security and administrator: of
that role. keeper: of the areas that the call is about. supervisor: as the site document names one, else the security
officers."""

PERSONAL: tuple[m.Channel, ...] = ("sms", "email")
"""Channels that reach one person. By the others whoever is there is told."""
TWO = 2
"""Number of people notified at the same time, if the site has as many."""


class Rung(NamedTuple):
    """One rung: `after` seconds after the first, these people by each of these channels. A person for whom none of
    them is set up is called by any other that is."""

    after: int
    whom: tuple[Whom, ...]
    by: tuple[m.Channel, ...]


class Ladder(NamedTuple):
    """Rungs, and after the last, all of them `again` every so many seconds, for ever. Acknowledged, and within `attend`
    seconds nobody at the door and no finding: it goes on (None: acknowledged is enough)."""

    rungs: tuple[Rung, ...]
    again: int
    attend: int | None
    least: int = 1
    """How many different people the first rung tells."""


LADDERS: dict[str, Ladder] = {
    "alarm": Ladder(
        (
            Rung(0, ("duty", "stand-in"), ("sounder", "console", "syslog", "sms")),
            Rung(60, ("duty", "stand-in"), ("email",)),
            Rung(180, ("supervisor",), ("sms", "email")),
            Rung(300, ("security",), ("sms", "email")),
        ),
        again=300,
        attend=600,
        least=TWO,
    ),
    "silent": Ladder(
        (
            Rung(0, ("duty", "stand-in"), ("console", "syslog", "sms")),
            Rung(60, ("duty", "stand-in"), ("email",)),
            Rung(180, ("supervisor",), ("sms", "email")),
            Rung(300, ("security",), ("sms", "email")),
        ),
        again=300,
        attend=600,
        least=TWO,
    ),
    "fault": Ladder(
        (
            Rung(0, ("duty", "administrator"), ("sounder", "console", "syslog", "sms")),
            Rung(60, ("duty", "administrator"), ("email",)),
            Rung(180, ("supervisor",), ("sms", "email")),
            Rung(300, ("security",), ("sms", "email")),
        ),
        again=300,
        attend=None,
        least=TWO,
    ),
    "medium": Ladder(
        (
            Rung(0, (), ("sounder", "console", "syslog")),
            Rung(60, ("duty",), ("sms",)),
            Rung(300, ("stand-in",), ("sms", "email")),
            Rung(900, ("supervisor",), ("sms", "email")),
        ),
        again=900,
        attend=None,
    ),
    "trouble": Ladder(
        (
            Rung(0, ("administrator", "duty"), ("console", "syslog", "email")),
            Rung(3600, ("administrator",), ("sms",)),
        ),
        again=86_400,
        attend=None,
    ),
    "closing": Ladder(
        (
            Rung(0, ("keeper",), ("console", "syslog", "sms")),
            Rung(3600, ("keeper", "duty"), ("sms", "email")),
        ),
        again=86_400,
        attend=None,
    ),
    "told": Ladder(
        (Rung(0, ("keeper", "supervisor"), ("console", "syslog", "sms")),),
        again=86_400,
        attend=None,
    ),
}
"""`alarm`: urgent and high. `silent`: the same without a sound, for duress. `fault`: a trouble where something is
sealed, or an urgent one. `medium`: an alarm that can wait a minute. `trouble`: a fault in office life;
it wakes nobody at night. `closing`: an area was not set in the evening, or something was left open in it. `told`:
somebody has opened up alone, where that is enough and others are to know."""

BY_PRIORITY: dict[tuple[bool, int], str | None] = {
    # is it a trouble, priority
    (False, 1): "alarm",
    (False, 2): "alarm",
    (False, 3): "medium",
    (False, 4): None,
    (True, 1): "fault",
    (True, 2): "fault",
    (True, 3): "trouble",
    (True, 4): None,
}
"""The ladder of each kind, unless its row below or the bureau's own table says otherwise. None: nobody is called; it
stands on the console and in the journal."""

TROUBLE_DELAY: dict[tuple[bool, int], int] = {
    # is something sealed, priority
    (True, 1): 0,
    (True, 2): 30,
    (True, 3): 60,
    (False, 1): 60,
    (False, 2): 300,
    (False, 3): 300,
}
"""Seconds in which a trouble may be mended before anybody is disturbed."""


SET_DELAY = 60
"""The same for a trouble that is high or urgent since its area is set, or nobody ought to be there."""
SET_DELAYS = {"node-silent": 30}  # it has been silent for 30 s before anybody says so


class Answer(NamedTuple):
    """What becomes of an alarm of a kind that is raised: priority, ladder and delay."""

    priority: int
    ladder: str | None
    delay: int


DELAYS: dict[str, tuple[int, int]] = {
    "engine-silent": (0, 0),  # it was silent for 10 s before anybody said so
    "engine-restarts": (0, 0),  # it was mended by a new start each time, and died again
    "service-restarts": (0, 0),
    "node-restarts": (0, 0),
    "notice-not-delivered": (0, 0),  # somebody may be waiting for help
    # When a switch dies, its nodes fall silent one after the other, within a beat: that is one call.
    "node-silent-while-sealed": (3, 3),
    "not-set": (0, 0),  # it was to be set a quarter of an hour ago
    "set-refused": (0, 300),  # whoever closes up has heard it at the reader, and shuts what is open
    "left-open": (0, 0),
    "unset-out-of-hours": (0, 0),
    "safe-opened-in-overtime": (0, 0),
}
"""Kinds with a delay of their own, in seconds: sealed, unsealed."""
OWN_LADDER = {
    "duress": "silent",
    "panic": "silent",
    "not-sealed": "medium",
    "not-set": "closing",
    "set-refused": "closing",
    "left-open": "closing",
    "unset-out-of-hours": "told",
    "safe-opened-in-overtime": "told",
}
"""Kinds with a ladder of their own. Nobody who is forced to enter is helped by a siren; a room that was to be sealed is
for the duty officer to see to, one that was not set for its keeper, neither for the administrator."""


def built_in(what: str, column: Column) -> Answer:
    """What is done about a kind unless the bureau's table overrides it."""
    priority = KINDS[what].priority(column)
    return Answer(priority, ladder_for(what, priority), delay_for(what, priority, column))


def ladder_for(what: str, priority: int) -> str | None:
    """The ladder that a kind of this priority starts."""
    return OWN_LADDER.get(what) or BY_PRIORITY[KINDS[what].klass == "trouble", priority]


def delay_for(what: str, priority: int, column: Column) -> int:
    """Seconds before anybody is told. An alarm has none."""
    sealed = column == "sealed"
    if what in DELAYS:
        return DELAYS[what][0 if sealed else 1]
    if KINDS[what].klass != "trouble":
        return 0
    guarded = column in ("out", "set", "set-out") and priority <= 2
    return SET_DELAYS.get(what, SET_DELAY) if guarded else TROUBLE_DELAY.get((sealed, priority), 0)

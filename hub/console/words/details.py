"""What an alarm is about in particular, in one sentence, beside its title and place."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hub.console.words.texts import N_, Texts
from hub.core.state import Alarm
from wire import messages as m

HOLDS = N_("%(node)s holds sealing no. %(number)s of %(area)s; it was told: %(told)s.")
HOLDS_NONE = N_("%(node)s was told: %(told)s.")
MISSING = N_("Missing: %(nodes)s.")

TOLD: Mapping[m.Told, str] = {
    "plan": N_("a plan with other points or readers"),
    "list": N_("an access list with badges more"),
    "sealing": N_("another sealing of the same area"),
    "release": N_("to let go, without two badges or the word of the node that has seen them"),
    "quiet": N_("to be quiet, although nobody has come"),
    "ceremony": N_("to count badges for something else"),
    "foreign": N_("an order that this hub has not given: somebody else is giving orders in its name"),
}


def detail(alarm: Alarm, texts: Texts, name: Callable[[str], str]) -> str:
    """The sentence; empty for an alarm whose title and place say all. `name` says a node or an area."""
    if alarm.nodes:
        return texts.say(MISSING, nodes=", ".join(map(name, alarm.nodes)))
    if not alarm.told:
        return ""
    told = texts.say(TOLD[alarm.told])
    if alarm.area is None or alarm.sealing is None:
        return texts.say(HOLDS_NONE, node=name(alarm.place), told=told)
    return texts.say(HOLDS, node=name(alarm.place), number=alarm.sealing, area=name(alarm.area), told=told)

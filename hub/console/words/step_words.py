"""The words of the steps to a sealing and out of it, by the core's codes."""

from __future__ import annotations

from hub.console.words.texts import N_

CHECK_ITEMS = {
    "doors": N_("Doors and gates are shut"),
    "windows": N_("Windows are shut"),
    "cabinets": N_("Cabinets are locked"),
    "safe": N_("The safe is locked"),
    "people-out": N_("Nobody is inside"),
}

COURSES = {
    "planned": N_("planned"),
    "checking": N_("check under way"),
    "arming": N_("being sealed"),
    "sealed": N_("sealed"),
    "breached": N_("opened while sealed"),
    "unsealing": N_("being unsealed"),
    "opened": N_("opened in an emergency"),
    "closed": N_("closed"),
    "cancelled": N_("cancelled"),
    "postponed": N_("postponed"),
}
"""How far a sealing is on its course."""

SEEN = {
    "seen": N_("opened and closed"),
    "half": N_("opened; now close it"),
    "not": N_("open it and close it"),
    "blind": N_("cannot be seen: its node is not heard, or its wire cannot be read"),
}

HALVES = {
    "sealed": N_("of the sealing"),
    "closed": N_("closing half"),
}

OUTCOMES = {
    "postponed": N_("postponed"),
    "cancelled": N_("cancelled"),
}

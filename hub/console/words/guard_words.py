"""The words of the everyday guard: how an area stands, by what it was set or unset, and what became of a wish."""

from __future__ import annotations

from hub.console.words.texts import N_

GUARD_STATES = {
    "unset": N_("Unset"),
    "set": N_("Set"),
    "sealed": N_("Sealed"),
    "not-watched": N_("Whether it is set is not known"),
    "not-told": N_("Its node has not said yet whether it is set"),
}

LAST_KNOWN = {
    "unset": N_("last known: unset"),
    "set": N_("last known: set"),
}
"""How an area stood when it was last heard of."""

SET_BY = {
    "badge": N_("badge shown twice"),
    "button": N_("badge and button"),
    "console": N_("at the console"),
    "time": N_("by the hour"),
    "not-entered": N_("unset, but nobody went in"),
    "not-known": N_("its node did not know how it stood"),
}
"""By what an area was set."""

UNSET_BY = {
    "badge": N_("one badge, within its hours"),
    "two": N_("two badges, out of its hours"),
    "approval": N_("one badge, out of its hours, by approval"),
    "told": N_("one badge, out of its hours; others were told"),
    "unsealed": N_("its sealing is over"),
    "begun": N_("it has begun to be guarded"),
}
"""By what an area was unset."""

EXTENDED_BY = {
    "badge": N_("by badge"),
    "console": N_("at the console"),
}

SHUT_IN_BY = {
    "button": N_("by the exit button"),
    "reader": N_("by the inside reader"),
    "door": N_("by the innermost door"),
}
"""How somebody who is shut in has shown it."""

ACTS = {
    "set": N_("Set now"),
    "extend": N_("Two hours more"),
}
"""What an officer asks."""

OUTSIDE = {
    "two": N_("Outside these hours: two of them within 20 s, or one who is allowed it below."),
    "told": N_("Outside these hours: one of them; keeper and supervisor are told at once."),
}
"""What it takes to unset an area outside its hours."""

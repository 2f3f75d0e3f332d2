"""Alarms and troubles of areas that are set and unset, and of ordinary nights."""

from __future__ import annotations

from hub.console.words.instructions.sentences import (
    ACKNOWLEDGE,
    BROKEN_INTO,
    FINDING,
    GO_IN_PAIRS,
    Instruction,
)
from hub.console.words.texts import N_

QUIETS = N_("Hold your badge to the reader at the door. That quiets the sounder; the area stays set.")
ASK_KEEPER = N_("Call the keeper of the area. Is somebody there who ought to be?")
BY_BADGE = N_("Whoever stays shows the badge at the reader twice and opens the door: two hours more.")

INSTRUCTIONS: dict[str, Instruction] = {
    "opened-while-set": Instruction(
        N_("Opened while set"),
        N_("Something was opened in an area that is set, so nobody ought to be there."),
        (ACKNOWLEDGE, ASK_KEEPER, GO_IN_PAIRS, QUIETS),
    ),
    "safe-opened-while-set": Instruction(
        N_("Safe opened while set"),
        N_("A safe or its bolt was opened in an area that is set."),
        (ACKNOWLEDGE, GO_IN_PAIRS, BROKEN_INTO, QUIETS),
    ),
    "somebody-inside": Instruction(
        N_("Somebody is shut in"),
        N_("The area is set, and somebody inside wants out: by the exit button, the reader inside or the inner door."),
        (
            ACKNOWLEDGE,
            N_("Call the people who were there last. Whoever was shut in shows a badge at the reader outside."),
            GO_IN_PAIRS,
            FINDING,
        ),
    ),
    "chatter-while-set": Instruction(
        N_("Contact chatters while set"),
        N_("A contact of an area that is set opens and closes many times a second: a loose wire, or somebody at it."),
        (ACKNOWLEDGE, GO_IN_PAIRS, N_("Have the contact and its wire looked at today."), FINDING),
    ),
    "window-out-of-hours": Instruction(
        N_("Window opened out of hours"),
        N_("A window was opened out of the area's hours, and no badge was shown at the area in the hour before."),
        (ACKNOWLEDGE, ASK_KEEPER, GO_IN_PAIRS, FINDING),
    ),
    "safe-opened-in-overtime": Instruction(
        N_("Safe opened in overtime"),
        N_("A safe or its bolt was opened out of hours by people who had said that they stay."),
        (ACKNOWLEDGE, N_("If you do not know that they are there, call them.")),
    ),
    "unset-out-of-hours": Instruction(
        N_("Opened up alone, out of hours"),
        N_("One person has unset the area out of its hours, as is allowed there, and others are told."),
        (ACKNOWLEDGE, N_("If you know nothing of it, call that person.")),
    ),
    "not-set": Instruction(
        N_("Not set in the evening"),
        N_("The hour to set the area has come. Something is open in it, or people are taken to be inside."),
        (
            N_("Shut what is open; the page of the area names it. Then it sets itself."),
            BY_BADGE,
            N_("An hour after the close it is set in any case; what is open then is left open, and told."),
        ),
    ),
    "set-refused": Instruction(
        N_("Closing up refused"),
        N_("Somebody has tried to set the area. It is not set: something is open, or people are taken to be inside."),
        (
            N_("Shut what is open; the page of the area names it. Then show the badge twice again."),
            N_("If nobody is inside: the same badge twice again within a minute sets it all the same."),
        ),
    ),
    "left-open": Instruction(
        N_("Left open"),
        N_("The hour has set the area, and this was open. It is not guarded until it is shut."),
        (
            N_("Have it shut. From that moment on it is guarded."),
            N_("Whoever goes in for that unsets the area: out of its hours that takes two people."),
        ),
    ),
    "water": Instruction(
        N_("Water"),
        N_("A water detector is wet."),
        (
            ACKNOWLEDGE,
            N_("Go there. Shut off the water, and see to the power before you step into it."),
            N_("Bring the papers out of its way. If the area is sealed, open it as an emergency."),
            FINDING,
        ),
    ),
    "smoke": Instruction(
        N_("Smoke"),
        N_("A smoke detector has gone off."),
        (
            N_("Call the fire brigade, and get everybody out."),
            ACKNOWLEDGE,
            N_("Open no door that is hot. If somebody is inside, the area is opened as an emergency."),
            FINDING,
        ),
    ),
    "panic": Instruction(
        N_("Call for help"),
        N_("Somebody has pressed the panic button. Nothing sounds there."),
        (
            ACKNOWLEDGE,
            N_("Call the police. Do not telephone the place, and do not go there alone."),
            N_("Let no sounder sound and nobody talk about it near the place."),
            FINDING,
        ),
    ),
}

"""Alarms of doors, points, seals and sealings."""

from __future__ import annotations

from hub.console.words.instructions.sentences import (
    ACKNOWLEDGE,
    BADGE,
    BROKEN_INTO,
    CALL_ADMINISTRATOR,
    CALL_SECURITY,
    FINDING,
    GO_IN_PAIRS,
    WATCH_BY_HAND,
    Instruction,
)
from hub.console.words.texts import N_

INSTRUCTIONS: dict[str, Instruction] = {
    "opened-while-sealed": Instruction(
        N_("Opened while sealed"),
        N_("Something was opened in an area that is sealed."),
        (ACKNOWLEDGE, GO_IN_PAIRS, BROKEN_INTO, BADGE),
    ),
    "seal-broken": Instruction(
        N_("Seal broken"),
        N_("The loop of a seal was opened, cut or shorted while the area is sealed."),
        (
            ACKNOWLEDGE,
            GO_IN_PAIRS,
            N_("Compare the number on the seal with the certificate. Do not put on a new one yourself."),
            BROKEN_INTO,
        ),
    ),
    "badge-while-sealed": Instruction(
        N_("Badge shown at a sealed area"),
        N_("Somebody held a badge to the reader of an area that is sealed. Nothing was opened by it."),
        (
            ACKNOWLEDGE,
            N_("Call the person named in the access log. Was it a mistake?"),
            N_("If nobody can explain it, go there with a second person and look at door and seal."),
            FINDING,
        ),
    ),
    "forced": Instruction(
        N_("Door forced"),
        N_("A door was opened without a badge and without anybody leaving."),
        (ACKNOWLEDGE, GO_IN_PAIRS, BROKEN_INTO, FINDING),
    ),
    "opened-without-badge": Instruction(
        N_("Door opened without a badge"),
        N_(
            "In office hours a door was opened by nobody who had shown a badge or was leaving, and nobody has shown "
            "one in the minute since. Perhaps somebody went in or out on the badge of another."
        ),
        (
            ACKNOWLEDGE,
            N_("Look who is there, or call the keeper. Whoever went with another shows a badge at the reader."),
            N_("If nobody knows who it was: go there with a second person. Is anything missing?"),
            FINDING,
        ),
    ),
    "held-open": Instruction(
        N_("Door held open"),
        N_("A door stands open for longer than it may."),
        (
            ACKNOWLEDGE,
            N_("Call the keeper of the area, or go there, and have the door closed."),
            N_("If nobody is there: look whether anything is missing before you close it."),
        ),
    ),
    "denied-five-times": Instruction(
        N_("Five wrong tries"),
        N_("Badges were refused five times in a row at one area."),
        (
            ACKNOWLEDGE,
            N_("Look in the access log: whose badge, and why was it refused?"),
            N_("If nobody can explain it, go there with a second person."),
            FINDING,
        ),
    ),
    "chatter-while-sealed": Instruction(
        N_("Input chatters while sealed"),
        N_("A contact in a sealed area opens and closes many times a second: a loose wire, or somebody at it."),
        (ACKNOWLEDGE, GO_IN_PAIRS, N_("Look at the door and along its wire."), CALL_ADMINISTRATOR),
    ),
    "tamper": Instruction(
        N_("Box opened"),
        N_("The lid of a node or of a device was opened."),
        (
            ACKNOWLEDGE,
            N_("Is somebody working there, and was it announced? Call and ask."),
            GO_IN_PAIRS,
            FINDING,
        ),
    ),
    "loop-tamper": Instruction(
        N_("Wire cut or shorted"),
        N_("The wire to a contact is cut or shorted. The place behind it is not watched any more."),
        (ACKNOWLEDGE, GO_IN_PAIRS, N_("Look at the door and along its wire."), WATCH_BY_HAND),
    ),
    "chatter": Instruction(
        N_("Input chatters"),
        N_("A contact opens and closes many times a second. Mostly that is a loose wire or a worn contact."),
        (ACKNOWLEDGE, N_("Look at the door: does it close properly?"), CALL_ADMINISTRATOR),
    ),
    "drill": Instruction(
        N_("Drill"),
        N_("This is a drill. Nothing has happened; everything is to be done as if it had."),
        (
            ACKNOWLEDGE,
            N_("Go to the door and hold your badge to the reader, as in an alarm."),
            N_("Write the finding: what went well, and what did not."),
        ),
    ),
    "duress": Instruction(
        N_("Help wanted, silently"),
        N_("Somebody who is being forced has shown the badge for that. At the door nothing tells of it."),
        (
            ACKNOWLEDGE,
            N_("Call the police and the security officer. Do not call the person, and do not go there alone."),
            N_("Let no sounder sound and nobody talk about it near the place."),
        ),
    ),
    "opened-out-of-hours": Instruction(
        N_("Opened out of hours"),
        N_(
            "A cabinet, window, safe or bolt was opened while the office is closed, and no badge was shown at the area "
            "in the hour before. The place is what was opened first; the history below says what else has been since."
        ),
        (
            ACKNOWLEDGE,
            N_("Call the keeper of the area. Whoever may work there shows a badge now, and then once an hour."),
            GO_IN_PAIRS,
            FINDING,
        ),
    ),
    "not-sealed": Instruction(
        N_("Not sealed as planned"),
        N_("The time for which sealing was planned has begun, and the area is not sealed."),
        (
            N_("Seal it now, with the second person; or cancel the plan and write why."),
            N_("Until then it is guarded as on any day."),
        ),
    ),
    "not-entered": Instruction(
        N_("Granted, but nobody entered"),
        N_("A badge was accepted, and nobody went in."),
        (
            N_("Nothing is to be done. It stands in the log."),
            N_("If it happens often at one door, look whether its contact works."),
        ),
    ),
    "emergency-opening": Instruction(
        N_("Opened in an emergency"),
        N_("A sealed area was opened at once, without badges: fire, water, or somebody in danger."),
        (
            ACKNOWLEDGE,
            N_("People first: help, and call the fire brigade if need be."),
            N_("Let nobody in who has no business there, and write down who goes in."),
            N_("Two people sign for it afterwards; then write the finding."),
        ),
    ),
    "seal-number-differs": Instruction(
        N_("Number of a seal differs"),
        N_("The number that was read off a seal is not the one that was put on when the area was sealed."),
        (
            ACKNOWLEDGE,
            N_("Stop. Open nothing, and leave the seal where it is."),
            N_("Read the number once more, both of you, and compare it with the certificate."),
            CALL_SECURITY,
        ),
    ),
}

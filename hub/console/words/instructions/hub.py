"""Alarms of the hub: its journal, its services, its channels and its calendar."""

from __future__ import annotations

from hub.console.words.instructions.sentences import (
    ACKNOWLEDGE,
    CALL_ADMINISTRATOR,
    CALL_SECURITY,
    LEAVE_THE_HUB,
    LOCK_SHEETS_AWAY,
    WATCH_BY_HAND,
    Instruction,
)
from hub.console.words.texts import N_

INSTRUCTIONS: dict[str, Instruction] = {
    "hub-restored": Instruction(
        N_("Hub restored from a backup"),
        N_("The hub's database was put back from a backup. What came after the backup is only on the nodes."),
        (
            ACKNOWLEDGE,
            N_("Ask the two people named in the journal whether they did this, and why."),
            N_("If nobody knows of it, call the security officer at once."),
        ),
    ),
    "record-not-judged": Instruction(
        N_("A record could not be judged"),
        N_("The hub failed over what a node said, or over a task of its own. The log says which: it may be an alarm."),
        (
            ACKNOWLEDGE,
            N_("Look in the log. If a node said it, treat it as an alarm of its area: go and look."),
            CALL_ADMINISTRATOR,
        ),
    ),
    "engine-restarts": Instruction(
        N_("The engine fails again and again"),
        N_("The hub's engine has died several times within a few minutes. Alarms may be late, or missed."),
        (ACKNOWLEDGE, N_("Until it is mended, walk the rounds."), CALL_ADMINISTRATOR),
    ),
    "service-restarts": Instruction(
        N_("A service of the hub fails again and again"),
        N_("The notices or the console have died several times within a few minutes. Calls may be late, or missed."),
        (ACKNOWLEDGE, N_("Until it is mended, do not rely on being called: look at the rooms."), CALL_ADMINISTRATOR),
    ),
    "service-refused": Instruction(
        N_("A service of the hub asks for what it never does"),
        N_(
            "The console or the notices have asked the engine for more than their program ever does, or told of a time"
            " of which they cannot know. It was refused. Somebody may have taken that service over."
        ),
        (
            ACKNOWLEDGE,
            CALL_SECURITY,
            N_("Sign in nowhere at the console until it is known what it is doing; look at the rooms themselves."),
            CALL_ADMINISTRATOR,
        ),
    ),
    "node-restarts": Instruction(
        N_("A node starts again and again"),
        N_("The node has started several times within a few minutes. What happens in between, nobody sees."),
        (
            ACKNOWLEDGE,
            N_("Look at the rooms of this node, and at its power supply and plug."),
            CALL_ADMINISTRATOR,
        ),
    ),
    "hub-interrupted": Instruction(
        N_("The hub was interrupted"),
        N_("The hub's engine did not run for a while and has started again. The nodes have kept their records."),
        (N_("Nothing is to be done at once."), N_("If it happens again, call the system administrator.")),
    ),
    "database-held": Instruction(
        N_("The database was held by another process"),
        N_(
            "Nothing could be journalled meanwhile, and the hub told nobody of an alarm. "
            "The nodes have kept their records."
        ),
        (ACKNOWLEDGE, N_("Look at the rooms."), CALL_ADMINISTRATOR),
    ),
    "rows-differ": Instruction(
        N_("The hub's state was changed"),
        N_("What the hub has saved is not what its log says. Somebody has changed it, or the disk is failing."),
        (ACKNOWLEDGE, CALL_SECURITY, LEAVE_THE_HUB, N_("Look at the rooms.")),
    ),
    "log-not-emptied": Instruction(
        N_("The database's log is not emptied"),
        N_("Some process reads the database on and on without an end, and what is written meanwhile piles up."),
        (ACKNOWLEDGE, CALL_ADMINISTRATOR),
    ),
    "journal-forked": Instruction(
        N_("The log was rewritten"),
        N_("A node remembers entries of the log otherwise than the hub shows them. Somebody may have forged the log."),
        (ACKNOWLEDGE, CALL_SECURITY, LEAVE_THE_HUB, LOCK_SHEETS_AWAY),
    ),
    "journal-rolled-back": Instruction(
        N_("The end of the log is missing"),
        N_("The hub shows a shorter log than a node has confirmed before. What was its end then has been removed."),
        (ACKNOWLEDGE, CALL_SECURITY, LEAVE_THE_HUB, LOCK_SHEETS_AWAY),
    ),
    "unwitnessed": Instruction(
        N_("The log is not witnessed"),
        N_(
            "For five minutes too few nodes have confirmed the log. Nothing is lost, but until they do, "
            "nobody can prove that its newest entries are genuine."
        ),
        (
            ACKNOWLEDGE,
            N_("Look on the board which nodes are silent. Have they power, and is the network cable in?"),
            CALL_ADMINISTRATOR,
        ),
    ),
    "broker-lost": Instruction(
        N_("The hub is cut off from its nodes"),
        N_("The engine has lost the message broker. No node can be heard; the nodes go on by themselves."),
        (
            ACKNOWLEDGE,
            CALL_ADMINISTRATOR,
            N_("Until it is back, look at sealed areas in person every hour and note the time."),
        ),
    ),
    "key-not-changed": Instruction(
        N_("Key of the journal not changed"),
        N_(
            "The disk of the hub refuses the daily change of the key that signs the journal. The hub goes on with the "
            "key it has, and tries again every five minutes."
        ),
        (
            ACKNOWLEDGE,
            CALL_ADMINISTRATOR,
        ),
    ),
    "hub-clock": Instruction(
        N_("Clock of the hub is wrong"),
        N_(
            "The hub's clock was moved, or shows another time than the log, the nodes, or the machine's own clock that "
            "has a battery. Which of them, what it shows and what is expected are in the journal. Until it is right, "
            "times in the log, rosters and deadlines are not."
        ),
        (
            ACKNOWLEDGE,
            N_("Compare the time on the console with a watch, and write both down."),
            N_("If nobody has set the clock on purpose: call the system administrator and the security officer."),
        ),
    ),
    "contacts-unusable": Instruction(
        N_("Emergency contacts cannot be used"),
        N_(
            "The list of those who are called when the hub's database fails cannot be read or written. "
            "If the database fails now, nobody is called by telephone."
        ),
        (
            ACKNOWLEDGE,
            CALL_ADMINISTRATOR,
        ),
    ),
    "engine-silent": Instruction(
        N_("Engine of the hub silent"),
        N_(
            "The part of the hub that judges what the nodes say has stopped. "
            "Nothing new is noticed until it runs again."
        ),
        (
            ACKNOWLEDGE,
            N_("Call the system administrator at once."),
            WATCH_BY_HAND,
        ),
    ),
    "notice-not-delivered": Instruction(
        N_("Notice not delivered"),
        N_("Somebody who should be called was not reached by this channel."),
        (
            ACKNOWLEDGE,
            N_("Look at the alarm it was about, and call the person by telephone."),
            N_("Tell the system administrator which channel it was."),
        ),
    ),
    "channel-failed": Instruction(
        N_("Channel does not work"),
        N_("A way of calling people has not worked for more than a day."),
        (
            N_("Tell the system administrator which channel it is."),
            N_("Until it is mended, look at the console more often."),
        ),
    ),
    "roster-gap": Instruction(
        N_("Gap in the roster"),
        N_("For a time within the next seven days nobody is on duty. Everybody in the role would be called."),
        (
            N_("Nothing is to be done at night."),
            N_("Fill the gap in the roster."),
        ),
    ),
    "calendar-unpublished": Instruction(
        N_("No holiday calendar"),
        N_("The hub has no approved calendar of the year, and guesses none. It proposes no sealing for its holidays."),
        (
            N_("Nothing is to be done at night."),
            N_("Tell the security officer: the calendar is to be imported, and approved by a second person."),
        ),
    ),
}

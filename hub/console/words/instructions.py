"""What each kind of alarm means and what the duty officer does about it: what happened, then two to four short steps.

Written for somebody who was asleep a minute ago and is not technical.
"""

from __future__ import annotations

from typing import NamedTuple

from hub.console.words.texts import N_


class Instruction(NamedTuple):
    """One kind of alarm, in words."""

    title: str
    happened: str
    steps: tuple[str, ...]


_ACKNOWLEDGE = N_("Acknowledge, so that the others know you have taken it on.")
_GO_IN_PAIRS = N_("Go there with a second person. Look from outside before anybody enters.")
_BROKEN_INTO = N_("If it was broken into: touch nothing, let nobody in, and call the security officer at once.")
_BADGE = N_("Hold your badge to the reader at the door. That is logged and quiets the sounder.")
_FINDING = N_("Once you know the cause, write the finding. Nothing else closes the alarm.")
_CALL_ADMINISTRATOR = N_("Call the system administrator.")
_CALL_SECURITY = N_("Call the security officer. This may be an attack on the log itself.")
_LEAVE_THE_HUB = N_("Switch nothing off, restore nothing, and let nobody work on the hub or on this node.")
_LOCK_SHEETS_AWAY = N_("Lock the printed duty sheets away. The words on them prove what the log was before.")
_WATCH_BY_HAND = N_("Until it is mended, look at the place in person every hour and note the time.")
_POWER_AND_CABLE = N_("Look at the node's box: has it power, is the network cable in, is it undamaged?")

INSTRUCTIONS: dict[str, Instruction] = {
    "opened-while-sealed": Instruction(
        N_("Opened while sealed"),
        N_("Something was opened in an area that is sealed."),
        (_ACKNOWLEDGE, _GO_IN_PAIRS, _BROKEN_INTO, _BADGE),
    ),
    "seal-broken": Instruction(
        N_("Seal broken"),
        N_("The loop of a seal was opened, cut or shorted while the area is sealed."),
        (
            _ACKNOWLEDGE,
            _GO_IN_PAIRS,
            N_("Compare the number on the seal with the certificate. Do not put on a new one yourself."),
            _BROKEN_INTO,
        ),
    ),
    "badge-while-sealed": Instruction(
        N_("Badge shown at a sealed area"),
        N_("Somebody held a badge to the reader of an area that is sealed. Nothing was opened by it."),
        (
            _ACKNOWLEDGE,
            N_("Call the person named in the access log. Was it a mistake?"),
            N_("If nobody can explain it, go there with a second person and look at door and seal."),
            _FINDING,
        ),
    ),
    "forced": Instruction(
        N_("Door forced"),
        N_("A door was opened without a badge and without anybody leaving."),
        (_ACKNOWLEDGE, _GO_IN_PAIRS, _BROKEN_INTO, _FINDING),
    ),
    "opened-without-badge": Instruction(
        N_("Door opened without a badge"),
        N_(
            "In office hours a door was opened by nobody who had shown a badge or was leaving, and nobody has shown "
            "one in the minute since. Perhaps somebody went in or out on the badge of another."
        ),
        (
            _ACKNOWLEDGE,
            N_("Look who is there, or call the keeper. Whoever went with another shows a badge at the reader."),
            N_("If nobody knows who it was: go there with a second person. Is anything missing?"),
            _FINDING,
        ),
    ),
    "held-open": Instruction(
        N_("Door held open"),
        N_("A door stands open for longer than it may."),
        (
            _ACKNOWLEDGE,
            N_("Call the keeper of the area, or go there, and have the door closed."),
            N_("If nobody is there: look whether anything is missing before you close it."),
        ),
    ),
    "denied-five-times": Instruction(
        N_("Five wrong tries"),
        N_("Badges were refused five times in a row at one area."),
        (
            _ACKNOWLEDGE,
            N_("Look in the access log: whose badge, and why was it refused?"),
            N_("If nobody can explain it, go there with a second person."),
            _FINDING,
        ),
    ),
    "chatter-while-sealed": Instruction(
        N_("Input chatters while sealed"),
        N_("A contact in a sealed area opens and closes many times a second: a loose wire, or somebody at it."),
        (_ACKNOWLEDGE, _GO_IN_PAIRS, N_("Look at the door and along its wire."), _CALL_ADMINISTRATOR),
    ),
    "seal-not-held": Instruction(
        N_("Node has forgotten the sealing"),
        N_("A node started anew and did not know that its area is sealed. Meanwhile it did not watch it as sealed."),
        (
            _ACKNOWLEDGE,
            N_("Go there with a second person and look at doors, windows and seals."),
            N_("Look whether the node's box was opened."),
            _CALL_ADMINISTRATOR,
        ),
    ),
    "tamper": Instruction(
        N_("Box opened"),
        N_("The lid of a node or of a device was opened."),
        (
            _ACKNOWLEDGE,
            N_("Is somebody working there, and was it announced? Call and ask."),
            _GO_IN_PAIRS,
            _FINDING,
        ),
    ),
    "loop-tamper": Instruction(
        N_("Wire cut or shorted"),
        N_("The wire to a contact is cut or shorted. The place behind it is not watched any more."),
        (_ACKNOWLEDGE, _GO_IN_PAIRS, N_("Look at the door and along its wire."), _WATCH_BY_HAND),
    ),
    "equivocation": Instruction(
        N_("Two records under one number"),
        N_("A node has said two different things under one number. A cloned memory card or a forger does that."),
        (_ACKNOWLEDGE, _CALL_SECURITY, N_("Leave the node as it is. Let nobody switch it off or change its card.")),
    ),
    "impossible-record": Instruction(
        N_("Record that its node may not make"),
        N_(
            "A node speaks of a reader or point that does not hang on it, of a badge that is not that person's,"
            " or accuses the hub by a checkpoint that nobody has signed."
            " Nothing it reports as good has been counted; what it reports as bad has."
        ),
        (
            _ACKNOWLEDGE,
            _CALL_SECURITY,
            N_("Find the entry in the journal: it says which record, and why it is doubted."),
            N_("Leave the node as it is, and watch its area by hand until it is known what it is doing."),
        ),
    ),
    "rolled-back": Instruction(
        N_("Node set back to an older state"),
        N_("A node knows less than it has already reported: its memory was exchanged or put back from a copy."),
        (_ACKNOWLEDGE, _CALL_SECURITY, N_("Ask whether somebody has exchanged the node's card, and on whose order.")),
    ),
    "cannot-fill": Instruction(
        N_("Records lost"),
        N_("A node cannot deliver some of its records any more. They are lost; how many is in the journal."),
        (
            _ACKNOWLEDGE,
            _CALL_ADMINISTRATOR,
            N_("Look at the place that the node guards, since you do not know what happened."),
        ),
    ),
    "disk-refuses-while-sealed": Instruction(
        N_("Node of a sealed area cannot keep what it sees"),
        N_(
            "The memory card of a node refuses to write while its area is sealed. The node goes on watching and tells "
            "what it sees at once, but what happens now is nowhere on record but here, and a power cut would lose the "
            "rest."
        ),
        (
            _ACKNOWLEDGE,
            N_("Go to the place that the node guards, and look at it."),
            _CALL_ADMINISTRATOR,
            N_("Leave the node switched on until its card works again or somebody guards the place."),
        ),
    ),
    "overflow": Instruction(
        N_("Memory of a node full"),
        N_(
            "A node could not keep every record while it was cut off. How many of each kind are lost is in the journal."
        ),
        (
            _ACKNOWLEDGE,
            _CALL_ADMINISTRATOR,
            N_("Look at the place that the node guards, since you do not know what happened."),
        ),
    ),
    "hub-restored": Instruction(
        N_("Hub restored from a backup"),
        N_("The hub's database was put back from a backup. What came after the backup is only on the nodes."),
        (
            _ACKNOWLEDGE,
            N_("Ask the two people named in the journal whether they did this, and why."),
            N_("If nobody knows of it, call the security officer at once."),
        ),
    ),
    "node-silent-while-sealed": Instruction(
        N_("Node silent while sealed"),
        N_("A node of a sealed area has not been heard for over ten seconds. Cut power or a pulled cable does that."),
        (_ACKNOWLEDGE, _GO_IN_PAIRS, _POWER_AND_CABLE, _WATCH_BY_HAND),
    ),
    "node-revoked-while-sealed": Instruction(
        N_("Node revoked while sealed"),
        N_("The papers of a node of a sealed area were made void. What it watches is not watched any more."),
        (
            _ACKNOWLEDGE,
            N_("Ask the system administrator who did this, and why."),
            _GO_IN_PAIRS,
            _WATCH_BY_HAND,
        ),
    ),
    "node-silent": Instruction(
        N_("Node silent"),
        N_("A node has not been heard for over thirty seconds. It goes on recording by itself if it has power."),
        (_ACKNOWLEDGE, _POWER_AND_CABLE, _CALL_ADMINISTRATOR),
    ),
    "node-fault": Instruction(
        N_("Fault at a node"),
        N_("A part of a node does not work. Which one stands beside the place."),
        (_ACKNOWLEDGE, _CALL_ADMINISTRATOR, _WATCH_BY_HAND),
    ),
    "clock-untrusted": Instruction(
        N_("Clock not to be relied on"),
        N_("A node does not know the time for certain. It refuses badges whose right depends on the hour."),
        (_ACKNOWLEDGE, _CALL_ADMINISTRATOR),
    ),
    "chatter": Instruction(
        N_("Input chatters"),
        N_("A contact opens and closes many times a second. Mostly that is a loose wire or a worn contact."),
        (_ACKNOWLEDGE, N_("Look at the door: does it close properly?"), _CALL_ADMINISTRATOR),
    ),
    "bad-messages": Instruction(
        N_("Messages that were refused"),
        N_("The hub refused messages that came in the name of a node. Why, and an example, are in the journal."),
        (_ACKNOWLEDGE, _CALL_ADMINISTRATOR, N_("Ask whether somebody has connected a new device to the network.")),
    ),
    "record-not-judged": Instruction(
        N_("A record could not be judged"),
        N_("The hub failed over what a node said. It is in the log, but nothing followed: it may be an alarm."),
        (
            _ACKNOWLEDGE,
            N_("Look in the log what the node said, and treat it as an alarm of its area: go and look."),
            _CALL_ADMINISTRATOR,
        ),
    ),
    "engine-restarts": Instruction(
        N_("The engine fails again and again"),
        N_("The hub's engine has died several times within a few minutes. Alarms may be late, or missed."),
        (_ACKNOWLEDGE, N_("Until it is mended, walk the rounds."), _CALL_ADMINISTRATOR),
    ),
    "no-progress": Instruction(
        N_("Node makes no progress"),
        N_("A node sends, but not what is due next. Its newest records are not in the log."),
        (_ACKNOWLEDGE, _CALL_ADMINISTRATOR),
    ),
    "order-refused": Instruction(
        N_("Order refused by a node"),
        N_("A node did not carry out an order of the hub."),
        (_ACKNOWLEDGE, _CALL_ADMINISTRATOR),
    ),
    "order-not-done": Instruction(
        N_("Order not carried out"),
        N_("A node is heard and has not carried out an order of the hub: people who were removed may still be let in."),
        (
            _ACKNOWLEDGE,
            _CALL_ADMINISTRATOR,
            N_("Restart the node. If the journal names a size, the list is too long: take out people who are gone."),
        ),
    ),
    "hub-interrupted": Instruction(
        N_("The hub was interrupted"),
        N_("The hub's engine did not run for a while and has started again. The nodes have kept their records."),
        (N_("Nothing is to be done at once."), N_("If it happens again, call the system administrator.")),
    ),
    "journal-forked": Instruction(
        N_("The log was rewritten"),
        N_("A node remembers entries of the log otherwise than the hub shows them. Somebody may have forged the log."),
        (_ACKNOWLEDGE, _CALL_SECURITY, _LEAVE_THE_HUB, _LOCK_SHEETS_AWAY),
    ),
    "journal-rolled-back": Instruction(
        N_("The end of the log is missing"),
        N_("The hub shows a shorter log than a node has confirmed before. What was its end then has been removed."),
        (_ACKNOWLEDGE, _CALL_SECURITY, _LEAVE_THE_HUB, _LOCK_SHEETS_AWAY),
    ),
    "unwitnessed": Instruction(
        N_("The log is not witnessed"),
        N_(
            "For five minutes too few nodes have confirmed the log. Nothing is lost, but until they do, "
            "nobody can prove that its newest entries are genuine."
        ),
        (
            _ACKNOWLEDGE,
            N_("Look on the board which nodes are silent. Have they power, and is the network cable in?"),
            _CALL_ADMINISTRATOR,
        ),
    ),
    "broker-lost": Instruction(
        N_("The hub is cut off from its nodes"),
        N_("The engine has lost the message broker. No node can be heard; the nodes go on by themselves."),
        (
            _ACKNOWLEDGE,
            _CALL_ADMINISTRATOR,
            N_("Until it is back, look at sealed areas in person every hour and note the time."),
        ),
    ),
    "drill": Instruction(
        N_("Drill"),
        N_("This is a drill. Nothing has happened; everything is to be done as if it had."),
        (
            _ACKNOWLEDGE,
            N_("Go to the door and hold your badge to the reader, as in an alarm."),
            N_("Write the finding: what went well, and what did not."),
        ),
    ),
    "duress": Instruction(
        N_("Help wanted, silently"),
        N_("Somebody who is being forced has shown the badge for that. At the door nothing tells of it."),
        (
            _ACKNOWLEDGE,
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
            _ACKNOWLEDGE,
            N_("Call the keeper of the area. Whoever may work there shows a badge now, and then once an hour."),
            _GO_IN_PAIRS,
            _FINDING,
        ),
    ),
    "power-lost": Instruction(
        N_("Mains power lost"),
        N_("A node runs on its battery. When that is empty, it watches nothing any more."),
        (
            _ACKNOWLEDGE,
            N_("Is the power out in the building? Look at the fuse, and call the electrician."),
            _WATCH_BY_HAND,
        ),
    ),
    "battery-low": Instruction(
        N_("Battery low"),
        N_("The battery of a node is nearly empty or worn out."),
        (
            _ACKNOWLEDGE,
            _CALL_ADMINISTRATOR,
            _WATCH_BY_HAND,
        ),
    ),
    "storage-low": Instruction(
        N_("Memory is running short"),
        N_(
            "At a node: what waits to be sent fills half of its memory, as the connection has been down for long. "
            "At the hub: the disk of the journal has less than a tenth left, or less than 500 MB."
        ),
        (
            _ACKNOWLEDGE,
            _CALL_ADMINISTRATOR,
        ),
    ),
    "storage-read-only": Instruction(
        N_("Memory cannot be written"),
        N_("Nothing new can be kept. The card is worn out or the disk is full."),
        (
            _ACKNOWLEDGE,
            _CALL_ADMINISTRATOR,
            _WATCH_BY_HAND,
        ),
    ),
    "key-not-changed": Instruction(
        N_("Key of the journal not changed"),
        N_(
            "The disk of the hub refuses the daily change of the key that signs the journal. The hub goes on with the "
            "key it has, and tries again every five minutes."
        ),
        (
            _ACKNOWLEDGE,
            _CALL_ADMINISTRATOR,
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
            _ACKNOWLEDGE,
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
            _ACKNOWLEDGE,
            _CALL_ADMINISTRATOR,
        ),
    ),
    "engine-silent": Instruction(
        N_("Engine of the hub silent"),
        N_(
            "The part of the hub that judges what the nodes say has stopped. "
            "Nothing new is noticed until it runs again."
        ),
        (
            _ACKNOWLEDGE,
            N_("Call the system administrator at once."),
            _WATCH_BY_HAND,
        ),
    ),
    "notice-not-delivered": Instruction(
        N_("Notice not delivered"),
        N_("Somebody who should be called was not reached by this channel."),
        (
            _ACKNOWLEDGE,
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
    "calendar-unpublished": Instruction(
        N_("No holiday calendar"),
        N_("The hub has no approved calendar of the year, and guesses none. It proposes no sealing for its holidays."),
        (
            N_("Nothing is to be done at night."),
            N_("Tell the security officer: the calendar is to be imported, and approved by a second person."),
        ),
    ),
    "emergency-opening": Instruction(
        N_("Opened in an emergency"),
        N_("A sealed area was opened at once, without badges: fire, water, or somebody in danger."),
        (
            _ACKNOWLEDGE,
            N_("People first: help, and call the fire brigade if need be."),
            N_("Let nobody in who has no business there, and write down who goes in."),
            N_("Two people sign for it afterwards; then write the finding."),
        ),
    ),
    "seal-number-differs": Instruction(
        N_("Number of a seal differs"),
        N_("The number that was read off a seal is not the one that was put on when the area was sealed."),
        (
            _ACKNOWLEDGE,
            N_("Stop. Open nothing, and leave the seal where it is."),
            N_("Read the number once more, both of you, and compare it with the certificate."),
            _CALL_SECURITY,
        ),
    ),
}

"""Alarms of nodes: their records, their disks, their power and their silence."""

from __future__ import annotations

from hub.console.words.instructions.sentences import (
    ACKNOWLEDGE,
    CALL_ADMINISTRATOR,
    CALL_SECURITY,
    GO_IN_PAIRS,
    LEAVE_THE_HUB,
    POWER_AND_CABLE,
    WATCH_BY_HAND,
    Instruction,
)
from hub.console.words.texts import N_

INSTRUCTIONS: dict[str, Instruction] = {
    "seal-not-held": Instruction(
        N_("Node has forgotten the sealing"),
        N_("A node started anew and did not know that its area is sealed. Meanwhile it did not watch it as sealed."),
        (
            ACKNOWLEDGE,
            N_("Go there with a second person and look at doors, windows and seals."),
            N_("Look whether the node's box was opened."),
            CALL_ADMINISTRATOR,
        ),
    ),
    "seal-order-refused": Instruction(
        N_("Node refused to weaken a sealing"),
        N_("The hub ordered what would weaken a sealing or end it without badges, and the node refused and sounds."),
        (
            ACKNOWLEDGE,
            N_("Go there with a second person and look at doors, windows and seals. Stay until it is clear."),
            CALL_SECURITY,
            LEAVE_THE_HUB,
        ),
    ),
    "equivocation": Instruction(
        N_("Two records under one number"),
        N_("A node has said two different things under one number. A cloned memory card or a forger does that."),
        (ACKNOWLEDGE, CALL_SECURITY, N_("Leave the node as it is. Let nobody switch it off or change its card.")),
    ),
    "impossible-record": Instruction(
        N_("Record that its node may not make"),
        N_(
            "A node speaks of a reader or point that does not hang on it, of a badge that is not that person's,"
            " or accuses the hub by a checkpoint that nobody has signed."
            " Nothing it reports as good has been counted; what it reports as bad has."
        ),
        (
            ACKNOWLEDGE,
            CALL_SECURITY,
            N_("Find the entry in the journal: it says which record, and why it is doubted."),
            N_("Leave the node as it is, and watch its area by hand until it is known what it is doing."),
        ),
    ),
    "flooding": Instruction(
        N_("Node floods the hub"),
        N_(
            "A node sends more than its program ever does, or somebody sends in its name."
            " What it sends is read slowly now, and keeps nobody else's alarm waiting."
        ),
        (
            ACKNOWLEDGE,
            CALL_SECURITY,
            N_("Ask whether somebody has opened the node's box or connected a device to its cable."),
            N_("If it does not end, have the node revoked, and watch its area by hand."),
        ),
    ),
    "rolled-back": Instruction(
        N_("Node set back to an older state"),
        N_("A node knows less than it has already reported: its memory was exchanged or put back from a copy."),
        (ACKNOWLEDGE, CALL_SECURITY, N_("Ask whether somebody has exchanged the node's card, and on whose order.")),
    ),
    "cannot-fill": Instruction(
        N_("Records lost"),
        N_("A node cannot deliver some of its records any more. They are lost; how many is in the journal."),
        (
            ACKNOWLEDGE,
            CALL_ADMINISTRATOR,
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
            ACKNOWLEDGE,
            N_("Go to the place that the node guards, and look at it."),
            CALL_ADMINISTRATOR,
            N_("Leave the node switched on until its card works again or somebody guards the place."),
        ),
    ),
    "overflow": Instruction(
        N_("Memory of a node full"),
        N_(
            "A node could not keep every record while it was cut off. How many of each kind are lost is in the journal."
        ),
        (
            ACKNOWLEDGE,
            CALL_ADMINISTRATOR,
            N_("Look at the place that the node guards, since you do not know what happened."),
        ),
    ),
    "node-silent-while-sealed": Instruction(
        N_("Node silent while sealed"),
        N_("A node of a sealed area has not been heard for over ten seconds. Cut power or a pulled cable does that."),
        (ACKNOWLEDGE, GO_IN_PAIRS, POWER_AND_CABLE, WATCH_BY_HAND),
    ),
    "node-revoked-while-sealed": Instruction(
        N_("Node revoked while sealed"),
        N_("The papers of a node of a sealed area were made void. What it watches is not watched any more."),
        (
            ACKNOWLEDGE,
            N_("Ask the system administrator who did this, and why."),
            GO_IN_PAIRS,
            WATCH_BY_HAND,
        ),
    ),
    "node-silent": Instruction(
        N_("Node silent"),
        N_("A node has not been heard for over thirty seconds. It goes on recording by itself if it has power."),
        (ACKNOWLEDGE, POWER_AND_CABLE, CALL_ADMINISTRATOR),
    ),
    "node-fault": Instruction(
        N_("Fault at a node"),
        N_("A part of a node does not work. Which one stands beside the place."),
        (ACKNOWLEDGE, CALL_ADMINISTRATOR, WATCH_BY_HAND),
    ),
    "clock-untrusted": Instruction(
        N_("Clock not to be relied on"),
        N_("A node does not know the time for certain. It refuses badges whose right depends on the hour."),
        (ACKNOWLEDGE, CALL_ADMINISTRATOR),
    ),
    "bad-messages": Instruction(
        N_("Messages that were refused"),
        N_("The hub refused messages that came in the name of a node. Why, and an example, are in the journal."),
        (ACKNOWLEDGE, CALL_ADMINISTRATOR, N_("Ask whether somebody has connected a new device to the network.")),
    ),
    "no-progress": Instruction(
        N_("Node makes no progress"),
        N_("A node sends, but not what is due next. Its newest records are not in the log."),
        (ACKNOWLEDGE, CALL_ADMINISTRATOR),
    ),
    "order-refused": Instruction(
        N_("Order refused by a node"),
        N_("A node did not carry out an order of the hub."),
        (ACKNOWLEDGE, CALL_ADMINISTRATOR),
    ),
    "order-not-done": Instruction(
        N_("Order not carried out"),
        N_("A node is heard and has not carried out an order of the hub: people who were removed may still be let in."),
        (
            ACKNOWLEDGE,
            CALL_ADMINISTRATOR,
            N_("Restart the node. If the journal names a size, the list is too long: take out people who are gone."),
        ),
    ),
    "unsealing-waits": Instruction(
        N_("Unsealing waits for a node"),
        N_("Two people have unsealed the area, and not every node of it has let go yet: what it watches still sounds."),
        (
            ACKNOWLEDGE,
            N_("Look at the node's power and cable. When it is back, the unsealing ends by itself."),
            N_("If the node is dead: open in an emergency on the area's page, and let two people sign for it."),
        ),
    ),
    "plan-kept-back": Instruction(
        N_("A node still goes by an older plan"),
        N_(
            "The site document has changed points or readers of an area that this node holds sealed. It has not been"
            " sent to the node for an hour: the node would refuse it. What was sealed is watched as before."
        ),
        (
            N_("Nothing is to be done at once. The node is sent the plan when the area is unsealed."),
            N_("If it must count earlier: ask for a change on the area's page, and let two people admit it there."),
        ),
    ),
    "power-lost": Instruction(
        N_("Mains power lost"),
        N_("A node runs on its battery. When that is empty, it watches nothing any more."),
        (
            ACKNOWLEDGE,
            N_("Is the power out in the building? Look at the fuse, and call the electrician."),
            WATCH_BY_HAND,
        ),
    ),
    "battery-low": Instruction(
        N_("Battery low"),
        N_("The battery of a node is nearly empty or worn out."),
        (
            ACKNOWLEDGE,
            CALL_ADMINISTRATOR,
            WATCH_BY_HAND,
        ),
    ),
    "storage-low": Instruction(
        N_("Memory is running short"),
        N_(
            "At a node: what waits to be sent fills half of its memory, as the connection has been down for long. "
            "At the hub: the disk of the journal has less than a tenth left, or less than 500 MB."
        ),
        (
            ACKNOWLEDGE,
            CALL_ADMINISTRATOR,
        ),
    ),
    "storage-read-only": Instruction(
        N_("Memory cannot be written"),
        N_("Nothing new can be kept. The card is worn out or the disk is full."),
        (
            ACKNOWLEDGE,
            CALL_ADMINISTRATOR,
            WATCH_BY_HAND,
        ),
    ),
}

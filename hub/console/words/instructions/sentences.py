"""What an instruction is, and sentences that several have in common."""

from __future__ import annotations

from typing import NamedTuple

from hub.console.words.texts import N_


class Instruction(NamedTuple):
    """One kind of alarm, in words."""

    title: str
    happened: str
    steps: tuple[str, ...]


ACKNOWLEDGE = N_("Acknowledge, so that the others know you have taken it on.")
GO_IN_PAIRS = N_("Go there with a second person. Look from outside before anybody enters.")
BROKEN_INTO = N_("If it was broken into: touch nothing, let nobody in, and call the security officer at once.")
BADGE = N_("Hold your badge to the reader at the door. That is logged and quiets the sounder.")
FINDING = N_("Once you know the cause, write the finding. Nothing else closes the alarm.")
CALL_ADMINISTRATOR = N_("Call the system administrator.")
CALL_SECURITY = N_("Call the security officer. This may be an attack on the log itself.")
LEAVE_THE_HUB = N_("Switch nothing off, restore nothing, and let nobody work on the hub or on this node.")
LOCK_SHEETS_AWAY = N_("Lock the printed duty sheets away. The words on them prove what the log was before.")
WATCH_BY_HAND = N_("Until it is mended, look at the place in person every hour and note the time.")
POWER_AND_CABLE = N_("Look at the node's box: has it power, is the network cable in, is it undamaged?")

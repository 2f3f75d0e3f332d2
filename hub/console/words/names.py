"""The words for everything that has a fixed name in the core: tables of English sentences, said by `texts`.

A test holds each table against what it names, so that nothing new can appear on a page as a bare code word. It is
long because there are that many words.
"""

from __future__ import annotations

from hub.console.words.texts import N_

PRIORITIES = {
    1: N_("Urgent"),
    2: N_("High"),
    3: N_("Medium"),
    4: N_("Low"),
}

CLASSES = {
    "alarm": N_("Alarm"),
    "tamper": N_("Tamper"),
    "trouble": N_("Trouble"),
}

LIVES = {
    "active-unacknowledged": N_("still so, nobody has answered"),
    "active-acknowledged": N_("still so, acknowledged"),
    "returned-unacknowledged": N_("over, nobody has answered"),
    "returned-acknowledged": N_("over, acknowledged, finding to be written"),
    "finding-written": N_("over, finding written, a second person to confirm it"),
    "closed": N_("closed"),
}

SEAL_STATES = {
    "unsealed": N_("Not sealed"),
    "seal-ceremony": N_("Being sealed: waiting for two badges"),
    "arming": N_("Being sealed: waiting for the nodes"),
    "sealed": N_("Sealed"),
    "unseal-ceremony": N_("Sealed; being unsealed: waiting for two badges"),
    "unsealing": N_("Being unsealed: waiting for the nodes"),
    "change-ceremony": N_("Sealed; to be changed: waiting for two badges"),
    "changing": N_("Sealed; being changed"),
}

LEVELS = {
    "normal": N_("normal"),
    "active": N_("open"),
    "open-circuit": N_("wire cut"),
    "short": N_("wire shorted"),
}

NOT_SINCE = N_("Not watched since %(time)s")
NEVER = N_("Never watched")
NOT_WHOLLY = N_("Not wholly watched since %(time)s")
NEVER_WHOLLY = N_("Never wholly watched")

UNWATCHED = {
    "not-enrolled": N_("not enrolled"),
    "revoked": N_("revoked"),
    "never-heard": N_("never heard"),
    "silent": N_("silent"),
    "engine-waiting": N_("the hub's engine is waited for"),
    "engine-silent": N_("the hub's engine is silent"),
    "broker-lost": N_("the hub's broker is lost"),
    "unheard": N_("no sign of life"),
    "loops": N_("cannot read its supervised inputs"),
    "nothing-there": N_("has no point and no reader"),
}
"""Why something is not watched."""

SEAL_OPEN = N_("broken")
"""A seal is not open, it is broken."""

POINT_KINDS = {
    "door": N_("door"),
    "gate": N_("gate"),
    "window": N_("window"),
    "safe": N_("safe"),
    "bolt": N_("bolt"),
    "cabinet": N_("cabinet"),
    "seal": N_("seal"),
    "tamper": N_("tamper switch"),
    "water": N_("water detector"),
    "smoke": N_("smoke detector"),
    "panic": N_("panic button"),
    "exit-button": N_("exit button"),
    "set-button": N_("button for setting"),
}

ROLES = {
    "duty": N_("Duty officer"),
    "security": N_("Security officer"),
    "administrator": N_("System administrator"),
    "auditor": N_("Auditor"),
}

SERVICES = {
    "engine": N_("Engine of the hub"),
    "console": N_("Console"),
    "notify": N_("Notices"),
    "admin": N_("Command line of the hub"),
}

FINDING_CAUSES = {
    "intrusion": N_("Intrusion, or an attempt"),
    "forgotten": N_("Forgotten: door or window left open"),
    "false": N_("False alarm: nothing found"),
    "fault": N_("Fault of a device or a wire"),
    "work": N_("Work that was announced"),
    "test": N_("Test or drill"),
    "other": N_("Other"),
}

DENIALS = {
    "unknown": N_("badge not known"),
    "no-grant": N_("no right to enter here"),
    "schedule": N_("outside the hours allowed"),
    "ended": N_("the right has ended"),
    "list-expired": N_("the node's access list is too old"),
    "no-list": N_("the node has no access list"),
    "clock": N_("the node's clock is not to be relied on"),
    "sealed": N_("the area is sealed"),
    "set": N_("the area is set"),
}

BADGE_REFUSALS = {
    "unknown": N_("badge not known"),
    "no-right": N_("may not seal this area"),
    "same-person": N_("the second badge must be another person's"),
    "no-ceremony": N_("no badges were asked for"),
    "same-role": N_("the second badge must be one of another role"),
    "signed-exception": N_("whoever signed an exception does not seal"),
}

CANCELLATIONS = {
    "timeout": N_("the time ran out"),
    "not-normal": N_("something was not normal"),
    "by-hand": N_("cancelled by hand"),
    "node-refused": N_("a node refused"),
    "not-ready": N_("the check was not finished"),
}

FAULT_PARTS = {
    "reader": N_("badge reader"),
    "loops": N_("input converter"),
    "hub-silent": N_("hub not heard"),
    "outbox-half": N_("memory half full"),
    "outbox-write": N_("memory cannot be written"),
    "clock": N_("clock"),
    "camera": N_("camera"),
    "mains": N_("mains power"),
    "battery": N_("battery"),
    "wireless": N_("wireless equipment, which must not be there"),
    "papers": N_("keys or certificates of the node"),
    "program": N_("the node's own program"),
}

LEAVING = {
    "button": N_("by the exit button"),
    "reader": N_("by the inside reader"),
    "free": N_("freely"),
}

EMPTIED = {
    "stay-over": N_("the doors have not moved for eight hours"),
    "sealed": N_("the area was sealed"),
    "set": N_("the area was set"),
    "planned": N_("the area was planned anew"),
    "not-known": N_("the node knows of nobody"),
}

KINDS = {
    "started": N_("Node started"),
    "level": N_("Input changed"),
    "chatter": N_("Input chatters"),
    "granted": N_("Granted"),
    "denied": N_("Denied"),
    "presented": N_("Badge shown for sealing"),
    "attended": N_("Responder at the door"),
    "entered": N_("Entered"),
    "not-entered": N_("Granted, but nobody entered"),
    "left": N_("Left"),
    "emptied": N_("Nobody is taken to be inside any more"),
    "forced": N_("Door forced"),
    "held-open": N_("Door held open"),
    "watch": N_("Watch record"),
    "seal-baseline": N_("Loops of the seals measured"),
    "frozen": N_("Node holds the sealing by itself"),
    "permitted": N_("Two badges shown to the node for unsealing"),
    "released": N_("Node holds the sealing no longer"),
    "sounded": N_("Sounder switched"),
    "order-done": N_("Order carried out"),
    "order-refused": N_("Order refused by the node"),
    "fault": N_("Fault"),
    "clock-set": N_("Clock set"),
    "overflow": N_("Memory overflowed"),
    "cannot-fill": N_("Records lost"),
    "rolled-back": N_("Node set back"),
    "journal-refused": N_("Journal refused by a node"),
    "journal-moved": N_("Node follows the hub to a new origin"),
    "setting": N_("Closing up begun"),
    "area-set": N_("Area set"),
    "area-unset": N_("Area unset"),
    "first-of-two": N_("First of two badges for unsetting"),
    "set-refused": N_("Closing up refused"),
    "set-cancelled": N_("Closing up cancelled"),
    "set-extended": N_("Somebody stays"),
    "not-set": N_("Not set in the evening"),
    "somebody-inside": N_("Somebody is shut in"),
    "somebody-out": N_("Whoever was shut in is out"),
    "watch-while-set": N_("Watch record while set"),
    "reader-deaf": N_("Reader deaf for a badge"),
    "guard-requested": N_("Asked to set, or to stay longer"),
    "unsetting-allowed": N_("Allowed to unset alone"),
    "unsetting-forbidden": N_("No longer allowed to unset alone"),
    "site-applied": N_("Site document in force"),
    "node-enrolled": N_("Node enrolled"),
    "node-revoked": N_("Node revoked"),
    "account-made": N_("Account changed"),
    "password-set": N_("Password set by the hub's administrator"),
    "signed-in": N_("Signed in"),
    "sign-in-failed": N_("Sign-in failed"),
    "engine-started": N_("Engine started"),
    "broker-lost": N_("Broker lost"),
    "broker-back": N_("Broker back"),
    "node-silent": N_("Node silent"),
    "node-back": N_("Node heard again"),
    "refused": N_("Messages refused"),
    "equivocation": N_("Two records under one number"),
    "record-doubted": N_("Next record doubted"),
    "no-progress": N_("Node makes no progress"),
    "node-floods": N_("Node floods the hub"),
    "flood-over": N_("Node floods the hub no more"),
    "not-judged": N_("Could not be judged"),
    "service-refused": N_("Requests of a service refused"),
    "engine-stopped": N_("Engine stopped"),
    "order-not-done": N_("Order not carried out"),
    "plan-kept-back": N_("Plan kept back from a node"),
    "progress-again": N_("Node makes progress again"),
    "disk-refuses": N_("Disk of a node refuses to write"),
    "records-lost": N_("Records of a node lost with its memory"),
    "beat-contradicts": N_("Sign of life contradicts the journal"),
    "unwitnessed": N_("Journal no longer witnessed"),
    "witnessed-again": N_("Journal witnessed again"),
    "checkpoint-disputed": N_("Checkpoint disputed by a node"),
    "journal-opened": N_("Journal opened"),
    "checkpoint-key": N_("New checkpoint key"),
    "journal-exported": N_("Journal exported"),
    "hub-backed-up": N_("Backup made"),
    "hub-restored": N_("Restored from a backup"),
    "order-issued": N_("Order to a node"),
    "badge-awaited": N_("Opened without a badge: one may still be shown"),
    "badge-wait-over": N_("Wait for a badge is over"),
    "alarm-raised": N_("Alarm raised"),
    "alarm-repeated": N_("Happened again"),
    "alarm-returned": N_("Cause is over"),
    "alarm-acknowledged": N_("Acknowledged"),
    "alarm-attended": N_("Attended"),
    "database-held": N_("Database held by another process"),
    "hub-storage": N_("Disk of the hub"),
    "hub-clock": N_("Clock of the hub is wrong"),
    "alarm-recorded": N_("Record of it has come"),
    "finding-written": N_("Finding written"),
    "alarm-closed": N_("Closed with a finding"),
    "sealing-ordered": N_("Sealing, unsealing or change ordered"),
    "sealing-badge": N_("Badge for sealing"),
    "sealing-arming": N_("Two badges shown"),
    "sealing-confirmed": N_("Confirmed by a node"),
    "sealed": N_("Area sealed"),
    "unsealed": N_("Area unsealed"),
    "rows-differ": N_("Saved state is not what the journal says"),
    "rows-mended": N_("Saved state folded anew from the journal"),
    "person-erased": N_("Name of a person erased"),
    "unsealing-waits": N_("Unsealing waits for a node"),
    "sealing-adopted": N_("Sealing taken over from a node after a restore"),
    "sealing-changing": N_("Change of a sealing sent to nodes"),
    "sealing-changed": N_("Sealing changed, still sealed"),
    "sealing-cancelled": N_("Sealing, unsealing or change cancelled"),
    "calendar-imported": N_("Holiday calendar imported"),
    "calendar-approved": N_("Holiday calendar in force"),
    "calendar-unpublished": N_("No holiday calendar"),
    "window-planned": N_("Sealing window planned"),
    "window-cancelled": N_("Sealing window cancelled"),
    "alarm-shown": N_("Alarm shown on a page"),
    "alarm-sounded": N_("Sounder of the hub switched on"),
    "alarms-set": N_("Table of alarms in force"),
    "answers-refused": N_("Answers not accepted"),
    "call-answered": N_("Call answered"),
    "call-ended": N_("Call over"),
    "call-joined": N_("Alarm joins a call"),
    "call-moved": N_("Call goes on to the next"),
    "called-meanwhile": N_("Notice sent while the engine was silent"),
    "call-opened": N_("People are called"),
    "certificate-made": N_("Certificate made"),
    "channel-failed": N_("Channel without success"),
    "channel-tested": N_("Channel tested"),
    "check-ticked": N_("Item checked"),
    "drill-started": N_("Drill begun"),
    "emergency-opened": N_("Emergency opening"),
    "emergency-signed": N_("Emergency opening signed"),
    "sealing-released": N_("Ended without the word of a dead node"),
    "engine-back": N_("Engine heard again"),
    "engine-silent": N_("Engine silent"),
    "exception-signed": N_("Exception signed"),
    "handover-drafted": N_("Shift handed over"),
    "handover-taken": N_("Shift taken over"),
    "notice-delivered": N_("Notice delivered"),
    "notice-failed": N_("Notice not delivered"),
    "notice-handed": N_("Notice handed to the channel"),
    "notice-overdue": N_("Notice overdue"),
    "notice-queued": N_("Notice queued"),
    "notify-started": N_("Notices started"),
    "notify-stopped": N_("Notices stopped"),
    "console-started": N_("Console started"),
    "console-stopped": N_("Console stopped"),
    "roster-gap": N_("Gap in the roster"),
    "seal-compared": N_("Number of a seal compared"),
    "seal-number": N_("Number of a seal"),
    "sealing-checking": N_("Check before sealing begun"),
    "sealing-dropped": N_("Sealing dropped"),
    "sealing-missed": N_("Not sealed as planned"),
    "sealing-planned": N_("Sealing planned"),
    "shift-added": N_("Shift added"),
    "shift-removed": N_("Shift removed"),
    "unsealing-approved": N_("Unsealing approved"),
}
"""By the kind of an entry of the journal."""

CALL_AS = {
    "keeper": N_("keeper of the area"),
    "responder": N_("goes there in an alarm"),
    "security": N_("security officer"),
    "administrator": N_("system administrator"),
}
"""Why somebody is on the list of people to call."""

CHANNELS = {
    "console": N_("console"),
    "sounder": N_("sounder of the hub"),
    "sms": N_("short message"),
    "email": N_("e-mail"),
    "syslog": N_("log server"),
}

VIAS = {
    "console": N_("at the console"),
    "sms": N_("by short message"),
    "command-line": N_("on the command line"),
}
"""How an alarm was acknowledged."""

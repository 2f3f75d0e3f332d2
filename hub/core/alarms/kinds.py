"""The kinds of alarm, as one table. What each starts is in `ladders`, what a bureau may change in `own_table`."""

from __future__ import annotations

from typing import Literal, NamedTuple

from wire import messages as m

Duration = Literal["lasts", "momentary", "mended"]
"""lasts: active until its cause is over. momentary: its cause has no duration. mended: over when it is reported."""


class Kind(NamedTuple):
    """A kind of alarm. Priorities, sealed and unsealed: 1 urgent, 2 high, 3 medium, 4 low."""

    klass: m.AlarmClass
    sealed: int
    unsealed: int
    duration: Duration


KINDS: dict[str, Kind] = {
    #                            class  sealed unsealed duration
    "opened-while-sealed": Kind("alarm", 1, 1, "lasts"),
    "seal-broken": Kind("alarm", 1, 1, "lasts"),
    "badge-while-sealed": Kind("alarm", 1, 1, "momentary"),
    "forced": Kind("alarm", 1, 2, "momentary"),
    "opened-without-badge": Kind("alarm", 1, 3, "momentary"),
    "held-open": Kind("alarm", 1, 3, "lasts"),
    "denied-five-times": Kind("alarm", 1, 2, "momentary"),
    "chatter-while-sealed": Kind("alarm", 1, 1, "momentary"),
    "seal-not-held": Kind("alarm", 1, 1, "momentary"),
    "tamper": Kind("tamper", 1, 2, "lasts"),
    "loop-tamper": Kind("tamper", 1, 2, "lasts"),
    "seal-order-refused": Kind("tamper", 1, 1, "momentary"),
    "equivocation": Kind("tamper", 1, 1, "momentary"),
    "impossible-record": Kind("tamper", 1, 2, "momentary"),
    "flooding": Kind("tamper", 1, 2, "lasts"),
    "service-refused": Kind("tamper", 1, 2, "momentary"),
    "rolled-back": Kind("tamper", 1, 1, "momentary"),
    "journal-forked": Kind("tamper", 1, 1, "momentary"),
    "journal-rolled-back": Kind("tamper", 1, 1, "momentary"),
    "cannot-fill": Kind("alarm", 1, 1, "momentary"),
    "overflow": Kind("alarm", 1, 2, "momentary"),
    "hub-restored": Kind("alarm", 1, 1, "momentary"),
    "node-silent-while-sealed": Kind("alarm", 1, 1, "lasts"),
    "node-revoked-while-sealed": Kind("alarm", 1, 1, "momentary"),
    "disk-refuses-while-sealed": Kind("alarm", 1, 1, "lasts"),
    "node-silent": Kind("trouble", 1, 3, "lasts"),
    "node-fault": Kind("trouble", 2, 3, "lasts"),
    "clock-untrusted": Kind("trouble", 2, 3, "lasts"),
    "chatter": Kind("trouble", 1, 3, "momentary"),
    "bad-messages": Kind("trouble", 2, 3, "momentary"),
    "no-progress": Kind("trouble", 2, 3, "lasts"),
    "order-refused": Kind("trouble", 2, 3, "momentary"),
    "order-not-done": Kind("trouble", 2, 3, "lasts"),
    "record-not-judged": Kind("alarm", 1, 2, "momentary"),
    "hub-interrupted": Kind("trouble", 2, 3, "mended"),
    "unwitnessed": Kind("trouble", 2, 3, "lasts"),
    "broker-lost": Kind("trouble", 1, 2, "lasts"),
    "calendar-unpublished": Kind("trouble", 4, 4, "lasts"),
    "emergency-opening": Kind("alarm", 1, 1, "momentary"),
    "seal-number-differs": Kind("alarm", 1, 1, "momentary"),
    "drill": Kind("alarm", 1, 1, "momentary"),
    "duress": Kind("alarm", 1, 1, "momentary"),
    "opened-out-of-hours": Kind("alarm", 1, 2, "lasts"),
    "power-lost": Kind("trouble", 1, 3, "lasts"),
    "battery-low": Kind("trouble", 1, 2, "lasts"),
    "storage-low": Kind("trouble", 2, 3, "lasts"),
    "rows-differ": Kind("tamper", 1, 1, "lasts"),
    "log-not-emptied": Kind("trouble", 1, 2, "lasts"),
    "database-held": Kind("trouble", 1, 2, "momentary"),
    "storage-read-only": Kind("trouble", 1, 2, "lasts"),
    "key-not-changed": Kind("trouble", 2, 3, "lasts"),
    "hub-clock": Kind("trouble", 2, 3, "momentary"),
    "contacts-unusable": Kind("trouble", 2, 3, "lasts"),
    "engine-restarts": Kind("trouble", 1, 1, "momentary"),
    "service-restarts": Kind("trouble", 1, 1, "momentary"),
    "node-restarts": Kind("trouble", 1, 2, "momentary"),
    "engine-silent": Kind("trouble", 1, 1, "mended"),
    "notice-not-delivered": Kind("trouble", 1, 2, "momentary"),
    "channel-failed": Kind("trouble", 2, 3, "lasts"),
    "roster-gap": Kind("trouble", 3, 3, "lasts"),
    "unsealing-waits": Kind("trouble", 2, 3, "lasts"),
    "not-sealed": Kind("trouble", 3, 3, "lasts"),
    "plan-kept-back": Kind("trouble", 4, 4, "lasts"),
    "not-entered": Kind("trouble", 4, 4, "mended"),
}

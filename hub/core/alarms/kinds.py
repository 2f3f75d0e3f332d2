"""The kinds of alarm, as one table. What each starts is in `ladders`, what a bureau may change in `own_table`."""

from __future__ import annotations

from typing import Literal, NamedTuple

from wire import messages as m

Duration = Literal["lasts", "momentary", "mended"]
"""lasts: active until its cause is over. momentary: its cause has no duration. mended: over when it is reported."""


Column = Literal["sealed"] | m.Stood
"""How an area stands: sealed, or as on an ordinary day."""


class Kind(NamedTuple):
    """A kind of alarm. Priorities: 1 urgent, 2 high, 3 medium, 4 low. Where the last three are left out, an area that
    is out of its hours is as one in them, and one that is set as one that is unset."""

    klass: m.AlarmClass
    sealed: int
    unsealed: int
    duration: Duration
    out: int | None = None
    """Unset out of its hours, and nobody has said that they stay."""
    set: int | None = None
    set_out: int | None = None

    def priority(self, column: Column) -> int:
        """How urgent it is where the area stands so."""
        return dict(zip(COLUMNS, self.priorities, strict=True))[column]

    @property
    def priorities(self) -> tuple[int, ...]:
        """By COLUMNS."""
        out = self.out or self.unsealed
        when_set = self.set or out
        return self.unsealed, self.unsealed, out, when_set, self.set_out or when_set, self.sealed


COLUMNS: tuple[Column, ...] = ("unset", "overtime", "out", "set", "set-out", "sealed")

KINDS: dict[str, Kind] = {
    #                            class  sealed unsealed duration  out, set, set out
    "opened-while-sealed": Kind("alarm", 1, 1, "lasts"),
    "opened-while-set": Kind("alarm", 1, 2, "lasts", set=2, set_out=1),
    "safe-opened-while-set": Kind("alarm", 1, 1, "lasts"),
    "somebody-inside": Kind("alarm", 1, 2, "lasts", set=2, set_out=2),
    "chatter-while-set": Kind("alarm", 1, 2, "momentary", set=2, set_out=1),
    "seal-broken": Kind("alarm", 1, 2, "lasts", set=2, set_out=1),
    "badge-while-sealed": Kind("alarm", 1, 1, "momentary"),
    "forced": Kind("alarm", 1, 2, "momentary"),
    "opened-without-badge": Kind("alarm", 1, 3, "momentary"),
    "held-open": Kind("alarm", 1, 3, "lasts", out=2),
    "denied-five-times": Kind("alarm", 1, 2, "momentary", out=1, set=1, set_out=1),
    "chatter-while-sealed": Kind("alarm", 1, 1, "momentary"),
    "seal-not-held": Kind("alarm", 1, 1, "momentary"),
    "tamper": Kind("tamper", 1, 2, "lasts", out=1, set=1, set_out=1),
    "loop-tamper": Kind("tamper", 1, 2, "lasts", out=1, set=1, set_out=1),
    "water": Kind("alarm", 1, 2, "lasts", out=1, set=1, set_out=1),
    "smoke": Kind("alarm", 1, 1, "lasts"),
    "panic": Kind("alarm", 1, 1, "lasts"),
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
    "node-silent": Kind("trouble", 1, 3, "lasts", out=2, set=2, set_out=1),
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
    "window-out-of-hours": Kind("alarm", 1, 3, "lasts"),
    "safe-opened-in-overtime": Kind("trouble", 3, 3, "momentary"),
    "unset-out-of-hours": Kind("trouble", 3, 3, "momentary"),
    "power-lost": Kind("trouble", 1, 3, "lasts", set_out=2),
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
    "not-set": Kind("trouble", 3, 3, "lasts"),
    "set-refused": Kind("trouble", 3, 3, "lasts"),
    "left-open": Kind("trouble", 3, 3, "lasts"),
    "plan-kept-back": Kind("trouble", 4, 4, "lasts"),
    "not-entered": Kind("trouble", 4, 4, "mended"),
}

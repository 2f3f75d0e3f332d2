"""Help that is called without the database: who is called, when, and what is said. Pure; times are ms.

The engine is silent and nothing can be journalled, or for long nothing can be read. Whoever is on duty is called at
once; while it lasts, every five minutes, and from the second time on with those who answer for them.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from hub.core.calling import contacts
from hub.core.calling.contacts import Address, Contacts

PATIENCE_MS = 3_000
"""So long the database has to take what is to be journalled of a silent engine: with the ten seconds of silence, help
is called within fifteen."""
UNUSABLE_MS = 60_000
"""The engine lives, but for so long nobody can be told by the database what it has found."""
AGAIN_MS = 300_000

Silent = Literal["engine", "broker"]
"""Which service does not answer. Without the broker nobody can hear whether the engine is alive."""
Why = Literal["engine", "broker", "database"]

TEXTS: dict[Why, dict[str, str]] = {
    "engine": {
        "zh": "【应急】主机主程序无声，数据库不可用，报警可能无人受理。请立即到场查看，并通知系统管理员。",
        "en": "EMERGENCY: hub engine silent, database unusable. Alarms may reach nobody. Go there, call the admin.",
    },
    "broker": {
        "zh": "【应急】主机消息代理无应答，数据库不可用，报警可能无人受理。请立即到场查看，并通知系统管理员。",
        "en": "EMERGENCY: the hub's broker does not answer, database unusable. Alarms may reach nobody. "
        "Go there, call the admin.",
    },
    "database": {
        "zh": "【应急】主机数据库不可用，新的报警无法通知到人。请立即到值班台查看，并通知系统管理员。",
        "en": "EMERGENCY: hub database unusable. New alarms reach nobody. Look at the console, call the admin.",
    },
}
"""What is said, by the language of the console. No name, place or point."""


class Call(NamedTuple):
    """Who is called, why, and what is said. With nobody, whoever is there hears or reads it."""

    people: list[Address]
    why: Why
    text: str


class Help:
    """Remembers who was called, and when."""

    def __init__(self) -> None:
        self._called_at: int | None = None
        self._round = 0

    @property
    def wanted(self) -> bool:
        """Whether somebody is called now."""
        return self._called_at is not None

    def due(self, who: Contacts | None, silent: Silent | None, unusable_ms: int, now: int, mono: int) -> Call | None:
        """The call that is due at the wall time `now`. `silent`: who is; `unusable_ms`: for how long the
        database has not done what was wanted of it."""
        usable = unusable_ms < PATIENCE_MS
        if usable or not (silent or unusable_ms >= UNUSABLE_MS):
            self._called_at = None
            self._round = 0
            return None
        if self._called_at is not None and mono - self._called_at < AGAIN_MS:
            return None
        why: Why = silent or "database"
        people = contacts.called(who, now, self._round) if who else []
        self._called_at, self._round = mono, self._round + 1
        return Call(people, why, TEXTS[why][who.language if who else "zh"])

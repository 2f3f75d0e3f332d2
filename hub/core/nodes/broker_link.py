"""Whether the broker is there, as the engine sees it. A broker that is back at once disturbs nobody; one that is gone
for two seconds, or goes again and again, is a fault of the hub. Pure; times are ms of a monotonic clock."""

from __future__ import annotations

from collections.abc import Iterator

from wire import messages as m

GRACE_MS = 2_000
"""Mosquitto 2.0.21 throws live clients out for 6 to 11 ms; one that is started again is back within a second."""
FIRST_MS = 8_000
"""How long the first connection may take: broker and engine start together."""
OFTEN = 5
OFTEN_MS = 60_000
"""This many losses within this time are one fault, however short each is; it ends when there are fewer in that time."""


class BrokerLink:
    """The engine's connection to the broker, which is not there yet."""

    def __init__(self, mono: int) -> None:
        self._lost: int | None = mono
        self._grace = FIRST_MS
        self._reason = "the broker does not answer"
        self._losses: list[int] = []
        self._told: int | None = None

    @property
    def there(self) -> bool:
        """Whether we are connected."""
        return self._lost is None

    def lost(self, reason: str, mono: int) -> bool:
        """The connection is gone, or could not be made. True when it was there until now."""
        self._reason = reason
        if self._lost is not None:
            return False
        self._lost, self._grace = mono, GRACE_MS
        self._losses = [*self._recent(mono), mono]
        return True

    def back(self, mono: int) -> None:
        """We are connected."""
        self._lost = None

    def due(self, now: int, mono: int) -> Iterator[m.FactData]:
        """What is to be said: once that it is lost, and once that it is back. `now` is wall time in ms."""
        often = len(self._recent(mono))
        if self._told is None:
            if self._lost is not None and mono - self._lost >= self._grace:
                yield self._tell(self._lost, self._reason, now, mono)
            elif often >= OFTEN:
                yield self._tell(self._losses[0], f"lost {often} times within a minute: {self._reason}", now, mono)
        elif self._lost is None and often < OFTEN:
            yield m.BrokerBack(lost_for=mono - self._told)
            self._told = None

    def _tell(self, since: int, detail: str, now: int, mono: int) -> m.FactData:
        self._told = since
        return m.BrokerLost(since=max(0, now - (mono - since)), detail=detail[:200])

    def _recent(self, mono: int) -> list[int]:
        return [at for at in self._losses if mono - at < OFTEN_MS]

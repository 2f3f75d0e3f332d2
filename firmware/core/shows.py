"""What the readers' lamps and buzzers show and for how long, and the self-test of all that shows or sounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from firmware.core.effects import Effect, Lamp, ReaderShows, Sounder
from firmware.core.silence import HubSilence
from firmware.core.sounder import OwnSounder

Answer = Literal["granted", "denied", "counted", "set", "not-set", "inside", "closing"]

Sign = Literal["unsealing", "changing", "setting"]
SIGN_MS = 1_000
"""How long the sign of an unsealing, a change or a closing up is; it is shown again, for as long as that goes on."""
SHOWN_MS: dict[Answer, int] = {
    "granted": 3_000,
    "denied": 2_000,
    "counted": 1_000,
    "set": 2_000,
    "not-set": 3_000,
    "inside": 2_500,
    "closing": 1_000,
}


class Shows:
    """Lamps and buzzer of every reader."""

    def __init__(self, sounder: OwnSounder, silence: HubSilence) -> None:
        self._sounder = sounder
        self._silence = silence
        self._off_at: dict[str, int] = {}
        self._signs: dict[str, tuple[Sign, int, int]] = {}
        """What badges at a reader count for, when that ends, and when its sign is to be shown again."""
        self._test_until: int | None = None

    def sign(self, port: str, sign: Sign | None, until: int) -> None:
        """Whoever holds a badge to this reader must see that it opens a sealed area, has its sealing changed, or that
        the area is about to be set; not after `until`. None: none of them."""
        if sign:
            self._signs[port] = sign, until, 0
        elif port in self._signs:
            self._signs[port] = self._signs[port][0], 0, 0

    def show(self, port: str, answer: Answer, now: int) -> Iterator[Effect]:
        """The answer at a reader."""
        self._off_at[port] = now + SHOWN_MS[answer]
        yield ReaderShows(port, answer)

    def test(self, ports: list[str], until: int) -> Iterator[Effect]:
        """Everything on, until then."""
        self._test_until = until
        yield Lamp(True)
        yield Sounder(True)
        for port in ports:
            self._off_at[port] = until
            yield ReaderShows(port, "granted")

    def advance(self, now: int) -> Iterator[Effect]:
        """Time has passed: what has been shown long enough goes off."""
        for port, off_at in list(self._off_at.items()):
            if now >= off_at:
                del self._off_at[port]
                yield ReaderShows(port, "off")
        for port, (sign, until, again) in list(self._signs.items()):
            if now >= until:
                del self._signs[port]
                if port not in self._off_at:  # what came of it is shown to its end
                    yield ReaderShows(port, "off")
            elif now >= again and port not in self._off_at:
                self._signs[port] = sign, until, now + SIGN_MS
                yield ReaderShows(port, sign)
        if self._test_until is not None and now >= self._test_until:
            self._test_until = None
            yield Lamp(self._silence.away)
            yield Sounder(self._sounder.on)

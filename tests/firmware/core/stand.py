"""A witness alone on a bench, with a disk, a clock and a hub that is as honest as the test wants it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from firmware.core.clock import Clock
from firmware.core.effects import Cosign, Covered, Effect, Inquire, Keep, Now, PassedOver, Save, Witnessed
from firmware.core.proofs import Trust
from firmware.core.sounder import OwnSounder
from firmware.core.witness import Witness
from tests.firmware.core.cast import NOON
from tests.firmware.core.ledger import Ledger, proven, trust
from wire import checkpoint, notes
from wire import messages as m

TRUSTED_CLOCK, NO_CLOCK = NOON, 0
"""What the disk says of the newest trusted time: with it the clock holds over a reboot, without it nothing is known."""


class Stand:
    """A witness alone, with a disk; what it says is written down."""

    def __init__(self, disk: Witnessed | None = None, clock: int = TRUSTED_CLOCK, given: Trust | None = None) -> None:
        self.disk = disk
        self.mono = 1_000
        self.trust = given or trust()
        self.clock = Clock(clock)
        self.clock.start(self.now)
        self.sounder = OwnSounder()
        self.witness = Witness(self.trust, disk, self.sounder, self.clock)
        self.asked: list[Inquire] = []
        self.cosigned: list[Cosign] = []
        self.kept: list[m.RecordData] = []
        self.passed: list[str] = []
        self.covered: list[Covered] = []
        self.apply(self.witness.start())

    @property
    def now(self) -> Now:
        return Now(self.mono, NOON + self.mono)

    @property
    def state(self) -> Witnessed:
        assert self.disk
        return self.disk

    def apply(self, effects: Iterable[Effect]) -> None:
        """As the shell does: all of it is on disk before anything is said."""
        happened = list(effects)
        for effect in happened:
            match effect:
                case Save(fields):
                    # As it comes back from the disk.
                    self.disk = msgspec.json.decode(msgspec.json.encode(fields["witness"]), type=Witnessed)
                case Keep(data) if not isinstance(data, m.Sounded):
                    self.kept.append(data)
                case PassedOver(why):
                    self.passed.append(why)
                case Covered():
                    self.covered.append(effect)
        self.asked += [one for one in happened if isinstance(one, Inquire)]
        for one in happened:
            if isinstance(one, Cosign):
                assert one.note == self.state.note.encode(), "not on disk, and vouched for"
                assert one.time == self.state.cosigned, "not on disk, and vouched for"
                assert not self.state.refused, "refused, and vouched for"
                self.cosigned.append(one)

    def wait(self, ms: int = 1_100) -> None:
        self.mono += ms
        self.apply(self.witness.advance(self.now))

    def sees(self, note: bytes) -> None:
        self.apply(self.witness.shown(note, self.now))

    def hears(self, said: m.Growth | m.Inclusion, nonce: str = "") -> None:
        self.apply(self.witness.answered(proven(nonce or self.asked[-1].nonce, said), self.now))

    def hears_from(self, ledger: Ledger, questions: int = 20) -> None:
        """The hub with this journal answers everything that is asked."""
        answered = 0
        while self.asked and answered < questions:
            one = self.asked.pop()
            self.asked.clear()
            self.apply(self.witness.answered(ledger.answer(one.data, one.nonce), self.now))
            answered += 1

    def connects(self, ledger: Ledger) -> None:
        self.apply(self.witness.connected(self.now))
        self.hears_from(ledger)

    def rebooted(self, clock: int = TRUSTED_CLOCK, given: Trust | None = None) -> Stand:
        """After a power cut. Its papers are the same unless others are given, and no nonce ever comes again."""
        return Stand(self.disk, clock, given or self.trust)

    @property
    def heads(self) -> list[tuple[int, bytes]]:
        """What was countersigned, in order."""
        found = [checkpoint.open_signed(one.note)[0] for one in self.cosigned]
        return [(one.size, one.root) for one in found]

    @property
    def refusals(self) -> list[str]:
        return [one.why for one in self.kept if isinstance(one, m.JournalRefused)]


def stripped(said: m.Growth, **fields: object) -> m.Growth:
    return msgspec.structs.replace(said, **fields)


def signed_by(note: bytes, *signers: object) -> str:
    text = notes.split(note).text
    lines = [notes.split(one.sign(text)).signatures[0] for one in signers]  # type: ignore[attr-defined]
    return notes.join(text, lines).decode()


def forked(stand: Stand, ledger: Ledger) -> Ledger:
    other = ledger.copy(entries=3)
    stand.sees(other.grow(2, "other"))
    assert stand.refusals == ["fork"]
    return other

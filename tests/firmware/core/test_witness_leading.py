"""What a witness is led to: new keys, new origins, new papers; and which of its own records are proven to be there."""

from __future__ import annotations

import msgspec

from firmware.core.effects import Committed, Covered
from firmware.core.witness import COVER_EVERY_MS, LONGEST_WAIT_MS, MOST_FORMER
from tests.firmware.core.ledger import Ledger, root_of, size_of, trust
from tests.firmware.core.stand import NO_CLOCK, Stand, forked, signed_by, stripped
from tests.support.journal import ORIGIN, key
from wire import messages as m
from wire import tlog

# ---------------------------------------------------------------- new keys, new origins, new papers


def test_the_journal_leads_from_key_to_key(stand: Stand, ledger: Ledger) -> None:
    for _ in range(3):
        ledger.grow(2)
        ledger.rotate()
    stand.sees(ledger.grow())
    stand.hears_from(ledger)
    assert stand.state.key == str(ledger.key.public)
    assert stand.heads[-1] == (size_of(ledger.newest), root_of(ledger.newest))
    assert stand.refusals == []


def test_a_new_key_is_trusted_only_by_an_entry_under_a_checkpoint_of_both(stand: Stand, ledger: Ledger) -> None:
    before = stand.state.key
    both = ledger.rotate()
    old, new = ledger.side.checkpoint_keys
    good = ledger.growth(5, before)
    introduces = good.introduces
    assert introduces
    elsewhere = msgspec.structs.replace(introduces, index=0)
    other_entry = msgspec.structs.replace(introduces, entry=ledger.entries[0].decode())
    unsigned = introduces.entry.replace("checkpoint-key", "checkpoint-keys")
    for bad in (
        stripped(good, checkpoint=signed_by(both, new)),
        stripped(good, checkpoint=signed_by(both, old)),
        stripped(good, introduces=elsewhere),
        stripped(good, introduces=other_entry),
        stripped(good, introduces=msgspec.structs.replace(introduces, entry=unsigned)),
        stripped(good, introduces=msgspec.structs.replace(introduces, inclusion=())),
    ):
        stand.wait(2 * LONGEST_WAIT_MS)
        stand.apply(stand.witness.connected(stand.now))
        stand.hears(bad)
        assert stand.passed.pop() == "unproven"
        assert stand.state.key == before
    stand.apply(stand.witness.connected(stand.now))
    stand.hears(good)
    assert stand.state.key == str(new.public)
    assert stand.refusals == []


def test_a_new_key_on_a_fork_is_a_fork(stand: Stand, ledger: Ledger) -> None:
    other = ledger.copy(entries=2)
    other.grow(5, "other")
    other.rotate()
    stand.sees(other.grow())
    stand.hears_from(other)
    assert stand.refusals == ["fork"]
    assert stand.state.key == str(ledger.key.public)


def test_a_hub_that_was_put_back_is_followed_and_what_was_held_is_kept_for_ever(stand: Stand, ledger: Ledger) -> None:
    back = ledger.restored(3, 1)
    back.rotate()
    stand.sees(back.grow(2))
    stand.hears_from(back)
    assert stand.kept == [m.JournalMoved(left=ledger.newest.decode(), origin=f"{ORIGIN}/1")]
    assert stand.state.former == (ledger.newest.decode(),)
    assert stand.state.key == str(back.key.public)
    assert stand.heads[-1] == (size_of(back.newest), root_of(back.newest))
    assert not stand.sounder.on


def test_a_hub_put_back_from_before_the_trusted_key_is_followed(stand: Stand, ledger: Ledger) -> None:
    early = ledger.copy()
    ledger.rotate()
    stand.connects(ledger)
    back = early.restored(4, 1)
    stand.connects(back)
    assert stand.state.key == str(back.key.public)


def test_after_a_refusal_a_new_origin_is_followed_and_the_sounder_goes_on(stand: Stand, ledger: Ledger) -> None:
    forked(stand, ledger)
    back = ledger.restored(5, 1)
    stand.sees(back.grow())
    stand.wait(LONGEST_WAIT_MS)
    stand.hears_from(back)
    assert stand.heads[-1] == (size_of(back.newest), root_of(back.newest))
    assert stand.witness.sounding


def test_no_way_leads_back_to_an_origin_that_was_left(stand: Stand, ledger: Ledger) -> None:
    back = ledger.restored(5, 1)
    stand.connects(back)
    stand.apply(stand.witness.connected(stand.now))
    stand.hears(ledger.shows(ledger.signed[0], 0, ledger.named[0]))
    assert stand.passed == ["unproven"]
    assert stand.state.key == str(back.key.public)


def test_origins_are_not_followed_without_end(stand: Stand, ledger: Ledger) -> None:
    for number in range(MOST_FORMER + 3):
        ledger = ledger.restored(2, number)
        stand.connects(ledger)
    assert len(stand.state.former) == MOST_FORMER


def test_an_opening_of_another_hub_leads_nowhere(stand: Stand, ledger: Ledger) -> None:
    other = Ledger(f"{ORIGIN}/elsewhere")
    other.side.services["engine"] = key("strongroom/demo/engine/record", "another")
    other.open()
    stand.apply(stand.witness.connected(stand.now))
    stand.hears(other.shows(other.newest, 0, other.named[0]))
    assert stand.passed == ["unproven"]


def test_new_papers_of_the_same_origin_change_nothing_of_what_is_held(stand: Stand, ledger: Ledger) -> None:
    held = stand.state.note
    ledger.rotate()
    after = stand.rebooted(given=trust(ledger.key.public))
    assert (after.state.note, after.kept) == (held, [])
    after.connects(ledger)
    assert after.state.key == str(ledger.key.public)


def test_new_papers_of_another_origin_begin_anew_and_say_so(stand: Stand, ledger: Ledger) -> None:
    other = ledger.restored(2, 9)
    after = stand.rebooted(given=trust(other.key.public))
    assert after.kept == [m.JournalMoved(left=ledger.newest.decode(), origin=f"{ORIGIN}/9")]
    after.connects(other)
    assert after.heads == [(3, root_of(other.newest))]
    again = after.rebooted(given=trust(other.key.public))
    assert again.kept == []


# ---------------------------------------------------------------- own records


def record(ledger: Ledger, entry: int, seq: int = 7, life: int = 1) -> Committed:
    return Committed(life, seq, entry, tlog.leaf_hash(ledger.entries[entry]))


def test_the_newest_record_is_covered_once_a_countersigned_checkpoint_has_it(stand: Stand, ledger: Ledger) -> None:
    ledger.grow(3)
    stand.witness.committed(record(ledger, 6))
    stand.wait()
    assert stand.asked == []
    stand.connects(ledger)
    assert stand.covered == [Covered(1, 7)]
    stand.wait(COVER_EVERY_MS + 1_000)
    assert stand.asked == []


def test_it_is_asked_rarely(stand: Stand, ledger: Ledger) -> None:
    stand.witness.committed(record(ledger, 2, seq=2))
    stand.wait()
    stand.hears_from(ledger)
    stand.witness.committed(record(ledger, 3, seq=3))
    stand.wait(COVER_EVERY_MS - 10_000)
    assert stand.covered == [Covered(1, 2)]
    stand.wait(10_000)
    stand.hears_from(ledger)
    assert stand.covered[-1] == Covered(1, 3)


def test_a_record_that_is_not_there_is_not_covered_and_nobody_is_accused(stand: Stand, ledger: Ledger) -> None:
    stand.witness.committed(Committed(1, 7, 2, tlog.leaf_hash(b"what was acknowledged and then left out")))
    stand.wait()
    stand.hears_from(ledger)
    assert (stand.covered, stand.passed, stand.refusals) == ([], ["unproven"], [])


def test_what_this_node_has_not_countersigned_covers_nothing(ledger: Ledger) -> None:
    stand = Stand(clock=NO_CLOCK)
    stand.connects(ledger)
    stand.witness.committed(record(ledger, 0))
    stand.wait()
    assert stand.asked == []

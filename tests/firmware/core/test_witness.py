"""The node as a witness: what it has countersigned stays so, or it cries out; and it cries out for nothing else."""

from __future__ import annotations

import itertools

import pytest

from firmware.core.effects import Committed, Sounder
from firmware.core.witness import FIRST_WAIT_MS, LONGEST_WAIT_MS
from tests.firmware.core.cast import ACCESS, NOON, WANG_FANG, ZHANG_WEI, Bench, seal_order, working
from tests.firmware.core.ledger import Ledger, root_of, size_of
from tests.firmware.core.stand import NO_CLOCK, Stand, forked, signed_by, stripped
from tests.support.journal import ORIGIN, key
from wire import checkpoint, notes, tlog
from wire import messages as m

STRANGER = key(ORIGIN, "a thief's")


# ---------------------------------------------------------------- growing


def test_the_first_checkpoint_is_asked_for_and_countersigned(ledger: Ledger) -> None:
    stand = Stand()
    stand.sees(ledger.newest)
    (asked,) = stand.asked
    assert asked.data == m.AskGrowth(size=0, key=str(ledger.key.public))
    stand.hears_from(ledger)
    assert stand.heads == [(1, root_of(ledger.newest))]
    assert stand.witness.head == m.Head(size=1, root=root_of(ledger.newest).hex())
    (line,) = stand.cosigned
    assert line.time == (NOON + stand.mono) // 1000


def test_a_larger_checkpoint_is_asked_about_and_countersigned_once_it_is_proven(stand: Stand, ledger: Ledger) -> None:
    stand.sees(ledger.grow(3))
    assert stand.asked[-1].data == m.AskGrowth(size=5, key=str(ledger.key.public))
    assert len(stand.heads) == 1
    stand.hears_from(ledger)
    assert stand.heads[-1] == (8, root_of(ledger.newest))


@pytest.mark.parametrize("which", [0, 1])
def test_old_checkpoints_played_again_frighten_nobody(stand: Stand, ledger: Ledger, which: int) -> None:
    ledger.grow(3)
    stand.connects(ledger)
    stand.sees(ledger.signed[which])
    stand.wait()
    assert stand.asked == []
    assert stand.refusals == []


def test_an_answer_is_taken_once_and_only_for_its_question(stand: Stand, ledger: Ledger) -> None:
    stand.sees(ledger.grow())
    nonce = stand.asked[-1].nonce
    said = ledger.growth(5, str(ledger.key.public))
    stand.hears(said, "0" * 32)
    assert stand.passed == ["unasked"]
    stand.hears(said, nonce)
    stand.hears(said, nonce)
    assert stand.passed == ["unasked", "unasked"]
    assert len(stand.heads) == 2


def test_a_question_without_an_answer_is_asked_again_ever_more_patiently(stand: Stand, ledger: Ledger) -> None:
    stand.sees(ledger.grow())
    times = [stand.mono]
    while len(times) < 8:
        before = len(stand.asked)
        stand.wait(100)
        times += [stand.mono] * (len(stand.asked) - before)
    waits = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert waits[:3] == [FIRST_WAIT_MS, 2 * FIRST_WAIT_MS, 4 * FIRST_WAIT_MS]
    assert waits[-1] == LONGEST_WAIT_MS
    assert len({one.nonce for one in stand.asked}) == len(stand.asked)


def test_after_a_long_silence_a_new_checkpoint_shows_that_somebody_can_answer_again(
    stand: Stand, ledger: Ledger
) -> None:
    stand.sees(ledger.grow())
    for _ in range(8):
        stand.wait(LONGEST_WAIT_MS)
    asked = len(stand.asked)
    stand.sees(ledger.grow())
    stand.wait(FIRST_WAIT_MS)
    assert len(stand.asked) == asked + 1


def test_one_question_at_a_time_and_what_came_meanwhile_is_asked_then(stand: Stand, ledger: Ledger) -> None:
    stand.sees(ledger.grow())
    early = ledger.growth(5, str(ledger.key.public))
    stand.sees(ledger.grow())
    assert len(stand.asked) == 1
    stand.hears(early)
    assert len(stand.asked) == 2
    stand.hears_from(ledger)
    assert [size for size, _ in stand.heads] == [5, 6, 7]


def test_a_new_connection_asks_at_once_and_says_the_newest_countersignature_again(stand: Stand, ledger: Ledger) -> None:
    said = stand.cosigned[-1]
    ledger.grow()
    after = stand.rebooted()
    after.apply(after.witness.connected(after.now))
    assert after.cosigned == [said]
    assert after.asked[-1].data == m.AskGrowth(size=5, key=str(ledger.key.public))


def test_a_clock_that_is_not_to_be_trusted_holds_and_countersigns_only_later(ledger: Ledger) -> None:
    stand = Stand(clock=NO_CLOCK)
    stand.connects(ledger)
    assert stand.witness.head
    assert stand.witness.head.size == 1
    assert stand.heads == []
    stand.clock.heard(m.HubBeat(v=1, site="demo", boot="hub-1", number=1, time=NOON, size=1), stand.now)
    list(stand.clock.advance(stand.now))
    stand.wait()
    assert stand.heads == [(1, root_of(ledger.newest))]


# ---------------------------------------------------------------- what is of no use


def test_what_the_trusted_key_has_not_signed_is_only_a_reason_to_ask(stand: Stand, ledger: Ledger) -> None:
    forged = signed_by(ledger.grow(9, "forged"), STRANGER)
    stand.sees(forged.encode())
    assert stand.asked[-1].data == m.AskGrowth(size=5, key=str(ledger.key.public))
    stand.hears(stripped(ledger.growth(5, str(ledger.key.public)), checkpoint=forged))
    assert stand.passed == ["unproven"]
    assert stand.refusals == []
    assert len(stand.heads) == 1


def test_a_checkpoint_with_a_bad_signature_is_nobodys(stand: Stand, ledger: Ledger) -> None:
    parts = notes.split(ledger.grow())
    bad = parts.signatures[0]._replace(data=bytes(64))
    stand.sees(notes.join(parts.text, [bad]))
    stand.hears(stripped(ledger.growth(5, str(ledger.key.public)), checkpoint=notes.join(parts.text, [bad]).decode()))
    assert (stand.passed, stand.refusals, len(stand.heads)) == (["unproven"], [], 1)


@pytest.mark.parametrize(
    "note", [b"", b"\xff", b"x" * 5000, b"a\nb\nc\n\n\xe2\x80\x94 d AAAAAAAA\n", b"a\n1\n" + b"A" * 44 + b"\n\n"]
)
def test_what_is_no_checkpoint_at_all_is_passed_over(stand: Stand, note: bytes) -> None:
    stand.sees(note)
    assert stand.passed == ["malformed"]
    assert stand.asked == []


def test_a_checkpoint_with_further_lines_is_passed_over(stand: Stand, ledger: Ledger) -> None:
    made = checkpoint.open_signed(ledger.grow())[0]._replace(extensions=('"' * 900,))
    stand.sees(ledger.key.sign(made.text()))
    assert stand.passed == ["malformed"]


def test_a_proof_for_another_size_than_was_asked_from_is_of_no_use(stand: Stand, ledger: Ledger) -> None:
    stand.sees(ledger.grow())
    stand.hears(ledger.growth(3, str(ledger.key.public)))
    assert (stand.passed, stand.refusals) == (["unproven"], [])
    stand.wait(2 * FIRST_WAIT_MS)
    stand.hears_from(ledger)
    assert len(stand.heads) == 2


def test_a_witness_that_holds_nothing_can_accuse_nobody(ledger: Ledger) -> None:
    stand = Stand()
    stand.sees(ledger.grow(4))
    stand.hears(stripped(ledger.growth(0, str(ledger.key.public)), consistency=("ab" * 32,)))
    assert (stand.passed, stand.refusals) == (["unproven"], [])


# ---------------------------------------------------------------- forks and rollbacks


def test_another_root_of_the_same_size_is_a_fork(stand: Stand, ledger: Ledger) -> None:
    other = ledger.copy(entries=3)
    shown = other.grow(2, "other")
    assert size_of(shown) == 5
    stand.sees(shown)
    (refused,) = stand.kept
    assert refused == m.JournalRefused(why="fork", held=ledger.newest.decode(), shown=shown.decode())
    assert stand.sounder.on


def test_a_proof_that_leads_elsewhere_is_a_fork(stand: Stand, ledger: Ledger) -> None:
    other = ledger.copy(entries=3)
    stand.sees(other.grow(9, "other"))
    stand.hears_from(other)
    assert stand.refusals == ["fork"]


def test_fewer_entries_than_are_held_in_a_fresh_answer_are_a_rollback(stand: Stand, ledger: Ledger) -> None:
    other = ledger.copy(entries=1)
    stand.sees(ledger.grow())
    stand.hears_from(other)
    (refused,) = stand.kept
    assert isinstance(refused, m.JournalRefused)
    assert refused.why == "rollback"
    assert size_of(refused.shown.encode()) == 1


def test_a_hub_that_was_set_back_tells_on_itself_also_when_asked_about_a_record(stand: Stand, ledger: Ledger) -> None:
    stand.witness.committed(Committed(1, 1, 2, tlog.leaf_hash(ledger.entries[2])))
    stand.wait()
    assert isinstance(stand.asked[-1].data, m.AskInclusion)
    stand.hears_from(ledger.copy(entries=1))
    assert stand.refusals == ["rollback"]


def test_what_was_refused_is_not_countersigned_any_more_even_after_a_reboot(stand: Stand, ledger: Ledger) -> None:
    other = forked(stand, ledger)
    after = stand.rebooted()
    for shown in (ledger.grow(5), other.grow(9)):
        after.sees(shown)
        after.wait(LONGEST_WAIT_MS)
        after.hears_from(ledger)
        after.hears_from(other)
    after.connects(ledger)
    assert after.cosigned == []
    assert after.refusals == []


def test_it_is_told_once(stand: Stand, ledger: Ledger) -> None:
    forked(stand, ledger)
    forked(stand, ledger)
    assert len(stand.kept) == 1


def test_what_was_held_when_it_was_refused_is_still_held(stand: Stand, ledger: Ledger) -> None:
    forked(stand, ledger)
    assert stand.witness.head == m.Head(size=5, root=root_of(ledger.newest).hex())


# ---------------------------------------------------------------- the sounder


def refusing() -> Bench:
    """A whole node that has refused the journal."""
    stand = Stand()
    ledger = Ledger().open()
    ledger.grow(4)
    stand.connects(ledger)
    forked(stand, ledger)
    bench = working()
    return bench.rebooted(witness=stand.disk)


def test_it_sounds_again_after_a_power_cut_until_a_responder_comes() -> None:
    bench = refusing()
    assert bench.switched(Sounder) == [True]
    bench.run(2)
    bench.badge(WANG_FANG)
    assert bench.switched(Sounder) == [True, False]
    assert bench.told(m.Attended) == [
        m.Attended(reader="archive/reader", credential=ACCESS.holders[2].credentials[0], person=1003, alarms=())
    ]
    assert bench.told(m.Denied) == []
    after = bench.rebooted()
    after.run(2)
    assert after.switched(Sounder) == []


def test_who_responds_to_nothing_cannot_quiet_it() -> None:
    bench = refusing()
    bench.run(2)
    bench.badge(ZHANG_WEI)
    assert bench.switched(Sounder) == [True]
    assert bench.told(m.Attended) == []
    assert bench.told(m.Granted) != []


def test_coming_about_the_journal_does_not_quiet_what_was_opened_in_a_sealed_area() -> None:
    bench = refusing()
    bench.run(1)
    bench.order(seal_order(4))
    bench.open("archive/window")
    bench.badge(WANG_FANG)
    assert len(bench.told(m.Attended)) == 1
    assert bench.switched(Sounder) == [True]

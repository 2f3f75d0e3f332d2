"""An opening of 50 ms is never lost, and contacts that bounce tell one thing once."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from firmware.core.debounce import Change, Debounce
from wire.messages import Level

Sample = tuple[Level, int]


def replay(samples: list[Sample], until: int) -> list[Change]:
    debounce = Debounce()
    changes = [change for level, at in samples for change in debounce.sample(level, at)]
    return changes + debounce.advance(until)


def test_a_pulse_of_50_ms_is_told_with_both_its_times() -> None:
    assert replay([("active", 1_000), ("normal", 1_050)], 2_000) == [
        Change("normal", "active", 1_000),
        Change("active", "normal", 1_050),
    ]


def test_an_opening_is_told_after_10_ms_without_waiting_for_its_end() -> None:
    debounce = Debounce()
    assert debounce.sample("active", 1_000) == []
    assert debounce.advance(1_009) == []
    assert debounce.advance(1_010) == [Change("normal", "active", 1_000)]


def test_a_glitch_shorter_than_10_ms_is_not_told() -> None:
    assert replay([("active", 1_000), ("normal", 1_009)], 2_000) == []


def test_normal_is_told_once_it_has_been_stable_for_30_ms() -> None:
    debounce = Debounce()
    debounce.sample("active", 1_000)
    debounce.sample("normal", 1_500)
    assert debounce.advance(1_529) == []
    assert debounce.advance(1_530) == [Change("active", "normal", 1_500)]


def test_bounce_while_closing_is_one_closing() -> None:
    bounce: list[Sample] = [("active", 1_000), ("normal", 2_000), ("active", 2_004), ("normal", 2_009)]
    assert replay(bounce, 3_000) == [Change("normal", "active", 1_000), Change("active", "normal", 2_009)]


def test_edges_that_a_fresh_reading_has_overtaken_still_count_by_their_own_times() -> None:
    assert replay([("normal", 1_170), ("active", 1_100), ("normal", 1_160)], 2_000) == [
        Change("normal", "active", 1_100),
        Change("active", "normal", 1_160),
    ]


def test_a_reading_that_an_edge_has_overtaken_does_not_bring_the_old_level_back() -> None:
    debounce = Debounce()
    for level, at in (("active", 1_000), ("normal", 1_105), ("active", 1_100)):
        debounce.sample(level, at)  # type: ignore[arg-type]
    assert debounce.advance(1_300) == [Change("active", "normal", 1_105)]


def test_a_missed_edge_is_mended_by_the_next_reading() -> None:
    assert replay([("active", 1_000), ("active", 2_000), ("normal", 3_000)], 4_000)[-1].now == "normal"


def test_a_level_told_twice_is_no_second_change() -> None:
    assert len(replay([("active", 1_000), ("active", 1_001), ("active", 1_500)], 2_000)) == 1


durations = st.lists(st.integers(1, 200), min_size=1, max_size=30)


def edges_of(stretches: list[int]) -> list[Sample]:
    """Edges of a contact that is open and closed in turn for so many milliseconds, beginning open at 1000."""
    at, samples = 1_000, []
    for index, stretch in enumerate(stretches):
        samples.append(("normal" if index % 2 else "active", at))
        at += stretch
    return samples  # type: ignore[return-value]


def level_at(changes: list[Change], at: int) -> Level:
    past = [change.now for change in changes if change.at <= at]
    return past[-1] if past else "normal"


@given(durations, st.data())
def test_every_opening_of_50_ms_is_recorded_however_late_its_edges_are_processed(
    stretches: list[int], data: st.DataObject
) -> None:
    samples = edges_of(stretches)
    debounce, changes = Debounce(), []
    waiting: list[Sample] = []
    for sample in samples:
        waiting.append(sample)
        if data.draw(st.booleans()):  # the queue is worked off, at the latest edge's own time
            for level, at in waiting:
                changes += debounce.sample(level, at)
            if data.draw(st.booleans()):
                changes += debounce.advance(waiting[-1][1])
            waiting = []
    for level, at in waiting:
        changes += debounce.sample(level, at)
    end = samples[-1][1] + 1_000
    changes += debounce.advance(end)
    for (level, at), stretch in zip(samples, stretches, strict=True):
        if level == "active" and stretch >= 50:
            assert level_at(changes, at + stretch - 1) == "active"


@given(durations)
def test_recorded_levels_alternate_and_end_with_the_truth(stretches: list[int]) -> None:
    samples = edges_of(stretches)
    changes = replay(samples, samples[-1][1] + 1_000)
    assert all(change.was != change.now for change in changes)
    assert all(one.now == next_.was and one.at < next_.at for one, next_ in pairwise(changes))
    assert level_at(changes, 10**6) == samples[-1][0]


@given(durations, st.sets(st.integers(0, 29)), st.sampled_from(["normal", "active"]))
def test_whatever_edges_are_missed_the_next_stable_reading_is_believed(
    stretches: list[int], missed: set[int], truth: Level
) -> None:
    samples = [sample for index, sample in enumerate(edges_of(stretches)) if index not in missed]
    debounce = Debounce()
    for level, at in samples:
        debounce.sample(level, at)
    debounce.sample(truth, 20_000)
    debounce.sample(truth, 20_500)
    debounce.advance(20_500)
    assert debounce.level == truth

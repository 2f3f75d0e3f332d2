"""When the engine was not there."""

from __future__ import annotations

from hub.core.nodes.engine_away import AFTER_MS, MOST, STILL_MS, Absence, Absences

NOW = 1_700_000_000_000


def test_an_engine_that_turns_was_always_there() -> None:
    absences = Absences()
    for turn in range(100):
        absences.turned(NOW + turn * STILL_MS, turn * STILL_MS)
    assert not any(absences.had(NOW + at) for at in range(-100, 200_000, 100))


def test_between_its_boots_it_was_not_there_and_a_little_after_that_counts_too() -> None:
    absences = Absences()
    absences.add(Absence(NOW, NOW + 10_000))
    assert not absences.had(NOW - 1)
    assert absences.had(NOW)
    assert absences.had(NOW + 10_000 + AFTER_MS)
    assert not absences.had(NOW + 10_000 + AFTER_MS + 1)


def test_while_it_stood_still_it_was_not_there() -> None:
    absences = Absences()
    absences.turned(NOW, 5_000)
    absences.turned(NOW + 12_000, 17_000)
    assert absences.had(NOW + 1)
    assert not absences.had(NOW - 1)


def test_a_clock_that_is_set_makes_no_absence() -> None:
    absences = Absences()
    absences.turned(NOW, 0)
    absences.turned(NOW + 3_600_000, 250)
    assert not absences.had(NOW + 1_800_000)


def test_the_newest_are_remembered_and_no_more() -> None:
    absences = Absences()
    for hour in range(MOST + 1):
        absences.add(Absence(NOW + hour * 3_600_000, NOW + hour * 3_600_000 + 1))
    assert not absences.had(NOW)
    assert absences.had(NOW + MOST * 3_600_000)

"""A rule that fails keeps no other from being heard, and a failure undoes what it had changed and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from hub.core import rules
from hub.core.state import Point, State

GATE = Point("archive/iron-gate", "archive-1", "normal", 1)
LID = Point("archive/lid", "archive-1", "normal", 1)


def says(*words: str) -> Iterator[str]:
    yield from words


def fails(*words: str) -> Iterator[str]:
    yield from words
    raise ZeroDivisionError(words)


def puts_and_fails(state: State, *rows: Point) -> None:
    with state.attempt():
        for row in rows:
            state.put(row)
        raise ZeroDivisionError


@pytest.mark.parametrize("how", [lambda *each: rules.each(*each), lambda *each: rules.asked(*each)()])
def test_all_rules_are_heard_and_a_failure_comes_at_the_end(how: Callable[..., Iterator[str]]) -> None:
    said: list[str] = []
    with pytest.raises(ZeroDivisionError, match="one"):
        said.extend(how(partial(fails, "one"), partial(says, "two")))
    assert said == ["one", "two"]


@pytest.mark.parametrize("how", [lambda *each: rules.each(*each), lambda *each: rules.asked(*each)()])
def test_several_failures_come_together(how: Callable[..., Iterator[str]]) -> None:
    said: list[str] = []
    with pytest.raises(ExceptionGroup) as failed:
        said.extend(how(partial(fails, "one"), partial(says, "two"), partial(fails, "three")))
    assert said == ["one", "two", "three"]
    assert [error.args for error in failed.value.exceptions] == [(("one",),), (("three",),)]


def test_what_was_asked_once_may_be_heard_again_and_again() -> None:
    asked: list[str] = []

    def once() -> Iterator[str]:
        asked.append("asked")
        yield "said"

    answer = rules.asked(once)
    assert [list(answer()) for _ in range(3)] == [["said"]] * 3
    assert asked == ["asked"]


def test_what_a_failure_had_changed_is_as_it_was_before() -> None:
    state = State()
    state.put(GATE)
    before = dict(state.changed)
    with pytest.raises(ZeroDivisionError):
        puts_and_fails(state, Point(GATE.place, GATE.node, "short", 2), LID)
    assert (state.find(Point, GATE.place), state.find(Point, LID.place)) == (GATE, None)
    assert state.changed == before


def test_a_failure_within_another_attempt_leaves_what_that_had_changed() -> None:
    state = State()
    with state.attempt():
        state.put(GATE)
        with pytest.raises(ZeroDivisionError):
            puts_and_fails(state, LID)
    assert (state.find(Point, GATE.place), state.find(Point, LID.place)) == (GATE, None)

"""A table of states and of what happens in them, written as text, so that a reader sees every pair at once.

    LAMP = Grid(
        '''
                push    pull
        off     on      -
        on      .       off
        ''',
        begin=Lamp, state=lambda lamp: lamp.state, do={"push": Lamp.push, "pull": Lamp.pull},
    )

A cell is the state after it; `.`: nothing comes of it; `-` or `-reason`: it is refused, and changes nothing. Of an
action in parts only the last may be refused; those before it prepare it. The table is the model: `check` tries one pair
from a state that is reached by the shortest way, and `machine` goes through it at random. What becomes of a pair may
depend on nothing but the state.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from hub.core.refusal import NotPossible

Step = Callable[[Any], object]
Action = Step | tuple[Step, ...]


class Grid:
    """The table, and how it is walked: `begin` makes what is in the state of the first row."""

    def __init__(self, text: str, begin: Callable[[], Any], state: Callable[[Any], str], do: dict[str, Action]) -> None:
        head, *lines = [line.split() for line in text.strip().splitlines()]
        self.actions = head
        self.states = [line[0] for line in lines]
        self.cells = {(name, what): cell for name, *row in lines for what, cell in zip(head, row, strict=True)}
        self.begin, self.state = begin, state
        self.do = {what: step if isinstance(step, tuple) else (step,) for what, step in do.items()}
        assert sorted(do) == sorted(head), "an action without a column, or a column without an action"

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return list(self.cells)

    def after(self, state: str, action: str) -> str:
        cell = self.cells[state, action]
        return state if cell[0] in ".-" else cell

    def way_to(self, wanted: str) -> list[str]:
        """The shortest way from the first row."""
        ways: dict[str, list[str]] = {self.states[0]: []}
        for state in (queue := [self.states[0]]):
            for action in self.actions:
                after = self.after(state, action)
                if after not in ways:
                    ways[after] = [*ways[state], action]
                    queue.append(after)
        return ways[wanted]

    def step(self, thing: Any, state: str, action: str) -> str:
        """Do it in this state, and see that it comes to what the table says."""
        *prepared, done = self.do[action]
        for one in prepared:
            one(thing)
        cell = self.cells[state, action]
        if cell.startswith("-"):
            before = len(thing.entries)
            with pytest.raises(NotPossible) as refusal:
                done(thing)
            assert cell[1:] in ("", refusal.value.reason), f"{action} when {state}: refused as {refusal.value.reason}"
            assert len(thing.entries) == before, f"{action} when {state}: what is refused changes nothing"
        else:
            done(thing)
        found, expected = self.state(thing), self.after(state, action)
        assert found == expected, f"{action} when {state}: {found}, and not {expected}"
        return found

    def check(self, state: str, action: str) -> None:
        """One pair of the table."""
        thing, at = self.begin(), self.states[0]
        assert self.state(thing) == at
        for one in (*self.way_to(state), action):
            at = self.step(thing, at, one)


def machine(grid: Grid) -> type[RuleBasedStateMachine]:
    """Anything at all may happen in any order."""

    class Anything(RuleBasedStateMachine):
        @initialize()
        def it_begins(self) -> None:
            self.thing, self.at = grid.begin(), grid.states[0]

        @rule(action=st.sampled_from(grid.actions))
        def something_happens(self, action: str) -> None:
            self.at = grid.step(self.thing, self.at, action)

        def teardown(self) -> None:
            if hasattr(self, "thing"):
                self.thing.check()

    return Anything

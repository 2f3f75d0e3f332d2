"""Of things that come due together, one over which a rule fails keeps none of the others from being said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from hub.core import order_numbers
from hub.core.alarms import life as alarm_life
from hub.core.nodes import order_content
from hub.core.sealing import area as area_sealing
from hub.core.sealing import missed, timeouts
from hub.core.state import Area, Life, Sealing, Window
from tests.support.paper import PaperHub
from wire import messages as m

DAY_MS = 86_400_000
AREAS = ("archive", "cipher-room", "computer-room")


def fails_once(rule: Callable[..., Any]) -> Callable[..., Any]:
    """The rule, which fails over the first that it is asked of."""
    asked: list[object] = []

    def rule_that_fails(*arguments: object) -> Any:
        asked.append(None)
        if len(asked) == 1:
            raise ZeroDivisionError
        return rule(*arguments)

    return rule_that_fails


def ceremonies(house: PaperHub, patch: pytest.MonkeyPatch) -> Iterator[m.FactData]:
    due = timeouts.CeremonyTimeouts()
    for name in AREAS:
        house.state.put(Area(name, state="arming", since=0, due_at=1))
    patch.setattr(area_sealing, "timed_out", fails_once(area_sealing.timed_out))
    return due.due(house.state, house.clock(), 10**9)


def plans(house: PaperHub, patch: pytest.MonkeyPatch) -> Iterator[m.FactData]:
    now = house.clock()
    house.state.put(Window(1, "a holiday", AREAS, now - DAY_MS, now + DAY_MS, planned_by=None, planned_at=0))
    for number, name in enumerate(AREAS, 1):
        house.state.put(Sealing(number, name, "planned", began=0, window=1))
    patch.setattr(alarm_life, "find", fails_once(alarm_life.find))
    return missed.due(house.state, now)


def lists(house: PaperHub, patch: pytest.MonkeyPatch) -> Iterator[m.FactData]:
    for name in ("archive-1", "cipher-1", "computer-1"):
        house.node(name)
    for life in list(house.state.all(Life)):
        house.state.put(replace(life, access_at=house.clock() - 2 * DAY_MS))
    patch.setattr(order_numbers, "issue", fails_once(order_numbers.issue))
    return order_content.renewals(house.state, house.clock())


@pytest.mark.parametrize("come_due", [ceremonies, plans, lists])
def test_one_of_three_fails_and_two_are_said(come_due: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[m.FactData] = []
    with pytest.raises(ZeroDivisionError):
        said.extend(come_due(PaperHub(), monkeypatch))
    assert len(said) == 2

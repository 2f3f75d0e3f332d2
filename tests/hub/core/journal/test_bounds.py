"""How much a service may have journalled, and what is told of what it asked for beyond it."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.journal.bounds import A_PERSON, A_PERSONS, HOUR_MS, MINUTE_MS, MOST, ONCE_EACH, Bounds, RefusedAsks
from hub.core.journal.facts import FACTS
from wire import messages as m

FAILS_TOO: dict[m.Service, set[type[m.Data]]] = {"console": {m.NotJudged}, "notify": {m.NotJudged, m.HubStorage}}


@pytest.mark.parametrize("by", ["console", "notify"])
def test_all_that_a_service_may_say_is_bounded_or_can_be_said_once_of_each_thing(by: m.Service) -> None:
    may_say = {kind for kind, rule in FACTS.items() if by in rule.by and rule.roles is None and not rule.apart}
    assert may_say | FAILS_TOO[by] == set(MOST[by]) | (may_say & ONCE_EACH)
    assert not set(MOST[by]) & ONCE_EACH


@pytest.mark.parametrize("by", ["console", "notify"])
def test_what_can_be_said_once_of_each_thing_is_refused_the_second_time(by: m.Service) -> None:
    for kind in ONCE_EACH:
        assert FACTS[kind].check, kind


def test_so_many_a_minute_and_so_many_an_hour_and_no_more() -> None:
    bounds, most = Bounds(), MOST["console"][m.SignedIn]
    for _ in range(most.minute):
        assert bounds.admit("console", [m.SignedIn], 0)
    assert not bounds.admit("console", [m.SignedIn], MINUTE_MS - 1)
    assert bounds.admit("console", [m.SignedIn], MINUTE_MS)
    admitted = most.minute + 1
    admitted += sum(bounds.admit("console", [m.SignedIn], at) for at in range(2 * MINUTE_MS, HOUR_MS, 1_000))
    assert admitted == most.hour
    assert bounds.admit("console", [m.SignedIn], HOUR_MS)


def test_of_a_request_all_is_admitted_or_nothing_is_counted() -> None:
    bounds, most = Bounds(), MOST["notify"][m.EngineSilent].minute
    assert not bounds.admit("notify", [m.EngineBack, *[m.EngineSilent] * (most + 1)], 0)
    assert bounds.admit("notify", [m.EngineBack, *[m.EngineSilent] * most], 0)


def test_nobody_uses_up_what_another_may_ask_for() -> None:
    bounds = Bounds()
    for _ in range(A_PERSON.minute):
        assert bounds.admit("console", [m.ShiftAdded], 0, 1003)
    assert not bounds.admit("console", [m.FindingWritten], 0, 1003)
    assert bounds.admit("console", [m.ShiftAdded], 0, 1005)
    assert bounds.admit("console", [m.SignedIn], 0)


@pytest.mark.parametrize("kind", A_PERSONS)
def test_a_kind_of_which_a_person_asks_for_less_is_counted_by_itself(kind: type[m.Data]) -> None:
    bounds = Bounds()
    assert bounds.admit("console", [kind] * A_PERSONS[kind].minute, 0, 1003)
    assert not bounds.admit("console", [kind], 0, 1003)
    assert bounds.admit("console", [m.ShiftAdded] * A_PERSON.minute, 0, 1003)
    assert A_PERSONS[kind].hour < A_PERSON.hour


@given(st.lists(st.sampled_from(sorted(ONCE_EACH, key=str)), max_size=64), st.sampled_from(["console", "notify"]))
def test_nobody_is_ever_kept_from_acknowledging_or_from_opening_a_door(
    kinds: list[type[m.Data]], by: m.Service
) -> None:
    bounds = Bounds()
    while bounds.admit(by, [m.ShiftAdded], 0, 1003):
        pass
    assert bounds.admit(by, kinds, 0, 1003)


def test_root_owns_the_database_and_is_not_bounded() -> None:
    assert "admin" not in MOST
    assert all(Bounds().admit("admin", [kind] * 10_000, 0) for kind in get_args(m.FactData)[:3])


def test_the_first_that_was_refused_is_told_at_once_and_more_as_a_sum_a_minute_later() -> None:
    refused = RefusedAsks()

    def told(mono: int) -> list[m.ServiceRefused]:
        said = list(refused.due(mono))
        for one in said:
            refused.told(one, mono)
        return said

    assert told(0) == []
    refused.add("console", "too-many", "signed-in")
    assert told(0) == [m.ServiceRefused(service="console", reason="too-many", count=1, example="signed-in")]
    for _ in range(1_000):
        refused.add("console", "too-many", "not-judged")
    assert told(MINUTE_MS - 1) == []
    assert [one.count for one in refused.due(MINUTE_MS)] == [1_000], "as long as it is not journalled"
    assert [one.count for one in told(MINUTE_MS)] == [1_000]
    assert told(2 * MINUTE_MS) == []

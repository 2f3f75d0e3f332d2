"""Help without the database: within fifteen seconds of the engine's last word, then every five minutes."""

from __future__ import annotations

from typing import Literal

import pytest
from msgspec.structs import replace

from hub.core.calling.contacts import Address, Contacts
from hub.notify.engine_watch import SILENT_MS
from hub.notify.help import AGAIN_MS, PATIENCE_MS, UNUSABLE_MS, Help, Silent
from hub.notify.worker import TICK_S

PEOPLE = (Address(1003, "+8613800000003"), Address(1002, "+8613800000002"))
WHO = Contacts(1, "demo", "Asia/Shanghai", "en", PEOPLE, (), (1003,), (1002,))
TICK_MS = 1000


def test_the_engine_silent_and_the_database_of_no_use_is_a_call_within_fifteen_seconds() -> None:
    assert SILENT_MS + PATIENCE_MS + 2 * TICK_MS + 1000 * TICK_S < 15_600
    calling = Help()
    assert calling.due(WHO, "engine", PATIENCE_MS - 1, 0, 0) is None
    call = calling.due(WHO, "engine", PATIENCE_MS, 0, 0)
    assert call is not None
    assert [one.number for one in call.people] == [1003]
    assert "engine silent, database unusable" in call.text
    assert calling.wanted


@pytest.mark.parametrize(
    ("language", "says"), [("en", "the hub's broker does not answer, database unusable"), ("zh", "消息代理无应答")]
)
def test_a_broker_that_does_not_answer_is_not_called_a_silent_engine(language: Literal["en", "zh"], says: str) -> None:
    call = Help().due(replace(WHO, language=language), "broker", PATIENCE_MS, 0, 0)
    assert call is not None
    assert says in call.text


def test_it_is_said_again_every_five_minutes_and_then_to_those_who_answer_for_them_too() -> None:
    calling = Help()
    looks = range(0, 2 * AGAIN_MS + 1000, 1000)
    calls = [(mono, calling.due(WHO, "engine", PATIENCE_MS + mono, mono, mono)) for mono in looks]
    said = [(mono, call) for mono, call in calls if call]
    assert [mono for mono, _ in said] == [0, AGAIN_MS, 2 * AGAIN_MS]
    assert [{one.number for one in call.people} for _, call in said] == [{1003}, {1002, 1003}, {1002, 1003}]


def test_as_long_as_the_database_takes_it_the_ladders_do_it() -> None:
    calling = Help()
    assert all(calling.due(WHO, "engine", 500, mono, mono) is None for mono in range(0, 100_000, 1000))
    assert not calling.wanted


def test_a_database_that_hides_what_the_engine_finds_is_told_after_a_minute() -> None:
    calling = Help()
    assert calling.due(WHO, None, UNUSABLE_MS - 1, 0, 0) is None
    call = calling.due(WHO, None, UNUSABLE_MS, 0, 0)
    assert call is not None
    assert "hub database unusable" in call.text


def test_what_is_over_is_over_and_begins_anew() -> None:
    calling = Help()
    assert calling.due(WHO, "engine", PATIENCE_MS, 0, 0)
    assert calling.due(WHO, None, 0, 1000, 1000) is None
    assert not calling.wanted
    again = calling.due(WHO, "engine", PATIENCE_MS, 2000, 2000)
    assert again is not None
    assert [one.number for one in again.people] == [1003]


@pytest.mark.parametrize("silent", ["engine", "broker", None])
def test_without_contacts_it_is_still_said_to_whoever_is_there(silent: Silent | None) -> None:
    call = Help().due(None, silent, UNUSABLE_MS, 0, 0)
    assert call is not None
    assert call.people == []
    assert "【应急】" in call.text

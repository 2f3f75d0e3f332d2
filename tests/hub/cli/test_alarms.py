"""Closing at the command line: one finding, and for an urgent alarm of a sealed room a second person's word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.core.refusal import NotPossible
from hub.store import alarm_list
from tests.support.door import open_door
from tests.support.hub import House, make_hub, seal
from tests.support.terminal import Result, type_in
from wire import messages as m
from wire.command_line.run import Failure

Type = Callable[..., Result]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setenv("COLUMNS", "200")
    return make_hub(tmp_path)


@pytest.fixture
def typed(house: House) -> Iterator[Type]:
    root = str(house.hub.layout.root)
    with open_door(house):
        yield lambda *words: type_in("--dir", root, "alarms", *map(str, words))


def good(result: Result) -> str:
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def life(house: House) -> str:
    return str(house.read(lambda connection: alarm_list.alarm(connection, 1)).life)


WRITE = ("close", 1, "--cause", "forgotten", "--finding", "走廊门没有锁好")


def test_an_urgent_alarm_of_a_sealed_room_takes_a_badge_and_two_people(house: House, typed: Type) -> None:
    node = house.node("archive-1")
    sealing = seal(house, "archive", "archive-1")
    node.opens("archive/corridor-door", sealing)
    node.closes("archive/corridor-door", sealing)
    good(typed("acknowledge", 1, "--as", "wangfang"))
    early = typed("confirm", 1, "--as", "liuyang").exception
    assert isinstance(early, Failure)
    assert "no finding of alarm 1" in str(early)
    unseen = typed(*WRITE, "--as", "wangfang").exception
    assert isinstance(unseen, NotPossible)
    assert unseen.reason == "not-attended"
    node.says(m.Attended(reader="archive/reader", credential="0" * 64, person=1001, alarms=(1,)))
    assert "strongroom alarms confirm 1" in good(typed(*WRITE, "--as", "wangfang"))
    assert life(house) == "finding-written"
    alone = typed("confirm", 1, "--as", "wangfang").exception
    assert isinstance(alone, NotPossible)
    assert alone.reason == "written-by-yourself"
    assert "走廊门没有锁好" in good(typed("confirm", 1, "--as", "liuyang"))
    assert life(house) == "closed"


def test_any_other_is_closed_by_one(house: House, typed: Type) -> None:
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    good(typed("acknowledge", 1, "--as", "wangfang"))
    assert good(typed(*WRITE, "--as", "wangfang")) == ""
    assert life(house) == "closed"


def test_a_name_in_a_finding_is_shown_to_people_and_to_programs_stays_a_number(house: House, typed: Type) -> None:
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    good(typed("acknowledge", 1, "--as", "wangfang"))
    finding = "张伟[/]忘记锁门"
    good(typed("close", 1, "--as", "wangfang", "--cause", "forgotten", "--finding", finding))
    assert finding in good(typed("list", "--all"))
    assert "#1001[/]忘记锁门" in good(typed("list", "--all", "--json"))
    root = str(house.hub.layout.root)
    assert finding in good(type_in("--dir", root, "journal", "--kind", "alarm-closed"))
    assert "#1001" in good(type_in("--dir", root, "journal", "--kind", "alarm-closed", "--json"))


def test_an_alarm_that_is_not_there_is_said(typed: Type) -> None:
    assert "there is no alarm 1" in str(typed(*WRITE, "--as", "wangfang").exception)


def test_the_list_names_what_a_node_holds_and_which_are_missing(house: House, typed: Type) -> None:
    seal(house, "archive", "archive-1")
    held = (m.SealedArea(area="archive", sealing=1),)
    house.node("archive-1").says(m.OrderRefused(order=999, mark=0, reason="frozen", sealed=held))
    house.engine.note(m.UnsealingWaits(sealing=1, area="archive", nodes=("computer-1",)))
    said = good(typed("list"))
    assert "archive-1 holds sealing no. 1 of archive; it was told: an order that this hub has not given" in said
    assert "Missing: computer-1." in said

"""Set and unset areas as people type it: how they stand, and what is asked of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.core.refusal import NotPossible
from tests.hub.console.test_guard_pages import HOUR, WINDOW, wall
from tests.support.door import open_door
from tests.support.hub import DEMO_SITE, Clock, House, make_hub
from tests.support.terminal import Result, type_in
from wire import messages as m
from wire.command_line.run import Failure

Type = Callable[..., Result]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A Monday morning; an engine answers."""
    monkeypatch.setenv("COLUMNS", "240")
    clock = Clock(wall("2026-09-21T10:00"))
    for module in ("hub.cli.area", "hub.cli.status", "hub.cli.guard_view", "hub.site_directory.hub"):
        monkeypatch.setattr(f"{module}.wall_ms", clock)
    house = make_hub(tmp_path, clock, nodes=("archive-1", "cipher-1", "computer-1"))
    house.apply(DEMO_SITE.read_text("utf-8"))
    beat = m.HubBeat(v=1, site=house.hub.site, boot="boot", number=1, time=clock(), size=1, held=None)
    monkeypatch.setattr("hub.site_directory.engine_pulse.ask", lambda *_: beat)
    return house


@pytest.fixture
def typed(house: House) -> Iterator[Type]:
    root = str(house.hub.layout.root)
    with open_door(house):
        yield lambda *words: type_in("--dir", root, *map(str, words))


def good(result: Result) -> str:
    assert result.exit_code == 0, (result.output, result.exception)
    return " ".join(result.stdout.split())


def refused(result: Result, kind: type[Exception], words: str) -> None:
    assert isinstance(result.exception, kind), result.output
    assert words in str(result.exception)


def unset(house: House, number: int = 1) -> None:
    house.node("archive-1").says(m.AreaUnset(area="archive", number=number, by="badge", people=(1001,)))


def test_how_each_area_stands_is_a_line(house: House, typed: Type) -> None:
    unset(house)
    house.node("cipher-1").sets("cipher-room", left_open=("cipher-room/safe-door",))
    shown = good(typed("area", "list"))
    soon = "2026-09-21 17:45:00 if all is shut and nobody is inside, 2026-09-21 18:30:00 in any case"
    assert f"archive unset 2026-09-21 10:00:00 badge 1001 {soon}" in shown
    assert "cipher-room set 2026-09-21 10:00:00 time cipher-room/safe-door" in shown
    assert "computer-room not told yet" in shown
    first, second, third = (json.loads(line) for line in typed("area", "list", "--json").stdout.splitlines())
    assert (first["state"], second["state"], third["state"]) == ("unset", "set", "not-told")
    assert first["sets_itself"] == "2026-09-21T09:45:00.000Z"
    assert second["left_open"] == ["cipher-room/safe-door"]


def test_status_says_set_unset_and_left_open(house: House, typed: Type) -> None:
    unset(house)
    house.node("cipher-1").opens("cipher-room/safe-door")
    house.node("cipher-1").sets("cipher-room", left_open=("cipher-room/safe-door",))
    shown = good(typed("status"))
    assert "archive unset 2026-09-21 10:00:00 watched 0" in shown
    assert "cipher-room set 2026-09-21 10:00:00 watched 0 cipher-room/safe-door left open" in shown
    areas: list[Any] = json.loads(typed("status", "--json").stdout)["areas"]
    assert areas[1]["guard"]["how"] == "set"
    assert areas[1]["guard"]["left_open"] == ["cipher-room/safe-door"]


def test_what_is_set_and_not_heard_is_not_watched(house: House, typed: Type) -> None:
    house.node("archive-1").sets("archive")
    house.fact(m.NodeSilent(node="archive-1", last_heard=None, sealed=()))
    assert "archive not watched, last known set" in good(typed("area", "list"))
    assert "archive not watched, last known set" in good(typed("status"))
    assert good(typed("area", "show", "archive")).startswith("archive: not watched, last known set")


def test_set_now_is_asked_and_what_came_of_it_is_shown(house: House, typed: Type) -> None:
    unset(house)
    assert "archive: its node is asked" in good(typed("area", "set", "archive", "--as", "wangfang"))
    assert "asked last: set, by 1003 at 2026-09-21 10:00:00: not answered yet" in good(typed("area", "show", "archive"))
    house.node("archive-1").says(m.SetRefused(area="archive", person=1003, points=(WINDOW,)))
    assert f"10:00:00: set-refused: open {WINDOW}" in good(typed("area", "show", "archive"))
    found = json.loads(typed("area", "show", "archive", "--json").stdout)
    assert found["asked"]["answer"]["points"] == [WINDOW]
    house.node("archive-1").sets("archive", 2)
    refused(typed("area", "extend", "archive", "--as", "wangfang"), NotPossible, "area-is-set")


def test_two_hours_more(house: House, typed: Type) -> None:
    unset(house)
    good(typed("area", "extend", "archive", "--as", "wangfang"))
    until = wall("2026-09-21T19:30")
    house.node("archive-1").says(m.SetExtended(area="archive", until=until, by="console", person=1003))
    shown = good(typed("area", "show", "archive"))
    assert "somebody stays until: 2026-09-21 19:30:00" in shown
    assert "sets itself: 2026-09-21 19:30:00" in shown
    assert "10:00:00: set-extended" in shown


def test_somebody_is_allowed_to_open_up_alone_and_it_is_taken_back(house: House, typed: Type) -> None:
    times = ("--from", "2026-09-26 09:00", "--to", "2026-09-26 17:00", "--cause", "周末盘点")
    good(typed("area", "allow", "archive", 1001, *times, "--as", "liuyang"))
    allowed = "allowed alone: 1001, 2026-09-26 09:00:00 to 2026-09-26 17:00:00, by 1005"
    assert allowed in good(typed("area", "show", "archive"))
    good(typed("area", "forbid", "archive", 1001, "--as", "liuyang"))
    assert "allowed alone" not in good(typed("area", "show", "archive"))
    refused(typed("area", "allow", "archive", 1001, *times, "--as", "wangfang"), NotPossible, "not-allowed")


def test_the_access_log_names_who_has_unset_it_and_what_was_open(house: House, typed: Type) -> None:
    house.node("archive-1").says(m.AreaUnset(area="archive", number=1, by="two", people=(1001, 1002)))
    house.node("archive-1").says(m.SetRefused(area="archive", person=1001, points=(WINDOW,)))
    shown = good(typed("access"))
    assert "archive area-unset 1001, 1002" in shown
    assert f"archive set-refused {WINDOW} 张伟 1001" in shown


def test_a_slip_of_the_pen_is_told(house: House, typed: Type) -> None:
    refused(typed("area", "show", "archiv"), Failure, "did you mean 'archive'?")
    refused(typed("area", "set", "archiv", "--as", "wangfang"), Failure, "did you mean 'archive'?")
    words = ("area", "allow", "archive", 1001, "--from", "9", "--to", "10", "--cause", "x", "--as", "liuyang")
    refused(typed(*words), Failure, "is no time")
    house.clock.forward(HOUR / 1000)
    refused(typed("area", "extend", "archive", "--as", "sunli"), NotPossible, "not-allowed")

"""What `strongroom status` says of the engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.hub import House, make_hub
from tests.support.terminal import type_in
from wire import messages as m

Answers = Callable[[int | None], None]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return make_hub(tmp_path)


@pytest.fixture
def answers(house: House, monkeypatch: pytest.MonkeyPatch) -> Answers:
    """An engine that answers, whose database another process has held for so many ms, or does not hold."""

    def answer(held: int | None) -> None:
        beat = m.HubBeat(v=1, site=house.hub.site, boot="boot", number=1, time=house.clock(), size=1, held=held)
        monkeypatch.setattr("hub.site_directory.engine_pulse.ask", lambda *_: beat)

    return answer


def status(house: House, *more: str) -> str:
    result = type_in("--dir", str(house.hub.layout.root), "status", *more)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def test_a_database_that_another_process_holds_is_said_first(house: House, answers: Answers) -> None:
    answers(12_300)
    first = status(house).splitlines()[0]
    assert first == "Another process has held the database for 12 s: nothing is journalled meanwhile."
    assert json.loads(status(house, "--json"))["engine"]["held_for"] == 12_300


def test_how_a_sealing_stands_begins_with_it_too(house: House, answers: Answers) -> None:
    def standing(*more: str) -> str:
        result = type_in("--dir", str(house.hub.layout.root), "sealing", "status", "archive", *more)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout

    answers(12_300)
    assert standing().startswith("Another process has held the database for 12 s: nothing is journalled meanwhile. ")
    assert json.loads(standing("--json"))["database_held_for"] == 12_300
    answers(None)
    assert "database" not in standing()


def test_of_one_that_nobody_holds_nothing_is_said(house: House, answers: Answers) -> None:
    answers(None)
    assert "held" not in status(house)
    assert json.loads(status(house, "--json"))["engine"]["held_for"] is None

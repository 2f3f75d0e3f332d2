"""A computer whose clock has died: stepped to a time that is certain to be over, and no further."""

from __future__ import annotations

import pytest

from firmware.setup import os_clock
from firmware.setup import papers as papers_file
from tests.firmware.house import House

DAY = 86_400_000


class Computer:
    """Its clock, in milliseconds since 1970."""

    def __init__(self, now: int = 0) -> None:
        self.now = now

    def starts(self, house: House) -> str:
        return os_clock.step(house.place, self.now, self._set)

    def _set(self, seconds: float) -> None:
        self.now = round(seconds * 1000)


@pytest.fixture
def begins(house: House) -> int:
    house.enrol()
    return papers_file.valid(papers_file.Files(house.place.keys))[0]


def test_a_clock_that_begins_in_1970_is_stepped_to_the_newest_trusted_time(house: House, begins: int) -> None:
    house.save(trusted_wall=begins + DAY)
    computer = Computer()
    said = computer.starts(house)
    assert computer.now == begins + DAY
    assert said.startswith("the clock said 1970-01-01 00:00:00 UTC; it was set to ")


def test_without_a_trusted_time_it_is_stepped_to_that_of_the_papers(house: House, begins: int) -> None:
    computer = Computer()
    computer.starts(house)
    assert computer.now == begins > 1_700_000_000_000


def test_a_clock_that_is_ahead_stays_as_it_is(house: House, begins: int) -> None:
    house.save(trusted_wall=begins + DAY)
    computer = Computer(begins + DAY + 1)
    assert "not before" in computer.starts(house)
    assert computer.now == begins + DAY + 1


@pytest.mark.parametrize("trusted", [1, 9_790_000_000_000])
def test_a_time_that_is_none_of_the_papers_is_not_believed(house: House, begins: int, trusted: int) -> None:
    """A bit may have turned over in it; and a clock that is far ahead is as bad as one in 1970."""
    house.save(trusted_wall=trusted)
    computer = Computer()
    computer.starts(house)
    assert computer.now == begins


def test_a_disk_that_cannot_be_read_leaves_the_time_of_the_papers(house: House, begins: int) -> None:
    (house.place.state / "outbox.db").mkdir()
    computer = Computer()
    computer.starts(house)
    assert computer.now == begins


def test_without_papers_nothing_is_known_and_nothing_is_set(house: House) -> None:
    computer = Computer()
    assert "no time is known" in computer.starts(house)
    assert computer.now == 0


def test_the_command_says_what_it_did(house: House, begins: int) -> None:
    said = house.strongroom("node", "clock")
    assert (said.returncode, said.stderr) == (0, "")
    assert "not before the newest time known here" in said.stdout

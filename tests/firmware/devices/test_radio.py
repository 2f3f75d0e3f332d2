"""No wireless equipment of any kind: a node says within ten seconds what its own computer has."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware.core.effects import Input, PartFailed
from firmware.devices.radio import EVERY_MS, Radios


class Computer:
    """A kernel's lists of interfaces, and a clock that a test sets."""

    def __init__(self, sys: Path) -> None:
        self.sys = sys
        self.now = 0
        self.told: list[Input] = []
        self.radios = Radios(self.told.append, lambda: self.now, sys)
        for wired in ("lo", "eth0"):
            (sys / "class/net" / wired).mkdir(parents=True)

    def plug(self, path: str) -> None:
        (self.sys / "class" / path).mkdir(parents=True)

    def later(self) -> list[PartFailed]:
        self.now += EVERY_MS
        self.radios.look()
        told = [one for one in self.told if isinstance(one, PartFailed)]
        assert len(told) == len(self.told)
        self.told.clear()
        return told


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    return Computer(tmp_path)


def test_a_wired_computer_has_nothing_to_tell(computer: Computer) -> None:
    assert computer.later() == []


@pytest.mark.parametrize("path", ["net/wlan0/wireless", "net/wlan0/phy80211", "bluetooth/hci0"])
def test_a_radio_is_a_fault_that_names_it_and_is_told_once(computer: Computer, path: str) -> None:
    computer.plug(path)
    name = path.split("/")[1]
    assert computer.later() == [PartFailed("wireless", True, name)]
    assert computer.later() == []


def test_a_radio_that_is_taken_out_is_no_fault_any_more(computer: Computer) -> None:
    computer.plug("bluetooth/hci0")
    computer.later()
    (computer.sys / "class/bluetooth/hci0").rmdir()
    (told,) = computer.later()
    assert not told.failed


def test_it_is_looked_for_at_the_start_and_every_ten_seconds(computer: Computer) -> None:
    computer.plug("bluetooth/hci0")
    computer.radios.look()
    assert len(computer.told) == 1
    assert EVERY_MS == 10_000

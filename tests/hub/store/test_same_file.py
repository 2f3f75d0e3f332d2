"""A database that is deleted, replaced or cut short while it is in use: nothing more is committed to it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.core.journal.requests import Actor
from hub.store.faults import DatabaseLost
from tests.support.hub import House, make_hub
from wire import messages as m


def beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def replaced(path: Path) -> None:
    """As by `mv` of a copy that somebody took before."""
    taken = Path(shutil.copy(path, beside(path, ".copy")))
    taken.replace(path)


def cut_short(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


ACCIDENTS: dict[str, Callable[[Path], object]] = {
    "deleted": Path.unlink,
    "its log deleted": lambda path: beside(path, "-wal").unlink(),
    "its locks deleted": lambda path: beside(path, "-shm").unlink(),
    "replaced": replaced,
    "emptied": lambda path: os.truncate(path, 0),
    "cut short": cut_short,
    "its folder moved": lambda path: path.parent.rename(path.parent.with_name("moved")),
}


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = make_hub(tmp_path)
    signs_in(house)
    return house


def signs_in(house: House) -> None:
    """Somebody, who is of no interest: it is an entry."""
    house.service().act(Actor("admin"), m.RowsMended(count=0))


@pytest.mark.parametrize("accident", ACCIDENTS)
def test_nothing_is_committed_any_more_and_one_sentence_says_what_happened(house: House, accident: str) -> None:
    ACCIDENTS[accident](house.hub.layout.database)
    with pytest.raises(DatabaseLost, match=r"while it was in use; .*strongroom hub restore"):
        signs_in(house)


def test_a_file_that_is_put_back_serves_again(house: House) -> None:
    path = house.hub.layout.database
    aside = path.rename(beside(path, ".aside"))
    with pytest.raises(DatabaseLost):
        signs_in(house)
    aside.rename(path)
    signs_in(house)

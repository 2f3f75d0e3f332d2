"""The file of those who are called without the database: its owner's alone, whole, and erased with a person."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hub.admin import erasing
from hub.site_directory import contacts
from hub.site_directory.contacts import ContactsBroken
from tests.hub.admin.test_erasing import without
from tests.support.hub import BADGES, House, apply_site, make_hub
from tests.support.paper import demo_site
from tests.support.root import Root
from wire import keys

PHONE = "+8613800000003"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return make_hub(tmp_path)


def keep(house: House) -> Path:
    path = house.hub.layout.contacts
    contacts.keep(path, house.database, *house.engine.look(), "zh", house.clock())
    return path


def test_it_is_its_owners_alone_and_says_how_whoever_is_on_duty_is_reached(house: House) -> None:
    path = keep(house)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    kept = contacts.load(path)
    assert kept is not None
    assert PHONE in {one.phone for one in kept.people}


def test_what_says_the_same_is_not_written_again(house: House) -> None:
    before = keep(house).stat()
    assert keep(house).stat().st_ino == before.st_ino


def test_whoever_is_erased_is_gone_from_it_at_once_and_from_the_disk(house: House) -> None:
    path = keep(house)
    with path.open("rb") as old:
        apply_site(house, without(demo_site(), BADGES["王芳"]), keys.read_secret(house.hub.layout.badge_key))
        Root(house).erases(BADGES["王芳"], BADGES["刘洋"], people=("zhaomin", "liuyang"))
        erasing.from_contacts(house.hub)
        assert PHONE.encode() not in path.read_bytes()
        assert PHONE.encode() not in old.read(), "not even where it lay before"


@pytest.mark.parametrize("content", [b"", b"{", b"\0" * 400, b"\xff" * 400, b"[]", b'{"v":2}', b"[" * 200_000])
def test_what_is_no_such_list_is_refused_whatever_it_is(house: House, content: bytes) -> None:
    path = keep(house)
    path.write_bytes(content)
    with pytest.raises(ContactsBroken, match=r"contacts\.json"):
        contacts.load(path)
    assert keep(house)
    assert contacts.load(path) is not None


def test_what_is_no_file_holds_nobody_up(house: House) -> None:
    path = keep(house)
    for make in (os.mkfifo, Path.mkdir, lambda where: where.symlink_to("/etc/passwd")):
        path.unlink() if not path.is_dir() else path.rmdir()
        make(path)
        with pytest.raises(ContactsBroken):
            contacts.load(path)


def test_before_it_was_ever_written_there_is_none(house: House) -> None:
    assert contacts.load(house.hub.layout.contacts) is None

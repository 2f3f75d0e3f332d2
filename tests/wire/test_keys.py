"""Key files: born where they are used, readable by their owner alone."""

from pathlib import Path

import pytest

from wire import keys, notes

NAME = "strongroom/demo/archive-1/record"


def test_a_key_is_saved_for_its_owner_alone_and_loads_again(tmp_path: Path) -> None:
    key = keys.make(NAME)
    keys.save(key, tmp_path / "record.key")
    assert (tmp_path / "record.key").stat().st_mode & 0o777 == 0o600
    loaded = keys.load(tmp_path / "record.key")
    assert loaded.public == key.public
    assert notes.open_record(loaded.sign(b"text\n"), [key.public], keys.CHECKS)[0] == b"text\n"


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    keys.save(keys.make(NAME), tmp_path / "record.key")
    before = (tmp_path / "record.key").read_bytes()
    with pytest.raises(FileExistsError):
        keys.save(keys.make(NAME), tmp_path / "record.key")
    assert (tmp_path / "record.key").read_bytes() == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601, 0o610])
def test_a_key_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    keys.save(keys.make(NAME), tmp_path / "record.key")
    (tmp_path / "record.key").chmod(mode)
    with pytest.raises(keys.KeyFileError, match="chmod 600"):
        keys.load(tmp_path / "record.key")


def test_a_key_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(keys.KeyFileError, match=r"record\.key: No such file"):
        keys.load(tmp_path / "record.key")
    with pytest.raises(keys.KeyFileError, match="directory"):
        keys.load(tmp_path)


@pytest.mark.parametrize("length", [0, 1, 31, 33])
def test_a_badge_key_of_another_length_is_none(tmp_path: Path, length: int) -> None:
    """With it every badge would be unknown, and nobody would hear why."""
    path = tmp_path / "badge.key"
    path.write_bytes(bytes(length))
    path.chmod(0o600)
    with pytest.raises(keys.KeyFileError, match=rf"badge\.key: this is not a badge key: it has {length} bytes"):
        keys.read_badge_key(path)


def saved_text(folder: Path) -> str:
    keys.save(keys.make(NAME), folder / "good.key")
    return (folder / "good.key").read_text()


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "",
        lambda text: text.removeprefix("PRIVATE+KEY+"),
        lambda text: text.replace("archive-1", "archive-2"),
        lambda text: text.replace("archive-1", "归档"),
        lambda text: text[:-10],
        lambda text: text.replace("+AQ", "+AA") if "+AQ" in text else text.replace("+A", "+B", 1),
        lambda text: "PRIVATE+KEY+a+b+c",
        lambda text: "PRIVATE+KEY+a+b+",
        lambda text: "\x00" * 100,
    ],
)
def test_a_key_file_that_was_changed_is_refused(tmp_path: Path, change: object) -> None:
    keys.write_secret(tmp_path / "bad.key", change(saved_text(tmp_path)).encode())  # type: ignore[operator]
    with pytest.raises(keys.KeyFileError, match=r"bad\.key"):
        keys.load(tmp_path / "bad.key")


@pytest.mark.parametrize("name", ["", "two words", "plus+sign", "tab\there", "line\nbreak", "wide\u3000space"])
def test_a_key_may_not_bear_a_name_that_breaks_the_format(name: str) -> None:
    with pytest.raises(keys.KeyFileError):
        keys.make(name)


def test_the_private_half_is_never_in_what_is_shown(tmp_path: Path) -> None:
    key = keys.make(NAME)
    keys.save(key, tmp_path / "record.key")
    private = (tmp_path / "record.key").read_text().split("+", 4)[4].strip()  # base64 has plus signs of its own
    assert private not in str(key.public)
    assert private not in repr(key)


def test_no_two_keys_are_the_same() -> None:
    assert len({keys.make(NAME).public for _ in range(20)}) == 20


def test_a_public_key_of_the_wrong_length_checks_nothing() -> None:
    assert not keys.check_ed25519(b"short", b"text", bytes(64))
    assert not keys.check_ed25519(keys.make(NAME).public.public, b"text", b"short")

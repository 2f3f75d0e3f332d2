"""The machine's own clock is read, whatever its files hold; a machine that has none is no trouble."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.engine import rtc


def clock(folder: Path, name: str, since_epoch: bytes, hctosys: bytes = b"0\n") -> None:
    (folder / name).mkdir()
    (folder / name / "since_epoch").write_bytes(since_epoch)
    (folder / name / "hctosys").write_bytes(hctosys)


def test_it_is_read_in_milliseconds(tmp_path: Path) -> None:
    clock(tmp_path, "rtc0", b"1800000000\n")
    assert rtc.read(tmp_path) == 1_800_000_000_000


def test_of_several_it_is_the_one_that_the_system_was_set_from(tmp_path: Path) -> None:
    clock(tmp_path, "rtc0", b"1\n")
    clock(tmp_path, "rtc1", b"1800000000\n", hctosys=b"1\n")
    assert rtc.read(tmp_path) == 1_800_000_000_000


def test_without_one_nothing_is_said(tmp_path: Path) -> None:
    assert rtc.read(tmp_path) is None
    assert rtc.read(tmp_path / "nowhere") is None


@pytest.mark.parametrize(
    "holds",
    [b"", b"\n", b"-1\n", b"1e9", b"1_0", b"hello", b"\xff\xfe", b"9" * 5000, "\u0661".encode(), b"1\n2"],
    ids=range(10),
)
def test_what_is_no_time_is_none(tmp_path: Path, holds: bytes) -> None:
    clock(tmp_path, "rtc0", holds)
    assert rtc.read(tmp_path) is None


def test_a_file_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    (tmp_path / "rtc0" / "since_epoch").mkdir(parents=True)
    assert rtc.read(tmp_path) is None

"""A part of the node that fails is told once, and once when it works again."""

from __future__ import annotations

from firmware.core.badge import MANY, frame_for
from firmware.core.effects import PartFailed, ReaderBytes
from tests.firmware.core.cast import ZHANG_WEI, working
from wire.messages import Fault


def test_a_failed_reader_is_told_with_its_place() -> None:
    bench = working()
    for failed in (True, True, False, False):
        bench.step(PartFailed("reader", failed, "port gone", "r1"))
    assert [(fault.failed, fault.place) for fault in bench.told(Fault)] == [
        (True, "archive/reader"),
        (False, "archive/reader"),
    ]


def test_two_readers_fail_on_their_own() -> None:
    bench = working()
    for port in ("r1", "r2"):
        bench.step(PartFailed("reader", True, "port gone", port))
    assert [fault.place for fault in bench.told(Fault)] == ["archive/reader", "archive/inside"]


def test_what_has_never_failed_does_not_work_again() -> None:
    bench = working()
    bench.step(PartFailed("loops", False, ""))
    assert bench.told(Fault) == []


def test_a_long_detail_is_cut_to_what_a_record_may_hold() -> None:
    bench = working()
    bench.step(PartFailed("camera", True, "x" * 5_000))
    assert len(bench.told(Fault)[0].detail) == 500


def test_a_reader_that_sends_only_noise_is_told_once_and_once_when_badges_are_read_again() -> None:
    bench = working()
    for _ in range(MANY * 2):
        bench.step(ReaderBytes("r1", b"\xf8\x00\xfe\x80", bench.mono))
        bench.run(1)
    (fault,) = bench.told(Fault)
    assert (fault.part, fault.failed, fault.place) == ("reader", True, "archive/reader")
    assert "damaged frames in a minute" in fault.detail
    bench.run(61)
    bench.step(ReaderBytes("r1", frame_for(ZHANG_WEI), bench.mono))
    assert [fault.failed for fault in bench.told(Fault)] == [True, False]

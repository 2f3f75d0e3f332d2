"""Badges come as a stream of bytes: no noise in it makes a wrong number, and no number leaves in clear."""

from __future__ import annotations

import csv
import hashlib
import hmac
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.core.badge import GAP_MS, MANY, WITHIN_MS, BadgeReader, credential, frame_for
from firmware.core.effects import ReaderBytes
from tests.firmware.core.cast import BADGE_KEY, LI_NA, ZHANG_WEI

numbers = st.integers(0, 2**40 - 1).map("{:010X}".format)
noise = st.binary(max_size=40).filter(lambda data: b"\x03" not in data)
"""Anything without an end byte, so that it cannot be a frame of its own."""


def reader() -> BadgeReader:
    return BadgeReader(BADGE_KEY)


def test_the_frame_is_that_of_the_maker() -> None:
    # RDM630 specification: card 62E3086CED, checksum 62 ^ E3 ^ 08 ^ 6C ^ ED = 08.
    assert frame_for("62E3086CED") == b"\x0262E3086CED08\x03"


@pytest.mark.parametrize("number", ["", "62E3086CE", "62E3086CEDD", "62E3086CEG", "６2E3086CED"])
def test_a_number_that_is_none_makes_no_frame(number: str) -> None:
    with pytest.raises(ValueError, match="ten hexadecimal digits"):
        frame_for(number)


def test_a_credential_is_the_hmac_of_the_number_under_the_sites_key() -> None:
    assert credential(BADGE_KEY, ZHANG_WEI) == hmac.new(BADGE_KEY, ZHANG_WEI.encode(), hashlib.sha256).hexdigest()
    assert credential(b"another site", ZHANG_WEI) != credential(BADGE_KEY, ZHANG_WEI)


def test_a_badge_that_is_held_to_the_reader_is_one_presentation() -> None:
    held, shown = reader(), []
    for at in range(0, 10_000, 100):
        shown += held.feed(frame_for(ZHANG_WEI), at)
    assert shown == [credential(BADGE_KEY, ZHANG_WEI)]


def test_the_same_badge_more_than_two_seconds_later_is_another_presentation() -> None:
    again = reader()
    again.feed(frame_for(ZHANG_WEI), 0)
    assert again.feed(frame_for(ZHANG_WEI), 2_000) == []
    assert again.feed(frame_for(ZHANG_WEI), 4_001) == [credential(BADGE_KEY, ZHANG_WEI)]


def test_two_badges_at_once_are_two_presentations() -> None:
    both = reader().feed(frame_for(ZHANG_WEI) + frame_for(LI_NA) + frame_for(ZHANG_WEI), 0)
    assert both == [credential(BADGE_KEY, ZHANG_WEI), credential(BADGE_KEY, LI_NA)]


def test_a_wrong_checksum_is_counted_and_shows_no_badge() -> None:
    damaged = reader()
    frame = bytearray(frame_for(ZHANG_WEI))
    frame[5] ^= 1
    assert damaged.feed(bytes(frame), 0) == []
    assert damaged.damaged == 1
    assert damaged.feed(frame_for(ZHANG_WEI), 10) == [credential(BADGE_KEY, ZHANG_WEI)]


FRAMES = list(csv.DictReader((Path(__file__).parent / "frames.csv").open(encoding="utf-8")))
"""What readers send, and what is right."""


@pytest.mark.parametrize("known", FRAMES, ids=[row["name"] for row in FRAMES])
def test_what_a_reader_sends_is_one_badge_or_is_counted_as_damaged(known: dict[str, str]) -> None:
    read = reader()
    shown = read.feed(bytes.fromhex(known["bytes (hex)"]), 0)
    badges = [credential(BADGE_KEY, "0A1B2C3D4E")] if "one badge" in known["right"] else []
    assert shown == badges
    assert read.damaged == ("damaged" in known["right"])


@given(numbers, st.sampled_from([b"\r\n", b"\r", b"\n", b""]), st.sampled_from([b"\r\n", b""]))
def test_a_line_end_before_or_after_the_end_of_a_frame_is_no_damage(number: str, before: bytes, after: bytes) -> None:
    read = reader()
    frame = frame_for(number)
    assert read.feed(frame[:-1] + before + frame[-1:] + after, 0) == [credential(BADGE_KEY, number)]
    assert read.damaged == 0


BROKEN = frame_for(LI_NA)[:5] + frame_for(LI_NA)[6:]


def test_many_damages_in_a_minute_make_a_reader_unreadable_until_a_badge_is_read_again() -> None:
    read = reader()
    for number in range(MANY):
        assert not read.unreadable
        read.feed(BROKEN, number * 1_000)
    assert read.unreadable
    assert read.feed(frame_for(ZHANG_WEI), MANY * 1_000) == [credential(BADGE_KEY, ZHANG_WEI)]
    assert read.unreadable, "the damages are still many"
    read.feed(frame_for(ZHANG_WEI), MANY * 1_000 + WITHIN_MS)
    assert not read.unreadable


def test_few_damages_among_badges_are_counted_and_nothing_else() -> None:
    read = reader()
    for number in range(3 * MANY):
        read.feed(BROKEN, number * (WITHIN_MS // (MANY - 1) + 1))
    assert (read.damaged, read.unreadable) == (3 * MANY, False)


@given(st.binary(min_size=MANY * 2, max_size=MANY * 2).filter(lambda data: not set(data) & {2, 13, 10}))
def test_noise_in_bursts_is_many_damages(data: bytes) -> None:
    read = reader()
    for number, byte in enumerate(data):
        read.feed(bytes((byte,)) * 5, number * (GAP_MS + 1))
    assert read.unreadable


def test_a_frame_that_breaks_off_does_not_spoil_the_next() -> None:
    broken = frame_for(LI_NA)[:9] + frame_for(ZHANG_WEI)
    assert reader().feed(broken, 0) == [credential(BADGE_KEY, ZHANG_WEI)]


@given(st.lists(st.tuples(noise, numbers), max_size=5), noise)
def test_noise_between_frames_never_yields_a_wrong_number(pairs: list[tuple[bytes, str]], rest: bytes) -> None:
    stream = b"".join(before + frame_for(number) for before, number in pairs) + rest
    expected = list(dict.fromkeys(credential(BADGE_KEY, number) for _, number in pairs))
    assert reader().feed(stream, 0) == expected


@given(st.lists(st.tuples(noise, numbers), max_size=4), st.lists(st.integers(1, 20), max_size=60))
def test_it_does_not_matter_in_which_pieces_the_bytes_come(pairs: list[tuple[bytes, str]], sizes: list[int]) -> None:
    stream = b"".join(before + frame_for(number) for before, number in pairs)
    pieces, shown = reader(), []
    rest = stream
    for size in [*sizes, len(stream)]:
        shown += pieces.feed(rest[:size], 0)
        rest = rest[size:]
    assert shown == reader().feed(stream, 0)


@given(st.text("\x02\x0301AF", max_size=400).map(str.encode))
def test_any_bytes_at_all_show_only_badges_whose_frame_is_in_them(data: bytes) -> None:
    shown = set(reader().feed(data, 0))
    framed = {data[at + 1 : at + 11] for at in range(len(data)) if data[at] == 2 and data[at + 13 : at + 14] == b"\x03"}
    assert len(shown) <= len(framed)


def test_the_number_shows_in_no_repr() -> None:
    half = reader()
    half.feed(frame_for(ZHANG_WEI)[:12], 0)
    assert ZHANG_WEI not in repr(half)
    assert ZHANG_WEI not in repr(ReaderBytes("r1", frame_for(ZHANG_WEI), 0))

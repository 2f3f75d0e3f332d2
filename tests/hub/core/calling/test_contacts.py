"""Who is called when the database is of no use: by the roster, with addresses and without names, and bounded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.core.calling import contacts
from hub.core.calling.contacts import AHEAD_MS, LARGEST, Contacts
from tests.support.paper import LI_NA, LIU_YANG, WANG_FANG, ZHAO_MIN, ZHOU_QIANG, PaperHub
from wire import messages as m

HOUR = 3_600_000
PHONES = {number: (f"+86138000000{number - 1000:02}", f"p{number}@bureau.lan") for number in range(1001, 1009)}


@pytest.fixture
def house() -> PaperHub:
    return PaperHub()


def made(house: PaperHub, phones: dict[int, tuple[str, str]] = PHONES) -> Contacts:
    return contacts.made(house.state, house.site, phones, "zh", house.clock())


def shift(house: PaperHub, person: int, hours: tuple[int, int], stand_in: int | None = None) -> None:
    starts, ends = (house.clock() + hour * HOUR for hour in hours)
    added = m.ShiftAdded(shift=0, person=person, stand_in=stand_in, starts=starts, ends=ends)
    house.fact(added, "console", LIU_YANG, "security")


def numbers(found: list[contacts.Address]) -> set[int]:
    return {one.number for one in found}


def test_without_a_roster_every_duty_officer_is_called(house: PaperHub) -> None:
    assert numbers(contacts.called(made(house), house.clock(), 0)) == {WANG_FANG, ZHOU_QIANG}


def test_it_is_the_roster_of_the_time_at_which_help_is_called_that_counts(house: PaperHub) -> None:
    shift(house, WANG_FANG, (1, 9))
    shift(house, ZHOU_QIANG, (9, 17), LIU_YANG)
    kept = made(house)
    assert numbers(contacts.called(kept, house.clock() + 2 * HOUR, 0)) == {WANG_FANG, ZHOU_QIANG}
    assert numbers(contacts.called(kept, house.clock() + 10 * HOUR, 0)) == {ZHOU_QIANG, LIU_YANG}
    assert numbers(contacts.called(kept, house.clock() + 20 * HOUR, 0)) == {WANG_FANG, ZHOU_QIANG}


def test_from_the_second_time_on_those_who_answer_for_them_are_called_too(house: PaperHub) -> None:
    second = numbers(contacts.called(made(house), house.clock(), 1))
    assert second >= {WANG_FANG, ZHOU_QIANG, LI_NA, LIU_YANG, ZHAO_MIN}


def test_where_nobody_on_duty_can_be_reached_anybody_else_is(house: PaperHub) -> None:
    kept = made(house, {LIU_YANG: PHONES[LIU_YANG]})
    assert numbers(contacts.called(kept, house.clock(), 0)) == {LIU_YANG}


def test_a_shift_of_next_year_is_not_copied(house: PaperHub) -> None:
    days = AHEAD_MS // (24 * HOUR)
    shift(house, WANG_FANG, (days * 24 + 1, days * 24 + 9))
    assert made(house).turns == ()


def test_there_is_no_name_in_it_and_nobody_who_was_erased(house: PaperHub) -> None:
    phones = {number: one for number, one in PHONES.items() if number != WANG_FANG}
    written = contacts.written(made(house, phones))
    assert PHONES[WANG_FANG][0].encode() not in written
    assert "王芳".encode() not in written
    assert "周强".encode() not in written


def test_what_is_written_is_what_is_read(house: PaperHub) -> None:
    shift(house, WANG_FANG, (1, 9), ZHOU_QIANG)
    assert contacts.read(contacts.written(made(house))) == made(house)


@given(st.binary(max_size=2000))
def test_whatever_the_bytes_it_is_read_or_refused(content: bytes) -> None:
    try:
        contacts.read(content)
    except contacts.Unusable:
        return
    raise AssertionError("no random bytes are such a list")


@given(st.data())
def test_a_list_with_a_damaged_byte_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(contacts.written(made(PaperHub())))
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        found = contacts.read(bytes(content))
    except contacts.Unusable:
        return
    assert len(contacts.called(found, 0, 1)) <= contacts.MOST


def test_what_is_beyond_its_bounds_is_refused(house: PaperHub) -> None:
    kept = made(house)
    many = replace(kept, everybody=tuple(range(1, contacts.MOST + 2)))
    wrong = (
        b" " * (LARGEST + 1),
        contacts.written(many),
        contacts.written(replace(kept, people=(contacts.Address(1, "rm -rf"),))),
    )
    for content in (*wrong, b"[" * 100_000):
        with pytest.raises(contacts.Unusable):
            contacts.read(content)

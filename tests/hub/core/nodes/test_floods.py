"""Who breaks the protocol by what it sends, and who does not however busy it is."""

from __future__ import annotations

import pytest

from firmware.core.window import AGAIN_MS as SENT_AGAIN_MS
from firmware.core.window import Window
from hub.core.nodes.floods import CALM_MS, MOST, STOOD_MS, Floods, Stream
from tests.support.paper import PaperHub
from wire import messages as m

RECORDS = Stream("archive-1", "record")
OTHERS = Stream("cipher-1", "record")


@pytest.fixture
def floods() -> Floods:
    return Floods(0)


def hears(floods: Floods, count: int, mono: int, stream: Stream = RECORDS) -> list[bool]:
    """So many messages come in at once."""
    floods.listening(mono)
    return [floods.heard(stream, mono) for _ in range(count)]


def place(floods: Floods, stream: Stream = RECORDS, mono: int = 2**40) -> str:
    """Where it is heard then; at the end of all times, unless it is said."""
    return floods.place(stream, mono)


def said(floods: Floods, house: PaperHub, mono: int) -> list[m.FactData]:
    return list(floods.due(house.state, mono))


def test_more_than_twice_the_window_without_progress_is_a_flood_and_of_that_node_alone(floods: Floods) -> None:
    hears(floods, MOST, 1, OTHERS)
    assert all(hears(floods, MOST, 1))
    assert place(floods, RECORDS) == "first"
    assert hears(floods, 3, 1) == [False] * 3
    assert place(floods, RECORDS) == "slow"
    assert place(floods, OTHERS) == "first"


def test_a_backlog_that_gets_on_is_none_however_long_it_is(floods: Floods) -> None:
    for _ in range(1000):
        assert all(hears(floods, m.WINDOW, 1))
        floods.got_on(RECORDS, 0)


def test_who_sends_without_waiting_for_its_receipts_floods_although_it_gets_on(floods: Floods) -> None:
    waiting = 0
    while place(floods) == "first":
        waiting += hears(floods, 80, 1).count(True)
        waiting -= 64
        floods.got_on(RECORDS, waiting)
    assert MOST - 80 <= waiting <= MOST


def test_a_node_as_it_is_built_floods_never_though_nothing_of_it_ever_gets_on(floods: Floods) -> None:
    """The hub misses its first record for ever, and says so as often as it can."""
    window, mono = Window(), 0
    window.restart(0, mono)
    for mono in range(0, 600_000, 50):
        window.send_from(1, mono)
        for number in window.next(0, 2**20, mono):
            window.sent(number)
            assert all(hears(floods, 1, mono))
    assert mono > SENT_AGAIN_MS


def test_what_is_larger_than_any_record_counts_as_several(floods: Floods) -> None:
    floods.listening(1)
    assert [floods.heard(RECORDS, 1, MOST // 2) for _ in range(3)] == [True, True, False]
    assert place(floods, RECORDS, 1) == "slow"


def test_what_floods_and_is_larger_than_any_record_is_not_listened_to_for_a_minute_and_then_slowly(
    floods: Floods,
) -> None:
    hears(floods, MOST + 1, 1)
    assert not floods.heard(RECORDS, 1, 2)
    assert not floods.heard(RECORDS, 2)  # such as was on its way already
    assert [place(floods, RECORDS, mono) for mono in (2, CALM_MS, CALM_MS + 1)] == ["nowhere", "nowhere", "slow"]
    state = PaperHub().state
    list(floods.due(state, 2 * CALM_MS))
    assert place(floods) == "slow"
    list(floods.due(state, 2 * CALM_MS + 1))
    assert place(floods) == "first"


def test_beats_flood_as_records_do_and_one_topic_is_not_blamed_for_the_other(floods: Floods) -> None:
    beats = Stream("archive-1", "beat")
    hears(floods, MOST + 1, 1, beats)
    assert place(floods, beats) == "slow"
    assert place(floods, RECORDS) == "first"


@pytest.mark.parametrize("stood", [STOOD_MS + 1, 36_000])
def test_what_was_sent_again_while_the_engine_stood_still_is_nobodys_flood(floods: Floods, stood: int) -> None:
    hears(floods, m.WINDOW, 0)
    hears(floods, 4 * m.WINDOW, stood)
    assert place(floods, RECORDS) == "first"
    hears(floods, MOST + 1, stood + STOOD_MS)
    assert place(floods, RECORDS) == "slow"


def test_it_is_one_alarm_that_stays_for_a_person_when_the_node_has_kept_to_the_protocol_for_a_minute() -> None:
    house, floods = PaperHub(), Floods(0)
    house.node("archive-1")
    for mono in (1, 2, 3):
        hears(floods, MOST + 1, mono)
        hears(floods, MOST + 1, mono, Stream("archive-1", "beat"))
        for fact in said(floods, house, mono):
            house.fact(fact)
    assert len(house.journal(m.NodeFloods)) == 1
    assert said(floods, house, 3 + CALM_MS - 1) == []
    (over,) = said(floods, house, 3 + CALM_MS)
    assert over == m.FloodOver(node="archive-1")
    house.fact(over)
    assert place(floods, RECORDS) == "first"
    assert house.whats() == ["flooding"]
    assert not house.alarm("flooding").active


def test_who_goes_on_flooding_stays_where_it_is(floods: Floods) -> None:
    """Of the second connection 128 messages are read in each quarter of a second."""
    mono = 0
    hears(floods, MOST + 1, mono)
    for mono in range(250, 10 * CALM_MS, 250):
        hears(floods, 128, mono)
        list(floods.due(PaperHub().state, mono)) if mono % CALM_MS == 0 else None
        assert place(floods, RECORDS) == "slow"


def test_an_engine_that_is_started_anew_takes_the_alarm_as_over_until_the_node_floods_again() -> None:
    house = PaperHub()
    house.node("archive-1")
    house.fact(m.NodeFloods(node="archive-1", topic="record"))
    floods = Floods(0)
    assert said(floods, house, 1) == [m.FloodOver(node="archive-1")]
    hears(floods, MOST + 1, 2)
    assert said(floods, house, 2) == []

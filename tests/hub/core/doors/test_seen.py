"""What nobody could see is blind, whatever the reason; and what a node saw while the hub was away is not."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from hub.core.doors import seen
from hub.core.doors.seen import Blind, Told
from wire import messages as m

BEGAN = 1_800_000_000_000
MINUTE, HOUR = 60_000, 3_600_000
CABINET = seen.Point("archive/cabinet-1", "archive-1", "archive", supervised=True)
UP = m.Started(version="1", factory="mock", plan=1, sealed=())


def says(at: int, data: m.RecordData, *, boot: str = "b1", node: str = "archive-1", **told: Any) -> Told:
    """A record of so many ms after the day began; its node was booted when that began."""
    record = m.Record(
        v=1, site="demo", node=node, life=1, boot=boot, seq=1, mono=at, wall=BEGAN + at, clock="trusted", prev="",
        data=data,
    )  # fmt: skip
    return Told(record, BEGAN + at, **told)


def fact(at: int, data: m.FactData) -> Told:
    return Told(m.Fact(v=1, site="demo", by="engine", time=BEGAN + at, person=None, data=data), BEGAN + at)


def found(*told: Told, point: seen.Point = CABINET, ends: int = 24 * HOUR) -> list[tuple[float, float, str]]:
    """Hours of the day that were blind, and why. The node has been up since the day before."""
    before = says(-HOUR, UP, before=BEGAN - HOUR)
    pieces = seen.blind(point, [before, *told], BEGAN, BEGAN + ends, BEGAN + ends)
    return [((one.since - BEGAN) / HOUR, (one.until - BEGAN) / HOUR, one.why) for one in pieces]


def watch(since: int, until: int, *gaps: tuple[int, int], boot: str = "b1", points: tuple[str, ...] = ()) -> Told:
    points = points or (CABINET.place,)
    data = m.WatchWhileSet(area="archive", number=1, points=points, since=since, until=until, gaps=gaps)
    return says(until, data, boot=boot)


def is_set(at: int) -> Told:
    return says(at, m.AreaSet(area="archive", number=1, by="badge"))


def is_unset(at: int, **told: Any) -> Told:
    return says(at, m.AreaUnset(area="archive", number=2, by="badge"), **told)


def test_a_quiet_day_of_a_node_that_is_up_is_seen() -> None:
    assert found() == []


def test_before_its_first_start_nobody_sees() -> None:
    pieces = seen.blind(CABINET, [says(2 * HOUR, UP)], BEGAN, BEGAN + 24 * HOUR, BEGAN + 24 * HOUR)
    assert pieces == (Blind(BEGAN, BEGAN + 2 * HOUR, "never"),)
    assert seen.blind(CABINET, [], BEGAN, BEGAN + HOUR, BEGAN + HOUR) == (Blind(BEGAN, BEGAN + HOUR, "never"),)


def test_a_node_that_was_silent_and_has_run_on_has_seen_all() -> None:
    silent = m.NodeSilent(node="archive-1", last_heard=BEGAN + 2 * HOUR, sealed=())
    back = m.NodeBack(node="archive-1", silent_for=HOUR)
    assert found(fact(2 * HOUR + MINUTE, silent), fact(3 * HOUR, back)) == []
    other = m.NodeSilent(node="archive-2", last_heard=None, sealed=())
    assert found(fact(2 * HOUR, other)) == []


def test_while_it_is_silent_nobody_knows_yet() -> None:
    silent = m.NodeSilent(node="archive-1", last_heard=BEGAN + 2 * HOUR, sealed=())
    assert found(fact(3 * HOUR, silent), ends=5 * HOUR) == [(2, 5, "silent")]


def test_a_node_that_comes_back_by_a_start_was_down_since_it_was_last_heard() -> None:
    silent = fact(2 * HOUR + MINUTE, m.NodeSilent(node="archive-1", last_heard=BEGAN + 2 * HOUR, sealed=()))
    back = fact(4 * HOUR, m.NodeBack(node="archive-1", silent_for=2 * HOUR))
    start = says(4 * HOUR + 5_000, UP, boot="b2")
    ((since, until, why),) = found(silent, back, start)
    assert (since, why) == (2, "down")
    assert until == pytest.approx(4, abs=0.01)


def test_a_record_of_the_silence_shows_that_it_still_ran() -> None:
    silent = fact(2 * HOUR + MINUTE, m.NodeSilent(node="archive-1", last_heard=BEGAN + 2 * HOUR, sealed=()))
    back = fact(4 * HOUR, m.NodeBack(node="archive-1", silent_for=2 * HOUR))
    start = says(4 * HOUR, UP, boot="b2", before=BEGAN + 3 * HOUR)
    assert found(silent, back, start) == [(3, 4, "down")]


def test_a_start_that_nobody_missed_took_half_a_minute_at_most() -> None:
    ((since, until, why),) = found(says(6 * HOUR, UP, boot="b2", before=BEGAN))
    assert (until, why) == (6, "down")
    assert until - since == pytest.approx(30_000 / HOUR)


def test_a_start_while_the_hub_was_away_may_have_taken_all_of_that() -> None:
    away = fact(6 * HOUR, m.EngineStarted(version="1", silent_since=BEGAN + 4 * HOUR))
    assert found(away) == []
    assert found(away, says(5 * HOUR, UP, boot="b2", before=BEGAN)) == [(4, 5, "down")]


def test_a_node_that_was_put_out_is_blind_until_it_starts_anew() -> None:
    out = fact(HOUR, m.NodeRevoked(node="archive-1", reason="lost"))
    assert found(out) == [(1, 24, "put-out")]
    assert found(out, says(3 * HOUR, UP, before=BEGAN + 3 * HOUR))[0] == (1, 3, "put-out")


def test_records_that_are_lost_are_times_that_nobody_saw() -> None:
    lost = says(5 * HOUR, m.Overflow(since=2 * HOUR, until=4 * HOUR, lost={"level": 3}))
    assert found(lost) == [(2, 4, "records-lost")]
    gone = says(5 * HOUR, m.CannotFill(first=3, last=4, last_hash=""), before=BEGAN + HOUR)
    assert found(gone) == [(1, 5, "records-lost")]


def test_a_wire_that_is_cut_shows_nothing() -> None:
    def level(at: int, now: m.Level) -> Told:
        return says(at, m.LevelChanged(point=CABINET.place, was="normal", now=now, at=at))

    assert found(level(HOUR, "open-circuit"), level(2 * HOUR, "normal")) == [(1, 2, "wire")]
    assert found(level(HOUR, "active"), level(2 * HOUR, "normal")) == []


def test_loops_that_cannot_be_read_blind_what_hangs_on_them() -> None:
    def loops(at: int, failed: bool) -> Told:
        return says(at, m.Fault(part="loops", failed=failed, detail=""))

    assert found(loops(HOUR, True), loops(2 * HOUR, False)) == [(1, 2, "loops")]
    assert found(loops(HOUR, True), point=CABINET._replace(supervised=False)) == []


def test_while_set_only_a_watch_record_says_that_it_was_seen() -> None:
    night = is_set(HOUR), is_unset(5 * HOUR)
    assert found(*night) == [(1, 5, "no-watch")]
    assert found(*night, watch(HOUR, 2 * HOUR), watch(2 * HOUR, 5 * HOUR)) == []
    assert found(*night, watch(HOUR, 2 * HOUR), watch(3 * HOUR, 5 * HOUR)) == [(2, 3, "no-watch")]
    assert found(*night, watch(HOUR, 5 * HOUR, points=("archive/window",))) == [(1, 5, "no-watch")]


def test_the_gaps_that_a_node_tells_of_are_blind() -> None:
    night = is_set(HOUR), is_unset(5 * HOUR)
    assert found(*night, watch(HOUR, 5 * HOUR, (2 * HOUR, 3 * HOUR))) == [(2, 3, "no-watch")]


def test_what_is_not_told_yet_is_no_gap() -> None:
    assert found(is_set(HOUR), watch(HOUR, 3 * HOUR), ends=4 * HOUR) == []
    assert found(is_set(HOUR), watch(HOUR, 3 * HOUR), ends=6 * HOUR) == [(3, 6, "no-watch")]


def test_a_node_that_has_just_begun_to_watch_is_believed_until_it_tells() -> None:
    assert found(is_set(HOUR), watch(HOUR, HOUR), ends=2 * HOUR) == []


def test_what_should_have_been_told_long_ago_is_blind_also_at_the_end_of_a_month() -> None:
    entries = [says(-HOUR, UP), is_set(HOUR), watch(HOUR, 3 * HOUR)]
    ends = BEGAN + 4 * HOUR
    assert seen.blind(CABINET, entries, BEGAN, ends, ends) == ()
    assert seen.blind(CABINET, entries, BEGAN, ends, ends + HOUR) == (Blind(BEGAN + 3 * HOUR, ends, "no-watch"),)


def test_another_node_may_begin_a_little_later() -> None:
    night = is_set(HOUR), is_unset(5 * HOUR)
    assert found(*night, watch(HOUR + 30_000, 5 * HOUR - 20_000)) == []


def test_a_clock_that_is_set_leaves_no_hole() -> None:
    first, later = watch(HOUR, 2 * HOUR), watch(2 * HOUR, 5 * HOUR)
    assert isinstance(later.message, m.Record)
    stepped = later._replace(message=replace(later.message, wall=later.message.wall + 120_000))
    assert found(is_set(HOUR), is_unset(5 * HOUR), first, stepped) == []


def test_what_is_doubted_shows_nothing_and_unsets_nothing() -> None:
    doubted = watch(HOUR, 5 * HOUR)._replace(doubted=True)
    assert found(is_set(HOUR), doubted, is_unset(2 * HOUR, doubted=True), is_unset(5 * HOUR)) == [(1, 5, "no-watch")]


def test_what_the_engine_has_not_written_nobody_knows_yet() -> None:
    entries, ends = [says(-HOUR, UP)], BEGAN + 5 * HOUR
    found = seen.blind(CABINET, entries, BEGAN, ends, ends, written=BEGAN + 2 * HOUR)
    assert found == (Blind(BEGAN + 2 * HOUR, ends, "not-known"),)

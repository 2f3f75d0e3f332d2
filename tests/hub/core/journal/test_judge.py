"""What follows from what: each rule's outcome as a table, and what becomes of alarms whose witness is gone."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.core.journal import facts, records
from hub.core.state import Sealing
from tests.support.hub import OWN, seal
from tests.support.paper import (
    LI_NA,
    WANG_FANG,
    ZHANG_WEI,
    ZHOU_QIANG,
    PaperHub,
    demo_site,
    two_nodes_guard_the_archive,
)
from tests.support.sealing import ready
from tests.wire.test_messages import message
from wire import messages as m

# One row a kind of point: which alarm each level is, unsealed and sealed.
#            unsealed: active,    cut,           shorted,       sealed: active,          cut,           shorted
LEVELS: dict[m.PointKind, tuple[str, ...]] = {
    "door":        ("",       "loop-tamper", "loop-tamper", "opened-while-sealed", "loop-tamper", "loop-tamper"),
    "gate":        ("",       "loop-tamper", "loop-tamper", "opened-while-sealed", "loop-tamper", "loop-tamper"),
    "window":      ("",       "loop-tamper", "loop-tamper", "opened-while-sealed", "loop-tamper", "loop-tamper"),
    "safe":        ("",       "loop-tamper", "loop-tamper", "opened-while-sealed", "loop-tamper", "loop-tamper"),
    "bolt":        ("",       "loop-tamper", "loop-tamper", "opened-while-sealed", "loop-tamper", "loop-tamper"),
    "cabinet":     ("",       "loop-tamper", "loop-tamper", "opened-while-sealed", "loop-tamper", "loop-tamper"),
    "seal":        ("",       "loop-tamper", "loop-tamper", "seal-broken",         "seal-broken", "seal-broken"),
    "tamper":      ("tamper", "loop-tamper", "loop-tamper", "tamper",              "loop-tamper", "loop-tamper"),
    "water":       ("water",  "loop-tamper", "loop-tamper", "water",               "loop-tamper", "loop-tamper"),
    "smoke":       ("smoke",  "loop-tamper", "loop-tamper", "smoke",               "loop-tamper", "loop-tamper"),
    "panic":       ("panic",  "loop-tamper", "loop-tamper", "panic",               "loop-tamper", "loop-tamper"),
    "exit-button": ("",       "",            "",            "",                    "",            ""),
    "set-button":  ("",       "",            "",            "",                    "",            ""),
}  # fmt: skip
NOT_NORMAL: tuple[m.Level, ...] = ("active", "open-circuit", "short")


def house_with(kind: m.PointKind) -> PaperHub:
    """The demonstration site, with the iron gate as a point of another kind."""
    points = tuple(
        replace(point, kind=kind) if point.place == "archive/iron-gate" else point for point in demo_site().point
    )
    return PaperHub(replace(demo_site(), point=points))


def test_every_kind_of_point_has_its_row() -> None:
    assert set(LEVELS) == set(get_args(m.PointKind))


@pytest.mark.parametrize("kind", LEVELS)
def test_a_level_is_the_alarm_that_the_table_says(kind: m.PointKind) -> None:
    for at, (sealing, level) in enumerate((sealing, level) for sealing in (None, 7) for level in NOT_NORMAL):
        house = house_with(kind)
        house.node("archive-1").level("archive/iron-gate", "normal", level, sealing)
        assert "".join(house.whats()) == LEVELS[kind][at], (kind, level, sealing)


@pytest.mark.parametrize("kind", LEVELS)
@pytest.mark.parametrize("sealing", [None, 7])
def test_a_point_that_is_normal_again_keeps_no_alarm_active(kind: m.PointKind, sealing: int | None) -> None:
    house = house_with(kind)
    archive = house.node("archive-1")
    was: m.Level = "normal"
    for now in (*NOT_NORMAL, "active", "open-circuit", "normal"):
        archive.level("archive/iron-gate", was, now, sealing)
        was = now
    assert not [alarm for alarm in house.alarms() if alarm.active]
    expected = LEVELS[kind][3:] if sealing else LEVELS[kind][:3]
    assert {alarm.what for alarm in house.alarms()} == {what for what in expected if what}


def test_a_loop_that_is_whole_again_with_the_door_open_ends_the_tamper_alarm_only() -> None:
    house = PaperHub()
    archive = house.node("archive-1")
    archive.level("archive/iron-gate", "normal", "open-circuit", 7)
    archive.level("archive/iron-gate", "open-circuit", "active", 7)
    assert not house.alarm("loop-tamper").active
    assert house.alarm("opened-while-sealed").active


# ---------------------------------------------------------------- other records: kind, class and priority of the alarm

READER: dict[str, Any] = {"reader": "archive/reader", "credential": OWN}
RECORDS: list[tuple[m.RecordData, tuple[str, str, int] | None, tuple[str, str, int] | None]] = [
    #                                                        unsealed                          while sealed
    (m.Forced(point="archive/iron-gate"), ("forced", "alarm", 2), ("forced", "alarm", 2)),
    (m.HeldOpen(point="archive/iron-gate", seconds=60), ("held-open", "alarm", 3), ("held-open", "alarm", 3)),
    (m.Denied(**READER, person=None, reason="unknown"), None, None),
    (
        m.Denied(**READER, person=1001, reason="sealed", sealing=1),
        ("badge-while-sealed", "alarm", 1),
        ("badge-while-sealed", "alarm", 1),
    ),
    (m.Granted(**READER, person=1001), None, None),
    (m.Entered(area="archive", person=1001, inside=1), None, None),
    (m.NotEntered(area="archive", person=1001), None, None),
    (m.Left(area="archive", by="free", inside=0), None, None),
    (m.Emptied(area="archive", why="stay-over"), None, None),
    (m.Sounded(on=True, reason="opened"), None, None),
    (
        m.Chatter(point="archive/iron-gate", edges=30, since=0, until=9, level="normal"),
        ("chatter", "trouble", 3),
        ("chatter", "trouble", 3),
    ),
    (
        m.Chatter(point="archive/iron-gate", edges=30, since=0, until=9, level="normal", sealing=1),
        ("chatter-while-sealed", "alarm", 1),
        ("chatter-while-sealed", "alarm", 1),
    ),
    (m.Fault(part="loops", failed=True, detail=""), ("node-fault", "trouble", 3), ("node-fault", "trouble", 2)),
    (
        m.Fault(part="clock", failed=True, detail=""),
        ("clock-untrusted", "trouble", 3),
        ("clock-untrusted", "trouble", 2),
    ),
    (m.Fault(part="hub-silent", failed=True, detail=""), None, None),
    (m.ClockSet(was=1, now=2, trust="untrusted"), ("clock-untrusted", "trouble", 3), ("clock-untrusted", "trouble", 2)),
    (m.ClockSet(was=1, now=2, trust="holdover"), None, None),
    (m.Overflow(since=1, until=2, lost={"level": 3}), ("overflow", "alarm", 2), ("overflow", "alarm", 1)),
    (
        m.OrderRefused(order=99, mark=3, reason="not-usable"),
        ("order-refused", "trouble", 3),
        ("order-refused", "trouble", 2),
    ),
    (m.OrderRefused(order=99, mark=3, reason="other-boot"), None, None),
]  # fmt: skip


@pytest.mark.parametrize(("data", "unsealed", "sealed"), RECORDS, ids=[m.kind_of(row[0]) for row in RECORDS])
def test_a_record_is_the_alarm_that_the_table_says(data: m.RecordData, unsealed: Any, sealed: Any) -> None:
    for expected, is_sealed in ((unsealed, False), (sealed, True)):
        house = PaperHub()
        archive = house.node("archive-1")
        if is_sealed:
            assert seal(house, "archive", "archive-1") == 1
        archive.says(data)
        if is_sealed and isinstance(data, m.Forced | m.HeldOpen):
            continue  # a node records neither while sealed: every opening is an alarm anyway
        found = [(alarm.what, alarm.klass, alarm.priority) for alarm in house.alarms()]
        assert found == ([expected] if expected else [])


def contradicts(point: str, sealing: int | None, level: m.Level = "active", uptime: int = 1) -> m.BeatContradicts:
    """A beat of archive-1 says so."""
    return m.BeatContradicts(node="archive-1", point=point, level=level, sealing=sealing, boot="boot-1", uptime=uptime)


FACTS: list[tuple[m.FactData, tuple[str, str, int] | None]] = [
    (m.BrokerLost(since=0, detail=""), ("broker-lost", "trouble", 2)),
    (m.BrokerBack(lost_for=1), None),
    (m.DatabaseHeld(since=0, held_for=1), ("database-held", "trouble", 2)),
    (
        m.ServiceRefused(service="console", reason="too-many", count=3, example="signed-in"),
        ("service-refused", "tamper", 2),
    ),
    (m.RowsDiffer(count=1, example="alarm 1"), ("rows-differ", "tamper", 1)),
    (m.RowsDiffer(count=0, example=""), None),
    (m.NodeSilent(node="archive-1", last_heard=None, sealed=()), ("node-silent", "trouble", 3)),
    (
        m.NodeSilent(node="archive-1", last_heard=5, sealed=(m.SealedArea(area="archive", sealing=1),)),
        ("node-silent-while-sealed", "alarm", 1),
    ),
    (m.Refused(node="archive-1", reason="malformed", count=3, example="x"), ("bad-messages", "trouble", 3)),
    (m.NoProgress(node="archive-1", life=1, expected=2, got=5), ("no-progress", "trouble", 3)),
    (m.PlanKeptBack(node="archive-1", kept=True, since=5), ("plan-kept-back", "trouble", 4)),
    (m.PlanKeptBack(node="archive-1", kept=False, since=None), None),
    (m.NodeFloods(node="archive-1", topic="record"), ("flooding", "tamper", 2)),
    (
        contradicts("archive/iron-gate", 1),
        ("opened-while-sealed", "alarm", 1),
    ),
    (contradicts("cipher-room/exit-button", 1), None),
]


@pytest.mark.parametrize(("data", "expected"), FACTS, ids=[m.kind_of(row[0]) for row in FACTS])
def test_a_fact_of_the_hub_is_the_alarm_that_the_table_says(data: m.FactData, expected: Any) -> None:
    house = PaperHub()
    house.node("archive-1")
    house.fact(data)
    found = [(alarm.what, alarm.klass, alarm.priority) for alarm in house.alarms()]
    assert found == ([expected] if expected else [])


def test_a_beat_that_says_what_is_known_to_be_an_alarm_raises_none() -> None:
    house = PaperHub()
    house.node("archive-1").opens("archive/iron-gate", 1)
    house.fact(contradicts("archive/iron-gate", 1))
    assert house.alarm("opened-while-sealed").count == 1


def test_what_a_beat_has_told_of_first_happens_once_however_often_it_is_told() -> None:
    house = PaperHub()
    archive = house.node("archive-1")
    number = seal(house, "archive", "archive-1")
    beat = contradicts("archive/iron-gate", number)
    house.fact(beat)
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=1))
    archive.opens("archive/iron-gate", number, ago=5)
    alarm = house.alarm("opened-while-sealed")
    assert (alarm.count, alarm.life) == (1, "active-acknowledged")
    assert alarm.happened == alarm.last_happened == house.clock() - 5000
    sealing = house.state.find(Sealing, number)
    assert sealing is not None
    assert (sealing.openings, sealing.alarms) == (1, 1)
    # The next record is of another opening.
    archive.closes("archive/iron-gate", number)
    archive.opens("archive/iron-gate", number)
    assert house.alarm("opened-while-sealed").count == 2
    house.check()


def test_a_beat_tells_also_that_what_is_over_has_happened_again() -> None:
    house = PaperHub()
    archive = house.node("archive-1")
    number = seal(house, "archive", "archive-1")
    archive.opens("archive/iron-gate", number)
    archive.closes("archive/iron-gate", number)
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=1))
    house.fact(contradicts("archive/iron-gate", number))
    archive.opens("archive/iron-gate", number)
    alarm = house.alarm("opened-while-sealed")
    assert (alarm.count, alarm.life) == (2, "active-unacknowledged")
    house.check()


@given(data=st.data())
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
def test_whatever_a_node_says_every_fact_that_follows_can_be_read_again(data: st.DataObject) -> None:
    """The paper hub reads each fact again as it is made."""
    house = PaperHub()
    archive = house.node("archive-1")
    ready(house, "archive")
    house.asks(WANG_FANG, m.SealingOrdered(sealing=0, area="archive", purpose="seal"))
    for _ in range(4):
        said = data.draw(message(m.Record, data.draw(st.sampled_from(get_args(m.RecordData)))))
        arrival = archive.record(said.data)
        house.take([arrival._replace(record=replace(said, site="demo", node="archive-1", life=1, seq=archive.seq,
                                                    prev=arrival.record.prev))])  # fmt: skip
        known = house.state.life("archive-1")
        assert known is not None
        archive.seq, archive._prev, archive.life = known.seq, known.hash, known.life
    house.check()


# ---------------------------------------------------------------- a node that starts anew


def test_what_a_node_had_reported_is_over_when_it_starts_until_it_reports_it_again() -> None:
    house = PaperHub()
    archive = house.node("archive-1")
    archive.opens("archive/iron-gate", 1)
    archive.says(m.Fault(part="reader", failed=True, detail="", place="archive/reader"))
    archive.says(m.Fault(part="loops", failed=True, detail=""))
    house.node("cipher-1").says(m.Fault(part="loops", failed=True, detail=""))
    archive.starts()
    assert [(alarm.what, alarm.place) for alarm in house.alarms()] == [
        ("opened-while-sealed", "archive/iron-gate"),
        ("node-fault", "cipher-1 loops"),
    ]
    assert house.alarm("opened-while-sealed").life == "returned-unacknowledged"


def test_a_node_that_starts_without_what_it_should_hold_sealed_is_an_alarm() -> None:
    house = PaperHub()
    archive = house.node("archive-1")
    number = seal(house, "archive", "archive-1")
    archive.starts((m.SealedArea(area="archive", sealing=number),))
    assert not house.alarms()
    archive.starts()
    assert house.alarm("seal-not-held").sealing == number


def test_a_node_that_drops_a_sealing_without_an_order_is_an_alarm_once() -> None:
    house = PaperHub()
    archive = house.node("archive-1")
    seal(house, "archive", "archive-1")
    archive.holds()
    archive.holds()
    assert house.alarm("seal-not-held").count == 1


# ---------------------------------------------------------------- who may speak of what


def test_no_node_ends_an_alarm_of_another_nodes_point() -> None:
    house = PaperHub()
    house.node("cipher-1").opens("cipher-room/safe-door", 1)
    house.node("archive-1").closes("cipher-room/safe-door", 1)
    assert house.alarm("opened-while-sealed").active
    assert house.alarm("impossible-record").place == "archive-1"


def test_bad_news_of_another_nodes_point_is_believed_all_the_same() -> None:
    house = PaperHub()
    house.node("archive-1").opens("cipher-room/safe-door", 1)
    assert sorted(house.whats()) == ["impossible-record", "opened-while-sealed"]


def test_no_node_shows_badges_at_another_nodes_reader() -> None:
    house = PaperHub()
    archive, cipher = house.node("archive-1"), house.node("cipher-1")
    ready(house, "cipher-room", LI_NA)
    house.asks(WANG_FANG, m.SealingOrdered(sealing=0, area="cipher-room", purpose="seal"))
    archive.presents("cipher-room/reader", LI_NA, 1)
    archive.presents("cipher-room/reader", WANG_FANG, 1)
    assert house.state.area("cipher-room").state == "seal-ceremony"
    assert house.alarm("impossible-record").count == 2
    cipher.presents("cipher-room/reader", LI_NA, 1)
    cipher.presents("cipher-room/reader", WANG_FANG, 1)
    assert house.state.area("cipher-room").state == "arming"


# ---------------------------------------------------------------- alarms whose witness is gone


def without(*places: str) -> Any:
    site = demo_site()
    return replace(site, point=tuple(point for point in site.point if point.place not in places))


def close(house: PaperHub, what: str) -> None:
    number = house.alarm(what).number
    house.asks(ZHOU_QIANG, m.AlarmAcknowledged(alarm=number))
    house.node("archive-1").grants("archive/reader", ZHOU_QIANG)
    finding = "the contact was taken out"
    house.asks(ZHOU_QIANG, m.FindingWritten(alarm=number, finding_cause="fault", finding=finding))
    house.asks(WANG_FANG, m.AlarmClosed(alarm=number, finding_cause="fault", finding=finding))


def test_an_alarm_of_a_point_that_is_taken_out_of_the_document_can_be_closed() -> None:
    house = PaperHub()
    house.node("archive-1").opens("archive/iron-gate", 1)
    house.node("archive-1").opens("archive/security-door", 1)
    house.apply(without("archive/iron-gate"))
    gate, door = house.alarms()
    assert (gate.active, door.active) == (False, True)
    assert gate.life == "returned-unacknowledged"


def test_an_alarm_of_a_point_that_moves_to_another_node_can_be_closed() -> None:
    house = PaperHub()
    house.node("computer-1")
    house.node("archive-1").opens("archive/security-window", 1)
    house.apply(two_nodes_guard_the_archive())
    close(house, "opened-while-sealed")
    assert not house.alarms()


def test_what_a_points_former_node_said_of_it_bars_no_sealing() -> None:
    house = PaperHub()
    house.node("computer-1")
    house.node("archive-1").opens("archive/security-window")
    house.apply(two_nodes_guard_the_archive())
    ready(house, "archive")
    house.asks(WANG_FANG, m.SealingOrdered(sealing=0, area="archive", purpose="seal"))
    house.node("archive-1").presents("archive/reader", ZHANG_WEI, 1)
    house.node("archive-1").presents("archive/reader", WANG_FANG, 1)
    assert house.state.area("archive").state == "arming"


@pytest.mark.parametrize("sealed", [True, False])
def test_a_node_that_is_revoked_while_its_area_is_sealed_is_an_alarm(sealed: bool) -> None:
    """Nobody waits for its beats any longer, so its silence would be none."""
    house = PaperHub()
    house.node("archive-1")
    if sealed:
        seal(house, "archive", "archive-1")
    house.fact(m.NodeRevoked(node="archive-1", reason="stolen"), "admin")
    assert house.whats() == (["node-revoked-while-sealed"] if sealed else [])


def test_the_alarms_of_a_revoked_node_can_be_closed_and_its_troubles_are_over() -> None:
    house = PaperHub()
    archive = house.node("archive-1")
    archive.opens("archive/iron-gate", 1)
    archive.says(m.Fault(part="loops", failed=True, detail=""))
    house.fact(m.NodeSilent(node="archive-1", last_heard=None, sealed=()))
    house.fact(m.NodeRevoked(node="archive-1", reason="burnt"), "admin")
    assert house.whats() == ["opened-while-sealed"]
    close(house, "opened-while-sealed")


def test_a_new_board_for_a_silent_node_ends_the_silence_when_it_is_heard() -> None:
    house = PaperHub()
    archive = house.node("archive-1")
    house.fact(m.NodeSilent(node="archive-1", last_heard=None, sealed=()))
    archive.enrol()
    life = house.state.life("archive-1")
    assert life is not None
    assert life.silent
    house.fact(m.NodeBack(node="archive-1", silent_for=5))
    assert not house.alarms()


def test_a_start_of_the_engine_does_not_leave_the_broker_lost_for_ever() -> None:
    house = PaperHub()
    house.fact(m.BrokerLost(since=0, detail=""))
    house.fact(m.EngineStarted(version="t", silent_since=house.clock()))
    assert not house.alarms()


# ---------------------------------------------------------------- attending


def test_a_responder_answers_for_the_alarms_that_the_node_was_told_of() -> None:
    house = PaperHub()
    archive = house.node("archive-1")
    archive.opens("archive/iron-gate", 1)
    archive.opens("archive/security-door", 1)
    archive.says(m.Attended(**READER, person=ZHANG_WEI, alarms=(2, 77)))
    assert [alarm.attended_by for alarm in house.alarms()] == [None, ZHANG_WEI]


def test_a_responder_at_a_node_without_the_hub_answers_for_all_of_the_area() -> None:
    house = PaperHub()
    archive = house.node("archive-1")
    archive.opens("archive/iron-gate", 1)
    house.node("cipher-1").opens("cipher-room/door", 1)
    archive.says(m.Attended(**READER, person=ZHANG_WEI, alarms=()))
    assert [alarm.attended_by for alarm in house.alarms()] == [ZHANG_WEI, None]


@pytest.mark.parametrize(("why", "what"), [("fork", "journal-forked"), ("rollback", "journal-rolled-back")])
def test_a_node_that_refuses_the_journal_accuses_the_hub(why: Any, what: str) -> None:
    house = PaperHub()
    house.node("archive-1").says(m.JournalRefused(why=why, held="a note", shown="another"))
    alarm = house.alarm(what)
    assert (alarm.klass, alarm.priority, alarm.place) == ("tamper", 1, "archive-1")


def test_an_accusation_that_nobody_has_signed_is_told_about_the_node_and_not_about_the_journal() -> None:
    house = PaperHub()
    accusation = house.node("archive-1").record(m.JournalRefused(why="fork", held="a note", shown="another"))
    house.take([accusation._replace(doubt="quote")])
    assert house.whats() == ["impossible-record"]
    assert house.alarm("impossible-record").priority == 2
    assert [one.why for one in house.journal(m.RecordDoubted)] == ["quote"]


def test_every_kind_has_one_row() -> None:
    assert set(facts.FACTS) == set(get_args(m.FactData))
    assert set(records.RECORDS) == set(get_args(m.RecordData))


def test_whatever_names_a_badge_names_its_reader() -> None:
    """A badge of duress is told of at its reader, whatever it was shown for."""
    badges = [kind for kind in get_args(m.RecordData) if "credential" in kind.__struct_fields__]
    assert badges
    assert all("reader" in kind.__struct_fields__ for kind in badges)


def test_every_record_and_fact_has_its_rule_or_needs_none() -> None:
    """A new kind must be put into one of the two: nothing is overlooked."""
    without_rule = {
        m.Entered, m.NotEntered, m.Left, m.Emptied, m.Watch, m.SealBaseline, m.Sounded, m.JournalMoved,
        m.Frozen, m.Permitted, m.Setting, m.FirstOfTwo, m.SetCancelled, m.WatchWhileSet, m.ReaderDeaf,
    }  # fmt: skip
    assert (
        set(get_args(m.RecordData)) - {kind for kind, rule in records.RECORDS.items() if rule.follows} <= without_rule
    )

"""What closing takes: one person's finding; for the urgent alarms of a sealing a badge at the door and two people."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from hub.core.alarms import closing
from hub.core.calling.receipts import ladder_of
from hub.core.refusal import NotPossible
from hub.core.state import Alarm
from tests.support.hub import seal
from tests.support.paper import (
    CHEN_JIE,
    LIU_YANG,
    SUN_LI,
    WANG_FANG,
    ZHANG_WEI,
    ZHAO_MIN,
    ZHOU_QIANG,
    PaperHub,
    two_nodes_guard_the_archive,
)
from wire import messages as m

FINDING = "走廊门被撬，无人，已报告"


def taken_on() -> PaperHub:
    """The archive is sealed, its corridor door was opened and closed, and Wang Fang has taken the alarm on."""
    house = PaperHub()
    node = house.node("archive-1")
    number = seal(house, "archive", "archive-1")
    node.opens("archive/corridor-door", number)
    node.closes("archive/corridor-door", number)
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=1))
    return house


@pytest.fixture
def house() -> PaperHub:
    return taken_on()


def written(alarm: int = 1, finding: str = FINDING) -> m.FindingWritten:
    return m.FindingWritten(alarm=alarm, finding_cause="intrusion", finding=finding)


def closed(alarm: int = 1, finding: str = FINDING) -> m.AlarmClosed:
    return m.AlarmClosed(alarm=alarm, finding_cause="intrusion", finding=finding)


def attends(house: PaperHub, person: int = ZHANG_WEI, ago: float = 0, *alarms: int) -> None:
    data = m.Attended(reader="archive/reader", credential="0" * 64, person=person, alarms=alarms or (1,))
    house.node("archive-1").says(data, ago)


def refused(house: PaperHub, person: int, data: m.FactData, why: str) -> None:
    before = len(house.entries)
    with pytest.raises(NotPossible) as refusal:
        house.asks(person, data)
    assert refusal.value.reason == why
    assert len(house.entries) == before


def test_a_badge_at_the_door_and_two_people_close_it(house: PaperHub) -> None:
    refused(house, WANG_FANG, closed(), "takes-two")
    refused(house, WANG_FANG, written(), "not-attended")
    attends(house)
    house.clock.forward(60)
    house.asks(WANG_FANG, written())
    refused(house, WANG_FANG, closed(), "written-by-yourself")
    house.clock.forward(60)
    house.asks(LIU_YANG, closed())
    assert not house.alarms()
    row = next(one for one in house.rebuilt().all(Alarm) if one.number == 1)
    assert (row.found_by, row.closed_by, row.finding) == (WANG_FANG, LIU_YANG, FINDING)
    assert house.journal(m.AlarmClosed) == [replace(closed(), found_by=WANG_FANG)]
    assert [(one.rung, one.person) for one in ladder_of(row, [])][-2:] == [
        ("finding", WANG_FANG),
        ("confirmed", LIU_YANG),
    ]
    house.check()


def test_when_it_happens_again_the_finding_is_void_and_so_is_the_badge(house: PaperHub) -> None:
    attends(house)
    house.asks(WANG_FANG, written())
    number = house.alarm("opened-while-sealed").sealing
    house.node("archive-1").opens("archive/corridor-door", number)
    house.node("archive-1").closes("archive/corridor-door", number)
    alarm = house.alarm("opened-while-sealed")
    assert (alarm.found_by, alarm.found_at, alarm.finding_cause, alarm.finding) == (None, None, None, None)
    refused(house, LIU_YANG, closed(), "not-acknowledged")
    house.asks(LIU_YANG, m.AlarmAcknowledged(alarm=1))
    refused(house, LIU_YANG, closed(), "takes-two")
    refused(house, LIU_YANG, written(), "not-attended")


def test_whoever_does_not_agree_writes_another_finding_which_somebody_else_confirms(house: PaperHub) -> None:
    attends(house)
    house.asks(WANG_FANG, written())
    house.asks(LIU_YANG, written(finding="锁舌损坏，请人修理"))
    refused(house, ZHOU_QIANG, closed(), "finding-changed")
    refused(house, LIU_YANG, closed(finding="锁舌损坏，请人修理"), "written-by-yourself")
    house.asks(WANG_FANG, closed(finding="锁舌损坏，请人修理"))
    assert not house.alarms()


@pytest.mark.parametrize("person", [ZHAO_MIN, SUN_LI, CHEN_JIE, ZHANG_WEI])
def test_who_may_not_close_may_not_confirm_either(house: PaperHub, person: int) -> None:
    attends(house)
    refused(house, person, written(), "not-allowed")
    house.asks(WANG_FANG, written())
    refused(house, person, closed(), "not-allowed")


def test_nobody_says_who_has_written_the_finding_but_the_hub(house: PaperHub) -> None:
    attends(house)
    house.asks(WANG_FANG, written())
    house.asks(LIU_YANG, replace(closed(), found_by=ZHOU_QIANG))
    assert house.journal(m.AlarmClosed)[0].found_by == WANG_FANG


def test_an_alarm_of_a_sealing_that_has_ended_still_takes_two_and_an_everyday_badge_shows_the_walk(
    house: PaperHub,
) -> None:
    house.asks(LIU_YANG, m.EmergencyOpened(sealing=0, area="archive", reason="着火"))
    house.node("archive-1").holds()
    assert house.state.area("archive").state == "unsealed"
    refused(house, WANG_FANG, closed(), "takes-two")
    refused(house, WANG_FANG, written(), "not-attended")
    node = house.node("archive-1")
    node.grants("archive/reader", CHEN_JIE)
    refused(house, WANG_FANG, written(), "not-attended")
    node.grants("archive/reader", ZHOU_QIANG)
    assert house.alarm("opened-while-sealed").attended_by == ZHOU_QIANG
    house.asks(WANG_FANG, written())
    house.asks(ZHOU_QIANG, closed())
    assert "opened-while-sealed" not in house.whats()


def test_a_badge_at_another_rooms_reader_shows_nothing(house: PaperHub) -> None:
    house.node("cipher-1").grants("cipher-room/reader", ZHOU_QIANG)
    data = m.Attended(reader="cipher-room/reader", credential="0" * 64, person=ZHOU_QIANG, alarms=(1,))
    house.node("cipher-1").says(data)
    house.node("cipher-1").grants("archive/reader", ZHOU_QIANG)  # a reader that is not its own
    refused(house, WANG_FANG, written(), "not-attended")


def test_a_badge_shown_under_duress_attends_nothing(house: PaperHub) -> None:
    duress = "d" * 64
    holders = tuple(replace(one, duress=duress) if one.number == ZHANG_WEI else one for one in house.site.cardholder)
    house.apply(replace(house.site, cardholder=holders))
    node = house.node("archive-1")
    node.says(m.Attended(reader="archive/reader", credential=duress, person=ZHANG_WEI, alarms=(1,)))
    node.says(m.Granted(reader="archive/reader", credential=duress, person=ZHANG_WEI))
    assert "duress" in house.whats()
    refused(house, WANG_FANG, written(), "not-attended")


def test_a_badge_that_is_told_late_and_was_before_it_happened_again_is_none() -> None:
    """One node heard the badge and was cut off; the other told meanwhile that it has happened again."""
    house = PaperHub(two_nodes_guard_the_archive())
    number = seal_by_two(house)
    window = house.node("computer-1")
    window.opens("archive/security-window", number)
    house.clock.forward(60)
    badge = house.node("archive-1").record(
        m.Attended(reader="archive/reader", credential="0" * 64, person=ZHANG_WEI, alarms=())
    )
    house.clock.forward(60)
    window.closes("archive/security-window", number)
    window.opens("archive/security-window", number)
    house.take([badge])
    assert house.alarm("opened-while-sealed").attended_by is None
    attends(house, ZHANG_WEI, 0, house.alarm("opened-while-sealed").number)
    assert house.alarm("opened-while-sealed").attended_by == ZHANG_WEI


def test_an_alarm_of_the_node_of_a_sealed_room_wants_somebody_at_that_room() -> None:
    house = PaperHub()
    node = house.node("archive-1")
    seal(house, "archive", "archive-1")
    node.says(m.Overflow(since=0, until=1, lost={}))
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=1))
    refused(house, WANG_FANG, written(), "not-attended")
    attends(house)
    house.asks(WANG_FANG, written())


@pytest.mark.parametrize("gone", ["revoked", "not in the document"])
def test_where_no_reader_can_tell_of_the_walk_two_people_suffice(house: PaperHub, gone: str) -> None:
    if gone == "revoked":
        house.fact(m.NodeRevoked(node="archive-1", reason="stolen"), "admin")
    else:
        house.apply(replace(house.site, reader=tuple(one for one in house.site.reader if one.area != "archive")))
    refused(house, WANG_FANG, closed(), "takes-two")
    house.asks(WANG_FANG, written())
    house.asks(LIU_YANG, closed())
    assert "opened-while-sealed" not in house.whats()


SILENT = "node-silent-while-sealed"


def falls_silent(house: PaperHub) -> None:
    """The only node of the sealed archive is not heard any more, and Wang Fang takes that on as well."""
    number = house.alarm("opened-while-sealed").sealing or 0
    held = (m.SealedArea(area="archive", sealing=number),)
    house.fact(m.NodeSilent(node="archive-1", last_heard=house.clock(), sealed=held))
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=house.alarm(SILENT).number))
    house.clock.forward(600)


def is_heard(house: PaperHub) -> None:
    house.fact(m.NodeBack(node="archive-1", silent_for=600_000))


def two_close(house: PaperHub) -> None:
    for alarm in house.alarms():
        house.asks(WANG_FANG, written(alarm.number))
        house.asks(LIU_YANG, closed(alarm.number))
    assert not house.alarms()


def test_while_the_only_node_is_silent_nobody_can_show_that_somebody_was_at_the_door(house: PaperHub) -> None:
    falls_silent(house)
    refused(house, WANG_FANG, written(), "not-attended")
    refused(house, WANG_FANG, written(house.alarm(SILENT).number), "still-active")


def test_a_badge_that_a_node_without_its_cable_has_read_counts_when_it_is_told(house: PaperHub) -> None:
    falls_silent(house)
    read = m.Attended(reader="archive/reader", credential="0" * 64, person=ZHANG_WEI, alarms=())
    badge = house.node("archive-1").record(read)
    house.clock.forward(3600)
    is_heard(house)
    house.take([badge])
    assert {one.attended_by for one in house.alarms()} == {ZHANG_WEI}
    two_close(house)


def test_what_happened_after_that_badge_wants_another_one(house: PaperHub) -> None:
    falls_silent(house)
    node, number = house.node("archive-1"), house.alarm("opened-while-sealed").sealing
    read = m.Attended(reader="archive/reader", credential="0" * 64, person=ZHANG_WEI, alarms=())
    late = [node.record(read)]
    house.clock.forward(60)
    level = m.LevelChanged(point="archive/corridor-door", was="normal", now="active", at=node.mono, sealing=number)
    late.append(node.record(level))
    is_heard(house)
    house.take(late)
    assert house.alarm("opened-while-sealed").attended_by is None
    assert house.alarm(SILENT).attended_by == ZHANG_WEI


@pytest.mark.parametrize("mended", ["power", "board"])
def test_once_the_node_is_back_or_another_is_in_its_place_a_badge_at_its_reader_counts(
    house: PaperHub, mended: str
) -> None:
    falls_silent(house)
    node = house.node("archive-1")
    if mended == "board":
        node.enrol()
    node.starts((m.SealedArea(area="archive", sealing=house.alarm(SILENT).sealing or 0),))
    is_heard(house)
    attends(house, ZHANG_WEI, 0, *(one.number for one in house.alarms()))
    two_close(house)


def test_once_the_silent_node_is_revoked_two_people_suffice(house: PaperHub) -> None:
    falls_silent(house)
    house.fact(m.NodeRevoked(node="archive-1", reason="burnt out"), "admin")
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=house.alarm("node-revoked-while-sealed").number))
    two_close(house)


def test_all_other_alarms_are_closed_by_one_person() -> None:
    house = PaperHub()
    node = house.node("archive-1")
    seal(house, "archive", "archive-1")
    house.asks(WANG_FANG, m.DrillStarted(area="archive"))
    node.says(m.Forced(point="archive/iron-gate"))
    for what in ("drill", "forced"):
        alarm = house.alarm(what).number
        house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=alarm))
        refused(house, WANG_FANG, written(alarm), "takes-one")
        house.asks(WANG_FANG, closed(alarm))
    assert not house.alarms()
    assert {one.found_by for one in house.journal(m.AlarmClosed)} == {None}


def test_what_one_person_has_closed_under_an_earlier_version_stays_closed(
    house: PaperHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal says so; the fold decides nothing."""
    with monkeypatch.context() as earlier:
        earlier.setattr(closing, "takes_two", lambda alarm: False)
        house.asks(WANG_FANG, closed())
    assert not house.alarms()
    house.check()


def seal_by_two(house: PaperHub) -> int:
    house.node("computer-1")
    number = seal(house, "archive", "archive-1")
    house.node("computer-1").holds(m.SealedArea(area="archive", sealing=number))
    assert house.state.area("archive").state == "sealed"
    return number

"""The journal folded into state: what each kind of entry changes. A rebuild runs nothing but this."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from hub.core import doubt
from hub.core import order_numbers as orders
from hub.core.alarms import life as alarms
from hub.core.alarms import own_table as alarm_table
from hub.core.calendar import facts as calendar_facts
from hub.core.calling import fold as calling_facts
from hub.core.calling import roster
from hub.core.doors import awaited, everyday
from hub.core.doors import tries as access
from hub.core.nodes import contradiction, restarts
from hub.core.nodes import node_disk as disks
from hub.core.sealing import after as unsealing
from hub.core.sealing import after_restore as adoption
from hub.core.sealing import area as sealing
from hub.core.sealing import before as checking
from hub.core.sealing import course
from hub.core.sealing import without_a_node as release
from hub.core.state import Alarm, Entry, Life, Point, State
from hub.core.when import when
from wire import messages as m


def apply(state: State, entry: Entry) -> Exception | None:
    """Take one entry into the state. Nothing is decided here: decisions are entries of their own.

    Returns what the rule of its kind has raised, if it has. Then that rule has changed nothing, here and in every
    rebuild alike; that the entry is there, and that its node's life goes on by it, counts all the same.
    """
    message = entry.message
    by_engine = isinstance(message, m.Record) or message.by == "engine"
    engine_time = entry.time if by_engine else state.meta.engine_time
    state.put(replace(state.meta, newest_time=entry.time, engine_time=engine_time))
    if isinstance(message, m.Record):
        _take_in(state, entry, message)
    try:
        with state.attempt():
            _by_kind(state, entry, message)
    except Exception as error:  # noqa: BLE001 - whatever it is, the journal is folded to its end
        return error
    return None


def _by_kind(state: State, entry: Entry, message: m.Record | m.Fact) -> None:
    if isinstance(message, m.Fact):
        of_fact = FACTS.get(type(message.data))
        if of_fact:
            of_fact(state, entry, message.data, message.person)
        return
    of_record, why = RECORDS.get(type(message.data)), doubt.of(state, message)
    if of_record and (why is None or (why != "unknown" and type(message.data) in BAD_NEWS)):
        of_record(state, entry, message, message.data)


def _take_in(state: State, entry: Entry, record: m.Record) -> None:
    """The node's life goes on by this record."""
    life = state.life(record.node)
    if life is None:
        return
    if record.life != life.life:
        orders.drop(state, record.node)
        life = replace(life, doubted=0, doubt=None)
    newest = record.data.last_hash if isinstance(record.data, m.CannotFill) else entry.hash
    state.put(
        replace(
            life,
            life=record.life,
            seq=record.seq,
            hash=newest,
            index=entry.index,
            boot=record.boot,
            unheard_since=life.unheard_since if life.silent else None,
        )
    )


def _started(state: State, entry: Entry, record: m.Record, data: m.Started) -> None:
    """After a boot every point is normal until the node says otherwise, which it does for each that is not."""
    for point in list(state.all(Point)):
        if point.node == record.node and (point.level != "normal" or point.told):
            stood = point.since if point.level != "normal" else None
            since = when(state, entry, record)
            state.put(replace(point, level="normal", since=since, stood=stood, told=None))
        elif point.node == record.node and point.stood is not None:
            state.put(replace(point, stood=None))


def _level(state: State, entry: Entry, record: m.Record, data: m.LevelChanged) -> None:
    known = state.find(Point, data.point)
    stood = known.stood if known and known.node == record.node and data.found and data.now != "normal" else None
    since = when(state, entry, record, data.at) if stood is None else stood
    _set_level(state, record, Point(data.point, record.node, data.now, since))
    checking.apply_level(state, entry, record, data)


def _chatter(state: State, entry: Entry, record: m.Record, data: m.Chatter) -> None:
    known = state.find(Point, data.point)
    same = known is not None and known.node == record.node and known.level == data.level
    since = known.since if known and same else when(state, entry, record, data.until)
    _set_level(state, record, Point(data.point, record.node, data.level, since))
    checking.apply_chatter(state, entry, record, data)


def _granted(state: State, entry: Entry, record: m.Record, data: m.Granted) -> None:
    access.apply_granted(state, entry, record, data)
    everyday.apply_granted(state, entry, record, data)


def _fault(state: State, entry: Entry, record: m.Record, data: m.Fault) -> None:
    checking.apply_fault(state, entry, record, data)
    disks.apply_fault(state, entry, record, data)


def _set_level(state: State, record: m.Record, point: Point) -> None:
    """Good news of a point counts only from the node that has told the bad."""
    known = state.find(Point, point.place)
    if known is None:
        state.put(point)
    elif known.node == point.node or point.level != "normal":
        told = replace(point, told=known.told, told_boot=known.told_boot, told_uptime=known.told_uptime)
        state.put(contradiction.outlived(told, record.boot, record.mono))


def _site_applied(state: State, entry: Entry, data: m.SiteApplied, person: int | None) -> None:
    state.put(replace(state.meta, site_version=data.version))


def _enrolled(state: State, entry: Entry, data: m.NodeEnrolled, person: int | None) -> None:
    old = state.life(data.node)
    orders.drop(state, data.node)
    checking.walk_again(state, data.node)
    state.put(
        Life(
            node=data.node,
            life=data.life,
            record_key=data.record_key,
            serial=data.serial,
            next_order=old.next_order if old else 1,
            silent=old.silent if old else False,
            witness_key=data.witness_key,
            enrolled_at=old.enrolled_at if old else entry.time,
            refusing=old.refusing if old else "",
            unwritten=old.unwritten if old else 0,
            # Whoever was heard before is not heard until the new life begins; whoever never was, never was.
            unheard_since=_unheard_since(old, entry.time) if old else None,
        )
    )


def _revoked(state: State, entry: Entry, data: m.NodeRevoked, person: int | None) -> None:
    life = state.life(data.node)
    if life is not None:
        orders.drop(state, data.node)
        state.put(replace(life, revoked=True, unheard_since=_unheard_since(life, entry.time)))


def _silent(state: State, entry: Entry, data: m.NodeSilent, person: int | None) -> None:
    life = state.life(data.node)
    if life is not None:
        since = min(data.last_heard or entry.time, entry.time)
        state.put(replace(life, silent=True, unheard_since=_unheard_since(life, since)))
        checking.walk_again(state, data.node)


def _back(state: State, entry: Entry, data: m.NodeBack, person: int | None) -> None:
    life = state.life(data.node)
    if life is not None:
        state.put(replace(life, silent=False, unheard_since=life.unheard_since if life.revoked else None))


def _unheard_since(life: Life, time: int) -> int | None:
    """A node that has never spoken is not heard since never."""
    return life.unheard_since or (time if life.boot else None)


def _equivocation(state: State, entry: Entry, data: m.Equivocation, person: int | None) -> None:
    life = state.life(data.node)
    if life is not None:
        state.put(replace(life, equivocated_at=entry.time))


def _doubted(state: State, entry: Entry, data: m.RecordDoubted, person: int | None) -> None:
    life = state.life(data.node)
    if life is not None:
        state.put(replace(life, doubted=data.seq, doubt=data.why))


def _alarm(state: State, entry: Entry, data: m.AlarmRaised | m.AlarmRepeated, person: int | None) -> None:
    if isinstance(data, m.AlarmRaised):
        alarms.apply_raised(state, entry, data, person)
    else:
        alarms.apply_repeated(state, entry, data, person)
    alarm = state.find(Alarm, data.alarm)
    if alarm is not None:
        course.count_alarm(state, alarm.what, alarm.sealing)


def _arming(state: State, entry: Entry, data: m.SealingArming, person: int | None) -> None:
    sealing.apply_arming(state, entry, data, person)
    everyday.apply_arming(state, entry, data, person)


RECORDS: dict[type[m.Data], Callable[[State, Entry, m.Record, Any], None]] = {
    m.Started: _started,
    m.LevelChanged: _level,
    m.Chatter: _chatter,
    m.Granted: _granted,
    m.Denied: access.apply_denied,
    m.Entered: access.apply_inside,
    m.Left: access.apply_inside,
    m.Emptied: access.apply_inside,
    m.SealBaseline: checking.apply_baseline,
    m.Fault: _fault,
    m.Overflow: disks.apply_overflow,
    m.OrderDone: orders.apply_done,
    m.OrderRefused: orders.apply_refused,
}

BAD_NEWS = (m.Denied, m.Fault)
"""Kinds whose rows above take nothing back, and so count of anybody, as long as it is of a place that there is."""

FACTS: dict[type[m.Data], Callable[[State, Entry, Any, int | None], None]] = {
    m.SiteApplied: _site_applied,
    m.NodeEnrolled: _enrolled,
    m.NodeRevoked: _revoked,
    m.EngineStarted: restarts.apply_started,
    m.EngineStopped: restarts.apply_stopped,
    m.NodeSilent: _silent,
    m.NodeBack: _back,
    m.Equivocation: _equivocation,
    m.BeatContradicts: contradiction.apply,
    m.DiskRefuses: disks.apply,
    m.RecordsLost: disks.apply_lost,
    m.RecordDoubted: _doubted,
    m.OrderIssued: orders.apply_issued,
    m.BadgeAwaited: awaited.apply_awaited,
    m.BadgeWaitOver: awaited.apply_over,
    m.AlarmRaised: _alarm,
    m.AlarmRepeated: _alarm,
    m.AlarmRecorded: alarms.apply_recorded,
    m.AlarmReturned: alarms.apply_returned,
    m.AlarmAcknowledged: alarms.apply_acknowledged,
    m.AlarmAttended: alarms.apply_attended,
    m.FindingWritten: alarms.apply_found,
    m.AlarmClosed: alarms.apply_closed,
    m.SealingOrdered: sealing.apply_ordered,
    m.SealingBadge: sealing.apply_badge,
    m.SealingArming: _arming,
    m.SealingConfirmed: sealing.apply_confirmed,
    m.Sealed: sealing.apply_finished,
    m.Unsealed: sealing.apply_finished,
    m.SealingAdopted: adoption.apply_adopted,
    m.SealingCancelled: sealing.apply_cancelled,
    m.CalendarImported: calendar_facts.apply_imported,
    m.CalendarApproved: calendar_facts.apply_approved,
    m.WindowPlanned: calendar_facts.apply_planned,
    m.WindowCancelled: calendar_facts.apply_cancelled,
    m.SealingPlanned: course.apply_planned,
    m.SealingChecking: course.apply_checking,
    m.SealingDropped: course.apply_dropped,
    m.CheckTicked: checking.apply_ticked,
    m.ExceptionSigned: checking.apply_exception,
    m.SealNumber: checking.apply_number,
    m.SealCompared: checking.apply_compared,
    m.UnsealingApproved: unsealing.apply_approved,
    m.EmergencyOpened: sealing.apply_emergency,
    m.EmergencySigned: unsealing.apply_signed,
    m.SealingReleased: release.apply,
    m.CertificateMade: unsealing.apply_certificate,
    m.AlarmShown: alarms.apply_shown,
    m.AlarmSounded: alarms.apply_sounded,
    m.AlarmsSet: alarm_table.apply_set,
    m.CallOpened: calling_facts.apply_opened,
    m.CallJoined: calling_facts.apply_joined,
    m.CallMoved: calling_facts.apply_moved,
    m.CallAnswered: calling_facts.apply_answered,
    m.CallEnded: calling_facts.apply_ended,
    m.NoticeQueued: calling_facts.apply_queued,
    m.NoticeHanded: calling_facts.apply_handed,
    m.NoticeDelivered: calling_facts.apply_delivered,
    m.NoticeFailed: calling_facts.apply_failed,
    m.NoticeOverdue: calling_facts.apply_overdue,
    m.NotifyStarted: calling_facts.apply_started,
    m.ChannelTested: calling_facts.apply_tested,
    m.ShiftAdded: roster.apply_added,
    m.ShiftRemoved: roster.apply_removed,
    m.HandoverDrafted: roster.apply_drafted,
    m.HandoverTaken: roster.apply_taken,
}

"""Facts of the hub: one row a kind, and nothing about a kind stands in another list of the core.

Who may bring it, in which roles, what must hold, what it changes, what follows. The table is long because there are
that many kinds; `wire.messages.FactData` names the same ones, and a test compares them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from hub.core import order_numbers
from hub.core.alarms import closing, own_table
from hub.core.alarms import life as alarm_life
from hub.core.calendar import facts as calendar_facts
from hub.core.calling import escalation, notices, roster
from hub.core.calling import fold as calling_fold
from hub.core.calling import follows as calling_follows
from hub.core.calling import meanwhile as calling_meanwhile
from hub.core.doors import asked, awaited, everyday, guarded
from hub.core.journal import bounds, compared, unjudged
from hub.core.nodes import checks as node_checks
from hub.core.nodes import contradiction, held_database, hub_clock, hub_disk, node_disk, restarts
from hub.core.nodes import fold as node_fold
from hub.core.nodes import follows as node_follows
from hub.core.sealing import after as after_sealing
from hub.core.sealing import after_restore, change, course, let_go, long_kept_back, missed, without_a_node
from hub.core.sealing import area as area_sealing
from hub.core.sealing import before as before_sealing
from hub.core.sealing import follows as sealing_follows
from hub.core.site.document import Site
from hub.core.state import Entry, State
from wire import messages as m

Check = Callable[[State, Site, Any], m.FactData]
"""The fact as it may stand in the journal, with its numbers. Raises NotPossible."""
Second = Callable[[State, Site, int | None, Any], None]
"""Raises NotPossible unless it is another person than the one who began it."""
Fold = Callable[[State, Entry, Any, int | None], None]
"""Changes the state, and nothing else. A rebuild runs nothing but these."""
Follows = Callable[[State, Site, Entry, Any], Iterator[m.FactData]]
"""Further facts. A generator: each fact becomes an entry and is folded before the next one is asked for."""

NOBODY: frozenset[m.Service] = frozenset()
ENGINE: frozenset[m.Service] = frozenset({"engine"})
ADMIN: frozenset[m.Service] = frozenset({"admin"})
CONSOLE: frozenset[m.Service] = frozenset({"console", "admin"})
SCREEN: frozenset[m.Service] = frozenset({"console"})
NOTIFY: frozenset[m.Service] = frozenset({"notify"})
OFFICERS = frozenset({"duty", "security"})
SECURITY = frozenset({"security"})
ADMINISTRATOR = frozenset({"administrator"})


class Rule(NamedTuple):
    """All about one kind of fact."""

    by: frozenset[m.Service] = NOBODY
    """Services that may bring it. A kind that nobody may bring can only follow from other entries."""
    apart: bool = False
    """It changes keys, people, topology or origin: root's command signs it with the key of `admin`, and no other key
    counts."""
    decided: bool = False
    """The hub decides it by itself as well: it follows from others, or from time that has passed."""
    roles: frozenset[str] | None = None
    """In which roles a person may ask for it; it then takes a named person. The auditor changes nothing."""
    check: Check | None = None
    second: Second | None = None
    """What makes the second person one, where it takes two."""
    fold: tuple[Fold, ...] = ()
    follows: tuple[Follows, ...] = ()


FACTS: Mapping[type[m.Data], Rule] = {
    m.SiteApplied: Rule(
        by=ADMIN,
        apart=True,
        check=node_checks.next_version,
        fold=(node_fold.site_applied,),
        follows=(node_follows.site_applied, guarded.site_applied, change.document),
    ),
    m.NodeEnrolled: Rule(by=ADMIN, apart=True, check=node_checks.next_life, fold=(node_fold.enrolled,)),
    m.NodeRevoked: Rule(by=ADMIN, apart=True, fold=(node_fold.revoked,), follows=(node_follows.node_revoked,)),
    m.AccountMade: Rule(by=ADMIN, apart=True),
    m.PasswordSet: Rule(by=ADMIN, apart=True),
    m.SignedIn: Rule(by=CONSOLE, check=node_checks.has_account),
    m.SignInFailed: Rule(by=CONSOLE),
    m.EngineStarted: Rule(
        by=ENGINE,
        check=node_checks.goes_by,
        fold=(restarts.apply_started,),
        follows=(node_follows.engine_started,),
    ),
    m.EngineStopped: Rule(by=ENGINE, fold=(restarts.apply_stopped,)),
    m.NotifyStopped: Rule(by=NOTIFY, fold=(restarts.service_stopped("notify"),)),
    m.ConsoleStarted: Rule(
        by=SCREEN, fold=(restarts.service_started("console"),), follows=(restarts.service_often("console"),)
    ),
    m.ConsoleStopped: Rule(by=SCREEN, fold=(restarts.service_stopped("console"),)),
    m.ServiceRefused: Rule(by=ENGINE, follows=(bounds.told,)),
    m.BrokerLost: Rule(by=ENGINE, follows=(node_follows.broker_lost,)),
    m.BrokerBack: Rule(by=ENGINE, follows=(node_follows.broker_back,)),
    m.NodeSilent: Rule(by=ENGINE, fold=(node_fold.silent,), follows=(node_follows.node_silent,)),
    m.NodeBack: Rule(by=ENGINE, fold=(node_fold.back,), follows=(node_follows.node_back,)),
    m.Refused: Rule(by=ENGINE, follows=(node_follows.told_at_node("bad-messages"),)),
    m.Equivocation: Rule(fold=(node_fold.equivocation,), follows=(node_follows.told_at_node("equivocation"),)),
    m.RecordDoubted: Rule(fold=(node_fold.doubted,)),
    m.NoProgress: Rule(by=ENGINE, follows=(node_follows.told_at_node("no-progress"),)),
    m.NodeFloods: Rule(by=ENGINE, follows=(node_follows.told_at_node("flooding"),)),
    m.FloodOver: Rule(by=ENGINE, follows=(node_follows.flood_over,)),
    m.OrderNotDone: Rule(by=ENGINE, follows=(node_follows.told_at_node(order_numbers.NOT_DONE),)),
    m.PlanKeptBack: Rule(by=ENGINE, follows=(long_kept_back.told,)),
    m.ProgressAgain: Rule(by=ENGINE, follows=(node_follows.progress_again,)),
    m.BeatContradicts: Rule(by=ENGINE, fold=(contradiction.apply,), follows=(node_follows.beat_contradicts,)),
    m.DiskRefuses: Rule(by=ENGINE, fold=(node_disk.apply,), follows=(node_follows.disk_refuses,)),
    m.RecordsLost: Rule(by=ENGINE, fold=(node_disk.apply_lost,), follows=(node_follows.told_at_node("cannot-fill"),)),
    m.HubClock: Rule(follows=(hub_clock.told,)),
    m.DatabaseHeld: Rule(by=ENGINE, follows=(held_database.told,)),
    m.HubStorage: Rule(follows=(hub_disk.told,)),
    m.NotJudged: Rule(follows=(unjudged.told,)),
    m.Unwitnessed: Rule(by=ENGINE, follows=(node_follows.unwitnessed,)),
    m.WitnessedAgain: Rule(by=ENGINE, follows=(node_follows.witnessed_again,)),
    m.CheckpointDisputed: Rule(by=ENGINE, follows=(node_follows.told_at_node("journal-forked"),)),
    m.JournalOpened: Rule(by=ADMIN, apart=True, check=node_checks.journal_opens, fold=(node_fold.journal_opened,)),
    m.CheckpointKey: Rule(by=ENGINE, check=node_checks.checkpoint_key, fold=(node_fold.checkpoint_key,)),
    m.JournalExported: Rule(by=ADMIN),
    m.HubBackedUp: Rule(by=ADMIN),
    m.RowsDiffer: Rule(by=ENGINE, follows=(compared.told,)),
    m.RowsMended: Rule(by=ADMIN),
    m.HubRestored: Rule(
        by=ADMIN,
        apart=True,
        roles=ADMINISTRATOR,
        second=node_checks.check_officer,
        follows=(node_follows.told_at_node("hub-restored"),),
    ),
    m.OrderIssued: Rule(fold=(order_numbers.apply_issued,)),
    m.PersonErased: Rule(
        by=ADMIN, apart=True, roles=ADMINISTRATOR, check=node_checks.not_in_site, second=node_checks.check_officer
    ),
    m.BadgeAwaited: Rule(fold=(awaited.apply_awaited,)),
    m.BadgeWaitOver: Rule(fold=(awaited.apply_over,), follows=(awaited.over,)),
    m.GuardRequested: Rule(
        by=CONSOLE,
        roles=OFFICERS,
        check=asked.check_request,
        fold=(asked.apply_requested,),
        follows=(asked.requested,),
    ),
    m.UnsettingAllowed: Rule(
        by=CONSOLE,
        roles=OFFICERS,
        check=asked.check_allowed,
        second=asked.check_who_allows,
        fold=(asked.apply_allowed,),
        follows=(asked.allowed,),
    ),
    m.UnsettingForbidden: Rule(
        by=CONSOLE,
        roles=OFFICERS,
        check=asked.check_forbidden,
        fold=(asked.apply_forbidden,),
        follows=(asked.allowed,),
    ),
    m.AlarmRaised: Rule(fold=(alarm_life.apply_raised, course.apply_alarm), follows=(calling_follows.raised,)),
    m.AlarmRepeated: Rule(fold=(alarm_life.apply_repeated, course.apply_alarm), follows=(calling_follows.repeated,)),
    m.AlarmRecorded: Rule(fold=(alarm_life.apply_recorded,)),
    m.AlarmReturned: Rule(
        fold=(alarm_life.apply_returned, calling_fold.apply_settled), follows=(calling_follows.settled,)
    ),
    m.AlarmAcknowledged: Rule(
        by=CONSOLE | {"notify"},
        roles=frozenset({"duty", "security", "supervisor"}),
        check=alarm_life.check_acknowledging,
        fold=(alarm_life.apply_acknowledged, calling_fold.apply_settled),
        follows=(calling_follows.settled, sealing_follows.alarm_taken),
    ),
    m.AlarmAttended: Rule(fold=(alarm_life.apply_attended,), follows=(calling_follows.settled,)),
    m.FindingWritten: Rule(by=CONSOLE, roles=OFFICERS, check=closing.check_finding, fold=(alarm_life.apply_found,)),
    m.AlarmClosed: Rule(
        by=CONSOLE,
        roles=OFFICERS,
        check=closing.check_closing,
        second=closing.check_second,
        fold=(alarm_life.apply_closed,),
        follows=(calling_follows.settled, sealing_follows.alarm_taken),
    ),
    m.SealingOrdered: Rule(
        by=CONSOLE,
        roles=OFFICERS,
        check=area_sealing.order,
        second=after_sealing.check_orderer,
        fold=(area_sealing.apply_ordered,),
        follows=(sealing_follows.ceremony_ordered,),
    ),
    m.SealingBadge: Rule(fold=(area_sealing.apply_badge,)),
    m.SealingArming: Rule(fold=(area_sealing.apply_arming, everyday.apply_arming), follows=(sealing_follows.arming,)),
    m.SealingConfirmed: Rule(
        fold=(area_sealing.apply_confirmed,),
        follows=(area_sealing.confirmed,),
    ),
    m.Sealed: Rule(fold=(area_sealing.apply_finished,), follows=(missed.over, sealing_follows.sealed)),
    m.Unsealed: Rule(fold=(area_sealing.apply_finished,), follows=(let_go.over,)),
    m.UnsealingWaits: Rule(fold=(let_go.apply_waits,), follows=(let_go.waits,)),
    m.SealingChanging: Rule(fold=(change.apply_changing,), follows=(change.changing,)),
    m.SealingChanged: Rule(fold=(change.apply_changed,), follows=(sealing_follows.changed,)),
    m.SealingAdopted: Rule(fold=(after_restore.apply_adopted,), follows=(node_follows.adopted,)),
    m.SealingCancelled: Rule(
        by=CONSOLE,
        decided=True,
        roles=OFFICERS,
        check=area_sealing.cancel,
        fold=(area_sealing.apply_cancelled,),
        follows=(sealing_follows.cancelled,),
    ),
    m.CalendarImported: Rule(
        by=CONSOLE,
        roles=frozenset({"security", "administrator"}),
        check=calendar_facts.check_import,
        fold=(calendar_facts.apply_imported,),
    ),
    m.CalendarApproved: Rule(
        by=CONSOLE,
        roles=SECURITY,
        check=calendar_facts.check_approval,
        second=calendar_facts.check_approver,
        fold=(calendar_facts.apply_approved,),
        follows=(calendar_facts.approved,),
    ),
    m.CalendarUnpublished: Rule(follows=(calendar_facts.missing,)),
    m.WindowPlanned: Rule(
        by=CONSOLE,
        roles=OFFICERS,
        check=calendar_facts.check_plan,
        fold=(calendar_facts.apply_planned,),
        follows=(course.planned,),
    ),
    m.WindowCancelled: Rule(
        by=CONSOLE,
        roles=OFFICERS,
        check=calendar_facts.check_cancel,
        fold=(calendar_facts.apply_cancelled,),
        follows=(course.window_cancelled,),
    ),
    m.SealingPlanned: Rule(fold=(course.apply_planned,)),
    m.SealingMissed: Rule(follows=(missed.missed,)),
    m.SealingChecking: Rule(
        by=CONSOLE,
        roles=OFFICERS,
        check=course.check_begin,
        fold=(course.apply_checking, asked.apply_checking),
        follows=(asked.checking,),
    ),
    m.SealingDropped: Rule(
        by=CONSOLE,
        decided=True,
        roles=OFFICERS,
        check=course.check_drop,
        fold=(course.apply_dropped,),
        follows=(missed.over,),
    ),
    m.CheckTicked: Rule(
        by=CONSOLE, roles=OFFICERS, check=before_sealing.check_tick, fold=(before_sealing.apply_ticked,)
    ),
    m.ExceptionSigned: Rule(
        by=CONSOLE, roles=SECURITY, check=before_sealing.check_exception, fold=(before_sealing.apply_exception,)
    ),
    m.SealNumber: Rule(
        by=CONSOLE,
        roles=OFFICERS,
        check=before_sealing.check_number,
        second=before_sealing.check_speaker,
        fold=(before_sealing.apply_number,),
    ),
    m.SealCompared: Rule(
        by=CONSOLE,
        roles=OFFICERS,
        check=before_sealing.check_compared,
        fold=(before_sealing.apply_compared,),
        follows=(before_sealing.compared,),
    ),
    m.UnsealingApproved: Rule(
        by=CONSOLE, roles=OFFICERS, check=after_sealing.check_approval, fold=(after_sealing.apply_approved,)
    ),
    m.EmergencyOpened: Rule(
        by=CONSOLE,
        roles=OFFICERS,
        check=after_sealing.check_emergency,
        fold=(area_sealing.apply_emergency,),
        follows=(after_sealing.emergency,),
    ),
    m.EmergencySigned: Rule(
        by=CONSOLE,
        roles=OFFICERS,
        check=after_sealing.check_signature,
        second=after_sealing.check_signer,
        fold=(after_sealing.apply_signed,),
    ),
    m.SealingReleased: Rule(
        by=CONSOLE,
        roles=OFFICERS,
        check=without_a_node.check,
        second=without_a_node.check_second,
        fold=(without_a_node.apply,),
    ),
    m.CertificateMade: Rule(by=ENGINE, fold=(after_sealing.apply_certificate,)),
    m.CallOpened: Rule(fold=(calling_fold.apply_opened,), follows=(escalation.opened,)),
    m.CallJoined: Rule(fold=(calling_fold.apply_joined,)),
    m.CallMoved: Rule(fold=(calling_fold.apply_moved,), follows=(escalation.moved,)),
    m.CallAnswered: Rule(fold=(calling_fold.apply_answered,)),
    m.CallEnded: Rule(fold=(calling_fold.apply_ended,)),
    m.NoticeQueued: Rule(fold=(calling_fold.apply_queued,)),
    m.NoticeHanded: Rule(
        by=NOTIFY,
        decided=True,
        check=calling_fold.check_notice,
        fold=(calling_fold.apply_handed,),
        follows=(calling_follows.notice_worked,),
    ),
    m.NoticeDelivered: Rule(
        by=NOTIFY,
        check=calling_fold.check_notice,
        fold=(calling_fold.apply_delivered,),
        follows=(calling_follows.notice_worked,),
    ),
    m.NoticeFailed: Rule(
        by=NOTIFY,
        decided=True,
        check=calling_fold.check_notice,
        fold=(calling_fold.apply_failed,),
        follows=(notices.failed,),
    ),
    m.NoticeOverdue: Rule(
        fold=(calling_fold.apply_overdue,),
        follows=(notices.failed,),
    ),
    m.AlarmShown: Rule(
        by=SCREEN,
        check=calling_fold.check_shown,
        fold=(alarm_life.apply_shown,),
        follows=(notices.shown,),
    ),
    m.AlarmSounded: Rule(by=NOTIFY, check=calling_fold.check_sounded, fold=(alarm_life.apply_sounded,)),
    m.NotifyStarted: Rule(
        by=NOTIFY,
        fold=(calling_fold.apply_started, restarts.service_started("notify")),
        follows=(restarts.service_often("notify"),),
    ),
    m.ChannelTested: Rule(by=NOTIFY, fold=(calling_fold.apply_tested,), follows=(calling_follows.tested,)),
    m.ChannelFailed: Rule(follows=(notices.channel_failed,)),
    m.AnswersRefused: Rule(by=NOTIFY),
    m.EngineSilent: Rule(by=NOTIFY, follows=(notices.engine_silent,)),
    m.CalledMeanwhile: Rule(
        by=NOTIFY,
        check=calling_meanwhile.check,
        fold=(calling_meanwhile.apply,),
        follows=(notices.failed_meanwhile,),
    ),
    m.EngineBack: Rule(
        by=NOTIFY,
        follows=(notices.engine_back,),
    ),
    m.DrillStarted: Rule(
        by=CONSOLE,
        roles=OFFICERS,
        check=calling_fold.check_drill,
        follows=(notices.drill,),
    ),
    m.AlarmsSet: Rule(
        by=CONSOLE,
        roles=frozenset({"security", "administrator"}),
        check=own_table.check_set,
        fold=(own_table.apply_set,),
    ),
    m.ShiftAdded: Rule(
        by=CONSOLE, roles=OFFICERS, check=roster.check_add, fold=(roster.apply_added,), follows=(roster.added,)
    ),
    m.ShiftRemoved: Rule(by=CONSOLE, roles=OFFICERS, check=roster.check_remove, fold=(roster.apply_removed,)),
    m.RosterGap: Rule(follows=(roster.gap,)),
    m.HandoverDrafted: Rule(by=CONSOLE, roles=OFFICERS, check=roster.check_draft, fold=(roster.apply_drafted,)),
    m.HandoverTaken: Rule(
        by=CONSOLE,
        roles=OFFICERS,
        check=roster.check_taken,
        second=roster.check_taker,
        fold=(roster.apply_taken,),
    ),
}

"""What may be brought to the hub from outside its own decisions: by which service, by a person in which role.

A request is the fact that somebody wants to become one. It is checked against the state, completed (numbers), and only
then becomes an entry.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from hub.core.alarms import closing
from hub.core.alarms import life as alarms
from hub.core.alarms import own_table as alarm_table
from hub.core.calendar import facts as calendar_facts
from hub.core.calling import fold as calling_facts
from hub.core.calling import roster
from hub.core.nodes import witnesses
from hub.core.refusal import NotPossible
from hub.core.sealing import after as unsealing
from hub.core.sealing import area as sealing
from hub.core.sealing import before as checking
from hub.core.sealing import course
from hub.core.sealing import without_a_node as release
from hub.core.site.document import Site
from hub.core.state import Life, State
from wire import messages as m


class Actor(NamedTuple):
    """Who brings a request: the service that signs it, and the person behind it with the roles of that person."""

    by: m.Service
    person: int | None = None
    roles: frozenset[str] = frozenset()


ENGINE: frozenset[m.Service] = frozenset({"engine"})
ADMIN: frozenset[m.Service] = frozenset({"admin"})
CONSOLE: frozenset[m.Service] = frozenset({"console", "admin"})
NOTIFY: frozenset[m.Service] = frozenset({"notify"})

SERVICES: dict[type[m.Data], frozenset[m.Service]] = {
    m.SiteApplied: ADMIN,
    m.NodeEnrolled: ADMIN,
    m.NodeRevoked: ADMIN,
    m.AccountMade: ADMIN,
    m.JournalOpened: ADMIN,
    m.JournalExported: ADMIN,
    m.HubBackedUp: ADMIN,
    m.HubRestored: ADMIN,
    m.RowsMended: ADMIN,
    m.PersonErased: ADMIN,
    m.SignedIn: frozenset({"console"}),
    m.SignInFailed: frozenset({"console"}),
    m.CheckpointKey: ENGINE,
    m.EngineStarted: ENGINE,
    m.EngineStopped: ENGINE,
    m.BrokerLost: ENGINE,
    m.BrokerBack: ENGINE,
    m.NodeSilent: ENGINE,
    m.NodeBack: ENGINE,
    m.Refused: ENGINE,
    m.NoProgress: ENGINE,
    m.OrderNotDone: ENGINE,
    m.ProgressAgain: ENGINE,
    m.BeatContradicts: ENGINE,
    m.DiskRefuses: ENGINE,
    m.RecordsLost: ENGINE,
    m.Unwitnessed: ENGINE,
    m.WitnessedAgain: ENGINE,
    m.CheckpointDisputed: ENGINE,
    m.AlarmAcknowledged: CONSOLE | {"notify"},
    m.FindingWritten: CONSOLE,
    m.AlarmClosed: CONSOLE,
    m.SealingOrdered: CONSOLE,
    m.SealingCancelled: CONSOLE,
    m.CalendarImported: CONSOLE,
    m.CalendarApproved: CONSOLE,
    m.WindowPlanned: CONSOLE,
    m.WindowCancelled: CONSOLE,
    m.SealingChecking: CONSOLE,
    m.SealingDropped: CONSOLE,
    m.CheckTicked: CONSOLE,
    m.ExceptionSigned: CONSOLE,
    m.SealNumber: CONSOLE,
    m.SealCompared: CONSOLE,
    m.UnsealingApproved: CONSOLE,
    m.EmergencyOpened: CONSOLE,
    m.EmergencySigned: CONSOLE,
    m.SealingReleased: CONSOLE,
    m.CertificateMade: ENGINE,
    m.AlarmShown: frozenset({"console"}),
    m.AlarmSounded: NOTIFY,
    m.NoticeHanded: NOTIFY,
    m.NoticeDelivered: NOTIFY,
    m.NoticeFailed: NOTIFY,
    m.NotifyStarted: NOTIFY,
    m.ChannelTested: NOTIFY,
    m.AnswersRefused: NOTIFY,
    m.EngineSilent: NOTIFY,
    m.EngineBack: NOTIFY,
    m.DrillStarted: CONSOLE,
    m.AlarmsSet: CONSOLE,
    m.ShiftAdded: CONSOLE,
    m.ShiftRemoved: CONSOLE,
    m.HandoverDrafted: CONSOLE,
    m.HandoverTaken: CONSOLE,
}
"""Which services may bring a fact. What is not here can only follow from other facts."""

ALSO: dict[type[m.Data], frozenset[m.Service]] = {
    m.SealingCancelled: ENGINE,
    m.SealingDropped: ENGINE,
    m.NoticeHanded: frozenset({"console"}),
    m.NoticeFailed: ENGINE,
}
"""Services in whose transactions such a fact also follows from others, or from time that has passed: they sign it."""

ROLES: dict[type[m.Data], frozenset[str]] = {
    m.AlarmAcknowledged: frozenset({"duty", "security", "supervisor"}),
    m.FindingWritten: frozenset({"duty", "security"}),
    m.AlarmClosed: frozenset({"duty", "security"}),
    m.SealingOrdered: frozenset({"duty", "security"}),
    m.SealingCancelled: frozenset({"duty", "security"}),
    m.HubRestored: frozenset({"administrator"}),
    m.PersonErased: frozenset({"administrator"}),
    m.CalendarImported: frozenset({"security", "administrator"}),
    m.CalendarApproved: frozenset({"security"}),
    m.WindowPlanned: frozenset({"duty", "security"}),
    m.WindowCancelled: frozenset({"duty", "security"}),
    m.SealingChecking: frozenset({"duty", "security"}),
    m.SealingDropped: frozenset({"duty", "security"}),
    m.CheckTicked: frozenset({"duty", "security"}),
    m.ExceptionSigned: frozenset({"security"}),
    m.SealNumber: frozenset({"duty", "security"}),
    m.SealCompared: frozenset({"duty", "security"}),
    m.UnsealingApproved: frozenset({"duty", "security"}),
    m.EmergencyOpened: frozenset({"duty", "security"}),
    m.EmergencySigned: frozenset({"duty", "security"}),
    m.SealingReleased: frozenset({"duty", "security"}),
    m.DrillStarted: frozenset({"duty", "security"}),
    m.AlarmsSet: frozenset({"security", "administrator"}),
    m.ShiftAdded: frozenset({"duty", "security"}),
    m.ShiftRemoved: frozenset({"duty", "security"}),
    m.HandoverDrafted: frozenset({"duty", "security"}),
    m.HandoverTaken: frozenset({"duty", "security"}),
}
"""In which roles a person may ask for it; it takes a named person. The auditor reads all and changes nothing."""

CHECKS: dict[type[m.Data], Callable[[State, Site, Any], m.FactData]] = {
    m.SiteApplied: lambda state, _site, data: _next_version(state, data),
    m.NodeEnrolled: lambda state, _site, data: _next_life(state, data),
    m.PersonErased: lambda _state, site, data: _not_in_site(site, data),
    m.AlarmAcknowledged: lambda state, _site, data: _checked(state, data, "acknowledged"),
    m.FindingWritten: closing.check_finding,
    m.AlarmClosed: closing.check_closing,
    m.SealingOrdered: sealing.order,
    m.SealingCancelled: lambda state, _site, data: sealing.cancel(state, data),
    m.CalendarImported: calendar_facts.check_import,
    m.CalendarApproved: calendar_facts.check_approval,
    m.WindowPlanned: calendar_facts.check_plan,
    m.WindowCancelled: calendar_facts.check_cancel,
    m.SealingChecking: course.check_begin,
    m.SealingDropped: course.check_drop,
    m.CheckTicked: checking.check_tick,
    m.ExceptionSigned: checking.check_exception,
    m.SealNumber: checking.check_number,
    m.SealCompared: checking.check_compared,
    m.UnsealingApproved: unsealing.check_approval,
    m.EmergencyOpened: unsealing.check_emergency,
    m.EmergencySigned: unsealing.check_signature,
    m.SealingReleased: release.check,
    m.AlarmShown: calling_facts.check_shown,
    m.AlarmSounded: calling_facts.check_sounded,
    m.NoticeHanded: calling_facts.check_notice,
    m.NoticeDelivered: calling_facts.check_notice,
    m.NoticeFailed: calling_facts.check_notice,
    m.DrillStarted: calling_facts.check_drill,
    m.AlarmsSet: lambda state, _site, data: alarm_table.check_set(state, data),
    m.ShiftAdded: roster.check_add,
    m.ShiftRemoved: roster.check_remove,
    m.HandoverDrafted: roster.check_draft,
    m.HandoverTaken: roster.check_taken,
}

SECONDS: dict[type[m.Data], Callable[[State, Site, int | None, Any], None]] = {
    m.CalendarApproved: lambda state, _site, person, data: calendar_facts.check_approver(state, person, data),
    m.HubRestored: lambda _state, site, person, data: _check_officer(site, person, data),
    m.PersonErased: lambda _state, site, person, data: _check_officer(site, person, data),
    m.SealingOrdered: lambda state, _site, person, data: unsealing.check_orderer(state, person, data),
    m.SealNumber: lambda _state, site, person, data: checking.check_speaker(site, person, data),
    m.EmergencySigned: lambda state, _site, person, data: unsealing.check_signer(state, person, data),
    m.SealingReleased: release.check_second,
    m.HandoverTaken: lambda state, _site, person, data: roster.check_taker(state, person, data),
    m.AlarmClosed: lambda state, _site, person, data: closing.check_second(state, person, data),
}
"""What takes a second person: the rule that it is one."""

VIA: dict[m.Service, m.Via] = {"console": "console", "notify": "sms", "admin": "command-line"}


def accept(state: State, site: Site, actor: Actor, data: m.FactData) -> m.FactData:
    """The fact as it may stand in the journal. Raises NotPossible, and nothing is changed."""
    if actor.by not in SERVICES.get(type(data), frozenset()):
        raise NotPossible("not-allowed", m.kind_of(data))
    roles = ROLES.get(type(data))
    if roles is not None and (actor.person is None or not roles & actor.roles or "auditor" in actor.roles):
        raise NotPossible("not-allowed", m.kind_of(data))
    _fits_the_contract(data)
    second = SECONDS.get(type(data))
    if second:
        second(state, site, actor.person, data)
    check = CHECKS.get(type(data))
    data = check(state, site, data) if check else data
    if isinstance(data, m.AlarmAcknowledged):
        data = replace(data, via=VIA.get(actor.by, "console"))  # by which way it came, nobody claims
    return data


def _fits_the_contract(data: m.FactData) -> None:
    """What could not be read again must not get into the journal, nor what a database could not keep as text."""
    try:
        text = m.encode(data)
        msgspec.json.decode(text, type=m.FactData)
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        raise NotPossible("not-valid", str(error)) from None
    if b"\\u0000" in text:
        raise NotPossible("not-valid", "a character that is none")


def _next_version(state: State, data: m.SiteApplied) -> m.FactData:
    """Of two people who apply a document at the same time, the second looks at what the first has done."""
    if data.version != state.meta.site_version + 1:
        raise NotPossible("site-changed", str(state.meta.site_version))
    return data


def _next_life(state: State, data: m.NodeEnrolled) -> m.FactData:
    """A life is opened once: its numbers would begin a second time, and no database would take them. Nor may a node
    bring the witness key of another, which would take that one's voice away: a key counts once."""
    life = state.life(data.node)
    if life is not None and data.life <= life.life:
        raise NotPossible("life-taken", f"{data.node} {data.life}")
    brought = witnesses.witness_key(data.witness_key)
    for other in state.all(Life):
        held = witnesses.witness_key(other.witness_key)
        if other.node != data.node and brought and held and held.public == brought.public:
            raise NotPossible("witness-key-taken", other.node)
    return data


def _not_in_site(site: Site, data: m.PersonErased) -> m.FactData:
    """Whoever still has a badge or an account is first taken out of the site document."""
    if data.erased in site.cardholders:
        raise NotPossible("still-in-site", str(data.erased))
    return data


def _check_officer(site: Site, person: int | None, data: m.HubRestored | m.PersonErased) -> None:
    """It takes an administrator and, as another person, a security officer of the document in force."""
    officers = {account.cardholder for account in site.account if "security" in account.roles}
    if data.second == person or data.second not in officers:
        raise NotPossible("not-allowed", m.kind_of(data))


def _checked(state: State, data: m.AlarmAcknowledged, event: alarms.LifeEvent) -> m.FactData:
    alarms.check(state, data.alarm, event)
    return data

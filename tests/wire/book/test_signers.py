"""Whose key may sign which fact, by whom: kind by kind, under every key."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import get_args

from wire import messages as m
from wire.book import rules

KINDS = get_args(m.FactData)
ENGINE = "engine"
ASKED: Mapping[str, tuple[type[m.Data], ...]] = {
    "engine": (
        m.EngineStarted, m.EngineStopped, m.CheckpointKey, m.BrokerLost, m.BrokerBack, m.DatabaseHeld, m.ServiceRefused,
        m.PlanKeptBack,
        m.RowsDiffer,
        m.NodeSilent, m.NodeBack, m.Refused, m.NoProgress, m.ProgressAgain, m.NodeFloods, m.FloodOver, m.OrderNotDone,
        m.BeatContradicts, m.DiskRefuses, m.RecordsLost, m.Unwitnessed, m.WitnessedAgain, m.CheckpointDisputed,
        m.CertificateMade,
    ),
    "admin": (
        m.SiteApplied, m.NodeEnrolled, m.NodeRevoked, m.AccountMade, m.JournalOpened, m.JournalExported, m.HubBackedUp,
        m.HubRestored, m.RowsMended, m.PersonErased, m.PasswordSet,
    ),
    "console": (m.ConsoleStarted, m.ConsoleStopped, m.AlarmShown),
    "notify": (
        m.NotifyStarted, m.NotifyStopped, m.NoticeHanded, m.NoticeDelivered, m.NoticeFailed, m.AlarmSounded,
        m.ChannelTested, m.AnswersRefused, m.EngineSilent, m.CalledMeanwhile, m.EngineBack,
    ),
    "console admin": (
        m.FindingWritten, m.AlarmClosed, m.AlarmsSet, m.SealingOrdered, m.SealingCancelled, m.SealingChecking,
        m.SealingDropped, m.CheckTicked, m.ExceptionSigned, m.SealNumber, m.SealCompared, m.UnsealingApproved,
        m.EmergencyOpened, m.EmergencySigned, m.SealingReleased, m.CalendarImported, m.CalendarApproved,
        m.WindowPlanned, m.WindowCancelled, m.ShiftAdded, m.ShiftRemoved, m.HandoverDrafted, m.HandoverTaken,
        m.DrillStarted, m.SignedIn, m.SignInFailed, m.GuardRequested, m.UnsettingAllowed, m.UnsettingForbidden,
    ),
    "console notify admin": (m.AlarmAcknowledged,),
}  # fmt: skip
"""By whom each is asked for. A kind that is not here follows from others alone."""
BROUGHT_BY = {kind: set(who.split()) for who, kinds in ASKED.items() for kind in kinds}
APART = {
    m.SiteApplied, m.NodeEnrolled, m.NodeRevoked, m.AccountMade, m.PasswordSet, m.JournalOpened, m.HubRestored,
    m.PersonErased,
}  # fmt: skip
"""They change keys, people, topology or origin."""
DECIDED_TOO = {m.SealingCancelled, m.SealingDropped, m.NoticeFailed, m.NoticeHanded}
"""Others ask for them, and the engine decides them as well."""
FOLLOWED_OF_OLD = {(m.NoticeHanded, "console")}
"""What only follows where this service does not ask for it, and followed in its transaction."""


def may(kind: type[m.Data], by: str, signer: str) -> bool:
    return rules.newest().may_sign(str(kind.__struct_config__.tag), by, signer)


def permitted(kind: type[m.Data]) -> set[tuple[str, str]]:
    """By whom and under whose key, in the words of the decision."""
    if kind in APART:
        return {("admin", "admin")}
    askers = BROUGHT_BY.get(kind, set())
    now = {(by, ENGINE) for by in askers}
    if kind in DECIDED_TOO or not askers:
        now.add((ENGINE, ENGINE))
    of_old = {(by, by) for by in askers or rules.SERVICES}
    return now | of_old | {(by, by) for about, by in FOLLOWED_OF_OLD if about is kind}


def test_a_fact_is_signed_by_the_engine_or_by_whoever_brought_it_and_by_nobody_else() -> None:
    everybody = (*rules.SERVICES, "archive-1", "nobody", "")
    for kind, by, signer in product(KINDS, everybody, everybody):
        assert may(kind, by, signer) == ((by, signer) in permitted(kind)), (kind, by, signer)


def test_what_a_later_hub_asks_for_the_engine_may_sign_too() -> None:
    """A kind that these rules do not know is taken by its form and its signer, and is named in the report."""
    for by, signer in product(rules.SERVICES, rules.SERVICES):
        assert rules.newest().may_sign("visit-noted", by, signer) == (signer in (by, ENGINE)), (by, signer)
    assert not rules.newest().may_sign("visit-noted", "archive-1", "archive-1")
    assert not rules.newest().may_sign("visit-noted", "archive-1", ENGINE)


def test_who_signs_is_one_of_the_services() -> None:
    assert set(rules.SIGN) < set(rules.SERVICES)
    pairs = {pair for who in rules.newest().signers.values() for pair in who} | rules.FOLLOWS
    assert {one for pair in pairs for one in pair} == set(rules.SERVICES)

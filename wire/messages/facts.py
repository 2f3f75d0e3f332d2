"""What the hub records itself: every kind of fact, and the fact that carries one."""

from __future__ import annotations

from typing import Literal

from wire.messages.alarm_facts import (
    AlarmAcknowledged,
    AlarmAttended,
    AlarmClosed,
    AlarmRaised,
    AlarmRecorded,
    AlarmRepeated,
    AlarmReturned,
    BadgeAwaited,
    BadgeWaitOver,
    FindingWritten,
)
from wire.messages.base import Message, Name, Person, Wall
from wire.messages.calendar_facts import (
    CalendarApproved,
    CalendarImported,
    CalendarUnpublished,
    WindowCancelled,
    WindowPlanned,
)
from wire.messages.call_facts import (
    AlarmShown,
    AlarmSounded,
    AnswersRefused,
    CallAnswered,
    CallEnded,
    CallJoined,
    CallMoved,
    CallOpened,
    ChannelFailed,
    ChannelTested,
    EngineBack,
    EngineSilent,
    NoticeDelivered,
    NoticeFailed,
    NoticeHanded,
    NoticeOverdue,
    NoticeQueued,
    NotifyStarted,
)
from wire.messages.duty_facts import (
    AlarmsSet,
    DrillStarted,
    HandoverDrafted,
    HandoverTaken,
    RosterGap,
    ShiftAdded,
    ShiftRemoved,
)
from wire.messages.hub_facts import (
    AccountMade,
    BeatContradicts,
    BrokerBack,
    BrokerLost,
    CheckpointKey,
    DiskRefuses,
    EngineStarted,
    EngineStopped,
    Equivocation,
    HubBackedUp,
    HubClock,
    HubRestored,
    HubStorage,
    JournalExported,
    JournalOpened,
    NodeBack,
    NodeEnrolled,
    NodeRevoked,
    NodeSilent,
    NoProgress,
    NotJudged,
    OrderIssued,
    OrderNotDone,
    PersonErased,
    ProgressAgain,
    RecordDoubted,
    RecordsLost,
    Refused,
    RowsMended,
    SignedIn,
    SignInFailed,
    SiteApplied,
)
from wire.messages.sealing_facts import (
    CertificateMade,
    CheckTicked,
    EmergencyOpened,
    EmergencySigned,
    ExceptionSigned,
    SealCompared,
    Sealed,
    SealingAdopted,
    SealingArming,
    SealingBadge,
    SealingCancelled,
    SealingChecking,
    SealingConfirmed,
    SealingDropped,
    SealingMissed,
    SealingOrdered,
    SealingPlanned,
    SealingReleased,
    SealNumber,
    Unsealed,
    UnsealingApproved,
)
from wire.messages.witness_facts import CheckpointDisputed, Unwitnessed, WitnessedAgain

FactData = (
    SiteApplied
    | NodeEnrolled
    | NodeRevoked
    | AccountMade
    | SignedIn
    | SignInFailed
    | EngineStarted
    | EngineStopped
    | BrokerLost
    | BrokerBack
    | NodeSilent
    | NodeBack
    | Refused
    | Equivocation
    | RecordDoubted
    | NoProgress
    | OrderNotDone
    | ProgressAgain
    | BeatContradicts
    | DiskRefuses
    | RecordsLost
    | HubClock
    | HubStorage
    | NotJudged
    | Unwitnessed
    | WitnessedAgain
    | CheckpointDisputed
    | JournalOpened
    | CheckpointKey
    | JournalExported
    | HubBackedUp
    | RowsMended
    | HubRestored
    | OrderIssued
    | PersonErased
    | BadgeAwaited
    | BadgeWaitOver
    | AlarmRaised
    | AlarmRepeated
    | AlarmRecorded
    | AlarmReturned
    | AlarmAcknowledged
    | AlarmAttended
    | FindingWritten
    | AlarmClosed
    | SealingOrdered
    | SealingBadge
    | SealingArming
    | SealingConfirmed
    | Sealed
    | Unsealed
    | SealingAdopted
    | SealingCancelled
    | CalendarImported
    | CalendarApproved
    | CalendarUnpublished
    | WindowPlanned
    | WindowCancelled
    | SealingPlanned
    | SealingMissed
    | SealingChecking
    | SealingDropped
    | CheckTicked
    | ExceptionSigned
    | SealNumber
    | SealCompared
    | UnsealingApproved
    | EmergencyOpened
    | EmergencySigned
    | SealingReleased
    | CertificateMade
    | CallOpened
    | CallJoined
    | CallMoved
    | CallAnswered
    | CallEnded
    | NoticeQueued
    | NoticeHanded
    | NoticeDelivered
    | NoticeFailed
    | NoticeOverdue
    | AlarmShown
    | AlarmSounded
    | NotifyStarted
    | ChannelTested
    | ChannelFailed
    | AnswersRefused
    | EngineSilent
    | EngineBack
    | DrillStarted
    | AlarmsSet
    | ShiftAdded
    | ShiftRemoved
    | RosterGap
    | HandoverDrafted
    | HandoverTaken
)

Service = Literal["engine", "console", "notify", "admin"]
SERVICES: tuple[Service, ...] = ("engine", "console", "notify", "admin")
"""Who signs facts on the hub. No node bears one of these names."""


class Fact(Message, frozen=True):
    """What the hub has decided or been told. Signed by the service that brought it; `person` is who asked for it."""

    v: Literal[1]
    site: Name
    by: Service
    time: Wall
    person: Person | None
    data: FactData

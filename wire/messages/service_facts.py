"""Facts about the hub's services: who signs in to them, and when they run."""

from __future__ import annotations

from typing import Literal

from wire.messages.base import Count, Data, Name, Number, Person, Span, Text, Wall


class AccountMade(Data, frozen=True, tag="account-made"):
    """A person may sign in to the console in these roles, or (no role) no longer."""

    person: Person
    roles: tuple[Name, ...]


class PasswordSet(Data, frozen=True, tag="password-set"):
    """Root has set the password of an account of this person, who is signed in nowhere any more."""

    person: Person


class SignedIn(Data, frozen=True, tag="signed-in"):
    """A person signed in. `at`: when, where the engine was away and heard of it only later: then the console has looked
    at the password, and says so."""

    person: Person
    at: Wall | None = None


class SignInFailed(Data, frozen=True, tag="sign-in-failed"):
    """Wrong sign-ins at the console since the last such entry."""

    count: Count


class EngineStarted(Data, frozen=True, tag="engine-started"):
    """The engine runs again. Nothing was heard since `silent_since` (wall time, None for the first start). `rules`: by
    which the hub judges entries from this one on; 0 for a version that had none."""

    version: Text
    silent_since: Wall | None
    rules: Number = 0


class NotifyStopped(Data, frozen=True, tag="notify-stopped"):
    """The notifying service was told to stop."""


class ConsoleStarted(Data, frozen=True, tag="console-started"):
    """The console runs again."""

    version: Text


class ConsoleStopped(Data, frozen=True, tag="console-stopped"):
    """The console was told to stop."""


class EngineStopped(Data, frozen=True, tag="engine-stopped"):
    """The engine ends since it was told to. Without this before it, a start is one after a failure."""


AskRefusal = Literal["too-many", "not-meanwhile"]
"""too-many: beyond what an honest service ever asks for. not-meanwhile: done in the engine's place, or seen without it,
at a time at which it was there."""


class ServiceRefused(Data, frozen=True, tag="service-refused"):
    """Requests of a service that the engine has refused, which an honest one does not make: how many, why, since the
    last such entry. `example`: the kind of the last."""

    service: Name
    reason: AskRefusal
    count: Count
    example: Text


class BrokerLost(Data, frozen=True, tag="broker-lost"):
    """The engine lost the broker at `since` (wall time); no node is blamed for its silence meanwhile."""

    since: Wall
    detail: Text


class BrokerBack(Data, frozen=True, tag="broker-back"):
    """The engine has the broker again."""

    lost_for: Span
    """Milliseconds."""


ServiceFact = (
    AccountMade
    | PasswordSet
    | SignedIn
    | SignInFailed
    | EngineStarted
    | NotifyStopped
    | ConsoleStarted
    | ConsoleStopped
    | EngineStopped
    | ServiceRefused
    | BrokerLost
    | BrokerBack
)
"""Every fact about the services."""

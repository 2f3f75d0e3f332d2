"""Facts of the hub about areas that are set and unset: what officers ask, and what they approve of."""

from __future__ import annotations

from typing import Literal

from wire.messages.base import Data, Name, Person, Wall, Written


class GuardRequested(Data, frozen=True, tag="guard-requested"):
    """An officer at the console wants the area set now, or not set by the hour yet. Its node decides."""

    area: Name
    act: Literal["set", "extend"]


class UnsettingAllowed(Data, frozen=True, tag="unsetting-allowed"):
    """This person may unset the area alone out of its hours, from one wall time to another. Somebody else says so."""

    area: Name
    person: Person
    since: Wall
    until: Wall
    cause: Written


class UnsettingForbidden(Data, frozen=True, tag="unsetting-forbidden"):
    """What this person was allowed at the area is taken back."""

    area: Name
    person: Person


SetFact = GuardRequested | UnsettingAllowed | UnsettingForbidden

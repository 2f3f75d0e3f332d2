"""What nodes record of the everyday guard of their areas: set, unset, and what stands between the two."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from wire.messages.base import Count, Credential, Data, Message, Name, Number, Person, Place, Seconds, Uptime, Wall

GuardState = Literal["unset", "set"]
MOST_NAMED_POINTS = 256
"""Points that one such record names: all that a board has."""
Points = Annotated[tuple[Place, ...], Meta(max_length=MOST_NAMED_POINTS)]


class GuardedArea(Message, frozen=True):
    """How an area stands that is guarded on ordinary days, and the number of that: each change takes the next."""

    area: Name
    state: GuardState
    number: Number


class Setting(Data, frozen=True, tag="setting"):
    """Somebody closes up at this reader: if nothing is opened in so many seconds, the area is set."""

    area: Name
    reader: Place
    credential: Credential
    person: Person
    seconds: Seconds


SetBy = Literal["badge", "button", "console", "time", "not-entered", "not-known"]


class AreaSet(Data, frozen=True, tag="area-set"):
    """The area is set from now on, under this number. `by`: a badge shown twice; a badge and the button for it; an
    officer at the console; the hour; a walk of which nobody entered; `not-known`: nothing on the node's disk said how
    it stood. `left_open`: points that were not normal, which are guarded once they are. `inside`: how many were taken
    to be inside; nobody is from now on."""

    area: Name
    number: Number
    by: SetBy
    person: Person | None = None
    left_open: Points = ()
    inside: Count = 0


UnsetBy = Literal["badge", "two", "approval", "told", "unsealed", "begun"]


class AreaUnset(Data, frozen=True, tag="area-unset"):
    """The area is unset from now on, under this number. `by`: one badge within its hours; outside them those of two
    people, of one with an approval, or of one where that is enough and told; its sealing is over; or it has `begun` to
    be guarded. `until`: for how long that is extended, where it was outside its hours."""

    area: Name
    number: Number
    by: UnsetBy
    people: tuple[Person, ...] = ()
    until: Wall | None = None


class FirstOfTwo(Data, frozen=True, tag="first-of-two"):
    """Outside its hours two people unset the area: this is the badge of the first."""

    reader: Place
    credential: Credential
    person: Person


class SetRefused(Data, frozen=True, tag="set-refused"):
    """Somebody has tried to close up, and the area is not set: these points are open, or people are taken to be
    inside."""

    area: Name
    person: Person | None
    points: Points = ()
    inside: Count = 0


class SetCancelled(Data, frozen=True, tag="set-cancelled"):
    """A door was opened while the area was about to be set, so it is not."""

    area: Name
    person: Person | None


class SetExtended(Data, frozen=True, tag="set-extended"):
    """The area is not set by the hour before this time: somebody stays. `by`: a badge, or an officer at the console."""

    area: Name
    until: Wall
    by: Literal["badge", "console"]
    person: Person


class NotSet(Data, frozen=True, tag="not-set"):
    """The hour to set the area has come, and it is not: these points are open, or people are taken to be inside."""

    area: Name
    points: Points
    inside: Count


class SomebodyInside(Data, frozen=True, tag="somebody-inside"):
    """The area is set, and somebody in it wants out: by the exit button, the reader inside, or the innermost door."""

    area: Name
    by: Literal["button", "reader", "door"]
    number: Number


class SomebodyOut(Data, frozen=True, tag="somebody-out"):
    """A right badge was shown at the area's reader soon after somebody in it wanted out."""

    area: Name
    person: Person


class WatchWhileSet(Data, frozen=True, tag="watch-while-set"):
    """While set: which points were supervised from `since` to `until`, and every gap of over a second."""

    area: Name
    number: Number
    points: Points
    since: Uptime
    until: Uptime
    gaps: tuple[tuple[Uptime, Uptime], ...]


class ReaderDeaf(Data, frozen=True, tag="reader-deaf"):
    """A badge was refused at this reader so often that for so long it is not listened to there. Any other is."""

    reader: Place
    credential: Credential
    person: Person | None
    seconds: Seconds

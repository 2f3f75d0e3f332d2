"""One area's doors: who goes in, who goes out, and which opening nobody had a right to.

A *walk* is somebody's way through the doors in turn, inwards after a grant, outwards after the exit button, a badge
at an inside reader, or (`free`) by the opening itself. Rules:

- Each door in turn may be opened within the area's seconds after the one before. A door that stands open is passed
  without an opening, so two people who were granted and go through one opening have both entered.
- A door already passed may open again within the time: doors bounce, and people hold them for each other. In a `free`
  area the innermost door may so only for BOUNCE_MS once somebody is in: later it is somebody who comes out again, and
  whoever is taken to be inside while nobody is would make a forced door look like leaving.
- Through the last door: `Entered` or `Left`. Time over before: `NotEntered`. Who had passed some doors may then
  still turn back through them for TURN_BACK_MS.
- The same badge again does not count twice while the walk lasts. A second person's walk runs beside the first.
- `free`: while somebody is in, an opening of the innermost door that belongs to no walk is somebody leaving.
- Nobody is taken to be inside for longer than STAY_MS after the area's doors have last moved: two may have left by one
  opening, or while the node was off, and whoever forces the door would pass for a third.
- Each outcome that changes the count of those inside says what it is now, and `Emptied` that it is 0 without anybody
  having left: whoever is told of them adds nothing up.
- Where there is no door nobody enters or leaves: a badge at a bank of cabinets is granted, and that is all.
- Every opening is shown to every walk; one that no walk accepts is for the caller to call forced.

Times are those of the edge, in milliseconds since boot; nothing here needs a wall clock or the hub.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from wire.messages import Emptied, EmptiedWhy, Entered, LeaveBy, Left, NotEntered, Person, Place, PlanArea

GRACE_MS = 1_000
"""Added to each time limit: an opening is known only once it has settled, or with the next reading."""
TURN_BACK_MS = 60_000
BOUNCE_MS = 3_000
STAY_MS = 8 * 3_600_000
"""How long somebody counts as inside without a sign: a working day, and over before the next morning."""

Outcome = Entered | NotEntered | Left | Emptied


class _Walk:
    """Somebody's way through `doors`, in this order."""

    def __init__(self, doors: tuple[Place, ...], person: Person | None, by: LeaveBy | None, at: int, until: int):
        self.doors = doors
        self.person = person
        self.by = by
        """How they leave; None for somebody who enters."""
        self.until = until
        self.ran_out = False
        self.began = at
        self._turn = 0
        self._moved = False
        self._last_opened = at

    @property
    def through(self) -> bool:
        return self._turn == len(self.doors)

    def pass_open(self, open_doors: AbstractSet[Place]) -> None:
        """Doors that stand open are passed."""
        while not self.through and self.doors[self._turn] in open_doors:
            self._turn += 1

    def opened(self, door: Place, at: int, milliseconds: int, again_until: int | None) -> bool:
        """Whether this opening belongs to the walk. `again_until`: for how long after its opening the last door of a
        walk that is through may open again; None for as long as the walk lasts."""
        if door not in self.doors or not self.began <= at <= self.until:
            return False
        index = self.doors.index(door)
        if index == self._turn and not self.ran_out:
            self._turn, self._moved, self._last_opened = index + 1, True, at
            self.until = at + milliseconds
            return True
        if self.through and again_until is not None and index == len(self.doors) - 1:
            return at <= self._last_opened + again_until
        return index < self._turn

    def run_out(self) -> bool:
        """Time is over. Whether it may still turn back."""
        if self.ran_out or self.through or not self._moved:
            return False
        self.ran_out = True
        self.until += TURN_BACK_MS
        return True


class Passage:
    """The doors of one area."""

    def __init__(self, area: PlanArea, inside: int = 0, moved_at: int = 0) -> None:
        """`inside`: how many were in before the node was started, and had moved a door last at `moved_at`."""
        self.area = area
        self.inside = inside
        """How many have entered and not left, as far as the node has seen."""
        self._walks: list[_Walk] = []
        self._moved_at = moved_at
        """When somebody last had a right to move a door."""

    def enter(self, person: Person, at: int, open_doors: AbstractSet[Place]) -> list[Outcome]:
        """A badge was granted at `at`."""
        for walk in self._walks:
            lasts = at <= walk.until or not walk.through
            if walk.person == person and walk.by is None and lasts and not walk.ran_out:
                walk.until = max(walk.until, at + self._milliseconds)
                return []
        return self._begin(_Walk(self.area.doors, person, None, at, at + self._milliseconds), open_doors)

    def leave(self, by: LeaveBy, person: Person | None, at: int, open_doors: AbstractSet[Place]) -> list[Outcome]:
        """The exit button was pressed, or a badge shown at an inside reader."""
        for walk in self._walks:
            if walk.by == by and walk.person == person and not walk.through:
                walk.until = max(walk.until, at + self._milliseconds)
                return []
        return self._begin(_Walk(self.area.doors[::-1], person, by, at, at + self._milliseconds), open_doors)

    def opened(self, door: Place, at: int, open_doors: AbstractSet[Place]) -> tuple[bool, list[Outcome]]:
        """A door was opened at `at`. Whether somebody had a right to, and what came of it."""
        waiting = [walk for walk in self._walks if not walk.through and not walk.ran_out and at <= walk.until]
        free = self.area.leave == "free"
        accepted = [
            walk.opened(door, at, self._milliseconds, BOUNCE_MS if free and walk.by is None else None)
            for walk in self._walks
        ]
        outcomes = [outcome for walk in waiting for outcome in self._pass(walk, open_doors)]
        if any(accepted):
            self._moved_at = at
            return True, outcomes
        if self.area.leave != "free" or not self.inside or not self.area.doors or door != self.area.doors[-1]:
            return False, outcomes
        return True, outcomes + self.leave("free", None, at, open_doors)

    def prolong(self, person: Person, until: int) -> None:
        """Somebody who was granted may begin to enter up to then."""
        for walk in self._walks:
            if walk.person == person and walk.by is None and not walk.through:
                walk.until = max(walk.until, until)

    def advance(self, now: int) -> list[Outcome]:
        """Time has passed: who has not entered."""
        over = [walk for walk in self._walks if now > walk.until + GRACE_MS]
        outcomes = _not_entered(self.area, over)
        self._walks = [walk for walk in self._walks if walk not in over or walk.run_out()]
        if now > self._moved_at + STAY_MS:
            outcomes += self._empty("stay-over")
        return outcomes

    def close(self, why: EmptiedWhy) -> list[Outcome]:
        """The area is sealed, set or planned anew: nobody is under way or inside any more."""
        # Whoever closes up has been granted, and does not go in: that is not worth a word.
        outcomes = [] if why == "set" else _not_entered(self.area, self._walks)
        self._walks = []
        return outcomes + self._empty(why)

    def _empty(self, why: EmptiedWhy) -> list[Outcome]:
        was, self.inside = self.inside, 0
        return [Emptied(area=self.area.name, why=why)] if was else []

    @property
    def _milliseconds(self) -> int:
        return self.area.seconds * 1000

    def _begin(self, walk: _Walk, open_doors: AbstractSet[Place]) -> list[Outcome]:
        if not self.area.doors:
            return []
        self._walks.append(walk)
        self._moved_at = walk.began
        return self._pass(walk, open_doors)

    def _pass(self, walk: _Walk, open_doors: AbstractSet[Place]) -> list[Outcome]:
        walk.pass_open(open_doors)
        if not walk.through:
            return []
        if walk.by is None and walk.person is not None:
            self.inside += 1
            return [Entered(area=self.area.name, person=walk.person, inside=self.inside)]
        self.inside = max(0, self.inside - 1)
        return [Left(area=self.area.name, by=walk.by or "free", inside=self.inside, person=walk.person)]


def _not_entered(area: PlanArea, walks: list[_Walk]) -> list[Outcome]:
    return [
        NotEntered(area=area.name, person=walk.person)
        for walk in walks
        if walk.by is None and walk.person is not None and not walk.through and not walk.ran_out
    ]

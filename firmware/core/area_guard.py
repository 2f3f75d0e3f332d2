"""The everyday guard of one area at the node of its reader: set, unset, and what stands between the two.

What decides is in the tables of `set_area`; here is what they are asked about, and what comes of their answers. It is
long since a badge, a point, the hour and an order may each change how the area stands.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Literal, NamedTuple

from msgspec.structs import replace

from firmware.core import set_area
from firmware.core.doors import Doors
from firmware.core.effects import BeatNow, Effect, Keep
from firmware.core.points import Points
from firmware.core.presented import Served, Shown, When
from firmware.core.set_area import Inside
from firmware.core.shows import Answer, Shows
from firmware.core.sounder import OwnSounder
from firmware.core.stands import Stands
from wire import messages as m


class Around(NamedTuple):
    """The other parts of the node that an area's guard looks at or speaks through."""

    points: Points
    doors: Doors
    sounder: OwnSounder
    shows: Shows


class _Begun(NamedTuple):
    """Somebody closes up: the area is set at `until` if nothing is opened."""

    by: m.SetBy
    person: m.Person
    until: int


class AreaGuard:
    """One area. `stands` is on disk; all else is a matter of seconds, and lost with a boot."""

    def __init__(self, rule: m.Guarding, access: m.AccessList, stands: Stands, around: Around) -> None:
        self.rule = rule
        self.access = access
        self.stands = stands
        self.sealed = False
        self.ports: tuple[str, ...] = ()
        """Of its readers outside, at this node."""
        self.doors: tuple[m.Place, ...] = ()
        """Those at this node, from the outside inwards."""
        self._points, self._doors, self._sounder, self._shows = around
        self._forget()

    def _forget(self) -> None:
        self._last: Shown | None = None
        self._begun: _Begun | None = None
        self._tried: _Begun | None = None
        self._broken_in = False
        self._told_inside: tuple[m.Person, int] | None = None
        self._first: tuple[m.Person, int] | None = None
        self._entering: m.Person | None = None
        self._told = False
        self._warned_at: int | None = None
        self._out_until: int | None = None

    @property
    def name(self) -> m.Name:
        """Of the area."""
        return self.rule.area

    @property
    def is_set(self) -> bool:
        """Whether it is set, and not sealed on top of that."""
        return self.stands.state == "set" and not self.sealed

    def guarded(self, place: m.Place, at: int) -> int | None:
        """The number under which this point is guarded; None: it is not."""
        if not self.is_set or place in self.stands.left_open:
            return None
        gets_out = self._out_until is not None and at <= self._out_until and place in self.doors
        return None if gets_out else self.stands.number

    # ------------------------------------------------------------ badges and the button

    def badge(self, shown: Shown, when: When) -> Generator[Effect, None, Served]:
        """What a badge outside changes, before it is judged for entry, and what it has served for by that."""
        if self._out_until is not None and shown.may_close_up and shown.at <= self._out_until:
            self._out_until = None
            yield Keep(m.SomebodyOut(area=self.name, person=shown.holder.person))
            yield from self._shows.show(shown.reader.port, "counted", when.mono)
            return "getting-out"
        if self.is_set:
            served = yield from self._opens(shown, when)
        elif self._is_twice(shown):
            yield from self._closes_up(shown, "badge", when)
            return "closing-up"
        else:
            served = "nothing"
            if shown.reason is None:
                self._entering = self._entering and shown.holder.person
                if set_area.counts_anew(self.rule, self.access, when.wall, when.trust):
                    self.stands = replace(self.stands, since=when.wall)
        self._last = shown
        return served

    def pressed(self, when: When) -> Iterator[Effect]:
        """The button for closing up: it counts for whoever has just shown a badge."""
        shown = self._last
        if shown is None or self.is_set or self.sealed or not shown.may_close_up:
            return
        if 0 <= when.mono - shown.at <= set_area.BUTTON_MS:
            yield from self._closes_up(shown, "button", when)

    def asked(self, order: m.GuardAsked, when: When) -> Iterator[Effect]:
        """An officer at the console wants it set now, or not set by the hour yet. What is sealed or set stays so."""
        if self.sealed or self.is_set:
            return
        if order.act == "extend":
            yield from self._stay("console", order.person, when)
        elif self._begun is None:
            yield from self._close_up("console", order.person, when)

    def attend(self, reader: m.Place, credential: m.Credential, holder: m.Holder) -> Iterator[Effect]:
        """Somebody who may is there about what was opened while it is set. That unsets nothing."""
        may = self.name in (*holder.opens, *holder.responds)
        if self.is_set and may and self._sounder.sounds_for(self.name):
            yield Keep(m.Attended(reader=reader, credential=credential, person=holder.person, alarms=()))
            yield from self._sounder.quiet_area(self.name, "attended")

    def _is_twice(self, shown: Shown) -> bool:
        first = self._last
        if first is None or not shown.may_close_up:
            return False
        if (first.reader, first.credential) != (shown.reader, shown.credential):
            return False
        shortest, longest = set_area.TWICE_MS
        return shortest <= shown.at - first.at <= longest

    def _hour(self, when: When) -> set_area.Hour:
        return set_area.hour(self.rule, self.access, when.wall, when.trust)

    def _opens(self, shown: Shown, when: When) -> Generator[Effect, None, Served]:
        """A badge is shown while the area is set. Grants hold as ever, but that two do without the time."""
        person, first = shown.holder.person, self._first
        if self.name not in shown.holder.opens or shown.reason not in (None, "clock"):
            return "nothing"
        approved = set_area.approved_until(self.access, self.rule, person, when.wall, when.trust)
        second = first is not None and first[0] != person and 0 <= shown.at - first[1] <= set_area.SECOND_MS
        speaks: set_area.Speaks = "second" if second else "approved" if approved is not None else "alone"
        answer = set_area.UNSETTING[self._hour(when), self.rule.outside, speaks]
        if answer == "first":
            self._first = (person, shown.at)
            yield Keep(m.FirstOfTwo(reader=shown.reader.place, credential=shown.credential, person=person))
            yield from self._shows.show(shown.reader.port, "counted", when.mono)
            return "first-of-two"
        people = (first[0], person) if first is not None and answer == "two" else (person,)
        until = None if answer == "badge" else max(when.wall + set_area.OUT_MS, approved or 0)
        yield from self.unset(answer, people, until, when)
        self._entering = person
        return "unsetting"

    def _closes_up(self, shown: Shown, by: m.SetBy, when: When) -> Iterator[Effect]:
        self._last = None
        if self._begun is not None:
            return
        person = shown.holder.person
        yield Keep(
            m.Setting(
                area=self.name,
                reader=shown.reader.place,
                credential=shown.credential,
                person=person,
                seconds=set_area.SETTING_MS // 1000,
            )
        )
        # Whoever opens a door after this stays, also where it is refused: for who is in, or for what they have open.
        self._tried = _Begun(by, person, when.mono + set_area.SETTING_MS)
        self._doors.prolong(self.name, person, self._tried.until)
        yield from self._close_up(by, person, when)

    def _close_up(self, by: m.SetBy, person: m.Person, when: When) -> Iterator[Effect]:
        points, inside = self._open, self._doors.inside_of(self.name)
        told = self._told_inside
        knows = told is not None and told[0] == person and when.mono - told[1] <= set_area.INSIDE_AGAIN_MS
        counted: Inside = "nobody" if not inside else "told" if knows else "somebody"
        answer = set_area.CLOSING_UP[bool(points), counted]
        if answer != "begin":
            yield from self._refuse(person, points if answer == "points" else (), inside * (answer == "inside"), when)
            return
        self._told_inside = None
        self._begun = _Begun(by, person, when.mono + set_area.SETTING_MS)
        for port in self.ports:
            self._shows.sign(port, "setting", self._begun.until)

    def _refuse(self, person: m.Person, points: tuple[m.Place, ...], inside: int, when: When) -> Iterator[Effect]:
        self._told_inside = (person, when.mono) if inside else None
        yield Keep(m.SetRefused(area=self.name, person=person, points=points, inside=inside))
        yield from self._show("inside" if inside else "not-set", when)

    # ------------------------------------------------------------ levels

    def wants_out(self, record: m.LevelChanged, leaves: bool, when: When) -> Iterator[Effect]:
        """Whether this says that somebody is shut in: the exit button (`leaves`), or the innermost of several doors
        while the others are shut. To be asked before the record of it is stamped."""
        innermost = len(self.doors) > 1 and record.point == self.doors[-1] and not self._broken_in
        if leaves:
            yield from self.shut_in("button", when)
        elif innermost and not any(self._points.is_open(one) for one in self.doors[:-1]):
            yield from self.shut_in("door", when)

    def shut_in(self, by: Literal["button", "reader", "door"], when: When) -> Iterator[Effect]:
        """Somebody in an area that is set wants out."""
        if self.is_set and self._out_until is None:
            yield Keep(m.SomebodyInside(area=self.name, by=by, number=self.stands.number))
            self._out_until = when.mono + set_area.OUT_AGAIN_MS

    def changed(self, place: m.Place, level: m.Level, at: int, *, silent: bool) -> Iterator[Effect]:
        """A point's level has changed: while set, anything but normal sounds, unless it is to be `silent`. One that was
        left open is guarded from the moment it is normal."""
        if not self.is_set:
            return
        if level == "normal":
            self._shut(place)
        elif self.rule.decides and not silent and self.guarded(place, at) is not None:
            self._broken_in = True
            yield from self._sounder.opened(self.name)

    def not_yet(self, place: m.Place) -> None:
        """A point is not guarded before it has been normal."""
        self.stands = replace(self.stands, left_open=(*self.stands.left_open, place))

    def read(self, place: m.Place) -> None:
        """A point was read. It may have been closed while the node was off, and then nothing of it changes."""
        if place in self.stands.left_open and self._points.is_normal(place):
            self._shut(place)

    def _shut(self, place: m.Place) -> None:
        self.stands = replace(self.stands, left_open=tuple(one for one in self.stands.left_open if one != place))

    def opened(self, forced: bool, when: When) -> Iterator[Effect]:
        """A door was opened while the area was not set: whoever was closing up has come back, or somebody else has."""
        begun, tried = self._begun, self._tried
        self._last = self._entering = self._begun = self._tried = None
        if begun is not None:
            self._no_sign()
        late = set_area.may_stay(self.rule, self.access, when.wall)
        if tried is not None and when.mono <= tried.until and not forced and late and self._is_opener(tried.person):
            yield from self._stay("badge", tried.person, when)
            yield from self._show("counted", when)
        elif begun is not None:
            yield Keep(m.SetCancelled(area=self.name, person=begun.person))

    def _is_opener(self, person: m.Person) -> bool:
        return any(one.person == person and self.name in one.opens for one in self.access.holders)

    def not_entered(self, person: m.Person, when: When) -> Iterator[Effect]:
        """Whoever has unset the area has opened nothing: it is set again."""
        if self._entering == person and not self.is_set:
            yield from self.set("not-entered", person, when)

    # ------------------------------------------------------------ time

    def advance(self, when: When) -> Iterator[Effect]:
        """Time has passed."""
        if self.sealed:
            return
        if self._out_until is not None and when.mono > self._out_until:
            self._out_until = None
            yield from self._sounder.opened(self.name)
        if self.is_set:
            return
        self._put_right(when.wall)
        if self._begun is None:
            yield from self._by_time(when)
        elif when.mono >= self._begun.until:
            begun, self._begun = self._begun, None
            if self._open:
                self._no_sign()
                yield from self._refuse(begun.person, self._open, 0, when)
            else:
                yield from self.set(begun.by, begun.person, when)

    def _by_time(self, when: When) -> Iterator[Effect]:
        due = set_area.due(self.rule, self.access, self.stands, when.wall, when.trust)
        phase = due.phase(when.wall) if due else "early"
        points, inside = self._open, self._doors.inside_of(self.name)
        answer = set_area.BY_TIME[phase, not points and not inside]
        if answer in ("set", "set-anyway"):
            yield from self.set("time", None, when)
            return
        if answer == "nothing":
            self._told = False
            return
        if answer == "tell" and not self._told:
            self._told = True
            yield Keep(m.NotSet(area=self.name, points=points, inside=inside))
        if self._warned_at is None or when.mono - self._warned_at >= set_area.MINUTE_MS:
            self._warned_at = when.mono
            yield from self._show("closing", when)

    def _put_right(self, wall: int) -> None:
        """A clock that was ahead when somebody came, and has been set back since, puts nothing off for that."""
        since, until = min(self.stands.since, wall), self.stands.until
        until = until if until <= wall + set_area.LONGEST_MS else 0
        if (since, until) != (self.stands.since, self.stands.until):
            self.stands = replace(self.stands, since=since, until=until)

    # ------------------------------------------------------------ set and unset

    def set(self, by: m.SetBy, person: m.Person | None, when: When) -> Iterator[Effect]:
        """It is set from now on, and nobody is in it or on the way."""
        inside = self._doors.inside_of(self.name)
        left_open = self._open if by in ("time", "not-entered") else ()
        number = self.stands.number + 1
        not_yet = (*left_open, *self._points.seals_off(self.name))
        self.stands = Stands(area=self.name, state="set", number=number, left_open=not_yet)
        self._forget()
        yield Keep(m.AreaSet(area=self.name, number=number, by=by, person=person, left_open=left_open, inside=inside))
        for outcome in self._doors.close(self.name, "set"):
            yield Keep(outcome)
        self._no_sign()
        if by != "not-known":
            yield from self._show("set", when)
        yield BeatNow()

    def unset(self, by: m.UnsetBy, people: tuple[m.Person, ...], until: int | None, when: When) -> Iterator[Effect]:
        """It is unset from now on; people stay `until` that wall time in ms, where they say so by coming."""
        number = self.stands.number + 1
        self.stands = Stands(area=self.name, state="unset", number=number, until=until or 0, since=when.wall)
        self._forget()
        yield Keep(m.AreaUnset(area=self.name, number=number, by=by, people=people, until=until))
        yield from self._sounder.quiet_area(self.name, "unset")
        yield BeatNow()

    def seal(self) -> None:
        """It is sealed, which is more than set: what was a matter of seconds is over."""
        self.sealed = True
        self._forget()
        self._no_sign()

    def let_go(self, over: bool, when: When) -> Iterator[Effect]:
        """It is sealed no longer. Who has unsealed it has an hour there; where it never came to that (`over` is false),
        it is as it was before: by a sealing that the hub begins and takes back nothing may be unset."""
        self.sealed = False
        if over:
            yield from self.unset("unsealed", (), when.wall + set_area.OUT_MS, when)
        elif not self.stands.number:
            yield from self.set("not-known", None, when)
        elif self.is_set and any(one not in self.stands.left_open for one in self._open):
            yield from self._sounder.opened(self.name)

    def presume(self, state: m.GuardState, when: When) -> None:
        """Another node decides, and has not said yet how it stands."""
        self.stands = Stands(area=self.name, state=state, number=self.stands.number, since=when.wall)

    def follow(self, order: m.Guard, when: When) -> Iterator[Effect]:
        """The node of the area's reader has said how it stands."""
        if (self.stands.state, self.stands.number) == (order.state, order.number):
            return
        left_open = (*self._open, *self._points.seals_off(self.name)) if order.state == "set" else ()
        self.stands = Stands(
            area=self.name, state=order.state, number=order.number, since=when.wall, left_open=left_open
        )
        for outcome in self._doors.close(self.name, "set") if order.state == "set" else []:
            yield Keep(outcome)

    def _stay(self, by: Literal["badge", "console"], person: m.Person, when: When) -> Iterator[Effect]:
        until = set_area.stays_until(self.rule, self.access, self.stands, when.wall)
        self.stands = replace(self.stands, until=until)
        self._told = False
        yield Keep(m.SetExtended(area=self.name, until=until, by=by, person=person))

    # ------------------------------------------------------------ within

    @property
    def _open(self) -> tuple[m.Place, ...]:
        seals = self._points.seals_off(self.name)
        return tuple(one for one in self._points.open_of(self.name) if one not in seals)

    def _no_sign(self) -> None:
        for port in self.ports:
            self._shows.sign(port, None, 0)

    def _show(self, answer: Answer, when: When) -> Iterator[Effect]:
        for port in self.ports:
            yield from self._shows.show(port, answer, when.mono)

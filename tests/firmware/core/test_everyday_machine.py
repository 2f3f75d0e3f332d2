"""An archive on any days whatever: people, doors, hours, power cuts, lists and orders in any order.

Nothing unsets it but whom the rules name; what is set stays so, and every opening of it is told under its number and
heard; what is in use is set at the latest an hour after the office has closed, unless somebody stays. The model knows
the week as people do, and the rules as sentences. Bugs planted in the node are found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from firmware.core import hours, set_area
from firmware.core.area_guard import AreaGuard
from firmware.core.doors import Doors
from firmware.core.everyday import Everyday
from firmware.core.kept import Kept
from firmware.core.sounder import OwnSounder
from firmware.core.stands import Stands
from tests.firmware.core.cast import (
    CHEN_JIE,
    DAY,
    DOORS,
    LI_NA,
    STRANGER,
    WANG_FANG,
    ZHANG_WEI,
    Bench,
    seal_order,
)
from tests.firmware.core.office import (
    BUTTON,
    CABINET,
    CORRIDOR,
    EXIT,
    GUARDING,
    HOLDERS,
    SECURITY,
    WINDOW,
    ZHAO_MIN,
    a_list,
    at,
    begun,
    in_use,
    shut,
)
from tests.support import hunting
from wire import messages as m

Patch = pytest.MonkeyPatch
ANY = settings(hunting.WALK, max_examples=20, stateful_step_count=20)
MORE = settings(hunting.WALK, max_examples=300, stateful_step_count=25)
PERSON = {ZHANG_WEI: 1001, LI_NA: 1002, WANG_FANG: 1003, CHEN_JIE: 1004, ZHAO_MIN: 1006}
OPENERS = {1001, 1002, 1006}
MINUTE, HOUR = 60_000, 3_600_000
DAYS: dict[str, m.DayNamed] = {"2026-09-23": "off", "2026-09-26": "worked"}
"""Wednesday is a holiday, and Saturday is worked for it."""
POINTS = (*DOORS, WINDOW, CABINET)
A_POINT = st.sampled_from((*POINTS, CORRIDOR, CABINET))
ANYBODY = st.sampled_from((ZHANG_WEI, LI_NA, ZHAO_MIN, CHEN_JIE, WANG_FANG, STRANGER))
OUT_OF_TIME = 10**12
TURN = 10 * MINUTE + 10_000
"""The longest in which the process turns once, and somewhat more."""


class Day:
    """A wall time, as people see it."""

    def __init__(self, wall: int) -> None:
        days, self.minute = divmod(wall // MINUTE + 480, 1440)
        since_monday = days - (at(0) // MINUTE + 480) // 1440
        self.midnight = wall - wall % MINUTE - self.minute * MINUTE
        self.works = since_monday % 7 < 5
        if since_monday in (2, 5):
            self.works = since_monday == 5

    @property
    def one_is_enough(self) -> bool:
        """Half past seven to half past six."""
        return self.works and 450 <= self.minute < 1110

    @property
    def in_use(self) -> bool:
        """The office is open, or soon is: no hour sets anything."""
        return self.works and 450 <= self.minute < 1050

    @property
    def close(self) -> int:
        return self.midnight + 1050 * MINUTE

    @property
    def office_hours(self) -> bool:
        """The schedule of those whose grant ends at six. It holds on a worked Saturday, and on no holiday."""
        return self.works and 480 <= self.minute < 1080


class Archive(RuleBasedStateMachine):
    """The archive, and a second node of it. `known` is what a person would know of how it stands."""

    @initialize(is_set=st.booleans(), hour=st.sampled_from((2, 8, 11, 17, 20)), day=st.sampled_from((0, 0, 2, 4, 5)))
    def a_day_begins(self, is_set: bool, hour: int, day: int) -> None:
        self.list = replace(a_list(days=DAYS), version=10)
        wall = at(hour, 20, day)
        self.bench: Bench = shut(wall, self.list) if is_set else in_use(wall, self.list, since=wall - 10 * MINUTE)
        self.other = begun(at(2), (Stands(area="archive", state="set", number=4),), self._followed())
        self.is_set, self.number = is_set, 4 if is_set else 3
        self.left_open: set[str] = set()
        self.open: set[str] = set()
        self.sounds = self.sealed = self.firm = self.guarded = self.broken_in = False
        self.guarded = True
        self.out_until: int | None = None
        self.first: tuple[int, int] | None = None
        self.last: tuple[int, int] | None = None
        self.told_inside: tuple[int, int] | None = None
        self.closing: tuple[str, int, int] | None = None
        self.tried: tuple[int, int] | None = None
        """Who has closed up, or tried to, and up to when a door that they open says that they stay."""
        self.since, self.until = wall - 10 * MINUTE, 0
        self.nobody_came: int | None = None
        self.lost = False
        self.deaf: dict[str, int] = {}
        self.other_open = False
        self.sealing = 4
        self.step = 0
        self._settle([])
        assert (stands_of(self.bench)[0] == "set") == is_set, "it begins as it was"

    # ---- people

    @rule(number=ANYBODY, port=st.sampled_from(("r1", "r1", "r1", "r2")), wait=st.sampled_from((0, 0, 70)))
    def a_badge(self, number: str, port: str, wait: int) -> None:
        """Perhaps nobody goes in then."""
        self._passes(2.2, 1.1)  # sooner it would be the same badge, still held to the reader
        self._badge(number, port)
        self._passes(wait)

    @rule(
        number=st.sampled_from((ZHANG_WEI, LI_NA, CHEN_JIE)),
        opens=st.sampled_from((None, None, WINDOW, CORRIDOR)),
        wait=st.sampled_from((0, 15, 35)),
    )
    def somebody_closes_up(self, number: str, opens: str | None, wait: int) -> None:
        """Perhaps something is opened meanwhile."""
        for _ in range(2):
            self._passes(3, 1)
            self._badge(number, "r1")
        if opens:
            self._passes(2)
            self._moves(opens)
        self._passes(wait)

    @rule(seconds=st.sampled_from((3, 19, 22)), second=st.sampled_from((LI_NA, ZHANG_WEI, CHEN_JIE)))
    def two_come(self, seconds: int, second: str) -> None:
        self._passes(2.2, 1.1)
        self._badge(ZHANG_WEI, "r1")
        self._passes(seconds)
        self._badge(second, "r1")

    @rule()
    def somebody_goes_in(self) -> None:
        self._passes(2.2, 1.1)
        self._badge(ZHANG_WEI, "r1")
        for door in DOORS:
            for _ in range(2):
                self._moves(door)
        self._passes(15)

    @rule(place=A_POINT, again=st.booleans())
    def somebody_opens_or_closes(self, place: str, again: bool) -> None:
        self._moves(place)
        if again:
            self._passes(1)
            self._moves(place)

    @rule(after=st.sampled_from((None, ZHANG_WEI, CHEN_JIE, WANG_FANG)), seconds=st.sampled_from((2, 12)))
    def the_button_for_closing_up(self, after: str | None, seconds: int) -> None:
        if after:
            self._passes(2.2, 1.1)
            self._badge(after, "r1")
            self._passes(seconds)
        pressed_for = self.last
        self.bench.open(BUTTON)
        counts = pressed_for is not None and self.bench.mono - pressed_for[1] <= 10_200 and self._usable()
        closes = ("button", pressed_for[0]) if counts and pressed_for else None
        self.last = None if closes else self.last
        self._judge(closes=closes if self.closing is None else None)
        self.bench.close(BUTTON)
        self._judge()

    @rule()
    def somebody_is_shut_in(self) -> None:
        self.bench.open(EXIT)
        self._shut_in()
        self._judge()
        self.bench.close(EXIT)
        self._judge()

    # ---- time

    @rule(seconds=st.sampled_from((1, 8, 20, 35, 70)))
    def a_while(self, seconds: int) -> None:
        self._passes(seconds)

    @rule(hour=st.sampled_from(((2, 0), (7, 20), (7, 40), (11, 0), (16, 40), (17, 40), (17, 47), (18, 32), (20, 0))))
    def it_is_later(self, hour: tuple[int, int]) -> None:
        wall = self.bench.node.wall(self.bench.now)[0]
        wanted = Day(wall).midnight + (hour[0] * 60 + hour[1]) * MINUTE
        self._passes(((wanted - wall) % DAY) / 1000, 300)

    @rule(days=st.sampled_from((1, 1, 2)))
    def days_later(self, days: int) -> None:
        self._passes(days * DAY / 1000, 600)

    # ---- the machinery

    @rule(clock=st.sampled_from((True, True, False)))
    def the_power_fails(self, clock: bool) -> None:
        """Perhaps the node does not know how late it is afterwards, until it hears the hub."""
        before, real = self.bench, self.bench.hub_at_boot + self.bench.mono
        if not clock and self.sealed:
            return
        after = Bench(before._on_disk(), wall=real if clock else 0, hub=before.hub and clock)
        after.hub_at_boot = real - 1_000
        after.levels, after._beat = before.levels, before._beat
        self.bench = after
        self.first = self.last = self.closing = self.tried = self.told_inside = self.out_until = self.nobody_came = None
        self.deaf.clear()
        self.lost |= not clock
        if self._armed() and (self.open - self.left_open):
            self.sounds = True
        after.run(1)
        self._settle([])

    @precondition(lambda self: not self.sealed)
    @rule(back=st.booleans())
    def the_hub_is_away_or_back(self, back: bool) -> None:
        self.bench.hub = back
        self._passes(4)

    # ---- the hub

    @precondition(lambda self: not self.sealed)
    @rule(
        what=st.sampled_from(("outside", "outside", "expires", "expires", "fewer", "approval", "guards")),
        then=st.sampled_from((None, ZHANG_WEI, LI_NA)),
    )
    def another_list(self, what: str, then: str | None) -> None:
        """Perhaps somebody comes right after."""
        wall = self.bench.node.wall(self.bench.now)[0]
        known = replace(a_list(days=DAYS), version=self.list.version + 1)
        if what == "outside":
            known = replace(known, guards=(replace(GUARDING, outside="told"),))
        elif what == "expires":
            known = replace(known, expires=wall - 1)
        elif what == "fewer":
            known = replace(known, holders=tuple(replace(one, opens=()) for one in HOLDERS if one.person != 1001))
        elif what == "approval":
            given = m.Approval(area="archive", person=1001, since=wall - HOUR, until=wall + 3 * HOUR)
            known = replace(known, approvals=(given,))
        elif what == "guards":
            known = replace(known, guards=())
        begins = bool(known.guards) and not self.guarded
        self.list = known
        if not known.guards:
            self.guarded = self.sounds = False
            self.closing = self.tried = self.first = self.last = self.out_until = self.nobody_came = None
            self.left_open.clear()
        self.bench.order(known, until=OUT_OF_TIME)
        if begins:
            self.guarded = True
            self._judge(unsets=("begun", ()))
            self.nobody_came = None
        else:
            self._judge()
        if then:
            self._passes(2.2, 1.1)
            self._badge(then, "r1")

    @rule(act=st.sampled_from(("set", "extend")))
    def somebody_asks_at_the_console(self, act: Any) -> None:
        order = m.GuardAsked(area="archive", act=act, person=1003)
        self.bench.order(order, until=OUT_OF_TIME)
        usable = self._usable()
        if act == "set":
            self._judge(closes=("console", 1003) if usable and self.closing is None else None)
        else:
            self._judge(extends="console" if usable else None)

    @rule(number=st.sampled_from((3, 50)), state=st.sampled_from(("set", "unset")))
    def the_hub_would_have_it_so(self, number: int, state: Any) -> None:
        """There is no such order to the node that decides."""
        self.bench.order(m.Guard(area="archive", state=state, number=number), until=OUT_OF_TIME)
        self._judge()

    @precondition(lambda self: not self.sealed and self.bench.hub and not self.open and not self.sounds)
    @rule(firm=st.booleans())
    def it_is_sealed(self, firm: bool) -> None:
        self._passes(1)
        self.sealing += 1
        self.bench.order(seal_order(self.sealing, firm=firm), until=OUT_OF_TIME)
        self.sealed, self.firm = True, firm
        self.closing = self.tried = self.first = self.last = self.told_inside = self.out_until = self.nobody_came = None
        self._judge()

    @precondition(lambda self: self.sealed)
    @rule()
    def the_sealing_ends(self) -> None:
        self._passes(2.2, 1.1)
        number = self.sealing
        if self.firm:
            self.bench.order(
                m.Ceremony(reader="archive/reader", purpose="unseal", sealing=number, seconds=300), until=OUT_OF_TIME
            )
            for one in (ZHANG_WEI, LI_NA):
                self.bench.badge(one)
        self.bench.order(m.Unseal(area="archive", sealing=number), until=OUT_OF_TIME)
        self.sealed = False
        if self.firm and self.guarded:
            self._judge(unsets=("unsealed", ()))
        else:
            self.lost = True  # the hours of a sealing that came to nothing have gone by
            self._judge()
        self.nobody_came = None

    @rule(what=st.sampled_from(("told", "told", "opens", "cut")))
    def at_the_other_node(self, what: str) -> None:
        """It follows, records and does not sound."""
        other = self.other
        if what == "told" and self.guarded:
            state: Any = "set" if self.is_set else "unset"
            before = stands_of(other)
            other.order(m.Guard(area="archive", state=state, number=self.number), until=OUT_OF_TIME)
            if before != (state, self.number) and self.is_set and self.other_open:
                other.close(WINDOW)
                self.other_open = False
            other.forget()
            assert stands_of(other) == (state, self.number)
        elif what == "opens":
            state, number = stands_of(other)
            if self.other_open:
                other.close(WINDOW)
            else:
                other.open(WINDOW)
            self.other_open = not self.other_open
            told = [one.guard for one in other.told(m.LevelChanged)]
            assert told == [number if state == "set" else None], "it is recorded under the number that was told"
        elif what == "cut":
            before = stands_of(other)
            levels = other.levels
            other = self.other = other.rebooted()
            other.levels = levels
            other.run(1)
            assert stands_of(other) == before
        assert other.told(m.AreaSet, m.AreaUnset, m.Attended, m.SomebodyInside, m.SetExtended) == []
        assert not other.node.here(other.now, 1, "", 0).sounding
        other.forget()

    # ---- what holds at any time

    @invariant()
    def the_disk_says_what_the_memory_does(self) -> None:
        if not hasattr(self, "bench"):
            return
        disk, here = self.bench._on_disk(), self.bench.node.here(self.bench.now, 1, "", 0)
        kept = {one.area: one for one in disk.stands}
        for one in here.guards:
            assert (kept[one.area].state, kept[one.area].number) == (one.state, one.number)
            if one.state == "set" and not self.sealed:
                assert set(kept[one.area].left_open) == self.left_open
        if self.guarded:
            assert [(one.state, one.number) for one in here.guards] == [
                ("set" if self.is_set else "unset", self.number)
            ]
            if self.is_set:
                assert dict(disk.inside)["archive"] == 0, "nobody is taken to be in what is set"
        else:
            assert here.guards == ()

    @invariant()
    def the_siren_sounds_until_somebody_has_come(self) -> None:
        if hasattr(self, "bench") and not self.sealed:
            assert self.bench.node.here(self.bench.now, 1, "", 0).sounding == self.sounds

    def _in_time(self) -> None:
        """What is in use is set in time."""
        if not self._usable():
            return
        wall, trust = self.bench.node.wall(self.bench.now)
        if trust != "untrusted" and not self.lost and self.closing is None:
            soft, last = self._due()
            inside = dict(self.bench._on_disk().inside).get("archive", 0)
            due = last if self.open or inside else soft
            assert wall <= (Day(due).close + HOUR if Day(due).in_use else due) + TURN, "in use when it had to be set"
        if self.nobody_came is not None and self.bench.mono > self.nobody_came + 60_000:
            raise AssertionError("whoever has unset it has not come, and it is not set again")

    # ---- within: what is done

    def _usable(self) -> bool:
        """Whether it is in use, so that it may be set."""
        return self.guarded and not self.sealed and not self.is_set

    def _armed(self) -> bool:
        return self.guarded and not self.sealed and self.is_set

    def _passes(self, seconds: float, step: float = 1) -> None:
        until = self.bench.mono + round(seconds * 1000)
        while self.bench.mono < until:
            self.bench.passes(min(step, (until - self.bench.mono) / 1000), step)
            self._judge()
            self._in_time()

    def _badge(self, number: str, port: str) -> None:
        bench, person = self.bench, PERSON.get(number)
        deaf = self.deaf.get(number + port, 0) > bench.mono
        one = next((one for one in self.list.holders if one.person == person), None)
        wall, trust = bench.node.wall(bench.now)
        day, mono = Day(wall), bench.mono
        unsets: tuple[str, tuple[int, ...]] | None = None
        closes: tuple[str, int] | None = None
        enters = one is not None and bool(one.grants)
        on_time = enters and (number in (ZHANG_WEI, LI_NA) or day.office_hours)
        expired = wall >= self.list.expires
        was_out = self.out_until is not None and self._armed()
        if one and not deaf and self._armed() and {"archive"} & {*one.opens, *one.responds}:
            self.sounds = False
        if port == "r2":
            if one and not deaf and self._armed():
                self._shut_in()
        elif one and not deaf and was_out and enters:
            self.out_until = None
        elif one and not deaf and self._armed():
            assert person is not None
            if "archive" in one.opens and not expired and (on_time or trust == "untrusted"):
                unsets = self._unsets(person, day.one_is_enough and trust != "untrusted", wall, trust)
        elif one and not deaf and self._usable():
            assert person is not None
            if enters and self.last and self.last[0] == person and 2_000 <= mono - self.last[1] <= 10_000:
                closes = ("badge", person)
            elif on_time and not expired and trust != "untrusted":
                if not day.one_is_enough:
                    self.since = wall
                if self.nobody_came is not None:
                    self.nobody_came = mono
        last = (person, mono) if port == "r1" and one and not deaf and enters and person else None
        heard = self.guarded and not self.sealed and not deaf and not (was_out and enters)
        if port == "r1" and one and heard:
            self.last = None if closes else last if last else None
        known = self.last
        bench.badge(number, port)
        was_closing = self.closing
        self._judge(unsets=unsets, closes=closes if was_closing is None else None)
        if unsets:
            self.last, self.nobody_came = known, mono

    def _unsets(self, person: int, within: bool, wall: int, trust: str) -> tuple[str, tuple[int, ...]] | None:
        first, self.first = self.first, None
        if within:
            return "badge", (person,)
        if first and first[0] != person and self.bench.mono - first[1] <= 20_000:
            return "two", (first[0], person)
        given = [one for one in self.list.approvals if one.person == person and one.since <= wall < one.until]
        if given and trust != "untrusted":
            return "approval", (person,)
        if self.list.guards[0].outside == "told":
            return "told", (person,)
        self.first = (person, self.bench.mono)
        return None

    def _shut_in(self) -> None:
        if self._armed() and self.out_until is None:
            self.out_until = self.bench.mono + 60_000

    def _moves(self, place: str) -> None:
        if self.sealed:
            return
        bench = self.bench
        if place in self.open:
            self.open.discard(place)
            bench.close(place)
            self.left_open.discard(place)
            self._judge()
            return
        innermost_first = place == SECURITY and not self.open & set(DOORS[:2]) and not self.broken_in
        if innermost_first:
            self._shut_in()
        gets_out = place in DOORS and self.out_until is not None
        wanted = self.number if self._armed() and place not in self.left_open and not gets_out else None
        self.sounds |= wanted is not None
        self.broken_in |= wanted is not None
        self.open.add(place)
        closing, self.closing = (self.closing, None) if place in DOORS else (None, self.closing)
        tried, self.tried = (self.tried, None) if place in DOORS else (None, self.tried)
        bench.open(place)
        told = [one.guard for one in bench.told(m.LevelChanged) if one.point == place and one.now == "active"]
        assert told == [wanted], "every opening while set bears its number, and no other"
        extends = None
        if (closing or tried) and self._usable():
            wall, _ = bench.node.wall(bench.now)
            one = next((one for one in self.list.holders if tried and one.person == tried[0]), None)
            late = not Day(wall).in_use or wall >= Day(wall).close - HOUR
            in_time = tried is not None and bench.mono <= tried[1]
            if tried is not None and abs(bench.mono - tried[1]) < 400:
                in_time = bool(bench.told(m.SetExtended))  # to the second, it may be either
            if in_time and not bench.told(m.Forced) and one and one.opens and late:
                extends = "badge"
            assert bool(bench.told(m.SetCancelled)) == (closing is not None and extends is None)
        if place in DOORS and self._usable():
            self.last = self.nobody_came = None
        if self._armed():
            assert bench.told(m.Forced, m.HeldOpen, m.Left, m.Entered) == []
        self._judge(extends=extends)

    # ---- within: what came of it

    def _judge(
        self,
        unsets: tuple[str, tuple[int, ...]] | None = None,
        closes: tuple[str, int] | None = None,
        extends: str | None = None,
    ) -> None:
        """What the node has told since: whether it is what had to come of it, and nothing else."""
        bench = self.bench
        told = bench.told(m.Data)
        changes = [one for one in told if isinstance(one, m.AreaSet | m.AreaUnset)]
        unset = [one for one in changes if isinstance(one, m.AreaUnset)]
        assert [(one.by, one.people) for one in unset] == ([unsets] if unsets else []), "by whom it may be unset"
        begins = [one.person for one in told if isinstance(one, m.Setting)]
        assert begins == ([closes[1]] if closes and closes[0] != "console" else []), "who closes up"
        longer = [one.by for one in told if isinstance(one, m.SetExtended)]
        assert longer == ([extends] if extends else []), "who says that people stay"
        for one in told:
            if isinstance(one, m.SetExtended):
                wall = bench.node.wall(bench.now)[0]
                close = Day(wall).close if Day(wall).in_use else 0
                wanted = min(max(wall, self.until, close) + 2 * HOUR, wall + DAY)
                assert abs(one.until - wanted) < 1_000, "two hours more"
                self.until = one.until
            elif isinstance(one, m.ReaderDeaf) and one.person is not None:
                number = next(name for name, person in PERSON.items() if person == one.person)
                port = "r2" if one.reader == "archive/inside" else "r1"
                self.deaf[number + port] = bench.mono - 100 + one.seconds * 1000
            elif isinstance(one, m.AreaUnset):
                self._was_unset(one)
            elif isinstance(one, m.AreaSet):
                self._was_set(one, closes)
        if closes:
            self._closed_up(*closes)
        elif self.closing and bench.mono >= self.closing[2] + 1_100 and self._usable():
            assert self.open, "nobody has opened anything, and it is not set"
            self.closing = None
        if self.out_until is not None and bench.mono > self.out_until + 1_100:
            self.out_until = None
            self.sounds |= self._armed()
        self._settle(changes)

    def _settle(self, changes: list[Any]) -> None:
        self.bench.forget()

    def _closed_up(self, by: str, person: int) -> None:
        """Whether it begins, or is refused for what is open or who is inside."""
        bench = self.bench
        refused = bench.told(m.SetRefused)
        inside = dict(bench._on_disk().inside).get("archive", 0)
        knows = self.told_inside is not None and self.told_inside[0] == person
        knows = knows and self.told_inside is not None and bench.mono - self.told_inside[1] <= 60_100
        self.told_inside = None
        if by != "console":
            self.tried = (person, bench.mono + 30_000)
        if self.open:
            assert [set(one.points) for one in refused] == [self.open], "it is not set over what is open"
        elif inside and not knows:
            assert [one.inside for one in refused] == [inside], "it is not set over somebody inside"
            self.told_inside = (person, bench.mono)
        else:
            assert refused == []
            self.closing = (by, person, bench.mono + 30_000)

    def _was_set(self, one: m.AreaSet, closes: object) -> None:
        wall, trust = self.bench.node.wall(self.bench.now)
        assert self._usable(), "what is set or sealed is not set"
        assert one.number == self.number + 1, "each change takes the next number"
        left_open = self.open if one.by in ("time", "not-entered") else set()
        assert set(one.left_open) == left_open, "what is open is named"
        if one.by in ("badge", "button", "console"):
            assert self.closing is not None, "nobody has closed up"
            by, person, until = self.closing
            assert (one.by, one.person) == (by, person)
            assert self.bench.mono >= until - 200, "half a minute is half a minute"
            assert not self.open
        elif one.by == "not-entered":
            assert self.nobody_came is not None, "somebody has come"
        else:
            assert one.by == "time"
            if not self.lost and trust != "untrusted":
                soft, last = self._due()
                assert not Day(wall).in_use, "the hour sets nothing while the office is in use"
                assert wall >= (last if self.open or one.inside else soft), "too soon"
        self.is_set, self.number, self.left_open = True, one.number, set(left_open)
        self.closing = self.tried = self.first = self.last = self.told_inside = self.nobody_came = None
        self.until, self.out_until = 0, None

    def _was_unset(self, one: m.AreaUnset) -> None:
        wall, trust = self.bench.node.wall(self.bench.now)
        assert one.number == self.number + 1, "each change takes the next number"
        self.is_set, self.number, self.left_open = False, one.number, set()
        self.sounds = False
        self.since, self.until = wall, one.until or 0
        self.closing = self.tried = self.first = self.told_inside = self.out_until = None
        self.broken_in = False
        self.lost = trust == "untrusted"
        hour = wall + HOUR
        if one.by == "approval":
            hour = max(hour, *(given.until for given in self.list.approvals))
        assert one.until is None if one.by in ("badge", "begun") else one.until and abs(one.until - hour) < 1_000

    def _due(self) -> tuple[int, int]:
        """From when on, and at the latest when, the hour sets it."""
        day = Day(self.since)
        soft, last = self.since + HOUR, self.since + HOUR
        if day.in_use:
            soft, last = day.close + 15 * MINUTE, day.close + HOUR
        elif Day(last).in_use or (day.works and day.minute < 450 <= Day(last).minute and Day(last).works):
            soft, last = Day(last).close + 15 * MINUTE, Day(last).close + HOUR
        return max(soft, self.until), max(last, self.until)

    def _followed(self) -> m.AccessList:
        return a_list(replace(GUARDING, decides=False))


def stands_of(bench: Bench) -> tuple[str, int]:
    (one,) = bench.node.here(bench.now, 1, "", 0).guards
    return one.state, one.number


def test_on_any_day_nothing_unsets_it_but_whom_the_rules_name_and_it_is_set_in_time() -> None:
    run_state_machine_as_test(Archive, settings=ANY)


@pytest.mark.long
def test_on_many_days() -> None:
    run_state_machine_as_test(Archive, settings=MORE)


# ---------------------------------------------------------------- planted bugs


def _constant(name: str, value: Any) -> Callable[[Patch], None]:
    def plant(patch: Patch) -> None:
        patch.setattr(set_area, name, value)

    plant.__name__ = f"{name.lower()}_is_{value}"
    return plant


def _row(table: str, key: Any, answer: str) -> Callable[[Patch], None]:
    def plant(patch: Patch) -> None:
        patch.setitem(getattr(set_area, table), key, answer)

    plant.__name__ = f"{table.lower()}_{'_'.join(map(str, key))}_is_{answer}"
    return plant


def it_is_always_within_its_hours(patch: Patch) -> None:
    patch.setattr(set_area, "hour", lambda *given: "within")


def the_clock_is_believed_whatever_it_says(patch: Patch) -> None:
    known = set_area.hour
    patch.setattr(set_area, "hour", lambda rule, access, wall, trust: known(rule, access, wall, "trusted"))


def an_approval_is_for_anybody_at_any_time(patch: Patch) -> None:
    def approved(access: Any, rule: Any, person: int, wall: int, trust: str) -> int | None:
        return max((one.until for one in access.approvals), default=None)

    patch.setattr(set_area, "approved_until", approved)


def _shown_as(patch: Patch, changed: Callable[[Any, Any], Any]) -> None:
    known = AreaGuard._opens
    patch.setattr(AreaGuard, "_opens", lambda self, shown, when: known(self, changed(self, shown), when))


def whoever_enters_unsets_it(patch: Patch) -> None:
    _shown_as(patch, lambda self, shown: shown._replace(holder=replace(shown.holder, opens=(self.name,))))


def whoever_unsets_it_does_so_by_an_expired_list(patch: Patch) -> None:
    _shown_as(patch, lambda self, shown: shown._replace(reason=None))


def one_person_is_two(patch: Patch) -> None:
    def changed(self: Any, shown: Any) -> Any:
        if self._first:
            self._first = (-1, self._first[1])
        return shown

    _shown_as(patch, changed)


def the_first_of_two_outlives_what_was_set_anew(patch: Patch) -> None:
    known = AreaGuard._forget

    def forget(self: Any) -> None:
        first = getattr(self, "_first", None)
        known(self)
        self._first = first

    patch.setattr(AreaGuard, "_forget", forget)
    patch.setattr(set_area, "SECOND_MS", 10**9)


def the_morning_unsets_it(patch: Patch) -> None:
    known = AreaGuard.advance

    def advance(self: Any, when: Any) -> Any:
        yield from known(self, when)
        if self.is_set and self._hour(when) == "within":
            yield from self.unset("badge", (1001,), None, when)

    patch.setattr(AreaGuard, "advance", advance)


def a_desk_unsets_it(patch: Patch) -> None:
    known = AreaGuard.asked

    def asked(self: Any, order: Any, when: Any) -> Any:
        if self.is_set and order.act == "extend":
            yield from self.unset("badge", (order.person,), None, when)
        else:
            yield from known(self, order, when)

    patch.setattr(AreaGuard, "asked", asked)


def the_hub_unsets_it_as_if_this_node_followed(patch: Patch) -> None:
    patch.setattr(Everyday, "follows", lambda self, area: True)


def a_sealing_that_is_taken_back_unsets_it(patch: Patch) -> None:
    known = AreaGuard.let_go
    patch.setattr(AreaGuard, "let_go", lambda self, over, when: known(self, True, when))


def cabinets_are_not_guarded(patch: Patch) -> None:
    known = AreaGuard.guarded
    patch.setattr(AreaGuard, "guarded", lambda self, place, at: None if place == CABINET else known(self, place, at))


def whatever_is_open_is_left_so(patch: Patch) -> None:
    known = AreaGuard.set

    def set_(self: Any, by: Any, person: Any, when: Any) -> Any:
        yield from known(self, by, person, when)
        self.stands = replace(self.stands, left_open=(CABINET,))

    patch.setattr(AreaGuard, "set", set_)


def what_was_left_open_is_never_guarded_again(patch: Patch) -> None:
    patch.setattr(AreaGuard, "_shut", lambda self, place: None)


def what_was_left_open_is_forgotten_at_a_boot(patch: Patch) -> None:
    known = Everyday.__init__

    def init(self: Any, saved: Any, around: Any) -> None:
        known(self, tuple(replace(one, left_open=()) for one in saved), around)

    patch.setattr(Everyday, "__init__", init)


def it_is_unset_at_a_boot(patch: Patch) -> None:
    known = Everyday.__init__

    def init(self: Any, saved: Any, around: Any) -> None:
        known(self, tuple(replace(one, state="unset") for one in saved), around)

    patch.setattr(Everyday, "__init__", init)


def how_it_stands_is_forgotten_at_a_boot(patch: Patch) -> None:
    known = Everyday.__init__
    patch.setattr(Everyday, "__init__", lambda self, saved, around: known(self, (), around))


def a_number_is_not_saved(patch: Patch) -> None:
    known = Everyday.__init__

    def init(self: Any, saved: Any, around: Any) -> None:
        known(self, tuple(replace(one, number=max(1, one.number - 1)) for one in saved), around)

    patch.setattr(Everyday, "__init__", init)


def unsetting_is_not_saved(patch: Patch) -> None:
    known = Kept.changed

    def changed(self: Any, wall: int) -> Any:
        for save in known(self, wall):
            stands: Any = save.fields.get("stands")
            if not stands or stands[0].state == "set":
                yield save

    patch.setattr(Kept, "changed", changed)


def unsetting_takes_no_number(patch: Patch) -> None:
    known = AreaGuard.unset

    def unset(self: Any, *given: Any) -> Any:
        self.stands = replace(self.stands, number=self.stands.number - 1)
        yield from known(self, *given)

    patch.setattr(AreaGuard, "unset", unset)


def its_number_begins_anew_where_it_is_guarded_again(patch: Patch) -> None:
    known = Everyday._take

    def take(self: Any, *given: Any) -> Any:
        yield from known(self, *given)
        self._saved = {}

    patch.setattr(Everyday, "_take", take)


def people_stay_in_what_is_set(patch: Patch) -> None:
    known = Doors.close
    patch.setattr(Doors, "close", lambda self, area, why: [] if why == "set" else known(self, area, why))


def the_hour_does_not_know_the_office(patch: Patch) -> None:
    patch.setattr(set_area, "_close_to_come", lambda rule, access, wall: None)


def every_day_is_a_working_day(patch: Patch) -> None:
    known = hours.of_day

    def of_day(access: Any, windows: Any, day: Any) -> Any:
        return known(replace(access, days={}), windows, day)

    patch.setattr(hours, "of_day", of_day)


def the_day_is_that_of_greenwich(patch: Patch) -> None:
    known = hours.local
    patch.setattr(hours, "local", lambda access, wall: known(replace(access, utc_offset=0), wall))


def a_door_that_is_opened_does_not_cancel(patch: Patch) -> None:
    known = AreaGuard.opened

    def opened(self: Any, forced: bool, when: Any) -> Any:
        begun_, self._begun = self._begun, None
        yield from known(self, forced, when)
        self._begun = begun_

    patch.setattr(AreaGuard, "opened", opened)


def anybody_who_was_not_told_of_people_inside_knows_better(patch: Patch) -> None:
    known = AreaGuard._close_up

    def close_up(self: Any, by: Any, person: int, when: Any) -> Any:
        if self._told_inside:
            self._told_inside = (person, self._told_inside[1])
        yield from known(self, by, person, when)

    patch.setattr(AreaGuard, "_close_up", close_up)


def what_is_open_in_the_end_is_not_looked_at(patch: Patch) -> None:
    known = AreaGuard.advance

    def advance(self: Any, when: Any) -> Any:
        begun_ = self._begun
        if not self.sealed and not self.is_set and begun_ and when.mono >= begun_.until:
            yield from self.set(begun_.by, begun_.person, when)
        else:
            yield from known(self, when)

    patch.setattr(AreaGuard, "advance", advance)


def anybody_may_stay(patch: Patch) -> None:
    known = AreaGuard.opened

    def opened(self: Any, forced: bool, when: Any) -> Any:
        holders = tuple(replace(one, opens=(self.name,)) for one in self.access.holders)
        access, self.access = self.access, replace(self.access, holders=holders)
        yield from known(self, forced, when)
        self.access = access

    patch.setattr(AreaGuard, "opened", opened)


def people_may_stay_from_the_morning_on(patch: Patch) -> None:
    patch.setattr(set_area, "may_stay", lambda *given: True)


def nobody_who_does_not_come_has_it_set_again(patch: Patch) -> None:
    patch.setattr(AreaGuard, "not_entered", lambda self, person, when: iter(()))


def whoever_has_come_has_not(patch: Patch) -> None:
    known = AreaGuard.opened

    def opened(self: Any, forced: bool, when: Any) -> Any:
        entering = self._entering
        yield from known(self, forced, when)
        self._entering = entering

    patch.setattr(AreaGuard, "opened", opened)
    patch.setattr(AreaGuard, "not_entered", lambda self, person, when: self.set("not-entered", person, when))


def an_opening_is_silent(patch: Patch) -> None:
    patch.setattr(AreaGuard, "changed", lambda self, place, level, at, silent: iter(()))


def closing_is_enough(patch: Patch) -> None:
    known = AreaGuard.changed

    def changed(self: Any, place: Any, level: Any, at: int, silent: bool) -> Any:
        yield from known(self, place, level, at, silent=silent)
        if level == "normal":
            yield from self._sounder.quiet_area(self.name, "attended")

    patch.setattr(AreaGuard, "changed", changed)


def anybody_attends(patch: Patch) -> None:
    known = AreaGuard.attend

    def attend(self: Any, reader: Any, credential: Any, holder: Any) -> Any:
        return known(self, reader, credential, replace(holder, responds=(self.name,)))

    patch.setattr(AreaGuard, "attend", attend)


def nobody_attends(patch: Patch) -> None:
    patch.setattr(AreaGuard, "attend", lambda self, reader, credential, holder: iter(()))


def unsetting_quiets_nothing(patch: Patch) -> None:
    patch.setattr(OwnSounder, "quiet_area", lambda self, area, reason: iter(()))


def the_siren_is_forgotten_at_a_boot(patch: Patch) -> None:
    known = OwnSounder.start
    patch.setattr(OwnSounder, "start", lambda self, sealed: known(self, frozenset()))


def who_gets_out_may_take_all_night(patch: Patch) -> None:
    patch.setattr(set_area, "OUT_AGAIN_MS", 10**9)


def who_does_not_get_out_is_not_heard(patch: Patch) -> None:
    known = AreaGuard.advance

    def advance(self: Any, when: Any) -> Any:
        if self._out_until is not None and when.mono > self._out_until:
            self._out_until = None
        yield from known(self, when)

    patch.setattr(AreaGuard, "advance", advance)


def who_gets_out_goes_by_the_cabinets(patch: Patch) -> None:
    known = AreaGuard.guarded

    def guarded(self: Any, place: Any, at: int) -> Any:
        return None if self._out_until is not None else known(self, place, at)

    patch.setattr(AreaGuard, "guarded", guarded)


def any_door_first_is_somebody_inside(patch: Patch) -> None:
    known = AreaGuard.wants_out
    patch.setattr(AreaGuard, "wants_out", lambda self, record, leaves, when: known(self, record, True, when))


def another_node_sounds(patch: Patch) -> None:
    known = AreaGuard.changed

    def changed(self: Any, place: Any, level: Any, at: int, silent: bool) -> Any:
        rule_, self.rule = self.rule, replace(self.rule, decides=True)
        yield from known(self, place, level, at, silent=silent)
        self.rule = rule_

    patch.setattr(AreaGuard, "changed", changed)


def another_node_is_never_told_that_it_is_unset(patch: Patch) -> None:
    known = AreaGuard.follow

    def follow(self: Any, order: Any, when: Any) -> Any:
        return known(self, order, when) if order.state == "set" else iter(())

    patch.setattr(AreaGuard, "follow", follow)


BUGS = (
    _row("UNSETTING", ("out", "two", "alone"), "told"),
    _constant("SETTING_MS", 10**8),
    _constant("STAY_MS", 10**10),
    one_person_is_two,
    the_morning_unsets_it,
    the_hub_unsets_it_as_if_this_node_followed,
    cabinets_are_not_guarded,
    it_is_unset_at_a_boot,
    a_number_is_not_saved,
    unsetting_is_not_saved,
    unsetting_takes_no_number,
    its_number_begins_anew_where_it_is_guarded_again,
    the_hour_does_not_know_the_office,
    every_day_is_a_working_day,
    the_day_is_that_of_greenwich,
    a_door_that_is_opened_does_not_cancel,
    people_may_stay_from_the_morning_on,
    whoever_has_come_has_not,
    an_opening_is_silent,
    closing_is_enough,
    anybody_attends,
    nobody_attends,
    unsetting_quiets_nothing,
    the_siren_is_forgotten_at_a_boot,
    who_gets_out_may_take_all_night,
    who_does_not_get_out_is_not_heard,
    who_gets_out_goes_by_the_cabinets,
    any_door_first_is_somebody_inside,
    another_node_sounds,
    another_node_is_never_told_that_it_is_unset,
)
"""Those that are found in a moment."""
FURTHER = (
    _row("UNSETTING", ("within", "two", "alone"), "first"),
    _row("UNSETTING", ("out", "told", "alone"), "first"),
    _row("UNSETTING", ("out", "two", "approved"), "first"),
    _row("CLOSING_UP", (True, "nobody"), "begin"),
    _row("CLOSING_UP", (False, "somebody"), "begin"),
    _row("BY_TIME", ("due", True), "tell"),
    _row("BY_TIME", ("due", False), "set"),
    _row("BY_TIME", ("last", False), "tell"),
    _constant("SECOND_MS", 10**9),
    _constant("TWICE_MS", (2_000, 60_000)),
    _constant("TWICE_MS", (5_000, 10_000)),
    _constant("BUTTON_MS", 60_000),
    _constant("SETTING_MS", 5_000),
    _constant("LAST_MS", 10**10),
    _constant("OUT_MS", 10**10),
    it_is_always_within_its_hours,
    the_clock_is_believed_whatever_it_says,
    an_approval_is_for_anybody_at_any_time,
    whoever_enters_unsets_it,
    whoever_unsets_it_does_so_by_an_expired_list,
    the_first_of_two_outlives_what_was_set_anew,
    a_desk_unsets_it,
    a_sealing_that_is_taken_back_unsets_it,
    whatever_is_open_is_left_so,
    what_was_left_open_is_never_guarded_again,
    how_it_stands_is_forgotten_at_a_boot,
    anybody_who_was_not_told_of_people_inside_knows_better,
    nobody_who_does_not_come_has_it_set_again,
)
"""Those that it takes a while to find."""


@pytest.mark.parametrize("plant", BUGS, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(plant: Callable[[Patch], None], monkeypatch: Patch) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Archive, settings=hunting.HUNT)


@pytest.mark.long
@pytest.mark.parametrize("plant", FURTHER, ids=lambda plant: plant.__name__)
def test_a_planted_bug_that_takes_rare_things_to_happen_is_found(
    plant: Callable[[Patch], None], monkeypatch: Patch
) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Archive, settings=hunting.HUNT)


def _closes_up_and_a_window_is_opened(archive: Any) -> None:
    archive.somebody_closes_up(number=ZHANG_WEI, opens=WINDOW, wait=35)
    archive.a_while(seconds=35)


def _a_clerk_closes_up_and_goes_in_again(archive: Any) -> None:
    archive.somebody_closes_up(number=CHEN_JIE, opens=CORRIDOR, wait=0)


def _a_cabinet_stays_open_and_the_power_fails(archive: Any) -> None:
    archive.somebody_opens_or_closes(place=CABINET, again=False)
    archive.it_is_later(hour=(20, 0))
    archive.the_power_fails(clock=True)
    archive.the_disk_says_what_the_memory_does()


def _somebody_is_in_at_the_last_hour(archive: Any) -> None:
    archive.somebody_goes_in()
    archive.it_is_later(hour=(20, 0))
    archive.the_disk_says_what_the_memory_does()


def _a_colleague_insists_too_late(archive: Any) -> None:
    archive.somebody_goes_in()
    for _ in range(2):
        archive.somebody_closes_up(number=LI_NA, opens=None, wait=35)
        archive.a_while(seconds=70)


WALKS: dict[Callable[[Any], None], Callable[[Patch], None]] = {
    _closes_up_and_a_window_is_opened: what_is_open_in_the_end_is_not_looked_at,
    _a_clerk_closes_up_and_goes_in_again: anybody_may_stay,
    _a_cabinet_stays_open_and_the_power_fails: what_was_left_open_is_forgotten_at_a_boot,
    _somebody_is_in_at_the_last_hour: people_stay_in_what_is_set,
    _a_colleague_insists_too_late: _constant("INSIDE_AGAIN_MS", 10**10),
}
"""What chance rarely walks into, walked on purpose."""


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.__name__)
def test_a_walk_that_was_thought_up_finds_its_planted_bug_and_nothing_without_it(
    walk: Callable[[Any], None], monkeypatch: Patch
) -> None:
    def walked() -> None:
        archive = Archive()
        archive.a_day_begins(is_set=False, hour=17, day=0)
        walk(archive)

    walked()
    WALKS[walk](monkeypatch)
    with pytest.raises(AssertionError):
        walked()

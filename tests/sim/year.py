"""A year in the bureau: what happens on which day. All of it is normal, and none of it may disturb anybody.

People, doors held open, the holidays of 2026 sealed and unsealed, cables out for a moment, nodes and hub started
again, clocks put right. Each thing stays within the time that the product allows it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import hub
from hub.core.calendar import document as calendar_document
from hub.core.calendar import windows as calendar_windows
from tests.sim.clockwork import DAY, HOUR, MINUTE, SECOND, Script, World
from tests.sim.house import CHANNELS, Bureau
from tests.sim.people import PAIRS, People
from tests.support.paper import LIU_YANG, WANG_FANG, ZHAO_MIN, ZHOU_QIANG
from wire import messages as m

CHINA = timedelta(hours=8)
FOUND = calendar_document.read(
    (Path(hub.__file__).parent / "documents" / "calendars" / "2026.toml").read_text("utf-8")
).calendar
assert FOUND
CALENDAR = FOUND
KNOWN = calendar_windows.Known([CALENDAR])
FIRST, LAST = date(2025, 12, 31), date(2026, 12, 31)
OPENS, LUNCH, BACK, CLOSES = 8.5, 12, 13.5, 17.5
NIGHT_ENDS = 6.5
"""Whoever has worked late has gone more than eight hours ago."""
OPENERS = {"archive": (1001, 1002), "cipher-room": (1001, 1002), "computer-room": (1003, 1006, 1008)}
"""Who opens up in the morning, and closes up in the evening."""
ENTITLED = {
    "archive": (1001, 1002, 1003, 1005, 1008),
    "cipher-room": (1001, 1002),
    "computer-room": (1003, 1004, 1006, 1008),
}
"""Who comes and goes on days of work, weekend days that are worked for a holiday among them. 1004 and 1005 may come in
office hours only."""


def at(day: date, hours: float) -> int:
    """An hour of the day in China, in ms since 1970."""
    return int((datetime(day.year, day.month, day.day, tzinfo=UTC) - CHINA).timestamp() * 1000 + hours * HOUR)


class Year:
    """Some days of 2026, one after the other, from the evening before the first."""

    def __init__(self, seed: int, first: date = FIRST, last: date = LAST) -> None:
        self.first, self.last = first, last
        self.world = World(at(first - timedelta(days=1), 13), seed)
        self.house = Bureau(self.world)
        self.people = People(self.house)
        self.random = self.world.random
        self._alone_until = self.world.now
        self.left_inside: list[str] = []
        """Where the hub took somebody to be inside at the end of a night, and when."""
        windows = [self._window(holiday) for holiday in CALENDAR.holiday]
        self._windows = [(starts, ends) for starts, ends in windows if at(first, 0) <= starts < at(last, 0)]
        self.world.run(self.world.now + MINUTE)
        self._calendars()
        self._roster()
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            self.world.at(at(day, 0), partial(self._day, day))

    def pass_by(self) -> Bureau:
        """Let it all happen, up to when somebody is called: then every second is played, and nothing is normal."""
        while self.world.now < at(self.last, 24) and not self.house.rings():
            self.world.run(self.world.now + HOUR)
        return self.house

    # ---- papers

    def _calendars(self) -> None:
        for year in (2025, 2026):
            self._calendar(year)
        for starts, ends in self._windows:
            plan = m.WindowPlanned(window=0, title="节假日", areas=tuple(PAIRS), starts=starts, ends=ends)
            self.house.paper.asks(WANG_FANG, plan)

    def _calendar(self, year: int) -> None:
        paper, sha256 = self.house.paper, f"{year:064}"
        off = tuple(str(day) for holiday in CALENDAR.holiday for day in holiday.days if day.year == year)
        worked = tuple(str(day) for day in CALENDAR.work if day.year == year)
        paper.asks(ZHAO_MIN, m.CalendarImported(year=year, version=1, sha256=sha256, off=off, worked=worked))
        paper.asks(LIU_YANG, m.CalendarApproved(year=year, version=1, sha256=sha256))

    def _window(self, holiday: calendar_document.Holiday) -> tuple[int, int]:
        before, after = holiday.first - timedelta(days=1), holiday.last + timedelta(days=1)
        while self._off(before):
            before -= timedelta(days=1)
        while self._off(after):
            after += timedelta(days=1)
        return at(before, CLOSES), at(after, OPENS)

    def _roster(self) -> None:
        """Shifts of a week, begun on Mondays, kept three weeks ahead."""
        monday = at(self.first - timedelta(days=self.first.weekday() + 7), 0)
        weeks = ((self.last - self.first).days + 40) // 7
        for week in range(weeks):
            starts = monday + 7 * DAY * week
            pair = (WANG_FANG, ZHOU_QIANG) if week % 2 else (ZHOU_QIANG, WANG_FANG)
            shift = m.ShiftAdded(shift=0, person=pair[0], stand_in=pair[1], starts=starts, ends=starts + 7 * DAY)
            when = starts - 21 * DAY
            if starts + 7 * DAY > self.world.now:
                self.world.at(when, partial(self.house.paper.asks, WANG_FANG, shift))

    # ---- days

    def _off(self, day: date) -> bool:
        if day.year != 2026:
            return day.weekday() > 4
        return KNOWN.is_off(day)

    def _day(self, day: date) -> None:
        start = self.world.start
        start(self._channels(), at(day, 9))
        self.world.at(at(day, NIGHT_ENDS), lambda: self._nobody_is_in(day))
        sealing = next((starts for starts, _ in self._windows if at(day, 0) <= starts < at(day, 24)), None)
        unsealing = next((ends for _, ends in self._windows if at(day, 0) <= ends < at(day, 24)), None)
        if unsealing:
            for number, area in enumerate(PAIRS):
                start(self.people.unseal(area), unsealing + (5 + 5 * number) * MINUTE)
        if not self._off(day) and not unsealing:
            for area, people in OPENERS.items():
                start(self.people.open_up(area, self.random.choice(people)), at(day, 7.7) + self.world.seconds(0, 1800))
        if not self._off(day):
            self._work(day, OPENS + 0.1 + bool(unsealing) * 0.7, LUNCH)
            self._work(day, BACK, CLOSES)
        if sealing:
            for number, area in enumerate(PAIRS):
                start(self.people.seal(area), sealing + (1 + 5 * number) * MINUTE)
        if sealing is None and (unsealing is not None or not self._sealed_on(day)):
            self._after_hours(day)
        self._mishaps(day)
        if day == date(2026, 11, 10):
            self.world.at(at(day, 10), lambda: self._calendar(2027))

    def _nobody_is_in(self, day: date) -> None:
        counts = {area: self.house.state.area(area).inside for area in PAIRS}
        self.left_inside += [f"{count} in {area} on {day}" for area, count in counts.items() if count]

    def _channels(self) -> Script:
        """The notifying service tries its channels once a day, without disturbing anybody."""
        for channel in CHANNELS:
            self.house.paper.fact(m.ChannelTested(channel=channel, worked=True, detail=""), "notify")
        yield 0

    def _work(self, day: date, begins: float, ends: float) -> None:
        """Half a working day: somebody in each room now and then, never two at its door at a time."""
        for area, people in ENTITLED.items():
            when = at(day, begins) + self.world.seconds(0, 30 * 60)
            while when < at(day, ends) - 45 * MINUTE:
                stay = self.world.seconds(120, 30 * 60)
                self.world.start(self._something(area, self.random.choice(people), stay), when)
                when += stay + self.world.seconds(20 * 60, 120 * 60)

    def _something(self, area: str, person: int, stay: int) -> Script:
        chance = self.random.random()
        if area == "computer-room" and chance < 0.04:
            return self.people.tries_in_vain(area, 1005)
        if chance < 0.05:
            return self.people.turns_round(area, person)
        if chance < 0.07 and self._site_is_free(area):
            return self.people.on_one_badge(area, person, 1008 if person != 1008 else 1003, stay)
        if chance < 0.15 and area != "cipher-room":
            return self.people.together(area, person, 1008 if person != 1008 else 1003, stay)
        return self.people.visit(area, person, stay, held=self.random.choice((0, 0, 0, 12, 20)))

    def _sealed_on(self, day: date) -> bool:
        return any(starts < at(day, 30) and at(day, 0) < ends for starts, ends in self._windows)

    def _after_hours(self, day: date) -> None:
        """The last ones close up; cleaners come on evenings; somebody stays late, or comes on a day off."""
        start, choice, span = self.world.start, self.random.choice, self.world.seconds
        late = day.toordinal() % 4 == 0
        area, person = choice((("archive", 1001), ("computer-room", 1006)))  # a safe in overtime is told to its keeper
        if self._off(day):
            if late:
                begins = at(day, 10) + span(0, 30 * 60)
                allowed = m.UnsettingAllowed(
                    area=area, person=person, since=begins - 60 * MINUTE, until=begins + 4 * HOUR, cause="加班"
                )
                self.world.at(begins - 20 * HOUR, partial(self.house.paper.asks, LIU_YANG, allowed))
                start(self.people.overtime(area, person, 2), begins)
                self._ticks(begins, begins + 5 * HOUR)
            return
        if day.toordinal() % 7 == 0:
            left = choice(("archive/security-window", "archive/cabinet-3"))
            start(self.people.leaves_open("archive", 1001, left), at(day, 17.35))
        cleaned = choice(("archive", "computer-room"))
        for one, people in OPENERS.items():
            if late and one == area:
                start(self.people.overtime(one, person, 3), at(day, 17.52) + span(0, 60))
            elif one == cleaned:
                start(self.people.cleans(one, people[-1]), at(day, 17.55) + span(0, 5 * 60))
            else:
                start(self.people.close_up(one, choice(people)), at(day, 17.52) + span(0, 10 * 60))
        self._ticks(at(day, 17.5), at(day, 22))

    def _ticks(self, first: int, last: int) -> None:
        """The nodes' clocks go on: what the hour does about an area it does within a minute."""
        for node in self.house.nodes.values():
            for when in range(first, last, MINUTE):
                self.world.at(when, node.turn)

    def _site_is_free(self, area: str) -> bool:
        return self.house.paper.site.areas[area].leave == "free"

    # ---- what is not as it should be, and disturbs nobody

    def _mishaps(self, day: date) -> None:
        random, start = self.random, self.world.start
        start(self._looked_at(), at(day, random.uniform(0, 6)))
        node = random.choice(list(self.house.nodes))
        for every, mishap in (
            (2, lambda: self.cable_out(node, self._span(240, 4))),
            (6, lambda: self.node_restarts(node, self._span(90, 4))),
            (9, lambda: self.hub_restarts(self._span(40, 40))),
            (10, lambda: self.clock_is_set(random.randint(-3_000, 3_000))),
        ):
            if day.toordinal() % every == 0:
                self.world.at(at(day, random.uniform(0, 24)), partial(self._begins, mishap))

    def _begins(self, mishap: Callable[[], Script]) -> None:
        self.world.start(mishap())

    def _span(self, longest: int, longest_while_sealed: int) -> int:
        """A time in ms that is still suffered in silence now."""
        if any(self.people.is_set(area) for area in PAIRS):
            longest = min(longest, 45)
        near = any(one - HOUR < self.world.now < one + HOUR for window in self._windows for one in window)
        sealed = near or any(self.house.state.area(area).state != "unsealed" for area in PAIRS)
        return self.world.seconds(1, longest_while_sealed if sealed else longest)

    def _looked_at(self) -> Script:
        self.house.look_closely(20 * SECOND)
        yield 0

    def cable_out(self, name: str, ms: int) -> Script:
        """A network cable is out for so long."""
        yield from self._alone(ms)
        node = self.house.nodes[name]
        if node.node is None or not self.house.up:
            return
        node.cut()
        yield ms
        if node.node is not None:
            node.connect()

    def node_restarts(self, name: str, ms: int) -> Script:
        """A node's process or its power is away for so long."""
        yield from self._alone(ms)
        node = self.house.nodes[name]
        node.stop()
        yield ms
        node.boot()

    def hub_restarts(self, ms: int) -> Script:
        """The engine is started again, after an update or a power cut."""
        yield from self._alone(ms)
        self.house.stop()
        yield ms
        self.house.start()

    def clock_is_set(self, ms: int) -> Script:
        """NTP corrects the hub's clock by so much, and a day later the other way."""
        for by in (ms, -ms):
            self.house.look_closely(100 * SECOND)
            yield 5 * SECOND
            self.house.paper.ahead += by
            yield DAY

    def _alone(self, ms: int) -> Script:
        """One mishap at a time: the second waits until the first is over."""
        while self.world.now < self._alone_until:
            yield self._alone_until - self.world.now + MINUTE
        self._alone_until = self.world.now + ms + 2 * MINUTE
        self.house.look_closely(ms + MINUTE)
        yield 5 * SECOND

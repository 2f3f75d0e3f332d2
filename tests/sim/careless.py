"""The same office with people as they are: who goes in on another's badge, leaves with another, forgets to close up,
leaves a window ajar, stays late, comes on a Saturday, is shut in; and an officer who answers whatever calls."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from hub.core.state import Alarm, Notice
from tests.sim.clockwork import HOUR, MINUTE, SECOND, Script
from tests.sim.house import Bureau
from tests.sim.year import ENTITLED, OPENERS, Year, at
from tests.support.paper import LIU_YANG, WANG_FANG
from wire import messages as m

TAILGATING, TOGETHER, FORGOTTEN, AJAR, LATE, SATURDAY = 0.05, 0.3, 0.2, 0.1, 1 / 3, 0.25
"""Shares of visits on which two come on one badge, of pairs who leave by one opening, of evenings on which nobody
closes up, on which a window is left ajar, on which somebody stays, and of Saturdays on which somebody comes."""
SHUT_IN, POWER, HUB = 2 / 250, 2 / 250, 6 / 250
"""Shares of working days on which somebody is shut in, the power fails, and the hub is away for hours."""


class Careless(Year):
    """Days of 2026, none of which is as it should be."""

    def pass_by(self) -> Bureau:
        """Let it all happen. Whatever calls for somebody is answered within half a minute, and settled."""
        while self.world.now < at(self.last, 24):
            busy = self.house.rings() or any(True for _ in self._queued())
            self.world.run(self.world.now + (20 * SECOND if busy else 5 * MINUTE))
            self._answer()
        return self.house

    def _queued(self) -> list[Notice]:
        return [one for one in self.house.state.all(Notice) if one.state == "queued"]

    def _answer(self) -> None:
        paper = self.house.paper
        if not self.house.up:
            return
        for notice in self._queued():
            paper.fact(m.NoticeHanded(notice=notice.number, attempt=1, repeat=False, awaits=False), "notify")
        for alarm in sorted(self.house.state.all(Alarm), key=lambda one: one.number):
            if alarm.open and alarm.unacknowledged:
                paper.asks(WANG_FANG, m.AlarmAcknowledged(alarm=alarm.number))
            elif alarm.open and alarm.life == "returned-acknowledged" and alarm.sealing is None:
                paper.asks(
                    WANG_FANG, m.AlarmClosed(alarm=alarm.number, finding_cause="forgotten", finding="是同事，已核实")
                )

    # ---- days

    def _something(self, area: str, person: int, stay: int) -> Script:
        chance = self.random.random()
        other = self.random.choice([one for one in ENTITLED[area] if one != person])
        if chance < TAILGATING:
            return self._on_the_heels(area, person, stay)
        if chance < TAILGATING + 0.2 and area != "cipher-room":
            return self._pair(area, person, other, stay)
        return super()._something(area, person, stay)

    def _on_the_heels(self, area: str, person: int, stay: int) -> Script:
        """Two go in on one badge, and leave one after the other."""
        yield from self.people.visit(area, person, stay)
        yield self.world.seconds(20, 200)
        yield from self.people.leave(area)

    def _pair(self, area: str, one: int, other: int, stay: int) -> Script:
        """Two go in on two badges."""
        if self.random.random() < TOGETHER:
            yield from self.people.together(area, one, other, stay)
            return
        yield from self.people.enter(area, one, other, held=15)
        yield stay
        yield from self.people.leave(area)
        yield self.world.seconds(20, 200)
        yield from self.people.leave(area)

    def _after_hours(self, day: date) -> None:
        random, start, span = self.random, self.world.start, self.world.seconds
        if self._off(day):
            if day.weekday() == 5 and random.random() < SATURDAY:
                self._comes_on_a_day_off(day)
            return
        late = random.choice(("archive", "computer-room")) if random.random() < LATE else ""
        cleaned = random.choice([area for area in ("archive", "computer-room") if area != late])
        for area, people in OPENERS.items():
            if area == "archive" and random.random() < AJAR:
                start(self.people.leaves_open(area, people[0], "archive/security-window"), at(day, 17.3))
            if area == late:
                start(self.people.overtime(area, people[0], random.choice((1, 2, 4))), at(day, 17.52) + span(0, 60))
            elif area == cleaned:
                start(self._cleaner(area, people[-1]), at(day, 17.55) + span(0, 300))
            elif random.random() >= FORGOTTEN:
                careful = random.random() < 0.7
                start(self.people.close_up(area, random.choice(people), careful), at(day, 17.52) + span(0, 600))
        if random.random() < SHUT_IN:
            start(self._shut_in("cipher-room"), at(day, 17.9))
        if random.random() < POWER:
            start(self._power(), at(day, random.uniform(0, 23)))
        if random.random() < HUB:
            start(self.hub_restarts(int(random.uniform(1, 6) * HOUR)), at(day, random.uniform(0, 18)))
        self._ticks(at(day, 17.5), at(day, 23.5))

    def _cleaner(self, area: str, person: int) -> Script:
        """Comes each evening, and forgets to close up as others do."""
        yield from self.people.stay(area, person, held=25)
        yield 20 * MINUTE
        yield from self.people.leave(area)
        yield MINUTE
        if self.random.random() >= FORGOTTEN:
            yield from self.people.close_up(area, person)

    def _comes_on_a_day_off(self, day: date) -> None:
        area = self.random.choice(("archive", "computer-room"))
        begins, person = at(day, 10) + self.world.seconds(0, 30 * 60), OPENERS[area][0]
        allowed = m.UnsettingAllowed(
            area=area, person=person, since=begins - HOUR, until=begins + 5 * HOUR, cause="周六加班"
        )
        self.world.at(begins - 20 * HOUR, partial(self.house.paper.asks, LIU_YANG, allowed))
        self.world.start(self.people.overtime(area, person, 2), begins)
        self._ticks(begins, begins + 7 * HOUR)

    def _shut_in(self, area: str) -> Script:
        """Somebody is still there when it is set, presses the button, goes out, and shows a badge."""
        yield from self.people.leave(area)
        yield 8 * SECOND
        self.people.badge(OPENERS[area][0], area)

    def _power(self) -> Script:
        """The power of all nodes is away for a quarter of an hour."""
        for name in self.house.nodes:
            self.world.start(self.node_restarts(name, 15 * MINUTE))
        yield 0


def weeks(seed: int, number: int) -> Careless:
    """So many weeks of it, from a Monday on, holidays among them."""
    first = date(2026, 3, 2)
    return Careless(seed, first, first + timedelta(days=7 * number - 1))

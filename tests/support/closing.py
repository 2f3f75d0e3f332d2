"""A room that is guarded on ordinary days, day after day: what its node records from the morning to the next."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tests.support.hub import FakeNode, House
from wire import messages as m

AREA, CABINET, OTHER, READER = "archive", "archive/cabinet-1", "archive/cabinet-2", "archive/reader"
HOUR = 3_600_000


class Room:
    """The archive of a house, whose clock goes on to where the story is."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.node: FakeNode = house.node("archive-1")
        self.number = 0
        site = house.engine.look()[1]
        self._points = tuple(point.place for point in site.point if point.area == AREA)
        self._watched_from: int | None = None

    def to(self, day: date, clock: str) -> None:
        """It is that hour of that day, and what was set has been watched up to now."""
        hour, minute = clock.split(":")
        zone = self.house.engine.look()[1].zone
        moment = datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=zone)
        until = int(moment.timestamp() * 1000)
        while self._watched_from is not None and until - self.house.clock.now > HOUR:
            self.house.clock.forward(HOUR // 1000)
            self.watches()
        self.house.clock.now = until

    def watches(self) -> None:
        """It tells what it has watched since it last told."""
        if self._watched_from is None:
            return
        since, now = self._watched_from, self.node.mono
        self.node.says(
            m.WatchWhileSet(area=AREA, number=self.number, points=self._points, since=since, until=now, gaps=())
        )
        self._watched_from = now

    def blinks(self) -> None:
        """It watches no more, and tells of nothing."""
        self.watches()
        self._watched_from = None

    def watches_again(self) -> None:
        """It watches from now on."""
        self._watched_from = self.node.mono

    def unset(self, *people: int, by: m.UnsetBy = "badge", until: int | None = None) -> None:
        """Unset by these, who go in."""
        self.watches()
        self._watched_from = None
        for at, person in enumerate(people, 1):
            self.node.grants(READER, person)
            if at == 1:
                self.number += 1
                self.node.says(m.AreaUnset(area=AREA, number=self.number, by=by, people=people[:2], until=until))
            self.house.clock.forward(5)
            self.node.says(m.Entered(area=AREA, person=person, inside=at))

    def set(self, person: int | None, by: m.SetBy = "badge", left_open: tuple[str, ...] = ()) -> None:
        """Set by somebody, or by the hour."""
        self.number += 1
        self.node.says(m.AreaSet(area=AREA, number=self.number, by=by, person=person, left_open=left_open))
        self._watched_from = self.node.mono
        self.watches()

    def opens(self, place: str = CABINET) -> None:
        self.node.opens(place, guard=self.number if self._watched_from is not None else None)

    def closes(self, place: str = CABINET) -> None:
        self.node.closes(place)

    def ordinary_day(self, day: date, opened: int = 1, people: tuple[int, ...] = (1001, 1002)) -> None:
        """From 07:40 to 17:32, with so many openings of the cabinet."""
        self.to(day, "07:40")
        self.unset(*people)
        for at in range(opened):
            self.to(day, f"{8 + at % 9:02}:{5 + at // 9 * 4:02}")
            self.opens()
            self.house.clock.forward(120)
            self.closes()
        self.to(day, "17:32")
        self.set(people[-1])


def days(first: date, count: int) -> list[date]:
    """So many days from this one on."""
    return [first + timedelta(days=at) for at in range(count)]

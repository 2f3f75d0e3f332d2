"""What people do at doors: come and go, carry boxes, turn round, show a badge twice; and seal, by two."""

from __future__ import annotations

from collections.abc import Generator

from hub.core.sealing import before as before_sealing
from hub.core.state import Guarded
from tests.sim.clockwork import MINUTE, SECOND, Script
from tests.sim.house import Bureau
from wire import messages as m
from wire.points import KINDS

NUMBER = "SN-0001"
PAIRS = {"archive": (1001, 1003), "cipher-room": (1002, 1003), "computer-room": (1006, 1008)}
"""BufferedOutbox and duty officer, who seal and unseal each area."""


class People:
    """Everybody who walks through the simulated house."""

    def __init__(self, house: Bureau) -> None:
        self.house = house
        self._site = house.paper.site
        self._badges = {one.number: f"01001A2B{one.number % 100:02}" for one in self._site.cardholder}

    # ---- at a door

    def move(self, place: str, is_open: bool) -> None:
        self.house.nodes[self._site.points[place].node].move(place, is_open)

    def badge(self, person: int, area: str) -> None:
        reader = self._site.readers[f"{area}/reader"]
        self.house.nodes[reader.node].badge(reader.port, self._badges[person])

    def through(self, door: str, least: float = 1.5, most: float = 4) -> Script:
        """Open, walk through, let it fall shut."""
        self.move(door, True)
        yield self.house.world.seconds(least, most)
        self.move(door, False)

    def enter(self, area: str, *people: int, held: float = 0) -> Script:
        """Each shows a badge; they go in together. The innermost door may be held a while, for boxes or a bucket."""
        seconds = self.house.world.seconds
        for person in people:
            self.badge(person, area)
            yield seconds(0.8, 2.5)
        yield from self._doors_in(area, held)

    def _doors_in(self, area: str, held: float) -> Script:
        doors = self._doors(area)
        for door in doors:
            last = door == doors[-1]
            yield from self.through(door, *((held, held + 2) if last and held else ()))
            yield self.house.world.seconds(0.5, 4)

    # ---- in the morning and in the evening

    def is_set(self, area: str) -> bool:
        """As whoever stands at its reader sees."""
        row = self.house.state.find(Guarded, area)
        return row is not None and row.state == "set"

    def open_up(self, area: str, person: int) -> Script:
        """The first one in the morning: one badge, in, and out again."""
        yield from self.visit(area, person, 2 * MINUTE)

    def close_up(self, area: str, person: int, careful: bool = True) -> Script:
        """The last one in the evening: the same badge twice. What the reader refuses is put right; whoever is not
        `careful` goes home."""
        for _ in range(0 if self.is_set(area) else 3):
            shown = yield from self._twice(area, person)
            if shown == "inside":
                yield 5 * SECOND
                shown = yield from self._twice(area, person)
            if shown != "not-set" or not careful:
                return
            yield 10 * SECOND
            yield from self._shut_all(area, person)

    def stay(self, area: str, person: int, held: float = 0) -> Script:
        """Somebody comes in to stay beyond the close: the same badge twice, and the door. Where it is set they open it
        by that."""
        if not self.is_set(area):
            yield from self._twice(area, person, heard=False)
            yield self.house.world.seconds(2, 6)
            yield from self._doors_in(area, held)
        else:
            yield from self.enter(area, person, held=held)

    def _twice(self, area: str, person: int, heard: bool = True) -> Generator[int, None, str]:
        self.badge(person, area)
        yield self.house.world.seconds(3.4, 6)
        self.badge(person, area)
        yield 1500
        reader = self._site.readers[f"{area}/reader"]
        shown = self.house.nodes[reader.node].showed[reader.port][1]
        if heard:
            yield 33 * SECOND
        return shown

    def _shut_all(self, area: str, person: int) -> Script:
        """Whoever has heard that something is open goes in again and shuts it."""
        yield from self.enter(area, person)
        for node in self.house.nodes.values():
            for place in node.stands_open(area):
                self.move(place, False)
                yield 5 * SECOND
        yield from self.leave(area)
        yield 20 * SECOND

    def leave(self, area: str) -> Script:
        seconds = self.house.world.seconds
        if self._site.areas[area].leave == "button":
            self.move(f"{area}/exit-button", True)
            yield seconds(0.2, 0.8)
            self.move(f"{area}/exit-button", False)
            yield seconds(0.5, 5)
        for door in reversed(self._doors(area)):
            yield from self.through(door)
            yield seconds(0.5, 4)

    def _doors(self, area: str) -> list[str]:
        return [f"{area}/{door}" for door in self._site.areas[area].doors]

    # ---- in office hours

    def visit(self, area: str, person: int, stay: int, held: float = 0) -> Script:
        """Somebody works there for `stay` ms, at a cabinet or the safe."""
        yield from self.enter(area, person, held=held)
        yield from self._at_work(area, stay)
        yield from self.leave(area)

    def _at_work(self, area: str, stay: int) -> Script:
        random = self.house.world.random
        inside = [one.place for one in self._site.point if one.area == area and one.kind in ("cabinet", "safe")]
        place = random.choice(inside) if inside else None
        yield 20 * SECOND
        if place and place.endswith("safe-door"):
            yield from self._safe(stay // 2)
        elif place:
            self.move(place, True)
            yield stay // 2
            self.move(place, False)
        yield stay // 2

    def _safe(self, stay: int) -> Script:
        self.move("cipher-room/safe-bolt", True)
        yield 2 * SECOND
        self.move("cipher-room/safe-door", True)
        yield stay
        self.move("cipher-room/safe-door", False)
        yield 2 * SECOND
        self.move("cipher-room/safe-bolt", False)

    def overtime(self, area: str, person: int, hours: int) -> Script:
        """Somebody stays late, or comes on a Sunday: says so, goes out once an hour, and closes up."""
        for hour in range(hours):
            yield from self.enter(area, person) if hour else self.stay(area, person)
            yield 30 * MINUTE
            yield from self._at_work(area, 15 * MINUTE)
            yield from self.leave(area)
            yield 5 * MINUTE
        yield from self.close_up(area, person)

    def cleans(self, area: str, person: int) -> Script:
        """After the office has closed: the door is held for the bucket, a cabinet's door is wiped with the rest."""
        yield from self.stay(area, person, held=25)
        yield from self._at_work(area, 25 * MINUTE)
        yield from self.leave(area)
        yield MINUTE
        yield from self.close_up(area, person)

    def leaves_open(self, area: str, person: int, place: str) -> Script:
        """Somebody forgets to shut something."""
        yield from self.enter(area, person)
        self.move(place, True)
        yield MINUTE
        yield from self.leave(area)

    def together(self, area: str, one: int, other: int, stay: int) -> Script:
        """Two come together, such as a cleaner's escort and a colleague, and leave together."""
        yield from self.enter(area, one, other, held=15)
        yield stay
        yield from self.leave(area)

    def on_one_badge(self, area: str, one: int, other: int, stay: int) -> Script:
        """Two go in on the badge of one, and out by two openings; the second shows a badge outside, as is the rule."""
        yield from self.visit(area, one, stay)
        yield 30 * SECOND
        for door in reversed(self._doors(area)):
            yield from self.through(door)
        yield 20 * SECOND
        self.badge(other, area)

    def turns_round(self, area: str, person: int) -> Script:
        """Shows a badge, is called away, and comes back."""
        self.badge(person, area)
        yield 30 * SECOND
        yield from self.visit(area, person, 5 * MINUTE)

    def tries_in_vain(self, area: str, person: int) -> Script:
        """Shows a badge that has no right here, and once more, and goes."""
        self.badge(person, area)
        yield 4 * SECOND
        self.badge(person, area)

    # ---- sealing and unsealing

    def seal(self, area: str) -> Script:
        """Two look at the area, and show their badges."""
        self.house.paper.asks(PAIRS[area][1], m.SealingChecking(sealing=0, area=area))
        yield from self.look_at(area)
        yield from self._ceremony(area, m.SealingOrdered(sealing=0, area=area, purpose="seal"), "sealed")

    def look_at(self, area: str) -> Script:
        """Two walk through the area and try all that opens, tick the list, and put on the seals."""
        asks, pair = self.house.paper.asks, PAIRS[area]
        duty = pair[1]
        yield from self.enter(area, *pair)
        for point in self._site.point:
            if point.area == area and KINDS[point.kind].item and point.place not in self._doors(area):
                yield 8 * SECOND
                yield from self.through(point.place)
        yield 10 * SECOND
        yield from self.leave(area)
        yield 30 * SECOND
        for item in before_sealing.items(self._site, area):
            asks(duty, m.CheckTicked(area=area, item=item))
        for seal in before_sealing.seals(self._site, area):
            self.move(seal, False)
            asks(duty, m.SealNumber(point=seal, number=NUMBER, said_by=pair[0]))
            yield 5 * SECOND
            asks(duty, m.SealNumber(point=seal, number=NUMBER, said_by=duty))

    def unseal(self, area: str) -> Script:
        """Two read the seals, show their badges, wait until the nodes have it, and break the seals."""
        duty = PAIRS[area][1]
        for seal in before_sealing.seals(self._site, area):
            self.house.paper.asks(duty, m.SealCompared(sealing=0, point=seal, number=NUMBER, same=True))
            yield 5 * SECOND
        order = m.SealingOrdered(sealing=0, area=area, purpose="unseal", cause="节后开库")
        yield from self._ceremony(area, order, "unsealed")
        for seal in before_sealing.seals(self._site, area):
            self.move(seal, True)
        yield 20 * SECOND
        yield from self.visit(area, PAIRS[area][0], 10 * MINUTE)

    def _ceremony(self, area: str, order: m.SealingOrdered, outcome: str) -> Script:
        self.house.paper.asks(PAIRS[area][1], order)
        self.house.look_closely(30 * SECOND)
        yield 8 * SECOND
        self.badge(PAIRS[area][0], area)
        yield self.house.world.seconds(2, 15)
        self.badge(PAIRS[area][1], area)
        yield 10 * SECOND
        state = self.house.state.area(area).state
        assert state == outcome, f"{area} is {state}, not {outcome}"

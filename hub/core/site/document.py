"""The site document `site.toml` as structs: shapes and indexes. That names fit together is checked by `rules`.

It is long since there are that many keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

from wire.messages import InputKind, LeaveBy, PointKind, Window

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Role = Literal["duty", "security", "administrator", "auditor"]

Outside = Literal["two", "told"]

DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HELD_S = 60
"""Seconds that a door or gate may stand open unless the document says otherwise."""


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of everything in the document."""


class Title(Table, frozen=True):
    """A title in both languages."""

    zh: str
    en: str


class Area(Table, frozen=True):
    """A room or a bank of cabinets, and the people who answer for it (numbers of cardholders)."""

    name: str
    title: Title | str
    leave: LeaveBy
    doors: tuple[str, ...] = ()
    """Names of its doors and gates, from the outside inwards."""
    seconds: int = 10
    """Seconds that each door in turn may take after the one before."""
    supervised: bool = False
    """Every point, except exit buttons, must be on a supervised terminal."""
    guard: bool | None = None
    """Whether ordinary nights are guarded; left out, it is where the area has a reader."""
    opens: tuple[int, ...] | None = None
    """Numbers of the people who may unset it; left out: the keeper and whoever may seal it."""
    hours: str | None = None
    """Name of the schedule in which one of them does; left out: the office's hours and an hour around them."""
    outside: Outside | None = None
    """Outside its hours it takes two of them, or one of whom others are told; left out: `two`, of one person `told`."""
    close: int = 15
    """Minutes after the office's close at which it sets itself."""
    keeper: int | None = None
    may_seal: tuple[int, ...] = ()
    responders: tuple[int, ...] = ()


class Node(Table, frozen=True):
    """A node board."""

    name: str
    title: Title | str


class Fixed(Table, frozen=True):
    """What hangs in an area and is connected to a node."""

    area: str
    name: str
    title: Title | str
    node: str

    @property
    def place(self) -> str:
        """The point or reader as `area/name`."""
        return f"{self.area}/{self.name}"


class Point(Fixed, frozen=True):
    """One monitored thing on one terminal."""

    kind: PointKind
    terminal: int
    input: InputKind
    normally: Literal["closed", "open"] = "closed"
    """State of the contact when all is well."""
    held: int | None = None
    """Seconds that a door or gate may stand open."""


class Reader(Fixed, frozen=True):
    """A badge reader on one of a node's reader ports."""

    port: str
    inside: bool = False
    """It hangs inside, and people leave by it."""


class Hours(Table, frozen=True):
    """Hours of local time on certain days, as HH:MM; 24:00 is the end of the day."""

    days: tuple[Day, ...]
    start: str
    end: str

    @property
    def window(self) -> Window:
        """The same as nodes are told it. Raises ValueError for what is no time of day."""
        days = tuple(DAYS.index(day) for day in self.days)
        return Window(days=days, start=minutes(self.start), end=minutes(self.end))


class Span(NamedTuple):
    """From the first opening to the last closing, in minutes since midnight."""

    opens: int
    closes: int


class Schedule(Table, frozen=True):
    """The hours in which a grant holds."""

    name: str
    windows: tuple[Hours, ...]


class Cardholder(Table, frozen=True):
    """A person. `badge`: ten hex digits as the reader sends them, or a list of such."""

    number: int
    name: str
    post: Title | str = ""
    badge: str | tuple[str, ...] = ()
    duress: str = ""
    """A badge of its own for whoever is forced: it opens like any other, and help is called without a sound."""
    phone: str = ""
    email: str = ""

    @property
    def own_badges(self) -> tuple[str, ...]:
        """All badges of the person but the one for duress."""
        return (self.badge,) if isinstance(self.badge, str) else self.badge

    @property
    def badges(self) -> tuple[str, ...]:
        """All badges of the person, the one for duress last."""
        return (*self.own_badges, self.duress) if self.duress else self.own_badges


class Person(Table, frozen=True):
    """Of a cardholder what lies beside the journal alone: name, and how to call."""

    number: int
    name: str
    phone: str = ""
    email: str = ""


class Grant(Table, frozen=True):
    """The right of a cardholder to enter areas: in a schedule's hours or always, through the day `ends` or for ever."""

    cardholder: int
    areas: tuple[str, ...]
    schedule: str | None = None
    ends: date | None = None


class Account(Table, frozen=True):
    """The right of a cardholder to sign in to the console, and what as."""

    login: str
    cardholder: int
    roles: tuple[Role, ...]


class Site(Table, frozen=True, dict=True):
    """The whole document. `hub`: names and addresses under which nodes and browsers reach the hub; `office`: name of
    the schedule of the hours in which the site is open; `supervisor`: cardholder who is called when nobody answers."""

    name: str
    title: Title | str
    timezone: str
    hub: tuple[str, ...]
    office: str | None = None
    supervisor: int | None = None
    area: tuple[Area, ...] = ()
    node: tuple[Node, ...] = ()
    point: tuple[Point, ...] = ()
    reader: tuple[Reader, ...] = ()
    cardholder: tuple[Cardholder, ...] = ()
    schedule: tuple[Schedule, ...] = ()
    grant: tuple[Grant, ...] = ()
    account: tuple[Account, ...] = ()

    # Indexes, made once when first asked for; `dict=True` above gives them a place to lie.

    @cached_property
    def areas(self) -> dict[str, Area]:
        """Areas by name."""
        return {area.name: area for area in self.area}

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """Nodes by name."""
        return {node.name: node for node in self.node}

    @cached_property
    def points(self) -> dict[str, Point]:
        """Points by place."""
        return {point.place: point for point in self.point}

    @cached_property
    def readers(self) -> dict[str, Reader]:
        """Readers by place."""
        return {reader.place: reader for reader in self.reader}

    @cached_property
    def area_readers(self) -> dict[str, tuple[Reader, ...]]:
        """Readers by their area, in the order of the document; an area without one is not in it."""
        found: dict[str, list[Reader]] = {}
        for reader in self.reader:
            found.setdefault(reader.area, []).append(reader)
        return {area: tuple(readers) for area, readers in found.items()}

    @cached_property
    def outside_readers(self) -> dict[str, Reader]:
        """The first reader outside of each area that has one: there it is unset, set and sealed."""
        return {reader.area: reader for reader in reversed(self.reader) if not reader.inside}

    @cached_property
    def schedules(self) -> dict[str, Schedule]:
        """Schedules by name."""
        return {schedule.name: schedule for schedule in self.schedule}

    @cached_property
    def office_span(self) -> Span | None:
        """The hours of the office on all its days together; None without any."""
        return _span(self._office_hours)

    @cached_property
    def office_days(self) -> tuple[Span | None, ...]:
        """The hours of the office by weekday, from Monday on; None on a day without."""
        return by_day(self._office_hours)

    @property
    def _office_hours(self) -> tuple[Hours, ...]:
        office = self.schedules.get(self.office or "")
        return office.windows if office else ()

    @cached_property
    def cardholders(self) -> dict[int, Cardholder]:
        """Cardholders by number."""
        return {holder.number: holder for holder in self.cardholder}

    @cached_property
    def grants_of(self) -> dict[int, tuple[Grant, ...]]:
        """Grants by the number of their cardholder, in the order of the document."""
        found: dict[int, list[Grant]] = {}
        for grant in self.grant:
            found.setdefault(grant.cardholder, []).append(grant)
        return {number: tuple(grants) for number, grants in found.items()}

    @cached_property
    def duress_badges(self) -> frozenset[str]:
        """Badges that call for help without a sound."""
        return frozenset(holder.duress for holder in self.cardholder if holder.duress)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The site's time zone. Raises what `zoneinfo` raises for a name that is none."""
        return ZoneInfo(self.timezone)

    @cached_property
    def area_nodes(self) -> dict[str, tuple[str, ...]]:
        """Nodes that a point or reader of the area is connected to, by area, in the order of the document."""
        found: dict[str, dict[str, None]] = {area.name: {} for area in self.area}
        fixed: tuple[Fixed, ...] = (*self.point, *self.reader)
        for one in fixed:
            found.setdefault(one.area, {})[one.node] = None
        return {area: tuple(nodes) for area, nodes in found.items()}

    @cached_property
    def node_areas(self) -> dict[str, tuple[str, ...]]:
        """Areas that a point or reader of the node is in, by node, in the order of the document."""
        found: dict[str, list[str]] = {}
        for area, nodes in self.area_nodes.items():
            for node in nodes:
                found.setdefault(node, []).append(area)
        return {node: tuple(areas) for node, areas in found.items()}


@lru_cache(maxsize=1500)  # all that are one
def minutes(clock: str) -> int:
    """Minutes since midnight of HH:MM, 1440 for 24:00. Raises ValueError for anything else."""
    hour, minute = clock[:2], clock[3:]
    plain = len(clock) == 5 and clock[2] == ":" and clock.isascii() and hour.isdigit() and minute.isdigit()
    total = int(hour) * 60 + int(minute) if plain and int(minute) < 60 else -1
    if not 0 <= total <= 24 * 60:
        raise ValueError(f"{clock!r} is not a time of day")
    return total


def by_day(windows: Sequence[Hours]) -> tuple[Span | None, ...]:
    """The first opening and the last closing of windows by weekday, from Monday on; None on a day without."""
    return tuple(_span([hours for hours in windows if day in hours.days]) for day in DAYS)


def _span(windows: Sequence[Hours]) -> Span | None:
    if not windows:
        return None
    return Span(min(minutes(one.start) for one in windows), max(minutes(one.end) for one in windows))


def in_language(title: Title | str, language: str) -> str:
    """The title in that language (`zh…` is Chinese, all else English)."""
    if isinstance(title, str):
        return title
    return title.zh if language.startswith("zh") else title.en

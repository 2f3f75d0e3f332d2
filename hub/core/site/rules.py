"""What must fit together in a site document. Each rule is a function of its own, so that no mistake hides another.
It is long since there are that many rules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address
from itertools import combinations

from hub.core.site import lookups, order_sizes, rules_of_guard, rules_of_people
from hub.core.site.document import Area, Fixed, Point, Reader, Site
from hub.core.site.mistakes import Mistake, Mistakes, Rule, repeated
from wire import messages as m
from wire import topics
from wire.board import Board
from wire.points import KINDS

_NAME = re.compile(r"[a-z0-9-]{1,32}")  # wire.messages.Name
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
_LONGEST_S = 3600


def check(site: Site, board: Board) -> list[Mistake]:
    """Every mistake in the document, in the order of the rules. None of them: it may be applied."""
    mistakes = [mistake for rule in RULES + RULES_OF_THE_WHOLE for mistake in rule(site, board)]
    return mistakes or list(order_sizes.check(site, board))


def check_rest(site: Site, board: Board) -> list[Mistake]:
    """Mistakes in what could be read of a document; none of them can come from what could not be read."""
    return [mistake for rule in RULES for mistake in rule(site, board)]


# ---------------------------------------------------------------- names


def _names(site: Site, _board: Board) -> Mistakes:
    """Site and node names become topics and certificates, all others become parts of records."""
    for place, name in [("site", site.name), *((f"node {node.name}", node.name) for node in site.node)]:
        if not topics.valid_name(name):
            reserved = f", and not {', '.join(topics.RESERVED)}"
            yield Mistake(f"{place}, name", f"write 3 to 32 small letters, digits or hyphens{reserved}")
    named = [
        *((f"area {one.name}", one.name) for one in site.area),
        *((place, one.name) for place, one in _fixed(site)),
        *((f"schedule {one.name}", one.name) for one in site.schedule),
    ]
    for place, name in named:
        if not _NAME.fullmatch(name):
            yield Mistake(f"{place}, name", "write 1 to 32 small letters, digits or hyphens")
    for account in site.account:
        if not _NAME.fullmatch(account.login):
            yield Mistake(f"account {account.login}, login", "write 1 to 32 small letters, digits or hyphens")


def _names_twice(site: Site, _board: Board) -> Mistakes:
    for name in repeated(area.name for area in site.area):
        yield Mistake(f"area {name}, name", "another area has this name; give each its own")
    for name in repeated(node.name for node in site.node):
        yield Mistake(f"node {name}, name", "another node has this name; give each its own")
    for place in repeated(one.place for _, one in _fixed(site)):
        yield Mistake(f"point {place}, name", "another point or reader of the area has this name; give each its own")
    for name in repeated(schedule.name for schedule in site.schedule):
        yield Mistake(f"schedule {name}, name", "another schedule has this name; give each its own")
    for number in repeated(holder.number for holder in site.cardholder):
        yield Mistake(f"cardholder {number}, number", "another person has this number; give each their own")
    for login in repeated(account.login for account in site.account):
        yield Mistake(f"account {login}, login", "another account has this login; give each its own")
    # An alarm is at a point, a reader, an area, a node or the hub: the name alone must say which.
    for name in sorted({area.name for area in site.area} | {"hub"}):
        if name in site.nodes:
            yield Mistake(
                f"node {name}, name", f"{name} is also what an area or the hub is called; call the node {name}-1"
            )


# ---------------------------------------------------------------- site, areas


def _head(site: Site, _board: Board) -> Mistakes:
    try:
        _ = site.zone
    except (KeyError, ValueError, OSError):  # unknown, not a name at all, a folder of zones
        yield Mistake("site, timezone", f"no time zone is called {site.timezone!r}; in China write Asia/Shanghai")
    if not site.hub:
        yield Mistake("site, hub", "name at least one host name or address under which nodes reach the hub")
    for host in site.hub:
        if not _is_host(host):
            yield Mistake("site, hub", f"{host!r} is neither a host name in small letters nor an address")


def _is_host(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        # What looks like an address and is none is a slip of the finger, not a name.
        return bool(_HOST.fullmatch(host)) and not host.replace(".", "").isdigit()
    return True


def _area_has(site: Site, _board: Board) -> Mistakes:
    for area in site.area:
        place = f"area {area.name}"
        if not any(point.area == area.name for point in site.point):
            yield Mistake(place, "has no point; add a [[point]] with this area, or take the area out")
        if not lookups.ceremony_reader(site, area.name):
            yield Mistake(place, "has no reader outside, so nobody could enter, unset or seal it; add a [[reader]]")


def _area_people(site: Site, _board: Board) -> Mistakes:
    for area in site.area:
        place = f"area {area.name}"
        if area.keeper is None:
            yield Mistake(f"{place}, keeper", "is missing; name the one person who answers for the area")
        if len(set(area.may_seal)) < 2:
            yield Mistake(f"{place}, may_seal", "sealing takes two different people; name at least two")
        if not area.responders:
            yield Mistake(f"{place}, responders", "nobody would attend an alarm here; name at least one person")


def _area_people_known(site: Site, _board: Board) -> Mistakes:
    for area in site.area:
        place = f"area {area.name}"
        if area.keeper is not None and area.keeper not in site.cardholders:
            yield Mistake(f"{place}, keeper", f"no cardholder has number {area.keeper}")
        for key, people in (("may_seal", area.may_seal), ("responders", area.responders)):
            for person in sorted(set(people)):
                if person not in site.cardholders:
                    yield Mistake(f"{place}, {key}", f"no cardholder has number {person}")
                elif not site.cardholders[person].badges:
                    yield Mistake(f"{place}, {key}", f"{person} has no badge to do this with; give them one")


def _as_many_as_a_node_signs(site: Site, _board: Board) -> Mistakes:
    """A node signs whose badges count at an area that is sealed, in one record."""
    for area in site.area:
        people = {*area.may_seal, *area.responders} & site.cardholders.keys()
        badges = sum(len(site.cardholders[person].badges) for person in people)
        if len(people) > m.MOST_FROZEN or badges > m.MOST_FROZEN_BADGES:
            yield Mistake(
                f"area {area.name}, may_seal",
                f"{len(people)} people with {badges} badges may seal it or attend it in alarm; a node holds"
                f" {m.MOST_FROZEN} people and {m.MOST_FROZEN_BADGES} badges for a sealed area; name fewer",
            )


def _seal_roles(site: Site, _board: Board) -> Mistakes:
    """One of the two who seal stands for the watch, the other for what is inside."""
    for area in site.area:
        people = set(area.may_seal)
        if len(people) > 1 and not any(lookups.in_two_roles(site, area.name, *two) for two in combinations(people, 2)):
            sentence = "one who seals has an account for duty, the other has none or is the keeper; name one of each"
            yield Mistake(f"area {area.name}, may_seal", sentence)


def _passage(site: Site, _board: Board) -> Mistakes:
    """One node judges a passage from the badge to the innermost door, so all that belongs to it hangs on that node."""
    for area in site.area:
        place = f"area {area.name}, doors"
        for door in repeated(area.doors):
            yield Mistake(place, f"{door} is named twice")
        for door in dict.fromkeys(area.doors):
            point = site.points.get(f"{area.name}/{door}")
            if point is None:
                yield Mistake(place, f"the area has no point {door}; add it, or correct the name")
            elif not KINDS[point.kind].passage:
                yield Mistake(place, f"{door} is of kind {point.kind}; only a door or gate can be passed")
        nodes = _passage_nodes(site, area)
        if area.doors and len(nodes) > 1:
            yield Mistake(place, f"doors and readers hang on {' and '.join(nodes)}; connect them to one node")


def _passage_nodes(site: Site, area: Area) -> list[str]:
    doors = [site.points.get(f"{area.name}/{door}") for door in area.doors]
    hanging = [door.node for door in doors if door] + [one.node for one in site.reader if one.area == area.name]
    return list(dict.fromkeys(hanging))


def _leaving(site: Site, _board: Board) -> Mistakes:
    for area in site.area:
        nodes = _passage_nodes(site, area)
        if area.leave == "button" and not any(
            point.area == area.name and KINDS[point.kind].leave and point.node in nodes for point in site.point
        ):
            yield Mistake(
                f"area {area.name}, leave", "there is no exit-button at the node of its doors; add that point"
            )
        if area.leave == "reader" and not any(one.area == area.name and one.inside for one in site.reader):
            yield Mistake(f"area {area.name}, leave", "there is no reader inside; add one with inside = true")


# ---------------------------------------------------------------- nodes, points, readers


def _fixed_where(site: Site, _board: Board) -> Mistakes:
    for place, one in _fixed(site):
        if one.area not in site.areas:
            yield Mistake(f"{place}, area", f"there is no area {one.area}; add it, or correct the name")
        if one.node not in site.nodes:
            yield Mistake(f"{place}, node", f"there is no node {one.node}; add it, or correct the name")


def _terminals(site: Site, board: Board) -> Mistakes:
    inputs = {terminal.number: terminal.input for terminal in board.terminal}
    taken: dict[tuple[str, int], Point] = {}
    for point in site.point:
        place = f"point {point.place}"
        has = inputs.get(point.terminal)
        other = taken.setdefault((point.node, point.terminal), point)
        if has is None:
            yield Mistake(f"{place}, terminal", f"the board has no terminal {point.terminal}; it has {_list(inputs)}")
        elif has != point.input:
            fit = _list(number for number, kind in inputs.items() if kind == point.input)
            yield Mistake(
                f"{place}, input", f"terminal {point.terminal} is {has}; write that, or use one of terminals {fit}"
            )
        if other is not point:
            sentence = f"terminal {point.terminal} of {point.node} is taken by {other.place}; use another terminal"
            yield Mistake(f"{place}, terminal", sentence)


def _supervised(site: Site, _board: Board) -> Mistakes:
    for point in site.point:
        area = site.areas.get(point.area)
        if area and area.supervised and point.input == "two-state" and not KINDS[point.kind].pressed:
            sentence = f"{area.name} asks for supervised inputs, which tell a cut wire; use a supervised terminal"
            yield Mistake(f"point {point.place}, input", sentence)


def _silent_cuts(site: Site, _board: Board) -> Mistakes:
    """Of a cut wire a two-state input says what it says of an open contact: that must not be "all is well"."""
    for point in site.point:
        if point.input == "two-state" and point.normally == "open" and not KINDS[point.kind].pressed:
            sentence = "a cut wire would never be seen; use a contact that is closed at rest, or a supervised terminal"
            yield Mistake(f"point {point.place}, normally", sentence)


def _seconds(site: Site, _board: Board) -> Mistakes:
    for area in site.area:
        if not 1 <= area.seconds <= _LONGEST_S:
            yield Mistake(f"area {area.name}, seconds", f"write 1 to {_LONGEST_S} seconds; 10 is usual")
    for point in site.point:
        if point.held is None:
            continue
        if not KINDS[point.kind].passage:
            yield Mistake(
                f"point {point.place}, held", f"only a door or gate is held open, not a {point.kind}; leave it out"
            )
        elif not 1 <= point.held <= _LONGEST_S:
            yield Mistake(f"point {point.place}, held", f"write 1 to {_LONGEST_S} seconds; 60 is usual")


def _ports(site: Site, board: Board) -> Mistakes:
    ports = [port.port for port in board.reader]
    taken: dict[tuple[str, str], Reader] = {}
    for reader in site.reader:
        place = f"reader {reader.place}, port"
        other = taken.setdefault((reader.node, reader.port), reader)
        if reader.port not in ports:
            yield Mistake(place, f"the board has no reader port {reader.port}; write one of {', '.join(ports)}")
        if other is not reader:
            yield Mistake(place, f"{reader.port} of {reader.node} is taken by {other.place}; use another port or node")


def _idle_nodes(site: Site, _board: Board) -> Mistakes:
    used = {one.node for _, one in _fixed(site)}
    for node in site.node:
        if node.name not in used:
            yield Mistake(f"node {node.name}", "nothing is connected to it; add its points and readers, or take it out")


RULES: tuple[Rule, ...] = (
    _names,
    _names_twice,
    _head,
    _area_people,
    _terminals,
    _supervised,
    _silent_cuts,
    _seconds,
    _ports,
    *rules_of_people.RULES,
    *rules_of_guard.RULES,
)
"""Mistakes that are there whatever else the document says."""

RULES_OF_THE_WHOLE: tuple[Rule, ...] = (
    _area_has,
    _area_people_known,
    _as_many_as_a_node_signs,
    _seal_roles,
    _passage,
    _leaving,
    _fixed_where,
    _idle_nodes,
    *rules_of_people.RULES_OF_THE_WHOLE,
    *rules_of_guard.RULES_OF_THE_WHOLE,
)
"""Mistakes of the kind that something is not there. Not to be asked of a document that was read only in part."""


def _fixed(site: Site) -> list[tuple[str, Fixed]]:
    points: list[tuple[str, Fixed]] = [(f"point {one.place}", one) for one in site.point]
    return points + [(f"reader {one.place}", one) for one in site.reader]


def _list(numbers: Iterable[int]) -> str:
    return ", ".join(str(number) for number in numbers)

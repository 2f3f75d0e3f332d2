"""What an order to a node says, composed from the state at the time of sending; and when a node is told anew."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from msgspec.structs import replace

from hub.core import order_numbers, standing
from hub.core.alarms import closing
from hub.core.calendar import office_hours
from hub.core.doors import asked
from hub.core.rules import each
from hub.core.sealing import area as area_sealing
from hub.core.sealing import frozen
from hub.core.site import lookups
from hub.core.site.document import Site
from hub.core.state import Alarm, Area, Guarded, Life, State
from wire import messages as m
from wire.board import Board

ACCESS_VALID_MS = 7 * 24 * 3_600_000
"""How long a node decides by an access list without hearing anything newer."""
ACCESS_RENEWED_MS = 24 * 3_600_000
CLOCK_SLACK_MS = 60_000


def compose(state: State, site: Site, board: Board, node: str, what: str, now: int) -> m.OrderData:
    """What an order says now. `now`: hub's wall time in ms."""
    kind, name = order_numbers.about(what)
    version = state.meta.site_version
    if kind == "plan":
        return replace(lookups.plan_for(site, node, version, board), word=frozen.word(state, node))
    if kind == "access":
        expires = now + ACCESS_VALID_MS
        days = office_hours.named_days(state, site, now, expires)
        access = lookups.access_for(site, node, version, now, expires, days, str, asked.approvals(state))
        return replace(frozen.withheld(state, node, access), word=frozen.word(state, node))
    area = state.area(name)
    if kind == "sealed":
        return _guarded(state, site, node, area)
    if kind == "guard":
        known = state.find(Guarded, name) or Guarded(name)
        return m.Guard(area=name, state=known.state, number=known.number)
    if kind == "guard-asked":
        known = state.find(Guarded, name) or Guarded(name)
        return m.GuardAsked(area=name, act=known.asked or "set", person=known.asked_by or 1)
    if kind == "quiet":
        return m.Quiet(area=name, word=area.came)
    if kind == "ceremony":
        under_way = area.due_at is not None and area.state.endswith("ceremony")
        seconds = min(max(0, (area.due_at or 0) - now), area_sealing.CEREMONY_MS) // 1000 if under_way else 0
        return m.Ceremony(
            reader=lookups.ceremony_reader(site, name),
            purpose=area_sealing.CEREMONIES.get(area.state, "seal"),
            sealing=area.sealing,
            seconds=seconds,
        )
    alarms = sorted(alarm.number for alarm in state.all(Alarm) if closing.expects_responder(alarm, name))
    return m.Respond(area=name, alarms=tuple(alarms[: m.NAMED_ALARMS]))  # the others when these are attended


def _guarded(state: State, site: Site, node: str, area: Area) -> m.Seal | m.Unseal:
    """Whether the node is to hold the area. As long as it could not let it go, it is not told to."""
    reader = lookups.ceremony_node(site, area.name)
    waits = area.state == "unsealing" and not frozen.may_let_go(area, node, reader)
    if area_sealing.ON_NODES[area.state] or waits:
        lives = {name: state.life(name) for name in lookups.nodes_of(site, area.name)}
        return m.Seal(
            area=area.name,
            sealing=area.sealing,
            reader_node=reader or node,
            keys={name: life.record_key for name, life in lives.items() if life and not life.revoked},
            firm=area.state != "arming",
            over=area.change if area.state in ("sealed", "unseal-ceremony") else 0,
        )
    word = area.word if node != reader else ""
    return m.Unseal(area=area.name, sealing=area.sealing, word=word, emergency=area.loud)


def in_force(state: State, site: Site, node: str) -> Iterator[m.FactData]:
    """All that holds for a node: its terminals, who may enter, and of each of its areas whether it is sealed."""
    areas = [f"sealed/{name}" for name in lookups.areas_of(site, node)]
    followed = [f"guard/{name}" for name in lookups.areas_of(site, node) if _follows(state, site, node, name)]
    yield from order_numbers.issue(state, node, *order_numbers.STANDING, *areas, *followed)


def _follows(state: State, site: Site, node: str, area: str) -> bool:
    """Whether another node says how the area stands on ordinary days, and has done so."""
    return standing.told(state, site, area) is not None and lookups.ceremony_node(site, area) != node


def after_start(state: State, site: Site, node: str) -> Iterator[m.FactData]:
    """What a node that starts anew may not know; what was to happen at its readers it has forgotten."""
    yield from in_force(state, site, node)
    for name in lookups.areas_of(site, node):
        area = state.area(name)
        if area.loud and area.came:
            yield from order_numbers.issue(state, node, f"quiet/{name}")
        if area.state.endswith("ceremony") and node == lookups.ceremony_node(site, name):
            yield from order_numbers.issue(state, node, f"ceremony/{name}")
        if area_sealing.guarded(area) and any(closing.expects_responder(alarm, name) for alarm in state.all(Alarm)):
            yield from order_numbers.issue(state, node, f"respond/{name}")


def renewals(state: State, now: int) -> Iterator[m.FactData]:
    """New access lists for nodes whose list is a day old, or of a time that a wrong clock has put into the future."""
    yield from each(
        *(
            partial(order_numbers.issue, state, life.node, "access")
            for life in list(state.all(Life))
            if life.access_at and not -CLOCK_SLACK_MS <= now - life.access_at < ACCESS_RENEWED_MS
        )
    )

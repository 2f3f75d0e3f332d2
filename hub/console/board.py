"""The duty board: everything at a glance, on one page that goes on by itself."""

from __future__ import annotations

from typing import NamedTuple

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from sqlalchemy import Connection

from hub.console import roster, shown
from hub.console.console import Asked, Console, console_of
from hub.console.live import NODE_LATE_MS, Live
from hub.console.render import View
from hub.console.texts import N_
from hub.core import sealing, sites
from hub.core.roster import OnDuty
from hub.core.state import Alarm, Area, Life, Point
from hub.store import queries

ALARMS_SHOWN = 20
TROUBLES_SHOWN = 8


class Standing(NamedTuple):
    """What the database says, in one view."""

    areas: dict[str, Area]
    points: dict[str, Point]
    nodes: dict[str, Life]
    alarms: list[Alarm]
    troubles: list[Alarm]
    counts: dict[str, int]
    size: int
    newest: int
    on_duty: OnDuty


class AreaCard(NamedTuple):
    """One area at a glance. `odd`: its points that are not normal."""

    row: Area
    title: str
    guarded: bool
    odd: list[Point]
    alarms: int
    keeper: int | None


class NodeChip(NamedTuple):
    """One node at a glance. `look` is one of the NODE_LOOKS."""

    name: str
    title: str
    look: str
    at: int | None
    sounding: bool


class Overall(NamedTuple):
    """The banner: what it looks like, what it says."""

    look: str
    title: str
    detail: str


NODE_LOOKS = {
    "heard": N_("heard"),
    "late": N_("late"),
    "silent": N_("silent"),
    "waiting": N_("not heard yet"),
    "revoked": N_("revoked"),
    "new": N_("not enrolled"),
}


def ask(connection: Connection, view: View) -> Standing:
    """Everything that the board shows."""
    newest = queries.journal(connection, limit=1, newest_first=True)
    return Standing(
        queries.areas(connection),
        queries.points(connection),
        queries.nodes(connection),
        queries.most_urgent(connection, ("alarm", "tamper"), ALARMS_SHOWN),
        queries.most_urgent(connection, ("trouble",), TROUBLES_SHOWN),
        queries.open_counts(connection),
        queries.size(connection),
        newest[0].hub_time if newest else 0,
        roster.on_duty(connection, view)[0],
    )


def area_cards(view: View, standing: Standing) -> list[AreaCard]:
    """Every area of the site document, in its order."""
    cards = []
    for area in view.site.area:
        row = standing.areas.get(area.name, Area(area.name))
        places = [point.place for point in view.site.point if point.area == area.name]
        odd = [standing.points[place] for place in places if place in standing.points]
        odd = [point for point in odd if point.level != "normal" and sites.guards(view.site, point.place)]
        alarms = sum(alarm.area == area.name for alarm in standing.alarms)
        title = view.names.area(area.name)
        cards.append(AreaCard(row, title, sealing.guarded(row), odd, alarms, area.keeper))
    return cards


def node_chips(view: View, nodes: dict[str, Life], live: Live) -> list[NodeChip]:
    """Every node of the site document, in its order."""
    chips = []
    for node in view.site.node:
        heard = live.beats.get(node.name)
        look = _node_look(nodes.get(node.name), heard.at if heard else None, view.now)
        sounding = bool(heard and heard.said and heard.said.sounding and look == "heard")
        chips.append(NodeChip(node.name, view.names.node(node.name), look, heard.at if heard else None, sounding))
    return chips


def _node_look(life: Life | None, at: int | None, now: int) -> str:
    if life is None:
        return "new"
    if life.revoked:
        return "revoked"
    if life.silent:
        return "silent"
    if at is None:
        return "waiting"
    return "heard" if now - at <= NODE_LATE_MS else "late"


def overall(view: View, standing: Standing, cards: list[AreaCard], engine_silent: bool) -> Overall:
    """The one thing to know first."""
    say, count = view.texts.say, view.texts.count
    alarms = standing.counts.get("alarm", 0) + standing.counts.get("tamper", 0)
    troubles = standing.counts.get("trouble", 0)
    sealed = sum(card.guarded for card in cards)
    seals = say("Sealed: %(sealed)s of %(areas)s areas", sealed=sealed, areas=len(cards))
    if engine_silent:
        detail = say("What stands below may be out of date. Call the system administrator.")
        return Overall("down", say("The hub's engine is silent"), detail)
    if alarms:
        waiting = sum(alarm.life.endswith("-unacknowledged") for alarm in standing.alarms)
        detail = count("%(count)s not acknowledged", "%(count)s not acknowledged", waiting) if waiting else seals
        return Overall("alarm", count("%(count)s open alarm", "%(count)s open alarms", alarms), detail)
    if troubles:
        return Overall("trouble", count("No alarm, %(count)s trouble", "No alarm, %(count)s troubles", troubles), seals)
    if cards and sealed == len(cards):
        return Overall("sealed", say("All sealed, all normal"), seals)
    return Overall("normal", say("No alarms"), seals)


async def page(console: Console, request: Asked, message: str = "", status: int = 200) -> Response[str]:
    """The board, perhaps with the reason why something was not done."""
    view, standing = await console.look(request, ask)
    view.message = message
    await shown.note(console, [*standing.alarms, *standing.troubles])
    cards = area_cards(view, standing)
    silent = console.live.engine_silent(view.now)
    return console.renderer.page(
        "board.html",
        view,
        status,
        standing=standing,
        cards=cards,
        chips=node_chips(view, standing.nodes, console.live),
        overall=overall(view, standing, cards, silent),
        engine=console.live.engine,
        engine_silent=silent,
        NODE_LOOKS=NODE_LOOKS,
    )


@get("/calls", opt={"passive": True})
async def calls(request: Asked) -> Response[str]:
    """The part of every page that knows of open alarms."""
    console = console_of(request)
    view = await console.view(request)
    view.here = request.query_params.get("here", "")
    return console.renderer.page("calls.html", view)


@get("/", opt={"passive": True})
async def board(request: Asked) -> Response[str]:
    """The duty board."""
    return await page(console_of(request), request)


ROUTES: list[HTTPRouteHandler] = [board, calls]

"""Areas: how each stands, and sealing or unsealing it: the console orders, people do it with their badges."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from sqlalchemy import Connection

from hub.console import board
from hub.console.console import Asked, Console, console_of, go
from hub.console.render import View
from hub.console.sessions import ACTING
from hub.core import sealing, sites
from hub.core.sealing import SEAL
from hub.core.state import Alarm, Area, Life, Point
from hub.store import queries
from hub.store.queries import JournalRow
from wire import messages as m

CEREMONY_KINDS = (
    "sealing-ordered",
    "sealing-badge",
    "sealing-arming",
    "sealing-confirmed",
    "sealed",
    "unsealed",
    "sealing-cancelled",
)
STEPS_SHOWN = 12


class Ceremony(NamedTuple):
    """What the page of an area shows. `steps` are entries about its sealings, newest first."""

    row: Area
    points: dict[str, Point]
    lives: dict[str, Life]
    steps: list[JournalRow]
    alarms: list[Alarm]


class Member(NamedTuple):
    """A node of the area: whether it is heard, and whether it has confirmed the step under way."""

    name: str
    look: str
    confirmed: bool


@get("/areas")
async def area_list(request: Asked) -> Response[str]:
    """Every area."""
    console = console_of(request)
    view, standing = await console.look(request, board.ask)
    return console.renderer.page("areas.html", view, cards=board.area_cards(view, standing))


@get("/areas/{name:str}")
async def area(request: Asked) -> Response[str]:
    """One area, with its sealing."""
    name: str = request.path_params["name"]
    return await _page(console_of(request), request, name)


@post("/areas/{name:str}/order", opt={"roles": ACTING})
async def order(request: Asked) -> Response[Any]:
    """Order the badge ceremony that seals or unseals the area."""
    name: str = request.path_params["name"]
    console = console_of(request)
    form = await request.form()
    purpose: Literal["seal", "unseal"] = "unseal" if form.get("purpose") == "unseal" else "seal"
    return await _act(console, request, name, m.SealingOrdered(sealing=0, area=name, purpose=purpose))


@post("/areas/{name:str}/cancel", opt={"roles": ACTING})
async def cancel(request: Asked) -> Response[Any]:
    """Give up what is under way; the area is as it was before."""
    name: str = request.path_params["name"]
    console = console_of(request)
    wanted = m.SealingCancelled(sealing=0, area=name, reason="by-hand", detail="")
    return await _act(console, request, name, wanted)


async def _act(console: Console, request: Asked, name: str, wanted: m.FactData) -> Response[Any]:
    why_not = await console.act(request, wanted)
    return await _page(console, request, name, why_not, 409) if why_not else go(f"/areas/{name}")


async def _page(console: Console, request: Asked, name: str, message: str = "", status: int = 200) -> Response[Any]:
    def ask(connection: Connection, _view: View) -> Ceremony:
        return Ceremony(
            queries.areas(connection).get(name, Area(name)),
            queries.points(connection),
            queries.nodes(connection),
            queries.journal(connection, kind=CEREMONY_KINDS, place=name, newest_first=True, limit=STEPS_SHOWN),
            [alarm for alarm in queries.alarms(connection, True) if alarm.area == name],
        )

    view, found = await console.look(request, ask)
    described = view.site.areas.get(name)
    if described is None:
        raise NotFoundException
    view.message = message
    chips = {chip.name: chip for chip in board.node_chips(view, found.lives, console.live)}
    nodes = [Member(node, chips[node].look, node not in found.row.waiting) for node in sites.nodes_of(view.site, name)]
    points = [point for point in view.site.point if point.area == name]
    levels = {point.place: found.points[point.place] for point in points if point.place in found.points}
    odd = [place for place, row in levels.items() if row.level != "normal" and sites.guards(view.site, place)]
    return console.renderer.page(
        "area.html",
        view,
        status,
        row=found.row,
        described=described,
        points=points,
        levels=levels,
        odd=odd,
        odd_titles=[view.names.thing(place) for place in odd],
        nodes=nodes,
        steps=found.steps,
        alarms=found.alarms,
        reader=sites.ceremony_reader(view.site, name),
        first_badge=_first_badge(found),
        guarded=sealing.guarded(found.row),
        may_seal=[(found.row.state, "order-seal") in SEAL, (found.row.state, "order-unseal") in SEAL],
        may_cancel=(found.row.state, "cancel") in SEAL,
        SECOND_BADGE_S=sealing.SECOND_BADGE_MS // 1000,
        NODE_LOOKS=board.NODE_LOOKS,
    )


def _first_badge(found: Ceremony) -> JournalRow | None:
    """The entry of the first badge that counted, while the second is waited for."""
    if not found.row.state.endswith("ceremony") or found.row.first_person is None:
        return None
    badges = (row for row in found.steps if row.kind == "sealing-badge")
    return next((row for row in badges if getattr(row.data, "counted", 0) == 1), None)


ROUTES: list[HTTPRouteHandler] = [area_list, area, order, cancel]

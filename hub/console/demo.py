"""The page of the demonstration that plays with the simulated hardware. On a real hub its routes are not there."""

from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from hub.console.console import Asked, Console, console_of, go
from hub.parts import Hub
from wire import simulation

TIMEOUT_S = 2.0


class Badge(NamedTuple):
    """A badge to be held to a reader."""

    person: int
    number: str


@get("/play")
async def play(request: Asked) -> Response[str]:
    """Every node's hardware, with buttons."""
    return await _page(console_of(request), request)


@post("/play")
async def work(request: Asked) -> Response[Any]:
    """Work one piece of hardware."""
    console = console_of(request)
    form = await request.form()
    node = str(form.get("node", ""))
    fields = {key: str(form[key]) for key in ("ask", "point", "reader", "number") if key in form}
    view = await console.view(request)
    if node not in view.site.nodes:
        return await _page(console, request, view.texts.say("There is no such node."), 404)
    try:
        question: simulation.Question = msgspec.convert(fields, simulation.Question)
        answer = await asyncio.to_thread(simulation.send, _socket(console.desk.hub, node), question, TIMEOUT_S)
    except msgspec.ValidationError as error:
        return await _page(console, request, str(error), 400)
    except simulation.NotThere:
        return await _page(console, request, view.texts.say("This node does not run."), 409)
    return await _page(console, request, answer.error, 409) if answer.error else go("/play")


async def _page(console: Console, request: Asked, message: str = "", status: int = 200) -> Response[Any]:
    view = await console.view(request)
    view.message = message
    hub = console.desk.hub
    states = await asyncio.gather(*(asyncio.to_thread(_state, hub, node) for node in view.site.nodes))
    return console.renderer.page(
        "play.html", view, status, states=dict(zip(view.site.nodes, states, strict=True)), badges=_badges(hub)
    )


def _state(hub: Hub, node: str) -> simulation.NodeState | None:
    try:
        return simulation.send(_socket(hub, node), simulation.State(), TIMEOUT_S).state
    except simulation.NotThere:
        return None


def _socket(hub: Hub, node: str) -> Path:
    assert hub.settings.demo  # noqa: S101 - else there are no routes
    return hub.layout.root / hub.settings.demo.sockets / f"{node}.sock"


def _badges(hub: Hub) -> list[Badge]:
    """Badges of the demonstration's site document, which alone has their numbers in clear."""
    try:
        document = tomllib.loads((hub.layout.root / "site.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return []
    badges = []
    for holder in document.get("cardholder", ()):
        numbers = holder.get("badge", ())
        numbers = [numbers] if isinstance(numbers, str) else numbers
        badges += [Badge(int(holder["number"]), str(number)) for number in numbers]
    return badges


ROUTES: list[HTTPRouteHandler] = [play, work]

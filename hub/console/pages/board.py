"""The duty board: everything at a glance, on one page that goes on by itself."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection
from starlette.responses import Response
from starlette.routing import Route

from hub.console.base.console import Asked, Console, console_of
from hub.console.base.gate import Rule
from hub.console.base.live import NODE_LATE_MS, Heard, Live
from hub.console.base.render import View
from hub.console.base.routes import get
from hub.console.pages import roster as roster_page
from hub.console.parts import shown
from hub.console.words import guard_words, names
from hub.console.words.texts import N_
from hub.core import watched
from hub.core.calling.roster import OnDuty
from hub.core.doors.overview import Overview
from hub.core.sealing import area as area_sealing
from hub.core.site import lookups
from hub.core.state import Alarm, Area, Point
from hub.core.watched import Seen, Unwatched
from hub.store import alarm_list, guarding, queries, watching

ALARMS_SHOWN = 20
TROUBLES_SHOWN = 8


class Standing(NamedTuple):
    """What the database says, in one view. `alarms` and `troubles` are the most urgent; the counts are of all."""

    areas: dict[str, Area]
    points: dict[str, Point]
    known: watched.Known
    guards: dict[str, Overview]
    alarms: list[Alarm]
    troubles: list[Alarm]
    counts: dict[str, int]
    of_areas: dict[str, int]
    unanswered: int
    size: int
    newest: int
    on_duty: OnDuty


class AreaCard(NamedTuple):
    """One area at a glance. `odd`: its points that are not normal, or were not when they were last seen. `guard`: how
    it stands on ordinary days; None of an area that is never set."""

    row: Area
    title: str
    guarded: bool
    seen: Seen
    odd: list[Point]
    alarms: int
    keeper: int | None
    guard: Overview | None


class NodeChip(NamedTuple):
    """One node at a glance. `look` is one of the NODE_LOOKS; `at`: when it was heard, if it is."""

    name: str
    title: str
    look: str
    unwatched: Unwatched | None
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
    "waiting": N_("not heard yet"),
    **names.UNWATCHED,
}
"""How a node is heard here, or why it is not watched."""


def ask(connection: Connection, view: View) -> Standing:
    """Everything that the board shows."""
    newest = queries.journal(connection, limit=1, newest_first=True)
    known = watching.known(connection, view.site, view.engine, view.beats_heard)
    return Standing(
        queries.areas(connection),
        queries.points(connection),
        known,
        guarding.areas(connection, known, view.now),
        alarm_list.most_urgent(connection, ("alarm", "tamper"), ALARMS_SHOWN),
        alarm_list.most_urgent(connection, ("trouble",), TROUBLES_SHOWN),
        alarm_list.open_counts(connection),
        alarm_list.urgent_counts(connection),
        alarm_list.unanswered_count(connection),
        queries.size(connection),
        newest[0].hub_time if newest else 0,
        roster_page.on_duty(connection, view)[0],
    )


def area_cards(view: View, standing: Standing) -> list[AreaCard]:
    """Every area of the site document, in its order."""
    cards = []
    for area in view.site.area:
        row = standing.areas.get(area.name, Area(area.name))
        places = [point.place for point in view.site.point if point.area == area.name]
        odd = [standing.points[place] for place in places if place in standing.points]
        odd = [point for point in odd if point.level != "normal" and lookups.guards(view.site, point.place)]
        alarms = standing.of_areas.get(area.name, 0)
        title = view.names.area(area.name)
        seen = watched.area(standing.known, area.name)
        guard = standing.guards.get(area.name)
        cards.append(AreaCard(row, title, area_sealing.guarded(row), seen, odd, alarms, area.keeper, guard))
    return cards


def node_chips(view: View, known: watched.Known, live: Live) -> list[NodeChip]:
    """Every node of the site document, in its order."""
    nodes = [node.name for node in view.site.node]
    return [_chip(view, name, watched.node(known, name), live.beats.get(name)) for name in nodes]


def _chip(view: View, name: str, unwatched: Unwatched | None, heard: Heard | None) -> NodeChip:
    title = view.names.node(name)
    if unwatched:
        return NodeChip(name, title, unwatched.why, unwatched, None, sounding=False)
    if heard is None:
        return NodeChip(name, title, "waiting", None, None, sounding=False)
    look = "heard" if view.now - heard.at <= NODE_LATE_MS else "late"
    sounding = bool(heard.said and heard.said.sounding and look == "heard")
    return NodeChip(name, title, look, None, heard.at, sounding)


def overall(view: View, standing: Standing, cards: list[AreaCard]) -> Overall:
    """The one thing to know first."""
    say, count = view.texts.say, view.texts.count
    alarms = standing.counts.get("alarm", 0) + standing.counts.get("tamper", 0)
    troubles = standing.counts.get("trouble", 0)
    sealed = sum(card.guarded for card in cards)
    seals = say("Sealed: %(sealed)s of %(areas)s areas", sealed=sealed, areas=len(cards))
    if any(card.guard for card in cards):
        are_set, all_ = sum(card.guard is not None and card.guard.how == "set" for card in cards), len(cards)
        seals = say("Sealed: %(sealed)s, set: %(set)s of %(areas)s areas", sealed=sealed, set=are_set, areas=all_)
    seen = sum(card.seen.unwatched is None for card in cards)
    watch = say("%(seen)s of %(areas)s areas watched", seen=seen, areas=len(cards))
    if view.engine.hearing == "silent":
        detail = say("What stands below may be out of date. Call the system administrator.")
        return Overall("down", say("The hub's engine is silent"), f"{watch} · {detail}")
    if view.engine.held is not None:
        detail = say("Nothing new is kept meanwhile. Call the system administrator, and look at the rooms yourself.")
        return Overall("down", say("Another process holds the hub's database"), f"{watch} · {detail}")
    if alarms:
        waiting = standing.unanswered
        detail = count("%(count)s not acknowledged", "%(count)s not acknowledged", waiting) if waiting else seals
        return Overall("alarm", count("%(count)s open alarm", "%(count)s open alarms", alarms), f"{detail} · {watch}")
    quiet = count("No alarm, %(count)s trouble", "No alarm, %(count)s troubles", troubles)
    if view.engine.hearing == "waiting":
        return Overall("unwatched", say("The hub's engine is waited for"), f"{watch} · {seals}")
    if seen < len(cards):
        return Overall("unwatched", watch, f"{quiet if troubles else say('No alarms')} · {seals}")
    if troubles:
        return Overall("trouble", quiet, f"{watch} · {seals}")
    if cards and sealed == len(cards):
        return Overall("sealed", say("All sealed, all normal"), f"{watch} · {seals}")
    return Overall("normal", say("No alarms"), f"{watch} · {seals}")


async def page(console: Console, request: Asked, message: str = "", status: int = 200) -> Response:
    """The board, perhaps with the reason why something was not done."""
    view, standing = await console.look(request, ask)
    view.message = message
    await shown.note(console, [*standing.alarms, *standing.troubles])
    cards = area_cards(view, standing)
    return console.renderer.page(
        "board.html",
        view,
        status,
        standing=standing,
        cards=cards,
        chips=node_chips(view, standing.known, console.live),
        overall=overall(view, standing, cards),
        engine=console.live.engine,
        NODE_LOOKS=NODE_LOOKS,
        guard_words=guard_words,
    )


@get("/calls", Rule(passive=True))
async def calls(request: Asked) -> Response:
    """The part of every page that knows of open alarms."""
    console = console_of(request)
    view = await console.view(request)
    view.here = request.query_params.get("here", "")
    return console.renderer.page("calls_live.html", view)


@get("/", Rule(passive=True))
async def board(request: Asked) -> Response:
    """The duty board."""
    return await page(console_of(request), request)


ROUTES: list[Route] = [board, calls]

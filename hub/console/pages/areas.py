"""Areas: how each stands, and sealing or unsealing it: the console orders, people do it with their badges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from hub.console.base.console import Asked, Console, console_of, go
from hub.console.base.gate import Rule
from hub.console.base.render import View
from hub.console.base.routes import get, name_of, post
from hub.console.pages import board
from hub.console.pages.board import NodeChip
from hub.console.parts import guide, set_said, wish
from hub.console.parts.guide import Guide, Sealable
from hub.console.session.sessions import ACTING
from hub.console.words import guard_words, step_words
from hub.core import watched
from hub.core.doors.overview import Overview
from hub.core.sealing import area as area_sealing
from hub.core.sealing.after import EMERGENCY_FROM
from hub.core.sealing.area import SEAL
from hub.core.sealing.before import CHECK_MS
from hub.core.sealing.course import SIGNATURES
from hub.core.site import lookups
from hub.core.site.document import Area as Described
from hub.core.state import Alarm, Area, Point, Sealing
from hub.store import alarm_list, certificates, guarding, queries, rows, watching
from hub.store.queries import JournalRow
from wire import messages as m

CEREMONY_KINDS = (
    "sealing-ordered",
    "sealing-badge",
    "sealing-arming",
    "sealing-confirmed",
    "sealed",
    "unsealed",
    "unsealing-waits",
    "sealing-changing",
    "sealing-changed",
    "sealing-cancelled",
    "sealing-planned",
    "sealing-missed",
    "sealing-checking",
    "sealing-dropped",
    "check-ticked",
    "exception-signed",
    "seal-number",
    "seal-compared",
    "unsealing-approved",
    "emergency-opened",
    "emergency-signed",
    "sealing-released",
    "certificate-made",
)
PURPOSES: Mapping[str, m.Purpose] = {"seal": "seal", "unseal": "unseal", "change": "change"}
HISTORY = (*CEREMONY_KINDS, *set_said.KINDS)
STEPS_SHOWN = 30
PAPERS_SHOWN = 3
LONGEST_CAUSE = 500


class AreaDetail(NamedTuple):
    """What the page of an area shows. `steps` are entries about its sealings and its everyday guard, newest first.
    `guard`: how it stands on ordinary days; None of an area that is never set."""

    guide: Guide
    points: dict[str, Point]
    known: watched.Known
    steps: list[JournalRow]
    alarms: list[Alarm]
    papers: list[Sealing]
    guard: Overview | None
    wish: guarding.Wish | None


class Member(NamedTuple):
    """A node of the area: whether it is heard, and whether it has confirmed the step under way."""

    chip: NodeChip
    confirmed: bool


@get("/areas")
async def area_list(request: Asked) -> Response:
    """Every area."""
    console = console_of(request)
    view, standing = await console.look(request, board.ask)
    return console.renderer.page("areas.html", view, cards=board.area_cards(view, standing), guard_words=guard_words)


@get("/areas/{name}")
async def area(request: Asked) -> Response:
    """One area, with its sealing."""
    name = name_of(request)
    return await page(console_of(request), request, name)


@post("/areas/{name}/order", Rule(roles=ACTING))
async def order(request: Asked) -> Response:
    """Order the badge ceremony that seals or unseals the area, or has its sealing changed."""
    name = name_of(request)
    console = console_of(request)
    form = await request.form()
    purpose = PURPOSES.get(str(form.get("purpose")), "seal")
    cause = str(form.get("cause", "")).strip()[:LONGEST_CAUSE]
    wanted = m.SealingOrdered(sealing=0, area=name, purpose=purpose, cause=cause)
    return await _act(console, request, name, wanted, {"change" if purpose == "change" else "order": cause})


@post("/areas/{name}/cancel", Rule(roles=ACTING))
async def cancel(request: Asked) -> Response:
    """Give up what is under way; the area is as it was before."""
    name = name_of(request)
    console = console_of(request)
    wanted = m.SealingCancelled(sealing=0, area=name, reason="by-hand", detail="")
    return await _act(console, request, name, wanted)


async def _act(
    console: Console, request: Asked, name: str, wanted: m.FactData, typed: Mapping[str, str] | None = None
) -> Response:
    why_not = await console.act(request, wanted)
    return await page(console, request, name, why_not, 409, typed) if why_not else go(f"/areas/{name}")


async def page(
    console: Console,
    request: Asked,
    name: str,
    message: str = "",
    status: int = 200,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """The page of an area, perhaps with the reason why something was not done, and what was `typed` for it."""

    def ask(connection: Connection, view: View) -> AreaDetail:
        person = view.signed.person if view.signed else None
        known = watching.known(connection, view.site, view.engine, view.beats_heard)
        return AreaDetail(
            guide.guide(rows.load(connection), known, name, view.now, person),
            queries.points(connection),
            known,
            queries.journal(connection, kind=HISTORY, place=name, newest_first=True, limit=STEPS_SHOWN),
            alarm_list.of_area(connection, name),
            [one for one in certificates.sealings(connection, name) if one.sealed_at is not None][:PAPERS_SHOWN],
            guarding.areas(connection, known, view.now).get(name),
            guarding.wish(connection, view.site, name, view.now),
        )

    view, found = await console.look(request, ask)
    described = view.site.areas.get(name)
    if described is None:
        raise HTTPException(404)
    view.message = message
    row = found.guide.row
    chips = {chip.name: chip for chip in board.node_chips(view, found.known, console.live)}
    nodes = [Member(chips[node], node not in row.waiting) for node in lookups.nodes_of(view.site, name)]
    points = [point for point in view.site.point if point.area == name]
    return console.renderer.page(
        "area.html",
        view,
        status,
        row=row,
        seen=watched.area(found.known, name),
        guide=found.guide,
        described=described,
        points=points,
        levels={point.place: found.points[point.place] for point in points if point.place in found.points},
        nodes=nodes,
        odd_titles=[view.names.thing(one.place) for one in found.guide.seal.odd],
        unheard_titles=[view.names.node(node) for node in found.guide.seal.unheard],
        missing=_missing(view, found.guide.seal),
        guard=found.guard,
        wish=wish.line(view, found.wish),
        may_allow=_may_allow(view, described),
        guard_words=guard_words,
        said=lambda step: set_said.detail(view, step.data),
        who=lambda step: view.names.people(set_said.people(step.data, step.person)),
        steps=found.steps,
        alarms=[one for one in found.alarms if one.klass != "trouble"],
        troubles=[one for one in found.alarms if one.klass == "trouble"],
        papers=found.papers,
        reader=lookups.ceremony_reader(view.site, name),
        first_badge=_first_badge(row, found.steps),
        guarded=area_sealing.guarded(row),
        changes=row.state in ("change-ceremony", "changing"),
        is_officer=view.signed is not None and "security" in view.signed.roles,
        may_cancel=(row.state, "cancel") in SEAL and found.guide.emergency is None,
        may_open=row.state in EMERGENCY_FROM and found.guide.emergency is None,
        typed=typed or {},
        step_words=step_words,
        LONGEST_CAUSE=LONGEST_CAUSE,
        SIGNATURES=SIGNATURES,
        CHECK_H=CHECK_MS // 3_600_000,
        SECOND_BADGE_S=area_sealing.SECOND_BADGE_MS // 1000,
        NODE_LOOKS=board.NODE_LOOKS,
    )


def _missing(view: View, seal: Sealable) -> list[tuple[str, str, int]]:
    """What is missing as one list: which step, its name, how much."""
    say = view.texts.say
    found = [
        ("walk", say("points to open and close"), seal.left("not-tested", "blind")),
        ("ticks", say("items to tick"), seal.left("not-ticked")),
        ("seals", say("seals' numbers"), seal.left("no-number", "number-not-repeated")),
        ("normal", say("not normal"), len(seal.odd)),
        ("normal", say("nodes not heard"), len(seal.unheard)),
    ]
    return [one for one in found if one[2]]


def _may_allow(view: View, area: Described) -> bool:
    """Whether whoever reads may allow others to open up alone."""
    if view.signed is None or not view.may(m.UnsettingAllowed):
        return False
    return "security" in view.signed.roles or area.keeper == view.signed.person


def _first_badge(row: Area, steps: list[JournalRow]) -> JournalRow | None:
    """The entry of the first badge that counted, while the second is waited for."""
    if not row.state.endswith("ceremony") or row.first_person is None:
        return None
    badges = (step for step in steps if step.kind == "sealing-badge")
    return next((step for step in badges if getattr(step.data, "counted", 0) == 1), None)


ROUTES: list[Route] = [area_list, area, order, cancel]

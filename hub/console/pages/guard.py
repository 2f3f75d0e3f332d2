"""What officers ask of an area's everyday guard. Nothing here unsets one: that takes people at its reader."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import Route

from hub.console.base.console import Asked, console_of, go
from hub.console.base.gate import Rule
from hub.console.base.routes import name_of, post
from hub.console.pages import areas
from hub.console.parts.paging import moment
from hub.console.session.sessions import ACTING
from hub.console.words.texts import N_
from wire import messages as m

NO_PERSON = N_("Choose who opens up.")
NO_TIME = N_("Write from when until when.")
FIELDS = ("person", "from", "until", "cause")


@post("/areas/{name}/set", Rule(roles=ACTING))
async def set_now(request: Asked) -> Response:
    """Ask the area's node to set it."""
    name = name_of(request)
    return await _act(request, name, m.GuardRequested(area=name, act="set"))


@post("/areas/{name}/extend", Rule(roles=ACTING))
async def extend(request: Asked) -> Response:
    """Ask the area's node to leave it unset for two hours more."""
    name = name_of(request)
    return await _act(request, name, m.GuardRequested(area=name, act="extend"))


@post("/areas/{name}/allow", Rule(roles=ACTING))
async def allow(request: Asked) -> Response:
    """Allow somebody to unset the area alone."""
    name = name_of(request)
    form = await request.form()
    console = console_of(request)
    typed = {field: str(form.get(field, "")).strip()[: areas.LONGEST_CAUSE] for field in FIELDS}
    view = await console.view(request)
    since, until = (moment(typed[field], view.site.zone) for field in ("from", "until"))
    person = _number(typed["person"])
    sentence = NO_PERSON if person is None else NO_TIME
    if person is None or since is None or until is None:
        return await areas.page(console, request, name, view.texts.say(sentence), 409, typed)
    wanted = m.UnsettingAllowed(area=name, person=person, since=since, until=until, cause=typed["cause"])
    return await _act(request, name, wanted, typed)


@post("/areas/{name}/forbid", Rule(roles=ACTING))
async def forbid(request: Asked) -> Response:
    """Take back what somebody was allowed."""
    name = name_of(request)
    form = await request.form()
    person = _number(str(form.get("person", "")))
    if person is None:
        console = console_of(request)
        view = await console.view(request)
        return await areas.page(console, request, name, view.texts.say(NO_PERSON), 409)
    return await _act(request, name, m.UnsettingForbidden(area=name, person=person))


async def _act(request: Asked, name: str, wanted: m.FactData, typed: dict[str, str] | None = None) -> Response:
    console = console_of(request)
    why_not = await console.act(request, wanted)
    if why_not:
        return await areas.page(console, request, name, why_not, 409, typed)
    return go(f"/areas/{name}#guard")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


ROUTES: list[Route] = [set_now, extend, allow, forbid]

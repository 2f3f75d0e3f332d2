"""The forms on the way to a sealing and out of it, one for each step; each returns to its step."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Literal, get_args

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from hub.console.base.console import Asked, Console, console_of, go
from hub.console.base.gate import Rule
from hub.console.base.routes import get, name_of, post
from hub.console.pages import areas
from hub.console.session.sessions import ACTING
from hub.console.words.texts import N_
from hub.core.sealing.after import EMERGENCY_FROM
from hub.store import queries
from wire import messages as m

LONGEST_TEXT = 500
SEAL_TEXT = re.compile(r"[0-9A-Za-z-]{1,32}")
NO_NUMBER = N_("A seal's number has up to 32 letters, digits and hyphens.")
NOBODY = N_("Choose who says the number.")


def _text(form: Mapping[str, Any], name: str) -> str:
    return str(form.get(name, "")).replace("\r\n", "\n").strip()[:LONGEST_TEXT]


def _number(form: Mapping[str, Any]) -> str:
    """A seal's number as it was typed; an input method for Chinese types wide digits."""
    return unicodedata.normalize("NFKC", _text(form, "number")).strip()


def _place(name: str, form: Mapping[str, Any]) -> str:
    """The point named in a form, which is one of this area's."""
    return f"{name}/{_text(form, 'point')}"


async def _act(
    request: Asked, name: str, step: str, wanted: m.FactData, typed: Mapping[str, str] | None = None
) -> Response:
    console = console_of(request)
    why_not = await console.act(request, wanted)
    if why_not:
        return await areas.page(console, request, name, why_not, 409, typed)
    return go(f"/areas/{name}#{step}")


async def _wrong(console: Console, request: Asked, name: str, sentence: str) -> Response:
    view = await console.view(request)
    return await areas.page(console, request, name, view.texts.say(sentence), 409)


@post("/areas/{name}/check", Rule(roles=ACTING))
async def check(request: Asked) -> Response:
    """Begin the check of the area."""
    name = name_of(request)
    return await _act(request, name, "check", m.SealingChecking(sealing=0, area=name))


@post("/areas/{name}/drop", Rule(roles=ACTING))
async def drop(request: Asked) -> Response:
    """Cancel or postpone the sealing."""
    name = name_of(request)
    form = await request.form()
    number = _text(form, "sealing")
    outcome: Literal["cancelled", "postponed"] = "postponed" if form.get("outcome") == "postponed" else "cancelled"
    reason = _text(form, "reason")
    sealing = int(number) if number.isascii() and number.isdigit() and len(number) < 16 else 0
    wanted = m.SealingDropped(sealing=sealing, area=name, outcome=outcome, reason=reason)
    return await _act(request, name, "check", wanted, {"drop": reason})


@post("/areas/{name}/tick", Rule(roles=ACTING))
async def tick(request: Asked) -> Response:
    """Tick an item of the list."""
    name = name_of(request)
    form = await request.form()
    item = next((one for one in get_args(m.CheckItem) if one == form.get("item")), None)
    if item is None:
        raise HTTPException(404)
    return await _act(request, name, "ticks", m.CheckTicked(area=name, item=item))


@post("/areas/{name}/number", Rule(roles=ACTING))
async def number(request: Asked) -> Response:
    """Enter the number of a seal."""
    name = name_of(request)
    form = await request.form()
    said, by = _number(form), _text(form, "said_by")
    if not SEAL_TEXT.fullmatch(said):
        return await _wrong(console_of(request), request, name, NO_NUMBER)
    if not (by.isascii() and by.isdigit() and len(by) < 16):
        return await _wrong(console_of(request), request, name, NOBODY)
    return await _act(request, name, "seals", m.SealNumber(point=_place(name, form), number=said, said_by=int(by)))


@post("/areas/{name}/exception", Rule(roles=frozenset({"security"})))
async def exception(request: Asked) -> Response:
    """Sign an exception for a point, as security officer."""
    name = name_of(request)
    form = await request.form()
    reason = _text(form, "reason")
    wanted = m.ExceptionSigned(point=_place(name, form), reason=reason)
    return await _act(request, name, "exceptions", wanted, {"exception": reason})


@post("/areas/{name}/compare", Rule(roles=ACTING))
async def compare(request: Asked) -> Response:
    """Enter the number read off a seal before it is opened."""
    name = name_of(request)
    form = await request.form()
    read = _number(form)
    if not SEAL_TEXT.fullmatch(read):
        return await _wrong(console_of(request), request, name, NO_NUMBER)
    wanted = m.SealCompared(sealing=0, point=_place(name, form), number=read, same=False)
    return await _act(request, name, "numbers", wanted)


@post("/areas/{name}/approve", Rule(roles=ACTING))
async def approve(request: Asked) -> Response:
    """Approve of unsealing."""
    name = name_of(request)
    cause = _text(await request.form(), "cause")
    return await _act(
        request, name, "approval", m.UnsealingApproved(sealing=0, area=name, cause=cause), {"approve": cause}
    )


@get("/areas/{name}/emergency", Rule(roles=ACTING))
async def emergency(request: Asked) -> Response:
    """Show the confirmation page of an emergency opening."""
    name = name_of(request)
    return await _emergency(console_of(request), request, name)


@post("/areas/{name}/emergency", Rule(roles=ACTING))
async def open_now(request: Asked) -> Response:
    """Open the area at once, without badges."""
    name = name_of(request)
    console = console_of(request)
    form = await request.form()
    reason = _text(form, "reason")
    if form.get("sure") != "yes":
        view = await console.view(request)
        return await _emergency(console, request, name, view.texts.say("Confirm it with the tick."), reason)
    why_not = await console.act(request, m.EmergencyOpened(sealing=0, area=name, reason=reason))
    return await _emergency(console, request, name, why_not, reason) if why_not else go(f"/areas/{name}")


@post("/areas/{name}/sign", Rule(roles=ACTING))
async def sign(request: Asked) -> Response:
    """Sign for an emergency opening."""
    name = name_of(request)
    return await _act(request, name, "signatures", m.EmergencySigned(sealing=0, area=name))


@post("/areas/{name}/release", Rule(roles=ACTING))
async def release(request: Asked) -> Response:
    """End a sealing without its dead nodes."""
    name = name_of(request)
    return await _act(request, name, "release", m.SealingReleased(sealing=0, area=name))


async def _emergency(console: Console, request: Asked, name: str, message: str = "", reason: str = "") -> Response:
    view, rows = await console.look(request, lambda connection, _view: queries.areas(connection))
    if name not in view.site.areas:
        raise HTTPException(404)
    if not message and (name not in rows or rows[name].state not in EMERGENCY_FROM):
        return go(f"/areas/{name}")
    view.message = message
    status = 409 if message else 200
    return console.renderer.page("emergency.html", view, status, area=name, reason=reason, LONGEST_TEXT=LONGEST_TEXT)


ROUTES: list[Route] = [
    check,
    drop,
    tick,
    number,
    exception,
    compare,
    approve,
    emergency,
    open_now,
    sign,
    release,
]

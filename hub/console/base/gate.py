"""Before any handler: does the request come from our own page, who is it, and may they?

Routes say in their `opt` what they are: `open` (nobody need be signed in), `passive` (to be read while the session is
locked, by whoever may act), `even_locked` (whatever the session is like), `roles` (who may ask for it).
"""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

from litestar import Response
from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from hub.console.base.console import Asked, Console, console_of, elsewhere
from hub.console.session import sessions
from hub.console.session.sessions import Signed
from hub.console.words.texts import N_

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CSP,
    # A browser that was here once never comes back without TLS, whatever somebody on the network tells it.
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: with that a browser sends "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

LARGEST = 2**53 - 1
"""Largest number accepted in an address: no database is asked for one that it cannot hold."""

FOREIGN = N_("This request did not come from a page of this console, so nothing was done.")
STALE = N_("This page is older than your sign-in. Go back, load it again and repeat what you did.")
UNREADABLE = N_("That cannot be done here.")
NO_PAGE = N_("There is no such page.")
NOT_YOURS = N_("Your role may read here, but not act. Nothing was changed.")


async def before(request: Asked) -> Response[Any] | None:
    """Let a request through to its handler, or answer in its place."""
    console, opt = console_of(request), request.route_handler.opt
    reads = request.method in ("GET", "HEAD")
    if not reads and not _is_ours(request):
        return refuse(request, 403, FOREIGN)
    if not reads and not await _can_be_read(request):
        return refuse(request, 400, UNREADABLE)
    if opt.get("open"):
        return None
    signed = await console.find(request)
    request.state.signed = signed
    if signed is None:
        return None if opt.get("stream") else elsewhere(request, f"/sign-in?next={_next(request)}")
    if any(isinstance(value, int) and not 0 <= value <= LARGEST for value in request.path_params.values()):
        return refuse(request, 404, NO_PAGE)
    if not reads and not await _bears_token(request, signed):
        return refuse(request, 403, STALE)
    if opt.get("roles") and not opt["roles"] & signed.roles:
        return refuse(request, 403, NOT_YOURS)
    if signed.locked(console.access.clock()):
        passive = opt.get("even_locked") or (reads and opt.get("passive") and signed.acts)
        return None if passive else elsewhere(request, f"/unlock?next={_next(request)}")
    await _note(console, request, signed)
    return None


async def _note(console: Console, request: Asked, signed: Signed) -> None:
    """Note the person's activity; what a page requests by itself does not count."""
    by_itself = request.route_handler.opt.get("stream") or "live" in request.query_params
    now = console.access.clock()
    if not by_itself and abs(now - signed.seen) > sessions.NOTED_MS:
        await console.access.write(lambda connection: sessions.touch(connection, signed, now))


def refuse(request: Asked, status: int, sentence: str) -> Response[Any]:
    """A page that says why not. It needs no database, so that it can always be made."""
    console = console_of(request)
    return console.renderer.problem(console.language(request), status, sentence)


def _is_ours(request: Asked) -> bool:
    """Whether a browser says that the request comes from our own page. Every browser sends Origin with a POST."""
    parts = _split(request.headers.get("origin", ""))
    return parts.scheme == "https" and bool(parts.netloc) and parts.netloc == request.headers.get("host")


async def _bears_token(request: Asked, signed: Signed) -> bool:
    form = await request.form()
    return secrets.compare_digest(str(form.get("csrf", "")).encode(), signed.csrf.encode())


def _next(request: Asked) -> str:
    """Where to go on after signing in: the page itself, or the one from which something was asked for."""
    if request.method in ("GET", "HEAD"):
        return quote(request.url.path)
    return quote(_split(request.headers.get("referer", "")).path or "/")


def _split(address: str) -> SplitResult:
    """An address from a header in its parts; one without any for what is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


async def _can_be_read(request: Asked) -> bool:
    """Whether the form is one. It is kept with the request: whoever asks for it afterwards meets nothing new."""
    try:
        await request.form()
    except (LookupError, ValueError):  # a part in an encoding that there is not, or that is not in it
        return False
    return True


async def add_headers(message: Message, scope: Scope) -> None:
    """Every answer bears them, also those of errors."""
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        for name, value in HEADERS.items():
            headers[name] = value
        # Pages show who came and went: nothing of them stays in a browser's cache.
        headers.setdefault("Cache-Control", "no-store")

"""Before any handler: does the request come from our own page, who is it, and may they?

What a page asks of whoever comes is its `Rule`.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import NamedTuple
from urllib.parse import SplitResult, quote, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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

LARGEST_BODY = 64 * 1024
"""Bytes of a form."""
NO_TEXT = "\ufffd"
"""What the parser puts in the place of bytes that are no UTF-8."""
BODY_S = 30
"""How long a form may take to come."""

FOREIGN = N_("This request did not come from a page of this console, so nothing was done.")
STALE = N_("This page is older than your sign-in. Go back, load it again and repeat what you did.")
UNREADABLE = N_("That cannot be done here.")
NOT_YOURS = N_("Your role may read here, but not act. Nothing was changed.")


class Rule(NamedTuple):
    """Who may have a page. Without anything said: whoever is signed in, and whose session is not locked."""

    open: bool = False
    """Nobody need be signed in."""
    passive: bool = False
    """To be read while the session is locked, by whoever may act."""
    even_locked: bool = False
    """Whatever the session is like."""
    stream: bool = False
    """Requested by the page itself, for as long as it is open; it says by itself that nobody is signed in."""
    roles: frozenset[str] = frozenset()
    """Who may ask for it; nobody named is everybody."""


async def before(request: Asked, rule: Rule) -> Response | None:
    """Let a request through to its handler, or answer in its place. Raises HTTPException: the form is too large."""
    console = console_of(request)
    reads = request.method in ("GET", "HEAD")
    if not reads and not _is_ours(request):
        return refuse(request, 403, FOREIGN)
    if not reads and not await _can_be_read(request):
        return refuse(request, 400, UNREADABLE)
    if rule.open:
        return None
    signed = await console.find(request)
    request.state.signed = signed
    if signed is None:
        return None if rule.stream else elsewhere(request, f"/sign-in?next={_next(request)}")
    if not reads and not await _bears_token(request, signed):
        return refuse(request, 403, STALE)
    if rule.roles and not rule.roles & signed.roles:
        return refuse(request, 403, NOT_YOURS)
    if signed.locked(console.access.clock()):
        passive = rule.even_locked or (reads and rule.passive and signed.acts)
        return None if passive else elsewhere(request, f"/unlock?next={_next(request)}")
    if not rule.stream and "live" not in request.query_params:
        _note(console, signed)
    return None


def _note(console: Console, signed: Signed) -> None:
    """Note the person's activity; what a page requests by itself does not count."""
    now = console.access.clock()
    if abs(now - signed.seen) > sessions.NOTED_MS:
        console.sessions.touch(signed, now)


def refuse(request: Asked, status: int, sentence: str) -> Response:
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
        async with asyncio.timeout(BODY_S):
            form = await request.form()
    except HTTPException as error:
        if error.status_code != 400:
            raise
        return False
    except (TimeoutError, ClientDisconnect):
        return False
    return not any(NO_TEXT in value for value in form.values() if isinstance(value, str))


class Answers:
    """The application with bounds around it: no body is larger than a form, and every answer bears the headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI's. Raises HTTPException for whoever reads a body that is too large."""
        size = 0

        async def take() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > LARGEST_BODY:
                raise HTTPException(413)
            return message

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_headers(MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, take, answer)


def add_headers(headers: MutableHeaders) -> None:
    """Every answer bears them, also those of errors."""
    for name, value in HEADERS.items():
        headers[name] = value
    # Pages show who came and went: nothing of them stays in a browser's cache.
    headers.setdefault("Cache-Control", "no-store")

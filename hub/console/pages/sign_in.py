"""Signing in and out, and entering the password again after a pause."""

from __future__ import annotations

import contextlib
from typing import Any

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.console.base.console import Asked, Console, console_of, go, local_path
from hub.console.base.gate import Rule
from hub.console.base.routes import get, post
from hub.console.session.sessions import Signed
from hub.console.words.texts import N_
from hub.core.refusal import NotPossible
from hub.door import protocol
from hub.door.caller import NoAnswer
from hub.store import queries

LONGEST_LOGIN = 64
LONGEST_PASSWORD = 1000

WRONG = N_("Login or password is wrong.")
TOO_MANY = N_("Too many wrong tries. Wait %(seconds)s seconds, then try again.")


@get("/sign-in", Rule(open=True))
async def sign_in_page(request: Asked) -> Response:
    """The form."""
    console = console_of(request)
    view = await console.view(request)
    return console.renderer.page(
        "sign_in.html", view, login="", next=local_path(request.query_params.get("next")), wrong=""
    )


@post("/sign-in", Rule(open=True))
async def sign_in(request: Asked) -> Response:
    """Login and password: a session, or the form again."""
    console = console_of(request)
    form = await request.form()
    login = str(form.get("login", "")).strip().lower()[:LONGEST_LOGIN]
    path, language = local_path(str(form.get("next", "/"))), console.renderer.language(str(form.get("lang", "")))
    value, wait = await _try(console, request, login, str(form.get("password", "")), language)
    if value is None:
        view = await console.view(request)
        view.texts = console.renderer.texts[language]
        view.message = _why_not(view.texts.say, wait)
        status = 429 if wait else 403
        return console.renderer.page("sign_in.html", view, status, login=login, next=path, wrong=view.message)
    return _with_cookie(console, value, path)


@get("/unlock", Rule(even_locked=True))
async def unlock_page(request: Asked) -> Response:
    """The form that wants the password again."""
    console = console_of(request)
    view = await console.view(request)
    return console.renderer.page("unlock.html", view, next=local_path(request.query_params.get("next")), wrong="")


@post("/unlock", Rule(even_locked=True))
async def unlock(request: Asked) -> Response:
    """The password again: a new session in the place of the old one."""
    console = console_of(request)
    signed: Signed = request.state.signed
    form = await request.form()
    path = local_path(str(form.get("next", "/")))
    value, wait = await _try(console, request, signed.login, str(form.get("password", "")), signed.language)
    if value is None:
        view = await console.view(request)
        view.message = _why_not(view.texts.say, wait)
        return console.renderer.page("unlock.html", view, 429 if wait else 403, next=path, wrong=view.message)
    await _end(console, signed)
    return _with_cookie(console, value, path)


@post("/sign-out", Rule(even_locked=True))
async def sign_out(request: Asked) -> RedirectResponse:
    """The session is over, here and at the engine."""
    console = console_of(request)
    signed: Signed = request.state.signed
    await _end(console, signed)
    answer = go(f"/sign-in?lang={signed.language}")
    _set_cookie(answer, console, "", 0)
    return answer


@post("/language", Rule(even_locked=True))
async def language(request: Asked) -> RedirectResponse:
    """From now on in another language."""
    console = console_of(request)
    signed: Signed = request.state.signed
    form = await request.form()
    chosen = console.renderer.language(str(form.get("lang", "")))
    console.sessions.speak(signed, chosen)
    return go(local_path(str(form.get("next", "/"))))


async def _try(console: Console, request: Asked, login: str, password: str, language: str) -> tuple[str | None, int]:
    """The cookie of a new session; or None, and how many milliseconds to wait before another try is looked at."""
    access, address = console.access, request.client.host if request.client else "nowhere"
    without_engine = False
    try:
        answer = await access.ask(protocol.SignIn(login=login, password=password[:LONGEST_PASSWORD], address=address))
    except NoAnswer:  # nothing can be done then, but the rooms and alarms can be looked at
        without_engine = True
        account = await access.read(lambda connection: queries.account(connection, login))
        answer = await console.without_engine.sign_in(login, password, account, address)
    match answer:
        case protocol.SignedIn(token=value):
            console.sessions.start(value, login, language, access.clock(), reads=without_engine)
            return value, 0
        case protocol.TryLater(ms=wait):
            return None, wait
    return None, 0


async def _end(console: Console, signed: Signed) -> None:
    """The session is over. An engine that is away forgets it by itself within half a day."""
    console.sessions.end(signed)
    if not signed.reads:
        with contextlib.suppress(NotPossible):
            await console.access.do(protocol.SignOut(token=signed.value))


def _why_not(say: Any, wait: int) -> str:
    return str(say(TOO_MANY, seconds=-(-wait // 1000)) if wait else say(WRONG))


def _with_cookie(console: Console, value: str, path: str) -> RedirectResponse:
    answer = go(path)
    _set_cookie(answer, console, value)
    return answer


def _set_cookie(answer: Response, console: Console, value: str, max_age: int | None = None) -> None:
    answer.set_cookie(console.cookie, value, max_age, path="/", secure=True, httponly=True, samesite="strict")


ROUTES: list[Route] = [sign_in_page, sign_in, unlock_page, unlock, sign_out, language]

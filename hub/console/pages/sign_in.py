"""Signing in and out, and entering the password again after a pause."""

from __future__ import annotations

from typing import Any

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.console.base.console import Asked, Console, console_of, go, local_path
from hub.console.base.gate import Rule
from hub.console.base.routes import get, post
from hub.console.session import sessions
from hub.console.session.sessions import Signed
from hub.console.words.texts import N_
from hub.core.journal.requests import Actor
from hub.store import queries
from wire import messages as m

LONGEST_LOGIN = 64

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
    await console.access.write(lambda connection: sessions.end(connection, signed))
    return _with_cookie(console, value, path)


@post("/sign-out", Rule(even_locked=True))
async def sign_out(request: Asked) -> RedirectResponse:
    """The session is over, here and in the database."""
    console = console_of(request)
    signed: Signed = request.state.signed
    await console.access.write(lambda connection: sessions.end(connection, signed))
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
    await console.access.write(lambda connection: sessions.speak(connection, signed, chosen))
    return go(local_path(str(form.get("next", "/"))))


async def _try(console: Console, request: Asked, login: str, password: str, language: str) -> tuple[str | None, int]:
    """The cookie of a new session; or None, and how many milliseconds to wait before another try is looked at."""
    access, now = console.access, console.access.clock()
    address = request.client.host if request.client else ""
    wait = console.tries.wait(login, address, now)
    if wait:
        return None, wait
    console.tries.begin(login, address, now)
    account = await access.read(lambda connection: queries.account(connection, login))
    if not await console.passwords.fits(password, account.password if account and account.roles else None):
        console.untold_tries.add()
        await console.tell_wrong_sign_ins()
        return None, 0
    assert account is not None  # noqa: S101 - None fits no password
    console.tries.right(login, address, now)
    # Journalled first: nobody is signed in without an entry that says so.
    await access.act(Actor("console", account.person, frozenset(account.roles)), m.SignedIn(person=account.person))
    value = await access.write(lambda connection: sessions.start(connection, login, language, access.clock()))
    return value, 0


def _why_not(say: Any, wait: int) -> str:
    return str(say(TOO_MANY, seconds=-(-wait // 1000)) if wait else say(WRONG))


def _with_cookie(console: Console, value: str, path: str) -> RedirectResponse:
    answer = go(path)
    _set_cookie(answer, console, value)
    return answer


def _set_cookie(answer: Response, console: Console, value: str, max_age: int | None = None) -> None:
    answer.set_cookie(console.cookie, value, max_age, path="/", secure=True, httponly=True, samesite="strict")


ROUTES: list[Route] = [sign_in_page, sign_in, unlock_page, unlock, sign_out, language]

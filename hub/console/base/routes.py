"""An address and its handler: whoever asks for it goes through the gate first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from hub.console.base import gate
from hub.console.base.console import Asked
from hub.console.base.gate import Rule

Handler = Callable[[Asked], Awaitable[Response]]

SIGNED_IN = Rule()
LONGEST_NUMBER = 15
"""Digits of a number in an address: no database is asked for one that it cannot hold (2**53 - 1)."""


def get(path: str, rule: Rule = SIGNED_IN) -> Callable[[Handler], Route]:
    """The handler answers GET at this path."""
    return _route(path, "GET", rule)


def post(path: str, rule: Rule = SIGNED_IN) -> Callable[[Handler], Route]:
    """The handler answers POST at this path."""
    return _route(path, "POST", rule)


def _route(path: str, method: str, rule: Rule) -> Callable[[Handler], Route]:
    def route(handler: Handler) -> Route:
        async def answer(request: Asked) -> Response:
            return await gate.before(request, rule) or await handler(request)

        return Route(path, answer, methods=[method], name=handler.__name__)

    return route


def name_of(request: Asked, part: str = "name") -> str:
    """The name in the address."""
    return str(request.path_params[part])


def number_of(request: Asked, part: str = "number") -> int:
    """The number in the address. Raises HTTPException: what stands there is none of ours, so there is no such page."""
    digits = name_of(request, part)
    if digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER:
        return int(digits)
    raise HTTPException(404)

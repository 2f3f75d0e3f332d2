"""Figures about alarms and calls, by month or quarter. Each says how it is computed; drills are kept apart."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection
from starlette.responses import Response
from starlette.routing import Route

from hub.console.base.console import Asked, console_of
from hub.console.base.render import View
from hub.console.base.routes import get
from hub.core.alarms import figures as alarm_figures
from hub.core.alarms.figures import Figures, Span, Step
from hub.store import figures
from wire import moments

COUNTS: dict[Step, int] = {"month": 12, "quarter": 8}
HEIGHT = 100
"""Units of the tallest bar."""


class Bar(NamedTuple):
    """One bar of a drawing. `height` in units; `said` stands above it."""

    name: str
    height: int
    said: str
    chosen: bool


@get("/figures")
async def show(request: Asked) -> Response:
    """A year of months, or two of quarters, and one of them whole."""
    console, asked = console_of(request), request.query_params
    step: Step = "quarter" if asked.get("by") == "quarter" else "month"

    def ask(connection: Connection, view: View) -> list[Figures]:
        today = moments.at(view.now, view.site.zone).date()
        spans = alarm_figures.periods(step, today, COUNTS[step], view.site.zone)
        found = figures.read(connection, spans[0].starts)
        return [alarm_figures.figures(found, span, view.now) for span in spans]

    view, found = await console.look(request, ask)
    names = [_name(view, step, one.span) for one in found]
    wanted = asked.get("period", names[-1])
    chosen = names.index(wanted) if wanted in names else len(names) - 1

    def bars(values: list[float | None], unit: str = "") -> list[Bar]:
        most = max((value for value in values if value), default=1)
        return [
            Bar(name, round(HEIGHT * (value or 0) / most), "–" if value is None else f"{value:g}{unit}", at == chosen)
            for at, (name, value) in enumerate(zip(names, values, strict=True))
        ]

    return console.renderer.page(
        "figures.html",
        view,
        step=step,
        names_of=names,
        every=list(zip(names, found, strict=True)),
        period=names[chosen],
        one=found[chosen],
        drawings={
            "alarms": bars([one.alarms for one in found]),
            "calls": bars([None if one.a_shift is None else round(one.a_shift, 1) for one in found]),
            "answered": bars([one.answers.within[0].percent for one in found], "%"),
        },
        seconds=_seconds,
        core=alarm_figures,
        HEIGHT=HEIGHT,
    )


def _name(view: View, step: Step, span: Span) -> str:
    first = moments.at(span.starts, view.site.zone)
    return f"{first:%Y}-Q{(first.month + 2) // 3}" if step == "quarter" else f"{first:%Y-%m}"


def _seconds(view: View, ms: int | None) -> str:
    """A time to answer, rounded up: it is never shown shorter than it was."""
    if ms is None:
        return "–"
    seconds = -(-ms // 1000)
    if seconds < 120:
        return view.texts.say("%(n)s s", n=seconds)
    if seconds >= 7200:
        minutes = -(-seconds // 60)
        return view.texts.say("%(h)s h %(min)s min", h=minutes // 60, min=minutes % 60)
    return view.texts.say("%(min)s min %(s)s s", min=seconds // 60, s=seconds % 60)


ROUTES: list[Route] = [show]

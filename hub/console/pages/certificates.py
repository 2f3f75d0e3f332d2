"""Past sealings and the paper about them: the certificate as PDF, and the signed note itself."""

from __future__ import annotations

from typing import get_args

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from hub.console.base import gate
from hub.console.base.console import Asked, console_of
from hub.console.base.render import View
from hub.console.base.routes import get, name_of, number_of
from hub.console.base.subprocesses import NotDone
from hub.console.parts.paging import before_of, terms
from hub.console.words import step_words
from hub.console.words.texts import N_
from hub.core.sealing import certificate
from hub.core.state import Sealing
from hub.reports import certificate as certificate_report
from hub.store import certificates, queries
from hub.store.certificates import Kept
from hub.store.queries import PAGE
from wire import messages as m

PDF = "application/pdf"
NO_PDF = N_("The PDF could not be made; why stands in the hub's log. The signed text can be had all the same.")


@get("/certificates")
async def past(request: Asked) -> Response:
    """Every sealing that came to be, newest first."""
    console, search, before = console_of(request), request.query_params.get("q", "")[:100], before_of(request)

    def ask(connection: Connection, view: View) -> list[Sealing]:
        wanted = terms(search, view.names, step_words.COURSES)
        return certificates.past(connection, wanted, PAGE + 1, before)

    view, found = await console.look(request, ask)
    return console.renderer.page(
        "certificates.html",
        view,
        rows=found[:PAGE],
        more=found[PAGE - 1].number if len(found) > PAGE else None,
        search=search,
        before=before,
        step_words=step_words,
    )


@get("/certificates/{number}/{half}/pdf")
async def pdf(request: Asked) -> Response:
    """One half as an A4 page."""
    console = console_of(request)
    view, kept, people = await _kept(request)
    page = certificate_report.html(certificate.certificate_of(kept.note), kept.slip, view.site, people)
    try:
        made = await console.subprocesses.run(certificate_report.__name__, given=page.encode())
    except NotDone:
        return gate.refuse(request, 500, NO_PDF)
    return _download(made, PDF, kept, "pdf")


@get("/certificates/{number}/{half}/text")
async def text(request: Asked) -> Response:
    """One half as it was signed."""
    _view, kept, _people = await _kept(request)
    return _download(kept.note, "text/plain; charset=utf-8", kept, "txt")


async def _kept(request: Asked) -> tuple[View, Kept, dict[int, str]]:
    number = number_of(request)
    half = next((one for one in get_args(m.Half) if one == name_of(request, "half")), None)

    def ask(connection: Connection, _view: View) -> tuple[Kept | None, dict[int, str]]:
        return certificates.find(connection, number, half), queries.people(connection)

    view, (kept, people) = await console_of(request).look(request, ask)
    if half is None or kept is None:
        raise HTTPException(404)
    return view, kept, people


def _download(content: bytes, kind: str, kept: Kept, ending: str) -> Response:
    name = f"certificate-{kept.sealing}-{kept.half}.{ending}"
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


ROUTES: list[Route] = [past, pdf, text]

"""The few static files, read once and served from memory, under addresses that change when they do."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import NamedTuple

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from hub.console.base.console import Asked
from hub.console.base.gate import Rule
from hub.console.base.routes import get, name_of

FOLDER = Path(__file__).parents[1] / "static"
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
YEAR = "public, max-age=31536000, immutable"


class Asset(NamedTuple):
    """One file, plain and packed."""

    address: str
    kind: str
    plain: bytes
    packed: bytes


def load() -> dict[str, Asset]:
    """Every file by its name."""
    found = {}
    for path in sorted(FOLDER.iterdir()):
        if path.suffix in TYPES:
            content = path.read_bytes()
            address = f"/static/{path.name}?{hashlib.sha256(content).hexdigest()[:12]}"
            found[path.name] = Asset(address, TYPES[path.suffix], content, gzip.compress(content, 9, mtime=0))
    return found


def route(assets: dict[str, Asset]) -> Route:
    """The handler that serves them, also to those who are not signed in."""

    @get("/static/{name}", Rule(open=True))
    async def static(request: Asked) -> Response:
        asset = assets.get(name_of(request))
        if asset is None:
            raise HTTPException(404)
        headers = {"Cache-Control": YEAR, "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(asset.packed, media_type=asset.kind, headers={**headers, "Content-Encoding": "gzip"})
        return Response(asset.plain, media_type=asset.kind, headers=headers)

    return static

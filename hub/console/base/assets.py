"""The few static files, read once and served from memory, under addresses that change when they do."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import Any, NamedTuple

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler

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


def route(assets: dict[str, Asset]) -> HTTPRouteHandler:
    """The handler that serves them, also to those who are not signed in."""

    @get("/static/{name:str}", opt={"open": True}, sync_to_thread=False)
    def static(request: Request[Any, Any, Any]) -> Response[bytes]:
        name: str = request.path_params["name"]
        asset = assets.get(name)
        if asset is None:
            raise NotFoundException
        headers = {"Cache-Control": YEAR, "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(asset.packed, media_type=asset.kind, headers={**headers, "Content-Encoding": "gzip"})
        return Response(asset.plain, media_type=asset.kind, headers=headers)

    return static

"""Pictures of articles, straight from the articles' folders: only files that an article declares.

A drawing (SVG) is text, so it is packed once and kept; the other kinds are packed already.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from klarna_shop.shop.current import Shop
from klarna_shop.web.content_coding import IDENTITY, best_coding, matches

HEADERS = {
    "Cache-Control": "public, max-age=3600",
    "X-Content-Type-Options": "nosniff",
    # A picture opened by itself may run nothing, whoever wrote it.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}
DRAWING = "image/svg+xml"
MOST_DRAWINGS = 256
"""How many drawings are kept packed."""


@dataclass(frozen=True, slots=True)
class _Drawing:
    bodies: dict[str, bytes]
    """By content coding."""
    etags: dict[str, str]


def media_routes(shop: Shop) -> list[Route]:
    """`/media/<slug>/<file name>`."""

    async def picture(request: Request) -> Response:
        path = shop.articles.illustration_path(request.path_params["slug"], request.path_params["file_name"])
        if path is None:
            return PlainTextResponse("Not found", 404)
        if path.suffix.lower() != ".svg":
            return FileResponse(path, headers=HEADERS)
        return _respond(request, await to_thread.run_sync(_drawing, path))

    return [Route("/media/{slug}/{file_name}", picture)]


def _drawing(path: Path) -> _Drawing:
    status = path.stat()
    return _packed(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=MOST_DRAWINGS)
def _packed(path: Path, _changed: int, _size: int) -> _Drawing:
    """The drawing as it was when it had this size and time of change."""
    plain = path.read_bytes()
    bodies = {IDENTITY: plain, "gzip": gzip.compress(plain, mtime=0)}
    return _Drawing(
        bodies, {coding: f'"{blake2b(body, digest_size=12).hexdigest()}"' for coding, body in bodies.items()}
    )


def _respond(request: Request, drawing: _Drawing) -> Response:
    coding = best_coding(request.headers.get("accept-encoding"), drawing.bodies)
    headers = {**HEADERS, "Vary": "Accept-Encoding", "ETag": drawing.etags[coding]}
    if matches(request.headers.get("if-none-match"), drawing.etags[coding]):
        return Response(None, 304, headers)
    if coding != IDENTITY:
        headers["Content-Encoding"] = coding
    return Response(drawing.bodies[coding], 200, headers, DRAWING)

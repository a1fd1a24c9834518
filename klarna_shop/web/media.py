"""Pictures of articles, straight from the articles' folders: only files that an article declares.

A drawing (SVG) is text, so it is packed once and kept; the other kinds are packed already.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from klarna_shop.shop.current import Shop
from klarna_shop.web.packed import Packed

HEADERS = {
    "Cache-Control": "public, max-age=3600",
    "X-Content-Type-Options": "nosniff",
    # A picture opened by itself may run nothing, whoever wrote it.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}
DRAWING = "image/svg+xml"
MOST_DRAWINGS = 256
"""How many drawings are kept packed."""


def media_routes(shop: Shop) -> list[Route]:
    """`/media/<slug>/<file name>`."""

    async def picture(request: Request) -> Response:
        path = shop.articles.illustration_path(request.path_params["slug"], request.path_params["file_name"])
        if path is None:
            return PlainTextResponse("Not found", 404)
        if path.suffix.lower() != ".svg":
            return FileResponse(path, headers=HEADERS)
        drawing = await to_thread.run_sync(_drawing, path)
        return drawing.answer(request, DRAWING, HEADERS)

    return [Route("/media/{slug}/{file_name}", picture)]


def _drawing(path: Path) -> Packed:
    status = path.stat()
    return _packed(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=MOST_DRAWINGS)
def _packed(path: Path, _changed: int, _size: int) -> Packed:
    """The drawing as it was when it had this size and time of change."""
    return Packed.of(path.read_bytes())

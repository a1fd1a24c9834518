"""Pictures of articles, straight from the articles' folders: only files that an article declares."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from klarna_shop.shop.current import Shop

HEADERS = {
    "Cache-Control": "public, max-age=3600",
    "X-Content-Type-Options": "nosniff",
    # A picture opened by itself may run nothing, whoever wrote it.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}


def media_routes(shop: Shop) -> list[Route]:
    """`/media/<slug>/<file name>`."""

    async def picture(request: Request) -> Response:
        path = shop.articles.illustration_path(request.path_params["slug"], request.path_params["file_name"])
        if path is None:
            return PlainTextResponse("Not found", 404)
        return FileResponse(path, headers=HEADERS)

    return [Route("/media/{slug}/{file_name}", picture)]

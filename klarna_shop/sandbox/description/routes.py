"""The addresses of the description."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from klarna_shop.sandbox.description.document import openapi_document
from klarna_shop.sandbox.description.page import description_page
from klarna_shop.sandbox.settings import SandboxSettings

PAGE_PATH = "/sandbox/payway"
DOCUMENT_PATH = "/sandbox/payway/openapi.json"


def description_routes(settings: SandboxSettings) -> list[Route]:
    """The page and the document of a sandbox with these settings."""

    async def document(_request: Request) -> Response:
        return JSONResponse(openapi_document(settings.public_url), headers={"Cache-Control": "no-cache"})

    async def page(_request: Request) -> Response:
        return description_page(openapi_document(settings.public_url))

    return [Route(DOCUMENT_PATH, document), Route(PAGE_PATH, page)]

"""The addresses of sitemap, robots file, feeds and manifests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from klarna_shop.shop.addresses import address
from klarna_shop.shop.articles import ArticleLibrary
from klarna_shop.shop.publication import Publication
from klarna_shop.web.discovery import atom
from klarna_shop.web.discovery import manifest as web_manifest
from klarna_shop.web.discovery.robots import robots
from klarna_shop.web.discovery.sitemap import ListedPage, sitemap
from klarna_shop.web.packed import Packed

HEADERS = {"Cache-Control": "public, max-age=900", "X-Content-Type-Options": "nosniff"}
"""A quarter of an hour: how old a feed reader's news may be."""


def discovery_routes(
    base: str, pages: Iterable[ListedPage], publications: Iterable[Publication], articles: ArticleLibrary
) -> list[Route]:
    """The routes; `base` is the shop's public address, without a slash at its end."""
    publications = list(publications)
    return [
        _route("/sitemap.xml", sitemap(base, pages), "application/xml"),
        _route("/robots.txt", robots(base, [one.language for one in publications]), "text/plain"),
        *(route for one in publications for route in _of_language(base, one, articles)),
    ]


def _of_language(base: str, publication: Publication, articles: ArticleLibrary) -> Iterator[Route]:
    language = publication.language
    document = atom.feed(base, publication, articles.front_page(language))
    yield _route(address(language, atom.FEED_PATH), document, atom.MEDIA_TYPE)
    manifest = web_manifest.manifest(publication)
    yield _route(address(language, web_manifest.MANIFEST_PATH), manifest, web_manifest.MEDIA_TYPE)


def _route(path: str, content: bytes, media_type: str) -> Route:
    packed = Packed.of(content)

    async def answer(request: Request) -> Response:
        return packed.answer(request, media_type, HEADERS)

    return Route(path, answer)

"""Articles' pictures over HTTP."""

from __future__ import annotations

import gzip

import httpx
import pytest
from starlette.applications import Starlette

from klarna_shop.assembly import House
from klarna_shop.web.media import media_routes


@pytest.fixture
def client(house: House) -> httpx.AsyncClient:
    app = Starlette(routes=media_routes(house.shop))
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://shop", headers={"Accept-Encoding": "identity"}
    )


@pytest.fixture
def drawing(house: House) -> tuple[str, bytes]:
    """Address and content of the first article's illustration."""
    articles = house.shop.articles
    article = next(one for one in articles.front_page("sv") if one.illustration)
    assert article.illustration is not None
    path = articles.illustration_path(article.slug, article.illustration.file_name)
    assert path is not None
    return f"/media/{article.slug}/{article.illustration.file_name}", path.read_bytes()


async def test_a_drawing_is_sent_packed_to_who_takes_it(
    client: httpx.AsyncClient, drawing: tuple[str, bytes]
) -> None:
    address, content = drawing
    async with client.stream("GET", address, headers={"Accept-Encoding": "br, gzip"}) as answer:
        sent = b"".join([part async for part in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-type"] == "image/svg+xml"
    assert gzip.decompress(sent) == content
    assert len(sent) < len(content) / 2


async def test_a_drawing_is_sent_as_it_is_to_who_takes_nothing_packed(
    client: httpx.AsyncClient, drawing: tuple[str, bytes]
) -> None:
    address, content = drawing
    answer = await client.get(address)
    assert "content-encoding" not in answer.headers
    assert answer.content == content
    assert "sandbox" in answer.headers["content-security-policy"]


async def test_a_browser_that_has_the_drawing_is_not_sent_it_again(
    client: httpx.AsyncClient, drawing: tuple[str, bytes]
) -> None:
    address, _ = drawing
    plain, packed = await client.get(address), await client.get(address, headers={"Accept-Encoding": "gzip"})
    assert plain.headers["etag"] != packed.headers["etag"]
    again = await client.get(address, headers={"If-None-Match": plain.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = await client.get(address, headers={"If-None-Match": packed.headers["etag"]})
    assert other.status_code == 200


async def test_only_pictures_that_an_article_declares_are_sent(
    client: httpx.AsyncClient, drawing: tuple[str, bytes]
) -> None:
    folder = drawing[0].rpartition("/")[0]
    assert (await client.get(f"{folder}/sv.md")).status_code == 404
    assert (await client.get(f"{folder}/..%2Fsv.md")).status_code == 404

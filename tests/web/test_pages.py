"""The built front end answers the contract's addresses as written."""

from __future__ import annotations

import gzip
import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from klarna_shop.web.content_coding import best_coding
from klarna_shop.web.pages import BuiltPages, not_found_pages

FRONT = "<title>Framsidan</title>"
BUNDLE = "console.log('bundled')"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A build in the layout that Reflex leaves."""
    built = tmp_path / "client"
    for name, text in {
        "index.html": FRONT,
        "login/index.html": "<title>Logga in</title>",
        "login.html": "<title>Logga in</title>",
        "article/a-b/index.html": "<title>Artikel</title>",
        "en/index.html": "<title>Front page</title>",
        "not-found/index.html": "<title>Finns inte</title>",
        "en/not-found/index.html": "<title>Not here</title>",
        "404.html": "<title>shell</title>",
        "assets/app-1a2b.js": BUNDLE,
        "favicon.svg": "<svg/>",
    }.items():
        file = built / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (built / "index.html.br").write_bytes(b"brotli form of the front page")
    (built / "index.html.gz").write_bytes(gzip.compress(FRONT.encode()))
    (tmp_path / "secret.txt").write_text("outside the build")
    return built


async def _json_not_found(_request: Request) -> Response:
    return JSONResponse({"error": "no such thing"}, 404)


async def _html_not_found(_request: Request) -> Response:
    return HTMLResponse("shell of the framework", 404)


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("alive")


@pytest.fixture
async def shop(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in front of the built pages, with routes below them."""
    routes = Starlette(
        routes=[
            Route("/healthz", _alive),
            Route("/login", _alive, methods=["POST"]),
            Route("/auth/gone", _json_not_found),
            Route("/{rest:path}", _html_not_found),
        ]
    )
    pages = not_found_pages(("sv", "en"))
    transport = httpx.ASGITransport(BuiltPages(routes, folder, pages))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://shop.example", headers={"accept-encoding": "identity"}
    ) as client:
        yield client


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("/", "Framsidan"),
        ("/login", "Logga in"),
        ("/login?next=/account", "Logga in"),
        ("/article/a-b", "Artikel"),
        ("/en", "Front page"),
    ],
)
async def test_a_page_stands_at_its_address_as_written(
    shop: httpx.AsyncClient, address: str, title: str
) -> None:
    answer = await shop.get(address)
    assert (answer.status_code, answer.text) == (200, f"<title>{title}</title>")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("address", "location"),
    [
        ("/login/", "/login"),
        ("/login/?next=%2Faccount&x=1", "/login?next=%2Faccount&x=1"),
        ("/en/", "/en"),
        ("/article/a-b/", "/article/a-b"),
    ],
)
async def test_the_form_with_a_slash_leads_to_the_one_without_on_whatever_host(
    shop: httpx.AsyncClient, address: str, location: str
) -> None:
    answer = await shop.get(address)
    assert (answer.status_code, answer.headers["location"]) == (308, location)


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("/nowhere", "Finns inte"),
        ("/nowhere/", "Finns inte"),
        ("/article", "Finns inte"),
        ("/article/unknown", "Finns inte"),
        ("/english", "Finns inte"),
        ("/not-found", "Finns inte"),
        ("/login.html", "Finns inte"),
        ("/index.html.br", "Finns inte"),
        ("/assets/gone.js", "Finns inte"),
        ("/en/nowhere", "Not here"),
        ("/en/article/unknown", "Not here"),
        ("/en/not-found", "Not here"),
    ],
)
async def test_an_unknown_address_gets_the_404_page_of_its_language(
    shop: httpx.AsyncClient, address: str, title: str
) -> None:
    answer = await shop.get(address)
    assert (answer.status_code, answer.text) == (404, f"<title>{title}</title>")
    assert answer.headers["cache-control"] == "private, no-cache"


async def test_without_pages_of_its_own_the_frameworks_shell_answers_404(
    shop: httpx.AsyncClient, folder: Path
) -> None:
    (folder / "not-found/index.html").unlink()
    answer = await shop.get("/nowhere")
    assert (answer.status_code, answer.text) == (404, "<title>shell</title>")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets%5c..%5c..%5csecret.txt",
        "/.env",
        "//secret.txt",
        "/login%00",
    ],
)
async def test_nothing_outside_the_build_is_reached(shop: httpx.AsyncClient, path: str) -> None:
    request = shop.build_request("GET", "/")
    request.url = request.url.copy_with(raw_path=path.encode())
    answer = await shop.send(request)
    assert answer.status_code == 404
    assert "outside" not in answer.text


async def test_a_link_out_of_the_build_is_not_followed(shop: httpx.AsyncClient, folder: Path) -> None:
    (folder / "leak.txt").symlink_to(folder.parent / "secret.txt")
    assert (await shop.get("/leak.txt")).status_code == 404


async def test_two_slashes_never_redirect_to_another_host(shop: httpx.AsyncClient) -> None:
    request = shop.build_request("GET", "/")
    request.url = request.url.copy_with(raw_path=b"//evil.example/")
    answer = await shop.send(request)
    assert answer.status_code == 404
    assert "location" not in answer.headers


async def test_other_routes_and_methods_pass(shop: httpx.AsyncClient) -> None:
    assert (await shop.get("/healthz")).text == "alive"
    assert (await shop.post("/login")).text == "alive"


async def test_a_404_in_json_stays_what_it_is(shop: httpx.AsyncClient) -> None:
    answer = await shop.get("/auth/gone")
    assert (answer.status_code, answer.json()) == (404, {"error": "no such thing"})


async def test_every_answer_carries_the_basic_headers(shop: httpx.AsyncClient) -> None:
    for address in ("/", "/healthz", "/nowhere", "/login/", "/assets/app-1a2b.js"):
        assert (await shop.get(address)).headers["x-content-type-options"] == "nosniff"


async def test_every_page_says_what_it_may_tell_and_use(shop: httpx.AsyncClient) -> None:
    for address in ("/", "/nowhere"):
        headers = (await shop.get(address)).headers
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert "camera=()" in headers["permissions-policy"]
    assert "permissions-policy" not in (await shop.get("/assets/app-1a2b.js")).headers


async def test_a_packed_form_is_sent_where_the_client_takes_it(shop: httpx.AsyncClient) -> None:
    packed = await shop.get("/", headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == FRONT
    assert packed.headers["content-length"] == str(len(gzip.compress(FRONT.encode())))


async def test_a_packed_form_older_than_its_page_is_left_alone(shop: httpx.AsyncClient, folder: Path) -> None:
    page = folder / "index.html"
    (folder / "index.html.br").unlink()
    page.write_text("<title>Nybyggd</title>")
    os.utime(folder / "index.html.gz", ns=(0, 0))
    answer = await shop.get("/", headers={"accept-encoding": "gzip"})
    assert answer.text == "<title>Nybyggd</title>"
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    ("accepts", "coding"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, gzip;q=0.9", "gzip"),
        ("br;q=0, gzip;q=0", "identity"),
        ("br;q=0, *", "gzip"),
        ("*", "br"),
        ("*;q=0", "identity"),
        ("identity, gzip;q=0.5", "identity"),
        ("identity;q=0.2, gzip;q=0.5", "gzip"),
        ("GZIP; Q=0.8", "gzip"),
        ("br;q=nonsense, gzip;q=0.1", "gzip"),
        ("zstd", "identity"),
    ],
)
def test_the_coding_follows_the_clients_qualities(accepts: str | None, coding: str) -> None:
    assert best_coding(accepts, {"identity", "br", "gzip"}) == coding


async def test_a_form_the_client_holds_is_not_sent_again(shop: httpx.AsyncClient) -> None:
    first = await shop.get("/")
    again = await shop.get("/", headers={"if-none-match": f'"other", W/{first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["cache-control"] == "private, no-cache"


async def test_each_form_has_a_tag_of_its_own(shop: httpx.AsyncClient) -> None:
    plain = await shop.get("/")
    packed = await shop.get("/", headers={"accept-encoding": "gzip"})
    assert plain.headers["etag"] != packed.headers["etag"]
    mixed = await shop.get("/", headers={"if-none-match": packed.headers["etag"]})
    assert mixed.status_code == 200


async def test_a_404_page_is_never_not_modified(shop: httpx.AsyncClient) -> None:
    first = await shop.get("/nowhere")
    again = await shop.get("/nowhere", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 404


async def test_bundled_files_are_kept_for_a_year_and_their_absence_is_not(shop: httpx.AsyncClient) -> None:
    bundle = await shop.get("/assets/app-1a2b.js")
    assert bundle.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert bundle.headers["content-type"] == "text/javascript; charset=utf-8"
    part = await shop.get("/assets/app-1a2b.js", headers={"range": "bytes=0-6"})
    assert (part.status_code, part.text) == (206, "console")
    assert "immutable" in part.headers["cache-control"]
    beyond = await shop.get("/assets/app-1a2b.js", headers={"range": "bytes=9000-"})
    assert (beyond.status_code, beyond.headers.get("cache-control")) == (416, None)


async def test_other_files_are_kept_for_an_hour_unless_named_by_content(shop: httpx.AsyncClient) -> None:
    assert (await shop.get("/favicon.svg")).headers["cache-control"] == "public, max-age=3600"
    named = await shop.get("/favicon.svg?v=0123456789ab")
    assert "immutable" in named.headers["cache-control"]


async def test_head_says_what_get_would_without_the_body(shop: httpx.AsyncClient) -> None:
    get, head = await shop.get("/login"), await shop.head("/login")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]
    assert head.headers["etag"] == get.headers["etag"]


async def test_a_rebuilt_page_is_served_without_a_restart(shop: httpx.AsyncClient, folder: Path) -> None:
    before = await shop.get("/login")
    (folder / "login/index.html").write_text("<title>Ombyggd</title>")
    after = await shop.get("/login")
    assert after.text == "<title>Ombyggd</title>"
    assert after.headers["etag"] != before.headers["etag"]


async def test_without_any_build_the_answer_is_a_plain_404(tmp_path: Path) -> None:
    transport = httpx.ASGITransport(BuiltPages(Starlette(), tmp_path / "nothing"))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
        answer = await client.get("/")
    assert (answer.status_code, answer.text) == (404, "Not found")

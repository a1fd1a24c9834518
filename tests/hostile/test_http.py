"""HTTP: other sites, other methods, foreign addresses, files, and the text behind the wall."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest

from klarna_shop.operations.attack_surface.document import entries
from klarna_shop.shop.articles import ArticleKind
from tests.hostile.conftest import WEBHOOK_SECRET
from tests.hostile.unchanged import nothing_changes
from tests.house import newspaper
from tests.served import ServedShop
from tests.socket.client import signed_in

pytestmark = pytest.mark.socket

SUBSCRIBER = "karin.oberg@demo.example"
ROUTES = sorted(path for path in entries()["routes"] if path != "/_event")
CHANGING = [
    path for path in ROUTES if path.startswith("/auth/") and path not in {"/auth/start", "/auth/callback"}
]
SANDBOX_FORMS = ["/sandbox/login", "/sandbox/logout", "/sandbox/register", "/sandbox/set-password"]
FORM = {
    "email": SUBSCRIBER,
    "password": "demo1234",
    "first_name": "A",
    "last_name": "B",
    "next": "/account",
    "language": "sv",
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
FOREIGN: dict[str, dict[str, str]] = {
    "another site": {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    "a neighbour": {"Origin": "http://evil.localhost", "Sec-Fetch-Site": "same-site"},
    "a page without an origin": {"Origin": "null"},
    "another port": {"Origin": "http://localhost:1"},
    "nobody": {},
}
FOREIGN_GOALS = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "https:evil.example",
    "/%2fevil.example",
    "/\tevil.example",
    "/\n/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://localhost@evil.example/",
    "///evil.example",
    " //evil.example",
    "/..//evil.example",
)


@pytest.fixture
async def client(target: ServedShop) -> AsyncIterator[httpx.AsyncClient]:
    # A form may be refused unread, and the server then closes the connection: none is used twice.
    single = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=target.url, timeout=20, limits=single) as browser:
        yield browser


def _address(path: str) -> str:
    return (
        path.replace("{slug}", "vindparken-grahallan")
        .replace("{file_name}", "x.svg")
        .replace("{secret}", WEBHOOK_SECRET)
    )


@pytest.mark.parametrize("path", ROUTES)
async def test_every_route_keeps_to_its_methods(
    target: ServedShop, client: httpx.AsyncClient, path: str
) -> None:
    with nothing_changes(target):
        for method in METHODS:
            answer = await client.request(method, _address(path), headers={"Origin": "https://evil.example"})
            assert answer.status_code < 500, method
            assert answer.headers.get("access-control-allow-origin") not in {"*", "https://evil.example"}
            assert answer.headers["x-content-type-options"] == "nosniff"
            if method == "TRACE":
                assert answer.status_code >= 400


@pytest.mark.parametrize("path", [*CHANGING, *SANDBOX_FORMS])
async def test_no_other_site_changes_anything(
    target: ServedShop, client: httpx.AsyncClient, path: str
) -> None:
    cookie = await signed_in(target.url, SUBSCRIBER)
    with nothing_changes(target):
        for headers in FOREIGN.values():
            answer = await client.post(path, data=FORM, headers={**headers, "Cookie": cookie})
            assert answer.status_code in {400, 403, 404}
            assert not any("Max-Age=0" in one for one in answer.headers.get_list("set-cookie"))
        for body in ("{}", "\x00", "a" * 20_000):
            headers = {"Content-Type": "text/plain", "Cookie": cookie, "Origin": target.url}
            answer = await client.post(path, content=body, headers=headers)
            assert answer.status_code < 500
        # Following a link or loading a picture is no form either.
        assert (await client.get(path, headers={"Cookie": cookie})).status_code < 500


@pytest.mark.parametrize("goal", FOREIGN_GOALS)
async def test_nobody_is_led_to_another_site(
    target: ServedShop, client: httpx.AsyncClient, goal: str
) -> None:
    own = {"Origin": target.url}
    asked = [
        await client.post("/auth/sign-in", data={**FORM, "next": goal}, headers=own),
        await client.post("/auth/sign-out", data={"next": goal}, headers=own),
        await client.post("/auth/studio/log-in", data={"password": "wrong", "next": goal}, headers=own),
        await client.get(f"/auth/start?next={quote(goal)}"),
        await client.get(f"/auth/callback?state=x&next={quote(goal)}"),
        await client.get(f"/sandbox/klarna/redirect?token=x&url={quote(goal)}"),
        await client.get(
            f"/openid/authorize?client_id=x&redirect_uri={quote(goal)}&response_type=code&state=x"
        ),
        await client.get(f"{quote(goal)}/" if goal.startswith("/") else f"/{quote(goal)}/"),
    ]
    for answer in asked:
        parts = urlsplit(answer.headers.get("location", "/"))
        assert (parts.scheme, parts.netloc) in {("", ""), ("http", urlsplit(target.url).netloc)}
        assert not answer.headers.get("location", "/").startswith(("//", "/\\"))


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/..%2f..%2fetc/passwd",
        "/%2e%2e/%2e%2e/klarna_shop/settings.py",
        "/.env",
        "/.git/config",
        "/var/shop.sqlite3",
        "/rxconfig.py",
        "/assets/../../../built-from.json",
        "/assets/%00",
        "/index.html.br",
        "/media/vindparken-grahallan/..%2f..%2fsv.md",
        "/media/../articles/x",
        "/backend/secret",
        "/__spa-fallback.html",
    ],
)
async def test_no_file_outside_the_shop_is_given(
    target: ServedShop, client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(httpx.URL(target.url + "/").copy_with(raw_path=path.encode()))
    assert answer.status_code in {400, 404}
    for part in ("root:", "SECRET_KEY", "sqlite", "[core]"):
        assert part not in answer.text


@pytest.mark.parametrize("name", ["faults", "clock", "debts", "mails", "readings", "uncertainty"])
async def test_the_sandboxs_controls_take_its_credentials(
    target: ServedShop, client: httpx.AsyncClient, name: str
) -> None:
    with nothing_changes(target):
        for credentials in (None, ("", ""), ("sandbox-client", "wrong"), ("wrong", "sandbox-secret")):
            for method in ("GET", "POST", "PUT", "DELETE"):
                answer = await client.request(
                    method, f"/sandbox/control/{name}", auth=credentials, json={"days": 5}
                )
                assert answer.status_code in {401, 403, 404, 405}


async def test_no_walled_text_comes_over_http(target: ServedShop, client: httpx.AsyncClient) -> None:
    library = newspaper()
    seen = [(await client.get(path)).text for path in ("/feed.xml", "/en/feed.xml", "/sitemap.xml", "/")]
    agents = ("Googlebot/2.1 (+http://www.google.com/bot.html)", "Twitterbot/1.0", "Mozilla/5.0")
    walled = [
        (language, article)
        for language in ("sv", "en")
        for article in library.front_page(language)
        if article.kind is not ArticleKind.FREE
    ]
    for language, article in walled:
        base = f"{'' if language == 'sv' else '/en'}/article/{article.slug}"
        for path in (
            base,
            f"{base}.data",
            f"{base}/index.html",
            f"{base}?preview=x",
            f"{base}?_escaped_fragment_=",
        ):
            seen.append((await client.get(path, headers={"User-Agent": agents[len(seen) % 3]})).text)
    everything = "\n".join(seen)
    for _language, article in walled:
        assert article.title in everything
        for block in article.rest:
            words = re.sub(r"<[^>]+>", "", block.html).strip()
            if len(words) > 60:
                assert words[:60] not in everything


async def test_a_purchase_is_nobodys_who_has_but_its_id(
    target: ServedShop, client: httpx.AsyncClient
) -> None:
    for page in ("checkout", "confirmation", "receipt", "withdraw"):
        answer = await client.get(f"/{page}?purchase={'a' * 32}")
        assert answer.headers["cache-control"] == "no-store"
        assert "a" * 32 not in answer.text


def test_the_list_of_what_changes_something_is_whole() -> None:
    assert {"/auth/sign-in", "/auth/register", "/auth/sign-out", "/auth/forget"} < set(CHANGING)
    facts: dict[str, Any] = entries()["routes"]
    assert all("CSRF" in facts[path]["checks"] for path in CHANGING)

"""A hostile client with a preview's token, and without a studio login."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import Any

import pytest

from klarna_shop.shop.articles import Article, ArticleKind
from klarna_shop.shop.encryption import Encryption
from klarna_shop.shop.previews import Persona, Preview, PreviewTokens
from klarna_shop.shop.previews.tokens import Seal
from tests.house import newspaper
from tests.served import ServedShop
from tests.socket.client import Client, browsing, signed_in

pytestmark = pytest.mark.socket

SUBSCRIBER = "karin.oberg@demo.example"


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    library = newspaper()
    return [article for article in library.front_page("sv") if article.kind is not ArticleKind.FREE]


def _token(shop: ServedShop, persona: Persona, lasting: timedelta = timedelta(hours=1)) -> str:
    """As the studio would make it: with the shop's own key."""
    seal = Seal(Encryption((shop.environment["SECRET_KEY"],), "preview"))
    return PreviewTokens(seal, tuple(Persona)).sign(Preview(persona, shared=True), lasting)


def _rows(shop: ServedShop) -> dict[str, Any]:
    with sqlite3.connect(shop.folder / "shop.sqlite3") as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in ("purchase", "flow_step", "meter_read", "wall_dismissal", "visitor_visits")
        }


def _everything(client: Client) -> str:
    return str(client.state)


async def test_no_text_comes_out_of_a_preview(closed_shop: ServedShop, articles: list[Article]) -> None:
    before = _rows(closed_shop)
    token = _token(closed_shop, Persona.SUBSCRIBER)
    async with browsing(closed_shop.url) as client:
        for article in articles[:4]:
            path = f"/article/{article.slug}?preview={token}"
            await client.call("reader", "recognise", path=path)
            for handler in ("decide", "dismiss", "start_anew", "decide"):
                await client.call("article", handler, path=path)
            assert client.var("article", "status") == "withheld"
            assert client.var("reader", "signed_in") is True
            assert not client.var("article", "body")
            assert not any(block.html in _everything(client) for block in article.rest)
    assert _rows(closed_shop) == before


async def test_a_subscriber_who_opens_a_preview_is_not_read_as_themselves(
    closed_shop: ServedShop, articles: list[Article]
) -> None:
    article = articles[0]
    cookie = await signed_in(closed_shop.url, SUBSCRIBER)
    walled = _token(closed_shop, Persona.METER_USED_UP)
    expired = _token(closed_shop, Persona.SUBSCRIBER, timedelta(seconds=-1))
    async with browsing(closed_shop.url, cookie) as client:
        for token, status in ((walled, "walled"), (expired, "refused"), ("", "refused"), ("x", "refused")):
            path = f"/article/{article.slug}?preview={token}"
            await client.call("reader", "recognise", path=path)
            await client.call("article", "decide", path=path)
            assert client.var("article", "status") == status
            assert client.var("reader", "signed_in") is False
            assert not client.var("article", "body")
            assert SUBSCRIBER not in _everything(client)
        await client.call("account", "show", path=f"/account?preview={walled}")
        assert client.var("account", "status") == "anonymous"


async def test_nothing_is_bought_in_a_preview(closed_shop: ServedShop) -> None:
    path = f"/packages?preview={_token(closed_shop, Persona.SIGNED_IN)}"
    async with browsing(closed_shop.url) as client:
        await client.call("packages", "show", path=path)
        before = _rows(closed_shop)
        form = {"offer": client.var("packages", "offers")[0]["key"], "email": "ny@exempel.example"}
        await client.call("packages", "open_purchase", {"form": form}, path=path)
        assert client.var("packages", "error") == "preview"
        assert not client.redirects
        assert _rows(closed_shop) == before


async def test_the_studios_page_does_nothing_without_a_login(closed_shop: ServedShop) -> None:
    path = "/studio/preview?frames=subscriber"
    async with browsing(closed_shop.url) as client:
        for handler, payload in (
            ("show", {}),
            ("add", {}),
            ("change", {"index": 0, "field": "persona", "value": "subscriber"}),
            ("share", {"days": 30}),
        ):
            await client.call("previews", handler, payload, path=path)
        assert not client.var("previews", "frames")
        assert not client.var("previews", "link")
        assert "preview=" not in _everything(client).replace("/studio/preview", "")
        await client.call(
            "shared_preview", "show", path=f"/preview?share={_token(closed_shop, Persona.TRIAL)}"
        )
        assert not client.var("shared_preview", "frames")
        assert "no share link" in client.var("shared_preview", "fault")


async def test_the_studios_page_bears_nonsense(shop: ServedShop) -> None:
    """The studio of this shop is open to all: what comes is what anybody may send there."""
    async with browsing(shop.url) as client:
        path = "/studio/preview?article=../etc&at=9999-99&frames=" + "~~~~.." * 400
        await client.call("previews", "show", path=path)
        frames = client.var("previews", "frames")
        assert 1 <= len(frames) <= 4
        for handler, payload in (
            ("change", {"index": [], "field": {}, "value": None}),
            ("change", {"index": 0, "field": "text_size", "value": "9" * 6000}),
            ("change", {"index": 0, "field": "text_size", "value": float("inf")}),
            ("change", {"index": 0, "field": "text_size", "value": float("nan")}),
            ("change", {"index": 0, "field": "design", "value": "draft_" + "x" * 5000}),
            ("change", {"index": 0, "field": "persona", "value": "nobody"}),
            ("change", {"index": 99, "field": "persona", "value": "trial"}),
            ("change", {"index": 0, "field": "preview", "value": "x"}),
            ("change_article", {"slug": "../../etc/passwd"}),
            ("change_article", {"slug": {}}),
            ("change_moment", {"written": "1" * 9000}),
            ("change_moment", {"written": 7}),
            ("remove", {"index": None}),
            ("share", {"days": 4000}),
        ):
            await client.call("previews", handler, payload, path=path)
        for _ in range(6):
            await client.call("previews", "add", path=path)
        assert len(client.var("previews", "frames")) == 4
        assert not client.var("previews", "link")
        assert len(client.var("previews", "address")) < 1000
        await client.call("previews", "share", {"days": 1}, path=path)
        assert client.var("previews", "link").startswith(f"{shop.url}/preview?share=")

"""A hostile client with the source code and a socket: nothing it sends buys, opens or reveals anything."""

from __future__ import annotations

import asyncio
import sqlite3
import uuid
from typing import Any

import httpx
import pytest
from socketio.exceptions import ConnectionError as Refused

from klarna_shop.shop.articles import Article, ArticleKind, ArticleLibrary
from tests.house import newspaper
from tests.served import ServedShop
from tests.socket.client import ROOT, STATES, Client, browsing, new_visitor, signed_in

pytestmark = pytest.mark.socket

SUBSCRIBER = "karin.oberg@demo.example"
CUSTOMER = {"email": "socket@exempel.example", "first_name": "Ny", "last_name": "Läsare", "start_date": ""}


@pytest.fixture(scope="module")
def articles() -> ArticleLibrary:
    return newspaper()


def _premium(articles: ArticleLibrary) -> Article:
    return next(article for article in articles.front_page("sv") if article.kind is ArticleKind.PREMIUM)


def _rows(shop: ServedShop, query: str, file: str = "shop.sqlite3") -> list[Any]:
    with sqlite3.connect(shop.folder / file) as connection:
        return connection.execute(query).fetchall()


def _purchase(shop: ServedShop, purchase_id: str) -> tuple[str, str]:
    [row] = _rows(shop, f"SELECT state, session_fingerprint FROM purchase WHERE id = '{purchase_id}'")  # noqa: S608
    return row[0], row[1]


def _alive(shop: ServedShop) -> None:
    assert httpx.get(f"{shop.url}/healthz", timeout=30).status_code == 200


async def _opened(client: Client, code: str = "digital", **changes: Any) -> str:
    """The id of a purchase that the client has opened as a reader would."""
    await client.call("packages", "show", path="/packages")
    await client.until(lambda: client.var("packages", "offers"))
    offer = next(offer for offer in client.var("packages", "offers") if offer["code"] == code)
    form = {"offer": offer["key"], **CUSTOMER, **changes}
    before = len(client.redirects)
    await client.call("packages", "open_purchase", {"form": form}, path="/packages")
    await client.until(lambda: len(client.redirects) > before)
    return client.redirects[-1].partition("purchase=")[2]


async def test_a_foreign_page_cannot_open_the_socket(shop: ServedShop) -> None:
    client = Client(shop.url, await new_visitor(shop.url))
    with pytest.raises(Refused):
        await client.connect(origin="https://evil.example")


async def test_a_walled_body_comes_to_nobody_who_may_not_read_it(
    shop: ServedShop, articles: ArticleLibrary
) -> None:
    article = _premium(articles)
    async with browsing(shop.url) as client:
        for path in (f"/article/{article.slug}", f"/en/article/{article.slug}", f"/article/{article.slug}/"):
            await client.call("article", "decide", path=path)
            assert client.var("article", "status") != "open"
            assert not client.var("article", "body")
        await client.call(
            "article", "decide", {"slug": article.slug, "open": True}, path="/article/" + article.slug
        )
        for name, value in (("status", "open"), ("rule", "entitled"), ("resume", True)):
            await client.send(f"{STATES['article']}.set_{name}", {"value": value})
            await client.send(f"{STATES['article']}.setvar", {"var_name": name, "value": value})
        await client.settle()
        assert not client.var("article", "body")
    _alive(shop)


async def test_a_private_method_cannot_be_called(shop: ServedShop) -> None:
    async with browsing(shop.url) as client:
        purchase_id = await _opened(client)
        path = f"/checkout?purchase={purchase_id}"
        for method in ("_outcome", "_close", "_authorize_and_place", "_describe", "reset", "__init__"):
            await client.call("checkout", method, {"purchase": purchase_id, "language": "sv"}, path=path)
        assert _purchase(shop, purchase_id)[0] == "session_open"
    _alive(shop)


async def test_forged_approvals_change_nothing(shop: ServedShop) -> None:
    async with browsing(shop.url) as client:
        purchase_id = await _opened(client)
        path = f"/checkout?purchase={purchase_id}"
        own = _purchase(shop, purchase_id)[1]
        token = str(uuid.uuid4())
        outcomes: tuple[Any, ...] = (
            {},
            [],
            None,
            "approved",
            {"sessionFingerprint": own},
            {"sessionFingerprint": own, "authorizationToken": ""},
            {"sessionFingerprint": own, "authorizationToken": {"a": 1}},
            {"sessionFingerprint": own, "authorizationToken": "x" * 100_000},
            {"sessionFingerprint": "0" * 32, "authorizationToken": token},
            {"sessionFingerprint": [own], "authorizationToken": token},
            {"__proto__": {"sessionFingerprint": own}, "constructor": {"authorizationToken": token}},
        )
        for outcome in outcomes:
            await client.call("checkout", "authorized", {"outcome": outcome}, path=path)
            assert _purchase(shop, purchase_id)[0] == "session_open", outcome
    _alive(shop)


async def test_one_client_takes_neither_trials_nor_a_category_from_the_others(shop: ServedShop) -> None:
    async with browsing(shop.url) as client, browsing(shop.url) as other:
        opened = [await _opened(client, "digital-trial") for _ in range(5)]
        paid = await _opened(client, email="betald@exempel.example")
        for purchase_id in (paid, *opened):
            path = f"/checkout?purchase={purchase_id}"
            await client.call("checkout", "show", path=path)
            outcome = {"sessionFingerprint": _purchase(shop, purchase_id)[1], "category": "pay_now"}
            for category in ("pay_now", "direct_debit", "", None, ["direct_debit"]):
                await client.call(
                    "checkout", "ready", {"outcome": {**outcome, "category": category}}, path=path
                )
            for _ in range(2):
                await client.call("checkout", "hidden", {"outcome": outcome}, path=path)
        assert [_purchase(shop, purchase_id)[0] for purchase_id in opened] == ["refused"] * 5
        # Another visitor's checkout is none of the client's.
        theirs = await _opened(other, "digital-trial", email="annan@exempel.example")
        for handler in ("hidden", "ready"):
            forged = {"sessionFingerprint": _purchase(shop, theirs)[1], "category": ""}
            await client.call("checkout", handler, {"outcome": forged}, path=f"/checkout?purchase={theirs}")
        assert _purchase(shop, theirs)[0] == "session_open"
        await other.call("packages", "show", path="/packages")
        assert "digital-trial" in {offer["code"] for offer in other.var("packages", "offers")}
        await client.call("packages", "show", path="/packages")
        assert "digital-trial" not in {offer["code"] for offer in client.var("packages", "offers")}
    async with httpx.AsyncClient(timeout=30) as http:
        assert (await http.get(f"{shop.url}/readyz")).json()["notices"] == []


async def test_another_visitors_purchase_cannot_be_seen_approved_refused_or_restarted(
    shop: ServedShop,
) -> None:
    async with browsing(shop.url) as owner:
        purchase_id = await _opened(owner)
    fingerprint = _purchase(shop, purchase_id)[1]
    path = f"/checkout?purchase={purchase_id}"
    outcome = {"sessionFingerprint": fingerprint, "authorizationToken": str(uuid.uuid4())}
    for cookie in (None, await signed_in(shop.url, SUBSCRIBER)):
        async with browsing(shop.url, cookie) as thief:
            await thief.call("checkout", "show", path=path)
            assert thief.var("checkout", "status") == "missing"
            assert not thief.var("checkout", "client_token")
            assert not thief.var("checkout", "customer_email")
            for handler in ("authorized", "refused"):
                await thief.call("checkout", handler, {"outcome": outcome}, path=path)
            await thief.call("checkout", "start_over", path=path)
            await thief.call("confirmation", "show", path=f"/confirmation?purchase={purchase_id}")
            assert thief.var("confirmation", "status") == "missing"
            assert "socket@exempel.example" not in str(thief.state)
    assert _purchase(shop, purchase_id)[0] == "session_open"


async def test_what_klarnas_sdk_said_is_recorded_for_the_owner_alone_and_without_what_nobody_asked_for(
    shop: ServedShop,
) -> None:
    def told() -> list[Any]:
        return _rows(shop, "SELECT party, operation, status, request FROM flow_step WHERE party = 'sdk'")

    async with browsing(shop.url) as owner, browsing(shop.url) as thief:
        purchase_id = await _opened(owner)
        path, before = f"/checkout?purchase={purchase_id}", len(told())
        answer = {
            "sessionFingerprint": _purchase(shop, purchase_id)[1],
            "call": "authorize",
            "approved": True,
            "authorizationToken": "a-secret-of-klarnas",
            "error": {"message": "a-secret-of-klarnas"},
        }
        await thief.call("sdk_report", "answered", {"answer": answer}, path=path)
        forged: tuple[Any, ...] = (
            None,
            [],
            "authorize",
            {**answer, "call": ["load"]},
            {**answer, "sessionFingerprint": []},
        )
        for nonsense in forged:
            await owner.call("sdk_report", "answered", {"answer": nonsense}, path=path)
        await owner.call("sdk_report", "answered", {"answer": answer}, path=path)
        for _ in range(100):  # it is written down a moment later
            if len(told()) > before:
                break
            await asyncio.sleep(0.1)
    assert told()[before:] == [("sdk", "authorize", "approved", '{"body":{"approved":true}}')]
    _alive(shop)


async def test_ten_approvals_from_five_tabs_make_one_order(shop: ServedShop) -> None:
    cookie = await new_visitor(shop.url)
    async with browsing(shop.url, cookie) as first:
        purchase_id = await _opened(first, email="fem.flikar@exempel.example")
    path = f"/checkout?purchase={purchase_id}"
    fingerprint = _purchase(shop, purchase_id)[1]

    async def tab() -> None:
        async with browsing(shop.url, cookie) as client:
            for _ in range(2):
                outcome = {"sessionFingerprint": fingerprint, "authorizationToken": str(uuid.uuid4())}
                await client.send(f"{STATES['checkout']}.authorized", {"outcome": outcome}, path)
            await client.settle(1.0)

    await asyncio.gather(*(tab() for _ in range(5)))
    assert _purchase(shop, purchase_id)[0] in {"placed", "completed"}
    orders = _rows(shop, f"SELECT count(*) FROM purchase WHERE id = '{purchase_id}' AND order_id IS NOT NULL")  # noqa: S608
    assert orders == [(1,)]
    changes = _rows(
        shop,
        f"SELECT count(*) FROM purchase_change WHERE purchase_id = '{purchase_id}' AND to_state = 'placing'",  # noqa: S608
    )
    assert changes == [(1,)]


@pytest.mark.parametrize(
    "form",
    [
        {},
        [],
        "x" * 1000,
        {"offer": ["digital|x"]},
        {"offer": "digital|../../x"},
        {"offer": "no-such|000000000000000000000000"},
        {"offer": "digital", "email": {"a": 1}},
        {"offer": "digital|x", "email": "a" * 100_000, "start_date": "9999-99-99"},
        {"__proto__": {"offer": "digital|x"}},
    ],
    ids=[
        "nothing",
        "list",
        "text",
        "list inside",
        "odd period",
        "no such offer",
        "object",
        "long",
        "prototype",
    ],
)
async def test_a_forged_choice_opens_nothing(shop: ServedShop, form: Any) -> None:
    before = _rows(shop, "SELECT count(*) FROM purchase")
    async with browsing(shop.url) as client:
        await client.call("packages", "open_purchase", {"form": form}, path="/packages")
        assert client.redirects == []
        assert client.var("packages", "opening") is False
    assert _rows(shop, "SELECT count(*) FROM purchase") == before
    _alive(shop)


async def test_nonsense_events_leave_the_tab_and_the_server_usable(shop: ServedShop) -> None:
    async with browsing(shop.url) as client:
        for name in ("", "x", f"{ROOT}.nothing", f"{ROOT}.__class__", f"{STATES['checkout']}.show.more"):
            await client.send(name, {"a": "b" * 1000})
        payloads: tuple[Any, ...] = ([], "text", 7, None, {"outcome": 1, "more": 2})
        for payload in payloads:
            await client.send(f"{STATES['checkout']}.authorized", payload, "/checkout?purchase=" + "å" * 32)
        for path in ("", "//evil.example", "/%00", "/checkout?purchase=" + "x" * 5000, "javascript:alert(1)"):
            await client.send(f"{STATES['checkout']}.show", {}, path)
            await client.send(f"{STATES['article']}.decide", {}, path)
        await client.settle()
        await client.call("packages", "show", path="/packages")
        assert client.var("packages", "status") == "ready"
    _alive(shop)


async def test_an_account_shows_itself_to_nobody_else(shop: ServedShop) -> None:
    async with browsing(shop.url) as stranger:
        await stranger.call("account", "show", path="/account")
        await stranger.settle(1.0)
        assert "demo.example" not in str(stranger.state.get(STATES["account"]))


async def test_what_somebody_sends_does_not_stand_in_the_log(shop: ServedShop) -> None:
    cookie = await signed_in(shop.url, SUBSCRIBER)
    secret = f"secret-{uuid.uuid4().hex}"
    async with browsing(shop.url, cookie) as client:
        await client.send(f"{ROOT}.no_such_state.handler", {"value": secret})
        await client.send(f"{STATES['checkout']}._private", {"authorizationToken": secret})
        await client.send(f"{STATES['checkout']}.authorized", {"outcome": secret}, "/checkout")
        purchase = {"outcome": {"sessionFingerprint": "x", "authorizationToken": secret}}
        await client.send(f"{STATES['checkout']}.authorized", purchase, f"/checkout?purchase={secret}")
        await client.settle()
        token = client.token
    log = shop.log()
    assert "refused an event" in log
    for private in (secret, token, *(part.partition("=")[2] for part in cookie.split("; ")), SUBSCRIBER):
        assert private not in log

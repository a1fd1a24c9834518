"""The socket itself: who may open it, as whom, how often, and what it does with what is no event."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from socketio.exceptions import BadNamespaceError
from socketio.exceptions import ConnectionError as Refused

from klarna_shop.operations.build import BUILT
from tests.hostile.unchanged import nothing_changes
from tests.served import ServedShop, serve
from tests.socket.client import NAMESPACE, ROOT, STATES, Client, browsing, new_visitor, signed_in

pytestmark = pytest.mark.socket

SUBSCRIBER = "karin.oberg@demo.example"


async def _opened(target: ServedShop, cookie: str, token: str | None = None) -> Client:
    client = Client(target.url, cookie)
    client.token = token or client.token
    await client.connect()
    await client.send(f"{ROOT}.hydrate")
    await client.settle()
    return client


async def test_another_browsers_tab_is_not_taken_over_with_its_token(target: ServedShop) -> None:
    with_session = await signed_in(target.url, SUBSCRIBER)
    owner = await _opened(target, with_session)
    await owner.call("account", "show", path="/account")
    await owner.until(lambda: owner.var("account", "email") == SUBSCRIBER)
    await owner.close()
    cookies = (await new_visitor(target.url), await signed_in(target.url, "astrid.lundmark@demo.example"), "")
    with nothing_changes(target):
        for cookie in cookies:
            thief = await _opened(target, cookie, owner.token)
            assert SUBSCRIBER not in str(thief.state)
            await thief.close()
        # Nor while its owner is there, nor by whoever has the visitor's cookie and not the session's.
        owner = await _opened(target, with_session, owner.token)
        assert owner.var("account", "email") == SUBSCRIBER
        visitor = next(part for part in with_session.split("; ") if part.startswith("visitor="))
        thief = await _opened(target, visitor, owner.token)
        assert SUBSCRIBER not in str(thief.state)
        await thief.close()
        await owner.close()


async def test_no_var_is_set_by_its_name(target: ServedShop) -> None:
    with nothing_changes(target):
        async with browsing(target.url) as client:
            await client.call("article", "decide", path="/article/vindparken-grahallan")
            await client.until(lambda: client.var("article", "status") == "walled")
            article = STATES["article"]
            for name, payload in (
                (f"{article}.setvar", {"var_name": "status", "value": "open"}),
                (f"{ROOT}.setvar", {"var_name": "is_hydrated", "value": True}),
                (f"{article}.set_status", {"value": "open"}),
                (f"{article}._say", {}),
                (f"{article}.__setattr__", {"name": "status", "value": "open"}),
                (f"{ROOT}.hydrate_and_load", {"vars": {f"{article}.status": "open"}, "hashes": []}),
                (
                    f"{ROOT}.reflex___state____update_vars_internal_state.update_vars_internal",
                    {"vars": {f"{article}.status_rx_state_": "open"}},
                ),
            ):
                await client.send(name, payload, "/article/vindparken-grahallan")
            await client.settle()
            assert client.var("article", "status") == "walled"
            assert client.var("article", "body") == []


MALFORMED: dict[str, tuple[Any, ...]] = {
    "a number": (5,),
    "text": ("x",),
    "text that is JSON": ('{"name": "x"}',),
    "a list": ([1, 2],),
    "nothing": (),
    "no name": ({"payload": {}},),
    "a name that is none": ({"name": 7, "payload": {}},),
    "a payload that is a list": ({"name": f"{STATES['checkout']}.show", "payload": [1], "router_data": {}},),
    "router data that is a list": (
        {"name": f"{STATES['article']}.decide", "payload": {}, "router_data": [1]},
    ),
    "router data of other types": (
        {
            "name": f"{STATES['article']}.decide",
            "payload": {},
            "router_data": {"pathname": {"a": 1}, "query": 5, "asPath": []},
        },
    ),
    "forged headers": (
        {
            "name": f"{STATES['account']}.show",
            "payload": {},
            "token": "another",
            "router_data": {
                "pathname": "/account",
                "headers": {"cookie": "session=x"},
                "ip": "1",
                "sid": "x",
            },
        },
    ),
    "prototypes": (
        {"__proto__": {"name": "x"}, "constructor": {}, "name": "x", "payload": {"__proto__": 1}},
    ),
    "depth": ({"name": f"{STATES['article']}.decide", "payload": {"a": [[[[[[[[[[[[]]]]]]]]]]]]}},),
    "an error report": (
        {
            "name": f"{ROOT}.reflex___state____frontend_event_exception_state.handle_frontend_exception",
            "payload": {"info": "first\nforged line \x1b[2J" * 50, "component_stack": "y"},
            "router_data": {},
        },
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_what_is_no_event_is_few_short_lines_in_the_log(target: ServedShop, name: str) -> None:
    written = len(target.log())
    with nothing_changes(target):
        async with browsing(target.url) as client:
            for _ in range(200):
                await client._socket.emit("event", MALFORMED[name], namespace=NAMESPACE)
            await client.settle()
            await client.call("packages", "show", path="/packages")
            await client.until(lambda: client.var("packages", "status") == "ready")
    lines = target.log()[written:].splitlines()
    assert len(lines) < 100
    assert all(len(line) < 400 and line.isprintable() for line in lines)


ANYTHING: tuple[Any, ...] = ({"error_type": "a\nb", "message": "m" * 5000}, 5, [], None)


async def test_other_messages_of_the_protocol_do_nothing(target: ServedShop) -> None:
    with nothing_changes(target):
        async with browsing(target.url) as client:
            for name in (
                "client_error",
                "ping",
                "nothing",
                "connect",
                "disconnect",
                "new_token",
                "__proto__",
            ):
                for data in ANYTHING:
                    await client._socket.emit(name, data, namespace=NAMESPACE)
            await client.settle()


async def test_a_message_too_large_ends_the_connection(target: ServedShop) -> None:
    with nothing_changes(target):
        async with browsing(target.url) as client:
            with suppress(BadNamespaceError):
                await client.send(f"{STATES['article']}.decide", {"a": "x" * 1_000_000})
            async with asyncio.timeout(20):
                while client.is_connected:  # noqa: ASYNC110 - the library tells nobody
                    await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost:1", "http://localhost.evil.example"]
)
async def test_no_other_site_opens_a_socket(target: ServedShop, origin: str) -> None:
    client = Client(target.url, await new_visitor(target.url))
    with pytest.raises(Refused):
        await client.connect(origin)
    await client.close()


async def test_plain_requests_of_another_site_get_no_session(target: ServedShop) -> None:
    """Engine.IO's other way, by HTTP requests, goes round no limit (`tests/web/test_long_polling.py`)."""
    async with httpx.AsyncClient(base_url=target.url, headers={"Origin": "https://evil.example"}) as client:
        for method in ("GET", "POST"):
            answer = await client.request(method, "/_event/?EIO=4&transport=polling&token=abcdefgh")
            assert answer.status_code >= 400


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedShop]:
    """A shop behind a proxy, with the rates it has by default."""
    if not BUILT.exists():
        pytest.skip("there is no build of the front end; make run or make test makes one")
    folder: Path = tmp_path_factory.mktemp("limited")
    shop = serve(folder, TRUSTED_PROXY_HOPS="1")
    yield shop
    shop.kill()


@pytest.fixture
async def many(limited: ServedShop) -> AsyncIterator[list[Client]]:
    clients: list[Client] = []
    yield clients
    for client in clients:
        await client.close()


async def test_a_browser_that_opens_tabs_without_end_is_refused_and_others_are_not(
    limited: ServedShop, many: list[Client]
) -> None:
    cookie = await new_visitor(limited.url)
    refused = 0
    for _ in range(70):
        client = Client(limited.url, cookie)
        many.append(client)
        try:
            await client.connect()
        except Refused:
            refused += 1
    assert refused == 10
    async with browsing(limited.url) as other:
        assert other.is_connected


async def test_a_flood_is_slowed_down_and_the_others_are_not(limited: ServedShop) -> None:
    async with browsing(limited.url) as flooding, browsing(limited.url) as reading:
        for number in range(600):
            await flooding.send(f"{STATES['article']}.decide", {}, f"/article/nothing-{number}")
        await reading.call("packages", "show", path="/packages")
        await reading.until(lambda: reading.var("packages", "status") == "ready")
        assert flooding.is_connected
    assert len(limited.log()) < 100_000

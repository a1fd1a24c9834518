"""On whose behalf a call goes out."""

from __future__ import annotations

import asyncio

import httpx

from klarna_shop.payway import PaywayClient, PaywayCredentials, calls_in_scope
from tests.payway.stand_in import NOW, SECRET, StandIn, identity, ok

HEADER = "x-sandbox-scope"


def _client(stand_in: StandIn, *, sends_scope: bool) -> PaywayClient:
    return PaywayClient(
        PaywayCredentials("http://payway.example", "the-client", SECRET, "demo"),
        transport=httpx.MockTransport(stand_in.handle),
        now=lambda: NOW,
        sends_scope=sends_scope,
    )


async def _asked(client: PaywayClient, key: str | None) -> None:
    with calls_in_scope(key):
        await client.me.purchase_history(identity())


async def test_calls_carry_the_key_of_their_context_and_of_no_other(stand_in: StandIn) -> None:
    stand_in.on("GET /v1/me/get_purchase_history", *(ok({"items": []}) for _ in range(4)))
    async with _client(stand_in, sends_scope=True) as client:
        await asyncio.gather(_asked(client, "one"), _asked(client, "two"), _asked(client, None))
        await client.me.purchase_history(identity())
    keys = [request.headers.get(HEADER) for request in stand_in.requests]
    assert sorted(keys, key=str) == [None, None, "one", "two"]


async def test_payway_itself_never_gets_the_key(stand_in: StandIn) -> None:
    stand_in.on("GET /v1/me/get_purchase_history", ok({"items": []}))
    async with _client(stand_in, sends_scope=False) as client:
        await _asked(client, "one")
    assert HEADER not in stand_in.requests[0].headers


async def test_a_fault_meant_for_one_poisons_no_token_of_the_others(stand_in: StandIn) -> None:
    stand_in.token_answers = [httpx.Response(503)] * 3
    stand_in.on("GET /v1/titles", ok({"items": []}))
    async with _client(stand_in, sends_scope=True) as client:
        with calls_in_scope("one"):
            assert isinstance(
                (await asyncio.gather(client.titles.all(), return_exceptions=True))[0], Exception
            )
        stand_in.token_answers.clear()
        assert await client.titles.all() == []

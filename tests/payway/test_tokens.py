"""Tokens: kept per scope, renewed in time, once at a time, and again where Payway refuses one."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import httpx
import pytest

from klarna_shop.payway import (
    AccessDenied,
    AnswerLost,
    IdentityExpired,
    IdentityTokens,
    PaywayClient,
    ServerFault,
)
from tests.payway.stand_in import NOW, Clock, StandIn, identity, make_client, ok, refused

ACCOUNT = {"item": {"id": "a"}}
TITLE = {"item": {"code": "DEMO"}}
ME, FIND = "GET /v1/me", "GET /v1/titles/find_one"
RENEWED = {"access_token": "new-token", "refresh_token": "refresh-2", "expires_in": 3600}


def status(count: int) -> list[httpx.Response]:
    return [ok({"item": {"status": "active"}}) for _ in range(count)]


async def test_a_token_serves_its_scope_until_a_minute_before_its_end(
    client: PaywayClient, stand_in: StandIn, clock: Clock
) -> None:
    stand_in.on(FIND, *[ok(TITLE) for _ in range(3)])
    await client.titles.find_one("DEMO")
    clock.move(seconds=3539)
    await client.titles.find_one("DEMO")
    clock.move(seconds=1)
    await client.titles.find_one("DEMO")
    assert stand_in.bearers == ["token-1", "token-1", "token-2"]


async def test_each_scope_has_a_token_of_its_own(client: PaywayClient, stand_in: StandIn) -> None:
    stand_in.on(FIND, ok(TITLE))
    stand_in.on("GET /v1/accounts/status", *status(1))
    await client.titles.find_one("DEMO")
    await client.accounts.status(account_id="a")
    assert [form["scope"] for form in stand_in.forms] == ["/external/title/r", "/external/account/r"]


async def test_twenty_calls_at_once_ask_for_one_token(client: PaywayClient, stand_in: StandIn) -> None:
    stand_in.on("GET /v1/accounts/status", *status(20))
    await asyncio.gather(*(client.accounts.status(account_id="a") for _ in range(20)))
    assert (len(stand_in.forms), set(stand_in.bearers)) == (1, {"token-1"})


@pytest.mark.parametrize(
    "stale",
    [
        refused(401),
        refused(403, "token_expired"),
        refused(403, "invalid_token"),
        httpx.Response(403, json={"error": "invalid_token", "error_description": "Too old"}),
    ],
)
async def test_a_refused_token_is_replaced_once_and_the_call_repeated(
    stale: httpx.Response, client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.on(FIND, stale, ok(TITLE))
    await client.titles.find_one("DEMO")
    assert stand_in.bearers == ["token-1", "token-2"]


async def test_a_write_is_repeated_after_a_refused_token_too(client: PaywayClient, stand_in: StandIn) -> None:
    stand_in.on("POST /v1/accounts/create_authentication_attempt", refused(401), ok({}))
    await client.accounts.report_authentication_attempt("a@b.example", True, "Browser")
    assert stand_in.bearers == ["token-1", "token-2"]


async def test_a_token_refused_twice_is_no_endless_loop(client: PaywayClient, stand_in: StandIn) -> None:
    stand_in.on(FIND, refused(401), refused(401))
    with pytest.raises(AccessDenied):
        await client.titles.find_one("DEMO")
    assert len(stand_in.forms) == 2


async def test_a_missing_scope_asks_for_no_new_token(client: PaywayClient, stand_in: StandIn) -> None:
    stand_in.on(FIND, refused(403, "forbidden"))
    with pytest.raises(AccessDenied):
        await client.titles.find_one("DEMO")
    assert len(stand_in.forms) == 1


async def test_a_customers_token_is_renewed_a_minute_before_its_end_and_handed_over(
    client: PaywayClient, stand_in: StandIn, clock: Clock
) -> None:
    kept: list[IdentityTokens] = []

    async def keep(tokens: IdentityTokens) -> None:
        kept.append(tokens)

    who = identity(on_renewed=keep)
    stand_in.on(ME, ok(ACCOUNT), ok(ACCOUNT))
    stand_in.token_answers = [ok(RENEWED)]
    await client.me.account(who)
    clock.move(seconds=3540)
    await client.me.account(who)
    assert stand_in.bearers == ["customer-token", "new-token"]
    assert stand_in.forms == [{"grant_type": "refresh_token", "refresh_token": "refresh-1"}]
    assert kept == [who.tokens]
    assert (who.tokens.refresh_token, (who.tokens.expires_at - NOW).total_seconds()) == ("refresh-2", 7140)


async def test_a_renewal_without_a_new_refresh_token_keeps_the_old_one(
    client: PaywayClient, stand_in: StandIn
) -> None:
    who = identity(seconds=0)
    stand_in.on(ME, ok(ACCOUNT))
    stand_in.token_answers = [ok({"access_token": "new-token", "expires_in": 3600})]
    await client.me.account(who)
    assert who.tokens.refresh_token == "refresh-1"


@pytest.mark.parametrize("answers", [[ok(ACCOUNT)] * 10, [refused(401)] * 10 + [ok(ACCOUNT)] * 10])
async def test_ten_calls_of_one_customer_renew_once(
    answers: list[httpx.Response], client: PaywayClient, stand_in: StandIn
) -> None:
    who = identity(seconds=0 if len(answers) == 10 else 3600)
    stand_in.on(ME, *answers)
    stand_in.token_answers = [ok(RENEWED)]
    await asyncio.gather(*(client.me.account(who) for _ in range(10)))
    assert (len(stand_in.forms), stand_in.bearers[-1]) == (1, "new-token")


async def test_a_renewal_reaches_its_keeper_though_nobody_waits_any_more(
    stand_in: StandIn, clock: Clock
) -> None:
    asked, may_answer = asyncio.Event(), asyncio.Event()

    async def slow(request: httpx.Request) -> httpx.Response:
        asked.set()
        await may_answer.wait()
        return ok(RENEWED)

    kept: list[IdentityTokens] = []

    async def keep(tokens: IdentityTokens) -> None:
        kept.append(tokens)

    stand_in.handle = slow  # type: ignore[method-assign]
    async with make_client(stand_in, clock) as client:
        reading = asyncio.create_task(client.me.account(identity(seconds=0, on_renewed=keep)))
        await asked.wait()
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        may_answer.set()
    assert [tokens.access_token for tokens in kept] == ["new-token"]


async def test_a_renewal_that_fails_when_nobody_waits_any_more_is_nobodys_trouble(
    stand_in: StandIn, clock: Clock
) -> None:
    asked, may_answer = asyncio.Event(), asyncio.Event()

    async def slow(request: httpx.Request) -> httpx.Response:
        asked.set()
        await may_answer.wait()
        return httpx.Response(400, json={"error": "invalid_grant"})

    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: complaints.append(context))
    stand_in.handle = slow  # type: ignore[method-assign]
    async with make_client(stand_in, clock) as client:
        reading = asyncio.create_task(client.me.account(identity(seconds=0)))
        await asked.wait()
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        del reading
        may_answer.set()
        # Without asking them how they ended.
        await asyncio.wait(asyncio.all_tasks() - {asyncio.current_task()})
        gc.collect()
    assert complaints == []


@pytest.mark.parametrize(
    "refusal", [{"error": "invalid_grant"}, {"error": "something"}, {}], ids=["grant", "other", "nothing"]
)
async def test_a_refused_refresh_token_ends_the_sign_in(
    refusal: dict[str, str], client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.token_answers = [httpx.Response(400, json=refusal)]
    with pytest.raises(IdentityExpired):
        await client.me.account(identity(seconds=0))
    assert stand_in.requests == []


async def test_the_api_users_own_fault_signs_no_customer_out(client: PaywayClient, stand_in: StandIn) -> None:
    stand_in.token_answers = [httpx.Response(401, json={"error": "invalid_client"})]
    with pytest.raises(AccessDenied):
        await client.me.account(identity(seconds=0))


@pytest.mark.parametrize(("fault", "kind"), [(httpx.Response(503), ServerFault), (None, AnswerLost)])
async def test_a_renewal_that_gets_no_answer_signs_no_customer_out(
    fault: httpx.Response | None, kind: type[Exception], client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.token_answers = [fault or httpx.ReadTimeout("slow")] * 3
    who = identity(seconds=0)
    with pytest.raises(kind):
        await client.me.account(who)
    assert who.tokens.refresh_token == "refresh-1"


async def test_without_a_refresh_token_the_last_minute_is_used_and_then_it_is_over(
    client: PaywayClient, stand_in: StandIn, clock: Clock
) -> None:
    who = identity(refresh=None, seconds=30)
    stand_in.on(ME, ok(ACCOUNT))
    await client.me.account(who)
    clock.move(seconds=30)
    with pytest.raises(IdentityExpired):
        await client.me.account(who)
    assert (stand_in.bearers, stand_in.forms) == (["customer-token"], [])


async def test_a_refused_token_without_a_refresh_token_ends_the_sign_in(
    client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.on(ME, refused(401))
    with pytest.raises(IdentityExpired):
        await client.me.account(identity(refresh=None))


@pytest.mark.parametrize(
    ("lifetime", "seconds"),
    [(3600, 3600), ("7200", 7200), (3600.0, 3600), (None, 1), (-5, 1), ("soon", 1), (10**14, 366 * 86400)],
)
async def test_the_answer_says_how_long_a_token_lives(
    lifetime: Any, seconds: int, client: PaywayClient, stand_in: StandIn
) -> None:
    stand_in.lifetime = lifetime
    tokens = await client.sign_in("a@b.example", "password")
    assert (tokens.expires_at - NOW).total_seconds() == seconds

"""Alive, and ready: what is asked, what is said, and that nobody waits."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
from starlette.applications import Starlette

from klarna_shop.assembly import House
from klarna_shop.shop.rounds import SILENCE_ALLOWED
from klarna_shop.web.health import REMEMBERED_SECONDS, Readiness, health_routes
from tests.house import Elapsed, Later, Line


def _client(house: House) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Starlette(routes=health_routes(house.shop)))
    return httpx.AsyncClient(transport=transport, base_url="http://localhost:8000")


async def test_a_shop_whose_parts_answer_is_ready(house: House) -> None:
    async with _client(house) as client:
        alive, ready = await client.get("/healthz"), await client.get("/readyz")
    assert (alive.status_code, alive.json()) == (200, {"status": "alive"})
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    details = {name: part["detail"] for name, part in ready.json()["parts"].items()}
    assert details == {
        "database": "sqlite",
        "state_store": "memory",
        "payway": "sandbox",
        "recovery": "running",
    }


async def test_a_shop_whose_recovery_does_not_run_is_not_ready(house: House, later: Later) -> None:
    later(SILENCE_ALLOWED + timedelta(seconds=1))
    async with _client(house) as client:
        ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()["parts"]["recovery"]["ok"]) == (503, False)
    assert ready.json()["parts"]["recovery"]["detail"] == "RoundsStopped"


async def test_without_payway_the_shop_lives_and_is_not_ready(house: House, line: Line) -> None:
    line.faults["access_token"] = ["unreachable"] * 99
    line.faults["cancellation_reasons"] = ["unreachable"] * 99
    async with _client(house) as client:
        alive, ready = await client.get("/healthz"), await client.get("/readyz")
    assert alive.status_code == 200
    assert (ready.status_code, ready.json()["parts"]["payway"]["ok"]) == (503, False)
    assert ready.json()["parts"]["database"]["ok"] is True


async def test_an_error_is_named_by_its_kind_and_tells_no_secret() -> None:
    async def broken() -> str:
        raise ConnectionError("postgresql://shop:secret@db.internal refused")

    answers = await Readiness({"database": broken}).ask()
    assert answers["database"]["ok"] is False
    assert answers["database"]["detail"] == "ConnectionError"


async def test_a_part_that_hangs_is_given_up_and_does_not_hold_up_the_others() -> None:
    async def hangs() -> str:
        await asyncio.Event().wait()
        return "never"

    async def answers() -> str:
        return "here"

    parts = await Readiness({"payway": hangs, "database": answers}, deadline=0.01).ask()
    assert (parts["payway"]["ok"], parts["database"]["ok"]) == (False, True)


async def test_many_who_ask_at_once_ask_the_parts_once() -> None:
    asked = 0

    async def count() -> str:
        nonlocal asked
        asked += 1
        return "here"

    elapsed = Elapsed()
    readiness = Readiness({"payway": count}, clock=elapsed)
    await asyncio.gather(*(readiness.ask() for _ in range(20)))
    assert asked == 1
    elapsed.seconds += REMEMBERED_SECONDS
    await readiness.ask()
    assert asked == 2

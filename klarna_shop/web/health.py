"""Whether the server lives (`/healthz`), and whether everything it needs answers (`/readyz`)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from redis.asyncio import Redis
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from klarna_shop.shop.clock import Stopwatch
from klarna_shop.shop.current import Shop
from klarna_shop.shop.database_faults import DatabaseUnavailable
from klarna_shop.shop.database_probe import probe
from klarna_shop.shop.incidents import Incidents
from klarna_shop.web.client_address import OneAddress

DEADLINE_SECONDS = 2.0
"""For each part; they are asked at the same time."""
REMEMBERED_SECONDS = 3.0
"""However often somebody asks, the parts are asked no more often than this."""
_NO_STORE = {"Cache-Control": "no-store"}

Check = Callable[[], Awaitable[str]]
"""Asks one part; its answer is a word for the operator. Raises where the part does not answer."""


def health_routes(shop: Shop, one_address: OneAddress | None = None) -> list[Route]:
    """Return `/healthz` and `/readyz` of this shop. `one_address` is what notices a proxy not counted."""
    readiness = Readiness(
        {
            "database": _DatabaseCheck(shop).answer,
            "state_store": lambda: _state_store(shop),
            "payway": lambda: _payway(shop),
            "recovery": lambda: _recovery(shop),
        }
    )

    async def alive(_request: Request) -> JSONResponse:
        return JSONResponse({"status": "alive"}, headers=_NO_STORE)

    async def ready(_request: Request) -> JSONResponse:
        parts = await readiness.ask()
        all_well = all(part["ok"] for part in parts.values())
        content = {
            "status": "ready" if all_well else "not_ready",
            "parts": parts,
            "notices": shop.observations.notices(),
            "addresses": one_address.notice if one_address else "",
        }
        return JSONResponse(content, 200 if all_well else 503, _NO_STORE)

    return [Route("/healthz", alive, methods=["GET"]), Route("/readyz", ready, methods=["GET"])]


class Readiness:
    """Asks every part at once and remembers the answers for a moment."""

    def __init__(
        self,
        checks: dict[str, Check],
        deadline: float = DEADLINE_SECONDS,
        remembered: float = REMEMBERED_SECONDS,
        clock: Stopwatch = time.monotonic,
    ) -> None:
        self._checks = checks
        self._deadline = deadline
        self._remembered = remembered
        self._clock = clock
        self._asked_at = -remembered
        self._answers: dict[str, dict[str, Any]] = {}
        self._turn = asyncio.Lock()
        self._incidents = Incidents()

    async def ask(self) -> dict[str, dict[str, Any]]:
        """By part: whether it is `ok`, a word of `detail` without secrets, and `ms` until it answered."""
        async with self._turn:
            if not self._answers or self._clock() - self._asked_at >= self._remembered:
                answers = await asyncio.gather(*map(self._answer, self._checks))
                self._answers = dict(zip(self._checks, answers, strict=True))
                self._asked_at = self._clock()
            return self._answers

    async def _answer(self, part: str) -> dict[str, Any]:
        begun = time.monotonic()
        try:
            async with asyncio.timeout(self._deadline):
                detail, ok = await self._checks[part](), True
        except TimeoutError:
            detail, ok = f"no answer within {self._deadline:g} s", False
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a part is the answer
            # An error's text may name hosts or users; its kind says enough to a stranger.
            fault = error.fault.value if isinstance(error, DatabaseUnavailable) else type(error).__name__
            self._incidents.report(f"readiness: {part} does not answer ({fault})")
            detail, ok = fault, False
        return {"ok": ok, "detail": detail, "ms": round((time.monotonic() - begun) * 1000)}


class _DatabaseCheck:
    """Tries the database, one try at a time.

    A try goes on after its deadline: a driver's call that is cancelled in the middle may keep a lock.
    """

    def __init__(self, shop: Shop) -> None:
        self._database = shop.database
        self._try: asyncio.Task[None] | None = None

    async def answer(self) -> str:
        if self._try is None:
            self._try = asyncio.create_task(probe(self._database))
            self._try.add_done_callback(self._end)
        await asyncio.shield(self._try)
        return self._database.url.get_backend_name()

    def _end(self, ended: asyncio.Task[None]) -> None:
        self._try = None
        if not ended.cancelled():
            ended.exception()  # looked at: the log has it from the database


async def _state_store(shop: Shop) -> str:
    url = shop.settings.redis_url.get_secret_value()
    if not url:
        return "memory"
    async with Redis.from_url(url, socket_timeout=DEADLINE_SECONDS) as redis:
        await redis.execute_command("PING")
    return "redis"


async def _recovery(shop: Shop) -> str:
    await shop.rounds.check()
    return "running"


async def _payway(shop: Shop) -> str:
    await shop.payway.cancellation_reasons()
    return shop.settings.payway_env

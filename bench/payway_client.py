"""What the Payway client costs beside bare httpx that makes the same call.

    python -m bench.payway_client [--seconds N] [--rounds N]

A tiny server in another process answers at once. Both sides keep one connection pool of the same limits, send
the same headers and read the same JSON; they take turns, and each figure is the median of its rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

from klarna_shop.payway import PaywayClient, PaywayCredentials

PERIOD = {
    "id": "a" * 24,
    "payment_method": "klarna_payments",
    "type": "recurring",
    "enabled": True,
    "iteration_type": "month",
    "iteration_length": 1,
    "price": 129,
}
PERIODS = json.dumps({"items": [PERIOD] * 3}).encode()
TOKEN = json.dumps({"access_token": "token", "expires_in": 3600, "token_type": "bearer"}).encode()
PATH = "/external/api/v2/klarna_payments/payment_periods"
IN_FLIGHT = (1, 10, 100)
Call = Callable[[], Awaitable[Any]]


@dataclass(frozen=True)
class Round:
    """Calls per second, and milliseconds of the middle call."""

    rate: float
    latency: float


def main(arguments: list[str] | None = None) -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.payway_client")
    parser.add_argument("--seconds", type=float, default=2.0, help="of one round")
    parser.add_argument("--rounds", type=int, default=7)
    chosen = parser.parse_args(arguments)
    ready: multiprocessing.SimpleQueue[int] = multiprocessing.get_context("spawn").SimpleQueue()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(ready,), daemon=True)
    server.start()
    try:
        asyncio.run(_measure(f"http://127.0.0.1:{ready.get()}", chosen.seconds, chosen.rounds))
    finally:
        server.terminate()
    return 0


async def _measure(address: str, seconds: float, rounds: int) -> None:
    sys.stdout.write(
        "| In flight | httpx, calls/s | client, calls/s | client ÷ httpx, time a call | added, ms |\n"
        "| ---: | ---: | ---: | ---: | ---: |\n"
    )
    credentials = PaywayCredentials(address, "the-client", "the-secret", "demo")
    headers = {
        "Authorization": "Bearer token",
        "Content-Type": "application/json",
        "Accept": "application/json",
    }
    async with (
        httpx.AsyncClient(base_url=address, headers=headers) as bare,
        PaywayClient(credentials) as client,
    ):

        async def by_httpx() -> list[dict[str, Any]]:
            response = await bare.get(PATH, params={"code": "digital"})
            response.raise_for_status()
            return list(response.json()["items"])

        async def by_client() -> Any:
            return await client.klarna_payments.payment_periods("digital")

        for in_flight in IN_FLIGHT:
            taken: dict[Call, list[Round]] = {by_httpx: [], by_client: []}
            for call in taken:
                await _round(call, in_flight, seconds / 4)
            for number in range(rounds):
                # Who goes first changes, as whoever is second meets a warmer machine.
                for call in list(taken)[:: -1 if number % 2 else 1]:
                    taken[call].append(await _round(call, in_flight, seconds))
            ratios = [
                theirs.rate / ours.rate
                for theirs, ours in zip(taken[by_httpx], taken[by_client], strict=True)
            ]
            theirs, ours = (
                Round(
                    statistics.median(round_.rate for round_ in taken[call]),
                    statistics.median(round_.latency for round_ in taken[call]),
                )
                for call in (by_httpx, by_client)
            )
            sys.stdout.write(
                f"| {in_flight} | {theirs.rate:.0f} | {ours.rate:.0f} | {statistics.median(ratios):.2f} "
                f"| {ours.latency - theirs.latency:.2f} |\n"
            )
            sys.stdout.flush()


async def _round(call: Call, in_flight: int, seconds: float) -> Round:
    times: list[float] = []
    end = time.perf_counter() + seconds

    async def caller() -> None:
        while (start := time.perf_counter()) < end:
            await call()
            times.append(time.perf_counter() - start)

    start = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(in_flight)))
    return Round(len(times) / (time.perf_counter() - start), statistics.median(times) * 1000)


def _serve(ready: multiprocessing.SimpleQueue[int]) -> None:
    asyncio.run(_answer_at_once(ready))


async def _answer_at_once(ready: multiprocessing.SimpleQueue[int]) -> None:
    class Server(asyncio.Protocol):
        """As little HTTP as both sides need: requests without a body but for the token's form."""

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = transport
            self.waiting = b""

        def data_received(self, data: bytes) -> None:
            self.waiting += data
            head, found, rest = self.waiting.partition(b"\r\n\r\n")
            if not found:
                return
            body = PERIODS
            if head.startswith(b"POST"):
                length = int(head.lower().partition(b"content-length:")[2].split()[0])
                if len(rest) < length:
                    return
                body = TOKEN
            self.waiting = b""
            assert isinstance(self.transport, asyncio.Transport)
            answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(
                body
            )
            self.transport.write(answer + body)

    server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0)
    ready.put(server.sockets[0].getsockname()[1])
    await server.serve_forever()


if __name__ == "__main__":
    raise SystemExit(main())

"""What recording flows costs a purchase: the same shop with recording and without.

    python -m bench.flows [--purchases N] [--rounds N]

Whole purchases of new customers, from opening to completed, one after another on an embedded sandbox in
memory and a SQLite file of each shop's own. Both shops take turns; the recorder redacts and writes all the
while, and what is left of a round is written before the next begins. Each figure is the median of rounds.
Where other programs run beside it, look at the processor's time.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from klarna_shop.assembly import House, build_house
from klarna_shop.payway import calls_in_scope
from klarna_shop.sandbox import Sandbox, SandboxSettings
from klarna_shop.settings import read_settings
from klarna_shop.shop.migrating import migrate
from klarna_shop.shop.purchase import BrowserFacts, Choice, CustomerDetails, PurchaseState
from klarna_shop.shop.reader import Reader

BROWSER = BrowserFacts(ip="203.0.113.7", language="sv-SE", user_agent="Bench")


@dataclass(frozen=True)
class Round:
    """Milliseconds of the middle purchase, and of the processor for each, writing and sandbox included."""

    latency: float
    processor: float


def main(arguments: list[str] | None = None) -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.flows")
    parser.add_argument("--purchases", type=int, default=10, help="of one round")
    parser.add_argument("--rounds", type=int, default=30)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        without, recording = (_house(Path(folder) / f"{steps}.sqlite3", steps) for steps in (0, 20_000))
        asyncio.run(_measure(without, recording, chosen.purchases, chosen.rounds))
    return 0


async def _measure(without: House, recording: House, purchases: int, rounds: int) -> None:
    taken: dict[str, list[Round]] = {"without": [], "recording": []}
    task = asyncio.create_task(recording.shop.recorder.run())
    pairs = list(zip(taken, (without, recording), strict=True))
    for _, house in pairs:
        await _round(house, purchases // 4 + 1)
    for number in range(rounds):
        # Who goes first changes, as whoever is second meets a warmer machine.
        for name, house in pairs[:: -1 if number % 2 else 1]:
            taken[name].append(await _round(house, purchases))
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    sys.stdout.write(_table(taken))
    if recording.shop.recorder.dropped:
        sys.stdout.write(f"{recording.shop.recorder.dropped} steps were dropped.\n")
    for house in (without, recording):
        await house.shop.close()
        if house.sandbox is not None:
            await house.sandbox.close()


def _table(taken: dict[str, list[Round]]) -> str:
    lines = ["| | without, ms | recording, ms | ratio (quartiles) |", "| --- | ---: | ---: | ---: |"]
    for name, told in (("latency", "a purchase takes"), ("processor", "of the processor")):
        without, recording = ([getattr(one, name) for one in rounds] for rounds in taken.values())
        ratios = [ours / theirs for theirs, ours in zip(without, recording, strict=True)]
        low, middle, high = statistics.quantiles(ratios, n=4)
        lines.append(
            f"| {told} | {statistics.median(without):.1f} | {statistics.median(recording):.1f}"
            f" | {middle:.2f} ({low:.2f} to {high:.2f}) |"
        )
    return "\n".join(lines) + "\n"


async def _round(house: House, purchases: int) -> Round:
    times = []
    processor = time.process_time()
    for _ in range(purchases):
        start = time.perf_counter()
        await _buy(house)
        times.append((time.perf_counter() - start) * 1000)
    await house.shop.recorder.flush()
    return Round(statistics.median(times), (time.process_time() - processor) * 1000 / purchases)


async def _buy(house: House) -> None:
    visitor = uuid.uuid4().hex
    reader = Reader(visitor_id=visitor)
    with calls_in_scope(visitor):
        offer = next(offer for offer in await house.shop.offers.offers() if offer.code == "digital")
        customer = CustomerDetails(f"{visitor}@exempel.example", "Ny", "Läsare")
        choice = Choice(offer.code, offer.period_id, "sv", customer=customer)
        purchases = house.shop.purchases
        opened = await purchases.open(reader, choice, BROWSER)
        token = str(uuid.uuid4())
        approved = await purchases.approve(reader, opened.session_fingerprint, token)
        settled = await purchases.settle(await purchases.place(approved))
    if settled.status is not PurchaseState.COMPLETED:
        raise RuntimeError(f"the purchase came to {settled.state}, {settled.reason}")


def _house(database: Path, steps: int) -> House:
    settings = read_settings(
        _env_file=None,
        database_url=f"sqlite:///{database}",
        secret_key="the key of measurements and of nothing else",  # noqa: S106
        flow_steps=steps,
    )
    migrate(settings.database_url.get_secret_value())
    sandbox = Sandbox(SandboxSettings(public_url=settings.app_url))
    return build_house(settings, sandbox=sandbox)


if __name__ == "__main__":
    raise SystemExit(main())

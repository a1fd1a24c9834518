"""Load on the shop, beside a bare Reflex app.

    python -m bench.load [PART …] [--shoppers 1,50,200,500] [--purchases N] [--port 18300]

Parts: events, memory, purchases, arrivals, hang, workers; all by default. `workers` takes two PostgreSQL
databases and two of Redis (`--postgres`, `--redis`), which it empties and fills.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bench.load import arrivals, events, hang, memory, purchases, workers
from bench.load.figures import table
from bench.load.purchases import Outcome
from bench.load.servers import Street, counter, empty_databases, street

PARTS = ("events", "memory", "purchases", "arrivals", "hang", "workers")
LATENCIES = (0, 200)


def main(arguments: list[str] | None = None) -> int:
    """Measure and print the tables; 1 where a shopper met an error."""
    parser = argparse.ArgumentParser(prog="python -m bench.load")
    parser.add_argument("parts", nargs="*", default=[], metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--shoppers", default="1,50,200,500", help="how many at once (%(default)s)")
    parser.add_argument("--purchases", type=int, default=200, help="at least, for each row (%(default)s)")
    parser.add_argument("--tabs", type=int, default=20, help="for events and hang (%(default)s)")
    parser.add_argument("--visitors", type=int, default=500, help="for memory (%(default)s)")
    parser.add_argument("--seconds", type=float, default=2.0, help="of one round of events (%(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="of events, hang and workers (%(default)s)")
    parser.add_argument("--rates", default="3,5,8", help="arrivals a second (%(default)s)")
    parser.add_argument("--arriving", type=float, default=60, help="seconds of each rate (%(default)s)")
    parser.add_argument("--port", type=int, default=18300, help="the first of four (%(default)s)")
    for server in ("postgres", "redis"):
        parser.add_argument(
            f"--{server}", nargs=2, default=[], metavar="URL", help="to empty and fill, for workers"
        )
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    chosen.parts = chosen.parts or [p for p in PARTS if p != "workers" or (chosen.postgres and chosen.redis)]
    if "workers" in chosen.parts and not (chosen.postgres and chosen.redis):
        parser.error("workers takes --postgres and --redis")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers end, too
    with tempfile.TemporaryDirectory(prefix="load-") as folder:
        return _measure(chosen, Path(folder))


def _measure(chosen: argparse.Namespace, folder: Path) -> int:
    failed = False
    if "events" in chosen.parts:
        with street(folder / "events", chosen.port, 1) as there, counter(folder, chosen.port + 2, 1) as bare:
            for tabs in (1, chosen.tabs):
                shown, ratio = asyncio.run(
                    events.compare(there.shop, bare, tabs, chosen.seconds, chosen.rounds)
                )
                _say(shown, f"An event that neither writes nor calls out: {ratio:.2f} × the counter's.\n")
    if "memory" in chosen.parts:
        with street(folder / "memory", chosen.port, 1) as there, counter(folder, chosen.port + 2, 1) as bare:
            shown, ratio = asyncio.run(memory.compare(there.shop, bare, chosen.visitors))
            _say(shown, f"An idle visitor: {ratio:.2f} × the counter's.\n")
    if "purchases" in chosen.parts:
        with street(folder / "purchases", chosen.port, 1) as there:
            failed |= not _sell(there, chosen, "one worker, SQLite")
    if "arrivals" in chosen.parts:
        with street(folder / "arrivals", chosen.port, 1) as there:
            failed |= not _receive(there, chosen)
    if "hang" in chosen.parts:
        with street(folder / "hang", chosen.port, 1) as there:
            result = asyncio.run(hang.compare(there, chosen.tabs, chosen.rounds))
            _say(result.table, f"The hung presses took {result.hung}.\n")
    if "workers" in chosen.parts:
        failed |= not _beside(chosen, folder)
    return int(failed)


def _beside(chosen: argparse.Namespace, folder: Path) -> bool:
    """One worker and two, in turns; whether there was no error."""
    well = True
    with ExitStack() as running:
        one, two = (
            running.enter_context(
                street(
                    folder / f"workers-{number}",
                    chosen.port + 2 * number - 2,
                    number,
                    DATABASE_URL=postgres,
                    REDIS_URL=redis,
                )
            )
            for number, postgres, redis in _emptied(chosen)
        )
        for shoppers in map(int, chosen.shoppers.split(",")):
            comparisons = workers.compare(one, two, LATENCIES, shoppers, chosen.purchases, chosen.rounds)
            _say(f"**{shoppers} shoppers**\n", workers.shown(comparisons, chosen.rounds) + "\n")
            for comparison in comparisons:
                for error, times in comparison.errors.most_common(5):
                    well = False
                    _say(f"{times} × {error}")
    return well


def _emptied(chosen: argparse.Namespace) -> Iterator[tuple[int, str, str]]:
    for number, (postgres, redis) in enumerate(zip(chosen.postgres, chosen.redis, strict=True), 1):
        empty_databases(postgres, redis)
        yield number, postgres, redis


def _sell(there: Street, chosen: argparse.Namespace, title: str) -> bool:
    """All numbers of shoppers at all latencies; whether there was no error."""
    outcomes: list[Outcome] = []
    for latency in LATENCIES:
        for shoppers in map(int, chosen.shoppers.split(",")):
            wanted = chosen.purchases if shoppers > 1 else chosen.purchases // 10
            outcomes.append(asyncio.run(purchases.run(there, shoppers, latency, wanted)))
            for error, times in Counter(outcomes[-1].times.errors).most_common(5):
                _say(f"{times} × {error}")
    _say(f"**{title}**\n", table(outcomes[0].heads, [outcome.cells for outcome in outcomes]) + "\n")
    heads = ["p50 / p99, ms", *(f"{o.shoppers}, {o.latency} ms" for o in outcomes)]
    steps = zip(*(outcome.steps for outcome in outcomes), strict=True)
    rows = [(step[0][0], *(f"{p50:.0f} / {p99:.0f}" for _, p50, p99 in step)) for step in steps]
    _say(table(heads, rows) + "\n")
    return not any(outcome.times.errors for outcome in outcomes)


def _receive(there: Street, chosen: argparse.Namespace) -> bool:
    """All rates of arrival; whether there was no error."""
    well = True
    for rate in map(float, chosen.rates.split(",")):
        arrived = asyncio.run(arrivals.run(there, rate, chosen.arriving, LATENCIES[-1]))
        for error, times in Counter(arrived.times.errors).most_common(5):
            well = False
            _say(f"{times} × {error}")
        each = 1000 * arrived.shop_seconds / max(arrived.times.purchases, 1)
        _say(arrived.shown)
        _say(
            f"{arrived.times.purchases} purchases, {each:.0f} ms of a core each;"
            f" the slowest step's own p99 is {arrived.slowest:.0f} ms.\n"
        )
    return well


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())

"""Purchases under random faults, and then the books.

    python -m tests.chaos [--purchases 1000] [--seed 1] [--backend sqlite|postgresql] [--size 50]

The purchases are made in runs of `--size`, each with a seed of its own (the first is `--seed`) and with empty
books, in turn on SQLite and on PostgreSQL with two workers. A run that fails says how to repeat its plan.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import tempfile
from pathlib import Path
from random import SystemRandom

import pytest

from klarna_shop.operations.build import BUILT
from klarna_shop.operations.progress import say, stop
from tests.chaos.plan import Backend, plan
from tests.chaos.run import Result, carry_out

SIZE = 50
COLUMNS = (
    "Seed",
    "Backend",
    "Shoppers",
    "Approvals",
    "Kills and cuts",
    "Answers lost",
    "Orders",
    "Placed in the ledger",
    "Orders in the funnel",
    "Without order",
    "Broken promises",
    "Seconds",
)
HIGHEST_SEED = 1_000_000


def main(arguments: list[str] | None = None) -> int:
    """Run and print the table; 0 if every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--purchases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--backend", type=Backend, choices=list(Backend), default=None)
    chosen = parser.parse_args(arguments)
    if not BUILT.exists():
        return stop("There is no build of the front end; run `make run` once.")
    first = SystemRandom().randrange(HIGHEST_SEED) if chosen.seed is None else chosen.seed
    backends = [chosen.backend] if chosen.backend else list(Backend)
    results: list[Result] = []
    for number, start in enumerate(range(0, chosen.purchases, chosen.size)):
        size = min(chosen.size, chosen.purchases - start)
        results += run(first + number, backends[number % len(backends)], size)
    say(table(results))
    broken = sum(bool(result.violations) for result in results)
    say(f"{len(results)} runs, {broken} with a broken promise")
    return 1 if broken or not results else 0


def run(seed: int, backend: Backend, size: int) -> list[Result]:
    """One run, told on the terminal; nothing where a server that it needs is missing."""
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    say(f"seed {seed}, {backend}, {size} purchases …")
    try:
        result = asyncio.run(carry_out(plan(seed, backend, size), folder, by_hand=False, tell=say))
    except pytest.skip.Exception as skipped:
        say(f"seed {seed}, {backend}: left out, {skipped}")
        return []
    say(row(result))
    if result.violations:
        say(told(result))
        say(f"its logs and databases are kept in {folder}")
    else:
        shutil.rmtree(folder)
    return [result]


def told(result: Result) -> str:
    """What was broken, and how to see it again."""
    plan = result.plan
    again = f"python -m tests.chaos --seed {plan.seed} --backend {plan.backend} --size {len(plan.shoppers)}"
    lines = [f"seed {plan.seed}, {plan.backend}: {len(result.violations)} broken promises"]
    lines += [f"  {violation}" for violation in result.violations]
    return "\n".join([*lines, f"repeat the plan: {again} --purchases {len(plan.shoppers)}"])


def table(results: list[Result]) -> str:
    """One line a run."""
    lines = ["| " + " | ".join(COLUMNS) + " |", "| ---: | --- " + "| ---: " * (len(COLUMNS) - 2) + "|"]
    return "\n".join([*lines, *map(row, results)])


def row(result: Result) -> str:
    """A run in the table."""
    plan = result.plan
    refused = sum(result.states[state] for state in ("refused", "failed", "expired", "abandoned"))
    values = (
        plan.seed,
        plan.backend,
        len(plan.shoppers),
        result.approvals,
        result.deaths,
        result.lost_answers,
        result.orders,
        result.placed,
        result.measured,
        refused,
        len(result.violations),
        round(result.seconds),
    )
    return "| " + " | ".join(map(str, values)) + " |"


if __name__ == "__main__":
    raise SystemExit(main())

"""What funnels and measuring cost: views beside plain SQL, and a page's event with its measuring and without.

    python -m bench.funnel [--events 200000] [--rounds 7] [--postgres URL] [views] [writing]

Views: synthetic readers fill a SQLite file and, where `--postgres` names a server, a database of its own
there, which is dropped afterwards. Each view is read beside one plain statement that counts the same, in
turns; the counts are compared. Writing: the article's own event, in process and without Reflex's socket,
in turns with measuring and with nothing in its place; then what was measured is written. Each figure is the
median of rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
from sqlalchemy import bindparam, text

from klarna_shop.assembly import House, build_house
from klarna_shop.settings import read_settings
from klarna_shop.shop.articles import ArticleKind
from klarna_shop.shop.current import install_shop
from klarna_shop.shop.database import UtcDateTime
from klarna_shop.shop.encryption import fingerprint
from klarna_shop.shop.funnel import STEPS, Dimension, FunnelFilter
from klarna_shop.shop.identity.cookies import new_token
from klarna_shop.shop.measurement import Traffic
from klarna_shop.shop.migrating import migrate
from klarna_shop.shop.money import seller_date
from klarna_shop.ui.storefront import state as article_pages
from tests.ui.tab import InBackground, new_tab, visit

EVENTS_A_VISITOR = 3.3
"""Of the simulator, about."""
PARTS = ("views", "writing")
NAME = "klarna_shop_bench_funnel"
SERVER = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile Safari/604.1"
PAGES = 100
"""Of one round and kind."""


def main(arguments: list[str] | None = None) -> int:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.funnel")
    parser.add_argument("parts", nargs="*", metavar="part", help="views, writing; both where none is named")
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--postgres", default=SERVER, help="a server; empty for SQLite alone")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    parts = chosen.parts or PARTS
    with tempfile.TemporaryDirectory() as folder:
        if "views" in parts:
            _say(
                "| database | view | plain SQL, ms | view, ms | ratio |\n| --- | --- | ---: | ---: | ---: |\n"
            )
            asyncio.run(_views(_house(f"sqlite:///{folder}/views.sqlite3"), "SQLite", chosen))
            if chosen.postgres:
                _on_postgres(chosen)
        if "writing" in parts:
            asyncio.run(_writing(_house(f"sqlite:///{folder}/writing.sqlite3"), chosen.rounds * 3))
    return 0


def _on_postgres(chosen: argparse.Namespace) -> None:
    with psycopg.connect(chosen.postgres, autocommit=True, connect_timeout=3) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)'.encode())
        server.execute(f'CREATE DATABASE "{NAME}"'.encode())
        try:
            house = _house(f"{chosen.postgres.rpartition('/')[0]}/{NAME}")
            asyncio.run(_views(house, "PostgreSQL", chosen))
        finally:
            server.execute(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)'.encode())


def _house(database: str) -> House:
    migrate(database)
    return build_house(read_settings(_env_file=None, database_url=database, secret_key="bench" * 10))


async def _views(house: House, database: str, chosen: argparse.Namespace) -> None:
    shop = house.shop
    assert shop.simulations is not None
    simulated = await shop.simulations.run(
        await shop.simulations.plan(int(chosen.events / EVENTS_A_VISITOR), 1)
    )
    if database == "PostgreSQL":
        await shop.database.write(lambda session: session.connection().execute(text("ANALYZE")))
    today = seller_date(shop.clock())
    wanted = FunnelFilter(today - timedelta(days=28), today, Traffic.SIMULATED)
    by_device = replace(wanted, by=Dimension.DEVICE)

    async def counted() -> tuple[int, ...]:
        return (await shop.funnels.of(wanted)).visitors

    async def of_groups() -> dict[str, tuple[int, ...]]:
        return {group.value: group.visitors for group in (await shop.funnels.of(by_device)).groups}

    async def plainly() -> tuple[int, ...]:
        return tuple((await _rows(house, _plain(), wanted))[0])

    async def groups_plainly() -> dict[str, tuple[int, ...]]:
        return {row[0]: tuple(row[1:]) for row in await _rows(house, _plain("device"), wanted)}

    pairs: list[tuple[str, Callable[[], Awaitable[Any]], Callable[[], Awaitable[Any]]]] = [
        (f"{simulated.events:,} events: steps, times, reasons", plainly, counted),
        ("the same, by device", groups_plainly, of_groups),
    ]
    for name, plain, view in pairs:
        taken: tuple[list[float], list[float]] = ([], [])
        for _ in range(chosen.rounds):
            answers = []
            for place, read in enumerate((plain, view)):
                start = time.perf_counter()
                answers.append(await read())
                taken[place].append((time.perf_counter() - start) * 1000)
            if answers[0] != answers[1]:
                raise RuntimeError(f"the view counts {answers[1]}, plain SQL {answers[0]}")
        plain_ms, view_ms = map(statistics.median, taken)
        _say(f"| {database} | {name} | {plain_ms:.0f} | {view_ms:.0f} | {view_ms / plain_ms:.2f} |\n")
    await _close(house)


def _plain(by: str = "") -> str:
    """Each visitor's first moment of every step, and how many have each after the one before it."""
    moments = ", ".join(
        f"min(CASE WHEN name = '{name.value}' THEN at END) AS s{n}" for n, name in enumerate(STEPS)
    )
    reached = ["s0 IS NOT NULL"]
    for number in range(1, len(STEPS)):
        reached.append(f"{reached[-1]} AND s{number} >= s{number - 1}")
    counts = ", ".join(f"sum(CASE WHEN {condition} THEN 1 ELSE 0 END)" for condition in reached)
    names = ", ".join(f"'{name.value}'" for name in STEPS)
    # Synthetic readers have one device each.
    value, group = (f"max({by}) AS value, ", " GROUP BY value") if by else ("", "")
    within = f"traffic = :traffic AND at >= :begin AND at < :end AND name IN ({names})"
    of_each = f"(SELECT {value}{moments} FROM measured_event WHERE {within} GROUP BY visitor_id)"  # noqa: S608
    shown = "value, " if by else ""
    return f"SELECT {shown}{counts} FROM {of_each} AS visitor WHERE s0 IS NOT NULL{group}"  # noqa: S608


async def _rows(house: House, statement: str, wanted: FunnelFilter) -> list[Any]:
    moments = (bindparam("begin", type_=UtcDateTime()), bindparam("end", type_=UtcDateTime()))
    asked = text(statement).bindparams(*moments)
    values = {"traffic": wanted.traffic.value, "begin": wanted.begin, "end": wanted.end}
    return list(
        await house.shop.database.read(lambda session: session.connection().execute(asked, values).all())
    )


async def _writing(house: House, rounds: int) -> None:
    install_shop(house.shop)
    article = next(one for one in house.shop.articles.front_page("sv") if one.kind is ArticleKind.FREE)
    await _round(house, article.slug)
    ratios, without, measuring, written = [], [], [], []
    for _ in range(rounds):
        plain, measured, write = await _round(house, article.slug)
        without.append(plain)
        measuring.append(measured)
        written.append(write)
        ratios.append(measured / plain)
    low, middle, high = statistics.quantiles(ratios, n=4)
    _say(
        "\n| the article's own event | without, µs | measuring, µs | ratio (quartiles) | to write it, µs |\n"
        "| --- | ---: | ---: | ---: | ---: |\n"
        f"| free article | {statistics.median(without):.0f} | {statistics.median(measuring):.0f}"
        f" | {middle:.3f} ({low:.3f} to {high:.3f}) | {statistics.median(written):.0f} |\n"
    )
    await _close(house)


async def _nothing(*_arguments: object, **_facts: object) -> None:
    """In the place of measuring."""


async def _round(house: House, slug: str) -> tuple[float, float, float]:
    """Microseconds of one event without measuring, and with it; and of the processor for writing one."""
    measured, times = article_pages.measure, ([], [])  # type: tuple[Any, tuple[list[float], list[float]]]
    for number in range(2 * PAGES):
        token = new_token()
        await house.shop.consents.choose(fingerprint(token), accepted=True)
        root = new_tab()
        visit(root, f"/article/{slug}", f"visitor={token}", user_agent=PHONE)
        state: Any = await root.get_state(article_pages.ArticleState)
        # In turns, so that whatever else the machine does falls on both.
        vars(article_pages)["measure"] = measured if number % 2 else _nothing
        start = time.perf_counter()
        await article_pages.ArticleState.event_handlers["decide"].fn(InBackground(state))
        times[number % 2].append((time.perf_counter() - start) * 1e6)
    vars(article_pages)["measure"] = measured
    processor = time.process_time()
    await house.shop.events.flush()
    write = (time.process_time() - processor) * 1e6 / PAGES
    return statistics.median(times[0]), statistics.median(times[1]), write


async def _close(house: House) -> None:
    await house.shop.close()
    if house.sandbox is not None:
        await house.sandbox.close()


def _say(words: str) -> None:
    sys.stdout.write(words)
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())

"""Leases: one holder at a time, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from klarna_shop.settings import Settings
from klarna_shop.shop.database import Database
from klarna_shop.shop.lease import Lease
from tests.postgres import settings_on_both

__all__ = ["settings_on_both"]

LENGTH = timedelta(seconds=60)


class Watch:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.database_url.get_secret_value())
    yield database
    await database.close()


async def test_of_many_that_want_it_one_gets_it(database: Database) -> None:
    leases = [Lease(database, "work", LENGTH) for _ in range(8)]
    taken = await asyncio.gather(*(lease.take() for lease in leases))
    assert sum(taken) == 1
    again = await asyncio.gather(*(lease.take() for lease in leases))
    assert again == taken, "the holder renews it and nobody else gets it"


async def test_it_goes_on_to_another_when_it_runs_out_or_is_given_back(database: Database) -> None:
    watch = Watch()
    first, second = (Lease(database, "work", LENGTH, now=watch) for _ in range(2))
    assert await first.take()
    watch.time += timedelta(seconds=59)
    assert not await second.take()
    watch.time += timedelta(seconds=1)
    assert await second.take()
    assert not await first.take()
    await first.give_back()
    assert not await first.take(), "nobody gives back what is another's"
    await second.give_back()
    assert await first.take()


async def test_one_that_lasts_longer_than_any_can_is_void(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    watch, wrong = Watch(), Watch()
    wrong.time += timedelta(days=1)
    ahead, right, third = (Lease(database, "work", LENGTH, now=clock) for clock in (wrong, watch, watch))
    assert await ahead.take()
    assert sorted(await asyncio.gather(right.take(), third.take())) == [False, True]
    assert "A clock is or was wrong" in caplog.text


async def test_one_of_a_clock_that_is_some_minutes_ahead_holds(database: Database) -> None:
    watch, ahead = Watch(), Watch()
    ahead.time += timedelta(minutes=4)
    assert await Lease(database, "work", LENGTH, now=ahead).take()
    assert not await Lease(database, "work", LENGTH, now=watch).take()


async def test_different_work_has_different_leases(database: Database) -> None:
    assert await Lease(database, "work", LENGTH).take()
    assert await Lease(database, "other work", LENGTH).take()


async def test_it_is_renewed_while_the_work_lasts(database: Database) -> None:
    watch, asleep, awake = Watch(), asyncio.Queue[float](), asyncio.Queue[None]()

    async def sleep(seconds: float) -> None:
        asleep.put_nowait(seconds)
        await awake.get()

    first = Lease(database, "work", LENGTH, now=watch, sleep=sleep)
    second = Lease(database, "work", LENGTH, now=watch)
    assert await first.take()
    async with first.kept():
        seconds = await asleep.get()
        for _ in range(5):
            watch.time += timedelta(seconds=seconds)
            assert not await second.take()
            awake.put_nowait(None)
            seconds = await asleep.get()  # it has been renewed, and is to be again
    watch.time += LENGTH
    assert await second.take()

"""A client of the stand-in; whatever a test told it to answer must have been asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import stamina

from klarna_shop.payway import PaywayClient
from tests.payway.stand_in import Clock, StandIn, make_client


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    with stamina.set_testing(True, attempts=99, cap=True):
        yield


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stand_in() -> StandIn:
    return StandIn()


@pytest.fixture
async def client(stand_in: StandIn, clock: Clock) -> AsyncIterator[PaywayClient]:
    async with make_client(stand_in, clock) as client:
        yield client
    assert stand_in.unused() == {}

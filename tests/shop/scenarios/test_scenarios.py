"""Every scenario is one that the sandbox takes, for one browser, and can be taken back."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import httpx
import pytest

from klarna_shop.assembly import House
from klarna_shop.sandbox import demo_customers
from klarna_shop.shop.scenarios import SCENARIOS, Scenario, Stage, StageUnavailable

WITH_ORDERS = [scenario for scenario in SCENARIOS if scenario.orders]


@pytest.fixture
def stage(house: House) -> Stage:
    assert house.shop.stage is not None
    return house.shop.stage


def test_codes_name_one_scenario_each() -> None:
    assert [code for code, count in Counter(one.code for one in SCENARIOS).items() if count > 1] == []


def test_each_scenario_can_be_walked_to() -> None:
    emails = {customer.email for customer in demo_customers()}
    for scenario in SCENARIOS:
        assert scenario.orders or scenario.customer, scenario.code
        assert not scenario.customer or scenario.customer in emails, scenario.code


def test_every_demo_customer_is_a_scenario() -> None:
    assert {customer.email for customer in demo_customers()} == {
        scenario.customer for scenario in SCENARIOS if not scenario.orders
    }


@pytest.mark.parametrize("scenario", WITH_ORDERS, ids=lambda scenario: scenario.code)
async def test_the_sandbox_takes_it_for_one_browser_and_gives_it_back(
    stage: Stage, scenario: Scenario
) -> None:
    await stage.switch_on(scenario, "one")
    assert scenario.code in await stage.on_for("one")
    assert await stage.on_for("another") == frozenset()
    await stage.switch_off("one")
    assert await stage.on_for("one") == frozenset()


async def test_another_scenario_takes_the_place_of_the_first(stage: Stage) -> None:
    first, second = (one for one in SCENARIOS if one.code in {"answer_lost", "klarna_refuse"})
    await stage.switch_on(first, "one")
    await stage.switch_on(second, "one")
    assert await stage.on_for("one") == {second.code}


async def test_the_clock_is_one_for_shop_and_sandbox(stage: Stage, house: House) -> None:
    before = await stage.moment()
    assert not before.is_moved
    moved = await stage.move_to(before.now + timedelta(days=31))
    assert moved.is_moved
    assert abs(house.shop.clock() - moved.now) < timedelta(seconds=5)
    assert not (await stage.back_to_now()).is_moved


async def test_a_sandbox_that_does_not_answer_is_said_so() -> None:
    stage = Stage(httpx.AsyncClient(base_url="http://sandbox.example", transport=_Down()))
    with pytest.raises(StageUnavailable):
        await stage.moment()
    await stage.close()


class _Down(httpx.AsyncBaseTransport):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

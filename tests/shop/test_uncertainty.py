"""The whole shop while Payway answers each call by another reading of the reference."""

from __future__ import annotations

import pytest

from klarna_shop.assembly import House, build_house
from klarna_shop.settings import ConfigurationError, Settings
from klarna_shop.shop.identity.account import CustomerAccounts
from klarna_shop.shop.purchase import CustomerDetails, PurchaseState
from klarna_shop.shop.reader import Reader
from tests.house import NEW_CUSTOMER, Approve, Open, SignIn, books

NOTHING_BOUGHT = "astrid.lundmark@demo.example"
SEEDS = range(1, 13)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Whether Payway says what a campaign turns into is one of the things that nobody knows."""
    return settings.model_copy(update={"payway_campaign_packages": {"digital-trial": "digital"}})


@pytest.mark.parametrize("seed", SEEDS)
async def test_purchases_complete_and_a_subscription_is_cancelled_whatever_is_drawn(
    seed: int, house: House, visitor: Reader, open_purchase: Open, approve: Approve, sign_in: SignIn
) -> None:
    assert house.sandbox is not None
    house.sandbox.be_uncertain(seed)
    settle = house.shop.purchases.settle
    trial_customer = CustomerDetails("prova@exempel.example", "Prova", "Först")

    bought = await settle(await approve(visitor, await open_purchase(visitor, customer=NEW_CUSTOMER)))
    other = Reader(visitor_id="visitor-two")
    tried = await settle(
        await approve(other, await open_purchase(other, "digital-trial", customer=trial_customer))
    )
    reader = await sign_in(NOTHING_BOUGHT)
    assert reader.customer is not None
    again = await settle(await approve(reader, await open_purchase(reader)))
    assert [purchase.status for purchase in (bought, tried, again)] == [PurchaseState.COMPLETED] * 3

    accounts = CustomerAccounts.of(house.shop)
    [held] = (await accounts.overview(reader.customer)).subscriptions
    assert (held.code, held.can_cancel) == ("digital", True)
    await accounts.cancel(reader.customer, held.id, None)
    [held] = (await accounts.overview(reader.customer)).subscriptions
    assert held.state == "cancelled"
    orders = [order for order in (await books(house)).orders if order.merchant_reference]
    assert [order.state for order in orders] == ["closed"] * 3


async def test_the_embedded_sandbox_takes_its_seed_from_the_environment(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for written, seed in (("21", 21), ("", None)):
        monkeypatch.setenv("SANDBOX_UNCERTAINTY", written)
        house = build_house(settings)
        assert house.sandbox is not None
        assert house.sandbox.uncertainty == seed
        await house.shop.close()
        await house.sandbox.close()
    monkeypatch.setenv("SANDBOX_UNCERTAINTY", "perhaps")
    with pytest.raises(ConfigurationError, match="SANDBOX_UNCERTAINTY"):
        build_house(settings)

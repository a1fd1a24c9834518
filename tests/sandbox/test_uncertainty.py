"""The real client against a sandbox that reads the reference differently in every single call.

UNCERTAIN_SEEDS=200 tries more of them.
"""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from klarna_shop.payway import (
    AccountRequest,
    CustomerInfo,
    Identity,
    IdentityExpired,
    OrderRequest,
    PaymentMethodFailed,
    PaywayClient,
    PaywayCredentials,
    PlacedOrder,
    Refused,
    SessionRequest,
    WrongCredentials,
)
from klarna_shop.sandbox import Clock, Readings, Sandbox, SandboxSettings, chosen_seed, passwords
from tests.seeded import seeded

SEEDS = range(int(os.environ.get("UNCERTAIN_SEEDS", "50")))
SEEDS_AT_A_TIME = 25
PASSWORD = "demo1234"
REASON_ALLOWED = "purchase_allowed"


@pytest.fixture
async def sandbox(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sandbox]:
    monkeypatch.setattr(passwords, "_COST", 2)  # a thousand passwords are hashed here
    sandbox = seeded(Sandbox(SandboxSettings(public_url="http://shop.example"), clock), clock.now())
    yield sandbox
    await sandbox.close()


@pytest.fixture
async def payway(sandbox: Sandbox) -> AsyncIterator[PaywayClient]:
    credentials = PaywayCredentials("http://payway.example", "sandbox-client", "sandbox-secret", "demo")
    async with PaywayClient(credentials, transport=sandbox.transport(), now=sandbox.clock.now) as client:
        yield client


@dataclass
class Buyer:
    """A customer who signs in again whenever that is asked of them."""

    payway: PaywayClient
    email: str
    identity: Identity

    @classmethod
    async def registered(cls, payway: PaywayClient, email: str) -> Buyer:
        request = AccountRequest(email=email, password=PASSWORD, first_name="Ny", last_name="Läsare")
        await payway.accounts.create(request)
        return cls(payway, email, Identity(await payway.sign_in(email, PASSWORD)))

    async def account_id(self) -> str:
        try:
            return (await self.payway.me.account(self.identity)).id
        except IdentityExpired:
            self.identity = Identity(await self.payway.sign_in(self.email, PASSWORD))
            return (await self.payway.me.account(self.identity)).id


async def _buy(
    payway: PaywayClient, code: str, buyer: Identity | CustomerInfo
) -> tuple[OrderRequest, PlacedOrder]:
    """Session and order, as a shop makes them."""
    identity = buyer if isinstance(buyer, Identity) else None
    period = next(
        period
        for period in await payway.klarna_payments.payment_periods(code)
        if period.enabled and period.iteration_type == "month"
    )
    session = await payway.klarna_payments.create_session(
        SessionRequest(code, "https://shop.example/confirmation", period.type, period.id), identity
    )
    listed = session.payment_method_categories
    assert listed == [] or code != "digital-trial" or "direct_debit" in listed
    request = OrderRequest(
        klarna_authorization_token=str(uuid.uuid4()),
        klarna_payments_session_id=session.session_id,
        browser_ip="192.0.2.7",
        browser_language="sv-SE",
        browser_user_agent="Test browser",
        merchant_reference="purchase-1",
        customer_info=None if identity else buyer,  # type: ignore[arg-type]
    )
    place = (
        payway.klarna_payments.place_trial_order
        if period.price_ore == 0
        else payway.klarna_payments.place_order
    )
    return request, await place(request, identity)


async def _catalogue(payway: PaywayClient) -> None:
    packages = await payway.products.search_packages("DEMO")
    campaigns = await payway.products.search_campaigns("DEMO")
    assert {"digital", "digital-plus"} <= {product.product_code for product in packages}
    assert all(campaign.transform_to_campaign_package is True for campaign in campaigns)
    assert (await payway.products.product("digital")).vat_code == 6
    assert (await payway.titles.find_one("DEMO")).code == "DEMO"


async def _new_customer(payway: PaywayClient, email: str) -> None:
    assert (await payway.accounts.pre_validate_purchase("digital", email)).can_purchase
    await _buy(payway, "digital", CustomerInfo(email, "Ny", "Läsare"))
    refused = await payway.accounts.pre_validate_purchase("digital", email)
    assert (refused.can_purchase, refused.reason) == (False, "package_already_active")


async def _existing_customer(payway: PaywayClient, email: str) -> None:
    with pytest.raises(WrongCredentials):
        await payway.sign_in(email, "wrong")
    buyer = await Buyer.registered(payway, email)
    account_id = await buyer.account_id()
    assert (await payway.me.pre_validate_purchase(buyer.identity, "digital")).reason == REASON_ALLOWED
    request, placed = await _buy(payway, "digital", buyer.identity)
    with pytest.raises(Refused) as again:
        await payway.klarna_payments.place_order(request, buyer.identity)
    assert not again.value.outcome_unknown
    order = (await payway.orders.by_account(account_id))[0]
    assert placed.order_id in {None, order.order_id}
    assert (order.state, order.merchant_reference, order.price_ore) == ("closed", "purchase-1", 12_900)
    assert "digital" in (await payway.me.active_products(buyer.identity)).codes
    subscription = (await payway.subscriptions.by_account(account_id))[0]
    await payway.me.cancel_product(buyer.identity, subscription.id)
    await payway.me.reactivate_product(buyer.identity, subscription.id)
    await payway.me.cancel_product(buyer.identity, subscription.id)
    assert (await payway.subscriptions.by_account(account_id))[0].state == "cancelled"
    assert len(await payway.me.purchase_history(buyer.identity)) == 1
    buyer.identity = Identity(replace(buyer.identity.tokens, access_token="no longer known"))
    assert await buyer.account_id() == account_id


async def _trial_customer(payway: PaywayClient, email: str, sandbox: Sandbox) -> None:
    buyer = await Buyer.registered(payway, email)
    assert await payway.me.eligible_for_campaign(buyer.identity, "digital-trial")
    await _buy(payway, "digital-trial", buyer.identity)
    assert not (await payway.me.pre_validate_purchase(buyer.identity, "digital-trial")).can_purchase
    await sandbox.set_debt(email, True)
    with pytest.raises(PaymentMethodFailed):
        await _buy(payway, "digital-plus", buyer.identity)


@pytest.mark.parametrize("first", SEEDS[::SEEDS_AT_A_TIME])
async def test_the_client_copes_with_every_reading_of_every_call(
    first: int, sandbox: Sandbox, payway: PaywayClient
) -> None:
    for seed in range(first, first + SEEDS_AT_A_TIME):
        sandbox.be_uncertain(seed)
        try:
            if seed == first:
                await _catalogue(payway)
            await _new_customer(payway, f"ny{seed}@demo.example")
            await _existing_customer(payway, f"kund{seed}@demo.example")
            await _trial_customer(payway, f"prov{seed}@demo.example", sandbox)
        except Exception as error:
            error.add_note(f"uncertainty {seed}")
            raise


async def test_the_same_seed_draws_the_same_for_the_same_calls(sandbox: Sandbox) -> None:
    drawn = []
    for seed in (7, 7, 8):
        sandbox.be_uncertain(seed)
        drawn.append([sandbox._services.for_call().readings for _ in range(5)])
    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]
    assert len(set(map(repr, drawn[0]))) == 5


async def test_certainty_brings_back_what_was_set(sandbox: Sandbox) -> None:
    sandbox.readings = Readings(post_status=202)
    sandbox.be_uncertain(7)
    assert sandbox.uncertainty == 7
    assert sandbox.readings.post_status == 202
    sandbox.be_certain()
    assert sandbox.uncertainty is None
    assert sandbox._services.for_call().readings == Readings(post_status=202)


async def test_the_seed_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    sandbox = Sandbox(uncertainty=4711)
    with caplog.at_level(logging.INFO, logger="klarna_shop.sandbox"):
        for _ in range(3):
            sandbox._services.for_call()
    assert [record.getMessage() for record in caplog.records] == [
        "every call draws its readings anew; SANDBOX_UNCERTAINTY=4711 repeats this"
    ]


@pytest.mark.parametrize("text", ["", "-1", "seven", "1.5", "٣", "9" * 17])
def test_a_seed_is_a_number_or_random(text: str) -> None:
    assert chosen_seed("12") == 12
    assert chosen_seed("random") >= 0
    with pytest.raises(ValueError, match="whole number"):
        chosen_seed(text)

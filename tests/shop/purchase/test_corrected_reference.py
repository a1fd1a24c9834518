"""The shop and what the reference has corrected (payway-api.md §17): codes, tokens, and who decides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import reflex as rx
from sqlmodel import select

from klarna_shop.assembly import House
from klarna_shop.sandbox import Readings
from klarna_shop.shop.current import install_shop
from klarna_shop.shop.flows import FlowStep
from klarna_shop.shop.identity.cookies import new_token
from klarna_shop.shop.purchase import CannotOpen, PurchaseState, Reason
from klarna_shop.shop.reader import Reader
from klarna_shop.ui.discovery import product_data
from klarna_shop.ui.packages.state import PackagesState
from tests.house import Approve, Line, Open, SignIn
from tests.ui.tab import new_tab, run, visit

KLARNA_SAMPLE = "b4bd3423-24e3"
"""An authorization token of Klarna's own documentation."""


@pytest.fixture
def plus(house: House) -> House:
    """A shop whose Payway also sells a package and a campaign with a plus sign in their codes."""
    assert house.sandbox is not None
    catalogue = house.sandbox._services.catalogue
    package, campaign = catalogue.offer("digital"), catalogue.offer("digital-intro")
    assert package is not None
    assert campaign is not None
    more = (
        replace(package, code="digital+", tags=()),
        replace(campaign, code="intro+", base_package="digital+"),
    )
    changed = replace(catalogue, offers=(*catalogue.offers, *more))
    object.__setattr__(house.sandbox._services, "catalogue", changed)
    return house


async def test_a_code_with_a_plus_sign_is_sold_and_opens_articles(
    plus: House, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in("astrid.lundmark@demo.example")
    placed = await approve(reader, await open_purchase(reader, "digital+"))
    settled = await plus.shop.purchases.settle(placed)
    assert (settled.code, settled.status) == ("digital+", PurchaseState.COMPLETED)
    assert {"digital+", "intro+"} <= await plus.shop.offers.access_codes()


async def test_a_campaign_with_a_plus_sign_turns_into_its_package(plus: House) -> None:
    campaign = next(offer for offer in await plus.shop.offers.offers() if offer.code == "intro+")
    assert campaign.after is not None
    assert campaign.after.package_code == "digital+"


@pytest.mark.parametrize("written", ["digital+", "digital "])
async def test_an_address_may_name_the_code_with_its_plus_sign_as_it_is(plus: House, written: str) -> None:
    """A plus sign that is not encoded reaches the shop as a space."""
    install_shop(plus.shop)
    root: rx.State = new_tab()
    visit(root, "/packages", f"visitor={new_token()}", code=written)
    state: Any = await root.get_state(PackagesState)
    await run(state, "show")
    assert state.preselected.startswith("digital+|")


async def test_addresses_that_the_shop_writes_encode_the_plus_sign(plus: House) -> None:
    install_shop(plus.shop)
    data = product_data([o for o in await plus.shop.offers.offers() if o.code == "digital+"], "sv")
    assert "code=digital%2B" in data
    assert "code=digital+" not in data


@pytest.mark.parametrize("token", [KLARNA_SAMPLE, "opaque/+=~" + "x" * 900])
async def test_an_approval_is_taken_whatever_its_token_looks_like(
    visitor: Reader, open_purchase: Open, approve: Approve, token: str
) -> None:
    purchase = await approve(visitor, await open_purchase(visitor), token)
    assert purchase.status is PurchaseState.PLACED


async def test_payway_may_refuse_at_the_order_what_it_allowed_before(
    house: House, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    assert house.sandbox is not None
    house.sandbox.readings = Readings(pre_validation="allows", order_eligibility="checked")
    reader = await sign_in("karin.oberg@demo.example")
    purchase = await approve(reader, await open_purchase(reader))
    assert (purchase.status, purchase.reason) == (PurchaseState.FAILED, Reason.ALREADY_SUBSCRIBED)


async def test_what_payway_refuses_before_is_not_ordered_although_it_could_be(
    house: House, line: Line, sign_in: SignIn, open_purchase: Open
) -> None:
    reader = await sign_in("karin.oberg@demo.example")
    with pytest.raises(CannotOpen, match="already_subscribed"):
        await open_purchase(reader)
    assert line.count("/create_session") == 0


async def test_the_whole_personal_number_is_in_no_recorded_call(house: House, sign_in: SignIn) -> None:
    assert house.sandbox is not None
    reader = await sign_in("karin.oberg@demo.example")
    assert reader.customer is not None
    identity = await house.shop.identities.identity_of(reader.customer)
    assert identity is not None
    account = await house.shop.payway.me.account_v3(identity)
    number = next(
        row.social_security_number for row in (await house.sandbox.books()).accounts if row.id == account.id
    )
    assert number is not None
    await house.shop.recorder.flush()
    asked = select(FlowStep).where(FlowStep.operation == "GET /v3/me")
    kept = await house.shop.database.read(lambda session: session.exec(asked).all())
    told = "".join(step.request + step.response for step in kept)
    assert "social_security_number_century" in told
    assert number not in told
    assert number[2:] not in told.replace("-", "")

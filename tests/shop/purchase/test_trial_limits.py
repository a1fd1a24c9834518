"""One trial for one browser and one mailbox, in whatever way its address is written."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from klarna_shop.assembly import House
from klarna_shop.shop.purchase import CannotOpen, Choice, CustomerDetails, PurchaseState, Reason
from klarna_shop.shop.purchase.retention import TRIAL_DIGEST_DAYS
from klarna_shop.shop.purchase.trial_limits import TrialLimits
from klarna_shop.shop.reader import Reader
from tests.house import BROWSER, Approve, Later, Line, Open, SignIn, books

ASTRID = "astrid.lundmark@demo.example"
TRIAL = "digital-trial"
HERE, THERE = Reader(visitor_id="here"), Reader(visitor_id="there")


def _customer(email: str) -> CustomerDetails:
    return CustomerDetails(email, "Ny", "Läsare")


async def _trials(house: House) -> int:
    return len([order for order in (await books(house)).orders if order.merchant_reference])


async def test_one_browser_has_one_trial_under_whichever_address(
    house: House, line: Line, open_purchase: Open, approve: Approve
) -> None:
    first = await approve(HERE, await open_purchase(HERE, TRIAL, customer=_customer("anna@exempel.example")))
    await house.shop.purchases.settle(first)
    sessions = line.count("/create_session")
    for email in ("anna+1@exempel.example", "an.na@exempel.example", "bo@exempel.example"):
        with pytest.raises(CannotOpen) as refusal:
            await open_purchase(HERE, TRIAL, customer=_customer(email))
        assert refusal.value.reason is Reason.NOT_ELIGIBLE
    assert line.count("/create_session") == sessions
    assert await _trials(house) == 1


@pytest.mark.parametrize(
    "email", ["anna+1@exempel.example", "An.Na@exempel.example", "a.n.n.a+x@EXEMPEL.example"]
)
async def test_one_mailbox_has_one_trial_in_whichever_browser_and_the_picker_does_not_tell(
    house: House, open_purchase: Open, approve: Approve, email: str
) -> None:
    first = await approve(HERE, await open_purchase(HERE, TRIAL, customer=_customer("anna@exempel.example")))
    assert first.status is PurchaseState.PLACED
    opened = await open_purchase(THERE, TRIAL, customer=_customer(email))
    refused = await approve(THERE, opened)
    assert (refused.state, refused.reason) == ("failed", Reason.NOT_ELIGIBLE)
    assert await _trials(house) == 1


@pytest.mark.parametrize("same", ["browser", "mailbox"])
async def test_two_trials_approved_at_once_are_one(
    house: House, open_purchase: Open, approve: Approve, same: str
) -> None:
    other = HERE if same == "browser" else THERE
    first = await open_purchase(HERE, TRIAL, customer=_customer("anna@exempel.example"))
    email = "bo@exempel.example" if same == "browser" else "an.na+2@exempel.example"
    second = await open_purchase(other, TRIAL, customer=_customer(email))
    results = await asyncio.gather(approve(HERE, first), approve(other, second))
    assert sorted(result.state for result in results) == ["failed", "placed"]
    assert await _trials(house) == 1


async def test_a_trial_that_came_to_nothing_costs_nothing(
    house: House, open_purchase: Open, approve: Approve
) -> None:
    debt = await approve(
        HERE, await open_purchase(HERE, TRIAL, customer=_customer("anna+debt@exempel.example"))
    )
    assert debt.status is PurchaseState.REFUSED
    again = await approve(HERE, await open_purchase(HERE, TRIAL, customer=_customer("anna@exempel.example")))
    assert again.status is PurchaseState.PLACED


async def test_a_customer_who_had_it_as_a_stranger_is_told_in_the_picker(
    house: House, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    tagged = ASTRID.replace("@", "+1@")
    await approve(THERE, await open_purchase(THERE, TRIAL, customer=_customer(tagged)))
    reader = await sign_in(ASTRID)
    with pytest.raises(CannotOpen) as refusal:
        await open_purchase(reader, TRIAL)
    assert refusal.value.reason is Reason.NOT_ELIGIBLE
    assert (await approve(reader, await open_purchase(reader, "digital"))).status is PurchaseState.PLACED


async def test_the_limit_outlives_the_personal_data(
    house: House, later: Later, open_purchase: Open, approve: Approve
) -> None:
    purchases = house.shop.purchases
    bought = await approve(HERE, await open_purchase(HERE, TRIAL, customer=_customer("anna@exempel.example")))
    assert (await purchases.settle(bought)).status is PurchaseState.COMPLETED
    later(timedelta(days=31))
    assert await house.housekeeping.retention.erase() == 1
    left = await purchases.find(HERE, bought.id)
    assert (left.receipt_email_encrypted, left.address_digest) == (None, None)
    assert left.trial_address_digest
    await house.shop.personal_data.erase(HERE)
    opened = await open_purchase(THERE, TRIAL, customer=_customer("anna+2@exempel.example"))
    assert (await approve(THERE, opened)).reason == Reason.NOT_ELIGIBLE


async def test_the_mailbox_of_a_trial_is_forgotten_after_its_time(
    house: House, later: Later, open_purchase: Open, approve: Approve
) -> None:
    purchases = house.shop.purchases
    bought = await approve(HERE, await open_purchase(HERE, TRIAL, customer=_customer("anna@exempel.example")))
    assert (await purchases.settle(bought)).status is PurchaseState.COMPLETED
    for days, is_kept in ((TRIAL_DIGEST_DAYS - 1, True), (1, False)):
        later(timedelta(days=days))
        await house.housekeeping.retention.erase()
        left = await purchases.find(HERE, bought.id)
        assert (left.trial_address_digest is not None) is is_kept


async def test_without_limits_payways_own_rules_are_all_there_are(
    house: House,
) -> None:
    none = TrialLimits(per_browser=0, per_address=0)
    placing = replace(house.shop.purchases.placing, trial_limits=none)
    opening = replace(house.shop.purchases.opening, trial_limits=none)
    purchases = replace(house.shop.purchases, placing=placing, opening=opening)
    offer = next(offer for offer in await house.shop.offers.offers() if offer.code == TRIAL)
    choice = Choice(offer.code, offer.period_id, "sv")
    for number in range(2):
        customer = _customer(f"anna+{number}@exempel.example")
        opened = await purchases.open(HERE, replace(choice, customer=customer), BROWSER)
        token = str(uuid.uuid4())
        authorized = await purchases.approve(HERE, opened.session_fingerprint, token)
        assert (await purchases.place(authorized)).status is PurchaseState.PLACED
        await purchases.settle(await purchases.find(HERE, opened.id))
    assert await _trials(house) == 2

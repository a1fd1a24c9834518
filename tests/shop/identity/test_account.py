"""A customer's own account, as the sandbox's demo customers have it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from klarna_shop.assembly import House
from klarna_shop.shop.identity import PaywayUnavailable, SignInExpired
from klarna_shop.shop.identity.account import AccountOverview, ChangeRefused, CustomerAccounts, masked
from klarna_shop.shop.reader import Customer
from tests.house import Approve, Later, Line, Open, SignIn

SUBSCRIBER = "karin.oberg@demo.example"
CANCELLED = "nils.sandstrom@demo.example"
NOTHING_BOUGHT = "astrid.lundmark@demo.example"
TRIAL_USED = "maja.hellgren@demo.example"


@pytest.fixture
def accounts(house: House) -> CustomerAccounts:
    return CustomerAccounts.of(house.shop)


async def _customer(sign_in: SignIn, email: str) -> Customer:
    customer = (await sign_in(email)).customer
    assert customer is not None
    return customer


async def _overview(accounts: CustomerAccounts, sign_in: SignIn, email: str) -> AccountOverview:
    return await accounts.overview(await _customer(sign_in, email))


async def test_a_subscriber_sees_what_renews_when_and_for_how_much(
    accounts: CustomerAccounts, sign_in: SignIn
) -> None:
    overview = await _overview(accounts, sign_in, SUBSCRIBER)
    [held] = overview.subscriptions
    assert (held.code, held.name, held.state, held.renews) == ("digital", "Digital", "activated", True)
    assert (held.next_price, held.can_cancel, held.can_reactivate) == (12_900, True, False)
    assert [order.state for order in overview.orders or ()] == ["closed"]
    assert [(payment.amount, payment.state) for payment in overview.payments or ()] == [(12_900, "paid")]


async def test_the_details_came_with_the_payment_and_the_personal_number_is_masked(
    accounts: CustomerAccounts, sign_in: SignIn
) -> None:
    overview = await _overview(accounts, sign_in, SUBSCRIBER)
    assert overview.details_from == "klarna"
    [payment] = overview.payments or ()
    assert overview.details_came == payment.created
    details = overview.details
    assert details.name == "Karin Öberg"
    assert details.address
    assert details.delivery_address
    assert details.mobile
    assert details.masked_personal_number.endswith("-••••")
    assert sum(letter.isdigit() for letter in details.masked_personal_number) == 6


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("900101-1234", "900101-••••"),
        ("199001011234", "900101-••••"),
        ("19900101-1234", "900101-••••"),
        (None, ""),
        ("strange", "••••••-••••"),
        ("1234", "••••••-••••"),
    ],
)
def test_a_personal_number_never_shows_its_last_four_digits(number: str | None, shown: str) -> None:
    assert masked(number) == shown


async def test_personal_details_do_not_show_in_a_printout(
    accounts: CustomerAccounts, sign_in: SignIn
) -> None:
    overview = await _overview(accounts, sign_in, SUBSCRIBER)
    printed = repr(overview)
    for personal in (SUBSCRIBER, "Öberg", overview.details.mobile, overview.details.address[0]):
        assert personal not in printed


async def test_who_has_bought_nothing_has_an_empty_account(
    accounts: CustomerAccounts, sign_in: SignIn
) -> None:
    overview = await _overview(accounts, sign_in, NOTHING_BOUGHT)
    assert (overview.subscriptions, overview.orders, overview.payments) == ((), (), ())
    assert overview.details_from == "nobody"


async def test_a_trial_says_that_the_details_come_with_the_first_charge(
    accounts: CustomerAccounts, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(NOTHING_BOUGHT)
    await approve(reader, await open_purchase(reader, "digital-trial"))
    assert reader.customer is not None
    overview = await accounts.overview(reader.customer)
    assert overview.details_from == "first_charge"
    assert overview.first_charge == overview.subscriptions[0].valid_to


async def test_cancelling_keeps_access_until_the_end_and_can_be_taken_back(
    accounts: CustomerAccounts, sign_in: SignIn
) -> None:
    customer = await _customer(sign_in, SUBSCRIBER)
    before = await accounts.overview(customer)
    [held] = before.subscriptions
    await accounts.cancel(customer, held.id, before.cancellation_reasons[0].id)
    [cancelled] = (await accounts.overview(customer)).subscriptions
    assert (cancelled.state, cancelled.can_cancel, cancelled.can_reactivate) == ("cancelled", False, True)
    assert cancelled.valid_to == held.valid_to
    await accounts.reactivate(customer, held.id)
    [again] = (await accounts.overview(customer)).subscriptions
    assert (again.state, again.renews) == ("activated", True)


async def test_reasons_meant_for_staff_are_not_offered(accounts: CustomerAccounts, sign_in: SignIn) -> None:
    overview = await _overview(accounts, sign_in, SUBSCRIBER)
    assert overview.cancellation_reasons
    assert all(reason.visible_to_end_customer for reason in overview.cancellation_reasons)


async def test_another_customers_subscription_cannot_be_touched(
    accounts: CustomerAccounts, sign_in: SignIn
) -> None:
    [theirs] = (await _overview(accounts, sign_in, SUBSCRIBER)).subscriptions
    me = await _customer(sign_in, NOTHING_BOUGHT)
    with pytest.raises(ChangeRefused) as refused:
        await accounts.cancel(me, theirs.id, None)
    assert refused.value.reason == "not_found"
    [theirs_after] = (await _overview(accounts, sign_in, SUBSCRIBER)).subscriptions
    assert theirs_after.state == "activated"


async def test_what_is_no_id_of_a_subscription_changes_nothing(
    accounts: CustomerAccounts, sign_in: SignIn
) -> None:
    me = await _customer(sign_in, SUBSCRIBER)
    with pytest.raises(ChangeRefused):
        await accounts.cancel(me, "../../accounts", None)


async def test_a_cancelled_year_can_be_taken_back_until_it_is_over(
    accounts: CustomerAccounts, sign_in: SignIn
) -> None:
    [held] = (await _overview(accounts, sign_in, CANCELLED)).subscriptions
    assert (held.state, held.can_reactivate, held.renews) == ("cancelled", True, False)


async def test_a_limited_period_ends_by_itself_and_offers_no_cancelling(
    accounts: CustomerAccounts, sign_in: SignIn, open_purchase: Open, approve: Approve
) -> None:
    reader = await sign_in(NOTHING_BOUGHT)
    await approve(reader, await open_purchase(reader, "digital-30"))
    assert reader.customer is not None
    [held] = (await accounts.overview(reader.customer)).subscriptions
    assert (held.renews, held.can_cancel) == (False, False)


async def test_a_subscription_ended_by_a_refused_payment_says_so_and_offers_nothing(
    house: House, accounts: CustomerAccounts, sign_in: SignIn, later: Later
) -> None:
    assert house.sandbox is not None
    await house.sandbox.set_debt(SUBSCRIBER, True)
    later(timedelta(days=40))
    [held] = (await _overview(accounts, sign_in, SUBSCRIBER)).subscriptions
    assert (held.state, held.payment_refused) == ("deactivated", True)
    assert (held.can_cancel, held.can_reactivate) == (False, False)


async def test_a_trial_that_was_cancelled_ended_without_a_refusal(
    accounts: CustomerAccounts, sign_in: SignIn
) -> None:
    [held] = (await _overview(accounts, sign_in, TRIAL_USED)).subscriptions
    assert (held.state, held.payment_refused) == ("deactivated", False)
    assert held.ended_at is not None


async def test_without_purchase_history_the_rest_is_still_there(
    accounts: CustomerAccounts, sign_in: SignIn, line: Line
) -> None:
    customer = await _customer(sign_in, SUBSCRIBER)
    line.faults["get_purchase_history"] = ["unreachable"] * 9
    overview = await accounts.overview(customer)
    assert overview.payments is None
    assert overview.details_from == "unknown"
    assert len(overview.subscriptions) == 1


async def test_without_payway_the_account_says_that_it_cannot_be_had(
    accounts: CustomerAccounts, sign_in: SignIn, line: Line
) -> None:
    customer = await _customer(sign_in, SUBSCRIBER)
    line.faults["/v1/me"] = line.faults["/v3/me"] = ["unreachable"] * 9
    with pytest.raises(PaywayUnavailable):
        await accounts.overview(customer)


async def test_a_sign_in_that_ran_out_is_ended(
    house: House, accounts: CustomerAccounts, sign_in: SignIn, later: Later
) -> None:
    customer = await _customer(sign_in, SUBSCRIBER)
    assert house.sandbox is not None
    await house.sandbox.reset()  # all tokens are gone, as when Payway withdraws them
    with pytest.raises(SignInExpired):
        await accounts.overview(customer)
    with pytest.raises(SignInExpired):
        await house.shop.identities.identity_of(customer)


async def test_ten_cancellations_at_once_leave_it_cancelled_once(
    accounts: CustomerAccounts, sign_in: SignIn
) -> None:
    customer = await _customer(sign_in, SUBSCRIBER)
    [held] = (await accounts.overview(customer)).subscriptions
    results = await asyncio.gather(
        *(accounts.cancel(customer, held.id, None) for _ in range(10)), return_exceptions=True
    )
    assert sum(result is None for result in results) == 1
    assert sum(isinstance(result, ChangeRefused) for result in results) == 9

"""An offer in words: what follows its first period is said of every kind of offer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from klarna_shop.assembly import House
from klarna_shop.shop.current import install_shop
from klarna_shop.shop.encryption import fingerprint
from klarna_shop.shop.identity.cookies import new_token
from klarna_shop.shop.money import long_date, seller_date
from klarna_shop.shop.offers import FollowUp, Offer, OfferKind, Period, PeriodUnit
from klarna_shop.shop.reader import Reader
from klarna_shop.ui.account.state import AccountState
from klarna_shop.ui.confirmation.state import ConfirmationState
from klarna_shop.ui.offer_words import offer_view
from tests.house import Approve, Later, Open
from tests.ui.tab import new_tab, run, visit

TODAY = date(2026, 11, 28)
MONTH, YEAR = Period(PeriodUnit.MONTH, 1), Period(PeriodUnit.YEAR, 1)
THIRTY_DAYS = Period(PeriodUnit.DAY, 30)


def _offer(price: int, period: Period, *, recurring: bool, after: FollowUp | None = None) -> Offer:
    kind = OfferKind.PACKAGE if after is None else OfferKind.CAMPAIGN if price else OfferKind.TRIAL
    return Offer("digital", "1", kind, "Digital", "", price, 6, period, recurring, after)


@pytest.mark.parametrize(
    ("offer", "start", "swedish", "english"),
    [
        (
            _offer(12900, MONTH, recurring=True),
            None,
            "Förnyas automatiskt 28 december 2026 för 129\xa0kr/mån, tills du säger upp.",
            "Renews automatically on 28 December 2026 for 129\xa0kr/month, until you cancel.",
        ),
        (
            _offer(129000, YEAR, recurring=True),
            None,
            "Förnyas automatiskt 28 november 2027 för 1\xa0290\xa0kr/år, tills du säger upp.",
            "Renews automatically on 28 November 2027 for 1\xa0290\xa0kr/year, until you cancel.",
        ),
        (
            _offer(12900, MONTH, recurring=True),
            date(2027, 1, 31),
            "Förnyas automatiskt 28 februari 2027 för 129\xa0kr/mån, tills du säger upp.",
            "Renews automatically on 28 February 2027 for 129\xa0kr/month, until you cancel.",
        ),
        (
            _offer(9900, THIRTY_DAYS, recurring=False),
            None,
            "Upphör av sig själv 28 december 2026. Förnyas inte.",
            "Ends by itself on 28 December 2026. Does not renew.",
        ),
        (
            _offer(0, MONTH, recurring=False, after=FollowUp("digital", "Digital", 12900, MONTH)),
            None,
            "Därefter 129\xa0kr/mån för Digital från 28 december 2026, tills du säger upp.",
            "Then 129\xa0kr/month for Digital from 28 December 2026, until you cancel.",
        ),
    ],
    ids=["monthly", "yearly", "later start", "limited", "trial"],
)
def test_what_follows_is_said_with_date_and_price(
    offer: Offer, start: date | None, swedish: str, english: str
) -> None:
    assert offer_view(offer, "sv", TODAY, start).after_line == swedish
    assert offer_view(offer, "en", TODAY, start).after_line == english


def test_the_price_after_is_told_only_where_the_price_changes() -> None:
    assert offer_view(_offer(12900, MONTH, recurring=True), "sv", TODAY).price_after == ""


async def test_the_day_of_renewal_is_the_accounts(
    house: House, open_purchase: Open, approve: Approve
) -> None:
    install_shop(house.shop)
    signed_in = await house.shop.identities.sign_in(
        "astrid.lundmark@demo.example", "demo1234", user_agent="x", reader=Reader()
    )
    reader = Reader(visitor_id="visitor-one", customer=signed_in.customer)
    purchase = await house.shop.purchases.settle(await approve(reader, await open_purchase(reader)))
    root = new_tab()
    visit(root, "/account", f"session={signed_in.cookie_token}")
    account: Any = await root.get_state(AccountState)
    await run(account, "show")
    [held] = account.subscriptions
    promised = offer_view(purchase.offer, "sv", seller_date(purchase.created_at)).after_line
    assert purchase.offer.recurring
    day = held.line.removeprefix("Förnyas ").partition(" för ")[0]
    assert promised.startswith(f"Förnyas automatiskt {day} för ")


async def test_a_confirmation_names_the_day_on_which_it_began(
    house: House, open_purchase: Open, approve: Approve, later: Later
) -> None:
    install_shop(house.shop)
    token = new_token()
    reader = Reader(visitor_id=fingerprint(token))
    purchase = await house.shop.purchases.settle(await approve(reader, await open_purchase(reader)))
    later(timedelta(days=3))
    root = new_tab()
    visit(root, "/confirmation", f"visitor={token}", purchase=purchase.id)
    state: Any = await root.get_state(ConfirmationState)
    await ConfirmationState.event_handlers["show"].fn(state)
    assert state.status == "completed"
    assert state.offer.start_line == long_date(seller_date(purchase.created_at), "sv")

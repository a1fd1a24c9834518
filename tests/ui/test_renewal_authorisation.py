"""Klarna's customer token: buyers are told that it is kept, for what, and how it is ended."""

from __future__ import annotations

from datetime import date

import pytest

from klarna_shop.assembly import House
from klarna_shop.shop.reader import Reader
from klarna_shop.ui.languages import address
from klarna_shop.ui.letters import Letters, as_text
from klarna_shop.ui.offer_words import offer_view
from klarna_shop.ui.standing_texts import standing_text
from tests.house import Approve, Open

TODAY = date(2026, 11, 30)
TOLD = {
    "sv": ("customer token", "Payway", "inte till något annat", "sagt upp", "Klarnas app"),
    "en": ("customer token", "Payway", "nothing else", "cancelled", "Klarna's app"),
}


@pytest.mark.parametrize("language", ["sv", "en"])
async def test_it_is_told_above_the_button_of_every_offer_that_goes_on(house: House, language: str) -> None:
    told = {
        offer.code: offer_view(offer, language, TODAY).authorisation_line
        for offer in await house.shop.offers.offers()
    }
    goes_on = {one.code for one in await house.shop.offers.offers() if one.recurring or one.after is not None}
    assert goes_on >= {"digital", "digital-trial", "digital-intro"}
    assert {code for code, line in told.items() if line} == goes_on
    assert "digital-30" in set(told) - goes_on, "nothing is kept for what ends by itself"
    assert all("Klarna" in told[code] for code in goes_on)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_terms_say_for_what_and_how_it_is_ended_and_privacy_leads_there(
    house: House, language: str
) -> None:
    terms, _ = standing_text("terms", language, house.shop.settings)
    assert [words for words in TOLD[language] if words not in terms] == []
    privacy, _ = standing_text("privacy", language, house.shop.settings)
    assert f"({address(language, '/terms')})" in privacy


@pytest.mark.parametrize("language", ["sv", "en"])
async def test_the_receipt_keeps_it_in_full(
    house: House, visitor: Reader, open_purchase: Open, approve: Approve, language: str
) -> None:
    purchase = await house.shop.purchases.settle(await approve(visitor, await open_purchase(visitor)))
    letters = Letters(house.shop.settings, house.shop.purchases, house.shop.withdrawals)
    written = as_text(await letters.receipt(purchase, language))
    assert [words for words in TOLD[language] if words not in written] == []

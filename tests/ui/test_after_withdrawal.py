"""Pages of a purchase that was withdrawn from: each says that its articles are closed, and only in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from klarna_shop.assembly import House
from klarna_shop.shop.current import install_shop
from klarna_shop.shop.encryption import fingerprint
from klarna_shop.shop.identity.cookies import new_token
from klarna_shop.shop.reader import Reader
from klarna_shop.shop.withdrawal import Declaration
from klarna_shop.ui.confirmation.state import ConfirmationState
from klarna_shop.ui.languages import languages, text
from klarna_shop.ui.letters import Letters
from klarna_shop.ui.letters.withdrawal import withdrawal_letter
from tests.house import Approve, Later, Open
from tests.ui.tab import new_tab, visit

SAID = Declaration("Ny Läsare", "ny.lasare@exempel.example")


@pytest.fixture(autouse=True)
def shop(house: House) -> None:
    install_shop(house.shop)


@pytest.mark.parametrize(("days", "is_closed"), [(0, True), (40, False)])
async def test_confirmation_and_receipts_say_what_is_open(
    house: House, later: Later, open_purchase: Open, approve: Approve, days: int, is_closed: bool
) -> None:
    token, root = new_token(), new_tab()
    reader = Reader(visitor_id=fingerprint(token))
    shop = house.shop
    purchase = await shop.purchases.settle(await approve(reader, await open_purchase(reader)))
    later(timedelta(days=days))
    row = await shop.withdrawals.declare(reader, SAID, "sv", purchase.order_id or "")
    visit(root, "/confirmation", f"visitor={token}", purchase=purchase.id)
    state: Any = await root.get_state(ConfirmationState)
    await ConfirmationState.event_handlers["show"].fn(state)
    assert (state.status, state.withdrawn) == ("completed", is_closed)
    letters = Letters(shop.settings, shop.purchases, shop.withdrawals)
    for language in languages():
        receipt = str(await letters.receipt(purchase, language))
        assert (text(language, "receipt.withdrawn") in receipt) is is_closed
        for for_seller, reads in ((False, "reader"), (True, "seller")):
            letter = withdrawal_letter(row, SAID, shop.settings, language=language, for_seller=for_seller)
            assert (text(language, f"withdrawal_letter.{reads}.closed") in str(letter)) is is_closed

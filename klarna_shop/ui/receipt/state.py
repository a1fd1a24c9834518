"""The receipt's state: the letter of one purchase, made anew for who asks."""

from __future__ import annotations

import reflex as rx
from reflex.event import EventSpec

from klarna_shop.shop.current import current_shop
from klarna_shop.shop.purchase import NotYours, Purchase, PurchaseState
from klarna_shop.ui.languages import address
from klarna_shop.ui.letters import Letter, Letters, as_html
from klarna_shop.ui.reader_state import page_language, reader_of, sign_in_address

BOUGHT = frozenset({PurchaseState.PLACED, PurchaseState.COMPLETED})


class ReceiptState(rx.State):
    """One receipt."""

    status: str = "loading"
    """`loading`, `ready`, `not_yet` or `missing`."""
    letter: Letter = Letter()
    confirmation_address: str = ""
    sign_in_address: str = ""

    @rx.event
    async def show(self) -> None:
        """Show the receipt of the purchase at this address."""
        self.reset()
        language = page_language(self)
        self.sign_in_address = sign_in_address(self)
        try:
            purchase = await self._purchase()
        except NotYours:
            self.status = "missing"
            return
        self.confirmation_address = f"{address(language, '/confirmation')}?purchase={purchase.id}"
        if purchase.status not in BOUGHT:
            self.status = "not_yet"
            return
        self.letter = await self._letter(purchase)
        self.status = "ready"

    @rx.event
    async def download(self) -> EventSpec | None:
        """The same as a file that needs nothing else."""
        try:
            purchase = await self._purchase()
        except NotYours:
            self.reset()
            self.status = "missing"
            return None
        if purchase.status not in BOUGHT:
            return None
        letter = await self._letter(purchase)
        return rx.download(data=as_html(letter), filename=f"{letter.file_name}.html", mime_type="text/html")

    async def _purchase(self) -> Purchase:
        wanted = self.router.url.query_parameters.get("purchase", "")
        return await current_shop().purchases.find(await reader_of(self), wanted)

    async def _letter(self, purchase: Purchase) -> Letter:
        shop = current_shop()
        letters = Letters(shop.settings, shop.purchases, shop.withdrawals)
        return await letters.receipt(purchase, page_language(self))

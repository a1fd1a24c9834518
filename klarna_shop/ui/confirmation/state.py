"""The confirmation's state: the truth from the ledger and Payway, never from the address."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import reflex as rx
from reflex.event import EventCallback, EventSpec

from klarna_shop.shop.current import current_shop
from klarna_shop.shop.flows import Party
from klarna_shop.shop.guarded import log_failure
from klarna_shop.shop.money import long_date, seller_date
from klarna_shop.shop.purchase import NotYours, Purchase, PurchaseState
from klarna_shop.shop.purchase.states import OVER_WITHOUT_ORDER
from klarna_shop.ui.claims import Claim, is_held
from klarna_shop.ui.languages import address, text
from klarna_shop.ui.offer_words import OfferView, offer_view
from klarna_shop.ui.reader_state import page_language, reader_of, sign_in_address

log = logging.getLogger(__name__)

FOLLOW_EVERY_SECONDS = 2.0
FOLLOW_TIMES = 150
"""Five minutes; after that a reload asks again."""


class ConfirmationState(rx.State):
    """What became of one purchase, for its owner."""

    status: str = "loading"
    """`loading`, `completed`, `pending`, `failed` or `missing`."""
    state: str = ""
    """The purchase's state by its name in the ledger."""
    reason: str = ""
    was_approved: bool = False
    """True if Klarna had approved this purchase, also where nothing came of it."""
    order_id: str = ""
    offer: OfferView = OfferView()
    receipt_address: str = ""
    withdraw_address: str = ""
    withdrawn: bool = False
    """True if the purchase has been withdrawn from since, so that it opens nothing."""
    new_customer: bool = False
    customer_email: str = ""
    receipt_email: str = ""
    """Where the receipt is mailed; empty where none is."""
    article_address: str = ""
    article_title: str = ""
    starts_later: str = ""
    """A sentence with the day, where the subscription begins in the future."""
    sign_in_address: str = ""
    """Leads back to this purchase."""
    packages_address: str = ""
    _following: str = ""
    """The claim of whoever asks for the outcome of the purchase that is shown."""

    @rx.event
    async def show(self) -> EventSpec | EventCallback[()] | None:
        """Show the purchase at this address, and follow it where its outcome is still open."""
        language = page_language(self)
        shop = current_shop()
        try:
            purchase = await shop.purchases.find(await reader_of(self), self._purchase_id())
        except NotYours:
            self.reset()
            self.status, self.sign_in_address = "missing", sign_in_address(self)
            return None
        except Exception:  # noqa: BLE001 - logged
            log_failure(log, "confirmation: a purchase could not be looked up")
            return ConfirmationState.show_later
        if purchase.status is PurchaseState.SESSION_OPEN:
            return rx.redirect(f"{address(language, '/checkout')}?purchase={purchase.id}", replace=True)
        party = Party.REDIRECT if purchase.redirect_url else Party.PAGE
        shop.recorder.event(
            party,
            "confirmation opened",
            purchase_id=purchase.id,
            status=purchase.state,
            error=purchase.reason,
        )
        # What the ledger says at once; Payway, which may take its time, is asked in the background.
        self._describe(purchase, language)
        self.withdrawn = await shop.withdrawals.closes(purchase)
        return ConfirmationState.follow if self.status == "pending" else None

    @rx.event(background=True)
    async def show_later(self) -> AsyncIterator[EventCallback[()]]:
        """Try again after a pause: whoever has paid must not have to find out that a reload helps."""
        await asyncio.sleep(FOLLOW_EVERY_SECONDS)
        yield ConfirmationState.show  # type: ignore[misc]  # Reflex types only `rx.event(...)`

    @rx.event(background=True)
    async def follow(self) -> None:
        """Ask again until the outcome is there; one follower for each tab and purchase."""
        with Claim() as claim:
            async with self:
                purchase_id = self._purchase_id()
                if is_held(self._following, purchase_id):
                    return
                self._following = claim.on(purchase_id)
                language = page_language(self)
            for _ in range(FOLLOW_TIMES):
                try:
                    if await self._is_over(purchase_id, language):
                        return
                except Exception:  # noqa: BLE001 - logged
                    # The page says that it is being waited for, and must not be left alone for one failure.
                    log_failure(log, "confirmation: an outcome could not be looked up")
                await asyncio.sleep(FOLLOW_EVERY_SECONDS)

    async def _is_over(self, purchase_id: str, language: str) -> bool:
        """Look once, and show what is new; whether there is nothing more to wait for."""
        async with self:
            if self._purchase_id() != purchase_id:
                return True
            reader = await reader_of(self)
        purchases = current_shop().purchases
        try:
            purchase = await purchases.settle(await purchases.find(reader, purchase_id))
        except NotYours:
            async with self:
                self.reset()
                self.status = "missing"
            return True
        async with self:
            if purchase.state != self.state:
                self._describe(purchase, language)
            return self.status != "pending"

    def _purchase_id(self) -> str:
        return self.router.url.query_parameters.get("purchase", "")

    def _describe(self, purchase: Purchase, language: str) -> None:
        shop = current_shop()
        if purchase.status is PurchaseState.COMPLETED:
            self.status = "completed"
        else:
            self.status = "failed" if purchase.status in OVER_WITHOUT_ORDER else "pending"
        self.state, self.reason = purchase.state, purchase.reason
        self.was_approved = purchase.authorized_at is not None
        self.order_id = purchase.order_id or ""
        bought = purchase.concluded_on
        waived = purchase.waived_at is not None
        # A confirmation is come back to: it names the day on which "today" was.
        begins = purchase.start_date or bought
        self.offer = offer_view(purchase.offer, language, bought, begins, waived=waived)
        self.receipt_address = f"{address(language, '/receipt')}?purchase={purchase.id}"
        self.withdraw_address = f"{address(language, '/withdraw')}?purchase={purchase.id}"
        customer = shop.purchases.customer_details(purchase)
        self.new_customer = purchase.account_id is None
        self.customer_email = customer.email if customer else ""
        self.receipt_email = shop.purchases.receipt_email(purchase) if shop.settings.sends_mail else ""
        self.starts_later = ""
        if purchase.start_date and purchase.start_date > seller_date(shop.clock()):
            day = long_date(purchase.start_date, language)
            self.starts_later = text(language, "confirmation.starts_later", date=day)
        self.sign_in_address = sign_in_address(self)
        article = shop.articles.find(language, purchase.article_slug or "")
        self.article_title = article.title if article else ""
        self.article_address = f"{address(language, f'/article/{article.slug}')}?resume=1" if article else ""
        again = {"code": purchase.code} | ({"from": article.slug} if article else {})
        self.packages_address = f"{address(language, '/packages')}?{urlencode(again)}"

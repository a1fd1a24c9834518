"""The checkout's state: mirrors the purchase in the ledger and carries outcomes from Klarna's widget to it.

Every handler finds the purchase anew for who asks, so that no order of events, no other tab and no forged
event can do more than the ledger allows.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from urllib.parse import quote, urlencode

import reflex as rx
from reflex.event import EventSpec

from klarna_shop.klarna import Authorized, Failed, InvalidFields, Outcome, Ready, Unavailable
from klarna_shop.shop.current import current_shop
from klarna_shop.shop.flows import Party
from klarna_shop.shop.guarded import log_failure
from klarna_shop.shop.measurement import EventName
from klarna_shop.shop.money import seller_date
from klarna_shop.shop.purchase import CannotOpen, NotYours, Purchase, PurchaseState, Reason
from klarna_shop.shop.purchase.states import OVER_WITHOUT_ORDER, PENDING
from klarna_shop.shop.reader import Reader
from klarna_shop.ui.checkout.retrying import RETRY_AFTER
from klarna_shop.ui.checkout.wrong_fields import wrong_fields
from klarna_shop.ui.claims import Claim, is_held
from klarna_shop.ui.languages import address
from klarna_shop.ui.measuring import measure
from klarna_shop.ui.offer_words import OfferView, offer_view
from klarna_shop.ui.page_title import TITLE_ID
from klarna_shop.ui.reader_state import page_language, reader_of, sign_in_address
from klarna_shop.ui.visit import browser_facts

log = logging.getLogger(__name__)

ERROR_ID = "checkout-error"
"""Of the region that says what went wrong; after a press that ended the attempt the focus goes there."""


class CheckoutState(rx.State):
    """One purchase on its way, as its owner sees it."""

    status: str = "loading"
    """`loading`, `payable`, `working`, `closed` or `missing`."""
    offer: OfferView = OfferView()
    customer_email: str = ""
    customer_first_name: str = ""
    customer_last_name: str = ""
    client_token: str = ""
    session_fingerprint: str = ""
    categories: list[str] = []
    """Payment method categories to load Klarna's widget with, one after the other."""
    acknowledged: str = ""
    redirect_url: str = ""
    confirmation_address: str = ""
    approved: bool = False
    """True if Klarna has approved and the shop has it: an order exists, or may come of it."""
    was_approved: bool = False
    """True if Klarna had approved this purchase, also where nothing came of it."""
    paid: bool = False
    """True if Payway has the order."""
    error: str = ""
    """A code of the UI contract's `checkout-error`."""
    asks_waiver: bool = False
    """Whether the shop asks for a waiver of the right of withdrawal (`WITHDRAWAL_WAIVER`)."""
    waived: bool = False
    """Whether the buyer has waived the right of withdrawal, where the shop asks for that."""
    wrong_fields: list[str] = []
    """What Klarna wants corrected, in words."""
    can_retry: bool = False
    starting_over: bool = False
    late: bool = False
    other_customer: bool = False
    """Another customer than the one who is signed in now has ordered here."""
    packages_address: str = ""
    sign_in_address: str = ""
    """Leads back to this purchase; after `ssn_already_taken` to the same offer for the other account."""
    _shown: str = ""
    """The purchase that this tab has been shown, and so may tell steps of."""
    _article: str = ""
    """The article that the reader came from."""
    _placing: str = ""
    """The claim on the session whose purchase this tab is placing now."""

    @rx.event
    async def show(self) -> EventSpec | None:
        """Show the purchase at this address as it is in the ledger. Safe to repeat."""
        language, reader = page_language(self), await reader_of(self)
        try:
            purchase = await current_shop().purchases.find(reader, self._purchase_id())
        except NotYours:
            await self._show_to_another(reader)
            return None
        if is_held(self._placing, purchase.session_fingerprint):
            # A reconnect while this tab is placing: the handler under way goes on and says what came of it.
            return None
        self.reset()
        self._shown = purchase.id
        self._tell("checkout opened", status=purchase.state)
        self._describe(purchase, language)
        if purchase.status is PurchaseState.SESSION_OPEN:
            self.client_token = current_shop().purchases.client_token(purchase)
            self.session_fingerprint = purchase.session_fingerprint
            self.categories = list(purchase.category_plan)
            self.status = "payable"
            await self._measure(EventName.CHECKOUT_OPENED)
            return None
        if purchase.status in OVER_WITHOUT_ORDER:
            self._close(purchase)
            return None
        return self._go_on(purchase, language)

    async def _show_to_another(self, reader: Reader) -> None:
        """Nothing; but the tab of a customer who has been signed out since keeps what takes the approval.

        Klarna's window may be open, or its answer on the way: what it approves is still taken.
        """
        shown, kept = self._shown, (self.client_token, self.session_fingerprint, list(self.categories))
        try:
            purchase = await current_shop().purchases.approvable(reader, self._purchase_id())
        except NotYours:
            purchase = None
        self.reset()
        self.status, self.sign_in_address = "missing", sign_in_address(self)
        if purchase is not None and purchase.id == shown and purchase.status not in OVER_WITHOUT_ORDER:
            self._shown = shown
            self._note_approval(purchase)
            self._close_to_another(reader)
            if purchase.status is PurchaseState.SESSION_OPEN:
                self.client_token, self.session_fingerprint, self.categories = kept

    def _close_to_another(self, reader: Reader) -> None:
        self.status, self.client_token = "closed", ""
        self.error, self.can_retry = Reason.LOGIN_REQUIRED.value, False
        self.other_customer = reader.customer is not None

    @rx.event(background=True)
    async def authorized(self, outcome: Authorized) -> AsyncIterator[EventSpec]:
        """Klarna approved: write it down, acknowledge, place the order, and lead on.

        The approved session names the purchase: the tab may be somewhere else by the time that this begins.
        """
        fingerprint = _value(outcome, "sessionFingerprint")
        with Claim() as claim:
            async with self:
                if not fingerprint or is_held(self._placing, fingerprint):
                    return
                reader = await reader_of(self)
                language = page_language(self)
                # Last: whatever fails before it must not keep the page from delivering again.
                self._placing = claim.on(fingerprint)
            purchase = None
            try:
                purchase = await self._approve(reader, outcome)
                purchase = await current_shop().purchases.place(purchase)
            except NotYours:
                async with self:
                    if fingerprint == self.session_fingerprint:
                        self.status = "missing"
                return
            except Exception:
                if purchase is None:
                    raise
                # The ledger has the approval and recovery goes on with it: the confirmation tells what comes.
                log_failure(log, "purchase %s: placing failed", purchase.id[:8])
        async with self:
            leave = self._outcome(purchase, reader, language) if self._shows(purchase) else None
        if leave:
            yield leave

    async def _approve(self, reader: Reader, outcome: Authorized) -> Purchase:
        """Store the approval, and let the page stop delivering it."""
        purchase = await current_shop().purchases.approve(
            reader, _value(outcome, "sessionFingerprint"), _value(outcome, "authorizationToken")
        )
        async with self:
            if purchase.status is not PurchaseState.SESSION_OPEN and self._shows(purchase):
                self.acknowledged = purchase.session_fingerprint
                self.error, self.late, self.can_retry = "", False, False
                self._note_approval(purchase)
        return purchase

    def _shows(self, purchase: Purchase) -> bool:
        """Whether this tab is still at the purchase, by its address or by what it was shown last."""
        return purchase.id in {self._purchase_id(), self._shown}

    @rx.event
    async def refused(self, outcome: Outcome) -> EventSpec | None:
        """Klarna refused the buyer: nothing was charged, the session is spent."""
        return await self._refused(outcome, current_shop().purchases.refused_by_klarna)

    @rx.event
    async def hidden(self, outcome: Outcome) -> EventSpec | None:
        """Klarna shows no widget for this purchase: nothing was charged, the session is spent."""
        return await self._refused(outcome, current_shop().purchases.widget_hidden)

    async def _refused(
        self, outcome: Outcome, close: Callable[[Reader, str, str], Awaitable[Purchase]]
    ) -> EventSpec | None:
        fingerprint = _value(outcome, "sessionFingerprint")
        try:
            purchase = await close(await reader_of(self), self._purchase_id(), fingerprint)
        except NotYours:
            return None
        if purchase.status is PurchaseState.SESSION_OPEN:
            return None
        if purchase.status not in OVER_WITHOUT_ORDER:
            return self._go_on(purchase, page_language(self))
        await self._measure(EventName.AUTHORIZE_ENDED, outcome="refused")
        self._close(purchase)
        return rx.set_focus(ERROR_ID)

    @rx.event
    async def waive(self, given: bool) -> None:
        """The buyer ticks or clears the waiver. Without it the right of withdrawal stays."""
        shop = current_shop()
        if not shop.settings.withdrawal_waiver or self.status != "payable":
            return
        try:
            purchase = await shop.purchases.waive(await reader_of(self), self._purchase_id(), given is True)
        except NotYours:
            return
        self._describe(purchase, page_language(self))

    @rx.event
    async def authorizing(self, outcome: Outcome) -> None:
        """The reader pressed: what was wrong before is being tried again."""
        if self._is_current(outcome):
            self._tell("order button pressed")
            await self._measure(EventName.AUTHORIZE_STARTED)
            self.error, self.wrong_fields, self.late = "", [], False

    @rx.event
    async def aborted(self, outcome: Outcome) -> EventSpec | None:
        """The reader closed Klarna's window: no error, the button works again."""
        if not self._is_current(outcome):
            return None
        await self._measure(EventName.AUTHORIZE_ENDED, outcome="closed")
        self.error, self.wrong_fields, self.late = "", [], False
        return await self._elsewhere()

    @rx.event
    async def corrected(self, outcome: InvalidFields) -> EventSpec | None:
        """Klarna wants fields corrected, and says which."""
        if not self._is_current(outcome):
            return None
        await self._measure(EventName.AUTHORIZE_ENDED, outcome=Reason.INVALID_FIELDS.value)
        fields: object = outcome.get("invalidFields")
        self.wrong_fields = wrong_fields(fields, page_language(self))
        self.error, self.can_retry = Reason.INVALID_FIELDS.value, False
        return await self._elsewhere()

    @rx.event
    async def unavailable(self, outcome: Unavailable) -> EventSpec | None:
        """The widget could not be shown; the component itself offers to load it again."""
        if not self._is_current(outcome):
            return None
        self._tell("widget not shown", reason=_value(outcome, "reason"))
        await self._measure(EventName.WIDGET_FAILED, outcome=Reason.KLARNA_UNAVAILABLE.value)
        self.error, self.can_retry = Reason.KLARNA_UNAVAILABLE.value, True
        return await self._elsewhere()

    @rx.event
    async def failed(self, outcome: Failed) -> EventSpec | None:
        """Authorizing failed for a technical reason."""
        if not self._is_current(outcome):
            return None
        await self._measure(EventName.AUTHORIZE_ENDED, outcome="failed")
        self.error, self.can_retry = Reason.KLARNA_UNAVAILABLE.value, True
        return await self._elsewhere()

    @rx.event
    async def ready(self, outcome: Ready) -> None:
        """The widget is there: an earlier failure to load it is over."""
        if not self._is_current(outcome):
            return
        with suppress(NotYours):
            await current_shop().purchases.widget_shown(
                await reader_of(self),
                self._purchase_id(),
                _value(outcome, "sessionFingerprint"),
                outcome.get("category"),
            )
        await self._measure(EventName.WIDGET_READY)
        if self.error == Reason.KLARNA_UNAVAILABLE.value:
            self.error, self.can_retry = "", False

    @rx.event
    async def no_answer(self, outcome: Outcome) -> EventSpec | None:
        """Klarna has been silent for minutes. A late approval still counts, but the reader gets a way out."""
        if not self._is_current(outcome):
            return None
        self._tell("no answer for minutes")
        await self._measure(EventName.AUTHORIZE_ENDED, outcome="no_answer")
        self.late, self.can_retry = True, True
        return await self._elsewhere()

    async def _elsewhere(self) -> EventSpec | None:
        """Leave a purchase that another tab has approved: this one must not say that nothing was charged."""
        try:
            purchase = await current_shop().purchases.find(await reader_of(self), self._purchase_id())
        except NotYours:
            return None
        if purchase.status is PurchaseState.SESSION_OPEN:
            return None
        if purchase.status in OVER_WITHOUT_ORDER:
            self._close(purchase)
            return rx.set_focus(ERROR_ID)
        return self._go_on(purchase, page_language(self))

    @rx.event(background=True)
    async def start_over(self) -> AsyncIterator[EventSpec]:
        """Close this purchase, open a new one for the same choice, and go there."""
        async with self:
            if self.starting_over or is_held(self._placing, self.session_fingerprint):
                return
            reader = await reader_of(self)
            browser = await browser_facts(self)
            language = page_language(self)
            purchase_id = self._purchase_id()
            self.starting_over = True
            self._tell("started over")
        try:
            purchase = await current_shop().purchases.start_over(reader, purchase_id, browser)
        except NotYours:
            async with self:
                self.status = "missing"
            return
        except CannotOpen as refusal:
            if refusal.reason is Reason.INVALID_FIELDS:
                # The first day is not possible any more, or what was typed has been erased: the picker asks.
                yield rx.redirect(self.packages_address)
                return
            async with self:
                leave = await self._elsewhere()
                if not self.approved:
                    self.error, self.can_retry = refusal.reason.value, refusal.reason in RETRY_AFTER
            yield leave or rx.set_focus(ERROR_ID)
            return
        finally:
            async with self:
                self.starting_over = False
        yield rx.set_focus(TITLE_ID)
        yield rx.redirect(f"{address(language, '/checkout')}?purchase={purchase.id}", replace=True)

    def _purchase_id(self) -> str:
        return self.router.url.query_parameters.get("purchase", "")

    def _tell(self, event: str, **details: str) -> None:
        """Record what the reader did with the purchase that this tab was shown."""
        if self._shown:
            current_shop().recorder.event(Party.PAGE, event, purchase_id=self._shown, **details)

    async def _measure(self, name: EventName, outcome: str = "") -> None:
        """Tell what the reader did with the purchase that this tab was shown."""
        await measure(
            self,
            await reader_of(self),
            name,
            purchase_id=self._shown,
            article=self._article,
            offer=self.offer.key,
            outcome=outcome,
        )

    def _is_current(self, outcome: Outcome) -> bool:
        given = _value(outcome, "sessionFingerprint")
        return bool(given) and given == self.session_fingerprint and self.status == "payable"

    def _describe(self, purchase: Purchase, language: str) -> None:
        shop = current_shop()
        self.asks_waiver = shop.settings.withdrawal_waiver
        self.waived = purchase.waived_at is not None
        self.offer = offer_view(
            purchase.offer, language, seller_date(shop.clock()), purchase.start_date, waived=self.waived
        )
        customer = shop.purchases.customer_details(purchase)
        if customer is not None:
            self.customer_email = customer.email
            self.customer_first_name = customer.first_name
            self.customer_last_name = customer.last_name
        self._article = purchase.article_slug or ""
        choice = {"code": purchase.code, "period": purchase.period_id, "from": self._article}
        self.confirmation_address = _confirmation(purchase, language)
        query = urlencode({name: value for name, value in choice.items() if value})
        self.sign_in_address = sign_in_address(self)
        self.packages_address = f"{address(language, '/packages')}?{query}"

    def _close(self, purchase: Purchase) -> None:
        self.status, self.was_approved = "closed", purchase.authorized_at is not None
        if purchase.reason != Reason.KLARNA_REFUSED:
            # After Klarna's own refusal the widget stays, so that it can say that it is hidden.
            self.client_token = ""
        self.error = purchase.reason or Reason.SESSION_EXPIRED.value
        self.can_retry = self.error in RETRY_AFTER
        if self.error == Reason.SSN_ALREADY_TAKEN:
            language = page_language(self)
            goal = quote(self.packages_address, safe="/")
            signed_in = purchase.account_id is not None
            self.sign_in_address = "" if signed_in else f"{address(language, '/login')}?next={goal}"

    def _outcome(self, purchase: Purchase, reader: Reader, language: str) -> EventSpec | None:
        """What the page shows after place_order; returns where to go, if anywhere."""
        if purchase.status is PurchaseState.SESSION_OPEN:
            return None
        if purchase.status in OVER_WITHOUT_ORDER:
            self._close(purchase)
            return rx.set_focus(ERROR_ID)
        self.status = "working"
        self._note_approval(purchase)
        if reader.customer is not None and purchase.account_id not in {None, reader.account_id}:
            # Somebody else has signed in since it was ordered: the confirmation would show them nothing.
            self._close_to_another(reader)
            return rx.set_focus(ERROR_ID)
        if purchase.status is PurchaseState.AUTHORIZED and purchase.reason == Reason.LOGIN_REQUIRED:
            following = quote(_confirmation(purchase, language), safe="")
            return rx.redirect(f"{address(language, '/login')}?next={following}", replace=True)
        if purchase.status is PurchaseState.PLACED and purchase.redirect_url:
            self.redirect_url = purchase.redirect_url
            self.confirmation_address = _confirmation(purchase, language)
            current_shop().recorder.event(
                Party.REDIRECT, "sent to Klarna", purchase_id=purchase.id, redirect_url=purchase.redirect_url
            )
            return None
        return self._go_on(purchase, language)

    def _note_approval(self, purchase: Purchase) -> None:
        self.approved = purchase.status in PENDING | {PurchaseState.COMPLETED}
        self.paid = purchase.status in {PurchaseState.PLACED, PurchaseState.COMPLETED}

    def _go_on(self, purchase: Purchase, language: str) -> EventSpec:
        """Go to the confirmation of an approved purchase; until then the page says how it stands."""
        self.status, self.error, self.can_retry, self.late = "working", "", False, False
        self._note_approval(purchase)
        return rx.redirect(_confirmation(purchase, language), replace=True)


def _value(outcome: object, key: str) -> str:
    value = outcome.get(key) if isinstance(outcome, dict) else None
    return value if isinstance(value, str) else ""


def _confirmation(purchase: Purchase, language: str) -> str:
    return f"{address(language, '/confirmation')}?purchase={purchase.id}"

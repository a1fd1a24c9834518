"""The account page's state: what Payway knows of the signed-in customer, and cancelling.

Everything personal is fetched for the customer found anew at each event, and cleared when there is none.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass

import reflex as rx
from reflex.event import EventSpec

from klarna_shop.shop.current import current_shop
from klarna_shop.shop.identity import PaywayUnavailable, SignInExpired
from klarna_shop.shop.identity.account import AccountOverview, ChangeRefused, CustomerAccounts
from klarna_shop.shop.measurement import EventName
from klarna_shop.shop.reader import Customer, Reader
from klarna_shop.ui.account.views import (
    DetailView,
    OrderView,
    PaymentView,
    ReasonView,
    SubscriptionView,
    detail_views,
    details_line,
    order_view,
    payment_view,
    subscription_view,
)
from klarna_shop.ui.claims import Claim, is_held
from klarna_shop.ui.measuring import measure
from klarna_shop.ui.reader_state import ReaderState, page_language, reader_of

MESSAGE_ID = "account-message"
CONFIRMATION_ID = "account-cancel-question"


class AccountState(rx.State):
    """The signed-in customer's account."""

    status: str = "loading"
    """`loading`, `anonymous`, `ready`, `expired` or `unavailable`."""
    email: str = ""
    subscriptions: list[SubscriptionView] = []
    orders: list[OrderView] = []
    orders_known: bool = False
    payments: list[PaymentView] = []
    payments_known: bool = False
    details: list[DetailView] = []
    details_line: str = ""
    reasons: list[ReasonView] = []
    confirming: str = ""
    """Id of the subscription whose cancellation is being asked about."""
    working: str = ""
    """Id of the subscription that is being changed."""
    done: str = ""
    """`cancelled` or `reactivated`, when the last change succeeded."""
    failed: str = ""
    """`not_possible`, `not_allowed`, `not_found` or `unavailable`, when it did not."""
    _account_id: str = ""
    """Whose account is shown."""
    _claimed: str = ""
    """The claim on `working`, which keeps a second press out."""

    @rx.event(background=True)
    async def show(self) -> None:
        """Fetch the account of whoever is signed in. Safe to repeat."""
        async with self:
            if not is_held(self._claimed, self.working):
                # Also what became of an earlier press is of another visit to this page.
                self.working, self.done, self.failed = "", "", ""
            customer, language = await self._begin(), page_language(self)
        if customer is not None:
            status, overview = await _fetch(customer)
            async with self:
                await self._finish(customer, status, overview, language)

    @rx.event
    def ask_to_cancel(self, subscription_id: str) -> EventSpec | None:
        """Ask whether this subscription shall really be cancelled."""
        held = self._held(subscription_id)
        if self.working or held is None or not held.can_cancel:
            return None
        self.confirming, self.done, self.failed = held.id, "", ""
        return rx.set_focus(CONFIRMATION_ID)

    @rx.event
    def keep(self) -> None:
        """Leave the subscription as it is."""
        self.confirming = ""

    @rx.event(background=True)
    async def cancel(self, form: dict) -> AsyncIterator[EventSpec]:  # type: ignore[type-arg]
        """Cancel the subscription that was asked about, with the chosen reason if there is one."""
        with Claim() as claim:
            async with self:
                subscription_id = self.confirming
                customer, language = await self._claim(claim, subscription_id), page_language(self)
                reason_id = self._reason(form)
            if customer is None:
                return
            outcome = _Outcome()
            try:
                await outcome.cancel(customer, subscription_id, reason_id)
            finally:
                async with self:
                    await self._settle(customer, "cancelled", outcome, language)
                    if self.done == "cancelled":
                        await measure(self, await reader_of(self), EventName.CANCELLED)
        yield rx.set_focus(MESSAGE_ID)

    @rx.event(background=True)
    async def reactivate(self, subscription_id: str) -> AsyncIterator[EventSpec]:
        """Take a cancellation back."""
        with Claim() as claim:
            async with self:
                if await self._is_withdrawn(subscription_id):
                    return
                held = self._held(subscription_id)
                customer, language = await self._claim(claim, subscription_id), page_language(self)
            if customer is None or held is None:
                return
            outcome = _Outcome()
            try:
                await outcome.take_up(customer, held)
            finally:
                async with self:
                    await self._settle(customer, "reactivated", outcome, language)
        yield rx.set_focus(MESSAGE_ID)

    async def _begin(self) -> Customer | None:
        """Who is to be shown; whatever was shown of somebody else is cleared."""
        customer = (await reader_of(self)).customer
        if customer is None:
            # A sign-in that ran out is told in other words than never having signed in.
            was_expired = self.status == "expired"
            self.reset()
            self.status = "expired" if was_expired else "anonymous"
            return None
        if customer.account_id != self._account_id:
            self.reset()
            self._account_id = customer.account_id
        if self.status != "ready":
            self.status = "loading"
        return customer

    async def _claim(self, claim: Claim, subscription_id: str) -> Customer | None:
        """Take the right to change a subscription; nobody where it is not there or already being changed."""
        customer = await self._begin()
        if customer is None or self._held(subscription_id) is None or is_held(self._claimed, self.working):
            return None
        self.working, self.done, self.failed = subscription_id, "", ""
        self._claimed = claim.on(subscription_id)
        return customer

    async def _settle(self, customer: Customer, done: str, outcome: _Outcome, language: str) -> None:
        before = {held.id: held.state for held in self.subscriptions}
        changing, failed = self.working, outcome.failed
        self.working, self.confirming = "", ""
        await self._finish(customer, outcome.status, outcome.overview, language)
        held = self._held(changing)
        if failed == "not_allowed" and held is not None and before.get(changing) != held.state:
            failed = "not_possible"
        self.failed, self.done = failed, "" if failed else done

    async def _finish(
        self, customer: Customer, status: str, overview: AccountOverview | None, language: str
    ) -> None:
        if customer.account_id != self._account_id:
            return  # somebody else is shown meanwhile
        if overview is None:
            if status == "expired":
                self.reset()
                (await self.get_state(ReaderState)).reset()
            self.status = status
            return
        self.status = "ready"
        self.email = overview.email
        withdrawn = await current_shop().withdrawals.among(
            (held.order_id for held in overview.subscriptions if held.order_id), closing=True
        )
        self.subscriptions = [
            subscription_view(held, language, withdrawn=held.order_id in withdrawn)
            for held in overview.subscriptions
        ]
        self.orders_known = overview.orders is not None
        bought = await current_shop().purchases.bought_by(Reader(customer=customer))
        here = {purchase.order_id: purchase.id for purchase in bought}
        self.orders = [
            order_view(order, language, here.get(order.order_id, "")) for order in overview.orders or ()
        ]
        self.payments_known = overview.payments is not None
        self.payments = [payment_view(payment, language) for payment in overview.payments or ()]
        self.details = detail_views(overview, language)
        self.details_line = details_line(overview, language)
        self.reasons = [ReasonView(reason.id, reason.name) for reason in overview.cancellation_reasons]

    async def _is_withdrawn(self, subscription_id: str) -> bool:
        """Whether its contract has been withdrawn from, perhaps in another tab: the page is told, too."""
        held = self._held(subscription_id)
        if held is None or not await current_shop().withdrawals.among([held.order_id]):
            return False
        held.withdrawn, held.can_reactivate = True, False
        return True

    def _held(self, subscription_id: str) -> SubscriptionView | None:
        return next((held for held in self.subscriptions if held.id and held.id == subscription_id), None)

    def _reason(self, form: object) -> str | None:
        chosen = form.get("reason") if isinstance(form, dict) else None
        return next((reason.id for reason in self.reasons if reason.id == chosen), None)


async def _fetch(customer: Customer) -> tuple[str, AccountOverview | None]:
    """The overview, or the status that stands in for it."""
    accounts = CustomerAccounts.of(current_shop())
    try:
        return "ready", await accounts.overview(customer)
    except SignInExpired:
        return "expired", None
    except PaywayUnavailable:
        return "unavailable", None


@dataclass
class _Outcome:
    """What a change came to; as it stands here, should the change break off in a way nobody designed."""

    failed: str = "unavailable"
    """A code of `failed`, empty where it worked."""
    status: str = "unavailable"
    overview: AccountOverview | None = None

    async def cancel(self, customer: Customer, subscription_id: str, reason_id: str | None) -> None:
        """Cancel, and read the account anew."""
        accounts = CustomerAccounts.of(current_shop())
        await self._carry_out(customer, accounts.cancel(customer, subscription_id, reason_id))

    async def take_up(self, customer: Customer, held: SubscriptionView) -> None:
        """Take a cancellation back, unless its contract was withdrawn from; read the account anew."""
        shop = current_shop()

        async def unless_withdrawn() -> None:
            await CustomerAccounts.of(shop).reactivate(customer, held.id)
            if await shop.withdrawals.uphold(held.order_id):
                raise ChangeRefused("not_possible")

        await self._carry_out(customer, unless_withdrawn())

    async def _carry_out(self, customer: Customer, change: Awaitable[None]) -> None:
        try:
            await change
            self.failed = ""
        except ChangeRefused as error:
            self.failed = error.reason
        except (PaywayUnavailable, SignInExpired):
            self.failed = "unavailable"
        self.status, self.overview = await _fetch(customer)

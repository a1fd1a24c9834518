"""A customer's own account as Payway knows it: subscriptions, purchases, details from Klarna, cancelling.

Payway checks by the identity token that what is changed belongs to the customer. Of the personal number
only a masked form leaves this module.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

from klarna_shop.payway import (
    Account,
    Address,
    CancellationReason,
    Conflict,
    HistoricPurchase,
    Identity,
    IdentityExpired,
    InvalidParameter,
    NotFound,
    Order,
    PaywayClient,
    PaywayError,
    Subscription,
)
from klarna_shop.shop.clock import Clock
from klarna_shop.shop.entitlements import Entitlements
from klarna_shop.shop.identity.errors import PaywayUnavailable, SignInExpired
from klarna_shop.shop.identity.service import Identities
from klarna_shop.shop.offers import CatalogueUnavailable, OfferCatalogue
from klarna_shop.shop.reader import Customer, Reader

if TYPE_CHECKING:
    from klarna_shop.shop.current import Shop

log = logging.getLogger(__name__)
Found = TypeVar("Found")

DEADLINE_SECONDS = 15.0
LIVING = frozenset({"pending", "activated", "cancelled"})
"""States of a subscription that has not ended (payway-api.md §9.3)."""


class ChangeRefused(Exception):
    """A subscription was not changed; `reason` is `not_allowed`, `not_found` or `not_possible`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class CustomerSubscription:
    """A subscription of the customer. `state` is Payway's word; `next_price` is in öre."""

    id: str
    code: str
    name: str
    state: str
    order_id: str | None
    valid_from: datetime | None
    valid_to: datetime | None
    ended_at: datetime | None
    begins_later: bool
    renews: bool
    next_price: int | None
    payment_refused: bool
    can_cancel: bool
    can_reactivate: bool


@dataclass(frozen=True)
class CustomerOrder:
    """An order of the customer; `price` in öre."""

    order_id: str
    state: str
    name: str
    price: int | None
    created: datetime | None


@dataclass(frozen=True)
class CustomerPayment:
    """A charge; `amount` in öre, `state` one of `paid`, `failed`, `pending`."""

    id: str
    order_id: str | None
    name: str
    amount: int
    state: str
    created: datetime | None


@dataclass(frozen=True)
class CustomerDetails:
    """What Klarna synchronises to the account (§5.4)."""

    name: str = field(default="", repr=False)
    address: tuple[str, ...] = field(default=(), repr=False)
    delivery_address: tuple[str, ...] = field(default=(), repr=False)
    birth_date: date | None = field(default=None, repr=False)
    masked_personal_number: str = field(default="", repr=False)
    mobile: str = field(default="", repr=False)


@dataclass(frozen=True)
class AccountOverview:
    """All the account page shows.

    `orders` and `payments` are None where Payway did not give them. `details_from` says where the details
    come from: `klarna` (at `details_came`), `first_charge` (of a trial, due at `first_charge`), `nobody`, or
    `unknown`.
    """

    email: str = field(repr=False)
    subscriptions: tuple[CustomerSubscription, ...]
    orders: tuple[CustomerOrder, ...] | None
    payments: tuple[CustomerPayment, ...] | None
    details: CustomerDetails
    details_from: str
    details_came: datetime | None = None
    first_charge: datetime | None = None
    cancellation_reasons: tuple[CancellationReason, ...] = ()


@dataclass(frozen=True)
class CustomerAccounts:
    """Reads and changes the account of a signed-in customer."""

    payway: PaywayClient
    identities: Identities
    offers: OfferCatalogue
    entitlements: Entitlements
    clock: Clock

    @classmethod
    def of(cls, shop: Shop) -> CustomerAccounts:
        """For this shop."""
        return cls(shop.payway, shop.identities, shop.offers, shop.entitlements, shop.clock)

    async def overview(self, customer: Customer) -> AccountOverview:
        """The customer's account.

        Raises:
            SignInExpired: the sign-in has run out, and is ended.
            PaywayUnavailable: account or subscriptions could not be read in time.
        """
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                return await self._overview(customer)
        except (IdentityExpired, SignInExpired) as error:
            raise await self._expired(customer) from error
        except (PaywayError, TimeoutError) as error:
            raise PaywayUnavailable from error

    async def cancel(self, customer: Customer, subscription_id: str, reason_id: str | None) -> None:
        """End a subscription at its next renewal (§9.4).

        Raises:
            ChangeRefused: it is not the customer's, or cannot be cancelled.
            SignInExpired: the sign-in has run out, and is ended.
            PaywayUnavailable: no usable answer; it may have been carried out.
        """
        identity = await self._identity(customer)
        await self._change(customer, self.payway.me.cancel_product(identity, subscription_id, reason_id))

    async def reactivate(self, customer: Customer, subscription_id: str) -> None:
        """Take a cancellation back (§9.4). Raises as `cancel` does."""
        identity = await self._identity(customer)
        await self._change(customer, self.payway.me.reactivate_product(identity, subscription_id))

    async def _identity(self, customer: Customer) -> Identity:
        try:
            return await self.identities.identity_of(customer)
        except SignInExpired as error:
            raise await self._expired(customer) from error

    async def _change(self, customer: Customer, call: Awaitable[object]) -> None:
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                await call
        except IdentityExpired as error:
            raise await self._expired(customer) from error
        except NotFound as error:
            raise ChangeRefused("not_found") from error
        except (Conflict, InvalidParameter) as error:
            raise ChangeRefused("not_allowed") from error
        except (PaywayError, TimeoutError) as error:
            raise PaywayUnavailable from error
        finally:
            self.entitlements.forget(customer.account_id)

    async def _expired(self, customer: Customer) -> SignInExpired:
        await self.identities.sign_out(Reader(customer=customer))
        return SignInExpired()

    async def _overview(self, customer: Customer) -> AccountOverview:
        identity = await self.identities.identity_of(customer)
        account, held, orders, history, reasons, names = await asyncio.gather(
            self.payway.me.account(identity),
            self.payway.subscriptions.by_account(customer.account_id),
            _or_none(self.payway.orders.by_account(customer.account_id)),
            _or_none(self.payway.me.purchase_history(identity)),
            _or_none(self.payway.cancellation_reasons()),
            self._names(),
        )
        payments = None if history is None else tuple(_payment(line) for line in history)
        uncancellable = await self._uncancellable({one.product_code for one in held if one.state in LIVING})
        reading = _Reading(self.clock(), names, orders or (), payments or (), uncancellable)
        subscriptions = tuple(reading.subscription(one) for one in sorted(held, key=_newest_living_first))
        origin, came, first_charge = _details_origin(subscriptions, orders or (), payments)
        return AccountOverview(
            email=account.email or customer.email,
            subscriptions=subscriptions,
            orders=None if orders is None else tuple(map(reading.order, sorted(orders, key=_newest_first))),
            payments=None if payments is None else tuple(sorted(payments, key=_newest_first)),
            details=_details(account),
            details_from=origin,
            details_came=came,
            first_charge=first_charge,
            cancellation_reasons=tuple(reason for reason in reasons or () if reason.visible_to_end_customer),
        )

    async def _names(self) -> dict[str, str]:
        try:
            return await self.offers.names()
        except CatalogueUnavailable:
            return {}

    async def _uncancellable(self, codes: set[str]) -> frozenset[str]:
        """The codes of which Payway says that the customer cannot cancel them."""
        products = await asyncio.gather(*(_or_none(self.payway.products.product(code)) for code in codes))
        return frozenset(
            product.product_code for product in products if product and product.customer_can_cancel is False
        )


@dataclass(frozen=True)
class _Reading:
    """One reading of the account, from which its subscriptions and orders are told."""

    now: datetime
    names: dict[str, str]
    orders: Sequence[Order]
    payments: Sequence[CustomerPayment]
    uncancellable: frozenset[str]

    def subscription(self, held: Subscription) -> CustomerSubscription:
        ends = held.subscription_end_date is not None or held.subscription_type == "limited"
        turns_into_nothing = held.campaign_end_date is not None and held.next_price_ore is None
        ended_at = held.subscription_end_date or held.valid_to
        changeable = held.provision_service in {None, "tulo"} and held.subscription_type != "limited"
        cancellable = held.product_code not in self.uncancellable and held.state in {"pending", "activated"}
        not_over = held.valid_to is None or held.valid_to > self.now
        return CustomerSubscription(
            id=held.id,
            code=held.product_code,
            name=self._name(held.product_code, held.order_id),
            state=held.state,
            order_id=held.order_id,
            valid_from=held.valid_from,
            valid_to=held.valid_to,
            # What was ended before its time still has the end that it would have had.
            ended_at=ended_at if ended_at is not None and ended_at <= self.now else None,
            begins_later=held.valid_from is not None and held.valid_from > self.now,
            renews=held.state == "activated" and not ends and not turns_into_nothing,
            next_price=held.next_price_ore,
            payment_refused=self._payment_refused(held.order_id),
            can_cancel=changeable and cancellable,
            can_reactivate=changeable and held.state == "cancelled" and not_over,
        )

    def order(self, order: Order) -> CustomerOrder:
        name = order.description or self.names.get(order.product_code or "") or order.product_code or ""
        return CustomerOrder(order.order_id, order.state, name, order.price_ore, order.created)

    def _name(self, code: str, order_id: str | None) -> str:
        described = (
            order.description
            for order in self.orders
            if order.order_id == order_id and order.product_code == code and order.description
        )
        return self.names.get(code) or next(described, code)

    def _payment_refused(self, order_id: str | None) -> bool:
        """Whether the last thing that happened to the order's payments is a refusal."""
        if any(order.order_id == order_id and order.state == "failed" for order in self.orders):
            return True
        of_order = [payment for payment in self.payments if payment.order_id == order_id]
        return bool(of_order) and min(of_order, key=_newest_first).state == "failed"


def _payment(line: HistoricPurchase) -> CustomerPayment:
    state = {"closed": "paid", "failed": "failed"}.get(line.state or "", "pending")
    return CustomerPayment(
        line.payment_id, line.order_id, line.description or "", line.price_ore or 0, state, line.created
    )


def _details(account: Account) -> CustomerDetails:
    return CustomerDetails(
        name=account.full_name,
        address=_address_lines(account.address),
        delivery_address=_address_lines(account.delivery_address),
        birth_date=account.birth_date,
        masked_personal_number=masked(account.social_security_number),
        mobile=account.mobile_phone_number or "",
    )


def masked(personal_number: str | None) -> str:
    """`ÅÅMMDD-••••`, whichever way Payway writes the number; empty for none, all dots for an unknown form."""
    if not personal_number:
        return ""
    digits = personal_number.replace("-", "").replace("+", "")
    if not digits.isdecimal() or len(digits) not in {10, 12}:
        return "••••••-••••"
    return f"{digits[-10:-4]}-••••"


def _address_lines(address: Address | None) -> tuple[str, ...]:
    if address is None:
        return ()
    lines = (
        f"c/o {address.care_of.removeprefix('c/o').strip()}" if address.care_of else "",
        " ".join(part for part in (address.street, address.street_number) if part),
        " ".join(part for part in (address.zip_code, address.city) if part),
    )
    return tuple(line for line in lines if line)


def _details_origin(
    subscriptions: Sequence[CustomerSubscription],
    orders: Sequence[Order],
    payments: Sequence[CustomerPayment] | None,
) -> tuple[str, datetime | None, datetime | None]:
    """Where the details come from, when they came, and when a trial's first charge is due."""
    if payments is None:
        return "unknown", None, None
    paid = [
        payment.created
        for payment in payments
        if payment.state == "paid" and payment.amount and payment.created
    ]
    if paid:
        return "klarna", max(paid), None
    free = {order.order_id for order in orders if order.price_ore == 0}
    for held in subscriptions:
        if held.order_id in free and held.state in {"activated", "pending"}:
            return "first_charge", None, held.valid_to
    return "nobody", None, None


def _newest_first(dated: Order | CustomerPayment) -> float:
    return -dated.created.timestamp() if dated.created else 0.0


def _newest_living_first(held: Subscription) -> tuple[bool, float]:
    return held.state not in LIVING, -held.created.timestamp() if held.created else 0.0


async def _or_none(call: Awaitable[Found]) -> Found | None:
    """The answer, or nothing: what the page can do without."""
    try:
        return await call
    except IdentityExpired:
        raise
    except PaywayError as error:
        log.warning("account: a part is missing (%s)", type(error).__name__)
        return None

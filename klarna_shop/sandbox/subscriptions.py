"""Subscriptions and payments as rows: making them, asking about them, cancelling (§9)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from klarna_shop.sandbox.accounts import find_account, next_number
from klarna_shop.sandbox.catalogue import Offer, Period
from klarna_shop.sandbox.errors import conflict, not_found
from klarna_shop.sandbox.identifiers import entity_id, unguessable
from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.tables import Account, Order, Payment, Subscription

LIVING = ("pending", "activated", "cancelled")
"""States of a subscription that has not ended."""


def add_order(
    session: Session, services: Services, account: Account, offer: Offer, period: Period, **facts: Any
) -> Order:
    """A new order, `created`, with the next order number."""
    number = next_number(session, "order")
    order = Order(
        id=entity_id(),
        order_id=f"{services.settings.order_prefix}-{number}",
        account_id=account.id,
        product_code=offer.code,
        period_id=period.id,
        price=period.price,
        description=offer.name,
        **{"state": "created", "created": services.clock.now(), **facts},
    )
    session.add(order)
    session.flush()
    return order


def add_subscription(
    session: Session,
    services: Services,
    order: Order,
    period: Period,
    valid_from: datetime,
    **facts: Any,
) -> Subscription:
    """A new subscription for an order: `pending` when it begins later, else `activated`."""
    now = facts.pop("now", services.clock.now())
    letters = "".join(letter for letter in services.settings.organisation.upper() if letter.isalpha())
    subscription = Subscription(
        id=entity_id(),
        account_id=order.account_id,
        order_id=order.order_id,
        number=f"{(letters + 'XXX')[:3]}{next_number(session, 'subscription')}",
        product_code=order.product_code,
        period_id=period.id,
        valid_from=valid_from,
        valid_to=period.end(valid_from),
        created=now,
        updated=now,
        **{"state": "pending" if valid_from > now else "activated", "renewals": 0, **facts},
    )
    session.add(subscription)
    session.flush()
    return subscription


def add_payment(
    session: Session,
    order: Order,
    subscription: Subscription,
    amount: int,
    kind: str,
    at: datetime,
    *,
    ok: bool,
) -> None:
    """A charge of `amount` öre for the subscription's current product; `ok` is whether it was paid."""
    payment = Payment(
        id=entity_id(),
        order_id=order.order_id,
        subscription_id=subscription.id,
        account_id=order.account_id,
        kind=kind,
        state="closed" if ok else "failed",
        amount=amount,
        product_code=subscription.product_code,
        description=order.description,
        transaction_number=unguessable()[:16],
        created=at,
    )
    session.add(payment)


def payment_type(services: Services, payment: Payment) -> str:
    """What an answer calls a first payment (`normal`) and a renewal (§9.1)."""
    return services.readings.renewal_payment_type if payment.kind == "autopay" else payment.kind


def subscriptions_of(session: Session, account_id: str) -> list[Subscription]:
    """All subscriptions of an account, ended ones too, oldest first."""
    query = select(Subscription).where(Subscription.account_id == account_id)
    return list(session.scalars(query.order_by(Subscription.created, Subscription.number)))


def subscriptions_of_known(session: Session, account_id: str) -> list[Subscription]:
    """As `subscriptions_of`.

    Raises:
        ApiError: 404 where there is no such account.
    """
    if find_account(session, account_id=account_id) is None:
        raise not_found("Account")
    return subscriptions_of(session, account_id)


def has_access(subscription: Subscription, now: datetime) -> bool:
    """Whether the subscription opens anything at this moment."""
    begun = subscription.state in {"activated", "cancelled"}
    return begun and subscription.valid_from <= now < (subscription.grace_period_to or subscription.valid_to)


def active_products(services: Services, subscriptions: list[Subscription]) -> list[str]:
    """Codes of products, packages and campaigns the subscriptions open, without repetition (§8.2)."""
    now = services.clock.now()
    codes: dict[str, None] = {}
    for subscription in subscriptions:
        offer = services.catalogue.offer(subscription.product_code)
        if offer is not None and has_access(subscription, now):
            codes.update(dict.fromkeys(offer.access_codes))
    return list(codes)


def cancel(
    session: Session, services: Services, account_id: str, subscription_id: str, reason_id: str | None
) -> Subscription:
    """End a subscription at its next renewal date (§9.4); the subscription as it is then.

    Raises:
        ApiError: 404 for another account's subscription, 409 where it cannot be cancelled.
    """
    subscription = _own(session, account_id, subscription_id)
    offer = services.catalogue.offer(subscription.product_code)
    period = services.catalogue.period(subscription.product_code, subscription.period_id)
    if period is not None and period.type == "limited":
        raise conflict(services.readings, "user_product_is_limited", "A limited subscription ends by itself")
    if offer is None or not offer.customer_can_cancel:
        raise conflict(
            services.readings,
            "user_product_not_cancellable",
            "The package does not allow the customer to cancel",
        )
    if subscription.state not in {"activated", "pending"}:
        raise conflict(services.readings, "user_product_not_active", "The subscription is not active")
    now = services.clock.now()
    subscription.state = "cancelled"
    # Nothing more is charged: what was paid for has ended if the charge was already being tried again.
    subscription.grace_period_to = subscription.retry_at = None
    subscription.cancelled_at = subscription.updated = now
    subscription.cancellation_reason_id = reason_id or services.catalogue.default_reason.id
    return subscription


def reactivate(session: Session, services: Services, account_id: str, subscription_id: str) -> Subscription:
    """Take a cancellation back, while the subscription has not ended (§9.4); it as it is then.

    Raises:
        ApiError: 404 for another account's subscription, 409 where it is not cancelled.
    """
    subscription = _own(session, account_id, subscription_id)
    if subscription.state != "cancelled":
        raise conflict(services.readings, "user_product_not_cancelled", "The subscription is not cancelled")
    now = services.clock.now()
    subscription.state = "pending" if subscription.valid_from > now else "activated"
    subscription.cancelled_at = subscription.cancellation_reason_id = None
    subscription.updated = now
    return subscription


def _own(session: Session, account_id: str, subscription_id: str) -> Subscription:
    subscription = session.get(Subscription, subscription_id.lower())
    if subscription is None or subscription.account_id != account_id:
        raise not_found("User product")
    return subscription


def announce_change(services: Services, event: str, subscription: Subscription) -> None:
    """Send the event of a subscription that has changed (§14)."""
    services.webhooks.announce(event, account_id=subscription.account_id, order_number=subscription.order_id)

"""What time does to subscriptions, worked out when somebody looks (§6.5, §9.3, §9.5).

Each subscription goes through its due moments in order: a pending one begins, a cancelled or limited
one ends, a recurring one is charged and rolls on, a campaign becomes its base package. A charge that fails
ends the subscription at once, or, where its package has a grace period, is tried again once a day with
access kept until the grace period has passed. A retry that succeeds leaves the renewal dates as they were.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from klarna_shop.sandbox.catalogue import Offer, Period
from klarna_shop.sandbox.klarna_customers import (
    SynchronisationRules,
    apply_synchronisation,
    plan_synchronisation,
)
from klarna_shop.sandbox.readings import Readings
from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.subscriptions import add_order, add_payment, add_subscription
from klarna_shop.sandbox.tables import Account, Order, Subscription

RETRY_EVERY = timedelta(days=1)


async def advance(services: Services, account_id: str | None = None) -> None:
    """Bring one account's subscriptions (or all) up to the present moment."""

    def move(session: Session) -> None:
        # A subscription that turns into another one may be due again at once, so until nothing is left.
        while due := _due(session, services, account_id):
            for subscription in due:
                _advance(session, services, subscription)
            session.flush()

    if await services.database.read(lambda session: _due(session, services, account_id)):
        await services.database.write(move)


def _due(session: Session, services: Services, account_id: str | None) -> list[Subscription]:
    now = services.clock.now()
    moment = func.coalesce(Subscription.retry_at, Subscription.valid_to)
    query = select(Subscription).where(
        or_(
            and_(Subscription.state == "pending", Subscription.valid_from <= now),
            and_(Subscription.state.in_(("activated", "cancelled")), moment <= now),
        )
    )
    if account_id is not None:
        query = query.where(Subscription.account_id == account_id)
    return list(session.scalars(query.order_by(moment)))


def _advance(session: Session, services: Services, subscription: Subscription) -> None:
    catalogue = services.catalogue
    offer = catalogue.offer(subscription.product_code)
    period = catalogue.period(subscription.product_code, subscription.period_id)
    if subscription.state == "pending":
        subscription.state = "activated"
        subscription.updated = subscription.valid_from
    elif subscription.state == "cancelled" or offer is None or period is None or period.type == "limited":
        _end(subscription, subscription.valid_to)
    elif offer.kind == "package":
        _charge(session, services.readings, subscription, offer, period)
    elif offer.transforms and offer.base_package is not None:
        _transform(session, services, subscription, offer.base_package)
    else:
        _end(subscription, subscription.valid_to)


def _end(subscription: Subscription, at: datetime) -> None:
    subscription.state = "deactivated"
    subscription.updated = at
    subscription.grace_period_to = subscription.retry_at = None


def _charge(
    session: Session, readings: Readings, subscription: Subscription, offer: Offer, period: Period
) -> None:
    """Charge the period that begins at `valid_to`, now due for the first time or again."""
    account, order = _owner(session, subscription)
    moment = subscription.retry_at or subscription.valid_to
    if subscription.grace_period_to is not None and moment >= subscription.grace_period_to:
        _end(subscription, moment)
        order.state = "failed" if order.state == "created" else order.state
        return
    paid = not account.in_debt
    add_payment(session, order, subscription, period.price, "autopay", moment, ok=paid)
    subscription.updated = moment
    if paid:
        _paid(session, readings, subscription, account, order, moment)
        # Counted from the beginning, so that the 31st stays the 31st where a month has one.
        subscription.valid_to = period.end(subscription.valid_from, subscription.renewals + 1)
    elif offer.grace_days == 0:
        _end(subscription, moment)
        order.state = "failed" if order.state == "created" else order.state
    else:
        subscription.grace_period_to = subscription.grace_period_to or moment + timedelta(
            days=offer.grace_days
        )
        subscription.retry_at = min(moment + RETRY_EVERY, subscription.grace_period_to)


def _paid(
    session: Session,
    readings: Readings,
    subscription: Subscription,
    account: Account,
    order: Order,
    moment: datetime,
) -> None:
    subscription.renewals += 1
    subscription.grace_period_to = subscription.retry_at = None
    if order.state == "created":
        order.state = "closed"
        first = session.scalar(select(Order).where(Order.order_id == order.parent_order_id))
        if first is not None and first.price == 0:
            # A trial's purchase told Klarna nothing; its first charge does (§4).
            keep = subscription.disable_account_info_overwrite
            rules = SynchronisationRules.never_abort(readings, keep_existing=keep)
            apply_synchronisation(account, plan_synchronisation(session, account, rules), moment)


def _transform(session: Session, services: Services, campaign: Subscription, package: str) -> None:
    """The campaign ends; a monthly subscription on the package begins, paid the same way."""
    account, first_order = _owner(session, campaign)
    offer = services.catalogue.offer(package)
    assert offer is not None, package
    period = services.catalogue.monthly(package)
    moment = campaign.valid_to
    _end(campaign, moment)
    order = add_order(
        session,
        services,
        account,
        offer,
        period,
        parent_order_id=first_order.order_id,
        traffic_source=first_order.traffic_source,
        created=moment,
    )
    subscription = add_subscription(
        session,
        services,
        order,
        period,
        moment,
        now=moment,
        state="activated",
        renewals=-1,
        merchant_reference=campaign.merchant_reference,
        disable_account_info_overwrite=campaign.disable_account_info_overwrite,
    )
    # Nothing of it is paid for yet: its first charge is due at once.
    subscription.valid_to = moment
    _charge(session, services.readings, subscription, offer, period)


def _owner(session: Session, subscription: Subscription) -> tuple[Account, Order]:
    account = session.get(Account, subscription.account_id)
    order = session.scalar(select(Order).where(Order.order_id == subscription.order_id))
    assert account is not None
    assert order is not None
    return account, order

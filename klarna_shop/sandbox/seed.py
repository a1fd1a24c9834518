"""The data a new sandbox begins with: the demo customers and what they have bought."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy.orm import Session

from klarna_shop.sandbox.accounts import add_account
from klarna_shop.sandbox.catalogue import Period
from klarna_shop.sandbox.demo_customers import DEMO_PASSWORD, demo_customers
from klarna_shop.sandbox.klarna_customers import (
    SynchronisationRules,
    apply_synchronisation,
    named_otherwise,
    plan_synchronisation,
)
from klarna_shop.sandbox.passwords import hash_password
from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.subscriptions import add_order, add_payment, add_subscription
from klarna_shop.sandbox.tables import Account, Counter, Subscription

FIRST_ORDER_NUMBER = 1001
_SEEDED_ORDERS_FROM = 901


def seed(session: Session, services: Services) -> None:
    """Fill empty tables; what the shop sells is numbered from `FIRST_ORDER_NUMBER` on."""
    session.add_all(
        [
            Counter(name="order", value=_SEEDED_ORDERS_FROM - 1),
            Counter(name="subscription", value=10_000),
            Counter(name="customer", value=10_000),
        ]
    )
    session.flush()
    accounts = {
        customer.purpose_key: add_account(
            session,
            services,
            customer.email,
            password_hash=_demo_password_hash(),
            first_name=customer.first_name,
            last_name=customer.last_name,
            account_origin=services.catalogue.title.code,
            in_debt=customer.purpose_key == "in_debt",
            always_frozen=customer.purpose_key == "frozen",
        )
        for customer in demo_customers()
    }
    _bought(session, services, accounts["active_subscriber"], "digital", "month", days_ago=10)
    cancelled = _bought(session, services, accounts["cancelled"], "digital", "year", days_ago=60)
    cancelled.state = "cancelled"
    cancelled.cancelled_at = services.clock.now() - timedelta(days=5)
    trial = _bought(session, services, accounts["trial_used"], "digital-trial", "month", days_ago=90)
    trial.state = "deactivated"
    trial.cancelled_at = trial.valid_from + timedelta(days=12)
    # Klarna has another number and name for Erik than his account, and for Eva the number of Karin's account.
    accounts["ssn_already_set"].social_security_number = _another_number(accounts["ssn_already_set"])
    accounts["ssn_already_set"].klarna_person = named_otherwise(accounts["ssn_already_set"].klarna_person)
    accounts["ssn_already_taken"].klarna_person = {
        **accounts["ssn_already_taken"].klarna_person,
        "social_security_number": accounts["active_subscriber"].social_security_number,
    }
    counter = session.get(Counter, "order")
    assert counter is not None
    counter.value = FIRST_ORDER_NUMBER - 1


@lru_cache(maxsize=1)
def _demo_password_hash() -> str:
    return hash_password(DEMO_PASSWORD)


def _another_number(account: Account) -> str:
    """A number nobody else gets: the same day, in the serials that generated persons never use."""
    own = str(account.klarna_person["social_security_number"])
    return own[:8] + "2392" if own[8:] != "2392" else own[:8] + "2384"


def _bought(
    session: Session, services: Services, account: Account, code: str, unit: str, *, days_ago: int
) -> Subscription:
    offer = services.catalogue.offer(code)
    assert offer is not None, code
    period = _period(offer.klarna_periods(), unit)
    moment: datetime = services.clock.now() - timedelta(days=days_ago)
    order = add_order(session, services, account, offer, period, state="closed", created=moment)
    subscription = add_subscription(session, services, order, period, moment, now=moment)
    add_payment(session, order, subscription, period.price, "normal", moment, ok=True)
    if period.price > 0:
        changes = plan_synchronisation(session, account, SynchronisationRules())
        apply_synchronisation(account, changes, moment)
    return subscription


def _period(periods: tuple[Period, ...], unit: str) -> Period:
    return next(period for period in periods if period.unit == unit and period.enabled)

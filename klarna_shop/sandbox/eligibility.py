"""Who may buy what (§7)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from klarna_shop.sandbox.catalogue import Offer
from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.subscriptions import LIVING, subscriptions_of
from klarna_shop.sandbox.tables import Order

ALLOWED = "purchase_allowed"


def purchase_reason(
    session: Session, services: Services, account_id: str, offer: Offer, *, extension: bool = False
) -> str:
    """`purchase_allowed`, or why this account may not buy this.

    A subscription that is cancelled but has not ended counts as active: it can be reactivated.
    `extension` lets an active subscriber of the same package buy on.
    """
    if services.forced is not None:
        return services.forced
    if services.readings.pre_validation == "allows":
        return ALLOWED
    return rules_reason(session, services, account_id, offer, extension=extension)


def rules_reason(
    session: Session, services: Services, account_id: str, offer: Offer, *, extension: bool = False
) -> str:
    """Return `purchase_allowed`, or why the rules exclude this account, whatever pre-validation says."""
    active = {
        subscription.product_code
        for subscription in subscriptions_of(session, account_id)
        if subscription.state in LIVING
    }
    if offer.kind == "package":
        return "package_already_active" if offer.code in active and not extension else ALLOWED
    if offer.base_package in active:
        return "base_package_already_active"
    return campaign_reason(session, services, account_id, offer)


def campaign_reason(session: Session, services: Services, account_id: str, offer: Offer) -> str:
    """The campaign's own rules: once per customer, and introductory offers for new customers only.

    Whoever has had the base package, or another campaign on it, is no new customer.
    """
    bought = session.scalars(
        select(Order.product_code).where(Order.account_id == account_id, Order.state == "closed")
    )
    codes = set(bought)
    if offer.code in codes:
        return "campaign_already_purchased"
    same_base = {
        other.code
        for other in services.catalogue.offers
        if offer.base_package in {other.code, other.base_package}
    }
    return "campaign_purchase_rules_does_not_permit_purchase" if codes & same_base else ALLOWED


def age(birth_date: date, today: date) -> int:
    """Completed years."""
    return today.year - birth_date.year - ((today.month, today.day) < (birth_date.month, birth_date.day))

"""What was bought: orders, payments, subscriptions (payway-api.md §8.4, §9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from klarna_shop.payway import reading
from klarna_shop.payway.reading import Json


@dataclass(frozen=True)
class Order:
    """An order (§9.1). `state` is `created`, `closed` or `failed`."""

    order_id: str
    state: str
    product_code: str | None
    merchant_reference: str | None
    description: str | None
    price_ore: int | None
    vat_code: int | None
    created: datetime | None

    @classmethod
    def read(cls, source: Json) -> Order:
        """From the answer, or one entry of it."""
        detail = reading.nested(source, "order_detail")
        return cls(
            order_id=reading.required(source, "order_id"),
            state=reading.text(source, "state") or "",
            product_code=reading.text(detail, "product_code"),
            merchant_reference=reading.text(source, "merchant_reference"),
            description=reading.text(detail, "description"),
            price_ore=reading.ore(detail, "price"),
            vat_code=reading.whole(detail, "vat_code"),
            created=reading.moment(detail, "created"),
        )


@dataclass(frozen=True)
class Subscription:
    """A user product of an account (§9.3)."""

    id: str
    order_id: str | None
    product_code: str
    state: str
    subscription_type: str | None
    provision_service: str | None
    next_price_ore: int | None
    created: datetime | None
    valid_from: datetime | None
    valid_to: datetime | None
    subscription_end_date: datetime | None
    campaign_end_date: datetime | None

    @classmethod
    def read(cls, source: Json) -> Subscription:
        """From one entry of the answer."""
        return cls(
            id=reading.required(source, "id"),
            order_id=reading.text(source, "order_id"),
            product_code=reading.required(source, "product_code"),
            state=reading.text(source, "state") or "",
            subscription_type=reading.text(source, "subscription_type"),
            provision_service=reading.text(source, "provision_service"),
            next_price_ore=reading.ore(source, "subscription_next_price"),
            created=reading.moment(source, "created"),
            valid_from=reading.moment(source, "valid_from"),
            valid_to=reading.moment(source, "valid_to"),
            subscription_end_date=reading.moment(source, "subscription_end_date"),
            campaign_end_date=reading.moment(source, "campaign_end_date"),
        )


@dataclass(frozen=True)
class HistoricPurchase:
    """One line of the purchase history (§8.4)."""

    payment_id: str
    order_id: str | None
    description: str | None
    price_ore: int | None
    payment_type: str | None
    state: str | None
    created: datetime | None

    @classmethod
    def read(cls, source: Json) -> HistoricPurchase:
        """From one entry of the answer."""
        return cls(
            payment_id=reading.text(source, "payment_id") or "",
            order_id=reading.text(source, "order_id"),
            description=reading.text(source, "description"),
            price_ore=reading.ore(source, "price"),
            payment_type=reading.text(source, "payment_type"),
            state=reading.text(source, "state"),
            created=reading.moment(source, "payment_created"),
        )


@dataclass(frozen=True)
class CancellationReason:
    """Why a customer cancels (§9.4)."""

    id: str
    name: str
    visible_to_end_customer: bool

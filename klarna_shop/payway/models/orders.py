"""What was bought: orders, payments, subscriptions (payway-api.md §8.4, §9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from klarna_shop.payway import reading
from klarna_shop.payway.reading import Json


@dataclass(frozen=True)
class Payment:
    """One charge of an order (§9.1). `payment_type`: `normal` opens an order, `autopay` renews."""

    product_code: str | None
    amount_ore: int | None
    payment_type: str | None
    payment_method: str | None
    state: str | None
    transaction_number: str | None
    error_code: str | None
    created: datetime | None

    @classmethod
    def read(cls, source: Json) -> Payment:
        """From one entry of an order's `payments`. In `payment_result` the amount is in öre already."""
        result = reading.nested(source, "payment_result")
        major = reading.ore(source, "amount")
        return cls(
            product_code=reading.text(source, "product_code"),
            amount_ore=reading.whole(result, "amount") if major is None else major,
            payment_type=reading.text(source, "payment_type"),
            payment_method=reading.text(source, "payment_method") or reading.text(result, "payment_method"),
            state=reading.text(source, "state"),
            transaction_number=reading.text(result, "transaction_number"),
            error_code=reading.text(result, "error_code"),
            created=reading.moment(result, "created"),
        )


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
    payment_option: str | None = None
    purchase_type: str | None = None
    traffic_source: str | None = None
    parent_order_id: str | None = None
    child_order_ids: tuple[str, ...] = ()
    iteration_type: str | None = None
    iteration_length: int | None = None
    payments: tuple[Payment, ...] = ()

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
            payment_option=reading.text(source, "payment_option"),
            purchase_type=reading.text(source, "purchase_type"),
            traffic_source=reading.text(source, "traffic_source"),
            parent_order_id=reading.text(source, "parent_order_id"),
            child_order_ids=tuple(reading.texts(source, "child_order_ids")),
            iteration_type=reading.text(reading.nested(detail, "period_info"), "type"),
            iteration_length=reading.whole(reading.nested(detail, "period_info"), "length"),
            payments=tuple(Payment.read(entry) for entry in reading.entries(source, "payments")),
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
    subscription_number: str | None = None
    grace_period_to: datetime | None = None
    """Until when access goes on although the renewal could not be charged (§9.5, §14)."""

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
            subscription_number=reading.text(source, "subscription_number"),
            grace_period_to=reading.moment(source, "grace_period_to"),
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
    internal: bool = False
    code: str | None = None

    @classmethod
    def read(cls, source: Json) -> CancellationReason:
        """From one entry of the answer."""
        return cls(
            id=reading.required(source, "id"),
            name=reading.text(source, "name") or "",
            visible_to_end_customer=reading.boolean(source, "visible_to_end_customer") is True,
            internal=reading.boolean(source, "internal") is True,
            code=reading.text(source, "code"),
        )

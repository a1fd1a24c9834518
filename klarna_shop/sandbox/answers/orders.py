"""Answers about orders (§9.1)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, RootModel

from klarna_shop.sandbox.answers.answer import ABSENT, Answer, EntityId, Fact, Kronor, Moment, OrderNumber
from klarna_shop.sandbox.answers.me import PAYMENT_TYPES, PaywayAddress
from klarna_shop.sandbox.provenance import Provenance


class PaymentResult(Answer, provenance=Provenance.DOCUMENTED, section="9.1"):
    """What the payment provider said."""

    created: Annotated[Moment, Fact("With milliseconds, unlike other times.")]
    order_status: Annotated[str, Fact("`completed`; what stands here for a failed payment is inferred.")]
    transaction_status: str
    transaction_number: str | None
    payment_method: str
    amount: Annotated[
        str, Field(pattern=r"^[0-9]+$", examples=["9900"]), Fact("In öre, and a text.", section="1.4")
    ]
    error_code: Annotated[str | None, Fact("Which codes there are is not known.")]
    error_description: str | None
    third_party_error: str | None


class OrderPayment(Answer, provenance=Provenance.DOCUMENTED, section="9.1"):
    """A charge for an order, or an attempt at one."""

    order_id: OrderNumber
    product_code: str
    payment_result: PaymentResult
    payment_type: Annotated[Literal["normal", "autopay"], Fact(PAYMENT_TYPES, reading="renewal_payment_type")]
    payment_method: str
    amount: Annotated[Kronor, Fact("In kronor.")]
    description: str
    state: str
    provider: str
    price_specification: str


class PeriodInfo(Answer, provenance=Provenance.DOCUMENTED, section="9.1"):
    """The payment period that was bought."""

    type: Annotated[str, Fact("Its unit, such as `month`.")]
    length: int
    price: Kronor
    price_specification: str


class PartialPaymentInfo(Answer, provenance=Provenance.DOCUMENTED, section="9.1"):
    """Payment in parts; this sandbox has none."""

    id: EntityId | None
    number_of_partial_payments_selected: int


class OrderDetail(Answer, provenance=Provenance.DOCUMENTED, section="9.1"):
    """What was ordered."""

    period_info: PeriodInfo
    partial_payment_info: PartialPaymentInfo
    description: str
    price: Annotated[Kronor, Fact("In kronor, VAT included.")]
    vat_code: Annotated[str, Fact("VAT in percent: a text here, a number on a product.", section="1.4")]
    created: Moment
    product_code: str


class PaymentOption(Answer, provenance=Provenance.DOCUMENTED, section="9.1"):
    """How the order is paid."""

    type: str
    name: str
    masked_card_number: str = ABSENT
    expiration_date: str = ABSENT


class Order(Answer, provenance=Provenance.DOCUMENTED, section="9.1"):
    """A purchase."""

    id: EntityId
    order_id: OrderNumber
    account_id: Annotated[EntityId, Fact("Not in the documentation's example.", Provenance.INFERRED)]
    payment_option: Annotated[str, Fact("`klarna_payments` of an order through Klarna.", section="17")]
    payment_option_details: PaymentOption = ABSENT
    purchase_type: Literal["recurring", "limited", "single"]
    state: Annotated[
        Literal["created", "closed", "failed"],
        Fact("`closed` is paid. A purchase that was dropped may stay `created`."),
    ]
    subscription_start_date: Annotated[str, Fact("A date, a time, or an empty text.")]
    traffic_source: Annotated[str | None, Fact("The channel that place_order named.")]
    merchant_reference: Annotated[str | None, Fact("The reference that place_order named.")]
    child_order_ids: Annotated[list[OrderNumber], Fact("Orders into which this one turned.")]
    parent_order_id: Annotated[OrderNumber | None, Fact("The order that turned into this one.")]
    order_detail: OrderDetail
    payments: list[OrderPayment]
    addresses: PaywayAddress | None


class OrderAnswer(Answer, provenance=Provenance.DOCUMENTED, section="9.1"):
    """One order, for `order_id`."""

    item: Order


class OrdersAnswer(Answer, provenance=Provenance.DOCUMENTED, section="9.1"):
    """An account's orders, oldest first, for `account_id`."""

    items: list[Order]


class OrderOrOrders(RootModel[OrderAnswer | OrdersAnswer]):
    """One order where `order_id` asked, all of an account where `account_id` did."""

    root: Annotated[OrderAnswer | OrdersAnswer, Fact("", Provenance.DOCUMENTED, "9.1")]

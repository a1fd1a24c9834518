"""Orders (§9.1), and the days on which what is ordered may begin (§17)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from klarna_shop.sandbox.accounts import find_account
from klarna_shop.sandbox.answers.orders import OrderOrOrders
from klarna_shop.sandbox.answers.start_dates import StartDatesAnswer
from klarna_shop.sandbox.catalogue import KLARNA_PAYMENTS
from klarna_shop.sandbox.endpoint import Call, Endpoints
from klarna_shop.sandbox.errors import not_found
from klarna_shop.sandbox.formats import CODE, ENTITY_ID, ORDER_NUMBER, price, written_date, written_time
from klarna_shop.sandbox.lifecycle import advance
from klarna_shop.sandbox.parameters import OneOf, Parameter
from klarna_shop.sandbox.refusals import DOCUMENTED, INFERRED, unknown
from klarna_shop.sandbox.scopes import ORDER_READ
from klarna_shop.sandbox.start_dates import possible_start_dates
from klarna_shop.sandbox.subscriptions import payment_type
from klarna_shop.sandbox.tables import Account, Order, Payment, Subscription

endpoints = Endpoints()


@endpoints.get(
    "/v1/order",
    scope=ORDER_READ,
    section="9.1",
    answer=OrderOrOrders,
    provenance=DOCUMENTED,
    parameters=(
        Parameter(
            "order_id",
            format=ORDER_NUMBER,
            maximum=64,
            description="An order's number.",
        ),
        Parameter("account_id", format=ENTITY_ID, description="Whose orders are listed."),
    ),
    exclusive=(OneOf(("order_id", "account_id")),),
    refusals=(unknown("The order or account"),),
)
async def orders(call: Call) -> dict[str, Any]:
    """One order by its number, or all of an account, oldest first."""
    account_id = await call.services.database.read(lambda session: _account_id(session, call.values))
    await advance(call.services, account_id)

    def read(session: Session) -> dict[str, Any]:
        account = find_account(session, account_id=account_id)
        assert account is not None
        query = select(Order).where(Order.account_id == account_id).order_by(Order.created, Order.order_id)
        rows = list(session.scalars(query))
        if call.values["order_id"] is None:
            return {"items": [_described(session, call, account, row, rows) for row in rows]}
        row = next(row for row in rows if row.order_id == call.values["order_id"])
        return {"item": _described(session, call, account, row, rows)}

    return await call.services.database.read(read)


@endpoints.get(
    "/v1/order/get_possible_start_dates",
    scope=ORDER_READ,
    section="17",
    answer=StartDatesAnswer,
    provenance=DOCUMENTED,
    parameters=(
        Parameter(
            "product_code",
            required=True,
            format=CODE,
            maximum=256,
            description="Code of a package or campaign.",
            limits_provenance=INFERRED,
        ),
        Parameter("account_id", format=ENTITY_ID, description="The account that is to have it."),
    ),
    refusals=(unknown("The package or campaign", INFERRED), unknown("The account", INFERRED)),
)
async def start_dates(call: Call) -> dict[str, Any]:
    """Days on which a subscription of a package or campaign may begin."""
    offer = call.services.catalogue.offer(call.values["product_code"])
    if offer is None:
        raise not_found("Package or campaign")
    account_id: str | None = call.values["account_id"]

    def read(session: Session) -> list[date]:
        if account_id is not None and find_account(session, account_id=account_id) is None:
            raise not_found("Account")
        return possible_start_dates(session, call.services, offer, account_id and account_id.lower())

    days = await call.services.database.read(read)
    return {"item": {"subscription_start_dates": [written_date(day) for day in days]}}


def _account_id(session: Session, values: dict[str, Any]) -> str:
    if values["account_id"] is not None:
        account = find_account(session, account_id=values["account_id"])
        if account is None:
            raise not_found("Account")
        return account.id
    query = select(Order.account_id).where(Order.order_id == values["order_id"])
    account_id = session.scalar(query)
    if account_id is None:
        raise not_found("Order")
    return account_id


def _described(
    session: Session, call: Call, account: Account, order: Order, siblings: list[Order]
) -> dict[str, Any]:
    catalogue = call.services.catalogue
    offer = catalogue.offer(order.product_code)
    period = catalogue.period(order.product_code, order.period_id)
    assert offer is not None
    assert period is not None
    payments = session.scalars(
        select(Payment).where(Payment.order_id == order.order_id).order_by(Payment.created)
    )
    begins = session.scalar(select(Subscription.valid_from).where(Subscription.order_id == order.order_id))
    return {
        "id": order.id,
        "order_id": order.order_id,
        "account_id": order.account_id,
        "payment_option": KLARNA_PAYMENTS,
        "payment_option_details": {"type": KLARNA_PAYMENTS, "name": "Klarna"},
        "purchase_type": period.type,
        "state": order.state,
        "subscription_start_date": written_date(order.start_date) or call.services.written_time(begins) or "",
        "traffic_source": order.traffic_source,
        "merchant_reference": order.merchant_reference,
        "child_order_ids": [row.order_id for row in siblings if row.parent_order_id == order.order_id],
        "parent_order_id": order.parent_order_id,
        "order_detail": {
            "period_info": {
                "type": period.unit,
                "length": period.length,
                "price": price(order.price),
                "price_specification": "",
            },
            "partial_payment_info": {"id": None, "number_of_partial_payments_selected": 1},
            "description": order.description,
            "price": price(order.price),
            "vat_code": str(offer.vat),
            "created": call.services.written_time(order.created),
            "product_code": order.product_code,
        },
        "payments": [_payment(call, payment) for payment in payments],
        "addresses": account.address,
    }


def _payment(call: Call, payment: Payment) -> dict[str, Any]:
    paid = payment.state == "closed"
    return {
        "order_id": payment.order_id,
        "product_code": payment.product_code,
        "payment_result": {
            "created": written_time(payment.created, milliseconds=True),
            "order_status": "completed" if paid else "failed",
            "transaction_status": "sale",
            "transaction_number": payment.transaction_number,
            "payment_method": "klarna_payments",
            "amount": str(payment.amount),
            "error_code": None if paid else "payment_method_failed",
            "error_description": None if paid else "Payment method failed",
            "third_party_error": None,
        },
        "payment_type": payment_type(call.services, payment),
        "payment_method": "klarna_payments",
        "amount": price(payment.amount),
        "description": payment.description,
        "state": payment.state,
        "provider": "Tulo",
        "price_specification": "",
    }

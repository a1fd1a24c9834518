"""The current account and what it may use (§8), and its own cancellations (§9.4)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from klarna_shop.sandbox.accounts import find_account
from klarna_shop.sandbox.answers.me import (
    AccountAnswer,
    AccountV1Answer,
    ActiveProductsAnswer,
    PurchaseHistory,
)
from klarna_shop.sandbox.answers.subscriptions import ChangedUserProduct
from klarna_shop.sandbox.api.entitlements import INCLUDE_ARTICLES, allowed
from klarna_shop.sandbox.api.subscriptions import (
    CANCELLATION_REASON,
    CANCELLATION_REFUSALS,
    NO_USER_PRODUCT,
    NOT_CANCELLED,
    NOT_PROVISIONED,
    user_product,
)
from klarna_shop.sandbox.eligibility import age
from klarna_shop.sandbox.endpoint import Call, Endpoints, Facts
from klarna_shop.sandbox.errors import not_found
from klarna_shop.sandbox.formats import ENTITY_ID, price_text, written_date
from klarna_shop.sandbox.parameters import Parameter
from klarna_shop.sandbox.refusals import DOCUMENTED
from klarna_shop.sandbox.scopes import ME_READ, ME_WRITE
from klarna_shop.sandbox.subscriptions import (
    announce_change,
    cancel,
    payment_type,
    reactivate,
    subscriptions_of,
)
from klarna_shop.sandbox.tables import Account, Payment, Subscription
from klarna_shop.sandbox.webhooks import USER_PRODUCT_CANCELLED, USER_PRODUCT_UNCANCELLED

endpoints = Endpoints()

_V1_ADDRESS = (
    "first_name",
    "last_name",
    "street",
    "street_number",
    "staircase",
    "floor",
    "apartment_number",
    "zip_code",
    "city",
    "drop_box",
)
_ME: Facts = {
    "scope": ME_WRITE,
    "identity": True,
    "section": "8.1",
    "answer": AccountAnswer,
    "provenance": DOCUMENTED,
    "slash": True,
}


@endpoints.get("/v1/me", **_ME | {"answer": AccountV1Answer})
async def me_v1(call: Call) -> dict[str, Any]:
    """The account, with the older form of address."""
    account, subscriptions = await _own(call)
    described = _described(call, account, subscriptions)
    described["tulo_customer_number"] = described["customer_number"]
    described["tags"] = []
    address = account.address
    described["address"] = None if address is None else {name: address.get(name) for name in _V1_ADDRESS}
    return {"item": described}


@endpoints.get("/v3/me", **_ME)
async def me_v3(call: Call) -> dict[str, Any]:
    """The account, with whole addresses (§13)."""
    return {"item": _described(call, *await _own(call))}


@endpoints.get(
    "/v1/me/active_products",
    scope=ME_WRITE,
    identity=True,
    section="8.2",
    answer=ActiveProductsAnswer,
    provenance=DOCUMENTED,
    parameters=(INCLUDE_ARTICLES,),
)
async def own_active_products(call: Call) -> dict[str, Any]:
    """Codes of all the account may use."""
    subscriptions = await call.services.database.read(
        lambda session: subscriptions_of(session, call.identity)
    )
    return {"item": allowed(call, call.identity, subscriptions)}


@endpoints.get(
    "/v1/me/get_purchase_history",
    scope=ME_READ,
    identity=True,
    section="8.4",
    answer=PurchaseHistory,
    provenance=DOCUMENTED,
)
async def purchase_history(call: Call) -> dict[str, Any]:
    """All payments, the latest first."""
    query = select(Payment).where(Payment.account_id == call.identity).order_by(Payment.created.desc())
    payments = await call.services.database.read(lambda session: session.scalars(query).all())
    return {"items": [_payment(call, payment) for payment in payments]}


_USER_PRODUCT = Parameter("id", required=True, format=ENTITY_ID, description="The user product's id.")


@endpoints.put(
    "/v1/me/cancel_product",
    scope=ME_WRITE,
    identity=True,
    section="9.4",
    answer=ChangedUserProduct,
    provenance=DOCUMENTED,
    parameters=(_USER_PRODUCT, CANCELLATION_REASON),
    refusals=CANCELLATION_REFUSALS,
)
async def cancel_own(call: Call) -> dict[str, Any]:
    """End one of the account's subscriptions at its next renewal date."""
    values = call.values
    held = await call.services.database.write(
        lambda session: cancel(
            session, call.services, call.identity, values["id"], values["cancellation_reason_id"]
        )
    )
    announce_change(call.services, USER_PRODUCT_CANCELLED, held)
    return {"id": values["id"]}


@endpoints.put(
    "/v1/me/reactivate_product",
    scope=ME_WRITE,
    identity=True,
    section="9.4",
    answer=ChangedUserProduct,
    provenance=DOCUMENTED,
    parameters=(_USER_PRODUCT,),
    refusals=(
        NO_USER_PRODUCT,
        NOT_PROVISIONED,
        NOT_CANCELLED,
    ),
)
async def reactivate_own(call: Call) -> dict[str, Any]:
    """Take back a cancellation."""
    held = await call.services.database.write(
        lambda session: reactivate(session, call.services, call.identity, call.values["id"])
    )
    announce_change(call.services, USER_PRODUCT_UNCANCELLED, held)
    return {"id": call.values["id"]}


async def _own(call: Call) -> tuple[Account, list[Subscription]]:
    def read(session: Session) -> tuple[Account, list[Subscription]]:
        account = find_account(session, account_id=call.identity)
        if account is None:
            raise not_found("Account")
        return account, subscriptions_of(session, account.id)

    return await call.services.database.read(read)


def _described(call: Call, account: Account, subscriptions: list[Subscription]) -> dict[str, Any]:
    number = account.social_security_number
    described: dict[str, Any] = {
        "id": account.id,
        "email": account.email,
        "status": account.status,
        "verified": account.verified,
        "customer_number": str(account.customer_number),
        "first_name": account.first_name,
        "last_name": account.last_name,
        "mobile_phone_number": account.mobile_phone_number,
        "birth_date": written_date(account.birth_date),
        # In its usual form, and whole under the name of the century (§17).
        "social_security_number": None if number is None else f"{number[2:8]}-{number[8:]}",
        "social_security_number_century": number,
        "age": None if account.birth_date is None else age(account.birth_date, call.services.clock.today()),
        "company_name": account.company_name,
        "company_registration_number": account.company_registration_number,
        "alias": None,
        "account_origin": account.account_origin,
        "address": account.address,
        "delivery_address": account.delivery_address,
        "user_products": [user_product(call.services, subscription) for subscription in subscriptions],
    }
    if number is not None:
        described["gender"] = "F" if int(number[-2]) % 2 == 0 else "M"
    return described


def _payment(call: Call, payment: Payment) -> dict[str, Any]:
    return {
        "payment_id": payment.id,
        "transaction_number": payment.transaction_number,
        "order_id": payment.order_id,
        "description": payment.description,
        "price": price_text(payment.amount),
        "payment_method": "klarna_payments",
        "payment_method_details": {"type": "klarna_payments", "name": "Klarna"},
        "payment_type": payment_type(call.services, payment),
        "is_partial_payment": False,
        "is_number_based": False,
        "is_voucher_purchase": False,
        "voucher_code": None,
        "payment_created": call.services.written_time(payment.created),
        "tulo_provisioned": True,
        "receipt_id": None,
        "masked_credit_card": None,
        "state": payment.state,
        "offline_payment": False,
        "payment_ref": None,
        "paid": payment.state == "closed",
        "pending": False,
        "failed": payment.state == "failed",
        "internal": False,
    }

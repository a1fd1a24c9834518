"""Subscriptions, seen and ended by a server (§9.3, §9.4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from klarna_shop.sandbox.answers.subscriptions import (
    CancellationReasons,
    ChangedUserProduct,
    Subscriptions,
    UserProducts,
)
from klarna_shop.sandbox.endpoint import Call, Endpoints
from klarna_shop.sandbox.formats import ENTITY_ID, price
from klarna_shop.sandbox.lifecycle import advance
from klarna_shop.sandbox.parameters import Parameter
from klarna_shop.sandbox.refusals import DOCUMENTED, INFERRED, UNKNOWN, Refusal, unknown
from klarna_shop.sandbox.scopes import (
    ACCOUNT_WRITE,
    CANCELLATION_REASON_READ,
    SUBSCRIPTION_READ,
    SUBSCRIPTION_SYSTEM_WRITE,
    USER_PRODUCT_WRITE,
)
from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.subscriptions import (
    announce_change,
    cancel,
    reactivate,
    subscriptions_of_known,
)
from klarna_shop.sandbox.tables import Subscription
from klarna_shop.sandbox.webhooks import USER_PRODUCT_CANCELLED, USER_PRODUCT_UNCANCELLED

endpoints = Endpoints()
_ACCOUNT = Parameter("account_id", required=True, format=ENTITY_ID, description="The account's id.")
_NO_ACCOUNT = unknown("The account")
_USER_PRODUCT = Parameter(
    "user_product_id", required=True, format=ENTITY_ID, description="The user product's id."
)
CANCELLATION_REASON = Parameter(
    "cancellation_reason_id",
    format=ENTITY_ID,
    description="One of cancellation_reasons; without it the default reason is noted.",
)
NO_USER_PRODUCT = replace(unknown("The user product"), section="9.4")
NOT_PROVISIONED = Refusal(
    409,
    "user_product_not_tulo_provisioned",
    "The subscription is another system's; this sandbox has none of those.",
    DOCUMENTED,
    "9.4",
)
CANCELLATION_REFUSALS = (
    NO_USER_PRODUCT,
    NOT_PROVISIONED,
    *(
        Refusal(409, code, when, UNKNOWN, "9.4", code_reading="conflict_codes")
        for code, when in (
            ("user_product_is_limited", "The subscription ends by itself."),
            ("user_product_not_cancellable", "The package does not let the customer cancel."),
            ("user_product_not_active", "The subscription is not active."),
        )
    ),
)
NOT_CANCELLED = Refusal(
    409,
    "user_product_not_cancelled",
    "The subscription is not cancelled.",
    UNKNOWN,
    "9.4",
    code_reading="conflict_codes",
)
_SHORT = (
    "id",
    "created",
    "updated",
    "product_code",
    "title_code",
    "valid_from",
    "valid_to",
    "provision_service",
    "subscription_type",
    "state",
)


@endpoints.get(
    "/v1/subscription/get_by_account",
    scope=SUBSCRIPTION_READ,
    section="9.3",
    answer=Subscriptions,
    provenance=DOCUMENTED,
    parameters=(_ACCOUNT,),
    refusals=(_NO_ACCOUNT,),
)
async def get_by_account(call: Call) -> dict[str, Any]:
    """An account's subscriptions, ended ones too."""
    found = await _subscriptions(call, call.values["account_id"])
    return {"items": [described(call.services, subscription) for subscription in found]}


@endpoints.get(
    "/v1/userproducts/{account_id}",
    scope=USER_PRODUCT_WRITE,
    section="9.3",
    answer=UserProducts,
    provenance=DOCUMENTED,
    parameters=(_ACCOUNT,),
    refusals=(_NO_ACCOUNT,),
)
async def user_products(call: Call) -> dict[str, Any]:
    """The same, in fewer words."""
    found = await _subscriptions(call, call.values["account_id"])
    items = [user_product(call.services, subscription) for subscription in found]
    return {"items": [{name: item[name] for name in _SHORT} for item in items]}


@endpoints.put(
    "/v1/accounts/cancel_product",
    scope=ACCOUNT_WRITE,
    section="9.4",
    answer=ChangedUserProduct,
    provenance=DOCUMENTED,
    parameters=(
        replace(_ACCOUNT, name="id", description="The account's id, unlike at `/me/cancel_product`."),
        _USER_PRODUCT,
        CANCELLATION_REASON,
    ),
    refusals=CANCELLATION_REFUSALS,
)
async def cancel_for_account(call: Call) -> dict[str, Any]:
    """End a subscription of the account `id`."""
    return await _cancel(call, call.values["id"])


@endpoints.put(
    "/v1/subscription_system/cancel_payway_provisioned_subscription",
    scope=SUBSCRIPTION_SYSTEM_WRITE,
    section="9.4",
    answer=ChangedUserProduct,
    provenance=DOCUMENTED,
    parameters=(
        _ACCOUNT,
        _USER_PRODUCT,
        CANCELLATION_REASON,
        Parameter(
            "credit_invoice_if_sent",
            "boolean",
            default=False,
            description="Whether an invoice that was sent is credited. Here nothing is invoiced.",
        ),
    ),
    refusals=CANCELLATION_REFUSALS,
)
async def cancel_by_system(call: Call) -> dict[str, Any]:
    """The same for a subscription system. Nothing here is invoiced, so there is nothing to credit."""
    return await _cancel(call, call.values["account_id"])


@endpoints.put(
    "/v1/subscription_system/reactivate_payway_provisioned_subscription",
    scope=SUBSCRIPTION_SYSTEM_WRITE,
    section="17",
    answer=ChangedUserProduct,
    provenance=DOCUMENTED,
    access_provenance=INFERRED,
    parameters=(
        replace(_ACCOUNT, provenance=INFERRED),
        replace(_USER_PRODUCT, provenance=INFERRED),
    ),
    refusals=(NO_USER_PRODUCT, NOT_PROVISIONED, NOT_CANCELLED),
)
async def reactivate_by_system(call: Call) -> dict[str, Any]:
    """Take back a cancellation for a subscription system. Its parameters are taken to be cancellation's."""
    values = call.values
    account_id: str = values["account_id"].lower()
    await advance(call.services, account_id)
    held = await call.services.database.write(
        lambda session: reactivate(session, call.services, account_id, values["user_product_id"])
    )
    announce_change(call.services, USER_PRODUCT_UNCANCELLED, held)
    return {"id": values["user_product_id"]}


@endpoints.get(
    "/v1/cancellation_reasons",
    scope=CANCELLATION_REASON_READ,
    section="9.4",
    answer=CancellationReasons,
    provenance=DOCUMENTED,
    parameters=(
        Parameter("id", format=ENTITY_ID, description="Of one reason."),
        Parameter(
            "include_internal",
            "boolean",
            default=False,
            description="Whether the publisher's own reasons are listed, too.",
        ),
        Parameter(
            "visible_to_end_customer",
            "boolean",
            description="Only those that customers may see, or only those that they may not.",
        ),
    ),
)
async def cancellation_reasons(call: Call) -> dict[str, Any]:
    """Reasons to choose from when cancelling."""
    values = call.values
    reasons = [
        reason
        for reason in call.services.catalogue.cancellation_reasons
        if (values["include_internal"] or not reason.internal)
        and values["visible_to_end_customer"] in {None, reason.visible_to_end_customer}
        and values["id"] in {None, reason.id}
    ]
    return {
        "items": [
            {
                "index": reason.index,
                "id": reason.id,
                "name": reason.name,
                "code": reason.code,
                "integration_code": None,
                "visible_to_end_customer": reason.visible_to_end_customer,
                "internal": reason.internal,
            }
            for reason in reasons
        ]
    }


async def _subscriptions(call: Call, account_id: str) -> list[Subscription]:
    account_id = account_id.lower()
    await advance(call.services, account_id)
    return await call.services.database.read(lambda session: subscriptions_of_known(session, account_id))


async def _cancel(call: Call, account_id: str) -> dict[str, Any]:
    values, account_id = call.values, account_id.lower()
    await advance(call.services, account_id)
    held = await call.services.database.write(
        lambda session: cancel(
            session, call.services, account_id, values["user_product_id"], values["cancellation_reason_id"]
        )
    )
    announce_change(call.services, USER_PRODUCT_CANCELLED, held)
    return {"id": values["user_product_id"]}


def user_product(services: Services, subscription: Subscription) -> dict[str, Any]:
    """A subscription as accounts list it (§8.1)."""
    offer = services.catalogue.offer(subscription.product_code)
    period = services.catalogue.period(subscription.product_code, subscription.period_id)
    is_campaign = offer is not None and offer.kind == "campaign"
    is_ending = subscription.state in {"cancelled", "deactivated"} or (
        period is not None and period.type == "limited"
    )
    return {
        "id": subscription.id,
        "order_id": subscription.order_id,
        "created": services.written_time(subscription.created),
        "updated": services.written_time(subscription.updated),
        "product_code": subscription.product_code,
        "title_code": services.catalogue.title.code,
        "valid_from": services.written_time(subscription.valid_from),
        "valid_to": services.written_time(subscription.valid_to),
        "provision_service": "tulo",
        "subscription_type": "recurring" if period is None else period.type,
        "subscription_number": subscription.number,
        "state": subscription.state,
        "has_pending_change_request": False,
        "campaign_end_date": services.written_time(subscription.valid_to) if is_campaign else None,
        "grace_period_to": services.written_time(subscription.grace_period_to),
        "subscription_end_date": services.written_time(subscription.valid_to) if is_ending else None,
        "merchant_reference": subscription.merchant_reference,
    }


def described(services: Services, subscription: Subscription) -> dict[str, Any]:
    """A subscription as a subscription system sees it (§9.3)."""
    return user_product(services, subscription) | {
        "subscription_next_price": _next_price(services, subscription),
        "payment_option": "klarna_payments",
        "payment_option_details": {
            "payment_method_type": "klarna_payments",
            "payment_method_name": "Klarna",
        },
        "external_start_date": None,
    }


def _next_price(services: Services, subscription: Subscription) -> float | None:
    offer = services.catalogue.offer(subscription.product_code)
    period = services.catalogue.period(subscription.product_code, subscription.period_id)
    if subscription.state not in {"pending", "activated"} or offer is None or period is None:
        return None
    if period.type == "limited" or (offer.kind == "campaign" and not offer.transforms):
        return None
    if offer.kind == "campaign" and offer.base_package is not None:
        period = services.catalogue.monthly(offer.base_package)
    return float(price(period.price))

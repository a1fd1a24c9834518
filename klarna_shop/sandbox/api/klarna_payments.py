"""Klarna Payments: periods, sessions, orders (§5)."""

from __future__ import annotations

from typing import Any

from klarna_shop.sandbox.endpoint import Call, Endpoints
from klarna_shop.sandbox.errors import not_found
from klarna_shop.sandbox.formats import CODE, EMAIL, ENTITY_ID, LANGUAGE, UUID, price
from klarna_shop.sandbox.klarna_sessions import create_session
from klarna_shop.sandbox.parameters import Parameter
from klarna_shop.sandbox.placing import place_order
from klarna_shop.sandbox.scopes import KLARNA_READ, KLARNA_WRITE

endpoints = Endpoints()

_CODE = Parameter("code", required=True, format=CODE, maximum=1024)
_SESSION = (
    _CODE,
    Parameter("period_id", format=ENTITY_ID),
    Parameter("confirmation_url", "url", required=True, maximum=2048),
    Parameter("start_date", "date"),
    Parameter("disable_account_info_overwrite", "boolean", default=False),
)
_PERIOD_TYPE = ("limited", "recurring")
_SESSION_V1 = (*_SESSION, Parameter("period_type", required=True, choices=_PERIOD_TYPE))
_SESSION_V2 = (*_SESSION, Parameter("period_type", choices=_PERIOD_TYPE))
_ORDER_V1 = (
    Parameter("klarna_payments_session_id", required=True),
    Parameter("klarna_authorization_token", required=True, format=UUID),
    Parameter("browser_ip", "ip", required=True),
    Parameter("browser_language", required=True, format=LANGUAGE, maximum=35),
    Parameter("browser_user_agent", required=True),
    Parameter("traffic_source", maximum=128),
    Parameter("merchant_reference"),
    Parameter("raise_on_ssn_already_taken_error", "boolean", default=True),
    Parameter("raise_on_ssn_already_set_error", "boolean", default=False),
    Parameter("raise_on_account_update_error", "boolean", default=False),
    Parameter("raise_on_delivery_address_error", "boolean", default=False),
)
_CUSTOMER_INFO = Parameter(
    "customer_info",
    "object",
    required=True,
    members=(
        Parameter("email", required=True, format=EMAIL, maximum=256),
        Parameter("first_name", required=True, maximum=128),
        Parameter("last_name", required=True, maximum=128),
    ),
)
_ORDER_V2 = (_CUSTOMER_INFO, *_ORDER_V1)


@endpoints.get("/v1/klarna_payments/payment_periods", scope=KLARNA_READ, section="5.1", parameters=(_CODE,))
@endpoints.get("/v2/klarna_payments/payment_periods", scope=KLARNA_READ, section="5.1", parameters=(_CODE,))
async def payment_periods(call: Call) -> dict[str, Any]:
    """Klarna periods of a package or campaign, disabled ones too."""
    offer = call.services.catalogue.offer(call.values["code"])
    if offer is None:
        raise not_found("Package or campaign")
    return {
        "items": [
            {
                "id": period.id,
                "payment_method": period.payment_method,
                "type": period.type,
                "enabled": period.enabled,
                "iteration_type": period.unit,
                "iteration_length": period.length,
                "price": price(period.price),
            }
            for period in offer.klarna_periods()
        ]
    }


@endpoints.post(
    "/v1/klarna_payments/create_session",
    scope=KLARNA_WRITE,
    identity=True,
    section="5.2",
    parameters=_SESSION_V1,
)
@endpoints.post(
    "/v1/klarna_payments/create_session_without_account",
    scope=KLARNA_WRITE,
    section="5.2",
    parameters=_SESSION_V1,
)
@endpoints.post(
    "/v2/klarna_payments/create_session", scope=KLARNA_WRITE, section="5.2", parameters=_SESSION_V2
)
async def session(call: Call) -> dict[str, Any]:
    """Make a Klarna session."""
    return _wrapped(call, await create_session(call.services, call.values, account_id=call.account_id))


@endpoints.post(
    "/v1/klarna_payments/place_order", scope=KLARNA_WRITE, identity=True, section="5.3", parameters=_ORDER_V1
)
@endpoints.post("/v2/klarna_payments/place_order", scope=KLARNA_WRITE, section="5.3", parameters=_ORDER_V2)
@endpoints.post(
    "/v1/klarna_payments/place_order_without_account",
    scope=KLARNA_WRITE,
    section="5.3",
    parameters=_ORDER_V2,
)
async def order(call: Call) -> dict[str, Any]:
    """Place a regular order."""
    answer = await place_order(call.services, call.values, account_id=call.account_id, trial=False)
    return _wrapped(call, answer)


@endpoints.post(
    "/v1/klarna_payments/place_trial_order",
    scope=KLARNA_WRITE,
    identity=True,
    section="5.3",
    parameters=_ORDER_V1,
)
@endpoints.post(
    "/v2/klarna_payments/place_trial_order", scope=KLARNA_WRITE, section="5.3", parameters=_ORDER_V2
)
@endpoints.post(
    "/v1/klarna_payments/place_trial_order_without_account",
    scope=KLARNA_WRITE,
    section="5.3",
    parameters=_ORDER_V2,
)
async def trial_order(call: Call) -> dict[str, Any]:
    """Place an order on a free campaign that becomes a paid package."""
    answer = await place_order(call.services, call.values, account_id=call.account_id, trial=True)
    return _wrapped(call, answer)


def _wrapped(call: Call, answer: dict[str, Any]) -> dict[str, Any]:
    return {"item": answer} if call.services.readings.wrap_klarna_answers else answer

"""Klarna Payments: periods, sessions, orders (§5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from klarna_shop.sandbox.answers.klarna_payments import PaymentPeriods, PlacedOrderAnswer, SessionAnswer
from klarna_shop.sandbox.endpoint import Call, Endpoints, Facts
from klarna_shop.sandbox.errors import not_found
from klarna_shop.sandbox.formats import CODE, EMAIL, ENTITY_ID, LANGUAGE, price
from klarna_shop.sandbox.klarna_customers import SYNCHRONISATION_ERRORS
from klarna_shop.sandbox.klarna_sessions import create_session
from klarna_shop.sandbox.parameters import Parameter
from klarna_shop.sandbox.placing import place_order
from klarna_shop.sandbox.refusals import DOCUMENTED, INFERRED, UNKNOWN, Refusal, unknown
from klarna_shop.sandbox.scopes import KLARNA_READ, KLARNA_WRITE

endpoints = Endpoints()

_CODE = Parameter(
    "code", required=True, format=CODE, maximum=1024, description="Code of a package or campaign."
)
_SESSION = (
    _CODE,
    Parameter(
        "period_id",
        format=ENTITY_ID,
        description="From payment_periods. Required for trials, and wherever `period_type` is left out.",
    ),
    Parameter(
        "confirmation_url",
        "url",
        required=True,
        maximum=2048,
        description="Where Klarna sends the browser in the end; absolute.",
        limits_provenance=INFERRED,
    ),
    Parameter("start_date", "date", description="First day of the subscription: today or later."),
    Parameter(
        "disable_account_info_overwrite",
        "boolean",
        default=False,
        description="Whether data that the account already has wins over Klarna's.",
    ),
)
_PERIOD_TYPE = Parameter(
    "period_type", choices=("limited", "recurring"), description="Always `recurring` for campaigns."
)
_SESSION_V1 = (*_SESSION, replace(_PERIOD_TYPE, required=True))
_SESSION_V2 = (*_SESSION, replace(_PERIOD_TYPE, description="Required unless `period_id` is given."))
_ORDER_V1 = (
    Parameter("klarna_payments_session_id", required=True, description="From create_session."),
    Parameter(
        "klarna_authorization_token",
        required=True,
        description="What Klarna's widget gave when the customer approved: opaque, and good for 60 minutes.",
    ),
    Parameter(
        "browser_ip",
        "ip",
        required=True,
        description="The buyer's address. That IPv6 is taken, too, is inferred.",
        required_provenance=INFERRED,
        limits_provenance=INFERRED,
    ),
    Parameter(
        "browser_language",
        required=True,
        format=LANGUAGE,
        maximum=35,
        description="Such as `sv-SE`.",
        required_provenance=INFERRED,
        limits_provenance=INFERRED,
    ),
    Parameter(
        "browser_user_agent",
        required=True,
        description="The buyer's browser, in its own words.",
        required_provenance=INFERRED,
    ),
    Parameter(
        "traffic_source",
        maximum=128,
        description="Marketing channel, kept on the order.",
        limits_provenance=INFERRED,
    ),
    Parameter(
        "merchant_reference",
        description="The shop's own reference, kept on order and subscription.",
    ),
    Parameter(
        "raise_on_ssn_already_taken_error",
        "boolean",
        default=True,
        description="Fail if the personal number belongs to another account.",
    ),
    Parameter(
        "raise_on_ssn_already_set_error",
        "boolean",
        default=False,
        description="Fail if the account has a personal number and an update is attempted.",
    ),
    Parameter(
        "raise_on_account_update_error",
        "boolean",
        default=False,
        description="Fail if name, birth date or address cannot be updated.",
    ),
    Parameter(
        "raise_on_delivery_address_error",
        "boolean",
        default=False,
        description="Fail if the delivery address is not valid.",
    ),
)
_CUSTOMER_INFO = Parameter(
    "customer_info",
    "object",
    required=True,
    members=(
        Parameter(
            "email",
            required=True,
            format=EMAIL,
            maximum=256,
            description="An account with this e-mail is used; where there is none, one is made.",
            required_provenance=INFERRED,
            limits_provenance=INFERRED,
        ),
        Parameter(
            "first_name",
            required=True,
            maximum=128,
            required_provenance=INFERRED,
            limits_provenance=INFERRED,
        ),
        Parameter(
            "last_name",
            required=True,
            maximum=128,
            required_provenance=INFERRED,
            limits_provenance=INFERRED,
        ),
    ),
    description="Who buys. Whether Payway takes more members is not known; the sandbox refuses them.",
    required_provenance=INFERRED,
)
_ORDER_V2 = (_CUSTOMER_INFO, *_ORDER_V1)
_NO_OFFER = unknown("The package or campaign", INFERRED)
_INELIGIBLE = (
    "package_already_active",
    "base_package_already_active",
    "campaign_already_purchased",
    "campaign_purchase_rules_does_not_permit_purchase",
)


def _ineligible(reading: str, section: str) -> tuple[Refusal, ...]:
    """Refusals of a buyer whom the rules exclude (§7), where a reading says that there are any."""
    when = "The account may not buy this."
    status = "ineligible_session_status"
    return tuple(
        Refusal(400, reason, when, UNKNOWN, section, reading, status_reading=status) for reason in _INELIGIBLE
    )


_SESSION_REFUSALS = (
    replace(_NO_OFFER, section="5.2", reading="unknown_code_status"),
    Refusal(404, "not_found", "The period is not the code's.", UNKNOWN, "5.2", "unusable_period_status"),
    Refusal(
        400,
        "invalid_parameter",
        "The start date is not one of the possible ones.",
        INFERRED,
        "17",
        "other_start_dates",
    ),
    *_ineligible("refuse_ineligible_sessions", "15.1"),
)
_SYNCHRONISATION_REFUSALS = tuple(
    Refusal(
        400,
        code,
        f"{text}, and the flag for it says to fail.",
        INFERRED,
        "5.5",
        status_reading="synchronisation_status",
        code_reading="synchronisation_codes",
    )
    for code, text in SYNCHRONISATION_ERRORS.items()
)
_ORDER_REFUSALS = (
    Refusal(
        403,
        "payment_method_failed",
        "Klarna refused the purchase, and the subscription is terminated. Status and meaning are documented, "
        "the code is not. Go on with a new session.",
        INFERRED,
        "5.5",
        code_reading="refusal_code",
    ),
    *_SYNCHRONISATION_REFUSALS,
    *_ineligible("order_eligibility", "17"),
    Refusal(404, "not_found", "The session cannot be used.", UNKNOWN, "5.3", "void_session_answer"),
    Refusal(
        404, "not_found", "The authorization cannot be used.", UNKNOWN, "5.3", "used_authorization_answer"
    ),
    Refusal(
        409,
        "klarna_payments_session_void",
        "The session cannot be used.",
        UNKNOWN,
        "5.3",
        "void_session_answer",
    ),
    Refusal(
        409,
        "klarna_authorization_token_void",
        "The authorization cannot be used.",
        UNKNOWN,
        "5.3",
        "used_authorization_answer",
    ),
)
_KNOWN_EMAIL = Refusal(
    409,
    "account_already_exists",
    "The e-mail belongs to an account.",
    UNKNOWN,
    "5.3",
    "known_email_without_identity",
)
_PERIODS: Facts = {
    "scope": KLARNA_READ,
    "section": "5.1",
    "answer": PaymentPeriods,
    "provenance": DOCUMENTED,
    "parameters": (_CODE,),
    "refusals": (_NO_OFFER,),
}
_NEW_SESSION: Facts = {
    "scope": KLARNA_WRITE,
    "section": "5.2",
    "answer": SessionAnswer,
    "provenance": DOCUMENTED,
    "refusals": _SESSION_REFUSALS,
}
_NEW_ORDER: Facts = {
    "scope": KLARNA_WRITE,
    "section": "5.3",
    "answer": PlacedOrderAnswer,
    "provenance": DOCUMENTED,
    "refusals": _ORDER_REFUSALS,
}
_NEW_ORDER_V2 = _NEW_ORDER | {"refusals": (*_ORDER_REFUSALS, _KNOWN_EMAIL), "parameters": _ORDER_V2}
_EARLY_ORDER = _NEW_ORDER_V2 | {"provenance": UNKNOWN, "access_provenance": INFERRED}
"""Of the forms without an account in v1, whose existence follows only from create_session's."""


@endpoints.get("/v1/klarna_payments/payment_periods", **_PERIODS)
@endpoints.get("/v2/klarna_payments/payment_periods", **_PERIODS)
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


@endpoints.post("/v1/klarna_payments/create_session", **_NEW_SESSION, identity=True, parameters=_SESSION_V1)
@endpoints.post("/v1/klarna_payments/create_session_without_account", **_NEW_SESSION, parameters=_SESSION_V1)
@endpoints.post("/v2/klarna_payments/create_session", **_NEW_SESSION, parameters=_SESSION_V2)
async def session(call: Call) -> dict[str, Any]:
    """Make a Klarna session."""
    return _wrapped(call, await create_session(call.services, call.values, account_id=call.account_id))


@endpoints.post("/v1/klarna_payments/place_order", **_NEW_ORDER, identity=True, parameters=_ORDER_V1)
@endpoints.post("/v2/klarna_payments/place_order", **_NEW_ORDER_V2)
@endpoints.post("/v1/klarna_payments/place_order_without_account", **_EARLY_ORDER)
async def order(call: Call) -> dict[str, Any]:
    """Place a regular order."""
    answer = await place_order(call.services, call.values, account_id=call.account_id, trial=False)
    return _wrapped(call, answer)


@endpoints.post(
    "/v1/klarna_payments/place_trial_order",
    **_NEW_ORDER,
    access_provenance=INFERRED,
    identity=True,
    parameters=_ORDER_V1,
)
@endpoints.post("/v2/klarna_payments/place_trial_order", **_NEW_ORDER_V2)
@endpoints.post("/v1/klarna_payments/place_trial_order_without_account", **_EARLY_ORDER)
async def trial_order(call: Call) -> dict[str, Any]:
    """Place an order on a free campaign that becomes a paid package."""
    answer = await place_order(call.services, call.values, account_id=call.account_id, trial=True)
    return _wrapped(call, answer)


def _wrapped(call: Call, answer: dict[str, Any]) -> dict[str, Any]:
    return {"item": answer} if call.services.readings.wrap_klarna_answers else answer

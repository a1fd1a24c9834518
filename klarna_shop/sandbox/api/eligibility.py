"""Whether somebody may buy something (§7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from klarna_shop.sandbox.accounts import find_account
from klarna_shop.sandbox.answers.eligibility import (
    CampaignVerdictAnswer,
    OrderVerdictAnswer,
    OwnVerdictAnswer,
    VerdictAnswer,
)
from klarna_shop.sandbox.catalogue import Offer
from klarna_shop.sandbox.eligibility import (
    ALLOWED,
    age,
    campaign_reason,
    purchase_reason,
)
from klarna_shop.sandbox.endpoint import Call, Endpoints
from klarna_shop.sandbox.errors import invalid_parameter, not_found
from klarna_shop.sandbox.formats import CODE, EMAIL, ENTITY_ID, SOCIAL_SECURITY_NUMBER
from klarna_shop.sandbox.lifecycle import advance
from klarna_shop.sandbox.parameters import OneOf, Parameter
from klarna_shop.sandbox.refusals import DOCUMENTED, INFERRED, unknown
from klarna_shop.sandbox.scopes import ACCOUNT_READ, ME_ORDER_WRITE, ME_READ, ORDER_VALIDATION_READ

endpoints = Endpoints()
YOUNGEST_BUYER = 18
_OFFER_CODE = Parameter(
    "product_code", required=True, format=CODE, maximum=256, description="Code of a package or campaign."
)
_NO_OFFER = unknown("The package or campaign", INFERRED)


@endpoints.get(
    "/v1/me/order/pre_validate_purchase",
    scope=ME_ORDER_WRITE,
    identity=True,
    section="7",
    answer=OwnVerdictAnswer,
    provenance=DOCUMENTED,
    parameters=(
        replace(_OFFER_CODE, maximum=1024),
        Parameter(
            "subscription_extension",
            "boolean",
            default=False,
            description="Whether an active subscription of the same package may be bought on.",
        ),
    ),
    refusals=(_NO_OFFER,),
)
async def pre_validate_own_purchase(call: Call) -> dict[str, Any]:
    """Whether the current account may buy a package or campaign."""
    offer = _offer(call, call.values["product_code"])
    extension = call.values["subscription_extension"]
    reason = await call.services.database.read(
        lambda session: purchase_reason(session, call.services, call.identity, offer, extension=extension)
    )
    return {"item": {"can_purchase": reason == ALLOWED, "reason": reason}}


@endpoints.get(
    "/v4/accounts/pre_validate_purchase",
    scope=ACCOUNT_READ,
    section="7",
    answer=VerdictAnswer,
    provenance=DOCUMENTED,
    parameters=(
        _OFFER_CODE,
        Parameter(
            "contact_email",
            required=True,
            format=EMAIL,
            maximum=256,
            description="The account's e-mail. One that nobody has may buy.",
        ),
    ),
    refusals=(_NO_OFFER,),
)
async def pre_validate_purchase(call: Call) -> dict[str, Any]:
    """Whether the account with an e-mail may buy; an unknown e-mail may."""
    offer = _offer(call, call.values["product_code"])
    reason = ALLOWED
    account = await call.services.database.read(
        lambda session: find_account(session, email=call.values["contact_email"])
    )
    if call.services.forced is not None:
        reason = call.services.forced
    elif account is not None:
        account_id = account.id
        await advance(call.services, account_id)
        reason = await call.services.database.read(
            lambda session: purchase_reason(session, call.services, account_id, offer)
        )
    return {
        "item": {
            "can_purchase": reason == ALLOWED,
            "reason": reason,
            "can_purchase_with_active_subscription": False,
        }
    }


@endpoints.get(
    "/v1/me/eligible_for_campaign",
    scope=ME_READ,
    identity=True,
    section="7",
    answer=CampaignVerdictAnswer,
    provenance=DOCUMENTED,
    parameters=(Parameter("campaign_code", required=True, format=CODE, maximum=50),),
    refusals=(unknown("The campaign", INFERRED),),
)
async def eligible_for_campaign(call: Call) -> dict[str, Any]:
    """Whether the campaign's own rules let the current account in."""
    offer = _offer(call, call.values["campaign_code"])
    if offer.kind != "campaign":
        raise not_found("Campaign")
    reason = await call.services.database.read(
        lambda session: campaign_reason(session, call.services, call.identity, offer)
    )
    return {"item": {"eligible": reason == ALLOWED}}


@endpoints.get(
    "/v2/order_validation",
    scope=ORDER_VALIDATION_READ,
    section="7",
    answer=OrderVerdictAnswer,
    provenance=DOCUMENTED,
    parameters=(
        replace(_OFFER_CODE, required=False, limits_provenance=INFERRED),
        replace(
            _OFFER_CODE,
            name="package_code",
            required=False,
            description="The older name of `product_code` (§15.2).",
            limits_provenance=INFERRED,
        ),
        Parameter("account_id", format=ENTITY_ID, description="Whose birth date counts."),
        Parameter("date_of_birth", "date"),
        Parameter(
            "ssn",
            format=SOCIAL_SECURITY_NUMBER,
            description="A personal number, with its century or with a hyphen.",
            limits_provenance=INFERRED,
        ),
    ),
    exclusive=(OneOf(("product_code", "package_code")), OneOf(("account_id", "date_of_birth", "ssn"))),
    refusals=(_NO_OFFER, unknown("The account")),
)
async def order_validation(call: Call) -> dict[str, Any]:
    """The organisation's order rule: only adults buy. A known account is an adult until its birth date is."""
    values = call.values
    _offer(call, values["product_code"] or values["package_code"])
    born = values["date_of_birth"]
    if values["account_id"] is not None:
        account = await call.services.database.read(
            lambda session: find_account(session, account_id=values["account_id"])
        )
        if account is None:
            raise not_found("Account")
        born = account.birth_date
    elif values["ssn"] is not None:
        born = _birth_date(values["ssn"], call)
    too_young = born is not None and age(born, call.services.clock.today()) < YOUNGEST_BUYER
    return {
        "item": {
            "purchase_allowed": not too_young,
            "reason": "too_young" if too_young else None,
            "message": "Köparen måste ha fyllt 18 år" if too_young else None,
            "fallback_package_code": None,
        }
    }


def _birth_date(personal_number: str, call: Call) -> date:
    digits = personal_number.replace("-", "")
    today = call.services.clock.today()
    if len(digits) == 10:  # without a century: the latest one that is not in the future
        century = today.year // 100 - (int(digits[:2]) > today.year % 100)
        digits = f"{century}{digits}"
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        raise invalid_parameter("ssn", "Parameter must begin with a date") from None


def _offer(call: Call, code: str) -> Offer:
    offer = call.services.catalogue.offer(code)
    if offer is None:
        raise not_found("Package or campaign")
    return offer

"""The best campaign that an account may still buy (§7)."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from klarna_shop.sandbox.accounts import find_account
from klarna_shop.sandbox.answers.eligibility import PurchasableCodeAnswer
from klarna_shop.sandbox.catalogue import Offer
from klarna_shop.sandbox.eligibility import ALLOWED, campaign_reason, purchase_reason
from klarna_shop.sandbox.endpoint import Call, Endpoints
from klarna_shop.sandbox.errors import not_found
from klarna_shop.sandbox.formats import CODE, ENTITY_ID
from klarna_shop.sandbox.lifecycle import advance
from klarna_shop.sandbox.parameters import OneOf, Parameter
from klarna_shop.sandbox.refusals import DOCUMENTED, INFERRED, unknown
from klarna_shop.sandbox.scopes import ORDER_READ

endpoints = Endpoints()


@endpoints.get(
    "/v1/ranked_campaign_group/get_purchasable_product_code",
    scope=ORDER_READ,
    section="7",
    answer=PurchasableCodeAnswer,
    provenance=DOCUMENTED,
    parameters=(
        Parameter("account_id", required=True, format=ENTITY_ID, description="Who wants to buy."),
        Parameter(
            "package_code",
            format=CODE,
            maximum=256,
            description="The package on which the campaigns are built.",
            limits_provenance=INFERRED,
        ),
        Parameter(
            "campaign_code",
            format=CODE,
            maximum=256,
            description="One campaign of the group.",
            limits_provenance=INFERRED,
        ),
        Parameter(
            "ignore_active_subscriptions",
            "boolean",
            default=False,
            description="Whether a campaign may be bought beside an active subscription.",
        ),
    ),
    exclusive=(OneOf(("package_code", "campaign_code")),),
    refusals=(unknown("The account"), unknown("The package or campaign", INFERRED)),
)
async def purchasable_product_code(call: Call) -> dict[str, Any]:
    """Code of the first campaign of a group, by rank, that the account may buy; null for none.

    What makes a group is inferred: here the campaigns on one package.
    """
    account_id = call.values["account_id"].lower()
    await advance(call.services, account_id)

    def first_allowed(session: Session) -> str | None:
        if find_account(session, account_id=account_id) is None:
            raise not_found("Account")
        reason_of = campaign_reason if call.values["ignore_active_subscriptions"] else purchase_reason
        for campaign in _group(call):
            if reason_of(session, call.services, account_id, campaign) == ALLOWED:
                return campaign.code
        return None

    return {"item": await call.services.database.read(first_allowed)}


def _group(call: Call) -> list[Offer]:
    catalogue, now = call.services.catalogue, call.services.clock.now()
    kind = "package" if call.values["package_code"] else "campaign"
    offer = catalogue.offer(call.values[f"{kind}_code"])
    if offer is None or offer.kind != kind:
        raise not_found(kind.capitalize())
    package = offer.code if kind == "package" else offer.base_package
    sold = [
        one
        for one in catalogue.offers
        if one.kind == "campaign"
        and one.base_package == package
        and not one.is_expired(now)
        and (one.valid_from is None or one.valid_from <= now)
    ]
    return sorted(sold, key=lambda one: (one.rank, one.code))

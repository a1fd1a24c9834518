"""Payway's answer to the question if a buyer may buy an offer (payway-api.md §7), as a reader's reason."""

from __future__ import annotations

from dataclasses import dataclass

from klarna_shop.payway import Identity, PaywayClient, Refused
from klarna_shop.shop.offers import OfferKind
from klarna_shop.shop.purchase.reasons import ALREADY_ACTIVE, Reason, from_eligibility


@dataclass(frozen=True)
class Eligibility:
    """Asks for a signed-in customer by identity, for a new one by e-mail address.

    The answer for an address says something of the person who has it. It is asked for only after Klarna's
    approval (docs/security.md).
    """

    payway: PaywayClient

    async def of_customer(
        self, identity: Identity, code: str, kind: OfferKind, *, own_rules: bool = True
    ) -> Reason | None:
        """Return the reason against it; None where the customer may buy.

        `own_rules` asks for the rules of a campaign as well.

        Raises:
            PaywayError: there is no usable answer.
        """
        answer = await self.payway.me.pre_validate_purchase(identity, code)
        if not answer.can_purchase:
            return from_eligibility(answer.reason)
        if own_rules and kind is not OfferKind.PACKAGE:
            allowed = await self.payway.me.eligible_for_campaign(identity, code)
            return None if allowed else Reason.NOT_ELIGIBLE
        return None

    async def of_address(self, email: str, code: str) -> Reason | None:
        """Return the reason against it; None where the owner of the address may buy, or has no account.

        Raises:
            PaywayError: there is no usable answer.
        """
        answer = await self.payway.accounts.pre_validate_purchase(code, email)
        return None if answer.can_purchase else from_eligibility(answer.reason)


def refusal_of(error: Refused) -> tuple[Reason, tuple[str, ...]]:
    """The reader's reason, and the fields to correct, for a question or a session that Payway refused."""
    if error.field == "start_date":
        return Reason.INVALID_FIELDS, ("start_date",)
    if error.field == "contact_email":
        return Reason.INVALID_FIELDS, ("email",)
    if error.code in ALREADY_ACTIVE:
        return Reason.ALREADY_SUBSCRIBED, ()
    if error.field in {"code", "product_code", "period_id", "period_type"} or error.status == 404:
        return Reason.NOT_ELIGIBLE, ()
    return Reason.PAYWAY_UNAVAILABLE, ()

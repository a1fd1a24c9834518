"""Answers to whether somebody may buy something (§7)."""

from __future__ import annotations

from typing import Annotated

from klarna_shop.sandbox.answers.answer import Answer, Fact
from klarna_shop.sandbox.provenance import Provenance

_REASONS = (
    "`purchase_allowed`, `package_already_active`, `base_package_already_active`, "
    "`campaign_already_purchased` or `campaign_purchase_rules_does_not_permit_purchase`."
)


class OwnVerdict(Answer, provenance=Provenance.DOCUMENTED, section="7"):
    """Whether the current account may buy."""

    can_purchase: Annotated[
        bool,
        Fact("What place_order does may differ (§17).", reading="pre_validation"),
    ]
    reason: Annotated[str, Fact(_REASONS)]


class OwnVerdictAnswer(Answer, provenance=Provenance.DOCUMENTED, section="7"):
    """Whether the current account may buy."""

    item: OwnVerdict


class Verdict(Answer, provenance=Provenance.DOCUMENTED, section="7"):
    """Whether an account may buy."""

    can_purchase: bool
    reason: Annotated[str, Fact(_REASONS)]
    can_purchase_with_active_subscription: bool


class VerdictAnswer(Answer, provenance=Provenance.DOCUMENTED, section="7"):
    """Whether the account with an e-mail may buy; an unknown e-mail may."""

    item: Verdict


class CampaignVerdict(Answer, provenance=Provenance.DOCUMENTED, section="7"):
    """What the campaign's own rules say, and nothing else does."""

    eligible: bool


class CampaignVerdictAnswer(Answer, provenance=Provenance.DOCUMENTED, section="7"):
    """Whether the campaign lets the current account in."""

    item: CampaignVerdict


class OrderVerdict(Answer, provenance=Provenance.DOCUMENTED, section="7"):
    """What the organisation's order rules say."""

    purchase_allowed: bool
    reason: Annotated[str | None, Fact("Such as `too_young`; null where the purchase is allowed.")]
    message: Annotated[str | None, Fact("For the customer, in the organisation's language.")]
    fallback_package_code: Annotated[str | None, Fact("A package that may be bought in its place.")]


class OrderVerdictAnswer(Answer, provenance=Provenance.DOCUMENTED, section="7"):
    """Whether the order rules allow the purchase."""

    item: OrderVerdict


class PurchasableCodeAnswer(Answer, provenance=Provenance.DOCUMENTED, section="7"):
    """The code itself stands in `item`, and not an object (§1.3)."""

    item: Annotated[str | None, Fact("Code of a campaign; null where there is none to buy.")]

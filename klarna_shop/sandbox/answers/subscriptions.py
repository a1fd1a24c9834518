"""Answers about subscriptions and their ends (§9.3, §9.4)."""

from __future__ import annotations

from typing import Annotated, Literal

from klarna_shop.sandbox.answers.answer import Answer, EntityId, Fact, Kronor, Moment, OrderNumber
from klarna_shop.sandbox.provenance import Provenance

SubscriptionState = Literal["pending", "activated", "cancelled", "deactivated", "frozen"]
STATES = (
    "`pending` begins later and opens nothing, `activated`, `cancelled` opens until its period ends, "
    "`deactivated` has ended, `frozen` is an older way of handling failures."
)
_START = "When it began or will begin."
_END = "End of the time that is paid for."


class ShortSubscription(Answer, provenance=Provenance.DOCUMENTED, section="9.3"):
    """A user product: what an account has bought, from when to when."""

    id: Annotated[EntityId, Fact("The user product's id, which cancelling takes.")]
    created: Moment
    updated: Moment
    product_code: Annotated[str, Fact("The package or campaign that was bought.")]
    title_code: str
    valid_from: Annotated[Moment, Fact(_START)]
    valid_to: Annotated[Moment | None, Fact(_END)]
    provision_service: Annotated[str, Fact("`tulo` where Payway itself keeps the subscription's life.")]
    subscription_type: Annotated[Literal["recurring", "limited", "single"], Fact("`limited` ends by itself.")]
    state: Annotated[SubscriptionState, Fact(STATES)]


class UserProduct(ShortSubscription, provenance=Provenance.DOCUMENTED, section="8.1"):
    """A user product, as an account lists it."""

    order_id: OrderNumber
    subscription_number: Annotated[str, Fact("Three letters and at least five digits.")]
    has_pending_change_request: bool
    campaign_end_date: Moment | None
    subscription_end_date: Moment | None
    grace_period_to: Annotated[
        Moment | None,
        Fact(
            "Until when access goes on while a failed renewal is tried again; named in events only.",
            Provenance.INFERRED,
            "14",
        ),
    ]
    merchant_reference: Annotated[
        str | None,
        Fact("The shop's own reference; named for subscriptions in events only.", Provenance.INFERRED, "14"),
    ]


class PaymentOptionDetails(Answer, provenance=Provenance.DOCUMENTED, section="9.3"):
    """How the subscription is paid."""

    payment_method_type: str
    payment_method_name: str


class Subscription(UserProduct, provenance=Provenance.DOCUMENTED, section="9.3"):
    """A user product, as a subscription system sees it."""

    subscription_next_price: Annotated[
        Kronor | None, Fact("In kronor; null where nothing more will be charged.")
    ]
    payment_option: Annotated[str, Fact("That Klarna Payments stands here by this name is inferred.")]
    payment_option_details: PaymentOptionDetails
    external_start_date: Moment | None


class UserProducts(Answer, provenance=Provenance.DOCUMENTED, section="9.3"):
    """An account's user products, ended ones too, oldest first."""

    items: list[ShortSubscription]


class Subscriptions(Answer, provenance=Provenance.DOCUMENTED, section="9.3"):
    """An account's subscriptions, ended ones too, oldest first."""

    items: list[Subscription]


class ChangedUserProduct(Answer, provenance=Provenance.DOCUMENTED, section="9.4"):
    """The user product that was cancelled or reactivated: bare, without `item`."""

    id: EntityId


class CancellationReason(Answer, provenance=Provenance.DOCUMENTED, section="9.4"):
    """A reason to choose from when cancelling."""

    index: int
    id: EntityId
    name: str
    code: str
    integration_code: str | None
    visible_to_end_customer: bool
    internal: bool


class CancellationReasons(Answer, provenance=Provenance.DOCUMENTED, section="9.4"):
    """Reasons to choose from when cancelling."""

    items: list[CancellationReason]

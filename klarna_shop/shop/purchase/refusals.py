"""Payway's refusals of an order: what each makes of the purchase, and what only the operator can mend."""

from __future__ import annotations

import logging

from klarna_shop.payway import (
    AccountUpdateFailed,
    AuthorizationVoid,
    DeliveryAddressFailed,
    InvalidParameter,
    PaymentMethodFailed,
    PaywayError,
    SessionVoid,
    SsnAlreadySet,
    SsnAlreadyTaken,
)
from klarna_shop.payway.tokens import IDENTITY_SCOPES
from klarna_shop.shop.purchase.reasons import ALREADY_ACTIVE, NOT_PERMITTED, Reason
from klarna_shop.shop.purchase.states import PurchaseState
from klarna_shop.shop.purchase.tables import Purchase

log = logging.getLogger(__name__)

ORDER_SCOPE = "/external/klarna_payments/w"
"""Scope of place_order (payway-api.md §5)."""
ELIGIBILITY_SCOPE = "/external/account/r"
"""Scope of the question if the owner of an address may buy (payway-api.md §7)."""
REFUSED_API_USER = frozenset({400, 401, 403})
"""Statuses by which Payway's token endpoint refuses the shop itself (payway-api.md §2.3)."""

_DEFINITE: dict[type[PaywayError], tuple[PurchaseState, Reason]] = {
    PaymentMethodFailed: (PurchaseState.REFUSED, Reason.PAYMENT_METHOD_FAILED),
    SsnAlreadyTaken: (PurchaseState.FAILED, Reason.SSN_ALREADY_TAKEN),
    SsnAlreadySet: (PurchaseState.FAILED, Reason.SSN_ALREADY_SET),
    AccountUpdateFailed: (PurchaseState.FAILED, Reason.ACCOUNT_UPDATE_ERROR),
    DeliveryAddressFailed: (PurchaseState.FAILED, Reason.DELIVERY_ADDRESS_ERROR),
    SessionVoid: (PurchaseState.FAILED, Reason.SESSION_EXPIRED),
    AuthorizationVoid: (PurchaseState.FAILED, Reason.AUTHORIZATION_EXPIRED),
}
"""Refusals of place_order that say exactly what happened, and what the purchase becomes."""

DEFINITE_ON_REPEAT = (
    PaymentMethodFailed,
    SsnAlreadyTaken,
    SsnAlreadySet,
    AccountUpdateFailed,
    DeliveryAddressFailed,
)
"""Refusals that Payway gives while it works on the order, so that an earlier call cannot have succeeded.
Any other answer to a repetition may be about what the lost call has already done."""


def definite_refusal(error: PaywayError) -> tuple[PurchaseState, Reason]:
    """Return what a refusal of place_order makes of the purchase, and what the reader is told."""
    for kind, result in _DEFINITE.items():
        if isinstance(error, kind):
            return result
    if error.code in ALREADY_ACTIVE:
        return PurchaseState.FAILED, Reason.ALREADY_SUBSCRIBED
    if error.code in NOT_PERMITTED:
        return PurchaseState.FAILED, Reason.NOT_ELIGIBLE
    if isinstance(error, InvalidParameter) and (error.field or "").startswith("customer_info"):
        return PurchaseState.FAILED, Reason.INVALID_FIELDS
    # The shop's own fault (a scope, a parameter): nothing that the reader has done or could do.
    return PurchaseState.FAILED, Reason.PAYWAY_UNAVAILABLE


def tell_operator(purchase: Purchase, error: PaywayError, became: str) -> None:
    """Log what only the operator can mend, with where to look."""
    log.error(
        "purchase %s: Payway takes no order from this shop: %s. %s Check that the API user PAYWAY_CLIENT_ID"
        " holds the scopes %s and %s, for customers also %s (make doctor).",
        purchase.id[:8],
        error,
        became,
        ORDER_SCOPE,
        ELIGIBILITY_SCOPE,
        " ".join(scope for scope in IDENTITY_SCOPES if scope != ORDER_SCOPE),
    )

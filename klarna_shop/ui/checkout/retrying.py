"""After which endings another attempt is offered."""

from __future__ import annotations

from klarna_shop.shop.purchase import Reason

RETRY_AFTER = frozenset(
    {
        Reason.PAYMENT_METHOD_FAILED,
        Reason.KLARNA_REFUSED,
        Reason.KLARNA_UNAVAILABLE,
        Reason.SESSION_EXPIRED,
        Reason.AUTHORIZATION_EXPIRED,
        Reason.SSN_ALREADY_TAKEN,
        Reason.SSN_ALREADY_SET,
        Reason.ACCOUNT_UPDATE_ERROR,
        Reason.DELIVERY_ADDRESS_ERROR,
        Reason.INVALID_FIELDS,
        Reason.PAYWAY_UNAVAILABLE,
    }
)
"""Reasons after which a new attempt with a new session can succeed."""

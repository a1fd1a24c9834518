"""Why a purchase did not go on: the codes that screens turn into sentences (UI contract, checkout-error)."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """One for each thing a reader is told differently."""

    PAYMENT_METHOD_FAILED = "payment_method_failed"
    KLARNA_REFUSED = "klarna_refused"
    KLARNA_UNAVAILABLE = "klarna_unavailable"
    INVALID_FIELDS = "invalid_fields"
    SESSION_EXPIRED = "session_expired"
    AUTHORIZATION_EXPIRED = "authorization_expired"
    SSN_ALREADY_TAKEN = "ssn_already_taken"
    SSN_ALREADY_SET = "ssn_already_set"
    ACCOUNT_UPDATE_ERROR = "account_update_error"
    DELIVERY_ADDRESS_ERROR = "delivery_address_error"
    ALREADY_SUBSCRIBED = "already_subscribed"
    NOT_ELIGIBLE = "not_eligible"
    PAYWAY_UNAVAILABLE = "payway_unavailable"
    LOGIN_REQUIRED = "login_required"
    PREVIEW = "preview"
    TOO_MANY = "too_many"


ALREADY_ACTIVE = frozenset({"package_already_active", "base_package_already_active"})
"""Payway's eligibility reasons that mean the buyer has it already (payway-api.md §7)."""
NOT_PERMITTED = frozenset({"campaign_already_purchased", "campaign_purchase_rules_does_not_permit_purchase"})
"""Payway's eligibility reasons that mean that this buyer cannot have the offer."""


def from_eligibility(reason: str) -> Reason:
    """The reader's reason for one of Payway's eligibility reasons; unknown ones are simply not eligible."""
    return Reason.ALREADY_SUBSCRIBED if reason in ALREADY_ACTIVE else Reason.NOT_ELIGIBLE

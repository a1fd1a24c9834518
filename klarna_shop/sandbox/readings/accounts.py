"""Readings of accounts, orders and subscriptions (§8, §9, §10), and of how times are written (§1.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from klarna_shop.sandbox.provenance import Provenance
from klarna_shop.sandbox.readings.choice import Alternative, choice

Wrapping = Literal["item", "flat", "empty_object", "empty_body"]
_WRAPPINGS = (
    Alternative("item", 'wrapped into `{"item": …}`, as every documented sibling'),
    Alternative("flat", "the fields themselves"),
    Alternative("empty_object", "`{}`"),
    Alternative("empty_body", "no body"),
)


@dataclass(frozen=True, kw_only=True)
class AccountReadings:
    """How accounts, their orders and their subscriptions are answered."""

    timestamps: Literal["seconds", "milliseconds"] = choice(
        "1.4",
        Provenance.INFERRED,
        "Precision of times, but for `payment_result.created`, which always has milliseconds",
        Alternative("seconds", "whole seconds"),
        Alternative("milliseconds", "with three decimals"),
    )
    account_creation_answer: Wrapping = choice(
        "10.1", Provenance.INFERRED, "Answer to the creation of an account: its id", *_WRAPPINGS
    )
    taken_email_status: int = choice(
        "10.1",
        Provenance.UNKNOWN,
        "Status of the creation of an account whose e-mail or personal number is taken",
        Alternative(400, "`invalid_parameter` with the field"),
        Alternative(409, "`conflict`"),
    )
    attempt_answer: Wrapping = choice(
        "10.4",
        Provenance.UNKNOWN,
        "Answer to create_authentication_attempt: the attempts that are left",
        *_WRAPPINGS,
    )
    attempts_before_freeze: int = choice(
        "10.4",
        Provenance.INFERRED,
        "Failed sign-ins, as clients report them, that freeze an account",
        Alternative(5, "as many as the documented example has left"),
        Alternative(3, "fewer"),
        Alternative(10, "more"),
    )
    freeze_minutes: int = choice(
        "10.3",
        Provenance.UNKNOWN,
        "Minutes that an account stays frozen",
        Alternative(30, "half an hour"),
        Alternative(15, "a quarter of an hour"),
        Alternative(60, "an hour"),
    )
    conflict_codes: Literal["specific", "general", "absent"] = choice(
        "9.4",
        Provenance.UNKNOWN,
        "Codes of a 409 when something cannot be cancelled or reactivated",
        Alternative("specific", "one for each cause, such as `user_product_is_limited`"),
        Alternative("general", "`conflict`"),
        Alternative("absent", "a message alone"),
    )
    verification: Literal["as_asked", "ignored"] = choice(
        "17",
        Provenance.DOCUMENTED,
        "`require_verification` of a new account: it is ignored where the organisation's rules have it off",
        Alternative("as_asked", "the account waits for its verification"),
        Alternative("ignored", "the account is active and verified at once"),
    )
    renewal_payment_type: str = choice(
        "9.1",
        Provenance.INFERRED,
        "`payment_type` of a renewal",
        Alternative("autopay", "the name that the documented example has"),
        Alternative("normal", "as a first payment"),
    )

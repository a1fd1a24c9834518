"""Readings of Klarna Payments (§5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from klarna_shop.sandbox.provenance import Provenance
from klarna_shop.sandbox.readings.choice import Alternative, choice

VoidAnswer = Literal["invalid_parameter", "not_found", "conflict"]
_VOID = (
    Alternative("invalid_parameter", "400 with the parameter in `field`"),
    Alternative("not_found", "404"),
    Alternative("conflict", "409 with a code of its own"),
)
ALL_CATEGORIES = (
    "klarna",
    "pay_later",
    "pay_now",
    "pay_over_time",
    "direct_bank_transfer",
    "direct_debit",
)


@dataclass(frozen=True, kw_only=True)
class PurchaseReadings:
    """How sessions and orders are answered."""

    wrap_klarna_answers: bool = choice(
        "5.2",
        Provenance.INFERRED,
        'Whether create_session and place_order put their answer into `{"item": …}`',
        Alternative(True, "they do, as every documented sibling"),
        Alternative(False, "they answer with the fields themselves"),
    )
    post_status: int = choice(
        "15.1",
        Provenance.INFERRED,
        "Status of a POST that succeeded",
        Alternative(200, "the reference's default"),
        Alternative(201, "something was made"),
        Alternative(202, "something was taken in hand"),
    )
    session_id_form: Literal["uuid", "entity_id", "opaque"] = choice(
        "5.2",
        Provenance.UNKNOWN,
        "What the id of a Klarna session looks like",
        Alternative("uuid", "as Klarna's own ids"),
        Alternative("entity_id", "24 hexadecimal characters, as Payway's other ids"),
        Alternative("opaque", "letters, digits, hyphens and underscores"),
    )
    categories_form: Literal["absent", "objects", "names"] = choice(
        "5.2",
        Provenance.UNKNOWN,
        "How create_session lists the payment method categories",
        Alternative("absent", "not at all: the site knows its category from its agreement with Klarna"),
        Alternative("objects", "objects with `identifier` and `name`, as Klarna's API"),
        Alternative("names", "identifiers alone"),
    )
    categories: tuple[str, ...] = choice(
        "5.2",
        Provenance.UNKNOWN,
        "Payment method categories of the account: what the widget can show, and what a list would name",
        Alternative(("pay_now", "direct_debit"), "the two that the guide names"),
        Alternative(("direct_debit",), "direct debit alone"),
        Alternative(ALL_CATEGORIES, "all that Klarna has"),
        Alternative(("klarna",), "Klarna's one category for everything"),
        Alternative(("pay_later", "pay_over_time"), "credit alone"),
        Alternative((), "none", "nothing can be bought without a category"),
    )
    direct_debit_for_trials: bool = choice(
        "4",
        Provenance.UNKNOWN,
        "Whether the session of a free campaign has direct_debit where the account's categories leave it out",
        Alternative(False, "it has the account's categories alone"),
        Alternative(True, "it has direct_debit besides, unless the account has none at all"),
    )
    differing_personal_number: Literal["replaced", "kept"] = choice(
        "5.4",
        Provenance.UNKNOWN,
        "What becomes of an account's personal number that differs from Klarna's, where no flag aborts",
        Alternative(
            "replaced", "the account takes Klarna's: data from Klarna always take precedence (guide)"
        ),
        Alternative("kept", "a personal number once set is never replaced"),
    )
    unknown_code_status: int = choice(
        "5.2",
        Provenance.UNKNOWN,
        "Status of create_session for a code that does not exist",
        Alternative(404, "`not_found`"),
        Alternative(400, "`invalid_parameter` with the field"),
    )
    unusable_period_status: int = choice(
        "5.2",
        Provenance.UNKNOWN,
        "Status of create_session for a period that is not one of the code's",
        Alternative(400, "`invalid_parameter` with the field"),
        Alternative(404, "`not_found`"),
    )
    refuse_ineligible_sessions: bool = choice(
        "15.1",
        Provenance.UNKNOWN,
        "Whether create_session itself refuses an account that may not buy",
        Alternative(False, "it does not: the shop asks beforehand (§7)"),
        Alternative(True, "it does, with the reason (§7) as its code"),
    )
    ineligible_session_status: int = choice(
        "15.1",
        Provenance.UNKNOWN,
        "Status of that refusal",
        Alternative(400, "as other refusals of the endpoint"),
        Alternative(409, "a conflict"),
    )
    redirect_field: str | None = choice(
        "5.3",
        Provenance.INFERRED,
        "Name of the redirect address in the answer of place_order",
        Alternative("redirect_url", "as in Klarna's answer"),
        Alternative("redirect_uri", "as the guide writes it"),
        Alternative("klarna_redirect_url", "named after where it leads"),
        Alternative(None, "the answer names none: the shop goes to its own confirmation"),
    )
    order_id_in_answer: bool = choice(
        "5.3",
        Provenance.INFERRED,
        "Whether the answer of place_order names the order",
        Alternative(True, "it does"),
        Alternative(False, "it does not"),
    )
    refusal_code: str | None = choice(
        "5.5",
        Provenance.UNKNOWN,
        "Code of the 403 of a purchase that Klarna refused",
        Alternative("payment_method_failed", "the guide's words"),
        Alternative("payment_declined", "as the sibling Instant Shopping names it (§5.6)"),
        Alternative("klarna_payment_method_failed", "the guide's words and Klarna's name"),
        Alternative(None, "no code: a message alone"),
    )
    synchronisation_codes: Literal["plain", "flags"] = choice(
        "5.5",
        Provenance.UNKNOWN,
        "Codes of the errors that the flags `raise_on_…` ask for",
        Alternative("plain", "`ssn_already_taken` and `ssn_already_set`"),
        Alternative("flags", "as the flags spell them: with `_error` at the end of all four"),
    )
    synchronisation_status: int = choice(
        "5.5",
        Provenance.UNKNOWN,
        "Status of those errors",
        Alternative(400, "the reference's default"),
        Alternative(409, "a conflict"),
        Alternative(422, "it was understood and cannot be done"),
    )
    void_session_answer: VoidAnswer = choice(
        "5.3",
        Provenance.UNKNOWN,
        "Answer of place_order to a session that is used, too old, unknown or somebody else's",
        *_VOID,
    )
    used_authorization_answer: VoidAnswer = choice(
        "5.3",
        Provenance.UNKNOWN,
        "Answer of place_order to an authorization that is used, too old or another session's",
        *_VOID,
    )
    simultaneous_orders: Literal["one", "each"] = choice(
        "5.3",
        Provenance.UNKNOWN,
        "What becomes of the same place_order that arrives again while the first is being worked on",
        Alternative("one", "it waits for the first, and meets a session that is used"),
        Alternative("each", "it is carried out, too: two orders", "a client that sends it charges twice"),
    )
    known_email_without_identity: Literal["attached", "refused"] = choice(
        "5.3",
        Provenance.INFERRED,
        "What v2 place_order does with the e-mail of an existing account",
        Alternative("attached", "the order goes to that account"),
        Alternative(
            "refused",
            "409 `account_already_exists`",
            "whoever has an account and does not sign in could not buy",
        ),
    )

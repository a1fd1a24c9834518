"""Readings of authentication (§2.2, §2.3, §3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from klarna_shop.sandbox.provenance import Provenance
from klarna_shop.sandbox.readings.choice import Alternative, choice

ErrorBody = Literal["code", "oauth", "message", "empty"]
_BODIES = (
    Alternative("code", "`code` and `message`, as every other error"),
    Alternative("oauth", "`error` and `error_description`, as the token endpoint"),
    Alternative("message", "`message` alone: the reference promises no more"),
    Alternative("empty", "no body"),
)


@dataclass(frozen=True, kw_only=True)
class TokenReadings:
    """How tokens are given, and how a call with a wrong one is refused."""

    stale_token_status: int = choice(
        "2.2",
        Provenance.UNKNOWN,
        "Status of a call whose access token is missing, unknown or too old",
        Alternative(401, "as HTTP has it"),
        Alternative(403, "told from a missing scope by its code alone"),
    )
    unauthorized_code: str = choice(
        "2.2",
        Provenance.UNKNOWN,
        "Code of such a call's refusal",
        Alternative("unauthorized", "the reference's default"),
        Alternative("invalid_token", "OAuth's name for it"),
        Alternative("token_expired", "named after the usual cause"),
    )
    unauthorized_body: ErrorBody = choice(
        "2.2", Provenance.UNKNOWN, "Body of such a call's refusal", *_BODIES
    )
    forbidden_code: str = choice(
        "2.2",
        Provenance.UNKNOWN,
        "Code of a 403 for a missing scope or identity",
        Alternative("forbidden", "the reference's default"),
        Alternative("insufficient_scope", "OAuth's name for it"),
        Alternative("access_denied", "OAuth's name for a refusal in general"),
    )
    forbidden_body: ErrorBody = choice(
        "2.2", Provenance.UNKNOWN, "Body of a 403 for a missing scope or identity", *_BODIES
    )
    identity_missing_status: int = choice(
        "2.2",
        Provenance.INFERRED,
        "Status of a call that takes an identity, with a token that has none",
        Alternative(404, "`not_found`: the token has no account"),
        Alternative(403, "the token does not allow it"),
        Alternative(401, "another token is wanted"),
    )
    wrong_client_status: int = choice(
        "2.3",
        Provenance.UNKNOWN,
        "Status of the token endpoint for a wrong client id or secret",
        Alternative(401, "as OAuth has it"),
        Alternative(400, "as every other error of the token endpoint"),
    )
    wrong_password_status: int = choice(
        "2.3",
        Provenance.UNKNOWN,
        "Status of the token endpoint for a wrong password",
        Alternative(400, "as OAuth has it"),
        Alternative(401, "nobody was recognised"),
        Alternative(403, "access is denied"),
    )
    wrong_password_error: str = choice(
        "2.3",
        Provenance.UNKNOWN,
        "`error` for a wrong password; its description always has `Username/password do not match`",
        Alternative("invalid_grant", "as OAuth has it"),
        Alternative("access_denied", "OAuth's name for a refusal in general"),
        Alternative("invalid_credentials", "as the site-wide login names it (§3.5)"),
        Alternative("unauthorized", "as the API itself names a missing identity"),
    )
    frozen_account_error: str = choice(
        "10.4",
        Provenance.UNKNOWN,
        "`error` for a right password of a frozen account",
        Alternative("invalid_grant", "as a wrong password, with another description"),
        Alternative("account_frozen", "as the site-wide login names it (§3.5)"),
    )
    void_grant_status: int = choice(
        "2.3",
        Provenance.UNKNOWN,
        "Status of the token endpoint for a refresh token, ticket or code that is not good",
        Alternative(400, "as OAuth has it"),
        Alternative(401, "nobody was recognised"),
    )
    grants_refresh_token: bool = choice(
        "3.2",
        Provenance.INFERRED,
        "Whether a customer's token comes with a refresh token (the client's switch 'offline access')",
        Alternative(True, "it does"),
        Alternative(False, "it does not: the customer signs in again when the token has run out"),
    )
    rotates_refresh_token: bool = choice(
        "3.2",
        Provenance.UNKNOWN,
        "Whether a refresh token is good once, and its answer brings the next one",
        Alternative(False, "it stays good: whoever lost an answer asks again with the same one"),
        Alternative(True, "it is replaced: whoever loses an answer is signed out when the token runs out"),
    )
    token_type: str | None = choice(
        "3.2",
        Provenance.INFERRED,
        "`token_type` of a token answer",
        Alternative("bearer", "the reference's default"),
        Alternative("Bearer", "with a capital, as the header has it"),
        Alternative(None, "left out"),
    )
    scope_in_token_answer: bool = choice(
        "3.2",
        Provenance.INFERRED,
        "Whether a token answer repeats the scopes",
        Alternative(True, "it does"),
        Alternative(False, "it does not"),
    )
    token_lifetime: int = choice(
        "3.1",
        Provenance.DOCUMENTED,
        "Seconds an access token lives, where the sandbox's settings do not say (two pages, two answers)",
        Alternative(3600, "one hour, as most copies of the page say"),
        Alternative(7200, "two hours, as another copy says"),
    )

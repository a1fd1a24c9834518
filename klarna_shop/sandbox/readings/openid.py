"""Readings of the sign-in by OpenID Connect (§17, rows about §3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from klarna_shop.sandbox.provenance import Provenance
from klarna_shop.sandbox.readings.choice import Alternative, choice

_OFF = "a client refuses such a sign-in, as it should"
_TOGETHER = "discovery is kept for an hour, and other calls have to agree with it"


@dataclass(frozen=True, kw_only=True)
class OpenIdReadings:
    """Answers of the OpenID provider."""

    openid_offline_scope: Literal["/openid/offline_access", "offline_access"] = choice(
        "17",
        Provenance.INFERRED,
        "Name under which discovery lists the scope for refresh tokens; both are taken",
        Alternative("/openid/offline_access", "as the API user's scopes are named"),
        Alternative("offline_access", "as OpenID Connect has it"),
    )
    openid_offline_refusal: Literal["ignored", "invalid_scope"] = choice(
        "17",
        Provenance.UNKNOWN,
        "How a sign-in ends that asks for refresh tokens where `grants_refresh_token` is off",
        Alternative("ignored", "it works, and no refresh token comes"),
        Alternative("invalid_scope", "the browser comes back with `error=invalid_scope`"),
    )
    openid_client_authentication: tuple[str, ...] | None = choice(
        "17",
        Provenance.UNKNOWN,
        "Where discovery wants the client's secret in a token request; both are taken",
        Alternative(("client_secret_basic", "client_secret_post"), "in the header or in the form"),
        Alternative(("client_secret_basic",), "in the header"),
        Alternative(None, "it does not say; by the standard that means in the header"),
    )
    openid_algorithm: Literal["RS256", "ES256"] = choice(
        "17",
        Provenance.UNKNOWN,
        "Signature of an ID token",
        Alternative("RS256", "RSA, which every provider has"),
        Alternative("ES256", "an elliptic curve"),
    )
    openid_names_key: bool = choice(
        "17",
        Provenance.UNKNOWN,
        "Whether an ID token names the key that it is signed with (`kid`)",
        Alternative(True, "it does"),
        Alternative(False, "it does not: there is one key for each algorithm"),
    )
    openid_audience: Literal["text", "list"] = choice(
        "17",
        Provenance.UNKNOWN,
        "Form of an ID token's `aud`",
        Alternative("text", "the client's id"),
        Alternative("list", "a list with the client's id"),
    )
    openid_names_issuer: bool = choice(
        "17",
        Provenance.UNKNOWN,
        "Whether the answer in the browser names the issuer (`iss`, RFC 9207), and discovery says so",
        Alternative(False, "neither"),
        Alternative(True, "both", not_drawn=_TOGETHER),
    )
    openid_signing_key: int = choice(
        "17",
        Provenance.UNKNOWN,
        "Which of the provider's keys signs and is published: changing it is what a rotation of keys is",
        Alternative(1, "the first"),
        Alternative(2, "the second; the first is published no more", not_drawn=_TOGETHER),
    )
    openid_clock: int = choice(
        "17",
        Provenance.UNKNOWN,
        "Seconds by which the provider's clock is ahead of the rest of the sandbox",
        Alternative(0, "none"),
        Alternative(45, "less than a minute ahead, which a client bears"),
        Alternative(-45, "less than a minute behind, which a client bears"),
        Alternative(120, "two minutes ahead", not_drawn=_OFF),
        Alternative(-120, "two minutes behind", not_drawn=_OFF),
    )

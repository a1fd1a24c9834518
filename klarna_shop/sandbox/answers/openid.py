"""Answers of the OpenID provider (§17; OpenID Connect Core and Discovery)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from klarna_shop.sandbox.answers.answer import ABSENT, Answer, Fact
from klarna_shop.sandbox.provenance import Provenance

_INFERRED = Provenance.INFERRED


class Discovery(Answer, provenance=Provenance.DOCUMENTED, section="17"):
    """The provider's description of itself. The address is documented; the fields follow OpenID Connect."""

    issuer: Annotated[
        str,
        Fact("Has to be the address of discovery without its known end, and `iss` of ID tokens.", _INFERRED),
    ]
    authorization_endpoint: Annotated[str, Fact("Where a browser signs in.", _INFERRED)]
    token_endpoint: Annotated[str, Fact("Where a code is exchanged.", _INFERRED)]
    userinfo_endpoint: Annotated[str, Fact("Where a token's account is told.", _INFERRED)]
    jwks_uri: Annotated[str, Fact("Where the keys of signatures are.", _INFERRED)]
    response_types_supported: Annotated[list[str], Fact("`code`.")]
    response_modes_supported: Annotated[list[str], Fact("`query`.", _INFERRED)]
    grant_types_supported: Annotated[list[str], Fact("What the token endpoint takes.", _INFERRED)]
    subject_types_supported: Annotated[list[str], Fact("`public`.", _INFERRED)]
    id_token_signing_alg_values_supported: Annotated[list[str], Fact("Signatures of ID tokens.", _INFERRED)]
    scopes_supported: Annotated[
        list[str], Fact("Scopes that can be asked for.", _INFERRED, reading="openid_offline_scope")
    ]
    code_challenge_methods_supported: Annotated[list[str], Fact("`S256`.")]
    prompt_values_supported: Annotated[list[str], Fact("Values of `prompt`.", Provenance.UNKNOWN)]
    token_endpoint_auth_methods_supported: Annotated[
        list[str],
        Fact("Where the client's secret goes.", _INFERRED, reading="openid_client_authentication"),
    ] = ABSENT
    authorization_response_iss_parameter_supported: Annotated[
        bool,
        Fact(
            "Whether the answer in the browser has `iss`.", Provenance.UNKNOWN, reading="openid_names_issuer"
        ),
    ] = ABSENT


class PublishedKey(Answer, provenance=Provenance.INFERRED, section="17"):
    """A public key (RFC 7517)."""

    kty: Annotated[str, Fact("`RSA` or `EC`.")]
    kid: Annotated[str, Fact("Its name, as the header of an ID token has it.")]
    use: Annotated[str, Fact("`sig`.")]
    alg: Annotated[str, Fact("The signature it is for.")]
    n: Annotated[str, Fact("Modulus, of an RSA key.")] = ABSENT
    e: Annotated[str, Fact("Exponent, of an RSA key.")] = ABSENT
    crv: Annotated[str, Fact("Curve, of an elliptic key.")] = ABSENT
    x: Annotated[str, Fact("Coordinate, of an elliptic key.")] = ABSENT
    y: Annotated[str, Fact("Coordinate, of an elliptic key.")] = ABSENT


class PublishedKeySet(Answer, provenance=Provenance.INFERRED, section="17"):
    """The keys with which signatures are checked. They change; fetch them again for an unknown `kid`."""

    keys: Annotated[list[PublishedKey], Fact("One for each signature.", reading="openid_signing_key")]


class OpenIdTokens(Answer, provenance=Provenance.INFERRED, section="17"):
    """An access token for Payway's API, and the ID token that proves the sign-in."""

    access_token: Annotated[str, Fact("As of the API's own token endpoint.")]
    expires_in: Annotated[int, Field(ge=1), Fact("Seconds.", reading="token_lifetime")]
    id_token: Annotated[str, Fact("For a code: a JWT. Check all of it (OpenID Connect Core §3.1.3.7).")] = (
        ABSENT
    )
    refresh_token: Annotated[
        str,
        Fact(
            "Where the scope for it was asked for and the API user has Offline access.",
            Provenance.DOCUMENTED,
            reading="grants_refresh_token",
        ),
    ] = ABSENT
    token_type: Annotated[str, Fact("`bearer`.", reading="token_type")] = ABSENT
    scope: Annotated[str, Fact("The scopes that were granted.", reading="scope_in_token_answer")] = ABSENT


class UserInfo(Answer, provenance=Provenance.INFERRED, section="17"):
    """Claims of an account that a token's scopes allow. That there is such an endpoint is documented."""

    sub: Annotated[str, Fact("The account's id.")]
    email: Annotated[str, Fact("With the scope `/openid/email`.")] = ABSENT
    email_verified: Annotated[bool, Fact("Likewise.")] = ABSENT
    name: Annotated[str, Fact("With the scope `/openid/profile`.")] = ABSENT
    given_name: Annotated[str, Fact("Likewise.")] = ABSENT
    family_name: Annotated[str, Fact("Likewise.")] = ABSENT
    preferred_username: Annotated[str, Fact("Likewise.")] = ABSENT

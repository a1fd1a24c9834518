"""Addresses of the provider as data: what each takes, answers and refuses, and how well that is known."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from klarna_shop.sandbox.answers.openid import Discovery, OpenIdTokens, PublishedKeySet, UserInfo
from klarna_shop.sandbox.openid.paths import (
    AUTHORIZE_PATH,
    DISCOVERY_PATH,
    KEYS_PATH,
    TOKEN_PATH,
    USERINFO_PATH,
)
from klarna_shop.sandbox.parameters import LONGEST_TEXT, Parameter
from klarna_shop.sandbox.provenance import Provenance
from klarna_shop.sandbox.refusals import DOCUMENTED, FORBIDDEN, INFERRED, UNAUTHORIZED, UNKNOWN, Refusal
from klarna_shop.sandbox.scopes import TOKEN_INFO

SECTION = "17"


@dataclass(frozen=True)
class OpenIdOperation:
    """One address of the provider.

    Attributes:
        name: what the reference calls it: discovery names the address itself.
        answer: model of the JSON of a 200; None for an address that leads a browser on.
        scope: of the access token that it takes; empty where it takes none.
        speaks_oauth: True if refusals are in the token endpoint's shape.
    """

    method: str
    path: str
    name: str
    summary: str
    provenance: Provenance
    answer: type[BaseModel] | None
    parameters: tuple[Parameter, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    scope: str = ""
    speaks_oauth: bool = False


def _text(
    name: str, description: str, provenance: Provenance = DOCUMENTED, *, required: bool = False
) -> Parameter:
    return Parameter(
        name,
        required=required,
        maximum=LONGEST_TEXT,
        description=description,
        provenance=provenance,
        limits_provenance=UNKNOWN,
    )


OPERATIONS = (
    OpenIdOperation(
        "GET",
        DISCOVERY_PATH,
        f"GET {DISCOVERY_PATH}",
        "Learn the provider's addresses and abilities.",
        DOCUMENTED,
        Discovery,
    ),
    OpenIdOperation(
        "GET",
        AUTHORIZE_PATH,
        "GET authorization_endpoint",
        "Send a browser here to sign in; it comes back to `redirect_uri` with `code` or `error`.",
        DOCUMENTED,
        None,
        (
            _text("response_type", "`code`.", required=True),
            _text("client_id", "The API user's id.", required=True),
            _text("redirect_uri", "As registered for the API user, letter by letter.", required=True),
            _text("scope", "Scopes separated by spaces, `openid` among them.", required=True),
            _text("code_challenge", "Of PKCE (RFC 7636)."),
            _text("code_challenge_method", "`S256`, where there is a challenge."),
            _text("state", "Comes back as it is."),
            _text("nonce", "Comes back in the ID token."),
            _text("prompt", "`none`, `login` or `select_account`.", UNKNOWN),
        ),
    ),
    OpenIdOperation(
        "POST",
        TOKEN_PATH,
        "POST token_endpoint",
        "Exchange a code, or a refresh token that came for one.",
        INFERRED,
        OpenIdTokens,
        (
            _text("grant_type", "`authorization_code` or `refresh_token`.", INFERRED, required=True),
            _text("client_id", "The API user's id; or in the header.", INFERRED),
            _text("client_secret", "Its secret; or in the header.", INFERRED),
            _text("code", "Of `authorization_code`.", INFERRED),
            _text("redirect_uri", "Of `authorization_code`: as before.", INFERRED),
            _text("code_verifier", "Of `authorization_code` with PKCE.", INFERRED),
            _text("refresh_token", "Of `refresh_token`.", INFERRED),
        ),
        (
            Refusal(
                400, "invalid_request", "The body is no form, or has no `grant_type`.", INFERRED, SECTION
            ),
            Refusal(400, "unsupported_grant_type", "The grant is another one.", INFERRED, SECTION),
            Refusal(
                400,
                "invalid_grant",
                "Code, verifier or refresh token is not good.",
                INFERRED,
                SECTION,
                status_reading="void_grant_status",
            ),
            Refusal(
                401,
                "invalid_client",
                "The client's id or secret is wrong.",
                INFERRED,
                SECTION,
                status_reading="wrong_client_status",
            ),
        ),
        speaks_oauth=True,
    ),
    OpenIdOperation(
        "GET",
        KEYS_PATH,
        "GET jwks_uri",
        "Get the keys with which ID tokens are checked.",
        INFERRED,
        PublishedKeySet,
    ),
    OpenIdOperation(
        "GET",
        USERINFO_PATH,
        "GET userinfo_endpoint",
        "Get what an access token's scopes tell of its account.",
        DOCUMENTED,
        UserInfo,
        refusals=(
            UNAUTHORIZED,
            FORBIDDEN,
            Refusal(404, "not_found", "The token has no account.", INFERRED, SECTION),
        ),
        scope=TOKEN_INFO,
    ),
)
"""In the order in which a sign-in meets them."""

"""What the token endpoint takes and refuses, as data (§2.3, §3.2)."""

from __future__ import annotations

from dataclasses import dataclass

from klarna_shop.sandbox.api.authorization import LARGEST_FORM
from klarna_shop.sandbox.parameters import Parameter
from klarna_shop.sandbox.provenance import Provenance
from klarna_shop.sandbox.refusals import CLIENT, INFERRED, UNKNOWN, Refusal

SECTION = "3.2"


@dataclass(frozen=True)
class Grant:
    """A way to get a token: its form fields beside the client's, and whether the token has an identity."""

    name: str
    summary: str
    provenance: Provenance
    parameters: tuple[Parameter, ...]
    identity: bool


def _field(name: str, description: str, provenance: Provenance = CLIENT) -> Parameter:
    return Parameter(
        name,
        required=True,
        maximum=LARGEST_FORM,
        description=description,
        provenance=provenance,
        limits_provenance=UNKNOWN,
    )


CLIENT_PARAMETERS = (
    _field("client_id", "The API user's id."),
    _field("client_secret", "The API user's secret; it never leaves the server."),
)
_SCOPE = _field("scope", "Scopes that the client holds, separated by spaces.")
GRANTS = (
    Grant("none", "A token of the client alone.", CLIENT, (_SCOPE,), identity=False),
    Grant(
        "password",
        "A customer signs in. The client reports the outcome itself.",
        CLIENT,
        (
            _field("username", "`<organisation id>^<e-mail>`."),
            _field("password", "The customer's password."),
            _SCOPE,
        ),
        identity=True,
    ),
    Grant(
        "ticket",
        "A one-time ticket of the site-wide login is exchanged.",
        CLIENT,
        (_field("ticket", "The ticket."), _SCOPE),
        identity=True,
    ),
    Grant(
        "refresh_token",
        "A token is renewed, with the identity and the scopes it had.",
        CLIENT,
        (_field("refresh_token", "From an earlier answer."),),
        identity=True,
    ),
)
REFUSALS = (
    Refusal(400, "invalid_request", "The body is not a form, or has no `grant_type`.", INFERRED, "2.3"),
    Refusal(400, "unsupported_grant_type", "The grant is none of those above.", INFERRED, "2.3"),
    Refusal(400, "invalid_scope", "There is no scope, or the client does not hold it.", INFERRED, "2.3"),
    Refusal(
        400,
        "invalid_grant",
        "The password is wrong. What its description contains is known from the vendor's client.",
        INFERRED,
        "2.3",
        status_reading="wrong_password_status",
        code_reading="wrong_password_error",
    ),
    Refusal(
        400,
        "invalid_grant",
        "The account is frozen.",
        INFERRED,
        "10.4",
        status_reading="wrong_password_status",
        code_reading="frozen_account_error",
    ),
    Refusal(
        400,
        "invalid_grant",
        "The ticket or refresh token is not good.",
        INFERRED,
        "2.3",
        status_reading="void_grant_status",
    ),
    Refusal(
        401,
        "invalid_client",
        "The client's id or secret is wrong.",
        INFERRED,
        "2.3",
        status_reading="wrong_client_status",
    ),
)

"""The address at which a customer signs in at Payway in the browser (payway-api.md §3.3)."""

from __future__ import annotations

from urllib.parse import urlencode

from klarna_shop.payway.tokens import PaywayCredentials

AUTHORIZE_PATH = "/oauth2/auth"
"""Inferred: seen in use beside the production API, documented nowhere (§1)."""


def authorize_address(
    credentials: PaywayCredentials, *, redirect_uri: str, state: str, account_origin: str
) -> str:
    """Where to send the browser; it comes back to `redirect_uri` with `code` or `error`, and `state`.

    `redirect_uri` is the one registered for the API user, letter by letter. `account_origin` is the title
    code for an account that the customer makes on the way.
    """
    query = {
        "client_id": credentials.client_id,
        "redirect_uri": redirect_uri,
        "state": state,
        "response_type": "code",
        "oid": credentials.organisation,
        "accountOrigin": account_origin,
    }
    return f"{credentials.base_url}{AUTHORIZE_PATH}?{urlencode(query)}"

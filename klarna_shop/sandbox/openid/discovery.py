"""The discovery document (OpenID Connect Discovery §3)."""

from __future__ import annotations

from typing import Any

from klarna_shop.sandbox.openid.paths import AUTHORIZE_PATH, KEYS_PATH, TOKEN_PATH, USERINFO_PATH
from klarna_shop.sandbox.openid.scopes import supported
from klarna_shop.sandbox.openid.signing import ALGORITHMS
from klarna_shop.sandbox.services import Services


def issuer(services: Services) -> str:
    """Return the provider's name: its own address."""
    return services.settings.public_url


def discovery_document(services: Services) -> dict[str, Any]:
    """Return what the provider says of itself."""
    readings, home = services.readings, issuer(services)
    document: dict[str, Any] = {
        "issuer": home,
        "authorization_endpoint": f"{home}{AUTHORIZE_PATH}",
        "token_endpoint": f"{home}{TOKEN_PATH}",
        "userinfo_endpoint": f"{home}{USERINFO_PATH}",
        "jwks_uri": f"{home}{KEYS_PATH}",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": list(ALGORITHMS),
        "scopes_supported": supported(readings),
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "select_account"],
    }
    if readings.openid_client_authentication is not None:
        document["token_endpoint_auth_methods_supported"] = list(readings.openid_client_authentication)
    if readings.openid_names_issuer:
        document["authorization_response_iss_parameter_supported"] = True
    return document

"""Metadata of an OpenID provider, as its discovery document tells it (OpenID Connect Discovery §3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures that an ID token may have: with published keys only, so neither `none` nor `HS256`."""
WELL_KNOWN = "/.well-known/openid-configuration"
OFFLINE_SCOPES = ("/openid/offline_access", "offline_access")
"""Payway's name of the scope (payway-api.md §17), and OpenID Connect's."""
LONGEST_ADDRESS = 2_000


class UnusableMetadata(Exception):
    """A discovery document that no sign-in can be made with; `reason` is one word for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class ProviderMetadata:
    """Addresses and abilities of a provider.

    Attributes:
        issuer: exactly as ID tokens have to name it.
        authorization_endpoint: where browsers sign in.
        token_endpoint: where codes and refresh tokens are exchanged.
        jwks_uri: where the signature keys are published.
        takes_secret_in_form: True if client id and secret go into the form of a token request, else into the
            `Authorization` header.
        names_issuer: True if every answer in the browser has the parameter `iss` (RFC 9207).
        supports_s256: False if the provider lists methods of PKCE, and not `S256`.
        offline_scope: name of the scope for refresh tokens.
        offers_offline: False if the provider lists its scopes, and none for refresh tokens.
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    takes_secret_in_form: bool
    names_issuer: bool
    supports_s256: bool
    offline_scope: str
    offers_offline: bool

    @classmethod
    def read(cls, document: Any, expected_issuer: str) -> ProviderMetadata:
        """Check a discovery document and take from it what a sign-in needs.

        Raises:
            UnusableMetadata: another issuer's, incomplete, or without the code flow.
        """
        if not isinstance(document, Mapping):
            raise UnusableMetadata("no_object")
        issuer = document.get("issuer")
        if not isinstance(issuer, str) or not issuer:
            raise UnusableMetadata("no_issuer")
        # The address of discovery is the issuer without a slash at its end (Discovery §4.1).
        if issuer.removesuffix("/") != expected_issuer.removesuffix("/"):
            raise UnusableMetadata("other_issuer")
        may_be_plain = urlsplit(expected_issuer).scheme == "http"
        addresses = {
            name: _address(document, name, may_be_plain=may_be_plain)
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
        }
        if (types := _words(document, "response_types_supported")) is not None and "code" not in types:
            raise UnusableMetadata("no_code_flow")
        algorithms = _words(document, "id_token_signing_alg_values_supported")
        if algorithms is not None and algorithms.isdisjoint(ALGORITHMS):
            raise UnusableMetadata("no_signature")
        methods = _words(document, "token_endpoint_auth_methods_supported")
        challenges = _words(document, "code_challenge_methods_supported")
        scopes = _words(document, "scopes_supported")
        offered = [scope for scope in OFFLINE_SCOPES if scopes is not None and scope in scopes]
        return cls(
            issuer=issuer,
            **addresses,
            takes_secret_in_form=methods is not None and "client_secret_post" in methods,
            names_issuer=document.get("authorization_response_iss_parameter_supported") is True,
            supports_s256=challenges is None or "S256" in challenges,
            offline_scope=offered[0] if offered else OFFLINE_SCOPES[0],
            offers_offline=scopes is None or bool(offered),
        )


def _address(document: Mapping[str, Any], name: str, *, may_be_plain: bool) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not value:
        raise UnusableMetadata(f"no_{name}")
    try:
        parts = urlsplit(value)
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        raise UnusableMetadata(f"wrong_{name}") from None
    schemes = {"https", "http"} if may_be_plain else {"https"}
    sound = value.isascii() and value.isprintable() and " " not in value and "\\" not in value
    if (
        not named
        or not sound
        or parts.scheme not in schemes
        or "@" in parts.netloc
        or parts.fragment
        or len(value) > LONGEST_ADDRESS
    ):
        raise UnusableMetadata(f"wrong_{name}")
    return value


def _words(document: Mapping[str, Any], name: str) -> frozenset[str] | None:
    """Return a list of the document; None where it has none, which says nothing about what is offered."""
    value = document.get(name)
    if not isinstance(value, list):
        return None
    return frozenset(entry for entry in value if isinstance(entry, str))

"""The token endpoint (§3.2, §2.3)."""

from __future__ import annotations

from typing import Any

from klarna_shop.operations.conformance.probes.probe import TOKEN_PATH, Learned, Leave, Probe

_CLIENT = {"client_id": Learned("client_id"), "client_secret": Learned("client_secret")}
_SCOPE = "/external/title/r"
_MADE_UP = "conformance-made-up-value"


def _probe(name: str, form: dict[str, Any], section: str = "3.2", **facts: Any) -> Probe:
    return Probe(name, section, "POST", TOKEN_PATH, body=form, **facts)


PROBES = (
    _probe("token without identity", {**_CLIENT, "grant_type": "none", "scope": _SCOPE}),
    _probe(
        "token of a customer",
        {
            **_CLIENT,
            "grant_type": "password",
            "username": Learned("username"),
            "password": Learned("password"),
            "scope": Learned("identity_scope"),
        },
        notes={"refresh_token": "refresh_token"},
    ),
    _probe(
        "renewal of a customer's token",
        {**_CLIENT, "grant_type": "refresh_token", "refresh_token": Learned("refresh_token")},
    ),
    _probe(
        "token with a wrong client secret",
        {
            "client_id": Learned("client_id"),
            "client_secret": _MADE_UP,
            "grant_type": "none",
            "scope": _SCOPE,
        },
        "2.3",
    ),
    _probe(
        "token for an unknown scope",
        {**_CLIENT, "grant_type": "none", "scope": "/external/conformance/r"},
        "2.3",
    ),
    _probe("token without a scope", {**_CLIENT, "grant_type": "none"}, "2.3"),
    _probe("token without a grant type", {**_CLIENT, "scope": _SCOPE}, "2.3"),
    _probe(
        "token by OAuth's client_credentials",
        {**_CLIENT, "grant_type": "client_credentials", "scope": _SCOPE},
    ),
    _probe(
        "token for an e-mail that has no account",
        {
            **_CLIENT,
            "grant_type": "password",
            "username": Learned("nobodys_username"),
            "password": _MADE_UP,
            "scope": "/external/me/r",
        },
        "2.3",
    ),
    _probe(
        "token with a wrong password",
        {
            **_CLIENT,
            "grant_type": "password",
            "username": Learned("username"),
            "password": _MADE_UP,
            "scope": "/external/me/r",
        },
        "2.3",
        leave=Leave.WRONG_PASSWORD,
    ),
    _probe(
        "renewal with a made-up refresh token",
        {**_CLIENT, "grant_type": "refresh_token", "refresh_token": _MADE_UP},
        "2.3",
    ),
    _probe(
        "token for a made-up ticket",
        {**_CLIENT, "grant_type": "ticket", "ticket": _MADE_UP, "scope": "/external/me/r"},
        "2.3",
    ),
    Probe(
        "token request as JSON",
        "3.2",
        "POST",
        TOKEN_PATH,
        raw=b'{"grant_type": "none"}',
        media_type="application/json",
    ),
)

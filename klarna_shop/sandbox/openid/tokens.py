"""The provider's token endpoint: codes and refresh tokens for access tokens, with an ID token (§17)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus

from klarna_shop.sandbox.accounts import find_account
from klarna_shop.sandbox.openid.codes import redeem_code
from klarna_shop.sandbox.openid.discovery import issuer
from klarna_shop.sandbox.openid.signing import signed
from klarna_shop.sandbox.scopes import EMAIL, OFFLINE_ACCESS, PROFILE
from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.tables import Account, Token
from klarna_shop.sandbox.tokens import Grant, TokenError, issue, refresh_grant

ID_TOKEN_LIFETIME = timedelta(minutes=5)
REFRESH_KIND = "openid_refresh"


async def exchange(services: Services, form: Mapping[str, str], authorization: str | None) -> dict[str, Any]:
    """Answer a token request.

    Raises:
        TokenError: the client or the grant is refused.
    """
    client_id = _client(services, form, authorization)
    match form.get("grant_type"):
        case "authorization_code":
            code = await redeem_code(services, client_id, form)
            answer = await issue(
                services,
                Grant(code.account_id, code.scopes),
                refresh_kind=REFRESH_KIND if OFFLINE_ACCESS in code.scopes else None,
            )
            answer["id_token"] = await _id_token(services, code, answer["access_token"])
            return answer
        case "refresh_token":
            presented = form.get("refresh_token", "")
            grant = await refresh_grant(services, presented, REFRESH_KIND)
            return await issue(services, grant, refresh_kind=REFRESH_KIND, presented=presented)
        case None | "":
            raise TokenError(400, "invalid_request", "grant_type is required")
        case _:
            raise TokenError(400, "unsupported_grant_type", "The grant type is not supported")


def claims_of(account: Account, scopes: list[str]) -> dict[str, Any]:
    """Return what the scopes let one know of an account (OpenID Connect Core §5.4)."""
    claims: dict[str, Any] = {"sub": account.id}
    if EMAIL in scopes:
        claims |= {"email": account.email, "email_verified": True}
    if PROFILE in scopes:
        names = {
            "name": " ".join(filter(None, (account.first_name, account.last_name))),
            "given_name": account.first_name,
            "family_name": account.last_name,
            "preferred_username": account.email,
        }
        claims |= {name: value for name, value in names.items() if value}
    return claims


async def _id_token(services: Services, code: Token, access_token: str) -> str:
    account = await services.database.read(lambda session: find_account(session, account_id=code.account_id))
    assert account is not None
    readings, client_id = services.readings, services.settings.client_id
    now = services.clock.now() + timedelta(seconds=readings.openid_clock)
    digest = hashlib.sha256(access_token.encode()).digest()
    claims: dict[str, Any] = {
        "iss": issuer(services),
        "aud": [client_id] if readings.openid_audience == "list" else client_id,
        "iat": int(now.timestamp()),
        "nbf": int(now.timestamp()),
        "exp": int((now + ID_TOKEN_LIFETIME).timestamp()),
        "at_hash": base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode(),
        **claims_of(account, code.scopes),
    }
    if code.nonce is not None:
        claims["nonce"] = code.nonce
    return await signed(services, claims)


def _client(services: Services, form: Mapping[str, str], authorization: str | None) -> str:
    """Return the client's id, proved by its secret in the header or in the form (RFC 6749 §2.3.1)."""
    settings = services.settings
    client_id, secret = _basic(authorization) or (form.get("client_id", ""), form.get("client_secret", ""))
    known = hmac.compare_digest(client_id.encode(), settings.client_id.encode())
    right = hmac.compare_digest(secret.encode(), settings.client_secret.encode())
    if not (known and right):
        raise TokenError(
            services.readings.wrong_client_status, "invalid_client", "Client authentication failed"
        )
    return client_id


def _basic(authorization: str | None) -> tuple[str, str] | None:
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return unquote_plus(client_id), unquote_plus(secret)

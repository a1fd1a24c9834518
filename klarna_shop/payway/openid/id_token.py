"""Check of an ID token: signature, issuer, audience, nonce, time (OpenID Connect Core §3.1.3.7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import ClaimError, ExpiredTokenError, JoseError

from klarna_shop.payway.openid.keys import NoKey, PublishedKeys
from klarna_shop.payway.openid.metadata import ALGORITHMS

LEEWAY = 60
"""Seconds by which the provider's clock may be ahead of ours or behind."""
LONGEST_TOKEN = 16_384
"""Characters; more is never an ID token of a person."""
_TIMES = frozenset({"exp", "nbf", "iat"})
_NAMES = {
    "iss": "issuer",
    "aud": "audience",
    "azp": "authorized_party",
    "nonce": "nonce",
    "at_hash": "access_token_hash",
    "sub": "subject",
    "exp": "expiry",
    "nbf": "not_before",
    "iat": "issued_at",
}


class BadIdToken(Exception):
    """An ID token that proves nothing.

    Attributes:
        reason: what is wrong, as a word for the log.
        seconds: of a time that is off, how far the provider's clock seems ahead of ours (negative: behind).
    """

    def __init__(self, reason: str, seconds: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds


@dataclass(frozen=True)
class Expected:
    """Claims that an ID token has to have."""

    issuer: str
    client_id: str
    nonce: str = field(repr=False)
    access_token: str = field(repr=False)


def check_id_token(token: str, keys: PublishedKeys, expected: Expected, now: datetime) -> None:
    """Return quietly if the token is this sign-in's.

    The token was made a moment ago, in answer to our own request. So its times are compared with now in both
    directions: a clock that differs by more than a minute is seen at once, and not when sessions end oddly.

    Raises:
        NoKey: it is signed with a key that is not among `keys`.
        BadIdToken: it is not.
    """
    header, claims = _signed(token, keys)
    parties: dict[str, Any] = {
        "iss": {"essential": True, "value": expected.issuer},
        "aud": {"essential": True, "value": expected.client_id},
        "sub": {"essential": True},
    }
    checked = CodeIDToken(
        claims,
        header,
        parties,
        {
            "nonce": expected.nonce,
            "client_id": expected.client_id,
            "access_token": expected.access_token,
        },
    )
    seconds = int(now.timestamp())
    try:
        # Authlib refuses an expiry that is exactly the leeway ago; half a second makes the minute whole.
        checked.validate(now=seconds, leeway=LEEWAY + 0.5)
    except ExpiredTokenError:
        raise BadIdToken("expired", _whole(claims["exp"]) - seconds) from None
    except ClaimError as error:
        claim = str(error.claim)
        raise BadIdToken(_NAMES.get(claim, "claims"), _ahead(claims, claim, seconds)) from None
    except (JoseError, ValueError, TypeError, AttributeError, OverflowError):
        raise BadIdToken("claims") from None
    if claims["iat"] < seconds - LEEWAY:
        raise BadIdToken("issued_at", _whole(claims["iat"]) - seconds)


def _signed(token: str, keys: PublishedKeys) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and claims of a token whose signature is the provider's."""
    if not 0 < len(token) <= LONGEST_TOKEN or not token.isascii():
        raise BadIdToken("malformed")
    try:
        header = jws.extract_compact(token.encode()).headers()
        algorithm = header.get("alg")
        # Decided before any key is looked at: a public key must never serve as a shared secret.
        if algorithm not in ALGORITHMS:
            raise BadIdToken("algorithm")
        key = keys.find(algorithm, header.get("kid"))
        decoded = jwt.decode(token, key, algorithms=list(ALGORITHMS))
    except JoseError as error:
        raise BadIdToken("signature" if error.error == "bad_signature" else "malformed") from None
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        raise BadIdToken("malformed") from None
    return dict(decoded.header), decoded.claims


def _ahead(claims: dict[str, Any], claim: str, now: int) -> int | None:
    value = claims.get(claim)
    if claim not in _TIMES or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return _whole(value) - now
    except (ValueError, OverflowError):
        return None


def _whole(value: float) -> int:
    return int(value)


__all__ = ["BadIdToken", "Expected", "NoKey", "check_id_token"]

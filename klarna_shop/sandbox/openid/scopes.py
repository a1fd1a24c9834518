"""Scopes of a sign-in by OpenID Connect (payway-api.md §17)."""

from __future__ import annotations

from klarna_shop.sandbox.readings import Readings
from klarna_shop.sandbox.scopes import EMAIL, HELD_SCOPES, OFFLINE_ACCESS, OPENID, PROFILE

_STANDARD = {"openid": OPENID, "profile": PROFILE, "email": EMAIL, "offline_access": OFFLINE_ACCESS}
"""OpenID Connect's own names. That `openid` is one is documented; of the others it is inferred."""


def understood(scope: str) -> list[str] | None:
    """Return the scopes of a request under Payway's names; None where the client does not hold one."""
    scopes = list(dict.fromkeys(_STANDARD.get(name, name) for name in scope.split()))
    return scopes if all(name in HELD_SCOPES for name in scopes) else None


def supported(readings: Readings) -> list[str]:
    """Return the scopes that discovery lists."""
    offline = [readings.openid_offline_scope] if readings.grants_refresh_token else []
    return ["openid", *(scope for scope in HELD_SCOPES if scope != OFFLINE_ACCESS), *offline]

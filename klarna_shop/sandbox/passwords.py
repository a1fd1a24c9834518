"""Password hashes."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets

# Small on purpose: the sandbox guards demo accounts only, and tests make many.
_COST = 2**12


def hash_password(password: str) -> str:
    """A salted hash that says what it cost; blocks for some milliseconds."""
    salt = secrets.token_hex(16)
    return f"{_COST}:{salt}:{_derive(password, salt, _COST)}"


async def matches(password: str, stored: str) -> bool:
    """Whether the password belongs to the stored hash; an empty hash matches nothing."""
    cost, salt, derived = (stored or f"{_COST}::").split(":")
    given = await asyncio.to_thread(_derive, password, salt, int(cost))
    return bool(derived) and hmac.compare_digest(given, derived)


def _derive(password: str, salt: str, cost: int) -> str:
    return hashlib.scrypt(password.encode(), salt=salt.encode(), n=cost, r=8, p=1).hex()

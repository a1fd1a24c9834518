"""Published signature keys of an OpenID provider (RFC 7517)."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, RSAKey

MOST_KEYS = 50
SMALLEST_RSA = 2048
"""Bits; a smaller modulus is not safe any more (RFC 7518 §3.3)."""
LARGEST_RSA = 16_384
_PUBLIC = {"RSA": ("kty", "kid", "alg", "n", "e"), "EC": ("kty", "kid", "alg", "crv", "x", "y")}
"""Members of a public key. Anything else is left out, a private part above all."""
_FAMILIES = {"RS": "RSA", "PS": "RSA", "ES": "EC"}

SignatureKey = RSAKey | ECKey


class NoKey(Exception):
    """None of the keys can have made the signature: perhaps it was made with a newer one."""


@dataclass(frozen=True)
class PublishedKeys:
    """The keys with which a provider's signatures are checked."""

    keys: tuple[SignatureKey, ...]

    @classmethod
    def read(cls, document: Any) -> PublishedKeys:
        """Take the usable keys from a JWK set; shared secrets, short and broken ones are left out.

        Raises:
            ValueError: it is no JWK set, or has no usable key.
        """
        listed = document.get("keys") if isinstance(document, Mapping) else None
        if not isinstance(listed, list) or len(listed) > MOST_KEYS:
            raise ValueError("no JWK set")
        keys = tuple(key for entry in listed if (key := _key(entry)) is not None)
        if not keys:
            raise ValueError("no usable key")
        return cls(keys)

    def find(self, algorithm: str, key_id: object) -> SignatureKey:
        """Return the key for a signature. Without `key_id` there must be exactly one of the right kind.

        Raises:
            NoKey: there is none.
        """
        fitting = [
            key
            for key in self.keys
            if key.key_type == _FAMILIES.get(algorithm[:2]) and key.get("alg") in {None, algorithm}
        ]
        named = fitting if key_id is None else [key for key in fitting if key.get("kid") == key_id]
        if len(named) != 1:
            raise NoKey
        return named[0]


def _key(entry: Any) -> SignatureKey | None:
    if not isinstance(entry, Mapping) or entry.get("use", "sig") != "sig":
        return None
    names = _PUBLIC.get(str(entry.get("kty")))
    if names is None:
        return None
    public = {name: entry[name] for name in names if name in entry}
    if not all(isinstance(value, str) for value in public.values()):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about short keys, which are left out below
            key = JWKRegistry.import_key(public)
            if isinstance(key, RSAKey):
                return key if SMALLEST_RSA <= key.public_key.key_size <= LARGEST_RSA else None
            if isinstance(key, ECKey) and key.public_key.key_size:
                return key
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return None

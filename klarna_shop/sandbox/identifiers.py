"""Identifiers, secrets and the fingerprints under which secrets are stored."""

from __future__ import annotations

import hashlib
import secrets


def entity_id() -> str:
    """A fresh entity id: 24 hexadecimal characters (§1.4)."""
    return secrets.token_hex(12)


def fixed_entity_id(name: str) -> str:
    """The entity id of something that belongs to the seed; the same in every sandbox."""
    return hashlib.sha256(name.encode()).hexdigest()[:24]


def unguessable() -> str:
    """A secret that fits in an address."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """What is stored instead of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()

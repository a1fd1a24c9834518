"""Encryption at rest and signing, with rotation: the first key writes, all keys read."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class CannotDecrypt(Exception):
    """The text was written with a key this installation no longer has, or was altered."""


class Encryption:
    """Encrypts short texts (tokens, form contents) for the database and for cookies.

    What was encrypted for one `purpose` cannot be read for another.
    """

    def __init__(self, keys: tuple[str, ...], purpose: str = "") -> None:
        if not keys:
            raise ValueError("Encryption takes at least one key")
        self._fernet = MultiFernet([Fernet(_derived(key, purpose)) for key in keys])
        self._digest_key = hashlib.sha256(b"digest" + keys[-1].encode()).digest()

    def encrypt(self, plain: str) -> str:
        """The text, unreadable and unalterable without the key."""
        return self._fernet.encrypt(plain.encode()).decode()

    def decrypt(self, encrypted: str, *, within_seconds: int | None = None) -> str:
        """The plain text again.

        Raises:
            CannotDecrypt: wrong key, altered text, or older than `within_seconds`.
        """
        try:
            return self._fernet.decrypt(encrypted.encode(), ttl=within_seconds).decode()
        except (InvalidToken, UnicodeError) as error:
            raise CannotDecrypt from error

    def decrypt_or_nothing(self, encrypted: str | None) -> str:
        """The plain text, or nothing where there is none (any more) or the key is gone."""
        try:
            return self.decrypt(encrypted) if encrypted else ""
        except CannotDecrypt:
            return ""

    def keyed_digest(self, value: str) -> str:
        """A stable name for a personal value (an e-mail address), which cannot be turned back."""
        return hmac.new(self._digest_key, value.encode(), hashlib.sha256).hexdigest()


def _derived(key: str, purpose: str) -> bytes:
    secret = hashlib.sha256(b"fernet" + key.encode()).digest()
    if purpose:
        secret = hmac.new(secret, purpose.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(secret)


def fingerprint(secret: str) -> str:
    """A short public name for a secret random value: equal values, equal names; not reversible."""
    return hashlib.sha256(secret.encode()).hexdigest()[:32]

"""Secrets of one sign-in, which the shop keeps from the browser until it comes back."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field


@dataclass(frozen=True)
class SignInSecrets:
    """Nonce and PKCE verifier of one sign-in.

    Attributes:
        nonce: has to stand in the ID token (OpenID Connect Core §3.1.2.1).
        verifier: proves that the code is exchanged by the server that asked for it (RFC 7636 §4.1).
    """

    nonce: str = field(repr=False)
    verifier: str = field(repr=False)

    @classmethod
    def new(cls) -> SignInSecrets:
        """Return secrets that no sign-in has had before."""
        return cls(nonce=secrets.token_urlsafe(32), verifier=secrets.token_urlsafe(48))

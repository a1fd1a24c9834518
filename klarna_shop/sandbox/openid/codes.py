"""Authorization codes: given to a browser, exchanged once, with the proof of PKCE (RFC 7636)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from klarna_shop.sandbox.identifiers import fingerprint, unguessable
from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.tables import Token
from klarna_shop.sandbox.tokens import ONE_TIME_LIFETIME, has_expired, void_grant

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)


@dataclass(frozen=True)
class CodeRequest:
    """Parameters that a code is asked for with: scopes under Payway's names, nonce, PKCE challenge."""

    redirect_uri: str
    scopes: list[str]
    nonce: str | None = None
    challenge: str | None = None


async def issue_code(services: Services, account_id: str, request: CodeRequest) -> str:
    """Return a new code, good once and for five minutes."""
    secret = unguessable()
    code = Token(
        fingerprint=fingerprint(secret),
        kind="code",
        account_id=account_id,
        scopes=request.scopes,
        client_id=services.settings.client_id,
        redirect_uri=request.redirect_uri,
        nonce=request.nonce,
        challenge=request.challenge,
        expires=services.clock.now() + ONE_TIME_LIFETIME,
    )
    await services.database.write(lambda session: session.add(code))
    return secret


async def redeem_code(services: Services, client_id: str, form: Mapping[str, str]) -> Token:
    """Return the code's row, which is gone by then.

    Raises:
        TokenError: unknown, used, too old, or not for this client, address and verifier.
    """
    refusal = void_grant(services.readings, "code")

    def take(session: Session) -> Token:
        code = session.get(Token, fingerprint(form.get("code", "")))
        if code is None or code.kind != "code" or has_expired(services, code):
            raise refusal
        session.delete(code)
        return code

    code = await services.database.write(take)
    # Checked after the deletion is kept: who has once shown a code to the wrong client has lost it.
    if code.client_id != client_id or code.redirect_uri != form.get("redirect_uri"):
        raise refusal
    if not _proves(form.get("code_verifier"), code.challenge):
        raise refusal
    return code


def _proves(verifier: str | None, challenge: str | None) -> bool:
    """True if the verifier belongs to the challenge, or there is neither."""
    if challenge is None or verifier is None:
        return challenge is None and verifier is None
    if not _VERIFIER.fullmatch(verifier):
        return False
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(digest, challenge.encode())

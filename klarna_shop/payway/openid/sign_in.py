"""The sign-in itself: the address for the browser, the code for tokens, and their renewal."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.client import OAuth2Client
from authlib.oauth2.rfc6749.parameters import prepare_token_request

from klarna_shop.payway import reading
from klarna_shop.payway.answers import json_of, token_refusal_of
from klarna_shop.payway.connection import Connection, Purpose
from klarna_shop.payway.errors import ClocksDisagree, IdTokenRefused
from klarna_shop.payway.openid.id_token import BadIdToken, Expected, check_id_token
from klarna_shop.payway.openid.keys import NoKey
from klarna_shop.payway.openid.metadata import ProviderMetadata
from klarna_shop.payway.openid.provider import (
    LARGEST_DOCUMENT,
    OpenIdAddress,
    OpenIdProvider,
)
from klarna_shop.payway.openid.secrets import SignInSecrets
from klarna_shop.payway.tokens import IDENTITY_SCOPES, TOKEN_SECTION, IdentityTokens, PaywayCredentials

AUTHORIZATION_OPERATION = "GET authorization_endpoint"
TOKENS_OPERATION = "POST token_endpoint"
OPENID_SCOPE = "openid"
FORM = "application/x-www-form-urlencoded"


class OpenId:
    """Sign-in by OpenID Connect for one API user: authorization code with PKCE.

    Of the tokens the access token counts: Payway's API knows by it who the customer is. The ID token shows
    that the answer belongs to this sign-in and comes from this provider; what it says about the customer is
    not used.
    """

    def __init__(
        self,
        address: OpenIdAddress,
        credentials: PaywayCredentials,
        connection: Connection,
        *,
        now: Callable[[], datetime],
        timeout: float,
    ) -> None:
        self._credentials = credentials
        self._connection = connection
        self._now = now
        self._timeout = timeout
        self._provider = OpenIdProvider(address, connection, now, timeout)

    async def metadata(self) -> ProviderMetadata:
        """Return what the provider says of itself.

        Raises:
            ProviderUnusable: discovery does not answer, or with something that no sign-in can be made with.
        """
        return await self._provider.metadata()

    async def authorize_address(
        self,
        redirect_uri: str,
        state: str,
        secrets: SignInSecrets,
        *,
        offline: bool = True,
        prompt: str | None = None,
    ) -> str:
        """Return where to send a browser; it comes back to `redirect_uri` with `code` or `error`.

        `redirect_uri` is the one registered for the API user, letter by letter. `offline` asks for a refresh
        token. `prompt` is OpenID Connect's parameter of that name.

        Raises:
            ProviderUnusable: as `metadata`.
        """
        metadata = await self._provider.metadata()
        scopes = (OPENID_SCOPE, *IDENTITY_SCOPES, *((metadata.offline_scope,) if offline else ()))
        client = OAuth2Client(
            None,
            client_id=self._credentials.client_id,
            scope=" ".join(scopes),
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        )
        address, _ = client.create_authorization_url(
            metadata.authorization_endpoint,
            state=state,
            code_verifier=secrets.verifier,
            nonce=secrets.nonce,
            prompt=prompt,
        )
        return str(address)

    async def check_issuer(self, named: str | None) -> None:
        """Return quietly if an answer in the browser is this provider's (RFC 9207).

        Raises:
            IdTokenRefused: it names another issuer, or none although the provider always does.
            ProviderUnusable: as `metadata`.
        """
        metadata = await self._provider.metadata()
        if named is None and not metadata.names_issuer:
            return
        if named is None or not hmac.compare_digest(named.encode(), metadata.issuer.encode()):
            raise IdTokenRefused(AUTHORIZATION_OPERATION, code="mix_up")

    async def exchange(self, code: str, redirect_uri: str, secrets: SignInSecrets) -> IdentityTokens:
        """Return tokens for the code of a sign-in, once its ID token has been checked.

        Raises:
            WrongCredentials: the code is used, too old or another's.
            IdTokenRefused: the answer does not prove this sign-in.
            ClocksDisagree: its times are off by more than a minute.
            ProviderUnusable: discovery or keys cannot be had.
            PaywayError: any other failure.
        """
        metadata = await self._provider.metadata()
        form = {"code": code, "redirect_uri": redirect_uri, "code_verifier": secrets.verifier}
        body = await self._ask(metadata, "authorization_code", form)
        tokens = IdentityTokens.read(body, self._now(), operation=TOKENS_OPERATION, via_openid=True)
        id_token = reading.text(reading.item(body), "id_token")
        if id_token is None:
            raise IdTokenRefused(TOKENS_OPERATION, code="missing")
        expected = Expected(
            issuer=metadata.issuer,
            client_id=self._credentials.client_id,
            nonce=secrets.nonce,
            access_token=tokens.access_token,
        )
        await self._check(id_token, expected)
        return tokens

    async def renew(self, refresh_token: str) -> Any:
        """Return the answer of the provider's token endpoint to a refresh token.

        Raises:
            AccessDenied: the token, or the API user, is not accepted.
            ProviderUnusable: discovery cannot be had.
            PaywayError: any other failure.
        """
        metadata = await self._provider.metadata()
        return await self._ask(metadata, "refresh_token", {"refresh_token": refresh_token})

    async def _check(self, id_token: str, expected: Expected) -> None:
        try:
            try:
                check_id_token(id_token, await self._provider.keys(), expected, self._now())
            except NoKey:
                # Signed with a key that was published since: look once, and then believe what is there.
                newer = await self._provider.keys(newer=True)
                check_id_token(id_token, newer, expected, self._now())
        except NoKey:
            raise IdTokenRefused(TOKENS_OPERATION, code="unknown_key") from None
        except BadIdToken as error:
            if error.seconds is not None:
                raise ClocksDisagree(TOKENS_OPERATION, code=error.reason, seconds=error.seconds) from None
            raise IdTokenRefused(TOKENS_OPERATION, code=error.reason) from None

    async def _ask(self, metadata: ProviderMetadata, grant: str, form: dict[str, str]) -> Any:
        headers = {"Content-Type": FORM}
        address, headers, body = self._authentication(metadata).prepare(
            "POST", metadata.token_endpoint, headers, prepare_token_request(grant, **form)
        )
        deadline = asyncio.get_running_loop().time() + self._timeout
        response = await self._connection.send(
            Purpose(TOKENS_OPERATION, TOKEN_SECTION),
            "POST",
            address,
            deadline,
            most_bytes=LARGEST_DOCUMENT,
            content=body.encode(),
            headers=headers,
        )
        if response.is_success:
            return json_of(TOKENS_OPERATION, response)
        raise token_refusal_of(TOKENS_OPERATION, response, grant, self._now())

    def _authentication(self, metadata: ProviderMetadata) -> ClientAuth:
        own = (self._credentials.client_id, self._credentials.client_secret)
        if metadata.takes_secret_in_form:
            return ClientAuth(*own, "client_secret_post")
        # Both are form-encoded before they go into the header (RFC 6749 §2.3.1).
        return ClientAuth(*(quote(part, safe="") for part in own), "client_secret_basic")

"""The wire to one target: raw HTTP, and tokens for the scopes that probes take."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import httpx

from klarna_shop.operations.conformance.knowledge import IDENTITY_SCOPES, Knowledge, NotKnown
from klarna_shop.operations.conformance.probes.probe import API, TOKEN_PATH
from klarna_shop.operations.conformance.shape import body_of
from klarna_shop.operations.conformance.target import Target
from klarna_shop.outbound import http_client

_SCOPES_TO_SPARE = ("/external/title/r", "/external/product/r", "/external/klarna_payments/r")


class Unreachable(Exception):
    """The target gave no answer at all."""


class Wire:
    """Sends requests and asks for tokens. Repeats nothing and interprets nothing."""

    def __init__(self, target: Target, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._client_tokens: dict[str, str | None] = {}
        self._customer_tokens: dict[str, str | None] = {}
        self._http = http_client(
            target.way,
            transport=target.transport() if target.transport is not None else None,
            base_url=target.base_url,
            timeout=target.timeout,
            headers={"Accept": "application/json"},
            follow_redirects=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def send(self, method: str, path: str, **request: Any) -> httpx.Response:
        """The answer, whatever it is.

        Raises:
            Unreachable: there is none; the text names the kind of fault.
        """
        try:
            return await self._http.request(method, path, **request)
        except httpx.HTTPError as error:
            raise Unreachable(type(error).__name__) from None

    async def get(self, path: str, token: str, **query: str) -> Any:
        """The JSON of a 2xx answer, else None: for looking around."""
        answer = await self.send(
            "GET", API + path, params=query, headers={"Authorization": f"Bearer {token}"}
        )
        return body_of(answer)[0] if answer.is_success else None

    async def client_token(self, scope: str) -> str:
        """A token without identity.

        Raises:
            NotKnown: it is refused.
        """
        if scope not in self._client_tokens:
            self._client_tokens[scope] = await self._token(grant_type="none", scope=scope)
        return _held(self._client_tokens[scope], scope)

    async def other_client_token(self, scope: str) -> str:
        """A token without identity and without this scope.

        Raises:
            NotKnown: every other one is refused.
        """
        for other in _SCOPES_TO_SPARE:
            if other != scope:
                try:
                    return await self.client_token(other)
                except NotKnown:
                    continue
        raise NotKnown("the API user gets no token with any other scope")

    async def customer_token(self, scope: str) -> str:
        """A token of the test customer.

        Raises:
            NotKnown: there is no customer, or the token is refused.
        """
        if not self._customer_tokens:
            # One sign-in for all scopes; apart only where the API user does not hold them all.
            together = await self._sign_in(" ".join(IDENTITY_SCOPES))
            if together is not None:
                self._customer_tokens = dict.fromkeys(IDENTITY_SCOPES, together)
        if scope not in self._customer_tokens:
            self._customer_tokens[scope] = await self._sign_in(scope)
        return _held(self._customer_tokens[scope], scope, "the test customer")

    async def _sign_in(self, scope: str) -> str | None:
        form = {"username": self._knowledge.value("username"), "password": self._knowledge.value("password")}
        return await self._token(grant_type="password", scope=scope, **form)

    async def _token(self, **form: str) -> str | None:
        client = {
            "client_id": self._knowledge.value("client_id"),
            "client_secret": self._knowledge.value("client_secret"),
        }
        body, _ = body_of(await self.send("POST", TOKEN_PATH, data={**client, **form}))
        token = body.get("access_token") if isinstance(body, dict) else None
        return token if isinstance(token, str) else None


def _held(token: str | None, scope: str, who: str = "the API user") -> str:
    if token is None:
        raise NotKnown(f"{who} gets no token with the scope {scope}")
    return token

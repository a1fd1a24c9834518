"""Routes of the provider that a server calls: discovery, keys, tokens, user info."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from klarna_shop.sandbox.accounts import find_account
from klarna_shop.sandbox.api.authorization import read_token_form
from klarna_shop.sandbox.errors import ApiError, forbidden, not_found
from klarna_shop.sandbox.faults import Place, target_of
from klarna_shop.sandbox.openid.discovery import discovery_document
from klarna_shop.sandbox.openid.paths import DISCOVERY_PATH, KEYS_PATH, TOKEN_PATH, USERINFO_PATH
from klarna_shop.sandbox.openid.signing import published
from klarna_shop.sandbox.openid.tokens import claims_of, exchange
from klarna_shop.sandbox.scopes import TOKEN_INFO
from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.tokens import TokenError, bearer

_NO_STORE = {"Cache-Control": "no-store"}
_KEPT = {"Cache-Control": "public, max-age=300"}
_PLACES: dict[str, tuple[Place, ...]] = {"refresh_token": ("refresh",)}


def published_routes(services: Services) -> list[Route]:
    """Return the routes of what anyone may read: discovery and keys."""

    async def discovery(_request: Request) -> Response:
        return JSONResponse(discovery_document(services.for_call()), headers=_KEPT)

    async def keys(_request: Request) -> Response:
        return JSONResponse(await published(services.for_call()), headers=_KEPT)

    return [Route(DISCOVERY_PATH, discovery), Route(KEYS_PATH, keys)]


def provider_routes(services: Services) -> list[Route]:
    """Return all routes of the provider but the page where customers sign in."""

    async def token(request: Request) -> Response:
        for_call = services.for_call()
        try:
            form = await read_token_form(request)
            places = _PLACES.get(form.get("grant_type", ""), ())
            forced = await services.faults.claim_error(target_of(request.scope), places)
            granted = await exchange(
                replace(for_call, forced=forced), form, request.headers.get("authorization")
            )
            return JSONResponse(granted, headers=_NO_STORE)
        except TokenError as error:
            body = {"error": error.error, "error_description": error.description}
            own = {"WWW-Authenticate": "Basic"} if error.status == 401 else {}
            return JSONResponse(body, error.status, _NO_STORE | own)

    async def userinfo(request: Request) -> Response:
        try:
            return JSONResponse(await _userinfo(services.for_call(), request), headers=_NO_STORE)
        except ApiError as error:
            own = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}
            body = error.body()
            if body is None:
                return Response(b"", error.status, _NO_STORE | own, "application/json")
            return JSONResponse(body, error.status, _NO_STORE | own)

    return [
        *published_routes(services),
        Route(TOKEN_PATH, token, methods=["POST"]),
        Route(USERINFO_PATH, userinfo, methods=["GET", "POST"]),
    ]


async def _userinfo(services: Services, request: Request) -> dict[str, Any]:
    token = await bearer(services, request.headers.get("authorization"))
    if TOKEN_INFO not in token.scopes:
        raise forbidden(services.readings, f"The token lacks the scope {TOKEN_INFO}")
    account_id = token.account_id
    if account_id is None:
        raise not_found("Account")
    account = await services.database.read(lambda session: find_account(session, account_id=account_id))
    if account is None:
        raise not_found("Account")
    return claims_of(account, token.scopes)

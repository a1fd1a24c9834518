"""Logging in to the studio and out over HTTP, since only a response can set an HttpOnly cookie."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from klarna_shop.shop.current import Shop
from klarna_shop.shop.identity import own_path
from klarna_shop.shop.identity.cookies import DEVICE_SECONDS
from klarna_shop.shop.studio import STUDIO_SECONDS, StudioFrozen, StudioRefused
from klarna_shop.web.client_address import client_address
from klarna_shop.web.own_form import own_forms_only

_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


def studio_routes(shop: Shop) -> list[Route]:
    """`POST /auth/studio/log-in` and `/auth/studio/log-out`."""
    routes = _StudioRoutes(shop)
    return [
        Route("/auth/studio/log-in", own_forms_only(shop.settings, routes.log_in), methods=["POST"]),
        Route("/auth/studio/log-out", own_forms_only(shop.settings, routes.log_out), methods=["POST"]),
    ]


class _StudioRoutes:
    def __init__(self, shop: Shop) -> None:
        self._studio = shop.studio
        self._hops = shop.settings.trusted_proxy_hops

    async def log_in(self, request: Request, form: dict[str, str]) -> Response:
        """`password`, `next` (a page of the studio). Back to that page, which says what went wrong."""
        page = _page(form)
        address = client_address(request, self._hops)
        device = self._studio.cookies.known_device(request.headers.get("cookie"))
        try:
            token = await self._studio.log_in(form.get("password", ""), address=address, device=device)
        except StudioRefused as refused:
            return _to(page, refused="password", left=str(refused.attempts_left))
        except StudioFrozen as frozen:
            return _to(page, refused="frozen", until=frozen.until.isoformat(timespec="seconds"))
        response = _to(page)
        cookies = self._studio.cookies
        self._set(response, cookies.studio, token, STUDIO_SECONDS)
        self._set(response, cookies.device, self._studio.known_device(device), DEVICE_SECONDS)
        return response

    async def log_out(self, request: Request, _form: dict[str, str]) -> Response:
        """Also where nobody is logged in."""
        await self._studio.log_out(request.headers.get("cookie"))
        response = _to("/studio")
        self._set(response, self._studio.cookies.studio, "", 0)
        return response

    def _set(self, response: Response, name: str, value: str, seconds: int) -> None:
        response.headers.append("Set-Cookie", self._studio.cookies.set_cookie(name, value, seconds))


def _page(form: dict[str, str]) -> str:
    wanted = (own_path(form.get("next")) or "").partition("?")[0]
    return wanted if wanted == "/studio" or wanted.startswith("/studio/") else "/studio"


def _to(page: str, **query: str) -> Response:
    return RedirectResponse(page + (f"?{urlencode(query)}" if query else ""), 303, _HEADERS)

"""Keeps a shop whose address is https from being used without it, whatever the proxy in front lets through.

`deploy/nginx.conf` does the same before the shop is asked; a site that was written by hand may not.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

_REFUSED = "This address is reached over HTTPS only.\n"
_POLICY_VIOLATION = 1008


class HttpsOnly:
    """Sends whoever came without HTTPS to the same page with it; what they sent along is not taken.

    A proxy tells by `X-Forwarded-Proto`. Without one nothing is known, as on the shop's own machine, and
    nothing is refused: whoever invents the header only shuts themselves out.
    """

    def __init__(self, app: ASGIApp, shop_address: str) -> None:
        self.app = app
        self.shop_address = shop_address.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through what came by HTTPS."""
        if scope["type"] in {"http", "websocket"} and _came_without(scope):
            answer = (
                WebSocketClose(_POLICY_VIOLATION) if scope["type"] == "websocket" else self._answer(scope)
            )
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _answer(self, scope: Scope) -> Response:
        if scope["method"] not in {"GET", "HEAD"}:
            # Already read by anybody on the way; repeating it over HTTPS would hide that.
            return PlainTextResponse(_REFUSED, 403)
        path = scope.get("raw_path") or scope["path"].encode()
        query = scope["query_string"]
        # After the shop's own host a path begins with one slash, so it cannot name another host.
        target = "/" + (path.decode("latin-1").lstrip("/") + (f"?{query.decode('latin-1')}" if query else ""))
        return RedirectResponse(self.shop_address + target, 308)


def _came_without(scope: Scope) -> bool:
    return Headers(scope=scope).get("x-forwarded-proto", "").split(",")[-1].strip().lower() in {"http", "ws"}

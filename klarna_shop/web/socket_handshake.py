"""Who may open the event socket, and as which tab.

Reflex keeps a tab's state under a token that the page chooses and writes into the socket's address. An
address ends up in logs, and whoever knew the token would be shown the state, with whatever personal it holds.
So the framework never sees that token: it gets one that also depends on the browser's cookies, which no page
and no log knows. Another browser's token leads to a new, empty state; so does the own one after signing in or
out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import parse_qs, urlencode

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from klarna_shop.shop.encryption import Encryption
from klarna_shop.shop.identity.cookies import Cookies

_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
"""How Reflex's page writes one."""
_POLICY_VIOLATION = 1008


class SocketHandshake:
    """ASGI layer: refuses sockets from other sites, and binds a tab's token to its browser.

    A browser always says where a socket is opened from. What says nothing is no page of the shop.
    """

    def __init__(
        self, app: ASGIApp, origins: Sequence[str], cookies: Cookies, encryption: Encryption
    ) -> None:
        self.app = app
        self._origins = frozenset(origins)
        self._cookies = cookies
        self._encryption = encryption

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on with the bound token, or refuse."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        query = _query(scope)
        token = query.get("token", "")
        if headers.get("origin") not in self._origins or not _TOKEN.fullmatch(token):
            await WebSocketClose(_POLICY_VIOLATION)(scope, receive, send)
            return
        query["token"] = self._bound(token, headers.get("cookie"))
        await self.app({**scope, "query_string": urlencode(query).encode()}, receive, send)

    def _bound(self, token: str, header: str | None) -> str:
        cookies = self._cookies
        holders = (
            cookies.visitor_token(header),
            cookies.session_token(header),
            cookies.studio_token(header),
        )
        return self._encryption.keyed_digest("\n".join(["socket", token, *(one or "" for one in holders)]))


def _query(scope: Scope) -> dict[str, str]:
    try:
        given = parse_qs(scope["query_string"].decode("ascii"), max_num_fields=16)
    except ValueError:
        return {}
    return {name: values[0] for name, values in given.items()}

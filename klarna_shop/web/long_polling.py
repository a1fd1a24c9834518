"""Lets a page speak over plain requests what it would speak over the event socket ("long polling").

Some networks let no WebSocket through. Engine.IO has a way for them: the client asks for packets with GET,
which waits until there are some, and sends its own with POST. Here each such session is a WebSocket to the
layers below, made of those requests. So whatever is asked of a socket is asked of it too: its origin, the
binding of its token to the browser's cookies, the limits of connections, events and sizes, the state store.

Sessions are in this process. With several workers a browser's requests would reach any of them, so there
the layer is left out, and the pages say that their network shuts them out.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from klarna_shop.shop.identity.cookies import Cookies

PATH = "/_event"
LARGEST_BODY = 1_000_000
"""Bytes of one POST: as much as the largest message of a socket."""
MOST_PACKETS = 64
"""In one POST."""
MOST_WAITING = 1024
"""Messages for a client that does not fetch them; after them its session ends."""
MOST_BYTES_WAITING = 4_000_000
READING_SECONDS = 15.0
"""For the whole body of a POST."""
TAKING_SECONDS = 60.0
"""For the layers below to take what a POST brought: they slow down a client in a hurry."""
UNFETCHED_SECONDS = 60.0
"""A session that nobody fetches from for so long is over. A client fetches all the time."""
_SEPARATOR = "\x1e"
_CLOSE = "1"
_HEADERS = {"Cache-Control": "no-store"}


class LongPolling:
    """ASGI layer: turns the requests of a polling client into a WebSocket for the layers below."""

    def __init__(self, app: ASGIApp, origins: Sequence[str], cookies: Cookies) -> None:
        self.app = app
        self._origins = tuple(origins)
        self._cookies = cookies
        self._sessions: dict[str, _Session] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request of a polling client; hand on everything else."""
        if scope["type"] != "http" or scope["path"].rstrip("/") != PATH:
            await self.app(scope, receive, send)
            return
        response = await self._answer(Request(scope, receive), scope)
        await response(scope, receive, send)

    async def _answer(self, request: Request, scope: Scope) -> Response:
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), max_num_fields=16))
        if query.get("transport") != "polling" or request.method not in {"GET", "POST"}:
            return _refused(400)
        if not self._is_own(request.headers):
            return _refused(403)
        if "sid" not in query:
            return await self._open(request, scope, query) if request.method == "GET" else _refused(400)
        session = self._sessions.get(query["sid"])
        if session is None or not hmac.compare_digest(session.holder, self._holder(request.headers)):
            return _refused(400)
        if request.method == "GET":
            return await session.fetch()
        if session.bringing:
            # Two at once are no client of ours, and each would hold a body in memory.
            session.end()
            return _refused(400)
        session.bringing = True
        try:
            async with asyncio.timeout(READING_SECONDS):
                body = await _body(request)
            return await session.bring(body.split(_SEPARATOR))
        except (TimeoutError, ClientDisconnect, ValueError):
            session.end()
            return _refused(400)
        finally:
            session.bringing = False

    def _is_own(self, headers: Headers) -> bool:
        """True if one of the shop's own pages asks.

        A browser sends no `Origin` with a GET to its own site. `Sec-Fetch-Site` no page can set; of older
        browsers the page that asks is in `Referer`.
        """
        if (origin := headers.get("origin")) is not None:
            return origin in self._origins
        if (site := headers.get("sec-fetch-site")) is not None:
            return site == "same-origin"
        referer = urlsplit(headers.get("referer", ""))
        return f"{referer.scheme}://{referer.netloc}" in self._origins

    def _holder(self, headers: Headers) -> bytes:
        """What tells one browser from another: an address with a session's id may end up in a log."""
        return (self._cookies.visitor_token(headers.get("cookie")) or "").encode()

    async def _open(self, request: Request, scope: Scope, query: dict[str, str]) -> Response:
        sid = secrets.token_urlsafe(24)
        session = _Session(sid, self._holder(request.headers))
        socket = asyncio.create_task(self._run(session, _as_socket(scope, query, self._origins[0])))
        session.task = socket
        self._sessions[sid] = session
        return await session.fetch()

    async def _run(self, session: _Session, scope: Scope) -> None:
        try:
            await self.app(scope, session.receive, session.send)
        finally:
            session.close()
            # What was said last may still be fetched.
            asyncio.get_running_loop().call_later(UNFETCHED_SECONDS, self._sessions.pop, session.sid, None)


def _as_socket(scope: Scope, query: dict[str, str], origin: str) -> Scope:
    """The scope of a WebSocket that this request asks for. Its origin has been looked at."""
    headers = MutableHeaders(raw=list(scope["headers"]))
    headers.setdefault("origin", origin)
    headers["connection"], headers["upgrade"] = "Upgrade", "websocket"
    return {
        "type": "websocket",
        "asgi": scope["asgi"],
        "http_version": scope["http_version"],
        "scheme": "wss" if scope["scheme"] == "https" else "ws",
        "path": scope["path"],
        "raw_path": scope["path"].encode(),
        "root_path": scope.get("root_path", ""),
        "query_string": urlencode({**query, "transport": "websocket"}).encode(),
        "headers": headers.raw,
        "client": scope.get("client"),
        "server": scope.get("server"),
        "subprotocols": [],
        "state": scope.get("state", {}),
        "extensions": {},
    }


@dataclass
class _Session:
    """One client's socket: what it has brought, and what it has not fetched yet."""

    sid: str
    holder: bytes
    brought: asyncio.Queue[Message] = field(default_factory=lambda: asyncio.Queue(maxsize=1))
    waiting: list[str] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None
    accepted: bool = False
    closed: bool = False
    fetching: bool = False
    bringing: bool = False
    _connected: bool = False
    _watch: asyncio.TimerHandle | None = None

    async def fetch(self) -> Response:
        """Answer a GET: what there is for the client, as soon as there is something."""
        if self.fetching:
            # Engine.IO ends such a session, too.
            self.end()
            return _refused(400)
        self.fetching = True
        self._watch_over(None)
        try:
            await self.news.wait()
        finally:
            self.fetching = False
            self._watch_over(UNFETCHED_SECONDS)
        packets, self.waiting = self.waiting, []
        if not self.closed:
            self.news.clear()
        elif not packets:
            return _refused(400)
        return PlainTextResponse(_SEPARATOR.join(packets), headers=_HEADERS)

    async def bring(self, packets: list[str]) -> Response:
        """Answer a POST: hand its packets on, one after the other.

        Raises:
            ValueError: a packet cannot be read.
        """
        if self.closed or len(packets) > MOST_PACKETS:
            self.end()
            return _refused(400)
        try:
            async with asyncio.timeout(TAKING_SECONDS):
                for packet in packets:
                    if packet == _CLOSE:
                        self.end()
                        break
                    await self.brought.put({"type": "websocket.receive", **_frame(packet)})
                    if self.closed:
                        return _refused(400)
        except TimeoutError:
            self.end()
            return _refused(400)
        return PlainTextResponse("ok", headers=_HEADERS)

    async def receive(self) -> Message:
        """For the layers below: the next message of the client."""
        if not self._connected:
            self._connected = True
            return {"type": "websocket.connect"}
        return await self.brought.get()

    async def send(self, message: Message) -> None:
        """From the layers below: a message for the client."""
        kind = message["type"]
        if kind == "websocket.accept":
            self.accepted = True
        elif kind == "websocket.close":
            self.close()
        elif kind == "websocket.send" and not self.closed:
            self.waiting.append(self._packet(message))
            self.news.set()
            if len(self.waiting) > MOST_WAITING or sum(map(len, self.waiting)) > MOST_BYTES_WAITING:
                self.end()

    def _packet(self, message: Message) -> str:
        text = message.get("text")
        if text is None:
            return "b" + b64encode(message["bytes"]).decode()
        # The first packet names the session: this one's, not that of the socket below.
        if text.startswith("0{"):
            return "0" + json.dumps({**json.loads(text[1:]), "sid": self.sid, "upgrades": []})
        return str(text)

    def end(self) -> None:
        """The client is gone, or shall be."""
        self.close()
        self.waiting.clear()
        while not self.brought.empty():
            self.brought.get_nowait()
        self.brought.put_nowait({"type": "websocket.disconnect", "code": 1001})

    def close(self) -> None:
        """Nothing more goes to the client."""
        self.closed = True
        self._watch_over(None)
        self.news.set()

    def _watch_over(self, seconds: float | None) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        if seconds is not None and not self.closed:
            self._watch = asyncio.get_running_loop().call_later(seconds, self.end)


def _frame(packet: str) -> dict[str, str | bytes]:
    """A packet as a WebSocket has it.

    Raises:
        ValueError: a packet that says it is binary, and is not.
    """
    return {"bytes": b64decode(packet[1:], validate=True)} if packet.startswith("b") else {"text": packet}


async def _body(request: Request) -> str:
    """The body as text.

    Raises:
        ValueError: it is too large, or no text.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise ValueError("too large")
    return body.decode()


def _refused(status: int) -> Response:
    return PlainTextResponse("refused", status, _HEADERS)

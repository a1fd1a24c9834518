"""What tests of a whole shop share: the line to Payway, who buys, and the types of fixtures."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import cache

import httpx

from klarna_shop.assembly import House
from klarna_shop.sandbox import Books
from klarna_shop.settings import PROJECT
from klarna_shop.shop.articles import ArticleLibrary
from klarna_shop.shop.purchase import BrowserFacts, CustomerDetails, Purchase
from klarna_shop.shop.reader import Reader
from klarna_shop.ui.languages import languages

BROWSER = BrowserFacts(
    ip="203.0.113.7", language="sv-SE", user_agent="Test browser", traffic_source="newsletter"
)
NEW_CUSTOMER = CustomerDetails("ny.lasare@exempel.example", "Ny", "Läsare")

Open = Callable[..., Awaitable[Purchase]]
Approve = Callable[..., Awaitable[Purchase]]
SignIn = Callable[[str], Awaitable[Reader]]
Later = Callable[[timedelta], None]


@cache
def newspaper() -> ArticleLibrary:
    """The demo newspaper's articles, read once: reading takes longer than most tests."""
    return ArticleLibrary.load(PROJECT / "klarna_shop" / "articles", languages())


async def books(house: House) -> Books:
    """The sandbox's own books."""
    assert house.sandbox is not None
    return await house.sandbox.books()


class Elapsed:
    """A stopwatch that goes on when a test lets it."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class Line(httpx.AsyncBaseTransport):
    """The line to Payway, which a test can cut: `faults` maps the end of a path to what happens there.

    `lost` does the work and loses the answer, `silent` does it and never answers, `unreachable` does
    nothing, a response is given as it is.
    Each fault happens once; a list of them one after the other.
    """

    def __init__(self) -> None:
        self.api: httpx.AsyncBaseTransport | None = None
        self.faults: dict[str, list[str | httpx.Response]] = {}
        self.calls: list[str] = []
        self.hold: asyncio.Event | None = None
        """Answers wait for it, where it is set."""
        self.held = 0
        self.silent = asyncio.Event()
        """Set from the first call on that is never answered."""
        self.given_up = 0
        """Calls whose caller has stopped waiting."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert self.api is not None
        self.calls.append(f"{request.method} {request.url.path}")
        fault = self._fault(request.url.path)
        if fault == "unreachable":
            raise httpx.ConnectError("refused", request=request)
        if isinstance(fault, httpx.Response):
            return fault
        if self.hold is not None:
            self.held += 1
            await self.hold.wait()
        response = await self.api.handle_async_request(request)
        if fault == "silent":
            await self._never()
        if fault == "lost":
            raise httpx.ReadTimeout("no answer", request=request)
        return response

    async def _never(self) -> None:
        self.silent.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.given_up += 1

    def _fault(self, path: str) -> str | httpx.Response | None:
        for ending, faults in self.faults.items():
            if path.endswith(ending) and faults:
                return faults.pop(0)
        return None

    def count(self, ending: str) -> int:
        """How many calls went to a path with this end."""
        return sum(call.endswith(ending) for call in self.calls)

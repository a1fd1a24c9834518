"""One purchase in a process that dies at a chosen point, and the same purchase after the restart.

A point is the moment before or after an outside call or a commit of the shop's database. What the reader's
browser keeps over the server's death is kept in a file here: the purchase's address, and Klarna's approval
from the moment it was given (the page delivers it again when the socket is back).
"""

from __future__ import annotations

import json
import os
import signal
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import event
from sqlalchemy.orm import Session
from sqlmodel import select

from klarna_shop.assembly import House, build_house
from klarna_shop.sandbox import Sandbox, SandboxSettings
from klarna_shop.settings import Settings
from klarna_shop.shop.identity import new_token
from klarna_shop.shop.purchase import BrowserFacts, Choice, CustomerDetails, Purchase, PurchaseState
from klarna_shop.shop.purchase.states import OVER_WITHOUT_ORDER
from klarna_shop.shop.purchase.tables import PurchaseChange
from tests.house import newspaper

BROWSER = BrowserFacts(ip="203.0.113.7", language="sv-SE", user_agent="Test browser")
HALF_A_MINUTE = timedelta(seconds=30)
ROUNDS = 6


@dataclass(frozen=True)
class Flow:
    """One way of buying: who, and what. `refused` says that Klarna refuses in the end."""

    name: str
    code: str
    signs_in: str = ""
    email: str = "ny.lasare@exempel.example"
    refused: bool = False


FLOWS = (
    Flow("new customer, package", "digital"),
    Flow("signed in, package", "digital", signs_in="astrid.lundmark@demo.example"),
    Flow("new customer, trial", "digital-trial"),
    Flow("new customer, refused", "digital", email="ny.lasare+debt@exempel.example", refused=True),
)

Point = Callable[[str], None]


class Line(httpx.AsyncBaseTransport):
    """The line to Payway, with a point before and after each call."""

    def __init__(self, inner: httpx.AsyncBaseTransport, point: Point) -> None:
        self._inner = inner
        self._point = point

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        call = f"{request.method} {request.url.path.removeprefix('/external/api')}"
        self._point(f"before {call}")
        response = await self._inner.handle_async_request(request)
        await response.aread()
        self._point(f"after {call}")
        return response


def build(folder: Path, settings: Settings, point: Point) -> House:
    """The shop on the files of `folder`, every outside call and commit a point."""
    sandbox = Sandbox(SandboxSettings(database_path=folder / "sandbox.sqlite3", public_url=settings.app_url))
    inner = httpx.ASGITransport(sandbox.api, raise_app_exceptions=False)
    house = build_house(
        settings,
        sandbox=sandbox,
        transport=Line(inner, point),
        session_clock=sandbox.clock.now,
        stopwatch=lambda: sandbox.clock.offset.total_seconds(),
        articles=newspaper(),
    )
    own = house.shop.database.engine.sync_engine

    def is_own(session: Session) -> bool:
        return session.get_bind().engine is own

    @event.listens_for(Session, "before_flush")
    def _flushed(session: Session, _context: object, _instances: object) -> None:
        states = [row.to_state for row in session.new if isinstance(row, PurchaseChange)]
        session.info.setdefault("states", []).extend(states)

    @event.listens_for(Session, "before_commit")
    def _before(session: Session) -> None:
        if is_own(session):
            session.flush()
            states = session.info.pop("states", None)
            session.info["what"] = f"commit of {states[0] if states else 'something else'}"
            point(f"before {session.info['what']}")

    @event.listens_for(Session, "after_commit")
    def _after(session: Session) -> None:
        if is_own(session):
            point(f"after {session.info['what']}")

    return house


def killed_at(number: int, seen: list[str]) -> Point:
    """Points are counted from 0; at `number` the process is gone (never, for a negative one)."""

    def point(label: str) -> None:
        seen.append(label)
        if len(seen) - 1 == number:
            os.kill(os.getpid(), signal.SIGKILL)

    return point


@dataclass
class Kept:
    """What the reader's browser has, whatever happens to the server."""

    file: Path

    def read(self) -> dict[str, str]:
        """All of it."""
        return json.loads(self.file.read_text()) if self.file.exists() else {}

    def keep(self, **more: str) -> None:
        """Add to it."""
        self.file.write_text(json.dumps(self.read() | more))

    @property
    def approved(self) -> bool:
        """Whether Klarna has approved."""
        return "token" in self.read()


async def buy(house: House, flow: Flow, kept: Kept) -> None:
    """The purchase as a reader makes it."""
    shop, cookies = house.shop, house.shop.identities.cookies
    kept.keep(cookie=f"{cookies.visitor}={new_token()}")
    reader = await shop.identities.reader(kept.read()["cookie"])
    if flow.signs_in:
        signed_in = await shop.identities.sign_in(
            flow.signs_in, "demo1234", user_agent="Test browser", reader=reader
        )
        kept.keep(cookie=f"{kept.read()['cookie']}; {cookies.session}={signed_in.cookie_token}")
        reader = await shop.identities.reader(kept.read()["cookie"])
    offer = next(offer for offer in await shop.offers.offers() if offer.code == flow.code)
    customer = None if flow.signs_in else CustomerDetails(flow.email, "Ny", "Läsare")
    choice = Choice(code=offer.code, period_id=offer.period_id, language="sv", customer=customer)
    purchase = await shop.purchases.open(reader, choice, BROWSER)
    kept.keep(purchase=purchase.id, session=purchase.session_fingerprint, token=str(uuid.uuid4()))
    await _deliver(house, kept)


async def _deliver(house: House, kept: Kept) -> None:
    """The page delivers Klarna's approval."""
    browser, purchases = kept.read(), house.shop.purchases
    reader = await house.shop.identities.reader(browser["cookie"])
    purchase = await purchases.authorize(reader, browser["purchase"], browser["session"], browser["token"])
    await purchases.settle(await purchases.place(purchase))


async def after_restart(house: House, kept: Kept, *, returns: bool) -> dict[str, Any]:
    """What recovery makes of it, with the reader's browser if it `returns`, and what Payway's books say."""
    assert house.sandbox is not None
    arrived = await _has_arrived(house)
    await house.recovery.once()
    if returns and kept.approved:
        await _deliver(house, kept)
    for _ in range(ROUNDS):
        house.sandbox.clock.move(HALF_A_MINUTE)
        await house.recovery.once()
    async with house.shop.database.reading() as session:
        purchases = (await session.exec(select(Purchase))).all()
    assert len(purchases) <= 1
    state = purchases[0].status if purchases else None
    books = await house.sandbox.books()
    # Whatever has a reference was ordered by the shop; the demo customers' own orders have none.
    orders = [order for order in books.orders if order.merchant_reference and order.state == "closed"]
    numbers = {order.order_id for order in orders}
    charges = [charge for charge in books.payments if charge.order_id in numbers and charge.state == "closed"]
    return {
        "due": arrived or (returns and kept.approved),
        "orders": len(orders),
        "charges": len(charges),
        "state": state.value if state else "",
        "page": page_of(state),
    }


async def _has_arrived(house: House) -> bool:
    """Whether the approval is in the ledger."""
    async with house.shop.database.reading() as session:
        return (await session.exec(select(Purchase.authorized_at))).first() is not None


def page_of(state: PurchaseState | None) -> str:
    """What the reader sees."""
    match state:
        case None:
            return "picker"
        case PurchaseState.SESSION_OPEN:
            return "checkout"
        case PurchaseState.COMPLETED:
            return "completed"
        case _ if state in OVER_WITHOUT_ORDER:
            return "failed"
        case _:
            return "pending"


def is_right(flow: Flow, result: dict[str, Any]) -> bool:
    """Exactly one order where an approval arrived (none where Klarna refuses), else none; and a true page."""
    outcome = (result["orders"], result["charges"], result["page"])
    if not result["due"]:
        return outcome in {(0, 0, "picker"), (0, 0, "checkout")}
    return outcome == ((0, 0, "failed") if flow.refused else (1, 1, "completed"))

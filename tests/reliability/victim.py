"""One purchase in a process that dies at a chosen point, and the same purchase after the restart.

A point is the moment before or after an outside call or a commit of the shop's database, and the one between
two units of work that are committed together. What the reader's browser keeps over the server's death is kept
in a file here: the purchase's address, and Klarna's approval from the moment it was given (the page delivers
it again when the socket is back).
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
from sqlalchemy import Connection, event
from sqlmodel import Session, select

from klarna_shop.assembly import House, build_house
from klarna_shop.infrastructure.units_of_work import Work
from klarna_shop.sandbox import Sandbox, SandboxSettings
from klarna_shop.settings import Settings
from klarna_shop.shop.attempts import SignInAttempt
from klarna_shop.shop.database import Database
from klarna_shop.shop.identity import new_token
from klarna_shop.shop.purchase import BrowserFacts, Choice, CustomerDetails, Purchase, PurchaseState
from klarna_shop.shop.purchase.states import OVER_WITHOUT_ORDER
from klarna_shop.shop.purchase.tables import PurchaseChange
from tests.house import newspaper

BROWSER = BrowserFacts(ip="203.0.113.7", language="sv-SE", user_agent="Test browser")
Result = TypeVar("Result")
HALF_A_MINUTE = timedelta(seconds=30)
ROUNDS = 6


@dataclass(frozen=True)
class Flow:
    """One way of buying: who, and what.

    `refused` says that Klarna refuses in the end; `in_company`, that each commit has other units in it, too.
    """

    name: str
    code: str
    signs_in: str = ""
    email: str = "ny.lasare@exempel.example"
    refused: bool = False
    in_company: bool = False


FLOWS = (
    Flow("new customer, package", "digital"),
    Flow("signed in, package", "digital", signs_in="astrid.lundmark@demo.example"),
    Flow("new customer, trial", "digital-trial"),
    Flow("new customer, refused", "digital", email="ny.lasare+debt@exempel.example", refused=True),
    Flow("new customer, in company", "digital", in_company=True),
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


_states: ContextVar[list[str]] = ContextVar("states")
"""The purchase states that the unit of work under way has written."""


@event.listens_for(PurchaseChange, "after_insert")
def _note(_mapper: object, connection: Connection, change: PurchaseChange) -> None:
    for noted in (connection.info.get("states"), _states.get(None)):
        if noted is not None:
            noted.append(change.to_state)


def _commit_of(states: list[str]) -> str:
    return f"commit of {states[0] if states else 'something else'}"


class Commits:
    """The commits of a database as points: before and after each, and between the units of one.

    `in_company` lets two units of another browser be committed with each.
    """

    def __init__(self, database: Database, point: Point, *, in_company: bool) -> None:
        self._point = point
        self._in_company = in_company
        self._write = database.write
        database.write = self.write  # type: ignore[method-assign]
        event.listen(database.engine, "begin", self._begins)
        event.listen(database.engine, "savepoint", self._next_begins)
        event.listen(database.engine, "commit", self._commits)

    async def write(self, work: Work[Result], *, lock: str = "") -> Result:
        """Write as the database does, in company where that is wanted."""
        states: list[str] = []
        token = _states.set(states)
        try:
            answer = await (self._among_others(work) if self._in_company else self._write(work, lock=lock))
        finally:
            _states.reset(token)
        self._point(f"after {_commit_of(states)}")
        return answer

    async def _among_others(self, work: Work[Result]) -> Result:
        """Have `work` committed with a unit before it and one after it."""
        holds, goes_on = threading.Event(), threading.Event()

        def hold(_session: Session) -> None:
            holds.set()
            goes_on.wait()

        held = asyncio.create_task(self._write(hold))
        await asyncio.to_thread(holds.wait)
        before = asyncio.create_task(self._write(_of_another))
        own = asyncio.create_task(self._write(work))
        after = asyncio.create_task(self._write(_of_another))
        await asyncio.sleep(0)  # now they wait for the thread that writes
        goes_on.set()
        await asyncio.wait({held, before, own, after})
        return own.result()

    def _begins(self, connection: Connection) -> None:
        connection.info["states"], connection.info["is_first"] = [], True

    def _next_begins(self, connection: Connection, _name: str) -> None:
        if not connection.info["is_first"]:
            self._point(f"between the units of a {_commit_of(connection.info['states'])}")
        connection.info["is_first"] = False

    def _commits(self, connection: Connection) -> None:
        self._point(f"before {_commit_of(connection.info['states'])}")


def _of_another(session: Session) -> None:
    """Count in a row that no purchase looks at."""
    now = datetime.now(UTC)
    row = session.get(SignInAttempt, "another") or SignInAttempt(subject_digest="another", changed_at=now)
    row.failures += 1
    session.add(row)


def build(folder: Path, settings: Settings, point: Point, *, in_company: bool = False) -> House:
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
    Commits(house.shop.database, point, in_company=in_company)
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
    purchase = await purchases.approve(reader, browser["session"], browser["token"])
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
    purchases = await house.shop.database.read(lambda session: session.exec(select(Purchase)).all())
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
    approved = select(Purchase.authorized_at)
    return await house.shop.database.read(lambda session: session.exec(approved).first() is not None)


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

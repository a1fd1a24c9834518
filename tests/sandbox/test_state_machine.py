"""Whatever customers, a hostile caller, Klarna and time do in whichever order: the books of Payway hold.

`STATE_MACHINE_RUNS` makes it longer than the suite has patience for.
"""

from __future__ import annotations

import asyncio
import os
import uuid
from collections import Counter
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from klarna_shop.sandbox import Books, Clock, Sandbox, SandboxSettings
from klarna_shop.sandbox.demo_catalogue import demo_catalogue
from tests.sandbox.conftest import Caller
from tests.seeded import seeded

T = TypeVar("T")

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
CUSTOMERS = st.sampled_from(["astrid.lundmark", "karin.oberg", "nils.sandstrom"])
BUYERS = CUSTOMERS | st.none()
CODES = st.sampled_from(["digital", "digital-plus", "digital-30", "digital-intro", "digital-trial"])
ACTIONS = st.sampled_from(["cancel_product", "reactivate_product"])
STEPS = st.sampled_from(
    [
        timedelta(minutes=7),
        timedelta(minutes=59),
        timedelta(hours=26),
        timedelta(days=1),
        timedelta(days=9),
        timedelta(days=31),
        timedelta(days=366),
    ]
)
FOLLOWS = {
    "pending": {"pending", "activated", "cancelled", "deactivated"},
    "activated": {"activated", "cancelled", "deactivated"},
    "cancelled": {"cancelled", "activated", "pending", "deactivated"},
    "deactivated": {"deactivated"},
}
"""What may be seen of a subscription after what was seen before (§9.3, §9.4)."""


@dataclass(frozen=True)
class Session:
    """A Klarna session and whose it is."""

    id: str
    who: str | None
    code: str


class Payway(RuleBasedStateMachine):
    """Calls over HTTP; what it checks are the sandbox's own books."""

    sessions = Bundle("sessions")
    authorizations = Bundle("authorizations")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = Clock()
        self.clock.stop(NOW)
        self.sandbox = seeded(
            Sandbox(SandboxSettings(public_url="http://shop.example"), self.clock), self.clock.now()
        )
        self.caller = self.run(self._caller())
        self.catalogue = demo_catalogue("DEMO")
        self.seen: dict[str, str] = {}
        self.before = self.run(self.sandbox.books())
        self.paid_by: dict[str, str] = {}

    def run(self, what: Awaitable[T]) -> T:
        """Do it now."""

        async def done() -> T:
            return await what

        return self.loop.run_until_complete(done())

    async def _caller(self) -> Caller:
        return Caller(self.sandbox)

    def teardown(self) -> None:
        self.run(self.caller.http.aclose())
        self.run(self.sandbox.close())
        self.loop.close()

    @rule(target=sessions, who=BUYERS, code=CODES, later=st.sampled_from([0, 0, 0, 5]))
    def create_session(self, who: str | None, code: str, later: int) -> Any:
        body = {"start_date": str(self.clock.today() + timedelta(days=later))} if later else {}
        return Session(self.run(self.caller.session(who, code, **body)), who, code)

    @rule(target=authorizations)
    def approve(self) -> str:
        return str(uuid.uuid4())

    @rule(session=sessions, authorization=authorizations, debt=st.sampled_from(["", "", "+debt"]))
    def place(self, session: Session, authorization: str, debt: str) -> None:
        answer = self._place(session, authorization, session.who, f"ny{debt}@demo.example")
        if answer.status_code == 200:
            assert authorization not in self.paid_by, "an authorization pays one order"
            assert session.id not in self.paid_by.values(), "a session leads to one order"
            self.paid_by[authorization] = session.id
        else:
            assert answer.status_code in {400, 403}, answer.text

    @rule(session=sessions, authorization=authorizations, who=BUYERS)
    def place_for_somebody_else(self, session: Session, authorization: str, who: str | None) -> None:
        if who != session.who:
            assert self._place(session, authorization, who, "ny@demo.example").status_code == 400

    @rule(session=sessions, authorization=authorizations)
    def place_twice_at_once(self, session: Session, authorization: str) -> None:

        async def both() -> list[httpx.Response]:
            await self.caller.bearer(session.who)
            trial = session.code == "digital-trial"
            token = {"klarna_authorization_token": authorization}
            return await asyncio.gather(
                *(self.caller.place(session.who, session.id, trial=trial, **token) for _ in range(2))
            )

        placed = [answer for answer in self.run(both()) if answer.status_code == 200]
        assert len(placed) <= 1
        if placed:
            assert authorization not in self.paid_by
            assert session.id not in self.paid_by.values()
            self.paid_by[authorization] = session.id

    def _place(self, session: Session, authorization: str, who: str | None, email: str) -> httpx.Response:
        token = {"klarna_authorization_token": authorization}
        trial = session.code == "digital-trial"
        return self.run(self.caller.place(who, session.id, email=email, trial=trial, **token))

    @rule(who=CUSTOMERS, in_debt=st.booleans())
    def owe(self, who: str, in_debt: bool) -> None:
        self.run(self.sandbox.set_debt(f"{who}@demo.example", in_debt))

    @rule(
        who=CUSTOMERS,
        action=st.sampled_from(["cancel_product", "reactivate_product"]),
        which=st.integers(0, 3),
    )
    def change_mind(self, who: str, action: str, which: int) -> None:
        products = self.run(self.caller.get("/v1/me", who)).json()["item"]["user_products"]
        if products:
            body = {"id": products[which % len(products)]["id"]}
            answer = self.run(self.caller.send("PUT", f"/v1/me/{action}", who, **body))
            assert answer.status_code in {200, 409}, answer.text

    @rule(by=STEPS)
    def wait(self, by: timedelta) -> None:
        self.clock.move(by)
        self.caller.forget_tokens()

    @rule(who=CUSTOMERS)
    def read(self, who: str) -> None:
        """What a customer may use is what their living subscriptions open."""
        books = self.run(self.sandbox.books())
        account = next(a for a in books.accounts if a.email == f"{who}@demo.example")
        now, opened = self.clock.now(), set()
        for subscription in books.subscriptions:
            end = subscription.grace_period_to or subscription.valid_to
            living = subscription.state in {"activated", "cancelled"} and subscription.valid_from <= now < end
            if subscription.account_id == account.id and living:
                offer = self.catalogue.offer(subscription.product_code)
                assert offer is not None
                opened |= set(offer.access_codes)
        assert set(self.run(self.caller.active(who))) == opened

    @invariant()
    def books_hold(self) -> None:
        books = self.run(self.sandbox.books())
        self._orders_hold(books)
        self._payments_hold(books)
        for subscription in books.subscriptions:
            before = self.seen.get(subscription.id, "pending")
            assert subscription.state in FOLLOWS[before], (before, subscription.state)
            self.seen[subscription.id] = subscription.state

    def _orders_hold(self, books: Books) -> None:
        numbers = [int(order.order_id.rpartition("-")[2]) for order in books.orders]
        assert len(set(numbers)) == len(numbers)
        closed = Counter(
            order.session_id for order in books.orders if order.session_id and order.state == "closed"
        )
        assert set(closed.values()) <= {1}, "one session, two orders"
        assert set(closed) == set(self.paid_by.values()), "an order for each 200, and none without"
        void = {session.id for session in books.sessions if session.state == "void"}
        assert void == set(closed), "a session is void when, and only when, its order succeeded"

    def _payments_hold(self, books: Books) -> None:
        subscriptions = {subscription.id: subscription for subscription in books.subscriptions}
        for order in books.orders:
            payments = [payment for payment in books.payments if payment.order_id == order.order_id]
            paid = [payment for payment in payments if payment.state == "closed"]
            assert all(payment.amount == order.price for payment in payments), (
                "nothing but the price is charged"
            )
            if order.state == "closed":
                assert paid, "no order without a charge"
            if order.state == "failed":
                assert not paid, "nothing is charged for an order that failed"
            normal = [payment for payment in payments if payment.kind == "normal"]
            assert len(normal) == (0 if order.parent_order_id else 1)
            (subscription,) = {subscriptions[payment.subscription_id].id for payment in payments}
            assert len(paid) == subscriptions[subscription].renewals + 1 or order.state == "failed"


Payway.TestCase.settings = settings(
    max_examples=int(os.environ.get("STATE_MACHINE_RUNS", "20")),
    stateful_step_count=25,
    deadline=None,
    derandomize="STATE_MACHINE_RUNS" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
TestPayway = Payway.TestCase

"""Whatever readers, Klarna, Payway, crashes and time do in whichever order: the ledger's promises hold.

`LEDGER_MACHINE_RUNS` makes it longer than the suite has patience for.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import uuid
from collections import Counter
from collections.abc import Awaitable, Iterable
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import httpx
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from klarna_shop.assembly import build_house
from klarna_shop.sandbox import Sandbox, SandboxSettings
from klarna_shop.settings import read_settings
from klarna_shop.shop.articles import ArticleKind
from klarna_shop.shop.clock import CLOCK_TOLERANCE
from klarna_shop.shop.money import seller_date
from klarna_shop.shop.purchase import CannotOpen, Choice, CustomerDetails, NotYours, Purchase, PurchaseState
from klarna_shop.shop.purchase.buyer_address import person_address
from klarna_shop.shop.purchase.retention import Retention
from klarna_shop.shop.purchase.states import OVER_WITHOUT_ORDER, TRANSITIONS
from klarna_shop.shop.reader import Reader
from tests.databases import SharedDatabase, migrated_file
from tests.house import BROWSER, Line, newspaper
from tests.loop_time import count_quiet_time
from tests.seeded import seeded

T = TypeVar("T")
S = PurchaseState

READERS = st.sampled_from(["one", "two", "astrid", "maja"])
ACCOUNTS = {"astrid": "astrid.lundmark@demo.example", "maja": "maja.hellgren@demo.example"}
ADDRESSES = st.sampled_from(
    [
        "",
        "gemensam@exempel.example",
        "Gemensam@EXEMPEL.example",
        "gemensam+1@exempel.example",
        "gemen.sam@exempel.example",
        "Astrid.Lundmark@demo.example",
    ]
)
"""New customers share them across browsers, one with a customer who signs in; empty: one of their own."""
CODES = st.sampled_from(["digital", "digital-plus", "digital-30", "digital-trial"])
FATES = st.sampled_from(
    ["fine", "fine", "lost", "gateway", "unreachable", "crash before", "crash after", "slow down", "refused"]
)
STEPS = st.sampled_from(
    [
        timedelta(seconds=20),
        timedelta(minutes=3),
        timedelta(minutes=61),
        timedelta(hours=49),
        timedelta(days=31),
    ]
)
KNOWN_AT_LAST = OVER_WITHOUT_ORDER | {S.COMPLETED, S.SESSION_OPEN, S.UNRESOLVED}
"""Where a purchase may stand once nothing fails any more and recovery has been round."""


class Way(Line):
    """A line on which the shop itself can die, before Payway has done its work or after."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        waiting = [fault for ending, fault in self.faults.items() if request.url.path.endswith(ending)]
        fate = waiting[0][0] if waiting and waiting[0] else None
        if fate in {"crash before", "crash after"}:
            waiting[0].pop(0)
            assert self.api is not None
            if fate == "crash after":
                await self.api.handle_async_request(request)
            raise asyncio.CancelledError
        return await super().handle_async_request(request)


def _faults(fate: str) -> list[str | httpx.Response]:
    answers: dict[str, str | httpx.Response] = {
        "gateway": httpx.Response(502, text="<html>"),
        "slow down": httpx.Response(429, json={"code": "too_many_requests", "message": "Slow down"}),
        "refused": httpx.Response(403, json={"code": "account_update_error", "message": "No"}),
    }
    return [] if fate == "fine" else [answers.get(fate, fate)]


class Buying(RuleBasedStateMachine):
    """Calls what screens and housekeeping call; what it checks are the ledger and Payway's own books."""

    purchases = Bundle("purchases")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        count_quiet_time(self.loop)
        self.folder = Path(tempfile.mkdtemp())
        configured = read_settings(
            _env_file=None,
            database_url=self.database_url(),
            secret_key="the key of tests and of tests only long enough",
            payway_timeout="2s",
        )
        self.line = Way()
        self.sandbox = seeded(Sandbox(SandboxSettings(public_url=configured.app_url)))
        self.house = build_house(
            configured,
            sandbox=self.sandbox,
            transport=self.line,
            session_clock=self.sandbox.clock.now,
            articles=newspaper(),
            stopwatch=lambda: self.sandbox.clock.offset.total_seconds(),
        )
        self.line.api = httpx.ASGITransport(self.sandbox.api, raise_app_exceptions=False)
        self.shop = self.house.shop
        self.retention = Retention(self.shop.database, self.shop.clock, 30)
        self.signed_in: dict[str, str] = {}
        self.seen: dict[str, list[str]] = {}
        self.held: dict[str, Purchase] = {}
        self.tokens: dict[str, set[str]] = {}
        self.articles = self.shop.articles.front_page("sv")
        self.walled = next(one for one in self.articles if one.kind is ArticleKind.PREMIUM)

    def database_url(self) -> str:
        """The address of a migrated, empty database."""
        return f"sqlite:///{shutil.copy(migrated_file(), self.folder / 'shop.sqlite3')}"

    def run(self, what: Awaitable[T]) -> T:
        async def done() -> T:
            return await what

        return self.loop.run_until_complete(done())

    def teardown(self) -> None:
        try:
            self._come_to_rest()
        finally:
            self.run(self.shop.close())
            self.run(self.sandbox.close())
            self.loop.close()
            shutil.rmtree(self.folder)

    # ---- what happens ----
    @rule(target=purchases, who=READERS, code=CODES, address=ADDRESSES)
    def open(self, who: str, code: str, address: str) -> Any:
        return self._opened(who, code, address) or multiple()

    def _opened(self, who: str, code: str, address: str) -> tuple[str, str] | None:
        async def opened() -> Purchase:
            reader = await self._reader(who)
            offer = next(one for one in await self.shop.offers.offers() if one.code == code)
            email = address or f"{who}.{len(self.held)}@exempel.example"
            customer = None if reader.customer else CustomerDetails(email, "Ny", "Läsare")
            choice = Choice(code, offer.period_id, "sv", customer=customer)
            return await self.shop.purchases.open(reader, choice, BROWSER)

        try:
            purchase = self.run(opened())
        except CannotOpen:
            return None
        self.held[purchase.id] = purchase
        return purchase.id, who

    @rule(target=purchases, who=READERS, code=CODES, address=ADDRESSES, fate=FATES, asked=FATES)
    def buy(self, who: str, code: str, address: str, fate: str, asked: str) -> Any:
        """The way most go: choose, approve, and Payway's answer is what it is."""
        bought = self._opened(who, code, address)
        if bought is None:
            return multiple()
        self.approve(bought, by=who, again=False, right=True)
        self._under(fate, self.shop.purchases.place(self.run(self._row(bought[0]))), asked)
        return bought

    @rule(code=CODES, address=ADDRESSES.filter(bool), who=st.permutations(["one", "two", "astrid"]))
    def buy_in_two_browsers(self, code: str, address: str, who: list[str]) -> None:
        """The same address in both, opened one after the other and approved at once."""
        opened = [one for one in (self._opened(reader, code, address) for reader in who[:2]) if one]

        async def bought(purchase_id: str, owner: str) -> None:
            token = str(uuid.uuid4())
            self.tokens.setdefault(purchase_id, set()).add(token)
            reader, fingerprint = await self._reader(owner), self.held[purchase_id].session_fingerprint
            approved = await self.shop.purchases.approve(reader, fingerprint, token)
            await self.shop.purchases.place(approved)

        async def all_at_once() -> None:
            await asyncio.gather(*(bought(*one) for one in opened))

        self.run(all_at_once())

    @rule(bought=purchases, by=READERS, again=st.booleans(), right=st.booleans() | st.just(True))
    def approve(self, bought: tuple[str, str], by: str, again: bool, right: bool) -> None:
        """By whoever has the address; with a token of before, or for another session."""
        purchase_id, owner = bought
        known = self.tokens.setdefault(purchase_id, set())
        token = next(iter(known)) if again and known else str(uuid.uuid4())
        fingerprint = self.held[purchase_id].session_fingerprint if right else "0" * 32
        before = self.run(self._row(purchase_id))
        try:
            reader = self.run(self._reader(by))
            after = self.run(self.shop.purchases.approve(reader, fingerprint, token))
        except NotYours:
            assert by != owner or not right
            assert self.run(self._row(purchase_id)) == before
            return
        assert right
        assert by == owner
        if after.status is S.AUTHORIZED and before.status is S.SESSION_OPEN:
            known.add(token)

    @rule(bought=purchases, fate=FATES, asked=FATES, stale=st.booleans())
    def place(self, bought: tuple[str, str], fate: str, asked: str, stale: bool) -> None:
        """Also by somebody who read the purchase long ago."""
        purchase = self.held[bought[0]] if stale else self.run(self._row(bought[0]))
        self.held[bought[0]] = purchase
        self._under(fate, self.shop.purchases.place(purchase), asked)

    @rule(bought=purchases, fate=FATES)
    def place_and_recover_at_once(self, bought: tuple[str, str], fate: str) -> None:
        purchase = self.run(self._row(bought[0]))

        async def all_at_once() -> None:
            place = self.shop.purchases.place
            rounds = (self.house.recovery.once(waiting=timedelta()) for _ in range(2))
            await asyncio.gather(place(purchase), place(purchase), *rounds, return_exceptions=True)

        self._under(fate, all_at_once())

    @rule(bought=purchases)
    def settle(self, bought: tuple[str, str]) -> None:
        self.run(self.shop.purchases.settle(self.run(self._row(bought[0]))))

    @rule(bought=purchases)
    def klarna_refuses(self, bought: tuple[str, str]) -> None:
        fingerprint = self.held[bought[0]].session_fingerprint
        reader = self.run(self._reader(bought[1]))
        self.run(self.shop.purchases.refused_by_klarna(reader, bought[0], fingerprint))

    @rule(target=purchases, bought=purchases)
    def start_over(self, bought: tuple[str, str]) -> Any:
        reader = self.run(self._reader(bought[1]))
        try:
            again = self.run(self.shop.purchases.start_over(reader, bought[0], BROWSER))
        except CannotOpen:
            return multiple()
        self.held[again.id] = again
        return again.id, bought[1]

    @rule(fate=FATES, asked=FATES)
    def recover(self, fate: str, asked: str) -> None:
        self._under(fate, self.house.recovery.once(waiting=timedelta()), asked)

    @rule(by=STEPS)
    def time_passes(self, by: timedelta) -> None:
        self.sandbox.clock.move(by)

    @rule()
    def erase(self) -> None:
        self.run(self.retention.erase())

    # ---- what always holds ----
    @invariant()
    def only_what_the_table_has_was_done_and_nothing_was_rewritten(self) -> None:
        for row in self._rows():
            steps = [change.to_state for change in self.run(self.shop.purchases.ledger.history(row.id))]
            assert steps[-1] == row.state
            assert steps[0] == S.SESSION_OPEN
            assert all(S(after) in TRANSITIONS[S(before)] for before, after in pairwise(steps))
            before = self.seen.get(row.id, [])
            assert steps[: len(before)] == before
            self.seen[row.id] = steps

    @invariant()
    def nobody_is_charged_twice_or_for_nothing(self) -> None:
        rows = {row.id: row for row in self._rows()}
        orders = [order for order in self.run(self.sandbox.books()).orders if order.state == "closed"]
        counted = Counter(order.merchant_reference for order in orders if order.merchant_reference in rows)
        for purchase_id, row in rows.items():
            count = counted[purchase_id]
            assert count <= 1
            if row.status in {S.PLACED, S.COMPLETED}:
                assert count == 1, row.state
            elif row.status in OVER_WITHOUT_ORDER | {S.SESSION_OPEN, S.AUTHORIZED}:
                assert count == 0, row.state
            if not self.tokens.get(purchase_id):
                assert count == 0
        bought = Counter(
            (row.buyer, row.code)
            for row in rows.values()
            if row.status in TRANSITIONS
            and row.status in {S.AUTHORIZED, S.PLACING, S.UNKNOWN, S.PLACED, S.UNRESOLVED}
        )
        assert not [buyer for buyer, count in bought.items() if count > 1]

    @invariant()
    def no_address_has_a_second_order_of_a_code_nor_a_second_trial(self) -> None:
        rows = {row.id: row for row in self._rows()}
        books = self.run(self.sandbox.books())
        own = {order.order_id: order for order in books.orders if order.merchant_reference in rows}
        living = Counter(
            (one.account_id, one.product_code)
            for one in books.subscriptions
            if one.state in {"pending", "activated"}
            and one.order_id in own
            and own[one.order_id].product_code == one.product_code
        )
        assert not [of for of, count in living.items() if count > 1]
        emails = {account.id: account.email for account in books.accounts}
        trials = [
            one for one in own.values() if one.state == "closed" and one.product_code == "digital-trial"
        ]
        for counted in (
            Counter(person_address(emails[one.account_id]) for one in trials),
            Counter(rows[one.merchant_reference or ""].visitor_id for one in trials),
        ):
            assert not [of for of, count in counted.items() if count > 1]

    @invariant()
    def an_article_opens_if_and_only_if_somebody_may_read_it(self) -> None:
        for who in ("one", "two", *ACCOUNTS):
            reader = self.run(self._reader(who))
            decision = self.run(self.shop.access.decide(reader, self.walled))
            assert decision.open == self._may_read(reader), who

    # ---- the truth ----
    def _may_read(self, reader: Reader) -> bool:
        today = seller_date(self.shop.clock())
        if reader.customer is not None:
            books = self.run(self.sandbox.books())
            return any(
                one.account_id == reader.account_id and one.state in {"activated", "cancelled"}
                for one in books.subscriptions
            )
        return any(
            row.status is S.COMPLETED
            and row.visitor_id == reader.visitor_id
            and seller_date(row.placed_at or row.created_at)
            <= today
            < row.offer.period.end(seller_date(row.placed_at or row.created_at))
            for row in self._rows()
        )

    def _come_to_rest(self) -> None:
        """Nothing fails any more, and housekeeping goes its rounds."""
        self.line.faults.clear()
        self.sandbox.clock.move(self.shop.purchases.placing.deadline + CLOCK_TOLERANCE)
        # The older a purchase is, the more rarely it is looked at: six hours at the longest.
        for pause in (timedelta(seconds=20), timedelta(seconds=20), timedelta(hours=7), timedelta(hours=7)):
            self.sandbox.clock.move(pause)
            self.run(self.house.recovery.once(waiting=timedelta()))
        for row in self._rows():
            assert row.status in KNOWN_AT_LAST, row.state
        self.only_what_the_table_has_was_done_and_nothing_was_rewritten()
        self.nobody_is_charged_twice_or_for_nothing()
        self.no_address_has_a_second_order_of_a_code_nor_a_second_trial()

    def _under(self, fate: str, what: Awaitable[object], asked: str = "fine") -> None:
        self.line.faults["order"] = _faults(fate)
        self.line.faults["pre_validate_purchase"] = _faults(asked)
        with suppress(asyncio.CancelledError):
            self.run(what)
        self.line.faults.clear()

    def _rows(self) -> Iterable[Purchase]:
        return [self.run(self._row(purchase_id)) for purchase_id in list(self.held)]

    async def _row(self, purchase_id: str) -> Purchase:
        row = await self.shop.purchases.ledger.find(purchase_id)
        assert row is not None, "purchases are never deleted"
        return row

    async def _reader(self, who: str) -> Reader:
        if who not in ACCOUNTS:
            return Reader(visitor_id=who)
        visitor = Reader(visitor_id=who)
        if who not in self.signed_in:
            result = await self.shop.identities.sign_in(
                ACCOUNTS[who], "demo1234", user_agent="Test browser", reader=visitor
            )
            self.signed_in[who] = f"session={result.cookie_token}"
        found = await self.shop.identities.reader(self.signed_in[who])
        if found.customer is None:
            del self.signed_in[who]
            return await self._reader(who)
        return Reader(visitor_id=who, customer=found.customer)


RUNS = int(os.environ.get("LEDGER_MACHINE_RUNS", "6"))
SETTINGS = settings(
    max_examples=RUNS,
    stateful_step_count=25,
    deadline=None,
    derandomize="LEDGER_MACHINE_RUNS" not in os.environ,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
Buying.TestCase.settings = SETTINGS
TestBuying = Buying.TestCase


def test_buying_on_postgresql(postgresql: SharedDatabase) -> None:
    class OnPostgresql(Buying):
        def database_url(self) -> str:
            postgresql.empty()
            return postgresql.address

    run_state_machine_as_test(OnPostgresql, settings=settings(SETTINGS, max_examples=max(2, RUNS // 4)))

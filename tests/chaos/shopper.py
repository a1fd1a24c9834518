"""One shopper: acts as its plan says, keeps what a browser keeps, and remembers what it saw."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from typing import Any

import httpx

from klarna_shop.sandbox.demo_customers import DEMO_PASSWORD
from klarna_shop.shop.encryption import fingerprint
from tests.chaos.plan import Manner, Shopper
from tests.chaos.tab import Tab

PATIENCE_SECONDS = 45.0
"""How long a reader tries the same thing: longer than the shop takes to come back."""
TURNING_SECONDS = 30.0
"""How long an open confirmation may take to tell the end after the ledger has it."""
AGAIN_SECONDS = 0.7
"""How long a reader waits before pressing again where the shop says that it cannot now."""
RESEND_SECONDS = 2.0
ANSWER_SECONDS = 8.0
FINAL = {"completed", "failed"}
NOT_FOR_THIS_BUYER = {"not_eligible", "already_subscribed", "invalid_fields", "login_required"}


@dataclass
class Approval:
    """One authorization token of Klarna's, as the page holds it."""

    purchase_id: str
    session_fingerprint: str
    token: str
    sent: int = 0
    acknowledged: bool = False
    """The server has said that it has it."""
    let_go: bool = False
    """The page has no more use for it: acknowledged, led on, or the purchase was over."""


@dataclass(frozen=True)
class Page:
    """What a confirmation showed in the end."""

    status: str
    state: str
    reason: str


@dataclass
class Witness:
    """What one shopper did and saw."""

    plan: Shopper
    visitor_id: str
    purchases: list[str] = field(default_factory=list)
    approvals: list[Approval] = field(default_factory=list)
    pages: dict[str, Page] = field(default_factory=dict)
    seen_early: dict[str, set[str]] = field(default_factory=dict)
    """Final words that confirmations showed while all the faults were happening, by purchase."""
    turned_by_itself: bool | None = None
    """Whether a page that was left open told the end; None where nobody watched one."""
    left_at_checkout: bool = False
    """Whether a checkout that had acknowledged the approval led nowhere."""
    stranger_saw: list[str] = field(default_factory=list)
    read_early: bool = False
    """Whether the walled article was open at some time before everything was calm."""
    reads: bool = False
    """Whether it is open in the end."""


class Act:
    """A shopper at work on the shop at `url`, where `article` is the slug of a walled article."""

    def __init__(self, url: str, article: str, plan: Shopper) -> None:
        self.url = url
        self.plan = plan
        self.cookie = f"visitor={plan.cookie_token}"
        self.witness = Witness(plan, fingerprint(plan.cookie_token))
        self._article = article
        self.done = False
        self._watching: asyncio.Task[None] | None = None

    async def register(self) -> None:
        """Make the account that the plan wants, while nothing fails yet."""
        form = {
            "email": self.plan.email,
            "password": DEMO_PASSWORD,
            "first_name": "Ny",
            "last_name": f"Läsare {self.plan.number}",
        }
        headers = {"Origin": self.url, "Cookie": self.cookie}
        async with httpx.AsyncClient(base_url=self.url, timeout=60) as browser:
            await browser.post("/auth/register", data=form, headers=headers)
            session = browser.cookies.get("session")
        if session is None:
            raise RuntimeError(f"shopper {self.plan.number} got no account")
        self.cookie = f"{self.cookie}; session={session}"

    async def sign_in_again(self) -> None:
        """What the page asks for when Payway has ended the sign-in: the rest happens by itself."""
        form = {"email": self.plan.email, "password": DEMO_PASSWORD}
        headers = {"Origin": self.url, "Cookie": f"visitor={self.plan.cookie_token}"}
        async with httpx.AsyncClient(base_url=self.url, timeout=60) as browser:
            await browser.post("/auth/sign-in", data=form, headers=headers)
            session = browser.cookies.get("session")
        if session is not None:
            self.cookie = f"visitor={self.plan.cookie_token}; session={session}"

    async def buy(self) -> None:
        """The purchase with all the shopper's ways."""
        await asyncio.sleep(self.plan.arrives)
        count = 2 if self.plan.manner is Manner.TWO_PURCHASES else 1
        opened = [await self._open() for _ in range(count)]
        self.witness.purchases += dict.fromkeys(purchase for purchase in opened if purchase)
        await asyncio.sleep(self.plan.thinks)
        if self.witness.purchases:
            await self._finish(self.witness.purchases)
        if self.plan.watches and self.witness.approvals and self.plan.manner is not Manner.GONE:
            self._watching = asyncio.create_task(self._watch(self.witness.approvals[0].purchase_id))
        self.witness.read_early = await self._can_read(patience=0)
        self.done = True

    async def deliver_what_is_left(self) -> None:
        """The page is still open, and delivers what the server has not acknowledged."""
        if self.plan.manner is not Manner.GONE:
            async with asyncio.TaskGroup() as group:
                for approval in self.witness.approvals:
                    if not approval.let_go:
                        group.create_task(self._deliver_in_new_tab(approval))

    async def _watch(self, purchase_id: str) -> None:
        """Stay on the confirmation until it tells the end; nothing is sent but after a lost connection."""
        tab = Tab(self.url, self.cookie)
        try:
            # A purchase that nobody approved after all leads back to the checkout.
            while not (tab.var("confirmation", "status") in FINAL or _led_to(tab, "/checkout")):
                if tab.connected or await tab.visit("confirmation", "show", _confirmation(purchase_id)):
                    await tab.until(
                        lambda: tab.var("confirmation", "status") in FINAL or _led_to(tab, "/checkout"), 5
                    )
                if tab.var("confirmation", "status") == "missing":
                    # Signed out meanwhile: the page loads anew when the reader has signed in again.
                    await tab.cut()
                    tab.cookie = self.cookie
        finally:
            await tab.cut()

    async def look_again(self, stranger: str) -> None:
        """When everything is calm: every page, another browser's view of it, and the walled article."""
        witness = self.witness
        if self._watching is not None:
            done, waiting = await asyncio.wait([self._watching], timeout=TURNING_SECONDS)
            witness.turned_by_itself = bool(done)
            for task in waiting:
                task.cancel()
        for purchase_id in witness.purchases:
            witness.pages[purchase_id] = await self._page(self.cookie, purchase_id)
        for purchase_id in witness.purchases[:1]:
            witness.stranger_saw.append((await self._page(f"visitor={stranger}", purchase_id)).status)
        witness.reads = await self._can_read()

    async def _open(self) -> str | None:
        """Open a purchase; its id, or None where the shop did not let this buyer."""
        async for _ in _patiently():
            tab = Tab(self.url, self.cookie)
            try:
                offer_key = await self._offer_key(tab)
                if offer_key is None:
                    continue
                await self._press(tab, offer_key)
                if tab.redirects:
                    return tab.redirects[-1].partition("purchase=")[2]
                if tab.var("packages", "error") in NOT_FOR_THIS_BUYER:
                    return None
                await asyncio.sleep(AGAIN_SECONDS)
            finally:
                await tab.cut()
        return None

    async def _offer_key(self, tab: Tab) -> str | None:
        """The picker's name for the offer that is wanted; None while it cannot be had."""
        if not await tab.visit("packages", "show", "/packages"):
            return None
        if not await tab.until(lambda: tab.var("packages", "status") == "ready", ANSWER_SECONDS):
            return None
        offers = tab.var("packages", "offers")
        return next((str(offer["key"]) for offer in offers if offer["code"] == self.plan.code), None)

    async def _press(self, tab: Tab, offer_key: str) -> None:
        form = {"offer": offer_key, "start_date": ""}
        if not self.plan.has_account:
            form |= {"email": self.plan.email, "first_name": "Ny", "last_name": f"Läsare {self.plan.number}"}
        for _ in range(2 if self.plan.presses_twice else 1):
            await tab.send("packages", "open_purchase", {"form": form}, "/packages")
        await tab.until(lambda: tab.redirects or tab.var("packages", "error"), ANSWER_SECONDS)

    async def _finish(self, purchases: list[str]) -> None:
        """From the checkout on, in as many tabs as the plan has."""
        manner, tokens = self.plan.manner, self.plan.tokens
        async with asyncio.TaskGroup() as group:
            group.create_task(self._checkout(purchases[0], tokens[0]))
            if manner is Manner.TWO_TABS:
                group.create_task(self._checkout(purchases[0], tokens[1]))
            if manner is Manner.TWO_PURCHASES and len(purchases) == 2:
                group.create_task(self._checkout(purchases[1], tokens[1]))
            if manner is Manner.STARTED_OVER:
                group.create_task(self._start_over(purchases[0]))
        if manner not in {Manner.GONE, Manner.ABANDONED}:
            for purchase_id in self.witness.purchases:
                await self._confirmations(purchase_id)

    async def _checkout(self, purchase_id: str, token: str) -> None:
        tab, path = Tab(self.url, self.cookie), _checkout(purchase_id)
        try:
            session = await self._payable(tab, path)
            if session is None or self.plan.manner is Manner.ABANDONED:
                return
            if self.plan.manner is Manner.DECLINED:
                await tab.send("checkout", "refused", {"outcome": {"sessionFingerprint": session}}, path)
                await tab.until(lambda: tab.var("checkout", "status") == "closed", ANSWER_SECONDS)
                return
            approval = Approval(purchase_id, session, token)
            self.witness.approvals.append(approval)
            await self._approve(tab, approval)
        finally:
            await tab.cut()

    async def _payable(self, tab: Tab, path: str) -> str | None:
        """The session that can be paid at this address; None where it cannot (any more)."""
        async for _ in _patiently():
            if not await tab.visit("checkout", "show", path):
                continue
            if await tab.until(
                lambda: _led_on(tab) or tab.var("checkout", "status") in {"payable", "closed", "missing"},
                ANSWER_SECONDS,
            ):
                payable = tab.var("checkout", "status") == "payable" and not _led_on(tab)
                return str(tab.var("checkout", "session_fingerprint")) if payable else None
        return None

    async def _approve(self, tab: Tab, approval: Approval) -> None:
        match self.plan.manner:
            case Manner.CUT_BEFORE:
                await tab.cut()
            case Manner.CUT_AFTER:
                await self._send(tab, approval)
                await tab.cut()
            case Manner.GONE:
                await self._send(tab, approval)
                await tab.cut()
                return
            case Manner.TWICE:
                await self._send(tab, approval)
        await self._deliver(tab, approval)

    async def _deliver(self, tab: Tab, approval: Approval) -> None:
        """As the page does: until the server says that it has stored it, or the purchase is over."""
        path = _checkout(approval.purchase_id)
        async for _ in _patiently():
            if not tab.connected and not await tab.visit("checkout", "show", path):
                continue
            await self._send(tab, approval)
            await tab.until(lambda: _is_settled(tab, approval), RESEND_SECONDS)
            if _is_settled(tab, approval):
                approval.acknowledged = tab.var("checkout", "acknowledged") == approval.session_fingerprint
                approval.let_go = True
                await self._be_led_on(tab, path)
                return

    async def _be_led_on(self, tab: Tab, path: str) -> None:
        """The page waits for what comes of it; where its connection is cut, it asks anew."""
        async for _ in _patiently():
            if not tab.connected and not await tab.visit("checkout", "show", path):
                continue
            if await tab.until(lambda: _has_an_end(tab), PATIENCE_SECONDS):
                return
        self.witness.left_at_checkout = True

    async def _deliver_in_new_tab(self, approval: Approval) -> None:
        tab = Tab(self.url, self.cookie)
        try:
            await self._deliver(tab, approval)
        finally:
            await tab.cut()

    async def _send(self, tab: Tab, approval: Approval) -> None:
        outcome = {"sessionFingerprint": approval.session_fingerprint, "authorizationToken": approval.token}
        approval.sent += await tab.send(
            "checkout", "authorized", {"outcome": outcome}, _checkout(approval.purchase_id)
        )

    async def _start_over(self, purchase_id: str) -> None:
        """From another tab, at about the time of the approval; the new purchase is approved as well."""
        tab, path = Tab(self.url, self.cookie), _checkout(purchase_id)
        try:
            await self._payable(tab, path)
            await tab.send("checkout", "start_over", {}, path)
            await tab.until(lambda: _led_to(tab, "/checkout") or tab.var("checkout", "error"), ANSWER_SECONDS)
            started = [
                address.partition("purchase=")[2] for address in tab.redirects if "/checkout" in address
            ]
        finally:
            await tab.cut()
        if started and started[-1] != purchase_id:
            self.witness.purchases.append(started[-1])
            await self._checkout(started[-1], self.plan.tokens[1])

    async def _confirmations(self, purchase_id: str) -> None:
        """Open the confirmation, again and again while its outcome may be open."""
        for _ in range(1 + self.plan.reloads):
            page = await self._page(self.cookie, purchase_id, patience=0)
            if page.status in FINAL:
                self.witness.seen_early.setdefault(purchase_id, set()).add(page.status)

    async def _page(self, cookie: str, purchase_id: str, patience: float = PATIENCE_SECONDS) -> Page:
        tab, path = Tab(self.url, cookie), _confirmation(purchase_id)
        try:
            async for _ in _patiently(patience):
                if await tab.visit("confirmation", "show", path) and await tab.until(
                    lambda: (
                        tab.var("confirmation", "status") in FINAL | {"pending", "missing"}
                        or _led_to(tab, "/checkout")
                    ),
                    ANSWER_SECONDS,
                ):
                    break
            if _led_to(tab, "/checkout"):
                return Page("checkout", "session_open", "")
            values = (tab.var("confirmation", name) for name in ("status", "state", "reason"))
            return Page(*(str(value or "") for value in values))
        finally:
            await tab.cut()

    async def _can_read(self, patience: float = PATIENCE_SECONDS) -> bool:
        """Whether the walled article's body comes over the socket."""
        tab, path = Tab(self.url, self.cookie), f"/article/{self._article}"
        try:
            async for _ in _patiently(patience):
                if not await tab.visit("article", "decide", path):
                    continue
                if await tab.until(
                    lambda: tab.var("article", "status") in {"open", "walled"}, ANSWER_SECONDS
                ):
                    break
            return bool(tab.var("article", "body"))
        finally:
            await tab.cut()


async def _patiently(seconds: float = PATIENCE_SECONDS) -> AsyncIterator[None]:
    """Once at least, and again as long as the patience lasts."""
    end = asyncio.get_running_loop().time() + seconds
    yield
    while asyncio.get_running_loop().time() < end:
        yield


def _checkout(purchase_id: str) -> str:
    return f"/checkout?purchase={purchase_id}"


def _confirmation(purchase_id: str) -> str:
    return f"/confirmation?purchase={purchase_id}"


def _led_to(tab: Tab, page: str) -> bool:
    return any(address.startswith(page) for address in tab.redirects)


def _led_on(tab: Tab) -> bool:
    return _led_to(tab, "/confirmation") or _led_to(tab, "/login")


def _has_an_end(tab: Tab) -> bool:
    """Whether the checkout has led on, or said that it is over."""
    return (
        bool(tab.var("checkout", "redirect_url"))
        or tab.var("checkout", "status") in {"closed", "missing"}
        or _led_on(tab)
    )


def _is_settled(tab: Tab, approval: Approval) -> bool:
    return tab.var("checkout", "acknowledged") == approval.session_fingerprint or _has_an_end(tab)


async def all_of(acts: list[Coroutine[Any, Any, None]], at_once: int) -> None:
    """Run all, so many at a time."""
    places = asyncio.Semaphore(at_once)

    async def placed(act: Coroutine[Any, Any, None]) -> None:
        async with places:
            await act

    async with asyncio.TaskGroup() as group:
        for act in acts:
            group.create_task(placed(act))

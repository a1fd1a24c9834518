"""One shopper: acts as its plan says, keeps what a browser keeps, and remembers what it saw."""

from __future__ import annotations

import asyncio

import httpx

from klarna_shop.sandbox.demo_customers import DEMO_PASSWORD
from klarna_shop.shop.encryption import fingerprint
from tests.chaos.pages import (
    ANSWER_SECONDS,
    FINAL,
    PATIENCE_SECONDS,
    can_read,
    checkout,
    confirmation,
    confirmation_page,
    has_an_end,
    is_led_to,
    is_settled,
    patiently,
    payable_session,
    tells_the_end,
)
from tests.chaos.plan import Manner, Shopper
from tests.chaos.tab import Tab
from tests.chaos.witness import Approval, Witness

TURNING_SECONDS = 30.0
"""How long an open confirmation may take to tell the end after the ledger has it."""
OPENING_SECONDS = 120.0
"""How long somebody tries to buy at all: everybody is to come so far."""
AGAIN_SECONDS = 0.7
"""How long a reader waits before pressing again where the shop says that it cannot now."""
RESEND_SECONDS = 2.0
REGISTERING_TRIES = 5
NOT_FOR_THIS_BUYER = {"not_eligible", "already_subscribed", "invalid_fields", "login_required"}


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
        """Make the account that the plan wants, while nothing fails yet but for want of processor time."""
        name = {"first_name": "Ny", "last_name": f"Läsare {self.plan.number}"}
        for _ in range(REGISTERING_TRIES):
            if await self._enter("/auth/register", **name) or await self._enter("/auth/sign-in"):
                return
        raise RuntimeError(f"shopper {self.plan.number} got no account")

    async def sign_in_again(self) -> None:
        """What the page asks for when Payway has ended the sign-in: the rest happens by itself."""
        await self._enter("/auth/sign-in")

    async def _enter(self, path: str, **name: str) -> bool:
        """Post a form of the shop's; True, with a session, where the shop let the shopper in."""
        form = {"email": self.plan.email, "password": DEMO_PASSWORD, **name}
        visitor = f"visitor={self.plan.cookie_token}"
        async with httpx.AsyncClient(base_url=self.url, timeout=60) as browser:
            await browser.post(path, data=form, headers={"Origin": self.url, "Cookie": visitor})
            session = browser.cookies.get("session")
        if session is not None:
            self.cookie = f"{visitor}; session={session}"
        return session is not None

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
        self.witness.read_early = await can_read(Tab(self.url, self.cookie), self._article, patience=0)
        self.done = True

    async def deliver_what_is_left(self) -> None:
        """The page is still open, and delivers what the server has not acknowledged."""
        if self.plan.manner is not Manner.GONE:
            async with asyncio.TaskGroup() as group:
                for approval in self.witness.approvals:
                    if not approval.let_go:
                        group.create_task(self._deliver_in_new_tab(approval))

    async def look_again(self, stranger: str) -> None:
        """When everything is calm: every page, another browser's view of it, and the walled article."""
        witness = self.witness
        if self._watching is not None:
            done, waiting = await asyncio.wait([self._watching], timeout=TURNING_SECONDS)
            witness.turned_by_itself = bool(done)
            for task in waiting:
                task.cancel()
        for purchase_id in witness.purchases:
            witness.pages[purchase_id] = await confirmation_page(Tab(self.url, self.cookie), purchase_id)
        for purchase_id in witness.purchases[:1]:
            page = await confirmation_page(Tab(self.url, f"visitor={stranger}"), purchase_id)
            witness.stranger_saw.append(page.status)
        witness.reads = await can_read(Tab(self.url, self.cookie), self._article)

    async def _watch(self, purchase_id: str) -> None:
        """Stay on the confirmation until it tells the end; nothing is sent but after a lost connection."""
        tab = Tab(self.url, self.cookie)
        try:
            while not tells_the_end(tab):
                if tab.connected or await tab.visit("confirmation", "show", confirmation(purchase_id)):
                    await tab.until(lambda: tells_the_end(tab), ANSWER_SECONDS)
                if tab.var("confirmation", "status") == "missing":
                    # Signed out meanwhile: the page loads anew when the reader has signed in again.
                    await tab.cut()
                    tab.cookie = self.cookie
        finally:
            await tab.cut()

    async def _open(self) -> str | None:
        """Open a purchase; its id, or None where the shop did not let this buyer."""
        async for _ in patiently(OPENING_SECONDS):
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
        tab, path = Tab(self.url, self.cookie), checkout(purchase_id)
        try:
            session = await payable_session(tab, path)
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
        path = checkout(approval.purchase_id)
        async for _ in patiently():
            if not tab.connected and not await tab.visit("checkout", "show", path):
                continue
            await self._send(tab, approval)
            await tab.until(lambda: is_settled(tab, approval), RESEND_SECONDS)
            if is_settled(tab, approval):
                approval.acknowledged = tab.var("checkout", "acknowledged") == approval.session_fingerprint
                approval.let_go = True
                await self._be_led_on(tab, path)
                return

    async def _be_led_on(self, tab: Tab, path: str) -> None:
        """The page waits for what comes of it; where its connection is cut, it asks anew."""
        async for _ in patiently():
            if not tab.connected and not await tab.visit("checkout", "show", path):
                continue
            if await tab.until(lambda: has_an_end(tab), PATIENCE_SECONDS):
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
            "checkout", "authorized", {"outcome": outcome}, checkout(approval.purchase_id)
        )

    async def _start_over(self, purchase_id: str) -> None:
        """From another tab, at about the time of the approval; the new purchase is approved as well."""
        tab, path = Tab(self.url, self.cookie), checkout(purchase_id)
        try:
            await payable_session(tab, path)
            await tab.send("checkout", "start_over", {}, path)
            await tab.until(
                lambda: is_led_to(tab, "/checkout") or tab.var("checkout", "error"), ANSWER_SECONDS
            )
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
            page = await confirmation_page(Tab(self.url, self.cookie), purchase_id, patience=0)
            if page.status in FINAL:
                self.witness.seen_early.setdefault(purchase_id, set()).add(page.status)

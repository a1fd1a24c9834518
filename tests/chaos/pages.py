"""The shop's pages as a reader uses them: patiently, over a connection that may end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from tests.chaos.tab import Tab
from tests.chaos.witness import Approval, Page

PATIENCE_SECONDS = 120.0
"""How long a reader tries the same thing.

Longer than the shop takes to come back, and then to see that the lease of a dead process has passed (30 s),
that its call is over, and what Payway says of it in the next round of recovery (10 s).
"""
ANSWER_SECONDS = 8.0
FINAL = {"completed", "failed"}


async def patiently(seconds: float = PATIENCE_SECONDS) -> AsyncIterator[None]:
    """Once at least, and again as long as the patience lasts."""
    end = asyncio.get_running_loop().time() + seconds
    yield
    while asyncio.get_running_loop().time() < end:
        yield


def checkout(purchase_id: str) -> str:
    """The checkout's address."""
    return f"/checkout?purchase={purchase_id}"


def confirmation(purchase_id: str) -> str:
    """The confirmation's address."""
    return f"/confirmation?purchase={purchase_id}"


def is_led_to(tab: Tab, page: str) -> bool:
    """Whether the server has sent this connection to an address that begins so."""
    return any(address.startswith(page) for address in tab.redirects)


def is_led_on(tab: Tab) -> bool:
    """Whether the checkout has led on."""
    return is_led_to(tab, "/confirmation") or is_led_to(tab, "/login")


def has_an_end(tab: Tab) -> bool:
    """Whether the checkout has led on, or said that it is over."""
    return (
        bool(tab.var("checkout", "redirect_url"))
        or tab.var("checkout", "status") in {"closed", "missing"}
        or is_led_on(tab)
    )


def is_settled(tab: Tab, approval: Approval) -> bool:
    """Whether the page need not deliver an approval any more."""
    return tab.var("checkout", "acknowledged") == approval.session_fingerprint or has_an_end(tab)


def tells_the_end(tab: Tab) -> bool:
    """Whether the confirmation says how it ended; one that nobody approved leads back to the checkout."""
    return tab.var("confirmation", "status") in FINAL or is_led_to(tab, "/checkout")


async def payable_session(tab: Tab, path: str) -> str | None:
    """The session that can be paid at this address; None where it cannot (any more)."""
    async for _ in patiently():
        if not await tab.visit("checkout", "show", path):
            continue
        if await tab.until(
            lambda: is_led_on(tab) or tab.var("checkout", "status") in {"payable", "closed", "missing"},
            ANSWER_SECONDS,
        ):
            payable = tab.var("checkout", "status") == "payable" and not is_led_on(tab)
            return str(tab.var("checkout", "session_fingerprint")) if payable else None
    return None


async def confirmation_page(tab: Tab, purchase_id: str, patience: float = PATIENCE_SECONDS) -> Page:
    """What the confirmation says when it is opened in `tab`, which is closed afterwards."""
    try:
        async for _ in patiently(patience):
            if await tab.visit("confirmation", "show", confirmation(purchase_id)) and await tab.until(
                lambda: tells_the_end(tab) or tab.var("confirmation", "status") in {"pending", "missing"},
                ANSWER_SECONDS,
            ):
                break
        if is_led_to(tab, "/checkout"):
            return Page("checkout", "session_open", "")
        values = (tab.var("confirmation", name) for name in ("status", "state", "reason"))
        return Page(*(str(value or "") for value in values))
    finally:
        await tab.cut()


async def can_read(tab: Tab, article: str, patience: float = PATIENCE_SECONDS) -> bool:
    """Whether the article's body comes over the socket of `tab`, which is closed afterwards."""
    try:
        async for _ in patiently(patience):
            if await tab.visit("article", "decide", f"/article/{article}") and await tab.until(
                lambda: tab.var("article", "status") in {"open", "walled"}, ANSWER_SECONDS
            ):
                break
        return bool(tab.var("article", "body"))
    finally:
        await tab.cut()

"""How screens tell of what is measured: who it was, on what, in which language; an append and no wait."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import reflex as rx
from crawlerdetect import CrawlerDetect

from klarna_shop.shop.access.device import device_of
from klarna_shop.shop.current import current_shop
from klarna_shop.shop.database_faults import DatabaseUnavailable
from klarna_shop.shop.measurement import EventName, Happening, Traffic
from klarna_shop.ui.languages import language_of

if TYPE_CHECKING:
    from klarna_shop.shop.reader import Reader

AUTOMATED = "HeadlessChrome"
"""A browser without a window, driven by a program: of those only the sandbox's own tests are welcome."""
LONGEST_USER_AGENT = 512


async def measure(state: rx.State, reader: Reader, name: EventName, **facts: Any) -> None:
    """Tell that `reader` did this on the page that `state` serves; `facts` are fields of `Happening`.

    Of a preview, and of a browser without a cookie, nothing is told. Whether the reader agreed is looked up
    when it is written. In a background event call it inside `async with self`.
    """
    if reader.preview or reader.visitor_id is None:
        return
    shop = current_shop()
    user_agent = state.router.headers.user_agent[:LONGEST_USER_AGENT]
    device = device_of(user_agent)
    shop.events.add(
        Happening(
            name,
            shop.clock(),
            reader.visitor_id,
            traffic=await _traffic(state, user_agent),
            language=language_of(state.router.url.path)[0],
            device=device.value if device else "",
            **facts,
        )
    )


async def _traffic(state: rx.State, user_agent: str) -> Traffic:
    shop = current_shop()
    if is_bot(user_agent, automated_welcome=shop.settings.is_sandbox):
        return Traffic.BOT
    try:
        return Traffic.STAFF if await shop.studio.is_staff(state.router.headers.cookie) else Traffic.READER
    except DatabaseUnavailable:
        return Traffic.READER


@lru_cache(maxsize=2048)
def is_bot(user_agent: str, *, automated_welcome: bool) -> bool:
    """Whether a browser says that it is a known crawler; one that says nothing is none that reads."""
    if automated_welcome:
        user_agent = user_agent.replace(AUTOMATED, "Chrome")
    return not user_agent or bool(CrawlerDetect(user_agent=user_agent).isCrawler())

"""Whether this browser may use the studio, and what the login form says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import reflex as rx

from klarna_shop.shop.current import current_shop
from klarna_shop.ui.dates import date_and_time


class StudioState(rx.State):
    """What the studio's frame shows."""

    status: str = ""
    """Empty until it is known; `open` for whoever may come in, else `closed`."""
    guarded: bool = False
    """Whether there is a password, and so something to log out of."""
    refusal: str = ""
    """Why the last login was refused, as a sentence."""

    @rx.event
    async def enter(self) -> None:
        """Look whether this browser may come in. For every studio page's `on_load`; safe to repeat."""
        studio = current_shop().studio
        self.guarded = not studio.is_open
        allowed = await studio.allows(self.router.headers.cookie)
        self.status = "open" if allowed else "closed"
        query = self.router.url.query_parameters
        self.refusal = "" if allowed else _refusal(query.get("refused", ""), query)


def _refusal(code: str, query: Mapping[str, str]) -> str:
    if code == "frozen":
        try:
            until = date_and_time(datetime.fromisoformat(query.get("until", "")), "en")
        except ValueError:
            return "Too many wrong passwords. Wait half an hour and try again."
        return f"Too many wrong passwords. The studio takes the next one after {until}."
    if code != "password":
        return ""
    left = query.get("left", "")
    more = f" {left} more before it is closed for half an hour." if left.isdecimal() and len(left) < 3 else ""
    return f"That is not the studio's password.{more}"

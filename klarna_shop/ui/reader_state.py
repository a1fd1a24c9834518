"""Who looks at a screen, and in which language: what every other state asks first.

The reader is found anew for each event, from the cookies of the socket's handshake and the database, so
that a tab left open after signing out elsewhere can do no more than a stranger.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote, urlencode

import reflex as rx

from klarna_shop.shop.clock import system_clock
from klarna_shop.shop.current import current_shop
from klarna_shop.shop.reader import Reader
from klarna_shop.ui.dates import date_and_time, whole_date
from klarna_shop.ui.languages import address, language_of
from klarna_shop.ui.preview import PreviewFacts, is_preview, opened_preview, preview_facts

AS_GOOD_AS_NOW = timedelta(seconds=5)


async def reader_of(state: rx.State) -> Reader:
    """The reader behind `state`; without a customer where nobody is signed in (any more).

    On a preview's page it is nobody, who buys and changes nothing: whom it previews only the decision and
    the header are told (`opened_preview`). In a background event call it inside `async with self`.
    """
    if is_preview(state):
        return Reader(preview=True)
    return await current_shop().identities.reader(state.router.headers.cookie)


def page_language(state: rx.State) -> str:
    """The language of the page that `state` serves, by its address."""
    return language_of(state.router.url.path)[0]


def sign_in_address(state: rx.State, **query: str) -> str:
    """The sign-in page's address, leading back to the page that `state` serves.

    `query` is put in place of what the address says now; an empty value leaves a name out.
    """
    language, path = language_of(state.router.url.path.rstrip("/") or "/")
    wanted = {**state.router.url.query_parameters, **query}
    kept = urlencode({name: value for name, value in wanted.items() if value})
    back = address(language, path) + (f"?{kept}" if kept else "")
    return f"{address(language, '/login')}?next={quote(back, safe='/')}"


class ReaderState(rx.State):
    """What header and pages show of the reader."""

    known: bool = False
    """Whether the reader has been looked up: until then neither signing in nor out is offered."""
    signed_in: bool = False
    today: str = ""
    """The newspaper's day in words; a preview's is its own."""
    moved_clock: str = ""
    """What time it is in the sandbox, where that was moved."""
    display_name: str = ""
    """First name, or the e-mail address of a customer without one."""
    preview: PreviewFacts = PreviewFacts()

    @rx.event
    async def recognise(self) -> None:
        """Look up who is reading. For every page's `on_load`; safe to repeat."""
        opened = await opened_preview(self)
        previewed = opened.previewed if opened else None
        customer = (previewed.reader if previewed else await reader_of(self)).customer
        language = page_language(self)
        self.preview = preview_facts(opened, language)
        self.known = True
        self.signed_in = customer is not None
        self.today = whole_date(previewed.moment if previewed else current_shop().clock(), language)
        self.moved_clock = _moved_clock(language)
        self.display_name = (customer.first_name or customer.email) if customer else ""


def _moved_clock(language: str) -> str:
    now = current_shop().clock()
    return date_and_time(now, language) if abs(now - system_clock()) > AS_GOOD_AS_NOW else ""

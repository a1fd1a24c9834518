"""Who looks at a screen, and in which language: what every other state asks first.

The reader is found anew for each event, from the cookies of the socket's handshake and the database, so
that a tab left open after signing out elsewhere can do no more than a stranger.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

import reflex as rx
from reflex.istate.data import RouterData

from klarna_shop.shop.clock import system_clock
from klarna_shop.shop.current import current_shop
from klarna_shop.shop.database_faults import DatabaseUnavailable
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
    return await _reader_at(state.router)


async def reader_if_known(state: rx.State) -> Reader:
    """As `reader_of`; where the database cannot tell, a reader of whom only the browser is known.

    For what may be shown to anyone. Whoever buys or changes something must be known.
    """
    try:
        return await reader_of(state)
    except DatabaseUnavailable:
        visitor_id = current_shop().identities.visitor_id(state.router.headers.cookie)
        return Reader(visitor_id=visitor_id, is_unknown=True)


async def _reader_at(router: RouterData) -> Reader:
    if is_preview(router):
        return Reader(preview=True)
    return await current_shop().identities.reader(router.headers.cookie)


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
    cookieless: bool = False
    """True where the browser has kept no visitor cookie."""
    today: str = ""
    """The newspaper's day in words; a preview's is its own."""
    moved_clock: str = ""
    """What time it is in the sandbox, where that was moved."""
    display_name: str = ""
    """First name, or the e-mail address of a customer without one."""
    preview: PreviewFacts = PreviewFacts()

    @rx.event
    async def recognise(self) -> None:
        """Look up who is reading. For the first events of a page; safe to repeat."""
        await recognise(self)


async def recognise(state: ReaderState) -> Reader:
    """Show who is reading, and return them."""
    router = state.router  # put together anew each time that it is asked for
    opened = await opened_preview(router)
    previewed = opened.previewed if opened else None
    reader = previewed.reader if previewed else await _reader_at(router)
    customer = reader.customer
    language, now = language_of(router.url.path)[0], current_shop().clock()
    found = {
        "preview": preview_facts(opened, language),
        "signed_in": customer is not None,
        "cookieless": reader.visitor_id is None and not reader.preview,
        "today": whole_date(previewed.moment if previewed else now, language),
        "moved_clock": _moved_clock(now, language),
        "display_name": (customer.first_name or customer.email) if customer else "",
    }
    state.known = True
    for name, value in found.items():
        if getattr(state, name) != value:  # what is set is sent, also where it is the same
            setattr(state, name, value)
    return reader


def _moved_clock(now: datetime, language: str) -> str:
    return date_and_time(now, language) if abs(now - system_clock()) > AS_GOOD_AS_NOW else ""

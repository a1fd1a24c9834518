"""The picker's state: offers from Payway, the reader's choice, and the one press that opens a purchase."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from klarna_shop.email_address import typed_email
from klarna_shop.shop.current import current_shop
from klarna_shop.shop.flows import Party
from klarna_shop.shop.measurement import EventName
from klarna_shop.shop.money import seller_date
from klarna_shop.shop.offers import CatalogueUnavailable
from klarna_shop.shop.purchase import CannotOpen, Choice, CustomerDetails, Reason, StartDateImpossible
from klarna_shop.shop.reader import Reader
from klarna_shop.typed_text import tidy
from klarna_shop.ui.discovery import product_data
from klarna_shop.ui.languages import address
from klarna_shop.ui.measuring import measure
from klarna_shop.ui.offer_words import OfferView, offer_view
from klarna_shop.ui.packages.start_date import StartDateView, nearest_line, start_date_view
from klarna_shop.ui.reader_state import page_language, reader_of, sign_in_address
from klarna_shop.ui.visit import browser_facts

LONGEST_INPUT = 300
NO_COOKIES = "cookies_needed"
"""Code of `picker-error`: a purchase of a browser that keeps no cookie could not be found again."""


class PackagesState(rx.State):
    """Offers, and what came of pressing continue."""

    status: str = "loading"
    """`loading`, `ready`, `empty` or `unavailable`."""
    offers: list[OfferView] = []
    structured_data: str = ""
    """The same offers for machines."""
    preselected: str = ""
    signed_in: bool = False
    today: str = ""
    withdrawal_line: str = ""
    """The same for every offer: the last day counts from today's order."""
    start_date: StartDateView = StartDateView()
    """Of the offer that is chosen; empty until Payway has been asked."""
    start_date_fault: str = ""
    """Why the day that was typed cannot be the first one, with the nearest possible days."""
    error: str = ""
    """A code of the UI contract's `picker-error`."""
    faults: list[str] = []
    """Names of the form's fields to correct."""
    opening: bool = False
    sign_in_address: str = ""
    """Leads back to this picker with the same article and offer."""
    _article: str = ""
    _chosen: str = ""
    """The offer whose start dates are shown or on their way."""
    _turn: int = 0
    """Counts the showings, so that an answer that comes late changes nothing."""

    @rx.event(background=True)
    async def show(self) -> None:
        """Read the offers, and who is asking. Creates nothing."""
        shop = current_shop()
        today = seller_date(shop.clock())
        async with self:
            language = page_language(self)
            query = dict(self.router.url.query_parameters)
            reader = await reader_of(self)
            self.signed_in = reader.customer is not None
            self.error, self.faults, self.opening = "", [], False
            self.start_date, self.start_date_fault = StartDateView(), ""
            self._article = _known_article(language, query.get("from", ""))
            self.sign_in_address = sign_in_address(self)
            self.today = today.isoformat()
            self._turn += 1
            turn, article = self._turn, self._article
        try:
            offers = await shop.offers.offers()
        except CatalogueUnavailable:
            status, views, data = "unavailable", list[OfferView](), ""
        else:
            offers = shop.observations.offered_to(reader.visitor_id, offers)
            views = [offer_view(offer, language, today) for offer in offers]
            data = product_data(offers, language)
            status = "ready" if views else "empty"
            if not reader.preview:
                shop.recorder.event(Party.PAGE, "picker opened", article=article, offers=len(views))
        async with self:
            if self._turn == turn:
                self.offers = views
                self.withdrawal_line = views[0].withdrawal_line if views else ""
                self.structured_data = data
                self.preselected = _preselected(views, _code(query), query.get("period", ""))
                self.status = status
                await self._measure(reader, article)
                self._chosen = self.preselected
        await self._read_start_dates(self.preselected)

    @rx.event(background=True)
    async def read_start_dates(self, key: str) -> None:
        """Show the days on which the chosen offer may begin, as soon as Payway has named them."""
        async with self:
            if not any(view.key == key for view in self.offers):
                return
            self._chosen = key
        await self._read_start_dates(key)

    async def _read_start_dates(self, key: str) -> None:
        if not key:
            return
        async with self:
            reader, language = await reader_of(self), page_language(self)
        account_id = None if reader.preview else reader.account_id
        possible = await current_shop().start_dates.of(key.partition("|")[0], account_id)
        async with self:
            if self._chosen == key:
                self.start_date = start_date_view(possible, language)

    @rx.event
    async def choose(self, key: str) -> None:
        """The reader looks at this offer; chosen is what the form says when it is sent."""
        if any(view.key == key for view in self.offers):
            await measure(
                self, await reader_of(self), EventName.OFFER_CHOSEN, article=self._article, offer=key
            )

    @rx.event(background=True)
    async def open_purchase(self, form: dict[str, Any]) -> AsyncIterator[EventSpec]:
        """Open a purchase and its Klarna session for the chosen offer; one at a time from this tab."""
        async with self:
            if self.opening:
                return
            reader = await reader_of(self)
            if reader.visitor_id is None and reader.customer is None and not reader.preview:
                self.error, self.faults = NO_COOKIES, []
                yield rx.set_focus("picker-error")
                return
            browser = await browser_facts(self)
            language = page_language(self)
            article = self._article
            offer = _text(form, "offer")
            code = offer.partition("|")[0]
            self.sign_in_address = sign_in_address(self, **({"code": code} if code else {}))
            self.opening, self.error, self.faults, self.start_date_fault = True, "", [], ""
            if any(view.key == offer for view in self.offers):
                # Also an offer that stood chosen when the page came.
                await measure(self, reader, EventName.OFFER_CHOSEN, article=article, offer=offer)
        try:
            choice = _choice(form, language, article, signed_in=reader.customer is not None)
            purchase = await current_shop().purchases.open(reader, choice, browser)
        except CannotOpen as refusal:
            async with self:
                self.error, self.faults = refusal.reason.value, list(refusal.fields)
                if isinstance(refusal, StartDateImpossible):
                    self.start_date_fault = nearest_line(refusal.nearest, language)
                await measure(
                    self, reader, EventName.SESSION_REFUSED, article=article, outcome=refusal.reason.value
                )
            yield rx.set_focus("picker-error")
            return
        finally:
            async with self:
                self.opening = False
        yield rx.redirect(f"{address(language, '/checkout')}?purchase={purchase.id}")

    async def _measure(self, reader: Reader, article: str) -> None:
        if self.status != "ready":
            return
        if article:
            # Only walls lead here with an article in the address.
            await measure(self, reader, EventName.BUY_PRESSED, article=article)
        await measure(self, reader, EventName.PICKER_SHOWN, article=article)


def _code(query: Mapping[str, str]) -> str:
    """The code in the address. A plus sign written as it is arrives as a space, which no code has."""
    return query.get("code", "").replace(" ", "+")


def _preselected(offers: Sequence[OfferView], code: str, period_id: str) -> str:
    """The offer that the address names; without a period (or with an unknown one) the code's first."""
    named = [view for view in offers if view.code == code]
    return next((view.key for view in named if view.period_id == period_id), named[0].key if named else "")


def _known_article(language: str, slug: str) -> str:
    return slug if current_shop().articles.find(language, slug) else ""


def _choice(form: dict[str, Any], language: str, article: str, *, signed_in: bool) -> Choice:
    """What the form says, as values; raises `CannotOpen` naming what is missing."""
    code, _, period_id = _text(form, "offer").partition("|")
    if not code or not period_id:
        raise CannotOpen(Reason.INVALID_FIELDS, ("offer",))
    customer = None
    if not signed_in:
        email, first_name, last_name = (_text(form, name) for name in ("email", "first_name", "last_name"))
        customer = CustomerDetails(typed_email(email), tidy(first_name), tidy(last_name))
    return Choice(
        code=code,
        period_id=period_id,
        language=language,
        article_slug=article or None,
        start_date=_date(_text(form, "start_date")),
        customer=customer,
    )


def _text(form: Any, name: str) -> str:
    value = form.get(name, "") if isinstance(form, dict) else ""
    return value.strip()[:LONGEST_INPUT] if isinstance(value, str) else ""


def _date(value: str) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise CannotOpen(Reason.INVALID_FIELDS, ("start_date",)) from error

"""Which funnel is looked at: the address says it, and the form writes the address."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import reflex as rx
from reflex.event import EventSpec

from klarna_shop.shop.current import current_shop
from klarna_shop.shop.funnel import Dimension, FunnelFilter
from klarna_shop.shop.measurement import Traffic
from klarna_shop.shop.money import long_date, seller_date
from klarna_shop.ui.studio.funnel.export import funnel_table
from klarna_shop.ui.studio.funnel.views import (
    PATH,
    DimensionRow,
    GroupRow,
    StepRow,
    beside,
    dimension_rows,
    group_rows,
    step_rows,
)
from klarna_shop.ui.studio.funnel.words import DIMENSION_NAMES
from klarna_shop.ui.studio.guard import studio_event
from klarna_shop.ui.studio.spreadsheets import SpreadsheetFormat, written

STATUS_ID = "funnel-status"
LONGEST = 200
_FIELDS = ("since", "until", "traffic", "by", "compare", *(dimension.value for dimension in Dimension))


class FunnelState(rx.State):
    """What the page shows."""

    known: bool = False
    since: str = ""
    until: str = ""
    period: str = ""
    simulated: bool = False
    by: str = ""
    by_name: str = ""
    compare: bool = False
    dimensions: list[DimensionRow] = []
    steps: list[StepRow] = []
    groups: list[GroupRow] = []
    hidden_groups: int = 0
    """Groups that only the CSV has."""
    beside: str = ""
    total: int = 0
    simulated_walls: int = 0
    """Of the period, for whoever finds no reader's."""
    to_simulated: str = ""
    """The address of the same about simulated readers."""
    message: str = ""

    @studio_event
    async def show(self) -> None:
        """Show what the address names. Safe to repeat."""
        self.message = ""
        await self._show()

    @studio_event
    async def count_again(self) -> EventSpec:
        """Read it anew."""
        await self._show()
        self.message = f"Counted anew: {self.total:,} visitors saw a wall."
        return rx.set_focus(STATUS_ID)

    @studio_event
    async def look_at(self, form: dict[str, Any]) -> EventSpec:
        """Go to the address of what the form asks for."""
        sent = {name: _text(form, name) for name in _FIELDS}
        return rx.redirect(_address(sent))

    @studio_event
    async def only(self, value: str) -> EventSpec | None:
        """Look at one group alone."""
        value = _text({"value": value}, "value")
        if not value or not self.by:
            return None
        query = {**self.router.url.query_parameters, self.by: value}
        query.pop("by", None)
        return rx.redirect(_address(query))

    @studio_event
    async def export(self, kind: str) -> EventSpec | None:
        """Give the funnel to the browser as a file of that kind (`SpreadsheetFormat`)."""
        if kind not in list(SpreadsheetFormat):
            return None
        chosen = SpreadsheetFormat(kind)
        wanted, compare = self._wanted()
        funnel = await current_shop().funnels.of(wanted, compare=compare)
        # A book for Excel takes a tenth of a second for a thousand rows.
        file = await asyncio.to_thread(written, funnel_table(funnel, wanted), chosen)
        name = f"funnel-{wanted.since.isoformat()}-{wanted.until.isoformat()}.{chosen.suffix}"
        return rx.download(data=file, filename=name, mime_type=chosen.media_type)

    @studio_event
    async def copied(self) -> EventSpec:
        """Say that the link is in the clipboard, where the browser has put it."""
        self.message = (
            "Copied: the link shows the same filter. A period that ends today goes on with the days."
        )
        return rx.set_focus(STATUS_ID)

    def _wanted(self) -> tuple[FunnelFilter, bool]:
        query = self.router.url.query_parameters
        today = seller_date(current_shop().clock())
        return FunnelFilter.from_query(query, today), query.get("compare") == "1"

    async def _show(self) -> None:
        wanted, compare = self._wanted()
        funnels = current_shop().funnels
        funnel = await funnels.of(wanted, compare=compare)
        choices = await funnels.choices(wanted)
        self.since, self.until = wanted.since.isoformat(), wanted.until.isoformat()
        self.period = f"{long_date(wanted.since, 'en')} to {long_date(wanted.until, 'en')}"
        self.simulated, self.compare = wanted.traffic is Traffic.SIMULATED, compare
        self.by = wanted.by.value if wanted.by else ""
        self.by_name = DIMENSION_NAMES[wanted.by] if wanted.by else ""
        self.dimensions = dimension_rows(wanted, choices)
        self.steps, self.total = step_rows(funnel), funnel.visitors[0]
        self.groups = group_rows(funnel, wanted.by) if wanted.by else []
        self.hidden_groups = len(funnel.groups) - len(self.groups)
        self.beside = beside(funnel)
        self.simulated_walls = choices.simulated
        query = {**self.router.url.query_parameters, "traffic": Traffic.SIMULATED.value}
        self.to_simulated = _address(query)
        self.known = True


def _address(sent: Mapping[str, str]) -> str:
    """The address of a filter, without what is usual."""
    today = seller_date(current_shop().clock())
    query = FunnelFilter.from_query(sent, today).as_query(today)
    if sent.get("compare") in {"1", "on", "true"}:
        query["compare"] = "1"
    return f"{PATH}?{urlencode(query)}" if query else PATH


def _text(form: Any, name: str) -> str:
    value = form.get(name) if isinstance(form, dict) else None
    if value is True:
        return "1"
    return value.strip()[:LONGEST] if isinstance(value, str) else ""

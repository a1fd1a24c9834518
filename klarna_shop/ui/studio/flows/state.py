"""Which flows are listed, which one is open, and following it while it happens."""

from __future__ import annotations

import asyncio
import json
import secrets
from datetime import date
from typing import Any

import reflex as rx
from reflex.event import EventCallback, EventSpec

from klarna_shop.shop.current import current_shop
from klarna_shop.shop.flows.search import FlowSearch
from klarna_shop.shop.flows.sequence import messages
from klarna_shop.shop.flows.service import Flow
from klarna_shop.ui.reader_state import reader_of
from klarna_shop.ui.studio.flows.diagram import sequence_svg
from klarna_shop.ui.studio.flows.views import (
    PATH,
    FlowRow,
    StepDetail,
    StepRow,
    flow_row,
    step_detail,
    step_rows,
)
from klarna_shop.ui.studio.guard import studio_event

LONGEST_INPUT = 254
LAST_PAGE = 10_000
FOLLOW_SECONDS = 1.0
LIST_EVERY = 3
"""Rounds between two looks at the list."""
FOLLOW_ROUNDS = 1800
"""Half an hour: a background event outlives the tab that began it."""
CHOSEN_ID = "flow"
STEP_ID = "flow-step-detail"
"""Of the chosen step's detail, where a permanent link leads."""


class FlowsState(rx.State):
    """What the page shows."""

    number: str = ""
    customer: str = ""
    wanted_state: str = ""
    error: str = ""
    since: str = ""
    until: str = ""
    fault: str = ""
    """What of the search cannot be read, as a sentence."""
    page: int = 1
    more: bool = False
    known: bool = False
    rows: list[FlowRow] = []
    dropped: int = 0
    """Steps that this process could not keep."""
    records: bool = True

    purchase_id: str = ""
    """The open flow; empty where none is."""
    missing: bool = False
    chosen: FlowRow = FlowRow()
    steps: list[StepRow] = []
    step: StepDetail = StepDetail()
    diagram: str = ""
    earlier: int = 0
    """How many steps of the same browser came before the purchase."""
    with_earlier: bool = False
    drawn: bool = False
    """Whether the diagram is shown in the place of the list."""
    live: bool = False
    follows_browser: bool = False
    """Whether the newest flow of this browser is opened by itself."""
    message: str = ""
    _follower: str = ""
    """The one background event that keeps this tab up to date."""

    @studio_event
    async def show(self) -> list[EventSpec | EventCallback[()]]:
        """Show what the address names. Safe to repeat."""
        query = self.router.url.query_parameters
        self.purchase_id, key = query.get("purchase", "")[:64], query.get("step", "")[:20]
        self.follows_browser = query.get("follow") == "1"
        self.message = ""
        if self.follows_browser and not self.purchase_id:
            self.purchase_id = await self._newest()
        await self._list()
        await self._read(key)
        focus = [rx.set_focus(STEP_ID)] if self.step.key else []
        return [*focus, FlowsState.follow]

    @studio_event
    async def search(self, form: dict[str, Any]) -> None:
        """List what matches the form."""
        self.number, self.customer = _text(form, "number"), _text(form, "customer")
        self.wanted_state, self.error = _text(form, "state"), _text(form, "error")
        self.since, self.until = _text(form, "since"), _text(form, "until")
        self.page = 1
        await self._list()

    @studio_event
    async def clear(self) -> None:
        """List everything."""
        self.number = self.customer = self.wanted_state = self.error = self.since = self.until = ""
        self.page = 1
        await self._list()

    @studio_event
    async def turn(self, by: int) -> None:
        """Turn to an older or a newer page."""
        self.page = min(max(1, self.page + (1 if by > 0 else -1)), LAST_PAGE)
        await self._list()

    @studio_event
    async def draw(self, drawn: bool) -> None:
        """Show the flow as a diagram or as a list."""
        self.drawn = drawn is True

    @studio_event
    async def show_earlier(self) -> None:
        """Show what the same browser did on the way to the purchase, or hide it again."""
        self.with_earlier = not self.with_earlier
        await self._read(self.step.key if self.with_earlier else "")

    @studio_event
    async def choose(self, key: str) -> None:
        """Open a step, or close it."""
        if key == self.step.key:
            self.step = StepDetail()
        else:
            await self._read(key)

    @studio_event
    async def copied(self) -> None:
        """Say that the command is in the clipboard, where the browser has put it."""
        self.message = "Copied. Put your own values where it says $…"

    @studio_event
    async def export(self) -> EventSpec | None:
        """Give the open flow to the browser as a file of JSON."""
        flow = await current_shop().flows.flow(self.purchase_id)
        if flow is None:
            self.missing = True
            return None
        text = json.dumps(flow.exported(), indent=2, ensure_ascii=False)
        return rx.download(data=text, filename=f"flow-{flow.summary.purchase_id[:8]}.json")

    @studio_event(background=True)
    async def follow(self) -> None:
        """Show what happens while the page is open. The newest follower of a tab ends the ones before."""
        mine = secrets.token_hex(8)
        async with self:
            self._follower, self.live = mine, True
        seen: tuple[int, int] | None = None
        for number in range(FOLLOW_ROUNDS):
            async with self:
                if self._follower != mine:
                    return
                if not self.router.url.path.startswith(PATH):
                    break
                if not await current_shop().studio.allows(self.router.headers.cookie):
                    break
                purchase_id, follows = self.purchase_id, self.follows_browser
                visitor_id = (await reader_of(self)).visitor_id if follows else None
            newest = await current_shop().flows.newest_of(visitor_id) if visitor_id else purchase_id
            now = await current_shop().flows.version(newest) if newest else (0, 0)
            if newest != purchase_id or (seen is not None and now != seen) or number % LIST_EVERY == 2:
                async with self:
                    if self._follower == mine and self.purchase_id == purchase_id:
                        await self._update(newest, changed=newest != purchase_id or now != seen)
            seen = now
            await asyncio.sleep(FOLLOW_SECONDS)
        async with self:
            if self._follower == mine:
                self.live = False

    async def _update(self, purchase_id: str, *, changed: bool) -> None:
        if purchase_id != self.purchase_id:
            self.purchase_id, self.step = purchase_id, StepDetail()
        await self._list()
        if changed:
            await self._read(self.step.key)

    async def _newest(self) -> str:
        visitor_id = (await reader_of(self)).visitor_id
        return await current_shop().flows.newest_of(visitor_id) if visitor_id else ""

    async def _list(self) -> None:
        recorder = current_shop().recorder
        try:
            search = FlowSearch(
                number=self.number,
                customer=self.customer,
                state=self.wanted_state,
                error=self.error,
                since=_date(self.since),
                until=_date(self.until),
                page=self.page,
            )
        except ValueError:
            self.fault = "A day is written as 2026-11-23."
            return
        found = await current_shop().flows.search(search)
        rows = [flow_row(flow) for flow in found.flows]
        if rows != self.rows:
            self.rows = rows
        self.fault, self.more, self.known = "", found.more, True
        self.dropped, self.records = recorder.dropped, recorder.enabled

    async def _read(self, key: str) -> None:
        flow = await current_shop().flows.flow(self.purchase_id) if self.purchase_id else None
        self.missing = bool(self.purchase_id) and flow is None
        if flow is None:
            self.steps, self.step, self.diagram, self.chosen = [], StepDetail(), "", FlowRow()
            return
        self._describe(flow, key)

    def _describe(self, flow: Flow, key: str) -> None:
        chosen = next((step for step in flow.steps if step.key == key), None)
        if chosen is not None and chosen.before:
            self.with_earlier = True
        shown = [step for step in flow.steps if self.with_earlier or not step.before]
        self.earlier = sum(step.before for step in flow.steps)
        self.chosen = flow_row(flow.summary)
        self.steps = step_rows(shown, flow.summary.began_at)
        self.diagram = sequence_svg(messages(shown), flow.summary.purchase_id)
        self.step = step_detail(chosen, flow.summary.purchase_id) if chosen else StepDetail()


def _text(form: Any, name: str) -> str:
    value = form.get(name, "") if isinstance(form, dict) else ""
    return value.strip()[:LONGEST_INPUT] if isinstance(value, str) else ""


def _date(value: str) -> date | None:
    return date.fromisoformat(value) if value else None

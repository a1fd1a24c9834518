"""Flows and steps as the page shows them: plain texts, made once on the server."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from klarna_shop.shop.flows.curl import as_curl
from klarna_shop.shop.flows.service import FlowSummary
from klarna_shop.shop.flows.steps import Party
from klarna_shop.shop.flows.timeline import TimelineStep
from klarna_shop.shop.money import seller_time
from klarna_shop.shop.purchase.states import OUTCOME_OPEN, OVER_WITHOUT_ORDER

PATH = "/studio/flows"
_PARTIES = {
    Party.PAGE: "Page",
    Party.SDK: "Klarna SDK",
    Party.LEDGER: "Ledger",
    Party.PAYWAY: "Payway",
    Party.REDIRECT: "Redirect",
    Party.WEBHOOK: "Webhook",
}
_CALLS = frozenset({Party.PAYWAY, Party.SDK})
_OPEN = frozenset(state.value for state in OUTCOME_OPEN)
_WITHOUT_ORDER = frozenset(state.value for state in OVER_WITHOUT_ORDER) | {"not_opened"}


@dataclass
class FlowRow:
    """One flow in the list. `tone` is `success`, `warning`, `error` or empty."""

    purchase_id: str = ""
    short_id: str = ""
    began: str = ""
    state: str = ""
    tone: str = ""
    told: str = ""
    """Reason, offer, buyer and order, as far as they are known."""
    address: str = ""


@dataclass
class StepRow:
    """One step in the list. `call` says that it has an answer and a time."""

    key: str = ""
    time: str = ""
    after: str = ""
    party: str = ""
    party_name: str = ""
    operation: str = ""
    section: str = ""
    status: str = ""
    error: str = ""
    milliseconds: str = ""
    attempt: str = ""
    call: bool = False
    failed: bool = False
    before: bool = False


@dataclass
class Part:
    """A named text of a step's request or response."""

    name: str
    text: str


@dataclass
class StepDetail:
    """What is kept of the chosen step."""

    key: str = ""
    address: str = ""
    curl: str = ""
    parts: list[Part] = field(default_factory=list)


def flow_row(flow: FlowSummary) -> FlowRow:
    """A flow as a row."""
    visitor = f"browser {flow.visitor_id[:8]}" if flow.visitor_id else ""
    who = f"account {flow.account_id[:8]}" if flow.account_id else visitor
    order = f"order {flow.order_id}" if flow.order_id else ""
    return FlowRow(
        purchase_id=flow.purchase_id,
        short_id=flow.purchase_id[:8],
        began=f"{seller_time(flow.began_at):%-d %b %H:%M:%S}",
        state=flow.state,
        tone=_tone(flow.state),
        told=" · ".join(filter(None, (flow.error, flow.code, who, order))),
        address=address(flow.purchase_id),
    )


def step_rows(steps: list[TimelineStep], began_at: datetime) -> list[StepRow]:
    """A flow's steps as rows; times are the seller's, with what has passed since the purchase was opened."""
    return [
        StepRow(
            key=step.key,
            time=f"{seller_time(step.at):%H:%M:%S.%f}"[:-3],
            after=_after((step.at - began_at).total_seconds()),
            party=step.party.value,
            party_name=_PARTIES[step.party],
            operation=f"Klarna.Payments.{step.operation}" if step.party is Party.SDK else step.operation,
            section=step.section,
            status=step.status if step.party is not Party.LEDGER else "",
            error=step.error,
            milliseconds="" if step.milliseconds is None else f"{step.milliseconds:.0f}",
            attempt=str(step.attempt) if step.attempt > 1 else "",
            call=step.party in _CALLS,
            failed=step.failed,
            before=step.before,
        )
        for step in steps
    ]


def step_detail(step: TimelineStep, purchase_id: str) -> StepDetail:
    """Everything that is kept of one step."""
    parts = [*_parts("Request", step.request), *_parts("Response", step.response)]
    if step.party not in _CALLS:
        parts = [Part("Details", part.text) for part in parts]
    return StepDetail(step.key, address(purchase_id, step.key), as_curl(step), parts)


def address(purchase_id: str, step: str = "") -> str:
    """The permanent address of a flow, or of one step in it."""
    return f"{PATH}?{urlencode({'purchase': purchase_id} | ({'step': step} if step else {}))}"


def _tone(state: str) -> str:
    if state == "completed":
        return "success"
    if state in _OPEN:
        return "warning"
    return "error" if state in _WITHOUT_ORDER else ""


def _after(seconds: float) -> str:
    if abs(seconds) < 60:
        return f"{seconds:+.2f} s".replace("-", "−")
    minutes, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    sign = "−" if seconds < 0 else "+"
    return f"{sign}{hours:.0f} h {minutes:.0f} min" if hours else f"{sign}{minutes:.0f} min {rest:.0f} s"


def _parts(name: str, kept: Mapping[str, Any]) -> Iterator[Part]:
    if query := kept.get("query"):
        yield Part(f"{name} query", _lines(query))
    if headers := kept.get("headers"):
        yield Part(f"{name} headers", _lines(headers))
    if (body := kept.get("body")) is not None:
        cut = f" (cut; {kept['cut']} characters in all)" if "cut" in kept else ""
        text = body if isinstance(body, str) else json.dumps(body, indent=2, ensure_ascii=False)
        yield Part(f"{name} body{cut}", text)
    elif kept.get("bytes"):
        yield Part(f"{name} body", f"{kept['bytes']} bytes, which are not kept")


def _lines(pairs: Mapping[str, Any]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in pairs.items())

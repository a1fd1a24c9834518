"""Facts of the visit that Payway wants with an order: address, language, browser, traffic source."""

from __future__ import annotations

import re

import reflex as rx

from klarna_shop.shop.networks import UNKNOWN, canonical_address
from klarna_shop.shop.purchase import BrowserFacts
from klarna_shop.ui.reader_state import page_language

TRAFFIC_SOURCE = re.compile(r"\A[\w.:/ -]{1,128}\Z")
"""Payway takes up to 128 characters (payway-api.md §5.3)."""
LANGUAGE_TAG = re.compile(r"\A[a-z]{2,3}(-[A-Z]{2})?\Z")
LONGEST_USER_AGENT = 512
NO_ADDRESS = "0.0.0.0"  # noqa: S104 - told to Payway, which takes addresses only


class VisitState(rx.State):
    """Where this tab's reader came from, as the landing address says."""

    _traffic_source: str = ""


def land(visit: VisitState) -> None:
    """Remember the traffic source of the first address that names one."""
    query = visit.router.url.query_parameters
    source = query.get("utm_source") or query.get("traffic_source") or ""
    if not visit._traffic_source and TRAFFIC_SOURCE.match(source):
        visit._traffic_source = source


async def browser_facts(state: rx.State) -> BrowserFacts:
    """The facts of the browser behind `state`, with every header treated as what a client may invent."""
    visit = await state.get_state(VisitState)
    return BrowserFacts(
        ip=_address(state.router.session.client_ip),
        language=_language(state.router.headers.accept_language, page_language(state)),
        user_agent=_printable(state.router.headers.user_agent)[:LONGEST_USER_AGENT] or "unknown",
        traffic_source=visit._traffic_source or None,
    )


def _address(value: str) -> str:
    address = canonical_address(value)
    return NO_ADDRESS if address == UNKNOWN else address


def _language(accepted: str, fallback: str) -> str:
    first = accepted.split(",")[0].split(";")[0].strip()
    if not LANGUAGE_TAG.match(first):
        return f"{fallback}-SE"
    return first if "-" in first else f"{first}-SE"


def _printable(value: str) -> str:
    return "".join(character for character in value if character.isprintable())

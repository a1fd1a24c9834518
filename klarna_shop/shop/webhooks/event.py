"""Reader of an event's body: takes the ids that it names and nothing else.

Two envelopes are documented (payway-api.md §17): `{"event", "timestamp", "payload": {"account": {…},
"order": {…}}}`, and that of the subscription system integration, `{"event_name", "timestamp", "account_id",
"email", "customer_number", "customer": {…}}`. Other events have other entities in their payload, most of them
with an `order_id` and a `merchant_reference`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

LARGEST_EVENT = 64 * 1024
"""Bytes. An event with an account and an order has about three thousand."""
_ACCOUNT_ID = re.compile(r"[a-f\d]{24}", re.ASCII | re.IGNORECASE)
"""Payway's form of an id (payway-api.md §1.4)."""
_ORDER_NUMBER = re.compile(r"[A-Z0-9]{1,40}-[0-9]{1,20}", re.ASCII)
"""payway-api.md §17."""
_PURCHASE_ID = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)
"""The shop's own purchase id, which every order carries as its `merchant_reference`."""
MOST_ENTITIES = 20
"""Entities of a payload that are looked at; documented events have two."""


class UnreadableEvent(Exception):
    """The body is no JSON object in UTF-8, or holds what JSON does not know."""


@dataclass(frozen=True, slots=True)
class Hint:
    """The account, order and purchase that an event names; each is empty where it names none."""

    account_id: str = ""
    order_number: str = ""
    purchase_id: str = ""

    def __bool__(self) -> bool:
        return bool(self.account_id or self.order_number or self.purchase_id)


def read_event(body: bytes) -> Hint:
    """Return the ids that an event names; an empty hint where it names none that can be used.

    Raises:
        UnreadableEvent: the body cannot be read.
    """
    event = _parsed(body)
    payload = event.get("payload")
    entities = dict(payload) if isinstance(payload, dict) else {}
    account = entities.pop("account", None)
    others = [one for one in list(entities.values())[:MOST_ENTITIES] if isinstance(one, dict)]
    sources = (event, payload if isinstance(payload, dict) else {}, *others)
    account_ids = [account.get("id")] if isinstance(account, dict) else []
    order = entities.get("order")
    order_ids = [order.get("id")] if isinstance(order, dict) else []
    return Hint(
        account_id=_first(_ACCOUNT_ID, [*account_ids, *_values(sources, "account_id")]).lower(),
        order_number=_first(_ORDER_NUMBER, [*_values(sources, "order_id"), *order_ids]),
        purchase_id=_first(_PURCHASE_ID, _values(sources, "merchant_reference")),
    )


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        event = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise UnreadableEvent from None
    if not isinstance(event, dict):
        raise UnreadableEvent
    return event


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _values(sources: tuple[Mapping[str, Any], ...], name: str) -> Iterator[object]:
    return (source.get(name) for source in sources)


def _first(form: re.Pattern[str], values: Iterator[object] | list[object]) -> str:
    """The first value that is a text of this form; empty where none is."""
    return next((one for one in values if isinstance(one, str) and form.fullmatch(one)), "")

"""Payway's webhooks as far as they are documented: sent in the background, after what they tell of is done.

`order_closed` and `account_changed` have their documented bodies (payway-api.md §14, §17). The names of the
subscription's events are inferred from the titles of their pages. How often Payway repeats a call that was
not taken is unknown; here it is repeated three times.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from klarna_shop.sandbox.catalogue import Catalogue
from klarna_shop.sandbox.clock import Clock
from klarna_shop.sandbox.database import Database
from klarna_shop.sandbox.formats import written_date, written_time
from klarna_shop.sandbox.settings import SandboxSettings
from klarna_shop.sandbox.shared_file import SharedFile
from klarna_shop.sandbox.tables import Account, Order, Payment, Subscription

if TYPE_CHECKING:
    import httpx

log = logging.getLogger("klarna_shop.sandbox")

ORDER_CLOSED = "order_closed"
ACCOUNT_CHANGED = "account_changed"
USER_PRODUCT_CANCELLED = "user_product_cancelled"
USER_PRODUCT_UNCANCELLED = "user_product_uncancelled"

DEADLINE_SECONDS = 5.0
"""For the answer to one call."""
PAUSES_SECONDS = (1.0, 5.0, 30.0)
"""Before each repetition of a call that was not taken."""
MOST_UNDER_WAY = 1000
"""Calls of this process that wait or are being made; more are lost."""
ENVELOPES = ("event", "ssi")


@dataclass(frozen=True)
class WebhookConduct:
    """Fate of each webhook on its way."""

    delay_milliseconds: int = 0
    up_to_milliseconds: int = 0
    """Where larger than the delay, each is drawn between the two, so that later ones come first at times."""
    copies: int = 1
    lost_percent: int = 0
    envelope: str = "event"
    """`event`, or `ssi`: that of the subscription system integration."""


@dataclass
class WebhookCounts:
    """Count of the webhooks of this process by their fate, copies counted one by one."""

    taken: int = 0
    refused: int = 0
    """Not answered with a 2xx, after every repetition."""
    lost: int = 0


@dataclass(frozen=True)
class _Event:
    name: str
    account_id: str
    order_number: str
    at: datetime


@dataclass
class Webhooks:
    """Sends the events of one sandbox to the address of its settings; without one it sends nothing."""

    settings: SandboxSettings
    database: Database
    catalogue: Catalogue
    clock: Clock
    file: Path | None = None
    """Where the processes of one sandbox keep `conduct`; None keeps it in this object."""
    transport: httpx.AsyncBaseTransport | None = None
    """Transport to the address, where it is not the network."""
    pauses_seconds: tuple[float, ...] = PAUSES_SECONDS
    counts: WebhookCounts = field(default_factory=WebhookCounts, init=False)
    _under_way: set[asyncio.Task[None]] = field(default_factory=set, init=False, repr=False)
    _draws: Random = field(default_factory=Random, init=False, repr=False)
    _file: SharedFile = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._file = SharedFile(self.file)

    @property
    def conduct(self) -> WebhookConduct:
        """Return what is set, for every process of this sandbox."""
        state = self._file.read()
        return WebhookConduct(
            **{one.name: state[one.name] for one in fields(WebhookConduct) if one.name in state}
        )

    @conduct.setter
    def conduct(self, conduct: WebhookConduct) -> None:
        unlike = WebhookConduct()
        self._file.write(
            {
                one.name: getattr(conduct, one.name)
                for one in fields(conduct)
                if getattr(conduct, one.name) != getattr(unlike, one.name)
            }
        )

    def announce(self, name: str, *, account_id: str, order_number: str = "") -> None:
        """Send an event in the background. Called after the transaction; returns at once."""
        if not self.settings.webhook_url:
            return
        conduct = self.conduct
        event = _Event(name, account_id, order_number, self.clock.now())
        for _ in range(conduct.copies):
            if self._draws.randrange(100) < conduct.lost_percent or len(self._under_way) >= MOST_UNDER_WAY:
                self.counts.lost += 1
                continue
            longest = max(conduct.delay_milliseconds, conduct.up_to_milliseconds)
            delay = self._draws.uniform(conduct.delay_milliseconds, longest) / 1000
            task = asyncio.create_task(self._send(event, conduct.envelope, delay))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def settle(self) -> None:
        """Wait until everything announced so far was taken, refused or lost."""
        while self._under_way:
            await asyncio.wait(set(self._under_way))

    async def close(self) -> None:
        """Give up what is under way."""
        for task in self._under_way:
            task.cancel()
        await self.settle()

    async def _send(self, event: _Event, envelope: str, delay: float) -> None:
        from klarna_shop.outbound import http_client

        await asyncio.sleep(delay)
        try:
            body = await self.database.read(lambda session: self._body(session, event, envelope))
            async with http_client(transport=self.transport, timeout=DEADLINE_SECONDS) as client:
                for pause in (*self.pauses_seconds, None):
                    if await self._is_taken(client, body):
                        self.counts.taken += 1
                        return
                    if pause is not None:
                        await asyncio.sleep(pause)
        except Exception:
            log.exception("a webhook could not be sent")
        self.counts.refused += 1

    async def _is_taken(self, client: httpx.AsyncClient, body: dict[str, Any]) -> bool:
        import httpx

        try:
            # The address is a secret: nothing of it, nor of an error that names it, is logged.
            return (await client.post(self.settings.webhook_url, json=body)).is_success
        except httpx.HTTPError:
            return False

    def _body(self, session: Session, event: _Event, envelope: str) -> dict[str, Any]:
        account = session.get(Account, event.account_id)
        assert account is not None
        if envelope == "ssi":
            return {
                "event_name": event.name,
                "timestamp": _utc(event.at),
                "account_id": account.id,
                "email": account.email,
                "customer_number": str(account.customer_number),
                "customer": _account(self.settings, account),
            }
        payload: dict[str, Any] = {"account": _account(self.settings, account)}
        query = select(Order).where(Order.order_id == event.order_number)
        order = session.scalar(query) if event.order_number else None
        if order is not None and event.name == ORDER_CLOSED:
            payload["order"] = self._order(session, order)
        elif order is not None:
            payload["user_product"] = self._user_product(session, order)
        return {"event": event.name, "timestamp": _utc(event.at), "payload": payload}

    def _order(self, session: Session, order: Order) -> dict[str, Any]:
        offer = self.catalogue.offer(order.product_code)
        period = self.catalogue.period(order.product_code, order.period_id)
        assert offer is not None
        assert period is not None
        payments = session.scalars(select(Payment).where(Payment.order_id == order.order_id))
        return {
            "id": order.id,
            "order_id": order.order_id,
            "state": order.state,
            "payment_option": "klarna_payments",
            "purchase_type": period.type,
            "total_price": _amount(order.price),
            "traffic_source": order.traffic_source,
            "parent_order": order.parent_order_id or "",
            "subscription_start": written_date(order.start_date),
            "merchant_reference": order.merchant_reference,
            "created": written_time(order.created),
            "details": [
                {
                    "product_code": order.product_code,
                    "vat_code": str(offer.vat),
                    "price": _amount(order.price),
                    "period": {"type": period.unit, "length": period.length},
                }
            ],
            "payments": [
                {"type": one.kind, "state": one.state, "transaction_number": one.transaction_number}
                for one in payments
            ],
        }

    def _user_product(self, session: Session, order: Order) -> dict[str, Any]:
        query = select(Subscription).where(Subscription.order_id == order.order_id)
        held = (session.scalars(query)).first()
        assert held is not None
        return {
            "id": held.id,
            "order_id": held.order_id,
            "code": held.product_code,
            "state": held.state,
            "valid_from": written_time(held.valid_from),
            "valid_to": written_time(held.valid_to),
            "cancellation_date": written_time(held.cancelled_at),
            "cancellation_reason": held.cancellation_reason_id,
            "grace_period_to": written_time(held.grace_period_to),
            "merchant_reference": held.merchant_reference,
            "created": written_time(held.created),
            "updated": written_time(held.updated),
        }


def _account(settings: SandboxSettings, account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "organisation_id": settings.organisation,
        "first_name": account.first_name,
        "last_name": account.last_name,
        "contact_email": account.email,
        "mobile_number": account.mobile_phone_number,
        "customer_number": str(account.customer_number),
        "ssn": "",
        "status": account.status,
        "account_origin": account.account_origin or "",
        "verified": account.verified,
        "created": written_time(account.created),
        "updated": written_time(account.updated),
        "address": account.address,
    }


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _amount(ore: int) -> str:
    """An amount as the event entity writes it, such as `"32.00"`."""
    return f"{ore // 100}.{ore % 100:02}"

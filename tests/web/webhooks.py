"""Shared parts of webhook tests: a shop that takes them, and events as Payway documents them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
from pydantic import SecretStr
from starlette.applications import Starlette

from klarna_shop.assembly import House
from klarna_shop.shop.current import Shop
from klarna_shop.web.payway_webhooks import webhook_routes

SECRET = "the-secret-of-the-webhooks_0123456789"
OLD_SECRET = "the-old-one-of-the-webhooks_987654321"
ADDRESS = f"/hooks/payway/{SECRET}"
ACCOUNT_ID = "622f061795cfebfded830774"


def taking(house: House, secrets: str = f"{SECRET},{OLD_SECRET}") -> Shop:
    """The shop with these secrets."""
    settings = house.shop.settings.model_copy(update={"payway_webhook_secret": SecretStr(secrets)})
    return replace(house.shop, settings=settings)


def transport(house: House) -> httpx.ASGITransport:
    """The way to the webhooks' route."""
    return httpx.ASGITransport(Starlette(routes=[*webhook_routes(taking(house))]))


@asynccontextmanager
async def caller(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A client that calls as Payway does."""
    async with httpx.AsyncClient(transport=transport(house), base_url="http://localhost:8000") as client:
        yield client


def order_closed(
    *, account_id: str = ACCOUNT_ID, order_id: object = "DEMO-1", merchant_reference: object = None
) -> dict[str, Any]:
    """The documented event."""
    return {
        "event": "order_closed",
        "timestamp": "2022-03-14T09:08:42.054Z",
        "payload": {
            "account": {
                "id": account_id,
                "organisation_id": "demo",
                "first_name": "Webhooka",
                "last_name": "Personsson",
                "contact_email": "webhooka.personsson@mail.example",
                "ssn": "194103212021",
            },
            "order": {
                "id": "622f061895cfebfded830780",
                "order_id": order_id,
                "state": "closed",
                "payment_option": "klarna_payments",
                "merchant_reference": merchant_reference,
            },
        },
    }

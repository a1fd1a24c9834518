"""Webhooks over HTTP: what becomes of them on their way.

Not where they go: anyone who may use the control of an open demo could have this server call any address.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starlette.requests import Request

from klarna_shop.sandbox.control.request import json_values
from klarna_shop.sandbox.parameters import Parameter
from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.webhooks import ENVELOPES, WebhookConduct

LONGEST_MILLISECONDS = 600_000
MOST_COPIES = 10
_CONDUCT = (
    Parameter("delay_milliseconds", "integer", minimum=0, maximum=LONGEST_MILLISECONDS, default=0),
    Parameter("up_to_milliseconds", "integer", minimum=0, maximum=LONGEST_MILLISECONDS, default=0),
    Parameter("copies", "integer", minimum=1, maximum=MOST_COPIES, default=1),
    Parameter("lost_percent", "integer", minimum=0, maximum=100, default=0),
    Parameter("envelope", choices=ENVELOPES, default="event"),
)


async def shown(services: Services, _request: Request) -> dict[str, Any]:
    """State of the webhooks: the address's presence, what is set, and what this process has sent."""
    webhooks = services.webhooks
    return {
        "item": {
            "has_address": bool(webhooks.settings.webhook_url),
            **asdict(webhooks.conduct),
            "counts": asdict(webhooks.counts),
        }
    }


async def change(services: Services, request: Request) -> dict[str, Any]:
    """Have the next webhooks come late, in another order, several times, or not at all."""
    services.webhooks.conduct = WebhookConduct(**await json_values(request, _CONDUCT))
    return await shown(services, request)


async def reset(services: Services, request: Request) -> dict[str, Any]:
    """Each is sent once and at once again."""
    services.webhooks.conduct = WebhookConduct()
    return await shown(services, request)

"""Mails of the shop, over HTTP: they lie in the mailbox beside what Payway would have sent."""

from __future__ import annotations

import re
from typing import Any

from starlette.requests import Request

from klarna_shop.sandbox.control.request import json_values
from klarna_shop.sandbox.formats import Format
from klarna_shop.sandbox.identifiers import entity_id
from klarna_shop.sandbox.parameters import Parameter
from klarna_shop.sandbox.services import Services
from klarna_shop.sandbox.tables import Mail

LANGUAGE = Format("two letters", re.compile(r"[a-z]{2}"))
SHOP = "shop"
"""Begins the kind of a mail that is not Payway's; its language follows."""
_MAIL = (
    Parameter("recipient", required=True, maximum=320),
    Parameter("subject", required=True, maximum=300),
    Parameter("text", required=True, maximum=100_000),
    Parameter("language", required=True, format=LANGUAGE),
)


async def add(services: Services, request: Request) -> dict[str, Any]:
    """Put a mail into the mailbox of its recipient."""
    values = await json_values(request, _MAIL)
    mail = Mail(
        id=entity_id(),
        kind=f"{SHOP}_{values['language']}",
        recipient=values["recipient"].lower(),
        subject=values["subject"],
        text=values["text"],
        created=services.clock.now(),
    )
    answer = {"item": {"id": mail.id}}
    await services.database.write(lambda session: session.add(mail))
    return answer

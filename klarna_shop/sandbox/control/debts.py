"""Who is in debt with Klarna, over HTTP: their purchases and renewals are refused."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request

from klarna_shop.sandbox.accounts import find_account
from klarna_shop.sandbox.control.request import json_values
from klarna_shop.sandbox.errors import not_found
from klarna_shop.sandbox.parameters import Parameter
from klarna_shop.sandbox.services import Services

_DEBT = (Parameter("email", required=True, maximum=320), Parameter("in_debt", "boolean", required=True))


async def change(services: Services, request: Request) -> dict[str, Any]:
    """Say whether Klarna refuses this customer from now on."""
    values = await json_values(request, _DEBT)

    def say(session: Session) -> None:
        account = find_account(session, email=values["email"])
        if account is None:
            raise not_found("Account")
        account.in_debt = values["in_debt"]

    await services.database.write(say)
    return {"item": values}

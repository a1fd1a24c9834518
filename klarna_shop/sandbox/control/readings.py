"""Readings and uncertainty over HTTP."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from klarna_shop.sandbox.conduct import LARGEST_SEED
from klarna_shop.sandbox.control.request import json_body, json_values
from klarna_shop.sandbox.errors import invalid_parameter
from klarna_shop.sandbox.parameters import Parameter
from klarna_shop.sandbox.readings import ReadingError, Readings
from klarna_shop.sandbox.services import Services

_SEED = (Parameter("seed", "integer", required=True, minimum=0, maximum=LARGEST_SEED),)


async def shown(services: Services, _request: Request) -> dict[str, Any]:
    """Every reading as it is set, and all it could be."""
    values = services.conduct.readings.values()
    return {
        "items": [choice.described() | {"value": values[choice.name]} for choice in Readings.choices()],
        "uncertainty": services.conduct.seed,
    }


async def change(services: Services, request: Request) -> dict[str, Any]:
    """Set some readings, by name."""
    try:
        services.conduct.set(await json_body(request))
    except ReadingError as error:
        raise invalid_parameter(error.name, error.message) from None
    return {"item": services.conduct.readings.values()}


async def reset(services: Services, _request: Request) -> dict[str, Any]:
    """Back to the defaults."""
    services.conduct.reset()
    return {"item": services.conduct.readings.values()}


async def uncertainty(services: Services, _request: Request) -> dict[str, Any]:
    """The seed; null while nothing is drawn."""
    return {"item": {"seed": services.conduct.seed}}


async def be_uncertain(services: Services, request: Request) -> dict[str, Any]:
    """Draw every call's readings anew from a seed."""
    services.conduct.be_uncertain((await json_values(request, _SEED))["seed"])
    return await uncertainty(services, request)


async def be_certain(services: Services, request: Request) -> dict[str, Any]:
    """Draw nothing any more."""
    services.conduct.be_certain()
    return await uncertainty(services, request)

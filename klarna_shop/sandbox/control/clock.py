"""The clock over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request

from klarna_shop.sandbox.control.request import json_values
from klarna_shop.sandbox.errors import ApiError, invalid_parameter
from klarna_shop.sandbox.parameters import OneOf, Parameter
from klarna_shop.sandbox.services import Services

FURTHEST_MOVE = 100 * 366 * 24 * 3600
EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2190, 1, 1, tzinfo=UTC)
_MOVE = (
    Parameter("move_seconds", "integer", minimum=-FURTHEST_MOVE, maximum=FURTHEST_MOVE),
    Parameter("to"),
)
_ONE = (OneOf(("move_seconds", "to")),)


async def shown(services: Services, _request: Request) -> dict[str, Any]:
    """What time it is, and how far from the computer's."""
    clock = services.clock
    return {
        "item": {
            "now": clock.now().isoformat(),
            "offset_seconds": clock.offset.total_seconds(),
            "stopped": clock.is_stopped,
        }
    }


async def move(services: Services, request: Request) -> dict[str, Any]:
    """Let time pass, or make it a certain time."""
    values = await json_values(request, _MOVE, _ONE)
    if values["move_seconds"] is None:
        moment = _moment(values["to"])
        _check("to", moment)
        services.clock.move_to(moment)
    else:
        by = timedelta(seconds=values["move_seconds"])
        _check("move_seconds", services.clock.now() + by)
        services.clock.move(by)
    return await shown(services, request)


async def reset(services: Services, request: Request) -> dict[str, Any]:
    """Back to the computer's time."""
    services.clock.reset()
    return await shown(services, request)


def _check(field: str, moment: datetime) -> None:
    if not EARLIEST <= moment <= LATEST:
        raise invalid_parameter(field, f"Parameter must lead to within {EARLIEST:%Y}..{LATEST:%Y}")


def _moment(text: str) -> datetime:
    fault: ApiError = invalid_parameter("to", "Parameter must be an ISO 8601 time with its offset")
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise fault
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise fault from None

"""Faults over HTTP."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starlette.requests import Request

from klarna_shop.sandbox.control.request import json_values
from klarna_shop.sandbox.errors import invalid_parameter
from klarna_shop.sandbox.fault_register import Planned
from klarna_shop.sandbox.faults import ERRORS, KINDS, WIDGET, Fault, FaultError
from klarna_shop.sandbox.parameters import Parameter, read_parameters
from klarna_shop.sandbox.services import Services

_FAULT = (
    Parameter("kind", required=True, choices=tuple(KINDS)),
    Parameter("when", choices=("before", "after"), default="before"),
    Parameter("error", choices=tuple(ERRORS)),
    Parameter("klarna", choices=tuple(WIDGET)),
    Parameter("status", "integer"),
    Parameter("milliseconds", "integer"),
    Parameter("up_to_milliseconds", "integer"),
    Parameter("retry_after", "integer"),
    Parameter("retry_after_form", choices=("seconds", "date"), default="seconds"),
    Parameter("method", choices=("GET", "POST", "PUT")),
    Parameter("path", default="*"),
    Parameter("scope", maximum=256),
    Parameter("times", "integer", default=1),
    Parameter("percent", "integer", default=100),
    Parameter("seed", "integer", default=0),
)
_WHICH = (Parameter("id", "integer", minimum=1), Parameter("scope", maximum=256))


async def listed(services: Services, _request: Request) -> dict[str, Any]:
    """Everything that is still to happen, and what can be made to."""
    return {
        "items": [_described(planned) for planned in await services.faults.list()],
        "kinds": KINDS,
        "errors": list(ERRORS),
        "klarna": WIDGET,
    }


async def add(services: Services, request: Request) -> dict[str, Any]:
    """One more."""
    values = await json_values(request, _FAULT)
    try:
        fault = Fault(**values)
    except FaultError as error:
        raise invalid_parameter(error.field, error.message) from None
    return {"item": _described(await services.faults.add(fault))}


async def clear(services: Services, request: Request) -> dict[str, Any]:
    """None any more, or not one of them, or not those of one scope key; the query says which."""
    which = read_parameters(dict(request.query_params), _WHICH, typed=False)
    return {"item": {"cleared": await services.faults.clear(fault_id=which["id"], scope=which["scope"])}}


def _described(planned: Planned) -> dict[str, Any]:
    counts = {"seen": planned.seen, "happened": planned.happened}
    return {"id": planned.id, **asdict(planned.fault), **counts}

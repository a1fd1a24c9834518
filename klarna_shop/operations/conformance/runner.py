"""Sends probes to a target, one after the other, and keeps the shape of each answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from klarna_shop.operations.conformance.discovery import discover
from klarna_shop.operations.conformance.knowledge import Knowledge, NotKnown
from klarna_shop.operations.conformance.probes.probe import API, Bearer, Leave, Probe
from klarna_shop.operations.conformance.shape import Shape, body_of, shape_of
from klarna_shop.operations.conformance.target import LEAVE_VARIABLES, Target
from klarna_shop.operations.conformance.wire import Unreachable, Wire

_MADE_UP_TOKEN = "conformance-made-up-token"  # noqa: S105


@dataclass(frozen=True)
class Exchange:
    """A probe with the shape of its answer, or why there is none."""

    probe: Probe
    shape: Shape | None
    reason: str = ""
    lost: bool = False
    """Whether it was sent and got no answer."""


async def run(target: Target, probes: Sequence[Probe]) -> list[Exchange]:
    """Send the probes in their order.

    Raises:
        Unreachable: the target does not even answer the questions before the first probe.
    """
    knowledge = Knowledge(target)
    async with Wire(target, knowledge) as wire:
        await discover(wire, knowledge)
        return [await _exchange(target, wire, knowledge, probe) for probe in probes]


async def _exchange(target: Target, wire: Wire, knowledge: Knowledge, probe: Probe) -> Exchange:
    try:
        _check_leave(target, probe)
        response = await wire.send(**await _request(wire, knowledge, probe))
    except NotKnown as missing:
        return Exchange(probe, None, str(missing))
    except Unreachable as fault:
        return Exchange(probe, None, f"no answer ({fault})", lost=True)
    if response.status_code == 429:
        return Exchange(probe, None, "the target limits the rate of calls (429)", lost=True)
    _note(knowledge, probe, response)
    return Exchange(probe, shape_of(response))


def _check_leave(target: Target, probe: Probe) -> None:
    if probe.leave is None or probe.leave in target.leaves:
        return
    if probe.leave is Leave.SANDBOX:
        raise NotKnown("it buys, makes an account or cancels: sent to sandboxes alone")
    raise NotKnown(f"sent only with {LEAVE_VARIABLES[probe.leave]}=1")


async def _request(wire: Wire, knowledge: Knowledge, probe: Probe) -> dict[str, Any]:
    prefix = "" if probe.asks_for_token else API
    request: dict[str, Any] = {"method": probe.method, "path": prefix + knowledge.path(probe.path)}
    headers = {}
    if not probe.asks_for_token:
        headers = {"Content-Type": probe.media_type}
        token = await _token(wire, probe)
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
    elif probe.raw is not None:
        headers = {"Content-Type": probe.media_type}
    if probe.query:
        request["params"] = knowledge.filled(probe.query)
    if probe.raw is not None:
        request["content"] = probe.raw
    elif probe.body is not None:
        request["data" if probe.asks_for_token else "json"] = knowledge.filled(probe.body)
    return {**request, "headers": headers}


async def _token(wire: Wire, probe: Probe) -> str | None:
    match probe.bearer:
        case Bearer.NONE:
            return None
        case Bearer.MADE_UP:
            return _MADE_UP_TOKEN
        case Bearer.OTHER_SCOPE:
            return await wire.other_client_token(probe.scope)
        case Bearer.WITHOUT_IDENTITY:
            return await wire.client_token(probe.scope)
        case Bearer.RIGHT:
            return await (wire.customer_token if probe.identity else wire.client_token)(probe.scope)


def _note(knowledge: Knowledge, probe: Probe, response: httpx.Response) -> None:
    """Keep what later probes take from this answer, wrapped or bare."""
    body, _ = body_of(response)
    if not response.is_success or not isinstance(body, dict):
        return
    item = body.get("item")
    for name, key in probe.notes.items():
        knowledge.learn(name, body.get(key, item.get(key) if isinstance(item, dict) else None))

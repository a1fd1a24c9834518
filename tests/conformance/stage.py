"""A Payway that is called stage: a sandbox behind a line that notes what is sent and can alter answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from klarna_shop.operations.conformance.probes.probe import Leave
from klarna_shop.operations.conformance.target import Target, sandbox_target
from klarna_shop.sandbox import Sandbox

Alter = Callable[[httpx.Request, Any], Any]


@dataclass
class Line(httpx.AsyncBaseTransport):
    """The line. `alter` gets each 2xx answer's JSON; `answers` stand in for paths that end so."""

    sandbox: Sandbox
    alter: Alter = lambda _request, body: body
    answers: dict[str, httpx.Response | Exception] = field(default_factory=dict)
    requests: list[httpx.Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._way = self.sandbox.transport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        for ending, answer in self.answers.items():
            if request.url.path.endswith(ending):
                if isinstance(answer, Exception):
                    raise answer
                return answer
        response = await self._way.handle_async_request(request)
        content = await response.aread()
        headers = {name: value for name, value in response.headers.items() if name != "content-length"}
        if response.is_success and content:
            content = json.dumps(self.alter(request, json.loads(content))).encode()
        return httpx.Response(response.status_code, headers=headers, content=content)


def stage(line: Line, *leaves: Leave, customer: bool = True) -> Target:
    """A target on this line, with nothing allowed that is not named."""
    target = sandbox_target(line.sandbox)
    return replace(
        target,
        name="stage",
        leaves=frozenset(leaves),
        customer=target.customer if customer else None,
        transport=lambda: line,
    )

"""Schemathesis calls every operation of the OpenAPI document, with requests that fit it and that do not.

Deterministic, so that a failure is one's own. SANDBOX_EXAMPLES=200 looks further, elsewhere each time.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from klarna_shop.sandbox import Clock, Readings, Sandbox, SandboxSettings
from klarna_shop.sandbox.api import ENDPOINTS
from klarna_shop.sandbox.description.document import openapi_document
from klarna_shop.sandbox.endpoint import PREFIX, Endpoint
from tests.sandbox.conftest import NOW, Caller
from tests.seeded import seeded

ADDRESS = "http://payway.example"
CUSTOMER = "astrid.lundmark"
EXAMPLES = int(os.environ.get("SANDBOX_EXAMPLES", "4"))
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
_bounded = settings(
    max_examples=EXAMPLES,
    derandomize="SANDBOX_EXAMPLES" not in os.environ,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def _operations() -> dict[str, Any]:
    schema = schemathesis.openapi.from_dict(openapi_document(ADDRESS))
    schema.config.generation.with_security_parameters = False
    found: list[Any] = [operation.ok() for operation in schema.get_all_operations()]  # type: ignore[union-attr]
    return {operation.label: operation for operation in found}


OPERATIONS = _operations()
WITH_PARAMETERS = [
    label
    for label, operation in OPERATIONS.items()
    if operation.definition.raw.get("parameters") or "requestBody" in operation.definition.raw
]


class Prober:
    """Sends generated requests to a sandbox in which something has been bought already."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner
        clock = Clock()
        clock.stop(NOW)
        sandbox = seeded(Sandbox(SandboxSettings(public_url=ADDRESS), clock), NOW)
        self._caller = Caller(sandbox)
        self._customer = runner.run(self._caller.bearer(CUSTOMER))
        self._nobody = runner.run(self._caller.bearer(None))

    def close(self) -> None:
        self._runner.run(self._caller.http.aclose())
        self._runner.run(self._caller.sandbox.close())

    def send(self, case: Any, *, identity: bool) -> httpx.Response:
        headers = {} if case.path.startswith("/api/") else self._customer if identity else self._nobody
        prepared: Any = requests.Request(**case.as_transport_kwargs(ADDRESS, headers)).prepare()
        request = self._caller.http.build_request(
            prepared.method, prepared.url, headers=dict(prepared.headers), content=prepared.body
        )
        return self._runner.run(self._caller.http.send(request))

    def read(self, readings: Readings) -> None:
        """From here on answer like this."""
        self._caller.sandbox.readings = readings

    def known(self, endpoint: Endpoint) -> dict[str, Any]:
        """Values of parameters with which a request finds something."""
        return self._runner.run(self._known(endpoint))

    async def _known(self, endpoint: Endpoint) -> dict[str, Any]:
        caller, who = self._caller, CUSTOMER if endpoint.identity else None
        code = "digital-trial" if "trial" in endpoint.path else "digital"
        known: dict[str, Any] = {
            "code": code,
            "product_code": code,
            "package_code": "digital",
            "campaign_code": "digital-intro",
            "title_code": "DEMO",
            "period_id": await caller.period(code),
            "period_type": "recurring",
            "start_date": date(2026, 4, 1).isoformat(),
            "ssn": "198006102392",
        }
        product = (await caller.get("/v2/products", product_code="digital")).json()["item"]
        known |= {"product_id": product["id"], "id": product["id"]}
        if "place_" in endpoint.path:
            known["klarna_payments_session_id"] = await caller.session(who, code)
        if not endpoint.path.startswith(("/v1/klarna", "/v2/klarna", "/v1/products", "/v2/products")):
            known |= await self._bought(endpoint)
        return known

    async def _bought(self, endpoint: Endpoint) -> dict[str, Any]:
        caller = self._caller
        order = (await caller.buy(CUSTOMER)).json()["item"]["order_id"]
        account = (await caller.get("/v3/me", CUSTOMER)).json()["item"]
        bought = account["user_products"][-1]["id"]
        if "reactivate" in endpoint.path:
            await caller.send("PUT", "/v1/me/cancel_product", CUSTOMER, id=bought)
        own = {
            "order_id": order,
            "account_id": account["id"],
            "user_product_id": bought,
            "id": bought if "/me/" in endpoint.path else account["id"],
        }
        if endpoint.method == "GET" or "attempt" in endpoint.path:
            own |= {"email": account["email"], "contact_email": account["email"]}
        if endpoint.path.startswith(("/v2/products", "/v3/products", "/v4/products")):
            del own["id"]
        return own


@pytest.fixture
def prober() -> Iterator[Prober]:
    with asyncio.Runner() as runner:
        made = Prober(runner)
        yield made
        made.close()


def _leaves_out(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_leaves_out(member) for member in value.values())
    if isinstance(value, list):
        return any(_leaves_out(member) for member in value)
    return value is None or value == ""


def _label(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {PREFIX}{endpoint.path}"


def _with_known_values(draw: Any, case: Any, endpoint: Endpoint, known: dict[str, Any]) -> None:
    given = case.query if endpoint.method == "GET" else case.body
    case.path_parameters.update({name: known[name] for name in case.path_parameters})
    for choice in endpoint.exclusive:
        chosen = draw(st.sampled_from(choice.names))
        for name in choice.names:
            given.pop(name, None)
        given[chosen] = known.get(chosen, "1980-06-10")
    given.update({name: known[name] for name in list(given) if name in known})


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=_label)
def test_requests_that_find_something_are_answered_as_described(endpoint: Endpoint, prober: Prober) -> None:
    statuses: set[int] = set()

    # More than elsewhere: of the first few, none may find anything.
    @settings(_bounded, max_examples=max(EXAMPLES, 12))
    @given(st.data())
    def call(data: st.DataObject) -> None:
        case = data.draw(OPERATIONS[_label(endpoint)].as_strategy())
        _with_known_values(data.draw, case, endpoint, prober.known(endpoint))
        answer = prober.send(case, identity=endpoint.identity)
        statuses.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    call()
    assert 200 in statuses, statuses


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=_label)
def test_answers_are_as_described_in_every_reading(endpoint: Endpoint, prober: Prober) -> None:
    @_bounded
    @given(st.data(), st.integers(0, 2**32))
    def call(data: st.DataObject, seed: int) -> None:
        case = data.draw(OPERATIONS[_label(endpoint)].as_strategy())
        prober.read(Readings())
        _with_known_values(data.draw, case, endpoint, prober.known(endpoint))
        prober.read(Readings.drawn(Random(seed)))
        answer = prober.send(case, identity=data.draw(st.sampled_from([True, endpoint.identity])))
        if answer.content:  # an empty body is one of the readings
            case.validate_response(answer, checks=CHECKS)

    call()


@pytest.mark.parametrize("label", OPERATIONS)
def test_no_request_that_fits_the_document_leads_to_something_undescribed(label: str, prober: Prober) -> None:
    @_bounded
    @given(OPERATIONS[label].as_strategy(), st.booleans())
    def call(case: Any, identity: bool) -> None:
        case.validate_response(prober.send(case, identity=identity), checks=CHECKS)

    call()


@pytest.mark.parametrize("label", WITH_PARAMETERS)
def test_no_request_that_does_not_fit_the_document_is_taken(label: str, prober: Prober) -> None:
    @_bounded
    @given(OPERATIONS[label].as_strategy(generation_mode=GenerationMode.NEGATIVE), st.booleans())
    def call(case: Any, identity: bool) -> None:
        answer = prober.send(case, identity=identity)
        # An empty or null parameter counts as left out, so such a request may be right after all.
        refusing = [] if _leaves_out([case.query, case.body]) else [negative_data_rejection]
        case.validate_response(answer, checks=CHECKS + refusing)

    call()

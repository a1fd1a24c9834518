"""The table of endpoints says what the code is."""

from __future__ import annotations

import inspect
from dataclasses import replace

import pytest

from klarna_shop.operations.coverage.__main__ import DOCUMENT
from klarna_shop.operations.coverage.calls import client_functions
from klarna_shop.operations.coverage.endpoints import NAMED
from klarna_shop.operations.coverage.table import Row, document, faults, rows
from klarna_shop.payway import PaywayClient, PaywayCredentials
from klarna_shop.payway.calls import Endpoint
from klarna_shop.payway.resources import accounts, catalogue, klarna_payments, me, orders
from klarna_shop.sandbox.api import ENDPOINTS

ROWS = rows()
PERIODS = next(row for row in ROWS if row.endpoint.operation == "GET /v1/klarna_payments/payment_periods")
ADYEN = next(row for row in ROWS if row.endpoint.operation == "Adyen's endpoints")
OLDER = next(row for row in ROWS if row.endpoint.operation == "GET /v2/products")


def test_the_document_says_what_the_code_is() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(ROWS), "make coverage-table writes it anew"


def test_every_endpoint_is_there_and_tested_or_left_out_with_a_reason() -> None:
    assert not list(faults(ROWS))


def test_no_endpoint_is_named_twice() -> None:
    assert len({endpoint.operation for endpoint in NAMED}) == len(NAMED)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
def test_list_and_sandbox_agree_on_section_and_mark(endpoint: object) -> None:
    operation = f"{endpoint.method} {endpoint.path}"  # type: ignore[attr-defined]
    (named,) = [one for one in NAMED if one.operation == operation]
    declared = (endpoint.section, endpoint.provenance)  # type: ignore[attr-defined]
    assert (named.section, named.mark) == declared


@pytest.mark.parametrize("resource", [accounts, catalogue, klarna_payments, me, orders])
def test_list_and_client_agree_on_the_section(resource: object) -> None:
    named = {endpoint.operation: endpoint.section for endpoint in NAMED}
    declared = {one.operation: one.section for one in vars(resource).values() if isinstance(one, Endpoint)}
    assert declared
    assert declared == {operation: named[operation] for operation in declared}


def test_every_call_of_the_clients_parts_is_found() -> None:
    client = PaywayClient(PaywayCredentials("http://payway.example", "id", "secret", "demo"))
    calls = {
        f"{part}.{name}"
        for part, holder in vars(client).items()
        if not part.startswith("_")
        for name, _ in inspect.getmembers(type(holder), inspect.isfunction)
        if not name.startswith("_")
    }
    assert calls <= {name for names in client_functions().values() for name in names}


def test_functions_are_found_through_their_helpers() -> None:
    found = client_functions()
    assert "products.search_packages" in found["GET /v2/products/package/search"]
    assert "products.search_packages" not in found["GET /v2/products/campaign/search"]
    assert "cancellation_reasons" in found["GET /v1/cancellation_reasons"]
    assert "sign_in" in found["POST /api/authorization/access_token password"]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (replace(PERIODS, sandbox=""), "is not in the sandbox"),
        (replace(PERIODS, client=()), "is not in the client"),
        (replace(PERIODS, tests=()), "has no test"),
        (replace(OLDER, client=("products.product_v2",)), "is in the client"),
        (replace(ADYEN, client=("adyen.pay",)), "is said to be left out and is there"),
        (replace(ADYEN, sandbox="adyen.pay"), "is said to be left out and is there"),
    ],
)
def test_what_is_missing_is_said(row: Row, fault: str) -> None:
    changed = [row if one.endpoint == row.endpoint else one for one in ROWS]
    assert set(faults(changed)) == {f"{row.endpoint.operation} {fault}"}


def test_an_endpoint_that_the_list_does_not_have_is_said() -> None:
    shorter = [row for row in ROWS if row is not PERIODS]
    operation = PERIODS.endpoint.operation
    assert set(faults(shorter)) == {
        f"{operation} is in the client and not in the list of endpoints",
        f"{operation} is in the sandbox and not in the list of endpoints",
    }

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import fields
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator, validate
from pydantic import ValidationError

from klarna_shop.sandbox import Readings
from klarna_shop.sandbox.api import ENDPOINTS
from klarna_shop.sandbox.api.grants import GRANTS
from klarna_shop.sandbox.description.document import openapi_document
from klarna_shop.sandbox.description.page import STYLE
from klarna_shop.sandbox.endpoint import PREFIX, Endpoint
from klarna_shop.sandbox.openid.declared import OPERATIONS
from klarna_shop.sandbox.parameters import Parameter
from klarna_shop.sandbox.provenance import Provenance
from tests.sandbox.declared import assert_declared

DOCUMENT = openapi_document("http://payway.example")
MARKS = {mark.value for mark in Provenance}
READINGS = {field.name for field in fields(Readings)}


def _label(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for member in value.values():
            yield from _objects(member)
    elif isinstance(value, list):
        for member in value:
            yield from _objects(member)


def _assert_described(parameter: Parameter, described: dict[str, Any]) -> None:
    assert described["x-provenance"] == parameter.provenance.value, parameter.name
    assert described.get("description", "") == parameter.description
    for member in parameter.members:
        _assert_described(member, described["properties"][member.name])


def test_the_document_is_valid_openapi_3_1() -> None:
    validate(DOCUMENT, cls=OpenAPIV31SpecValidator)


def test_the_document_has_every_endpoint_once() -> None:
    described = {
        (method.upper(), path) for path, operations in DOCUMENT["paths"].items() for method in operations
    }
    declared = {(endpoint.method, PREFIX + endpoint.path) for endpoint in ENDPOINTS}
    openid = {(operation.method, operation.path) for operation in OPERATIONS}
    assert described == declared | openid | {("POST", "/api/authorization/access_token")}
    names = [operation["operationId"] for path in DOCUMENT["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names)) == len(ENDPOINTS) + len(OPERATIONS) + 1


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=_label)
def test_every_endpoint_says_what_it_answers_and_how_well_it_is_known(endpoint: Endpoint) -> None:
    operation = DOCUMENT["paths"][PREFIX + endpoint.path][endpoint.method.lower()]
    assert operation["x-provenance"] == endpoint.provenance.value
    assert operation["x-scope"] == endpoint.scope
    assert operation["x-identity"] is endpoint.identity
    assert operation["summary"].endswith(".")
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema["$ref"].removeprefix("#/components/schemas/") in DOCUMENT["components"]["schemas"]
    assert {"400", "401", "403", "500"} <= operation["responses"].keys()


def test_every_field_of_every_answer_has_a_mark() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    for name, schema in schemas.items():
        assert schema["x-provenance"] in MARKS, name
        assert schema["x-section"], name
        assert schema["description"], name
        for field, described in schema.get("properties", {}).items():
            assert described["x-provenance"] in MARKS, (name, field)
    assert len({field for schema in schemas.values() for field in schema.get("properties", {})}) > 150


def test_every_parameter_is_described_with_its_mark() -> None:
    for endpoint in ENDPOINTS:
        operation = DOCUMENT["paths"][PREFIX + endpoint.path][endpoint.method.lower()]
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        described = {given["name"]: given for given in operation.get("parameters", [])}
        described |= body.get("schema", {}).get("properties", {})
        assert described.keys() == {parameter.name for parameter in endpoint.parameters}
        for parameter in endpoint.parameters:
            _assert_described(parameter, described[parameter.name])


def test_marks_are_those_of_the_reference() -> None:
    place = DOCUMENT["paths"]["/external/api/v2/klarna_payments/place_order"]["post"]
    body = place["requestBody"]["content"]["application/json"]["schema"]["properties"]
    assert body["browser_ip"]["x-provenance"] == "documented"
    assert body["browser_ip"]["x-required-provenance"] == "inferred"
    assert body["customer_info"]["x-required-provenance"] == "inferred"
    schemas = DOCUMENT["components"]["schemas"]
    assert schemas["WrappedSession"]["properties"]["item"]["x-provenance"] == "inferred"
    session = schemas["Session"]["properties"]
    assert session["klarna_client_token"]["x-provenance"] == "documented"
    assert session["payment_method_categories"]["x-provenance"] == "unknown"
    assert schemas["Token"]["properties"]["token_type"]["x-provenance"] == "inferred"
    trial = DOCUMENT["paths"]["/external/api/v1/klarna_payments/place_trial_order"]["post"]
    assert (trial["x-provenance"], trial["x-access-provenance"]) == ("documented", "inferred")


def test_every_reading_that_is_named_exists_and_is_described() -> None:
    named = {found["x-reading"] for found in _objects(DOCUMENT) if isinstance(found.get("x-reading"), str)}
    named |= {name for found in _objects(DOCUMENT["paths"]) for name in found.get("x-readings", ())}
    assert named <= READINGS
    in_id_tokens = {"openid_algorithm", "openid_audience", "openid_clock", "openid_names_key"}
    nothing_to_link = {
        "timestamps",
        "categories",
        "direct_debit_for_trials",
        "differing_personal_number",
        "rotates_refresh_token",
        "simultaneous_orders",
        "openid_offline_refusal",
    }
    assert READINGS - named == in_id_tokens | nothing_to_link
    assert {reading["name"] for reading in DOCUMENT["info"]["x-readings"]} == READINGS


def _answered(path: str, body: dict[str, Any], method: str = "GET", status: int = 200) -> httpx.Response:
    request = httpx.Request(method, f"http://payway.example/external/api{path}")
    return httpx.Response(status, json=body, request=request)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"item": {"status": "active", "since": "2026"}},
        {"item": {"status": "asleep"}},
        {"item": {"status": None}},
        {"status": "active"},
    ],
)
def test_an_answer_that_is_not_as_declared_is_noticed(body: dict[str, Any]) -> None:
    assert_declared(_answered("/v1/accounts/status", {"item": {"status": "active"}}), Readings())
    with pytest.raises(ValidationError):
        assert_declared(_answered("/v1/accounts/status", body), Readings())


def test_a_refusal_that_is_not_declared_is_noticed() -> None:
    undeclared = _answered("/v1/me", {"code": "out_of_paper", "message": ""}, status=400)
    with pytest.raises(AssertionError):
        assert_declared(undeclared, Readings())


@pytest.mark.parametrize(
    "item",
    [
        {"redirect_url": "https://k.example"},
        {"order_id": "DEMO-1", "redirect_uri": "https://k.example"},
        {"klarna_redirect_url": "https://k.example"},
    ],
)
def test_a_placed_order_is_taken_in_every_reading(item: dict[str, str]) -> None:
    for body in (item, {"item": item}):
        assert_declared(_answered("/v2/klarna_payments/place_order", body, "POST"), Readings())
    both = {"redirect_url": "https://k.example", "redirect_uri": "https://k.example"}
    with pytest.raises(ValidationError):
        assert_declared(_answered("/v2/klarna_payments/place_order", both, "POST"), Readings())


async def test_every_described_grant_is_one_the_token_endpoint_knows(caller: Any) -> None:
    for grant in GRANTS:
        answer = await caller.token(grant_type=grant.name)
        assert answer.json().get("error") in {None, "invalid_grant"}, grant.name
    unknown = await caller.token(grant_type="client_credentials")
    assert unknown.json()["error"] == "unsupported_grant_type"


class _Page(HTMLParser):
    """Ids, links and headings of a page, and its elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.levels: list[int] = []
        self.elements: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.elements.append(tag)
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.links += [str(given["href"])] if tag == "a" else []
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))


async def test_the_document_and_the_page_are_served_as_written(caller: Any) -> None:
    document = await caller.http.get("/sandbox/payway/openapi.json")
    assert document.json() == json.loads(json.dumps(openapi_document("http://shop.example")))
    page = await caller.http.get("/sandbox/payway")
    assert page.status_code == 200
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert (await caller.http.get("/sandbox/payway/")).status_code == 404


async def test_the_page_is_whole(caller: Any) -> None:
    html = (await caller.http.get("/sandbox/payway")).text
    page = _Page(html)
    operations = {
        operation["operationId"] for path in DOCUMENT["paths"].values() for operation in path.values()
    }
    assert operations <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links if link.startswith("#")} <= set(page.ids)
    assert {f"reading-{name.replace('_', '-')}" for name in READINGS} <= set(page.ids)
    assert not {"script", "img", "link", "iframe"} & set(page.elements)
    assert " style=" not in html
    assert page.levels.count(1) == 1
    assert all(level - before <= 1 for before, level in zip(page.levels, page.levels[1:], strict=False))
    for mark in Provenance:
        assert f'<span class="mark {mark.value}">{mark.value}</span>' in html


def _colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", css))


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_of_text_is_readable_on_its_ground(scheme: str) -> None:
    light, dark = STYLE.css.split("@media (prefers-color-scheme: dark)")
    colours = _colours(light) | (_colours(dark) if scheme == "dark" else {})
    pairs = [(mark, f"{mark}-ground") for mark in sorted(MARKS)]
    pairs += [(text, ground) for text in ("ink", "quiet", "link") for ground in ("ground", "sheet")]
    for text, ground in [*pairs, ("sheet", "ink"), ("ink", "inferred-ground"), ("quiet", "inferred-ground")]:
        brighter, darker = sorted((_luminance(colours[text]), _luminance(colours[ground])), reverse=True)
        assert (brighter + 0.05) / (darker + 0.05) >= 4.5, (scheme, text, ground)


def test_no_answer_model_is_left_unused() -> None:
    folder = Path(__file__).parents[2] / "klarna_shop" / "sandbox" / "answers"
    classes = {
        name
        for module in folder.glob("*.py")
        for name in re.findall(r"^class (\w+)", module.read_text(), re.M)
    }
    bases = {"Fact", "Answer", "AccountFacts"}
    assert classes - bases == DOCUMENT["components"]["schemas"].keys()

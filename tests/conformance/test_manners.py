"""What a run sends to a Payway that is not a sandbox, and what it keeps to itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from klarna_shop.operations.conformance.outcome import find_out
from klarna_shop.operations.conformance.probes import PROBES
from klarna_shop.operations.conformance.probes.probe import TOKEN_PATH, Leave
from klarna_shop.operations.conformance.report import report, verdict
from klarna_shop.operations.conformance.runner import run
from klarna_shop.operations.conformance.target import payway_settings, target_from
from klarna_shop.operations.conformance.wire import Unreachable
from klarna_shop.sandbox import Sandbox, SandboxSettings
from klarna_shop.settings import ConfigurationError, Settings, read_for_questions, read_settings
from tests.conformance.stage import Line, stage

SECRET = "the-secret-of-stage"
EMAIL = "karin.oberg@demo.example"
NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
STAGE = {
    "payway_env": "stage",
    "payway_client_id": "us",
    "payway_client_secret": SECRET,
    "secret_key": "k" * 40,
    "studio_password": "studio",
    "app_url": "https://shop.example",
}


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    sandbox = Sandbox(SandboxSettings(client_secret=SECRET))
    yield Line(sandbox)
    await sandbox.close()


def writes(line: Line) -> list[httpx.Request]:
    """Requests that could change something: good JSON with a token, and no GET."""
    return [
        request
        for request in line.requests
        if request.method in {"POST", "PUT"}
        and request.url.path != TOKEN_PATH
        and "authorization" in request.headers
        and request.content.startswith(b'{"')
        and request.headers["content-type"] == "application/json"
    ]


async def test_nothing_is_written_unless_it_is_allowed(line: Line) -> None:
    await run(stage(line), PROBES)
    assert writes(line) == []


async def test_allowed_writes_make_sessions_and_buy_nothing(line: Line) -> None:
    before = len((await line.sandbox.books()).orders)
    await run(stage(line, Leave.WRITE), PROBES)
    assert {request.url.path.rpartition("/")[2] for request in writes(line)} > {"create_session"}
    books = await line.sandbox.books()
    assert len(books.accounts) == 8
    assert len(books.orders) == before


@pytest.mark.parametrize(("leaves", "number"), [((), 0), ((Leave.WRONG_PASSWORD,), 1)])
async def test_a_wrong_password_is_sent_once_and_only_where_allowed(
    line: Line, leaves: tuple[Leave, ...], number: int
) -> None:
    await run(stage(line, *leaves), PROBES)
    wrong = [
        request
        for request in line.requests
        if b"grant_type=password" in request.content
        and EMAIL.replace("@", "%40").encode() in request.content
        and b"demo1234" not in request.content
    ]
    assert len(wrong) == number


async def test_without_a_customer_nobody_signs_in_and_the_report_says_why(line: Line) -> None:
    outcome = await find_out(stage(line, customer=False), choices=())
    assert not [request for request in line.requests if EMAIL.encode() in request.content]
    identity = [one for one in outcome.skipped if one.probe.identity and one.probe.leave is None]
    assert {one.reason for one in identity} == {"CONFORMANCE_EMAIL and CONFORMANCE_PASSWORD are unset"}
    assert not outcome.contradictions


async def test_a_scope_that_the_api_user_lacks_skips_what_takes_it(line: Line) -> None:
    refused = httpx.Response(400, json={"error": "invalid_scope"})
    way = line.handle_async_request

    async def without_orders(request: httpx.Request) -> httpx.Response:
        form = request.content.decode()
        if request.url.path == TOKEN_PATH and "scope=%2Fexternal%2Forder%2Fr" in form:
            return refused
        return await way(request)

    line.handle_async_request = without_orders  # type: ignore[method-assign]
    outcome = await find_out(stage(line), choices=())
    (reason,) = {one.reason for one in outcome.exchanges if one.probe.scope == "/external/order/r"}
    assert reason == "the API user gets no token with the scope /external/order/r"
    assert not outcome.contradictions


async def test_the_report_holds_nobodys_data(line: Line) -> None:
    outcome = await find_out(stage(line, *Leave), choices=())
    text = report(outcome, NOW)
    account = next(one for one in (await line.sandbox.books()).accounts if one.email == EMAIL)
    for private in (SECRET, EMAIL, "demo1234", "Karin", "Öberg", account.id):
        assert private not in text
    assert verdict(outcome) in text


async def test_a_documented_fact_that_is_not_so_is_a_contradiction(line: Line) -> None:
    def without_price(request: httpx.Request, body: object) -> object:
        if not request.url.path.endswith("/v2/klarna_payments/payment_periods"):
            return body
        assert isinstance(body, dict)
        return {"items": [{k: v for k, v in entry.items() if k != "price"} for entry in body["items"]]}

    line.alter = without_price
    outcome = await find_out(stage(line), choices=())
    assert {(one.difference.at, one.difference.mark.section) for one in outcome.contradictions} == {
        ("items[].price", "5.1")
    }
    assert "| `items[].price` | number | absent | documented §5.1 |" in report(outcome, NOW)


async def test_more_than_the_sandbox_says_is_reported_and_is_no_contradiction(line: Line) -> None:
    def richer(_request: httpx.Request, body: object) -> object:
        return {**body, "served_by": "stage"} if isinstance(body, dict) else body

    line.alter = richer
    outcome = await find_out(stage(line), choices=())
    assert not outcome.contradictions
    assert not outcome.open_facts
    assert {one.difference.at for one in outcome.more} == {"served_by"}


async def test_a_call_without_an_answer_is_told_from_one_that_was_not_sent(line: Line) -> None:
    line.answers = {
        "/v1/titles": httpx.ReadTimeout("late"),
        "/v1/cancellation_reasons": httpx.Response(429),
    }
    outcome = await find_out(stage(line), choices=())
    reasons = {one.probe.name: one.reason for one in outcome.lost}
    assert reasons["titles"] == "no answer (ReadTimeout)"
    assert reasons["reasons for cancelling"] == "the target limits the rate of calls (429)"


async def test_a_target_that_is_not_there_is_said_at_once(line: Line) -> None:
    line.answers = {"": httpx.ConnectError("refused")}
    with pytest.raises(Unreachable, match="ConnectError"):
        await run(stage(line), PROBES)


def test_credentials_are_all_that_stage_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("payway_env", "payway_client_id", "payway_client_secret"):
        monkeypatch.setenv(name.upper(), STAGE[name])
    assert target_from(payway_settings(), {}).client_id == "us"


def test_stage_takes_the_shops_variables_and_allows_nothing_by_itself() -> None:
    target = target_from(read_settings(_env_file=None, **STAGE), {})
    assert (target.name, target.base_url) == ("stage", "https://payway-api.stage.adeprimo.se")
    assert (target.customer, target.leaves) == (None, frozenset())
    assert SECRET not in repr(target)


def test_what_is_allowed_is_said_by_variables() -> None:
    environment = {
        "CONFORMANCE_EMAIL": EMAIL,
        "CONFORMANCE_PASSWORD": "demo1234",
        "CONFORMANCE_WRITES": "1",
        "CONFORMANCE_WRONG_PASSWORD": "0",
    }
    target = target_from(read_settings(_env_file=None, **STAGE), environment)
    assert target.customer == (EMAIL, "demo1234")
    assert target.leaves == {Leave.WRITE}
    assert EMAIL not in repr(target)


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({"CONFORMANCE_WRITES": "yes"}, "CONFORMANCE_WRITES"),
        ({"CONFORMANCE_EMAIL": EMAIL}, "CONFORMANCE_PASSWORD"),
    ],
)
def test_a_wrong_variable_is_named(environment: dict[str, str], name: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        target_from(read_settings(_env_file=None, **STAGE), environment)


def test_production_takes_an_explicit_yes() -> None:
    settings = read_for_questions(_env_file=None, **(STAGE | {"payway_env": "production"}))
    with pytest.raises(ConfigurationError, match="CONFORMANCE_PRODUCTION=1"):
        target_from(settings, {})
    assert target_from(settings, {"CONFORMANCE_PRODUCTION": "1"}).name == "production"

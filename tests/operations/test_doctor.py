"""The doctor names what is wrong and what it costs, and no secret."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from klarna_shop.operations.coverage.calls import client_functions
from klarna_shop.operations.database_check import check_database
from klarna_shop.operations.diagnosis import (
    check_browser_login,
    check_klarna_script,
    check_mail,
    check_payment_methods,
    check_payway,
)
from klarna_shop.operations.doctor import described, written
from klarna_shop.operations.findings import Finding, Grade
from klarna_shop.operations.progress import PROJECT
from klarna_shop.operations.scopes import NEEDED_SCOPES
from klarna_shop.payway.calls import Endpoint
from klarna_shop.payway.resources import accounts, catalogue, klarna_payments, me, orders
from klarna_shop.sandbox import Readings, Sandbox
from klarna_shop.settings import Settings, read_settings
from klarna_shop.shop.migrating import migrate

SECRET = "a-secret-nobody-may-read"


@pytest.fixture
def stage() -> Settings:
    """A shop on stage."""
    return read_settings(
        payway_env="stage",
        payway_client_id="shop",
        payway_client_secret=SECRET,
        secret_key=SECRET * 2,
        studio_password=SECRET,
        database_url=f"postgresql://shop:{SECRET}@localhost/shop",
    )


async def _payway(settings: Settings, answer: Callable[[httpx.Request], httpx.Response]) -> list[Finding]:
    return [finding async for finding in check_payway(settings, httpx.MockTransport(answer))]


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """The stand-in for Payway, in memory."""
    sandbox = Sandbox()
    yield sandbox
    await sandbox.close()


async def test_the_sandbox_grants_every_scope_the_shop_needs(sandbox: Sandbox) -> None:
    findings = [each async for each in check_payway(read_settings(), httpx.ASGITransport(sandbox.api))]
    assert [finding.grade for finding in findings] == [Grade.GOOD]


@pytest.mark.parametrize(
    ("answer", "grades", "words"),
    [
        (httpx.Response(200, json={"status": "ready", "notices": []}), ["good", "good"], "hide nothing"),
        (
            httpx.Response(503, json={"notices": ["Klarna hides the category pay_now"]}),
            ["good", "poor"],
            "Klarna hides the category pay_now",
        ),
        (httpx.Response(200, json={"status": "ready"}), ["good", "good"], "no shop answers"),
        (httpx.Response(502, text="<html>"), ["good", "good"], "no shop answers"),
    ],
)
async def test_what_klarna_hides_is_asked_of_the_running_shop(
    answer: httpx.Response, grades: list[str], words: str
) -> None:
    transport = httpx.MockTransport(lambda _request: answer)
    findings = await check_payment_methods(read_settings(klarna_payment_method_category="pay_now"), transport)
    assert [finding.grade.value for finding in findings] == grades
    assert "pay_now" in findings[0].text
    assert words in findings[1].text


async def test_a_wrong_secret_is_told_from_missing_scopes(sandbox: Sandbox) -> None:
    settings = read_settings(payway_client_secret=SECRET)
    findings = [each async for each in check_payway(settings, httpx.ASGITransport(sandbox.api))]
    assert findings[-1].grade is Grade.WRONG
    assert "PAYWAY_CLIENT_SECRET" in findings[-1].cost
    assert SECRET not in "".join(map(written, findings))


async def test_each_missing_scope_is_named_with_its_cost(stage: Settings) -> None:
    missing = {"/external/klarna_payments/w", "/external/account/w"}

    def answer(request: httpx.Request) -> httpx.Response:
        asked = set(parse_qs(request.content.decode())["scope"][0].split())
        if asked & missing:
            return httpx.Response(400, json={"error": "invalid_scope", "error_description": SECRET})
        return httpx.Response(200, json={"access_token": "t", "expires_in": 3600})

    findings = {finding.part: finding for finding in await _payway(stage, answer)}
    assert len(findings) == len(NEEDED_SCOPES) + 1
    assert findings["scope /external/klarna_payments/w"].grade is Grade.WRONG
    assert findings["scope /external/account/w"].grade is Grade.POOR
    assert "register" in findings["scope /external/account/w"].cost
    assert findings["scope /external/product/r"].grade is Grade.GOOD
    assert SECRET not in "".join(map(written, findings.values()))


@pytest.mark.parametrize(
    "failure", [httpx.ConnectError("refused"), httpx.ReadTimeout("silence"), httpx.ConnectTimeout("silence")]
)
async def test_a_payway_out_of_reach_is_wrong(stage: Settings, failure: Exception) -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        raise failure

    (finding,) = await _payway(stage, answer)
    assert finding.grade is Grade.WRONG
    assert "cannot be reached" in finding.text


async def test_a_page_in_html_is_no_error_code(stage: Settings) -> None:
    findings = await _payway(stage, lambda _: httpx.Response(502, html="<h1>Bad gateway</h1>"))
    assert "502 without JSON" in findings[-1].text


def _by_redirect(sandbox: Sandbox, **changes: Any) -> Settings:
    return read_settings(**{"app_url": sandbox.settings.public_url, "payway_login": "redirect", **changes})


async def test_the_sandbox_takes_the_shops_sign_in_by_redirect(sandbox: Sandbox) -> None:
    settings = _by_redirect(sandbox)
    findings = await check_browser_login(settings, httpx.ASGITransport(sandbox.app))
    assert [finding.grade for finding in findings] == [Grade.GOOD] * 3
    told = " ".join(finding.text for finding in findings)
    assert f"{settings.app_url}/.well-known/openid-configuration answers" in told
    assert f"its issuer is {settings.app_url}" in told
    assert f"{settings.app_url}/openid/authorize answers" in told
    assert f"must be {settings.app_url}/auth/callback" in told


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"payway_openid_url": "http://localhost:1234"}, "Set PAYWAY_OPENID_ISSUER".lower()),
        ({"payway_openid_issuer": "http://login.example"}, "another issuer"),
        ({"payway_client_id": "another"}, "answers 400"),
        ({"app_url": "http://localhost:1234", "payway_openid_url": "http://localhost:9000"}, "answers 400"),
    ],
)
async def test_a_sign_in_by_redirect_that_leads_nowhere_is_wrong(
    sandbox: Sandbox, changes: dict[str, str], word: str
) -> None:
    findings = await check_browser_login(_by_redirect(sandbox, **changes), httpx.ASGITransport(sandbox.app))
    wrong = [finding for finding in findings if finding.grade is Grade.WRONG]
    assert len(wrong) == 1
    assert word in written(wrong[0]).lower() or word in written(wrong[0])


async def test_discovery_that_cannot_be_reached_is_wrong(sandbox: Sandbox) -> None:
    (finding,) = await check_browser_login(_by_redirect(sandbox), httpx.MockTransport(_refuse))
    assert (finding.grade, "cannot be used (not_sent)" in finding.text) == (Grade.WRONG, True)
    page = httpx.MockTransport(lambda _: httpx.Response(503, html="<h1>down</h1>"))
    (finding,) = await check_browser_login(_by_redirect(sandbox), page)
    assert (finding.grade, "cannot be used (refused 503)" in finding.text) == (Grade.WRONG, True)


async def test_sign_ins_that_end_with_their_token_are_told(sandbox: Sandbox) -> None:
    for changes, readings in (
        ({"payway_offline_access": False}, {}),
        ({}, {"grants_refresh_token": False}),
    ):
        sandbox.readings = Readings().changed(readings)
        findings = await check_browser_login(
            _by_redirect(sandbox, **changes), httpx.ASGITransport(sandbox.app)
        )
        (poor,) = [finding for finding in findings if finding.grade is Grade.POOR]
        assert poor.part == "Offline access"
        assert "signed out when their token ends" in poor.cost


def _refuse(_request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused")


def test_secrets_are_set_or_unset_and_nothing_more(stage: Settings) -> None:
    text = "\n".join(described(stage))
    assert SECRET not in text
    assert re.search(r"^PAYWAY_CLIENT_SECRET +set$", text, re.MULTILINE)
    assert re.search(r"^SMTP_URL +unset  \(default\)$", text, re.MULTILINE)
    assert re.search(r"^PAYWAY_CLIENT_ID +shop$", text, re.MULTILINE)
    assert len(text.splitlines()) == len(Settings.model_fields)


async def test_a_database_with_the_shops_tables_is_good(tmp_path: Path) -> None:
    settings = read_settings(database_url=f"sqlite:///{tmp_path}/shop.sqlite3")
    assert "make run" in (await check_database(settings)).text
    (tmp_path / "shop.sqlite3").touch()
    assert (await check_database(settings)).grade is Grade.WRONG
    await asyncio.to_thread(migrate, settings.database_url.get_secret_value())
    assert (await check_database(settings)).grade is Grade.GOOD


async def test_an_unreachable_script_costs_the_payment(stage: Settings) -> None:
    elsewhere = read_settings(klarna_sdk_url="http://127.0.0.1:9/api.js")
    finding = await check_klarna_script(elsewhere)
    assert finding.grade is Grade.POOR
    assert "nobody can pay" in finding.cost
    assert (await check_klarna_script(read_settings())).grade is Grade.GOOD


async def test_a_silent_mail_server_costs_the_mailed_receipts() -> None:
    finding = await check_mail(read_settings(smtp_url=f"smtp://shop:{SECRET}@127.0.0.1:9"))
    assert finding.grade is Grade.POOR
    assert SECRET not in written(finding)


def test_the_needed_scopes_are_those_of_the_calls_that_the_shop_makes() -> None:
    rooms = [PROJECT / "klarna_shop" / room for room in ("shop", "ui", "web")]
    sources = [file.read_text() for room in rooms for file in room.rglob("*.py")]
    sources.append((PROJECT / "klarna_shop/operations/diagnosis.py").read_text())
    scopes = {
        endpoint.operation: endpoint.scope
        for module in (accounts, catalogue, klarna_payments, me, orders)
        for endpoint in vars(module).values()
        if isinstance(endpoint, Endpoint)
    }
    called = {
        scopes[operation]
        for operation, functions in client_functions().items()
        if operation in scopes
        and any(re.search(rf"payway\.{function}\b", source) for function in functions for source in sources)
    }
    assert called == {needed.scope for needed in NEEDED_SCOPES}

"""The doctor sends a form and opens a socket as a reader's browser would."""

from __future__ import annotations

import httpx
import pytest

from klarna_shop.operations.doctor import written
from klarna_shop.operations.findings import Grade
from klarna_shop.operations.own_address import check_dangers, check_own_address
from klarna_shop.settings import Settings, read_settings
from tests.production import PRODUCTION
from tests.served import ServedShop


def _settings(**values: object) -> Settings:
    return read_settings(_env_file=None, **values)


async def test_a_running_shop_takes_both(shop: ServedShop) -> None:
    findings = await check_own_address(_settings(app_url=shop.url, app_port=shop.port))
    assert [finding.grade for finding in findings] == [Grade.GOOD, Grade.GOOD], findings
    assert all(shop.url in finding.text for finding in findings)


async def test_a_shop_that_goes_by_another_address_refuses_both(shop: ServedShop) -> None:
    # The same server, under a name that its own APP_URL does not have.
    findings = await check_own_address(_settings(app_url=f"http://shop.localhost:{shop.port}"), _To(shop))
    assert [finding.grade for finding in findings] == [Grade.WRONG, Grade.WRONG]
    assert all("403" in finding.text and "APP_URL" in finding.cost for finding in findings)


async def test_an_address_that_leads_to_another_is_told() -> None:
    def elsewhere(request: httpx.Request) -> httpx.Response:
        return httpx.Response(301, headers={"Location": "https://www.shop.example/auth/sign-out?token=x"})

    settings = _settings(app_url="https://Shop.example:443/")
    findings = await check_own_address(settings, httpx.MockTransport(elsewhere))
    assert findings[0].text == "https://shop.example leads to https://www.shop.example/"
    assert findings[0].grade is Grade.WRONG


async def test_without_a_running_shop_nothing_is_wrong() -> None:
    [finding] = await check_own_address(_settings(app_url="http://127.0.0.1:9"))
    assert finding.grade is Grade.GOOD
    assert "not tried" in finding.text


@pytest.mark.parametrize(("name", "value"), [("secret_key", "k" * 40), ("studio_password", "a")])
def test_stage_is_told_of_what_production_refuses(name: str, value: str) -> None:
    good = {key.lower(): one for key, one in PRODUCTION.items()} | {"payway_env": "stage"}
    assert check_dangers(_settings(**good)) == []
    [finding] = check_dangers(_settings(**{**good, name: value}))
    assert finding.grade is Grade.POOR
    assert name.upper() in written(finding)
    assert value not in finding.text or len(value) == 1
    assert check_dangers(_settings()) == []


class _To(httpx.AsyncHTTPTransport):
    """Leads every address to one shop."""

    def __init__(self, shop: ServedShop) -> None:
        super().__init__(trust_env=False)
        self._url = httpx.URL(shop.url)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(host="127.0.0.1", port=self._url.port)
        return await super().handle_async_request(request)

"""Logging in to the studio over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request

from klarna_shop.assembly import House
from klarna_shop.settings import Settings, read_settings
from klarna_shop.web.client_address import client_address
from klarna_shop.web.studio_login import studio_routes

PASSWORD = "correct horse"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    values = {name: getattr(settings, name) for name in ("database_url", "secret_key")}
    return read_settings(_env_file=None, studio_password=SecretStr(PASSWORD), **values)


@pytest.fixture
async def browser(house: House) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=studio_routes(house.shop))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://localhost:8000",
        headers={"origin": "http://localhost:8000"},
    ) as client:
        yield client


async def _log_in(browser: httpx.AsyncClient, password: str = PASSWORD, page: str = "") -> httpx.Response:
    return await browser.post("/auth/studio/log-in", data={"password": password, "next": page})


async def test_the_password_sets_a_cookie_that_lets_in(house: House, browser: httpx.AsyncClient) -> None:
    response = await _log_in(browser, page="/studio/flows")
    assert (response.status_code, response.headers["location"]) == (303, "/studio/flows")
    cookie, device = response.headers.get_list("set-cookie")
    assert device.startswith("device=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert await house.shop.studio.allows(cookie.partition(";")[0])


async def test_a_wrong_one_goes_back_and_says_so(browser: httpx.AsyncClient) -> None:
    response = await _log_in(browser, "wrong", "/studio/flows")
    assert response.headers["location"] == "/studio/flows?refused=password&left=4"
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("page", ["https://evil.example", "//evil.example/studio", "/account", "/studiox"])
async def test_it_leads_to_the_studio_alone(browser: httpx.AsyncClient, page: str) -> None:
    assert (await _log_in(browser, page=page)).headers["location"] == "/studio"


async def test_forms_of_other_sites_are_refused(browser: httpx.AsyncClient) -> None:
    foreign = {"origin": "https://evil.example"}
    form = {"password": PASSWORD}
    for path in ("/auth/studio/log-in", "/auth/studio/log-out"):
        assert (await browser.post(path, data=form, headers=foreign)).status_code == 403


async def test_logging_out_takes_the_cookie_back(house: House, browser: httpx.AsyncClient) -> None:
    cookie = (await _log_in(browser)).headers["set-cookie"].partition(";")[0]
    response = await browser.post("/auth/studio/log-out", data={"x": "y"}, headers={"cookie": cookie})
    assert "Max-Age=0" in response.headers["set-cookie"]
    assert not await house.shop.studio.allows(cookie)


@pytest.mark.parametrize(
    ("forwarded", "hops", "expected"),
    [
        ("", 0, "10.0.0.1"),
        ("198.51.100.1", 0, "10.0.0.1"),
        ("198.51.100.1", 1, "198.51.100.1"),
        ("1.2.3.4, 198.51.100.1", 1, "198.51.100.1"),
        ("1.2.3.4, 198.51.100.1, 10.0.0.9", 2, "198.51.100.1"),
        ("198.51.100.1", 2, "10.0.0.1"),
    ],
)
def test_what_a_caller_forwards_itself_is_not_believed(forwarded: str, hops: int, expected: str) -> None:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    request = Request({"type": "http", "headers": headers, "client": ("10.0.0.1", 1234)})
    assert client_address(request, hops) == expected

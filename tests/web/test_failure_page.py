"""Plain HTTP routes that fail: the form once more in the reader's language, and one line in the log."""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from klarna_shop.assembly import House
from klarna_shop.ui.languages import languages, text
from klarna_shop.web.failure_page import FailurePages
from klarna_shop.web.session import auth_routes
from klarna_shop.web.studio_login import studio_routes

TYPED = {
    "email": 'karin"<b>@demo.example',
    "password": "demo1234",
    "first_name": "Åsa {x} 50% %s",
    "last_name": "Öberg",
    "next": "/article/stormen",
    "language": "sv",
}
PAGE = {"origin": "http://localhost:8000", "accept": "text/html"}


@pytest.fixture
async def browser(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async def broken(_request: Request) -> Response:
        raise RuntimeError("nobody foresaw it: demo1234")

    routes = [*auth_routes(house.shop), *studio_routes(house.shop), Route("/en/broken", broken)]
    pages = Middleware(FailurePages, words=text, languages=languages(), seller_email="hjalp@example.se")
    transport = httpx.ASGITransport(Starlette(routes=routes, middleware=[pages]))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://localhost:8000", headers=PAGE
    ) as client:
        yield client


@pytest.fixture
def locked(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another program holds the database and does not let go."""
    monkeypatch.setattr("klarna_shop.shop.database.BUSY_TIMEOUT_MS", 20)
    path: Any = house.shop.database.file.path
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


@pytest.mark.parametrize("language", ["sv", "en"])
async def test_the_form_is_there_again_with_what_was_typed(
    language: str, locked: None, browser: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    form = TYPED | {"email": "karin.oberg@demo.example", "language": language}
    answers = [await browser.post("/auth/sign-in", data=form) for _ in range(5)]
    page = answers[0]
    assert (page.status_code, page.headers["cache-control"]) == (503, "no-store")
    assert text(language, "failure.database") in page.text
    assert f'<html lang="{language}">' in page.text
    assert 'value="karin.oberg@demo.example"' in page.text
    assert 'name="next" value="/article/stormen"' in page.text
    assert "demo1234" not in page.text
    lines = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert [record.exc_info for record in lines] == [None], "one line a minute, without a trace"
    [incident] = {found[1] for one in answers if (found := re.search(r"\b([0-9a-f]{8})\b", one.text))}
    assert incident in lines[0].getMessage()


async def test_what_was_typed_is_text_and_never_a_format_or_markup(
    locked: None, browser: httpx.AsyncClient
) -> None:
    page = await browser.post("/auth/studio/log-in", data=TYPED)
    assert page.status_code == 503
    assert "&quot;&lt;b&gt;@demo.example" in page.text
    assert 'value="Åsa {x} 50% %s"' in page.text
    assert "demo1234" not in page.text


@pytest.mark.parametrize("path", ["/auth/register", "/auth/sign-out", "/auth/forget", "/auth/studio/log-in"])
async def test_no_form_ends_in_a_bare_error(
    path: str, house: House, locked: None, browser: httpx.AsyncClient
) -> None:
    cookie = "; ".join(f"{name}={name[0] * 43}" for name in ("visitor", "session", "studio"))
    answer = await browser.post(
        path, data=TYPED | {"email": "ny@exempel.example"}, headers={"cookie": cookie}
    )
    assert answer.status_code in {303, 503}
    assert answer.status_code == 303 or text("sv", "failure.title") in answer.text


async def test_what_nobody_foresaw_is_a_page_with_an_id_that_the_log_has(
    browser: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    page = await browser.get("/en/broken")
    plain = await browser.get("/en/broken", headers={"accept": "application/atom+xml"})
    assert (page.status_code, plain.status_code) == (500, 500)
    assert text("en", "failure.unexpected") in page.text
    assert plain.headers["content-type"].startswith("text/plain")
    [line, _] = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert line.getMessage().split()[2].rstrip(":") in page.text
    assert "demo1234" not in page.text

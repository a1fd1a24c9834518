"""What the last page reports: one line, and nothing that a hostile client could do with it."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from klarna_shop.assembly import House
from klarna_shop.web.page_errors import LARGEST_REPORT, REPORTS, page_error_routes

REPORT = {"reference": "0a1b2c3d", "path": "/checkout", "words": "TypeError: x is null"}


@pytest.fixture
async def page(house: House) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=page_error_routes(house.shop))
    transport = httpx.ASGITransport(app, client=("203.0.113.7", 1))
    headers = {"Sec-Fetch-Site": "same-origin"}
    async with httpx.AsyncClient(transport=transport, base_url="http://shop", headers=headers) as client:
        yield client


async def test_a_failure_is_one_line_with_its_reference(
    page: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    forged = {**REPORT, "words": "a\nline of its own\r\x1b[31m" + "x" * 500}
    assert (await page.post("/page-errors", json=REPORT)).status_code == 204
    await page.post("/page-errors", json=forged)
    first, second = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert first == "a page failed (reference 0a1b2c3d) at /checkout: TypeError: x is null"
    assert second.isprintable()
    assert len(second) < 300


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        b"[]",
        b"7",
        b"\xff",
        json.dumps({**REPORT, "reference": "0a1b2c3d\n"}).encode(),
        json.dumps({**REPORT, "reference": 7}).encode(),
        json.dumps({**REPORT, "words": "x" * LARGEST_REPORT}).encode(),
        b"[" * 3000,
    ],
)
async def test_nonsense_leaves_no_line(
    page: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    assert (await page.post("/page-errors", content=body)).status_code == 204
    assert caplog.records == [] or all(record.levelno < logging.WARNING for record in caplog.records)


async def test_another_site_reports_nothing(
    page: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await page.post("/page-errors", json=REPORT, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "a page failed" not in caplog.text


async def test_the_log_cannot_be_filled(page: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3 * int(REPORTS.at_once)):
        assert (await page.post("/page-errors", json=REPORT)).status_code == 204
    assert caplog.text.count("a page failed") == REPORTS.at_once

"""Faults on a real port: what a client of another process sees."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from klarna_shop.sandbox import Fault, Sandbox, SandboxSettings
from tests.sandbox_process import sandbox_process
from tests.served import free_port

TITLES = "/external/api/v1/titles"
CLIENT = {"client_id": "sandbox-client", "client_secret": "sandbox-secret"}
AUTHORIZED = httpx.BasicAuth(CLIENT["client_id"], CLIENT["client_secret"])


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served") / "sandbox.sqlite3"


@pytest.fixture(scope="module")
def served(database: Path) -> Iterator[str]:
    with sandbox_process(database, free_port()) as address:
        yield address


@pytest.fixture
async def http(served: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a token, and after the test a sandbox without faults."""
    async with httpx.AsyncClient(base_url=served, timeout=30) as http:
        form = CLIENT | {"grant_type": "none", "scope": "/external/title/r"}
        token = (await http.post("/api/authorization/access_token", data=form)).json()["access_token"]
        http.headers["Authorization"] = f"Bearer {token}"
        yield http
        await http.delete("/sandbox/control/faults", auth=AUTHORIZED)


async def _order(http: httpx.AsyncClient, **fault: Any) -> None:
    answer = await http.post("/sandbox/control/faults", json=fault, auth=AUTHORIZED)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_cut_is_a_broken_connection_and_no_200(http: httpx.AsyncClient, when: str) -> None:
    await _order(http, kind="cut", when=when)
    with pytest.raises(httpx.RemoteProtocolError):
        await http.get(TITLES)
    assert (await http.get(TITLES)).status_code == 200


@pytest.mark.parametrize("when", ["before", "after"])
async def test_silence_is_a_timeout(http: httpx.AsyncClient, when: str) -> None:
    await _order(http, kind="silence", when=when)
    with pytest.raises(httpx.ReadTimeout):
        await http.get(TITLES, timeout=httpx.Timeout(30, read=0.3))
    assert (await http.get(TITLES)).status_code == 200


async def test_half_a_body_is_a_whole_answer(http: httpx.AsyncClient) -> None:
    whole = (await http.get(TITLES)).content
    await _order(http, kind="truncated")
    answer = await http.get(TITLES)
    assert (answer.status_code, answer.content) == (200, whole[: len(whole) // 2])


async def test_a_status_comes_with_its_pause(http: httpx.AsyncClient) -> None:
    await _order(http, kind="status", status=503, retry_after=2)
    answer = await http.get(TITLES)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


async def test_another_process_on_the_same_file_shares_the_count(
    http: httpx.AsyncClient, database: Path
) -> None:
    other = Sandbox(SandboxSettings(database_path=database))
    await other.faults.add(Fault(kind="rate_limited", times=2))
    assert [(await http.get(TITLES)).status_code for _ in range(3)] == [429, 429, 200]
    assert await other.faults.list() == []
    await other.close()

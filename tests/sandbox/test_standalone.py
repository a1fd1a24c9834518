from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from klarna_shop.sandbox import Sandbox, SandboxSettings
from tests.sandbox_process import sandbox_process
from tests.served import free_port


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "sandbox.sqlite3"


@pytest.fixture
def served(database: Path) -> Iterator[str]:
    """Address of a sandbox in a process of its own."""
    with sandbox_process(database, free_port()) as address:
        yield address


async def test_it_serves_alone_on_a_real_port_and_shares_its_file(served: str, database: Path) -> None:
    form = {
        "grant_type": "none",
        "client_id": "sandbox-client",
        "client_secret": "sandbox-secret",
        "scope": "/external/title/r",
    }
    async with httpx.AsyncClient(base_url=served, timeout=30) as http:
        token = (await http.post("/api/authorization/access_token", data=form)).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        titles = await http.get("/external/api/v1/titles", headers=headers)
        assert titles.json()["items"][0]["code"] == "DEMO"
        script = await http.get("/sandbox/klarna/sdk.js")
        assert script.headers["content-type"].startswith("text/javascript")
        # Another process on the same file knows the token that this one issued.
        other = Sandbox(SandboxSettings(database_path=database))
        embedded = httpx.ASGITransport(app=other.api)
        async with httpx.AsyncClient(base_url=served, transport=embedded) as beside:
            assert (await beside.get("/external/api/v1/titles", headers=headers)).status_code == 200
        await other.close()


async def test_several_processes_seed_a_new_file_once(database: Path) -> None:
    command = [sys.executable, "-m", "klarna_shop.sandbox", "--reset", "--database", str(database)]
    starts = [await asyncio.create_subprocess_exec(*command, stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [await start.wait() for start in starts] == [0, 0, 0]
    sandbox = Sandbox(SandboxSettings(database_path=database))
    books = await sandbox.books()
    await sandbox.close()
    assert len(books.accounts) == 8


@pytest.mark.parametrize(
    ("option", "environment"), [(["--uncertainty", "17"], {}), ([], {"SANDBOX_UNCERTAINTY": "17"})]
)
async def test_it_tells_the_seed_of_its_uncertainty(
    database: Path, option: list[str], environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with sandbox_process(database, free_port(), *option) as address:
        async with httpx.AsyncClient(base_url=address, auth=("sandbox-client", "sandbox-secret")) as http:
            said = await http.get("/sandbox/control/uncertainty")
    assert said.json() == {"item": {"seed": 17}}
    assert "SANDBOX_UNCERTAINTY=17 repeats this" in database.with_suffix(".log").read_text()


def test_nothing_is_opened_before_first_use(database: Path) -> None:
    Sandbox(SandboxSettings(database_path=database))
    assert not database.exists()

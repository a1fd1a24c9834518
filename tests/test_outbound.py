"""Clients that leave this machine as the settings say, whatever the environment holds."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import certifi
import pytest

from klarna_shop.outbound import OutboundWay, blocking_http_client, http_client
from klarna_shop.payway import PaywayClient, PaywayCredentials
from klarna_shop.payway.errors import NotSent
from klarna_shop.settings import PROJECT

HOSTILE = [
    {"ALL_PROXY": "socks://127.0.0.1:1"},
    {"all_proxy": "socks5h://127.0.0.1:1", "no_proxy": "localhost,::1,[::1]"},
    {"HTTP_PROXY": "http://127.0.0.1:1", "HTTPS_PROXY": "http://127.0.0.1:1"},
    {"http_proxy": "127.0.0.1:1", "https_proxy": "ftp://127.0.0.1:1"},
    {"NO_PROXY": "localhost,::1,[::1]", "HTTPS_PROXY": "http://[::1:1"},
    {"NO_PROXY": "[", "no_proxy": "http://[", "HTTP_PROXY": "http://x:port"},
    {"SSL_CERT_FILE": "/does/not/exist", "SSL_CERT_DIR": "/does/not/exist"},
    {"SSLKEYLOGFILE": "/does/not/exist/keys", "NETRC": "/does/not/exist", "REQUESTS_CA_BUNDLE": "/no"},
]


@asynccontextmanager
async def _server(answer: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that answers everything alike; its address, and the first line of each request."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        asked.append(head.split(b"\r\n")[0])
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
    finally:
        server.close()


@pytest.mark.parametrize("variables", HOSTILE)
async def test_the_environment_turns_no_client_aside(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    async with _server(b"near") as (address, asked), http_client() as client:
        assert (await client.get(f"{address}/x")).text == "near"
        with await asyncio.to_thread(blocking_http_client, OutboundWay(), base_url=address) as blocking:
            assert (await asyncio.to_thread(blocking.get, "/y")).text == "near"
        credentials = PaywayCredentials(address, "client", "secret", "demo")
        async with PaywayClient(credentials, timeout=8) as payway:
            with pytest.raises(Exception) as failure:  # noqa: PT011 - any but this one: it was sent
                await payway.titles.find_one("DEMO")
            assert not isinstance(failure.value, NotSent)
    assert len(asked) >= 3


async def test_a_proxy_of_the_settings_takes_what_is_for_other_machines_alone() -> None:
    async with (
        _server(b"far") as (proxy, passed),
        _server(b"near") as (address, asked),
        http_client(OutboundWay(proxy)) as client,
    ):
        assert (await client.get("http://payway.example/a")).text == "far"
        assert (await client.get(f"{address}/b")).text == "near"
        near = address.replace("127.0.0.1", "localhost")
        assert (await client.get(f"{near}/c")).text == "near"
    assert passed == [b"GET http://payway.example/a HTTP/1.1"]
    assert [line.split()[1] for line in asked] == [b"/b", b"/c"]


def test_each_client_is_made_in_one_place() -> None:
    made = {"AsyncClient", "Client", "AsyncHTTPTransport", "HTTPTransport"}
    asks = {"get", "post", "put", "patch", "delete", "head", "options", "request", "stream"}
    found = []
    for path in sorted((PROJECT / "klarna_shop").rglob("*.py")):
        if path == PROJECT / "klarna_shop" / "outbound.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            of_httpx = isinstance(node.func.value, ast.Name) and node.func.value.id == "httpx"
            trusting = not any(
                one.arg == "trust_env" and ast.unparse(one.value) == "False" for one in node.keywords
            )
            if of_httpx and node.func.attr in made | asks and trusting:
                found.append(f"{path.relative_to(PROJECT)}:{node.lineno}")
    assert found == []


def test_certificates_of_the_settings_are_trusted(tmp_path: Path) -> None:
    own = Path(certifi.where())
    first = own.read_text().partition("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----\n"
    (tmp_path / "ca.pem").write_text(first)
    client = blocking_http_client(OutboundWay(cert_file=tmp_path / "ca.pem"), base_url="https://a.example")
    with client:
        pool = client._transport._pool  # type: ignore[attr-defined]
        assert len(pool._ssl_context.get_ca_certs()) == 1

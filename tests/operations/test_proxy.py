"""The site in deploy/ in a real nginx: HTTPS in front, the shop behind it on the machine's own loopback."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from klarna_shop.operations.build import BUILT
from klarna_shop.settings import PROJECT
from tests.hostile.connections import Caller
from tests.served import ServedShop, free_port, serve
from tests.socket.client import ROOT, Client

pytestmark = pytest.mark.socket

START_SECONDS = 300
SITE = (PROJECT / "deploy" / "nginx.conf").read_text()
MAIN = (PROJECT / "deploy" / "nginx-main.conf").read_text()
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
WEBHOOK_SECRET = "the-secret-of-the-webhooks_0123456789"
SOCKETS = 200
"""Of one address, by the site."""


@dataclass(frozen=True)
class Proxied:
    """A shop and the addresses at which nginx answers for it."""

    shop: ServedShop
    url: str
    plain_url: str
    trust: ssl.SSLContext


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    if not BUILT.exists():
        pytest.skip("there is no build of the front end; make run or make test makes one")
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if nginx is None or shutil.which("openssl") is None:
        pytest.skip("nginx or openssl is not installed")
    folder = tmp_path_factory.mktemp("proxied")
    ports = {"shop": free_port(), "http": free_port(), "https": free_port()}
    url = f"https://localhost:{ports['https']}"
    _sign_certificate(folder)
    (folder / "site.conf").write_text(_site(folder, ports))
    (folder / "nginx.conf").write_text(_main(folder))
    settings = {"TRUSTED_PROXY_HOPS": "1", "PAYWAY_WEBHOOK_SECRET": WEBHOOK_SECRET}
    served = serve(folder, port=ports["shop"], APP_URL=url, environment=settings)
    process = subprocess.Popen([nginx, "-p", str(folder), "-c", str(folder / "nginx.conf")])
    trust = ssl.create_default_context(cafile=str(folder / "certificate.pem"))
    try:
        _wait(process, url, trust)
        yield Proxied(served, url, f"http://localhost:{ports['http']}", trust)
    finally:
        process.terminate()
        process.wait(timeout=60)
        served.kill()


def _sign_certificate(folder: Path) -> None:
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run(command, check=True, capture_output=True)


def _main(folder: Path) -> str:
    """The file as it is, in the foreground and with this test's folder for the system's."""
    replaced = {
        "user www-data;": "daemon off;",
        "worker_processes auto;": "worker_processes 1;",
        "worker_rlimit_nofile 40000;": "",
        "/run/nginx.pid": f"{folder}/nginx.pid",
        "include /etc/nginx/modules-enabled/*.conf;": "",
        "/var/log/nginx": str(folder),
        "include /etc/nginx/conf.d/*.conf;": "\n".join(
            f"{name}_temp_path {folder}/{name};" for name in TEMPORARY
        ),
        "/etc/nginx/sites-enabled/*": f"{folder}/site.conf",
    }
    return _with(replaced, MAIN)


def _site(folder: Path, ports: dict[str, int]) -> str:
    """The file as it is, with this test's name, ports and certificate put in."""
    replaced = {
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{ports['shop']};",
        "listen 80;": f"listen 127.0.0.1:{ports['http']};",
        "listen [::]:80;": "",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{ports['https']} ssl http2;",
        "listen [::]:443 ssl http2;": "",
        "/etc/letsencrypt/live/shop.example/fullchain.pem": str(folder / "certificate.pem"),
        "/etc/letsencrypt/live/shop.example/privkey.pem": str(folder / "key.pem"),
        "server_name shop.example;": "server_name localhost 127.0.0.1;",
    }
    return _with(replaced, SITE)


def _with(replaced: dict[str, str], file: str) -> str:
    for written, wanted in replaced.items():
        assert written in file
        file = file.replace(written, wanted)
    return file


def _wait(process: subprocess.Popen[bytes], url: str, trust: ssl.SSLContext) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{url}/healthz", verify=trust, timeout=5).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("nginx did not start")


def _page(proxied: Proxied, source: str) -> int:
    with httpx.Client(
        transport=httpx.HTTPTransport(local_address=source, verify=proxied.trust), timeout=20
    ) as browser:
        return browser.get(f"{proxied.url.replace('localhost', '127.0.0.1')}/").status_code


def test_whoever_comes_without_https_is_sent_to_it(proxied: Proxied) -> None:
    answer = httpx.get(f"{proxied.plain_url}/article/x?from=mail")
    assert answer.status_code == 301
    assert answer.headers["location"] == "https://localhost/article/x?from=mail"


def test_cookies_are_for_https_alone(proxied: Proxied) -> None:
    with httpx.Client(base_url=proxied.url, verify=proxied.trust) as browser:
        visit = browser.get("/")
        form = {"email": "karin.oberg@demo.example", "password": "demo1234"}
        signed_in = browser.post("/auth/sign-in", data=form, headers={"Origin": proxied.url})
    cookies = [*visit.headers.get_list("set-cookie"), *signed_in.headers.get_list("set-cookie")]
    assert len(cookies) >= 2
    for cookie in cookies:
        assert cookie.startswith("__Host-"), cookie
        assert {"Secure", "HttpOnly", "Path=/"} <= {part.strip() for part in cookie.split(";")}, cookie


async def test_the_socket_goes_through(proxied: Proxied) -> None:
    async with httpx.AsyncClient(base_url=proxied.url, verify=proxied.trust) as browser:
        await browser.get("/")
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    client = Client(proxied.url, cookie, trust=proxied.trust)
    await client.connect()
    try:
        await client.send(f"{ROOT}.hydrate")
        await client.call("packages", "show", path="/packages")
        await client.until(lambda: client.var("packages", "offers"))
    finally:
        await client.close()


def test_an_operator_on_the_machine_may_ask_whether_the_shop_is_ready(proxied: Proxied) -> None:
    assert httpx.get(f"{proxied.url}/readyz", verify=proxied.trust).json()["status"] == "ready"


def test_one_address_with_many_sockets_leaves_room_for_the_others(proxied: Proxied) -> None:
    caller = Caller(proxied.url, "127.0.0.2", proxied.trust)
    with caller.connections(SOCKETS + 40, caller.upgrade()) as sockets:
        statuses = Counter(caller.status(each) for each in sockets)
        assert statuses == {101: SOCKETS, 429: 40}
        other = Caller(proxied.url, "127.0.0.3", proxied.trust)
        with other.connections(1, other.upgrade()) as [opened]:
            assert other.status(opened) == 101
        assert _page(proxied, "127.0.0.2") == _page(proxied, "127.0.0.3") == 200


def test_many_connections_leave_room_for_others(proxied: Proxied) -> None:
    half_a_head = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
    with Caller(proxied.url, "127.0.0.4", proxied.trust).connections(800, half_a_head):
        assert _page(proxied, "127.0.0.5") == 200


def test_a_client_in_a_hurry_is_told_so_and_the_others_are_not(proxied: Proxied) -> None:
    with httpx.Client(
        transport=httpx.HTTPTransport(local_address="127.0.0.6", verify=proxied.trust), timeout=20
    ) as browser:
        address = f"{proxied.url.replace('localhost', '127.0.0.1')}/nothing-here"
        assert any(browser.get(address).status_code == 429 for _ in range(3000))
    assert _page(proxied, "127.0.0.7") == 200


def test_webhooks_go_through_and_their_address_into_no_log(proxied: Proxied) -> None:
    event = {"event": "order.closed"}
    with httpx.Client(base_url=proxied.url, verify=proxied.trust) as payway:
        answers = [
            payway.post(f"/hooks/payway/{secret}", json=event).status_code
            for secret in (WEBHOOK_SECRET, "x" * 37)
        ]
        large = payway.post(f"/hooks/payway/{WEBHOOK_SECRET}", content=b"a" * 70_000).status_code
    assert (answers, large) == ([200, 405], 413)
    logs = "".join(log.read_text() for log in proxied.shop.folder.glob("*.log"))
    assert WEBHOOK_SECRET not in logs

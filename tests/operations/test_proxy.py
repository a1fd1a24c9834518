"""The site in deploy/ in a real nginx: HTTPS in front, the shop behind it on the machine's own loopback."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from klarna_shop.operations.build import BUILT
from klarna_shop.settings import PROJECT
from tests.served import ServedShop, free_port, serve
from tests.socket.client import ROOT, Client

pytestmark = pytest.mark.socket

START_SECONDS = 300
SITE = (PROJECT / "deploy" / "nginx.conf").read_text()
MAIN = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


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
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder))
    served = serve(folder, port=ports["shop"], APP_URL=url, TRUSTED_PROXY_HOPS="1")
    process = subprocess.Popen([nginx, "-p", str(folder), "-c", str(folder / "nginx.conf")])
    trust = ssl.create_default_context(cafile=str(folder / "certificate.pem"))
    try:
        _wait(process, url, trust)
        yield Proxied(served, url, f"http://localhost:{ports['http']}", trust)
    finally:
        process.terminate()
        process.wait(timeout=15)
        served.kill()


def _sign_certificate(folder: Path) -> None:
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run(command, check=True, capture_output=True)


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
        "server_name shop.example;": "server_name localhost;",
    }
    site = SITE
    for written, wanted in replaced.items():
        assert written in site
        site = site.replace(written, wanted)
    return site


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

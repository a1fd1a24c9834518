"""What each page is allowed, and that nothing else is."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

import pytest

from klarna_shop.settings import Settings, read_settings
from klarna_shop.web.inline_parts import NO_PARTS, InlineParts, inline_parts
from klarna_shop.web.page_security import PageSecurity

KLARNA = "https://x.klarnacdn.net"
SANDBOX = PageSecurity(is_sandbox=True, secure=False)
STAGE = {
    "PAYWAY_ENV": "stage",
    "PAYWAY_CLIENT_ID": "client",
    "PAYWAY_CLIENT_SECRET": "secret",
    "SECRET_KEY": "a key that is long enough for this test",
    "STUDIO_PASSWORD": "a password of the studio",
    "APP_URL": "https://shop.example",
}


def _directives(policy: str) -> dict[str, list[str]]:
    named = (part.split() for part in policy.split("; "))
    return {name: sources for name, *sources in named}


def _of(
    address: str, security: PageSecurity = SANDBOX, parts: InlineParts = NO_PARTS
) -> dict[str, list[str]]:
    return _directives(security.policy(address, parts))


@pytest.fixture
def real() -> PageSecurity:
    """A shop at Payway's stage, with Klarna's own script."""
    return PageSecurity.of(_settings())


def _settings(**more: str) -> Settings:
    return read_settings(_env_file=None, **{name.lower(): value for name, value in (STAGE | more).items()})


def _source(part: str) -> str:
    return f"'sha256-{b64encode(sha256(part.encode()).digest()).decode()}'"


def test_each_inline_script_and_style_is_named_once_and_data_is_not() -> None:
    html = (
        "<script>one('<p>å</p>')</script><script type=module async>two()</script>"
        "<script>one('<p>å</p>')</script>"
        '<script src="/a.js"></script><script type="application/ld+json">{"a": 1}</script>'
        "<style data-emotion=css>p{color:red}</style><SCRIPT>\n three && 3 &amp; 4\n</SCRIPT>"
    )
    parts = inline_parts(html.encode())
    assert parts.scripts == (_source("one('<p>å</p>')"), _source("two()"), _source("\n three && 3 &amp; 4\n"))
    assert parts.styles == (_source("p{color:red}"),)


@pytest.mark.parametrize("address", ["/", "/en", "/article/a-b", "/checkout", "/studio", "/not-found"])
def test_no_page_may_make_scripts_of_words_or_run_what_it_did_not_bring(
    address: str, real: PageSecurity
) -> None:
    for security in (SANDBOX, real):
        allowed = _of(address, security, InlineParts(("'sha256-x'",)))
        assert "'unsafe-eval'" not in security.policy(address, NO_PARTS)
        assert "'unsafe-inline'" not in allowed["script-src"]
        assert allowed["script-src"][:2] == ["'self'", "'sha256-x'"]
        assert allowed["default-src"] == allowed["base-uri"] == ["'none'"]
        assert allowed["form-action"] == ["'self'"]


@pytest.mark.parametrize(
    "address", ["/", "/en", "/packages", "/confirmation", "/en/confirmation", "/studio/flows", "/checkouts"]
)
def test_klarna_is_nowhere_but_in_the_checkout(address: str, real: PageSecurity) -> None:
    assert "klarna" not in real.policy(address, NO_PARTS)


@pytest.mark.parametrize("address", ["/checkout", "/en/checkout"])
def test_the_checkout_lets_klarna_in_with_all_its_parts(address: str, real: PageSecurity) -> None:
    allowed = _of(address, real)
    assert {KLARNA, "https://js.klarna.com", "https://js.playground.klarna.com"} < set(allowed["script-src"])
    assert set(allowed["frame-src"]) == {"https://*.klarna.com", KLARNA}
    assert {"https://*.klarna.com", "https://*.klarnaevt.com", KLARNA} < set(allowed["connect-src"])
    assert set(allowed["style-src"]) == {"'self'", "'unsafe-inline'", KLARNA}
    assert allowed["frame-ancestors"] == ["'none'"]


def test_another_address_of_klarnas_script_is_let_in_and_the_stub_needs_nobody() -> None:
    other = PageSecurity.of(_settings(KLARNA_SDK_URL="https://cdn.example/kp.js"))
    assert "https://cdn.example" in _of("/checkout", other)["script-src"]
    assert "https://" not in PageSecurity.of(read_settings(_env_file=None)).policy("/checkout", NO_PARTS)


def test_only_the_storefront_can_be_framed_and_only_by_the_shop(real: PageSecurity) -> None:
    for address in ("/", "/en", "/article/a-b", "/en/article/a-b"):
        assert _of(address, real)["frame-ancestors"] == ["'self'"]
        assert _of(address, real)["frame-src"] == ["'none'"]
    for address in (
        "/checkout",
        "/login",
        "/account",
        "/studio",
        "/studio/switches",
        "/preview",
        "/packages",
    ):
        assert _of(address, real)["frame-ancestors"] == ["'none'"]
    for address in ("/studio", "/studio/paywalls", "/preview"):
        assert _of(address, real)["frame-src"] == ["'self'"]
    # The sandbox's banner frames the switches on every page.
    assert _of("/studio/switches")["frame-ancestors"] == ["'self'"]
    assert _of("/")["frame-src"] == ["'self'"]


def test_outside_the_sandbox_browsers_are_told_to_come_back_over_https_only(real: PageSecurity) -> None:
    assert real.for_every_answer()["Strict-Transport-Security"].startswith("max-age=63072000")
    assert "Strict-Transport-Security" not in SANDBOX.for_every_answer()
    trying = PageSecurity.of(read_settings(_env_file=None, app_url="https://demo.example"))
    assert "Strict-Transport-Security" not in trying.for_every_answer()
    assert "wss://shop.example" in _of("/", real)["connect-src"]


@pytest.mark.parametrize("address", ["/account", "/en/account", "/checkout", "/receipt", "/studio/flows"])
def test_what_is_personal_is_not_kept(address: str) -> None:
    assert SANDBOX.for_page(address, NO_PARTS)["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ["/", "/article/accounts", "/terms"])
def test_what_is_nobodys_may_be_asked_for_again(address: str) -> None:
    assert "Cache-Control" not in SANDBOX.for_page(address, NO_PARTS)


def test_klarnas_window_keeps_its_opener_and_no_page_asks_for_devices() -> None:
    for address in ("/", "/checkout"):
        assert SANDBOX.for_page(address, NO_PARTS)["Cross-Origin-Opener-Policy"] == "same-origin-allow-popups"
    assert "camera=()" in SANDBOX.for_page("/", NO_PARTS)["Permissions-Policy"]
    assert "camera" not in SANDBOX.for_page("/checkout", NO_PARTS)["Permissions-Policy"]

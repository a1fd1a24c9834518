"""Settings that stop a start: each is one line that names the variable and holds no secret."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path
from typing import Any

import pytest

from klarna_shop.setting_dangers import SHORTEST_KEY, weakness
from klarna_shop.settings import ConfigurationError, Settings, read_settings
from klarna_shop.shop.addresses import host_is_allowed
from klarna_shop.web.page_security import PageSecurity
from tests.production import PRODUCTION

STAGE = {**PRODUCTION, "PAYWAY_ENV": "stage"}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the shop is set."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def _read(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return read_settings(_env_file=None)


def _refusal(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    with pytest.raises(ConfigurationError) as refusal:
        _read(monkeypatch, **variables)
    told = str(refusal.value)
    assert told.isprintable()
    assert "sesame" not in told
    return told


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("SMTP_URL", [f"smtp://mail.example{rest}" for rest in (":0", ":99999", ":port", "/in", "?x", " ")]),
        (
            "APP_URL",
            [
                "https://shop.example/shop",
                "https://shop.example/?x=1",
                "https://shop.example/#x",
                "https://anna:sesame@shop.example",
                "https://shop.example:99999",
                "https://shop.example:0",
                "https://shop example",
                "https://127.1",
                "https://",
                "shop.example",
            ],
        ),
        ("PAYWAY_API_URL", ["https://api.example/?token=sesame", "anna:sesame@api.example", "https://[::1"]),
        ("KLARNA_SDK_URL", ["//evil.example/sdk.js", "/\\evil.example", "https://x.example:99999/sdk.js"]),
        ("PAYWAY_FORGOT_PASSWORD_URL", ["javascript:alert(1)", "/forgot"]),
        ("OUTBOUND_PROXY", ["socks5://127.0.0.1:1", "http://anna:sesame@proxy.example:port", "proxy:3128"]),
        ("SSL_CERT_FILE", ["/does/not/exist", __file__, "/tmp"]),  # noqa: S108 - a folder that exists
        ("SSL_CERT_DIR", ["/does/not/exist"]),
        (
            "DATABASE_URL",
            [
                "sqlite://",
                "sqlite:///:memory:",
                "sqlite:///file:x?mode=memory&uri=true",
                "sqlite:////tmp",
                "sqlite://relative/path",
                "postgresql://anna:sesame@host:port/shop",
                "postgresql://anna:sesame@host:99999/shop",
                "postgresql://anna:sesame@[::1/shop",
                "postgresql+asyncpg://anna:sesame@host/shop",
                "mysql://anna:sesame@host/shop",
                "sesame",
            ],
        ),
        (
            "REDIS_URL",
            [
                "localhost:6379",
                "http://localhost:6379",
                "redis://:sesame@localhost:port",
                "redis://:sesame@localhost:99999",
                "redis://:sesame@localhost/first",
                "redis://:sesame@localhost/0?unknown=1",
                "sesame",
            ],
        ),
        ("SECRET_KEY", [",", f"{'sesame' * 8},", f"{'sesame' * 8}, ,{'k' * 40}", "sesame"]),
        ("SELLER_EMAIL", ["kundservice", "a@b.se, c@d.se"]),
        ("PAYWAY_TIMEOUT", ["nan", "1e9", "0", "-1s"]),
        ("SOCKET_EVENTS_PER_SECOND", ["nan", "inf", "-1"]),
    ],
)
def test_a_wrong_value_is_named_with_what_it_takes(
    monkeypatch: pytest.MonkeyPatch, name: str, values: list[str]
) -> None:
    for value in values:
        told = _refusal(monkeypatch, **{name: value})
        assert told.startswith(name), value
        assert "takes" in told, value


@pytest.mark.parametrize("name", ["APP_URL", "SECRET_KEY", "STUDIO_PASSWORD", "SELLER_NAME", "PAYWAY_ENV"])
def test_a_value_that_is_no_text_is_refused_for_every_setting(name: str) -> None:
    for value in ("  ", "\t", "a\nb" * 20, "a\rb" * 20, "caf\udce9" * 20, "a\x00b" * 20):
        overrides: dict[str, Any] = {"_env_file": None, name.lower(): value}
        with pytest.raises(ConfigurationError) as refusal:
            read_settings(**overrides)
        assert str(refusal.value).startswith(name)
        assert str(refusal.value).isprintable()


def test_a_folder_without_articles_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert "takes a folder with at least one article" in _refusal(monkeypatch, ARTICLES_DIR=str(tmp_path))
    (tmp_path / "first").mkdir()
    (tmp_path / "first" / "sv.md").touch()
    assert _read(monkeypatch, ARTICLES_DIR=str(tmp_path)).articles_dir == tmp_path


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("HTTPS://Shop.EXAMPLE:443/", "https://shop.example"),
        ("https://Åsa.example.", "https://xn--sa-xia.example"),
        ("https://[2001:DB8:0::1]/", "https://[2001:db8::1]"),
    ],
)
def test_an_address_is_kept_as_browsers_write_it(
    monkeypatch: pytest.MonkeyPatch, written: str, origin: str
) -> None:
    settings = _read(monkeypatch, **{**STAGE, "APP_URL": written})
    assert settings.app_url == origin
    assert settings.own_origins == (origin,)
    assert PageSecurity.of(settings).socket == origin.replace("https", "wss")
    assert host_is_allowed(f"{origin}/confirmation", settings.redirect_hosts)


def test_port_80_is_in_no_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _read(monkeypatch, APP_PORT="80")
    assert settings.app_url == "http://localhost"
    assert settings.own_origins == ("http://127.0.0.1", "http://localhost")


def test_production_starts_with_good_values(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _read(monkeypatch, **PRODUCTION).payway_api_url == "https://backend.worldoftulo.com"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        (
            "SECRET_KEY",
            [
                "changeme",
                "changeme" * 5,
                "a" * 64,
                "abc" * 20,
                "abcdefghijklmnopqrstuvwxyz0123456789",
                "0123456789" * 4,
                "qwertyuiopasdfghjklzxcvbnm123456",
                "my-very-secret-secret-key-change-me-please!",
                f"{PRODUCTION['SECRET_KEY']},{'k' * 40}",
                PRODUCTION["PAYWAY_CLIENT_SECRET"] * 2,
            ],
        ),
        (
            "STUDIO_PASSWORD",
            [
                "a",
                "password",
                "password1234",
                "changeme-changeme",
                "111111111111",
                "qwertyuiop123",
                "studio-klarna-admin-2024",
                "abcabcabcabcabc",
                PRODUCTION["SECRET_KEY"],
                PRODUCTION["PAYWAY_CLIENT_SECRET"],
            ],
        ),
        (
            "PAYWAY_API_URL",
            [
                "http://backend.worldoftulo.com",
                "https://payway-api.stage.adeprimo.se",
                "HTTPS://Payway-API.Stage.Adeprimo.SE.:443/",
                "https://localhost:9000",
                "https://127.0.0.2",
                "https://payway-sandbox.example",
            ],
        ),
        (
            "PAYWAY_OPENID_URL",
            ["https://payway-sso-stage.azurewebsites.net", "http://payway-sso.azurewebsites.net"],
        ),
        ("PAYWAY_FORGOT_PASSWORD_URL", ["http://norraposten.example/forgot"]),
        (
            "KLARNA_SDK_URL",
            [
                "http://x.klarnacdn.net/kp/lib/v1/api.js",
                "https://sdk.playground.klarna.com/api.js",
                "/sandbox/klarna/sdk.js",
                "/sdk.js",
            ],
        ),
        ("PAYWAY_CLIENT_ID", ["sandbox-client"]),
        ("PAYWAY_CLIENT_SECRET", ["sandbox-secret", "changeme"]),
        ("PAYWAY_ORGANISATION", ["demo", ""]),
        ("PAYWAY_TITLE_CODE", ["DEMO", ""]),
        ("SELLER_NAME", ["", "Norrlunda Tidning AB (demo)"]),
        (
            "APP_URL",
            ["", "http://norraposten.example", "http://localhost:8000", "https://localhost", "https://[::1]"],
        ),
    ],
)
def test_production_is_not_started_with_what_is_dangerous(
    monkeypatch: pytest.MonkeyPatch, name: str, values: list[str]
) -> None:
    for value in values:
        told = _refusal(monkeypatch, **{**PRODUCTION, name: value})
        assert told.startswith(name), value
        secrets = [PRODUCTION[one] for one in ("SECRET_KEY", "STUDIO_PASSWORD", "PAYWAY_CLIENT_SECRET")]
        assert not [secret for secret in secrets if secret in told], value


def test_every_danger_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"SECRET_KEY": "k" * 40, "STUDIO_PASSWORD": "a", "APP_URL": ""}
    told = _refusal(monkeypatch, **PRODUCTION | wrong)
    for name in ("APP_URL", "SECRET_KEY", "STUDIO_PASSWORD"):
        assert name in told


def test_random_secrets_are_never_called_guessable() -> None:
    for number in range(300):
        digest = hashlib.sha256(f"{number}".encode()).hexdigest()
        for key in (digest[:32], str(uuid.UUID(digest[32:]))):
            assert weakness("SECRET_KEY", key, SHORTEST_KEY) == "", key


@pytest.mark.parametrize(
    "variables",
    [
        {"PAYWAY_API_URL": "https://backend.worldoftulo.com"},
        {**STAGE, "PAYWAY_API_URL": "https://backend.worldoftulo.com"},
        {**STAGE, "PAYWAY_OPENID_URL": "https://payway-sso.azurewebsites.net"},
    ],
)
def test_only_production_sells_at_payways_production(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    told = _refusal(monkeypatch, **variables)
    assert told.startswith("PAYWAY_")
    assert "Payway's production" in told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            b"PAYWAY_TITLE_COD=NP\n",
            "line 1 names PAYWAY_TITLE_COD, which is no setting; is PAYWAY_TITLE_",
        ),
        (b"\nSTUDIO_PASWORD=sesame\n", "line 2 names STUDIO_PASWORD, which"),
        (b"SELLER_NAME='sesame\nAPP_PORT=8001\n", "line 1 cannot be read"),
        (b"APP_PORT\n", "line 1 cannot be read"),
        (b"APP_PORT 8001\n", "line 1 cannot be read"),
        (b"\r\n# caf\xc3\xa9\r\nSELLER_NAME=Caf\xe9\r\n", "line 3: bytes that are not UTF-8"),
        ("APP_PORT=8001\n".encode("utf-16"), "a file in UTF-16"),
        ("APP_URL=“https://shop.example”\n".encode(), "line 1 has typographic quotes"),
        (b"APP_PORT=8001\nAPP_PORT=8002\n", "line 2 gives APP_PORT a second value"),
    ],
)
def test_a_line_that_would_be_left_aside_stops_the_start(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / ".env").write_bytes(content)
    with pytest.raises(ConfigurationError) as refusal:
        read_settings(_env_file=tmp_path / ".env")
    assert str(refusal.value).startswith(".env")
    assert told in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert "sesame" not in str(refusal.value)


def test_an_environment_file_of_windows_is_read(tmp_path: Path) -> None:
    content = '\ufeffAPP_PORT=8001\r\n\r\nSELLER_NAME="Åsas Tidning AB"\r\nOTHER_PROGRAM=1\r\n'
    (tmp_path / ".env").write_bytes(content.encode())
    settings = read_settings(_env_file=tmp_path / ".env")
    assert (settings.app_port, settings.seller_name) == (8001, "Åsas Tidning AB")


def test_a_folder_in_the_files_place_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is a folder"):
        read_settings(_env_file=tmp_path)

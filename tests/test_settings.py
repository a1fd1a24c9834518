"""Settings: complete with nothing set, and one clear line for everything wrong."""

from __future__ import annotations

import pytest

from klarna_shop.settings import KLARNA_SDK_URL, ConfigurationError, Settings, read_settings
from tests.production import PRODUCTION

STAGE = {
    "PAYWAY_ENV": "stage",
    "PAYWAY_CLIENT_ID": "client",
    "PAYWAY_CLIENT_SECRET": "sesame-sesame",
    "APP_URL": "https://shop.example",
    "SECRET_KEY": "k" * 40,
    "STUDIO_PASSWORD": "password",
}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the shop is set, and no file is read."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def _read(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return read_settings(_env_file=None)


def test_with_nothing_set_it_is_a_complete_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _read(monkeypatch)
    assert settings.embeds_sandbox
    assert settings.sdk_is_stub
    assert settings.app_url == "http://localhost:8000"
    assert settings.database_url.get_secret_value().startswith("sqlite:///")
    assert settings.secret_keys


def test_a_fictitious_telephone_number_is_the_demos_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _read(monkeypatch).seller_phone == "031-390 06 00"
    assert _read(monkeypatch, SELLER_PHONE="0910-123 45").seller_phone == "0910-123 45"
    monkeypatch.delenv("SELLER_PHONE")
    assert _read(monkeypatch, **STAGE).seller_phone == ""


def test_stage_takes_four_variables_and_what_guards_them(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _read(monkeypatch, **STAGE)
    assert settings.payway_api_url == "https://payway-api.stage.adeprimo.se"
    assert settings.klarna_sdk_url == KLARNA_SDK_URL
    assert not settings.sdk_is_stub
    assert "shop.example" in settings.redirect_hosts


@pytest.mark.parametrize(
    "missing", ["PAYWAY_CLIENT_ID", "PAYWAY_CLIENT_SECRET", "SECRET_KEY", "STUDIO_PASSWORD"]
)
def test_outside_the_sandbox_what_is_needed_is_named(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    with pytest.raises(ConfigurationError, match=missing):
        _read(monkeypatch, **{name: value for name, value in STAGE.items() if name != missing})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PAYWAY_ENV", "prod"),
        ("APP_PORT", "http"),
        ("APP_PORT", "0"),
        ("APP_URL", "localhost:8000"),
        ("PAYWAY_TIMEOUT", "soon"),
        ("PAYWAY_API_URL", "payway"),
        ("DATABASE_URL", "mysql://root@localhost/x"),
        ("ARTICLES_DIR", "/does/not/exist"),
        ("SECRET_KEY", "short"),
        ("APP_WORKERS", "4"),
        ("PAYWAY_CAMPAIGN_PACKAGES", "campaign=package"),
        ("KLARNA_PAYMENT_METHOD_CATEGORY", "pay now"),
        ("KLARNA_REDIRECT_HOSTS", "https://pay.klarna.com"),
        ("KLARNA_REDIRECT_HOSTS", "pay.klarna.com,evil/*.klarna.com"),
        ("METER_DAYS", "0"),
        ("LOG_FORMAT", "xml"),
        ("PAYWAY_LOGIN", "sso"),
        ("WITHDRAWAL_WAIVER", "perhaps"),
        ("SMTP_URL", "mail.example.com"),
        ("SMTP_URL", "https://mail.example.com"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        _read(monkeypatch, **{name: value})
    assert str(refusal.value).startswith(name)
    assert "\n" not in str(refusal.value)
    assert "takes" in str(refusal.value)


def test_in_the_sandbox_customers_may_sign_in_by_redirect_with_nothing_else_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not _read(monkeypatch).signs_in_by_redirect
    assert _read(monkeypatch, PAYWAY_LOGIN="redirect").signs_in_by_redirect


BY_REDIRECT = {**STAGE, "PAYWAY_LOGIN": "redirect"}
WELL_KNOWN = "/.well-known/openid-configuration"


@pytest.mark.parametrize(
    ("variables", "discovery"),
    [
        ({}, "http://localhost:8000"),
        ({"APP_URL": "http://shop.example:81"}, "http://shop.example:81"),
        ({"PAYWAY_API_URL": "http://localhost:9000"}, "http://localhost:9000"),
        (STAGE, "https://payway-sso-stage.azurewebsites.net"),
        (PRODUCTION, "https://payway-sso.azurewebsites.net"),
        ({**STAGE, "PAYWAY_API_URL": "https://x.example"}, "https://payway-sso-stage.azurewebsites.net"),
        ({**STAGE, "PAYWAY_OPENID_URL": "https://sso.example/"}, "https://sso.example"),
        ({"PAYWAY_OPENID_URL": f"https://sso.example/a{WELL_KNOWN}"}, "https://sso.example/a"),
    ],
)
def test_customers_sign_in_at_the_environments_own_provider(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], discovery: str
) -> None:
    assert _read(monkeypatch, **variables).openid_discovery_url == f"{discovery}{WELL_KNOWN}"


def test_outside_the_sandbox_they_are_sent_out_over_https_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _read(monkeypatch, **BY_REDIRECT).signs_in_by_redirect
    with pytest.raises(ConfigurationError, match=r"PAYWAY_OPENID_URL is http://sso\.example"):
        _read(monkeypatch, **BY_REDIRECT, PAYWAY_OPENID_URL="http://sso.example")


def test_outside_it_the_redirect_comes_back_over_https_even_to_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(ConfigurationError, match="APP_URL is http://localhost:8000; PAYWAY_LOGIN=redirect"):
        _read(monkeypatch, **{**BY_REDIRECT, "APP_URL": "http://localhost:8000"})


def test_no_secret_is_in_a_message_or_in_print(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _read(monkeypatch, **STAGE)
    assert "sesame" not in repr(settings) + str(settings)
    with pytest.raises(ConfigurationError) as refusal:
        _read(monkeypatch, DATABASE_URL="mysql://user:sesame@host/x")
    assert "sesame" not in str(refusal.value)


@pytest.mark.parametrize(("written", "seconds"), [("30s", 30.0), ("500ms", 0.5), ("2m", 120.0), ("7", 7.0)])
def test_durations_have_units(monkeypatch: pytest.MonkeyPatch, written: str, seconds: float) -> None:
    assert _read(monkeypatch, PAYWAY_TIMEOUT=written).payway_timeout == seconds


def test_codes_and_pairs_are_lists_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _read(monkeypatch, PAYWAY_ACCESS_CODES="news, plus", PAYWAY_CAMPAIGN_PACKAGES="a:b,c:d")
    assert settings.payway_access_codes == ("news", "plus")
    assert settings.payway_campaign_packages == {"a": "b", "c": "d"}


def test_codes_may_have_a_plus_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    """payway-api.md §17: a product code matches `/^[a-zA-Z-_+0-9]+$/`."""
    settings = _read(
        monkeypatch, PAYWAY_ACCESS_CODES="digital+", PAYWAY_CAMPAIGN_PACKAGES="intro+:digital+,a-b:c_1"
    )
    assert settings.payway_access_codes == ("digital+",)
    assert settings.payway_campaign_packages == {"intro+": "digital+", "a-b": "c_1"}


def test_several_secret_keys_rotate(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _read(monkeypatch, SECRET_KEY=f"{'n' * 32},{'o' * 32}")
    assert settings.secret_keys == ("n" * 32, "o" * 32)


WEBHOOK_SECRET = "Qm7vT2xLk9Rb4WcZ8nHs5JdYf3GpA6Ue"


def test_webhooks_have_no_address_unless_a_secret_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _read(monkeypatch, **STAGE).webhook_secrets == ()
    rotated = _read(monkeypatch, **STAGE, PAYWAY_WEBHOOK_SECRET=f"{WEBHOOK_SECRET}, {WEBHOOK_SECRET[::-1]}")
    assert rotated.webhook_secrets == (WEBHOOK_SECRET, WEBHOOK_SECRET[::-1])
    assert WEBHOOK_SECRET not in repr(rotated)


@pytest.mark.parametrize(
    "secret",
    [
        "short",
        WEBHOOK_SECRET[:31],
        "a" * 40,
        "abc" * 20,
        f"{WEBHOOK_SECRET}/x",
        f"{WEBHOOK_SECRET} x",
        f"{WEBHOOK_SECRET}å",
        "%" * 40,
        f"{WEBHOOK_SECRET},short",
        STAGE["SECRET_KEY"],
    ],
)
def test_a_weak_webhook_secret_stops_the_start_and_is_not_told(
    monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    with pytest.raises(ConfigurationError, match="PAYWAY_WEBHOOK_SECRET") as stopped:
        _read(monkeypatch, **STAGE, PAYWAY_WEBHOOK_SECRET=secret)
    assert secret not in str(stopped.value)
    assert "\n" not in str(stopped.value)


def test_a_webhook_secret_is_no_other_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """It stands in an address, which proxies write into their logs."""
    with pytest.raises(ConfigurationError, match="PAYWAY_WEBHOOK_SECRET"):
        _read(monkeypatch, **{**STAGE, "SECRET_KEY": WEBHOOK_SECRET, "PAYWAY_WEBHOOK_SECRET": WEBHOOK_SECRET})


def test_the_sandbox_takes_a_short_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _read(monkeypatch, PAYWAY_WEBHOOK_SECRET="demo-hook").webhook_secrets == ("demo-hook",)

"""One frozen settings object, read once from the environment and the `.env` file.

Every field is the lower-case name of an environment variable. A wrong value raises
`ConfigurationError`, whose text is one line naming the variable, what it got and what it takes.
"""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from klarna_shop.database_address import parse_database_url
from klarna_shop.outbound import OutboundWay
from klarna_shop.setting_dangers import dangers, mixed_environments
from klarna_shop.setting_sources import ENCODING, EnvironmentFileFault, check_environment_file
from klarna_shop.setting_values import (
    Category,
    Certificates,
    Code,
    CodePairs,
    Codes,
    DatabaseAddress,
    Email,
    Folders,
    HostPatterns,
    Link,
    MailServer,
    Origin,
    ProxyAddress,
    ScriptAddress,
    Seconds,
    SecretKeys,
    StateStore,
    Url,
    articles_folder,
    fault_of_text,
    without_credentials,
)
from klarna_shop.web_address import WebAddress, read_web_address

PROJECT = Path(__file__).resolve().parent.parent
VAR = PROJECT / "var"

PAYWAY_API_URLS = {
    "stage": "https://payway-api.stage.adeprimo.se",
    "production": "https://backend.worldoftulo.com",
}
OPENID_URLS = {
    "stage": "https://payway-sso-stage.azurewebsites.net",
    "production": "https://payway-sso.azurewebsites.net",
}
"""OpenID providers of Payway (payway-api.md §17)."""
PAYWAY_OWN_HOSTS = {
    name: frozenset(read_web_address(urls[name]).host for urls in (PAYWAY_API_URLS, OPENID_URLS))
    for name in PAYWAY_API_URLS
}
"""Payway's hosts by environment."""
OPENID_WELL_KNOWN = "/.well-known/openid-configuration"
KLARNA_SDK_URL = "https://x.klarnacdn.net/kp/lib/v1/api.js"
SANDBOX_SDK_PATH = "/sandbox/klarna/sdk.js"
WEBHOOK_PATH = "/hooks/payway/{secret}"
"""Where Payway's webhooks are taken."""
KLARNA_HOSTS = ("klarna.com", "*.klarna.com", "*.klarnacdn.net")
PAYWAY_HOSTS = ("*.adeprimo.se", "*.worldoftulo.com")
FICTITIOUS_PHONE = "031-390 06 00"
"""The demo's, from the numbers that PTS keeps free for fiction."""


class ConfigurationError(Exception):
    """A setting has a value the shop cannot work with; the text is one line, safe to print."""


class Settings(BaseSettings):
    """How this installation is set up. Secrets are `SecretStr`, so that printing them shows stars."""

    model_config = SettingsConfigDict(
        env_file=PROJECT / ".env",
        env_file_encoding=ENCODING,
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    # Payway and Klarna
    payway_env: Literal["sandbox", "stage", "production"] = "sandbox"
    payway_api_url: Url | None = None
    payway_client_id: str = ""
    payway_client_secret: SecretStr = SecretStr("")
    payway_organisation: Code = "demo"
    payway_title_code: Code = "DEMO"
    payway_access_codes: Codes = ()
    payway_campaign_packages: CodePairs = {}
    payway_login: Literal["password", "redirect"] = "password"
    payway_openid_url: Url | None = None
    payway_openid_issuer: str = ""
    payway_offline_access: bool = True
    payway_forgot_password_url: Link | None = None
    payway_raise_on_ssn_already_taken_error: bool = True
    payway_raise_on_ssn_already_set_error: bool = False
    payway_raise_on_account_update_error: bool = False
    payway_raise_on_delivery_address_error: bool = False
    payway_disable_account_info_overwrite: bool = False
    payway_timeout: Seconds = 30.0
    payway_webhook_secret: SecretStr = SecretStr("")
    klarna_sdk_url: ScriptAddress = ""
    klarna_payment_method_category: Category = ""
    klarna_trials: Literal["auto", "on", "off"] = "auto"
    klarna_redirect_hosts: HostPatterns = ()

    # The shop
    app_port: int = Field(8000, ge=1, le=65535)
    app_url: Origin = ""
    app_workers: int = Field(1, ge=1, le=64)
    database_url: DatabaseAddress = SecretStr("")
    redis_url: StateStore = SecretStr("")
    secret_key: SecretKeys = SecretStr("")
    secret_key_lost: Literal["refuse", "accept"] = "refuse"  # noqa: S105 - a word
    """Policy of a start where no key reads an approval of Klarna's that has no order yet."""
    studio_password: SecretStr = SecretStr("")
    trusted_proxy_hops: int = Field(0, ge=0, le=10)
    socket_events_per_second: float = Field(25, ge=0, le=10_000)
    articles_dir: Path = PROJECT / "klarna_shop" / "articles"
    meter_free_articles: int = Field(3, ge=0, le=1000)
    meter_days: int = Field(30, ge=1, le=366)
    trials_per_browser: int = Field(1, ge=0, le=1000)
    trials_per_address: int = Field(1, ge=0, le=1000)
    withdrawal_waiver: bool = False
    seller_name: str = "Norrlunda Tidning AB (demo)"
    seller_number: str = "556000-0000"
    seller_address: str = "Hamngatan 1, 123 45 Norrlunda"
    seller_email: Email = "kundservice@norrlunda.example"
    seller_phone: str = ""
    smtp_url: MailServer = SecretStr("")
    outbound_proxy: ProxyAddress = SecretStr("")
    """Proxy for what leaves for other machines over http and https. The mail server is reached without."""
    ssl_cert_file: Certificates | None = None
    ssl_cert_dir: Folders = ""
    """Certificates to trust in place of the public ones that come with the shop."""
    retention_days: int = Field(30, ge=1, le=3650)
    flow_steps: int = Field(20_000, ge=0, le=10_000_000)
    flow_days: int = Field(14, ge=1, le=3650)
    log_format: Literal["text", "json"] = "text"

    @model_validator(mode="before")
    @classmethod
    def _are_texts(cls, values: Any) -> Any:
        for name, value in values.items():
            written = value.get_secret_value() if isinstance(value, SecretStr) else value
            if isinstance(written, str) and (fault := fault_of_text(written)):
                raise ConfigurationError(f"{name.upper()} {fault}")
        return values

    @field_validator("articles_dir")
    @classmethod
    def _articles_exist(cls, value: Path) -> Path:
        return articles_folder(value, PROJECT)

    def model_post_init(self, _context: Any) -> None:
        """Fill in what depends on other settings, and check what only makes sense together."""
        self._default("app_url", read_web_address(f"http://localhost:{self.app_port}").origin)
        self._default("klarna_sdk_url", SANDBOX_SDK_PATH if self.is_sandbox else KLARNA_SDK_URL)
        self._default("database_url", SecretStr(f"sqlite:///{VAR / 'shop.sqlite3'}"))
        self._default(
            "payway_openid_url", OPENID_URLS.get(self.payway_env) or self.payway_api_url or self.app_url
        )
        if self.is_sandbox:
            self._default("payway_client_id", "sandbox-client")
            self._default("payway_client_secret", SecretStr("sandbox-secret"))
            self._default("seller_phone", FICTITIOUS_PHONE)
            if not self.secret_key.get_secret_value():
                self._default("secret_key", SecretStr(_generated_secret_key()))
        else:
            self._default("payway_api_url", PAYWAY_API_URLS[self.payway_env])
        self._check_together()

    def _default(self, name: str, value: object) -> None:
        current = getattr(self, name)
        plain = current.get_secret_value() if isinstance(current, SecretStr) else current
        if not plain:
            # Frozen for everyone else; these are the defaults that depend on other settings.
            self.__dict__[name] = value

    def _check_together(self) -> None:
        if not self.is_sandbox:
            for name in ("payway_client_id", "payway_client_secret", "secret_key", "studio_password"):
                value = getattr(self, name)
                if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
                    raise ConfigurationError(
                        f"{name.upper()} is unset; PAYWAY_ENV={self.payway_env} takes a value for it"
                    )
            address = read_web_address(self.app_url)
            if address.scheme != "https" and not address.is_loopback:
                raise ConfigurationError(
                    f"APP_URL is {self.app_url}; outside the sandbox it takes an https address"
                )
            if self.signs_in_by_redirect:
                self._check_redirect()
            if self.sdk_is_stub:
                raise ConfigurationError(
                    "KLARNA_SDK_URL names the sandbox's stub; only PAYWAY_ENV=sandbox takes it"
                )
        for sentence in mixed_environments(self, PAYWAY_OWN_HOSTS):
            raise ConfigurationError(sentence)
        self._check_webhook_secrets()
        if any(len(key) < 32 for key in self.secret_keys):
            raise ConfigurationError("SECRET_KEY is too short; it takes at least 32 characters per key")
        scheme = self.database_url.get_secret_value().partition(":")[0]
        if self.app_workers > 1 and (scheme == "sqlite" or not self.redis_url.get_secret_value()):
            raise ConfigurationError(
                f"APP_WORKERS is {self.app_workers};"
                " more than one takes REDIS_URL and a postgresql DATABASE_URL"
            )

    def _check_webhook_secrets(self) -> None:
        """Check that each secret can stand in an address and cannot be guessed from elsewhere."""
        others = {self.studio_password.get_secret_value(), self.payway_client_secret.get_secret_value()}
        for secret in self.webhook_secrets:
            if not re.fullmatch(r"[A-Za-z0-9_-]{1,200}", secret):
                raise ConfigurationError(
                    "PAYWAY_WEBHOOK_SECRET cannot stand in an address;"
                    " it takes letters, digits, - and _, several secrets separated by commas"
                )
            if not self.is_sandbox and (len(secret) < 32 or len(set(secret)) < 10):
                raise ConfigurationError(
                    "PAYWAY_WEBHOOK_SECRET is too weak; it takes at least 32 random characters per secret"
                )
            if secret in {*others, *self.secret_keys}:
                raise ConfigurationError(
                    "PAYWAY_WEBHOOK_SECRET is another setting's secret; it takes one of its own,"
                    " since it is part of an address"
                )

    def _check_redirect(self) -> None:
        """Refuse what no browser may be sent out or come back by (payway-api.md §3.1, §17)."""
        addresses = {"APP_URL": self.app_url, "PAYWAY_OPENID_URL": self.openid_discovery_url}
        for name, address in addresses.items():
            if urlsplit(address).scheme != "https":
                raise ConfigurationError(
                    f"{name} is {address}; PAYWAY_LOGIN=redirect takes an https address outside the sandbox"
                )

    @property
    def signs_in_by_redirect(self) -> bool:
        """Whether customers sign in at Payway in the browser, and never with a password typed here."""
        return self.payway_login == "redirect"

    @property
    def openid_discovery_url(self) -> str:
        """Address of the OpenID provider's discovery document."""
        return f"{(self.payway_openid_url or '').removesuffix(OPENID_WELL_KNOWN)}{OPENID_WELL_KNOWN}"

    @property
    def sends_mail(self) -> bool:
        """Whether receipts are mailed: through `SMTP_URL`, or in the sandbox into its mailbox."""
        return bool(self.smtp_url.get_secret_value()) or self.is_sandbox

    @property
    def is_sandbox(self) -> bool:
        """Whether Payway is the sandbox, embedded or external."""
        return self.payway_env == "sandbox"

    @property
    def embeds_sandbox(self) -> bool:
        """Whether this process itself answers as Payway."""
        return self.is_sandbox and self.payway_api_url is None

    @property
    def sdk_is_stub(self) -> bool:
        """Whether the browser gets the stub of Klarna's SDK."""
        return SANDBOX_SDK_PATH in self.klarna_sdk_url

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """Keys for encrypting and signing, the first for new things, all for reading old ones."""
        return tuple(key.strip() for key in self.secret_key.get_secret_value().split(",") if key.strip())

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """Secrets of which each makes an address for Payway's webhooks; none: there is no such address."""
        written = self.payway_webhook_secret.get_secret_value()
        return tuple(secret.strip() for secret in written.split(",") if secret.strip())

    @property
    def accepts_lost_key(self) -> bool:
        """True if the shop starts though no key reads an approval that has no order yet."""
        return self.secret_key_lost == "accept"  # noqa: S105 - a word

    @property
    def redirect_hosts(self) -> tuple[str, ...]:
        """Host patterns the redirect after an order may lead to (`addresses.host_is_allowed`)."""
        if self.klarna_redirect_hosts:
            return self.klarna_redirect_hosts
        addresses = (self.app_url, self.payway_api_url or "")
        own = (urlsplit(address).netloc.rpartition("@")[2] for address in addresses)
        return KLARNA_HOSTS + PAYWAY_HOSTS + tuple(host for host in own if host)

    @property
    def sandbox_database(self) -> Path:
        """The embedded sandbox's own file: beside the shop's where that is a file, too."""
        url = parse_database_url(self.database_url.get_secret_value())
        beside = url.database if url.get_backend_name() == "sqlite" else None
        return (Path(beside).parent if beside else VAR) / "sandbox.sqlite3"

    @property
    def own_origins(self) -> tuple[str, ...]:
        """Origins from which this shop's own pages speak; nobody else may open its socket."""
        own = read_web_address(self.app_url)
        origins = {own.origin}
        if own.is_loopback:
            for host in ("localhost", "127.0.0.1"):
                origins.add(WebAddress(own.scheme, host, own.port).origin)
                if own.port is None:
                    origins.add(read_web_address(f"{own.scheme}://{host}:{self.app_port}").origin)
        return tuple(sorted(origins))

    @property
    def outbound(self) -> OutboundWay:
        """The way to other machines."""
        return OutboundWay(self.outbound_proxy.get_secret_value(), self.ssl_cert_file, self.ssl_cert_dir)


def _generated_secret_key() -> str:
    """The sandbox's own key, made once, so that sessions survive a restart."""
    path = VAR / "secret-key"
    try:
        VAR.mkdir(exist_ok=True)
        with suppress(FileExistsError):
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
        return path.read_text("ascii").strip()
    except (OSError, UnicodeError) as error:
        told = f"SECRET_KEY is unset and {path.relative_to(PROJECT)} cannot hold one ({type(error).__name__})"
        raise ConfigurationError(f"{told}; set SECRET_KEY") from None


def read_settings(**overrides: Any) -> Settings:
    """Read the environment again; `overrides` win over it (for tests and tools).

    Raises:
        ConfigurationError: a value is wrong, or dangerous where real money is paid; the text is one line and
            holds no secret.
    """
    settings = read_for_questions(**overrides)
    if settings.payway_env == "production" and (found := dangers(settings)):
        raise ConfigurationError("; ".join(found))
    return settings


def read_for_questions(**overrides: Any) -> Settings:
    """As `read_settings`, for a tool that asks Payway and sells nothing: dangers are let pass.

    Raises:
        ConfigurationError: a value is wrong.
    """
    file = overrides.get("_env_file", Settings.model_config.get("env_file"))
    try:
        if file is not None:
            check_environment_file(Path(file), SETTING_NAMES)
        return Settings(**overrides)
    except EnvironmentFileFault as fault:
        raise ConfigurationError(str(fault)) from None
    except ValidationError as error:
        raise ConfigurationError(
            "; ".join(_sentence(fault) for fault in error.errors(include_url=False))
        ) from None


SETTING_NAMES = frozenset(name.upper() for name in Settings.model_fields)
"""The variables that are settings."""


def _sentence(fault: Any) -> str:
    name = str(fault["loc"][0]) if fault["loc"] else "settings"
    field = Settings.model_fields.get(name)
    secret = field is None or field.annotation is SecretStr
    got = "a value" if secret else repr(without_credentials(str(fault.get("input", ""))))[:80]
    takes = fault["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return f"{name.upper()} is {got}; it takes {takes}"


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """The settings of this process, read once."""
    return read_settings()

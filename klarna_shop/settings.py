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
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from klarna_shop.database_address import parse_database_url
from klarna_shop.text_check import TAKES, UnreadableText, read_file, whole_text

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


def _seconds(value: object) -> object:
    """Durations are written `30s`, `2m`, `500ms` or as plain seconds."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|m)?\s*", str(value))
    if match is None:
        raise ValueError("a duration such as 30s, 500ms or 2m")
    return float(match[1]) * {"ms": 0.001, "s": 1.0, "m": 60.0, None: 1.0}[match[2]]


def _codes(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _campaign_packages(value: object) -> object:
    if not isinstance(value, str):
        return value
    pairs = [part.strip() for part in value.split(",") if part.strip()]
    if any(not re.fullmatch(r"[\w+-]+:[\w+-]+", pair) for pair in pairs):
        raise ValueError("campaign:package pairs separated by commas")
    return dict(pair.split(":") for pair in pairs)


def _host_patterns(value: tuple[str, ...]) -> tuple[str, ...]:
    host = r"\[[\da-fA-F:.]+\]|[^\W_]([\w.-]*[^\W_])?"
    if any(not re.fullmatch(rf"(\*\.)?({host})(:[1-9]\d{{0,4}})?", pattern) for pattern in value):
        raise ValueError(
            "host names such as pay.klarna.com, *.klarna.com, localhost:8000 separated by commas"
        )
    return value


def _url(value: str) -> str:
    if not value:
        return ""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("an absolute http or https address")
    return value.rstrip("/")


Seconds = Annotated[float, BeforeValidator(_seconds), Field(gt=0, le=600)]
Codes = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_codes)]
HostPatterns = Annotated[Codes, AfterValidator(_host_patterns)]
CodePairs = Annotated[dict[str, str], NoDecode, BeforeValidator(_campaign_packages)]
Url = Annotated[str, AfterValidator(_url)]
Code = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]+$", max_length=64)]

Category = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]*$", max_length=40)]
"""A payment method category of Klarna's; empty for none."""


class Settings(BaseSettings):
    """How this installation is set up. Secrets are `SecretStr`, so that printing them shows stars."""

    model_config = SettingsConfigDict(
        env_file=PROJECT / ".env",
        # Editors of Windows begin a file with a mark, which would become a part of the first name.
        env_file_encoding="utf-8-sig",
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
    payway_forgot_password_url: Url | None = None
    payway_raise_on_ssn_already_taken_error: bool = True
    payway_raise_on_ssn_already_set_error: bool = False
    payway_raise_on_account_update_error: bool = False
    payway_raise_on_delivery_address_error: bool = False
    payway_disable_account_info_overwrite: bool = False
    payway_timeout: Seconds = 30.0
    payway_webhook_secret: SecretStr = SecretStr("")
    klarna_sdk_url: str = ""
    klarna_payment_method_category: Category = ""
    klarna_trials: Literal["auto", "on", "off"] = "auto"
    klarna_redirect_hosts: HostPatterns = ()

    # The shop
    app_port: int = Field(8000, ge=1, le=65535)
    app_url: Url = ""
    app_workers: int = Field(1, ge=1, le=64)
    database_url: SecretStr = SecretStr("")
    redis_url: SecretStr = SecretStr("")
    secret_key: SecretStr = SecretStr("")
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
    seller_email: str = "kundservice@norrlunda.example"
    seller_phone: str = ""
    smtp_url: SecretStr = SecretStr("")
    retention_days: int = Field(30, ge=1, le=3650)
    flow_steps: int = Field(20_000, ge=0, le=10_000_000)
    flow_days: int = Field(14, ge=1, le=3650)
    log_format: Literal["text", "json"] = "text"

    _whole = field_validator("*", mode="before")(whole_text)

    @field_validator("articles_dir")
    @classmethod
    def _articles_exist(cls, value: Path) -> Path:
        folder = value if value.is_absolute() else PROJECT / value
        if not folder.is_dir():
            raise ValueError("a folder that exists")
        return folder

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: SecretStr) -> SecretStr:
        written = value.get_secret_value()
        parts = urlsplit(written)
        if written and (parts.scheme not in {"smtp", "smtps"} or not parts.hostname):
            raise ValueError("an address like smtp://name:password@host:587 or smtps://host")
        return value

    @field_validator("klarna_sdk_url")
    @classmethod
    def _sdk_address(cls, value: str) -> str:
        if value and not value.startswith("/"):
            _url(value)
        return value

    def model_post_init(self, _context: Any) -> None:
        """Fill in what depends on other settings, and check what only makes sense together."""
        self._default("app_url", f"http://localhost:{self.app_port}")
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
            parts = urlsplit(self.app_url)
            if parts.scheme != "https" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
                raise ConfigurationError(
                    f"APP_URL is {self.app_url}; outside the sandbox it takes an https address"
                )
            if self.signs_in_by_redirect:
                self._check_redirect()
            if self.sdk_is_stub:
                raise ConfigurationError(
                    "KLARNA_SDK_URL names the sandbox's stub; only PAYWAY_ENV=sandbox takes it"
                )
        self._check_webhook_secrets()
        if any(len(key) < 32 for key in self.secret_keys):
            raise ConfigurationError("SECRET_KEY is too short; it takes at least 32 characters per key")
        scheme = self.database_url.get_secret_value().partition(":")[0]
        if scheme not in {"sqlite", "postgresql"}:
            raise ConfigurationError(
                f"DATABASE_URL begins with {scheme[:20]!r}; it takes sqlite:///path or postgresql://…"
            )
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
        parts = urlsplit(self.app_url)
        origins = {f"{parts.scheme}://{parts.netloc}"}
        if parts.hostname in {"localhost", "127.0.0.1"}:
            port = parts.port or self.app_port
            origins |= {f"{parts.scheme}://{host}:{port}" for host in ("localhost", "127.0.0.1")}
        return tuple(sorted(origins))


def _generated_secret_key() -> str:
    """The sandbox's own key, made once, so that sessions survive a restart."""
    path = VAR / "secret-key"
    VAR.mkdir(exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    key = secrets.token_urlsafe(48)
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    return key


def read_settings(**overrides: Any) -> Settings:
    """Read the environment anew; `overrides` win over it (for tests and tools).

    Raises:
        ConfigurationError: a value is wrong; the text is one line and holds no secret.
    """
    try:
        with suppress(FileNotFoundError):
            read_file(Path(str(Settings.model_config.get("env_file"))))
        return Settings(**overrides)
    except (UnreadableText, OSError) as error:
        raise ConfigurationError(f"{error}; it takes {TAKES}") from None
    except ValidationError as error:
        raise ConfigurationError(
            "; ".join(_sentence(fault) for fault in error.errors(include_url=False))
        ) from None


def _sentence(fault: Any) -> str:
    name = str(fault["loc"][0]) if fault["loc"] else "settings"
    field = Settings.model_fields.get(name)
    secret = field is not None and field.annotation is SecretStr
    got = "a value" if secret else repr(os.environ.get(name.upper(), fault.get("input", "")))[:80]
    takes = fault["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return f"{name.upper()} is {got}; it takes {takes}"


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """The settings of this process, read once."""
    return read_settings()

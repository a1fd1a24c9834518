"""Types of the settings' values: each reads one kind of text and says in a `ValueError` what it takes.

No message repeats a secret: those of `SecretStr` fields name the form alone.
"""

from __future__ import annotations

import re
import ssl
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from klarna_shop.database_address import parse_database_url
from klarna_shop.email_address import EmailFault, email_fault
from klarna_shop.text_check import TAKES, UnreadableText, check_text
from klarna_shop.web_address import WebAddress, canonical_host, read_port, read_web_address


def fault_of_text(value: str) -> str:
    """Return why no setting can have this value; empty where one can."""
    if value and not value.strip():
        return "is blank; unset it, or give it a value"
    if "\n" in value or "\r" in value or "\t" in value:
        return "holds a line break or a tab; it takes one line of text"
    try:
        check_text(value)
    except UnreadableText as error:
        return f"has {error}; it takes {TAKES}"
    return ""


def without_credentials(value: str) -> str:
    """Return an address without what may open something: a name and a password, a query."""
    shown = re.sub(r"[?#].*", "?…", value) if "://" in value else value
    return re.sub(r"^([^/?#]*//)?.*@", r"\1…@", shown)


def _seconds(value: object) -> object:
    """Durations are written `30s`, `2m`, `500ms` or as plain seconds."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|m)?\s*", str(value), re.ASCII)
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
    for pattern in value:
        host, port = re.fullmatch(r"(?:\*\.)?(\[[^\]]*\]|[^:]*)(:.*)?", pattern, re.DOTALL).groups()  # type: ignore[union-attr]
        try:
            usable = bool(canonical_host(host)) and (port is None or read_port(port) is not None)
        except ValueError:
            usable = False
        if not usable:
            raise ValueError(
                "host names such as pay.klarna.com, *.klarna.com, localhost:8000 separated by commas"
            )
    return value


def _origin(value: str) -> str:
    address = _web_address(value)
    if address is None:
        return ""
    if address.path not in {"", "/"}:
        raise ValueError("an address without a path: the shop is served at the root of its host")
    return address.origin


def _url(value: str) -> str:
    address = _web_address(value)
    return "" if address is None else str(address).rstrip("/")


def _web_address(value: str, *, tail: bool = False) -> WebAddress | None:
    address = read_web_address(value) if value else None
    if address is not None and address.tail and not tail:
        raise ValueError("an address without ? and #")
    return address


def _link(value: str) -> str:
    return str(_web_address(value, tail=True) or "")


def _script(value: str) -> str:
    """An address, or a path of the shop's own."""
    if re.fullmatch(r"/[^/\\\s]\S*", value):
        return value
    return _link(value)


def _proxy(value: SecretStr) -> SecretStr:
    """Of a proxy that is spoken to by HTTP; a name and a password may stand before its host."""
    takes = "an address like http://proxy.example:3128 or http://name:password@proxy.example:3128"
    written = value.get_secret_value()
    if written:
        scheme, _, rest = written.partition("://")
        credentials, at, host = rest.rpartition("@")
        try:
            address = read_web_address(f"{scheme}://{host}")
        except ValueError:
            raise ValueError(takes) from None
        if address.path not in {"", "/"} or address.tail or re.search(r"[\s/?#@]", credentials):
            raise ValueError(takes)
        return SecretStr(address.origin.replace("://", f"://{credentials}{at}", 1))
    return value


def _mail_server(value: SecretStr) -> SecretStr:
    """A scheme, a host, perhaps a port, and perhaps a name and a password with percent signs for marks."""
    written = value.get_secret_value()
    if not written:
        return value
    try:
        parts = urlsplit(written)
        usable = parts.scheme in {"smtp", "smtps"} and bool(parts.hostname) and parts.port != 0
        usable = usable and parts.path in {"", "/"} and not parts.query and not parts.fragment
        canonical_host(f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or "")
    except ValueError:
        usable = False
    if not usable or re.search(r"\s", written):
        raise ValueError("an address like smtp://name:password@host:587 or smtps://host")
    return value


def _database(value: SecretStr) -> SecretStr:
    from sqlalchemy.exc import ArgumentError

    written = value.get_secret_value()
    if not written:
        return value
    takes = "sqlite:///path or postgresql://name:password@host:5432/database"
    scheme = written.partition(":")[0]
    if scheme not in {"sqlite", "postgresql"}:
        raise ValueError(takes)
    try:
        url = parse_database_url(written)
    except (ArgumentError, ValueError):
        raise ValueError(takes) from None
    if scheme == "postgresql" and url.port is not None and not 1 <= url.port <= 65535:
        raise ValueError(f"{takes}, with a port of 1 to 65535")
    if "\0" in str(url.database or "") or (scheme == "sqlite" and (url.host or url.query)):
        raise ValueError(takes)
    if scheme == "sqlite":
        if url.database in {None, "", ":memory:"} or str(url.database).startswith("file:"):
            raise ValueError("sqlite:///path with a path: a database in memory is gone before it is used")
        if Path(str(url.database)).is_dir():
            raise ValueError("sqlite:///path with the path of a file; this one is a folder")
    return value


def _state_store(value: SecretStr) -> SecretStr:
    from redis.asyncio import ConnectionPool
    from redis.exceptions import RedisError

    written = value.get_secret_value()
    if not written:
        return value
    takes = "an address like redis://name:password@host:6379/0, rediss://host or unix:///path"
    try:
        # The library's own reading, as far as it goes without connecting.
        ConnectionPool.from_url(written).make_connection()
        port = urlsplit(written).port
    except (ValueError, TypeError, AttributeError, RedisError, OSError):
        raise ValueError(takes) from None
    path = urlsplit(written).path
    is_file = written.startswith("unix:")
    if port == 0 or (not is_file and not re.fullmatch(r"(/\d{0,5})?", path)) or re.search(r"\s", written):
        raise ValueError(takes)
    return value


def _secret_keys(value: SecretStr) -> SecretStr:
    written = value.get_secret_value()
    parts = written.split(",") if written else []
    if any(not part.strip() for part in parts):
        raise ValueError("keys separated by commas; one of these is empty")
    return value


def _email(value: str) -> str:
    value = value.strip()
    if email_fault(value) not in {EmailFault.NONE, EmailFault.UNSUPPORTED}:
        raise ValueError("an e-mail address such as name@example.com")
    return value


def _certificates(value: Path) -> Path:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=value)
    except (OSError, ValueError):
        raise ValueError("a file of certificates in PEM form") from None
    return value


def _folders(value: str) -> str:
    if not all(Path(part).is_dir() for part in value.split(":") if part):
        raise ValueError("folders that exist, separated by colons")
    return value


def articles_folder(value: Path, project: Path) -> Path:
    """Return the folder as a whole path; `project` is where a relative one begins.

    Raises:
        ValueError: it cannot be read, or holds no article.
    """
    try:
        folder = project / value.expanduser()
        if not folder.is_dir():
            raise ValueError("a folder that exists")
        if not any(folder.glob("*/*.md")):
            raise ValueError("a folder with at least one article, such as first-article/sv.md")
    except (OSError, RuntimeError):
        raise ValueError("a folder that can be read") from None
    return folder


Seconds = Annotated[float, BeforeValidator(_seconds), Field(gt=0, le=600)]
Codes = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_codes)]
HostPatterns = Annotated[Codes, AfterValidator(_host_patterns)]
CodePairs = Annotated[dict[str, str], NoDecode, BeforeValidator(_campaign_packages)]
Code = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]+$", max_length=64)]
Category = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]*$", max_length=40)]
"""A payment method category of Klarna's; empty for none."""
Origin = Annotated[str, AfterValidator(_origin)]
"""Scheme, host and port, as a browser's `Origin` has them."""
Url = Annotated[str, AfterValidator(_url)]
"""An address below which others stand: no query, no slash at its end."""
Link = Annotated[str, AfterValidator(_link)]
ScriptAddress = Annotated[str, AfterValidator(_script)]
Email = Annotated[str, AfterValidator(_email)]
ProxyAddress = Annotated[SecretStr, AfterValidator(_proxy)]
MailServer = Annotated[SecretStr, AfterValidator(_mail_server)]
DatabaseAddress = Annotated[SecretStr, AfterValidator(_database)]
StateStore = Annotated[SecretStr, AfterValidator(_state_store)]
SecretKeys = Annotated[SecretStr, AfterValidator(_secret_keys)]
Certificates = Annotated[Path, AfterValidator(_certificates)]
Folders = Annotated[str, AfterValidator(_folders)]

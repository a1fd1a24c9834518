"""Values that work and endanger what is sold: production is not started with them.

On stage `make doctor` tells of the same values, and the shop starts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from klarna_shop.web_address import read_web_address

if TYPE_CHECKING:
    from klarna_shop.settings import Settings

SHORTEST_KEY = 32
SHORTEST_PASSWORD = 12
_FEWEST_UNGUESSED = {"SECRET_KEY": 20, "STUDIO_PASSWORD": 8}
"""Characters that are left without words that everybody tries, runs and repetitions."""
_FEWEST_DIFFERENT = {"SECRET_KEY": 8, "STUDIO_PASSWORD": 5}
_TRIED_FIRST = re.compile(
    "|".join(
        (
            *("change[-_ ]?(me|this|it)", "pass(word|wort|phrase)?", "lösenord", "losenord", "hemligt?"),
            *("secret", "default", "example", "exempel", "test(ing)?", "demo", "sandbox", "stage", "prod"),
            *("admin(istrator)?", "root", "user", "guest", "studio", "shop", "klarna", "payway", "tidning"),
            *("letmein", "welcome", "hello", "monkey", "dragon", "iloveyou", "sommar", "vinter", "summer"),
            *("key", "token", "todo", "fixme", "placeholder", "dummy", "insert", "replace", "your", "here"),
            *(
                "hunter",
                "foo",
                "bar",
                "baz",
                "lorem",
                "ipsum",
                "not",
                "so",
                "very",
                "long",
                "random",
            ),
        )
    )
)
_ROWS = (
    "abcdefghijklmnopqrstuvwxyzåäö",
    "0123456789012345678901234567890",
    "qwertyuiopåasdfghjklöäzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
)
_RUN = 4
"""Neighbours in a row that count as a run."""
_SAFE_WORDS = frozenset({"stage", "staging", "sandbox", "playground"})
"""Words in the host of an address at which nothing is really sold."""
_ADDRESSES = (
    "payway_api_url",
    "payway_openid_url",
    "payway_forgot_password_url",
    "klarna_sdk_url",
)
_DEMO_VALUES = {
    "payway_client_id": ("sandbox-client",),
    "payway_client_secret": ("sandbox-secret",),
    "payway_organisation": ("demo",),
    "payway_title_code": ("DEMO",),
}
_SELLER = ("seller_name", "seller_number", "seller_address", "seller_email")


def dangers(settings: Settings) -> list[str]:
    """Return a sentence for each dangerous value, beginning with its variable; no secret is in any."""
    return [*_of_own_address(settings), *_of_other_addresses(settings), *weak_values(settings)]


def weak_values(settings: Settings) -> list[str]:
    """Return those of the sentences that are not about addresses: these are stage's own on stage."""
    return [*_of_demo_values(settings), *_of_secrets(settings)]


def mixed_environments(settings: Settings, hosts: dict[str, frozenset[str]]) -> Iterator[str]:
    """Yield a sentence for each address that is Payway's of another environment than `PAYWAY_ENV`.

    Args:
        settings: what to look at.
        hosts: Payway's own hosts by environment.
    """
    for name in ("payway_api_url", "payway_openid_url"):
        written = getattr(settings, name)
        host = read_web_address(written).host if written else ""
        for environment, own in hosts.items():
            if host in own and environment != settings.payway_env:
                yield (
                    f"{name.upper()} is {written}, which is Payway's {environment};"
                    f" PAYWAY_ENV={settings.payway_env} takes another address"
                )


def _of_own_address(settings: Settings) -> Iterator[str]:
    address = read_web_address(settings.app_url)
    if "app_url" not in settings.model_fields_set:
        yield "APP_URL is unset; production takes the address at which readers reach the shop"
    elif address.is_loopback:
        yield f"APP_URL is {settings.app_url}; production takes an address that readers reach"


def _of_other_addresses(settings: Settings) -> Iterator[str]:
    for name in _ADDRESSES:
        written = getattr(settings, name)
        if not written:
            continue
        if written.startswith("/"):
            yield f"{name.upper()} is {written}; production takes an https address"
            continue
        address = read_web_address(written)
        if address.scheme != "https" or address.is_loopback:
            yield f"{name.upper()} is {address.origin}; production takes an https address of another machine"
        elif _SAFE_WORDS & set(re.split(r"[.-]", address.host)):
            yield f"{name.upper()} is {address.origin}, where nothing is sold; production takes another"


def _of_demo_values(settings: Settings) -> Iterator[str]:
    for name, values in _DEMO_VALUES.items():
        if _plain(settings, name) in values:
            yield f"{name.upper()} is the sandbox's; production takes the one that Payway has given you"
    fields = type(settings).model_fields
    demo = [name for name in _SELLER if _plain(settings, name) == fields[name].default]
    if demo:
        names = ", ".join(name.upper() for name in demo)
        yield f"{names}: the demo newspaper's; production takes the seller's own"


def _of_secrets(settings: Settings) -> Iterator[str]:
    for key in settings.secret_keys:
        if why := weakness("SECRET_KEY", key, SHORTEST_KEY):
            yield f"SECRET_KEY {why}; production takes {SHORTEST_KEY} random characters or more for each key"
            break
    password = settings.studio_password.get_secret_value()
    if why := weakness("STUDIO_PASSWORD", password, SHORTEST_PASSWORD):
        takes = f"{SHORTEST_PASSWORD} characters or more that cannot be guessed"
        yield f"STUDIO_PASSWORD {why}; production takes {takes}"
    if password in {*settings.secret_keys, settings.payway_client_secret.get_secret_value()}:
        yield "STUDIO_PASSWORD is another setting's secret; production takes one of its own"
    if settings.payway_client_secret.get_secret_value() in settings.secret_keys:
        yield "SECRET_KEY is PAYWAY_CLIENT_SECRET; production takes one of its own"
    secret = settings.payway_client_secret.get_secret_value()
    if secret and not _unguessed(secret):
        yield "PAYWAY_CLIENT_SECRET is a placeholder; production takes the one that Payway has given you"


def weakness(name: str, secret: str, shortest: int) -> str:
    """Return why `secret` is easily guessed, as the end of a sentence; empty where it is not."""
    if len(secret) < shortest:
        return "is too short"
    left = _unguessed(secret)
    if len(left) < _FEWEST_UNGUESSED[name] or len(set(left)) < _FEWEST_DIFFERENT[name]:
        return "is easily guessed"
    return ""


def _unguessed(secret: str) -> str:
    """Return `secret` without repetitions, runs along the alphabet or the keyboard, and common words."""
    text = secret.lower()
    repeated = re.fullmatch(r"(.+?)\1+(.*)", text, re.DOTALL)
    if repeated and repeated[1].startswith(repeated[2]):
        text = repeated[1]
    text = re.sub(r"(.)\1{2,}", "", text, flags=re.DOTALL)
    kept, position = [], 0
    while position < len(text):
        run = _run_at(text, position)
        if run < _RUN:
            kept.append(text[position])
        position += run if run >= _RUN else 1
    return re.sub(r"[\W_]+", "", _TRIED_FIRST.sub("", "".join(kept)))


def _run_at(text: str, start: int) -> int:
    """Return how many characters from `start` on follow each other in a row, forwards or backwards."""
    longest = 1
    for row in _ROWS:
        for line in (row, row[::-1]):
            length = 2
            while start + length <= len(text) and text[start : start + length] in line:
                length += 1
            longest = max(longest, length - 1)
    return longest


def _plain(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    return str(value.get_secret_value() if hasattr(value, "get_secret_value") else value)

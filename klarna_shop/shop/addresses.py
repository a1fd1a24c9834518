"""Addresses by language (UI contract, Addresses), and which foreign ones a browser may be sent to."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

DEFAULT_LANGUAGE = "sv"
"""Stands at the plain addresses; every other language below its own prefix."""


def address(language: str, path: str) -> str:
    """`path` (as in the UI contract, beginning with a slash) in a language's own tree."""
    if language == DEFAULT_LANGUAGE:
        return path
    return f"/{language}" if path == "/" else f"/{language}{path}"


def fallback_language(languages: Sequence[str]) -> str:
    """Of the languages in which a page exists, the one for readers of none of them."""
    return DEFAULT_LANGUAGE if DEFAULT_LANGUAGE in languages else languages[0]


def host_is_allowed(url: str, patterns: tuple[str, ...]) -> bool:
    """Whether `url` is http(s), without credentials, on a host that one of the patterns names.

    A pattern is a host name, or `*.` and a domain for all hosts below it.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return False
    if (
        parts.scheme not in {"http", "https"}
        or not host
        or parts.username
        or "\\" in url
        or not url.isprintable()
    ):
        return False
    if parts.scheme == "http" and host not in {"localhost", "127.0.0.1", "::1"}:
        return False
    return any(
        host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern
        for pattern in (pattern.lower() for pattern in patterns)
    )

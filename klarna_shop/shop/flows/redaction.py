"""Removing what is secret or personal, before anything is kept.

Three nets, one behind the other: by the field's name, which decides what may be shown at all; by value, so
that what one field named as secret is found wherever the same step repeats it; and by form (e-mail addresses,
personal and phone numbers, tokens), whatever the field is called.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from klarna_shop.shop.flows.field_names import (
    HIDDEN,
    PLACEHOLDERS,
    SHELL_VARIABLES,
    SHOWN_HEADERS,
    TOKEN,
    describes_person,
    is_address,
    is_personal,
    is_secret,
    is_shown,
    is_text,
)

MOST_ITEMS = 30
"""Of a list; the rest is counted."""
DEEPEST = 12
LONGEST_TEXT = 500
LONGEST_SWEPT = 2000
"""Of prose; what comes after is cut off before anything looks at it."""
MOST_WORDS = 4
"""A known secret of no more words than this (a name, a street) is swept word by word as well."""
SHORTEST_SWEPT = 2
_WORD_ONLY = 4
"""A known secret shorter than this is swept only where it stands as a word of its own."""

_IDENTIFIER = re.compile(r"\A(?:[\w.,:/+\[\]-]{0,200}|\d{4}-\d\d-\d\d [\d:.+]{5,20})\Z", re.ASCII)
_SCOPE = re.compile(r"\A[\w/ ]{1,500}\Z", re.ASCII)
_NAME = re.compile(r"\A[A-Za-z_][\w.-]{0,60}\Z", re.ASCII)
_EVERYWHERE = (
    (re.compile(r"[^\s@\"'<>]+(?:@|%40)[^\s@\"'<>]+"), "[e-mail]"),
    (re.compile(r"\bBearer\s+\S+", re.IGNORECASE), f"Bearer {TOKEN}"),
    (re.compile(r"\beyJ[\w-]{8,}(?:\.[\w-]*)*"), "[token]"),
    (
        re.compile(r"(?<!\d)(?:\d{2})?\d{2}(?:0[1-9]|1[0-2])(?:[0-27-9]\d|[36][01])[-+ ]?\d{4}(?!\d)"),
        "[personal number]",
    ),
    (re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])"), "[ip address]"),
)
"""Forms that are somebody's or open something, wherever they stand."""
_IN_PROSE = (
    (re.compile(r"\bhttps?://\S+", re.IGNORECASE), "[address]"),
    (re.compile(r"(?<![\w-])(?:\+|00?)\d(?:[\s./-]?\d){6,}"), "[phone]"),
    (re.compile(r"[\w.~+/=-]{24,}"), "[opaque]"),
)
"""Forms that an identifier may have as well."""


class Redaction:
    """Redacts. `secrets` are the installation's own, which are swept from everything."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = tuple(secret for secret in secrets if secret)

    def redacted(self, *parts: Mapping[str, Any], bare: Iterable[str] = ()) -> tuple[dict[str, Any], ...]:
        """The parts of one step, which are swept together.

        A part's `headers` are headers, and everything else in it is JSON. `bare` are names of fields that are
        secret in this step although their name says nothing (`code` in a request for a token).
        """
        one = _OneStep(frozenset(bare))
        known = [one.part(part) for part in parts]
        swept = _Sweep((*self._secrets, *one.found))
        return tuple(swept.value(part) for part in known)


class _OneStep:
    """Redacts by name, and notes what it has found."""

    def __init__(self, bare: frozenset[str]) -> None:
        self._bare = bare
        self.found: set[str] = set()

    def part(self, part: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: self._headers(value) if name == "headers" else self._value(value, "", person=False)
            for name, value in part.items()
        }

    def _headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {name: self._header(name.lower(), value) for name, value in headers.items()}

    def _header(self, name: str, value: str) -> str:
        if name == "authorization":
            self.found.update(word for word in value.split() if word.lower() not in {"bearer", "basic"})
            return f"Bearer {TOKEN}"
        if name in SHOWN_HEADERS:
            return _in_prose(value) if name in {"server", "user-agent"} else value[:LONGEST_TEXT]
        self._find(value)
        return HIDDEN

    def _value(self, value: Any, name: str, *, person: bool, depth: int = 0) -> Any:
        if depth > DEEPEST:
            self._find(value)
            return HIDDEN
        if isinstance(value, Mapping):
            return {
                _shown_name(key): self._field(inner, _snake_case(key), person=person, depth=depth + 1)
                for key, inner in value.items()
            }
        if isinstance(value, list | tuple):
            shown = [self._value(one, name, person=person, depth=depth + 1) for one in value[:MOST_ITEMS]]
            for rest in value[MOST_ITEMS:]:
                # Not shown, and yet what it names as secret may stand elsewhere.
                self._value(rest, name, person=person, depth=depth + 1)
            return shown + ([f"… and {len(value) - MOST_ITEMS} more"] if len(value) > MOST_ITEMS else [])
        return self._leaf(value, name, person=person)

    def _field(self, value: Any, name: str, *, person: bool, depth: int) -> Any:
        if value is None or isinstance(value, bool) or value in ("", [], {}):
            return value
        if name in self._bare:
            self._find(value)
            return f"${name.upper()}"
        if (placeholder := PLACEHOLDERS.get(name)) and not isinstance(value, Mapping | list):
            self._find(value)
            return placeholder
        if is_secret(name):
            self._find(value)
            return HIDDEN
        return self._value(
            value, name, person=person or describes_person(name) or is_personal(name), depth=depth
        )

    def _leaf(self, value: Any, name: str, *, person: bool) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if person:
            self._find(value)
            return HIDDEN
        if isinstance(value, int | float):
            return value if abs(value) < 10**9 else "[number]"
        if not isinstance(value, str):
            return HIDDEN
        if is_address(name):
            return _origin(value)
        if is_text(name):
            return _in_prose(value)
        if is_shown(name) and (_SCOPE if name == "scope" else _IDENTIFIER).match(value):
            return value
        return f"[text, {len(value)} characters]" if value else value

    def _find(self, value: Any) -> None:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                self._find(key if not _NAME.match(str(key)) else None)
                self._find(inner)
        elif isinstance(value, list | tuple):
            for inner in value:
                self._find(inner)
        elif isinstance(value, str | int | float) and not isinstance(value, bool):
            self.found.add(str(value))


class _Sweep:
    """Removes what is known, and what has the form of something, from every text."""

    def __init__(self, known: Iterable[str]) -> None:
        written: set[str] = set()
        for secret in {part for text in known for part in (text, text.strip(), *_words(text))}:
            if len(secret) >= SHORTEST_SWEPT and not _is_common(secret):
                written |= {secret, quote(secret, safe="")}
        longest_first = sorted(written, key=len, reverse=True)
        self._known = (
            re.compile("|".join(_sought(one) for one in longest_first), re.IGNORECASE) if written else None
        )

    def value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Mapping):
            return {self._text(key): self.value(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.value(inner) for inner in value]
        return self._number(value)

    def _text(self, text: str) -> str:
        if text in SHELL_VARIABLES or text in (HIDDEN, f"Bearer {TOKEN}"):
            return text
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        for pattern, instead in _EVERYWHERE:
            text = pattern.sub(instead, text)
        return text

    def _number(self, value: Any) -> Any:
        if isinstance(value, bool) or value is None or self._known is None:
            return value
        return value if len(str(value)) < _WORD_ONLY or not self._known.search(str(value)) else HIDDEN


def _words(text: str) -> list[str]:
    words = text.split()
    return words if len(words) <= MOST_WORDS else []


def _sought(secret: str) -> str:
    pattern = re.escape(secret)
    return pattern if len(secret) >= _WORD_ONLY else rf"(?<!\w){pattern}(?!\w)"


def _is_common(text: str) -> bool:
    """Small numbers and words of JSON stand everywhere: sweeping them would leave nothing to read."""
    return text.lower() in {"true", "false", "null", "none"} or (text.isdigit() and len(text) < _WORD_ONLY)


def _in_prose(text: str) -> str:
    if len(text) > LONGEST_SWEPT:
        # At a space: half an e-mail address would be recognised by nobody.
        text = text[:LONGEST_SWEPT].rpartition(" ")[0]
    for pattern, instead in (*_EVERYWHERE, *_IN_PROSE):
        text = pattern.sub(instead, text)
    return "".join(character if character.isprintable() else " " for character in text)[:LONGEST_TEXT]


def _origin(address: str) -> str:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return HIDDEN
    if parts.scheme not in {"http", "https"} or not host:
        return HIDDEN
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}/…"


def _shown_name(name: Any) -> str:
    return str(name) if _NAME.match(str(name)) else HIDDEN


def _snake_case(name: Any) -> str:
    spaced = re.sub(r"(?<=[a-z\d])(?=[A-Z])", "_", str(name))
    return spaced.replace("-", "_").replace(".", "_").replace(" ", "_").lower()

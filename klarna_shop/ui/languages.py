"""The shop's languages: texts by key, and which address belongs to which language.

A language is one catalogue, `messages/<language>.po`, whose `msgid` is the key. Swedish stands at the
plain addresses, every other language below its own prefix (UI contract, Addresses).
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from klarna_shop.shop.addresses import DEFAULT_LANGUAGE, address
from klarna_shop.text_check import read_file

__all__ = [
    "DEFAULT_LANGUAGE",
    "address",
    "catalogue",
    "counted",
    "language_of",
    "languages",
    "product_words",
    "text",
]

_CATALOGUES = Path(__file__).parent / "messages"


@cache
def languages() -> tuple[str, ...]:
    """Every language with a catalogue, the default first."""
    others = sorted({path.stem for path in _CATALOGUES.glob("*.po")} - {DEFAULT_LANGUAGE})
    return (DEFAULT_LANGUAGE, *others)


@cache
def catalogue(language: str) -> dict[str, str]:
    """All texts of one language by key."""
    messages = read_po(io.StringIO(read_file(_CATALOGUES / f"{language}.po")), locale=language)
    return {str(message.id): str(message.string) for message in messages if message.id and message.string}


def text(language: str, key: str, **values: object) -> str:
    """The text of `key`, with `{name}` places filled from `values`.

    Raises:
        KeyError: the catalogue lacks the key, or `values` lacks one of its places.
    """
    template = catalogue(language)[key]
    return template.format(**values) if values else template


def counted(language: str, key: str, count: int, **values: object) -> str:
    """The text of `key.one` or `key.other`, by what the number asks for; `{count}` is filled."""
    form = "one" if count == 1 else "other"
    return text(language, f"{key}.{form}", count=count, **values)


def product_words(language: str) -> dict[str, str]:
    """Attributes of an element on a page in `language` whose words are Payway's.

    Its catalogue has one language, the publisher's; a screen reader is told where that is not the page's.
    """
    return {} if language == DEFAULT_LANGUAGE else {"lang": DEFAULT_LANGUAGE}


def language_of(path: str) -> tuple[str, str]:
    """The language an address belongs to, and the same address in the default language's tree."""
    for language in languages():
        if language != DEFAULT_LANGUAGE and (path == f"/{language}" or path.startswith(f"/{language}/")):
            return language, path.removeprefix(f"/{language}") or "/"
    return DEFAULT_LANGUAGE, path

"""Which form of a content a client wants, or has already (RFC 9110, sections 12.5.3 and 13.1.2)."""

from __future__ import annotations

from collections.abc import Container
from functools import lru_cache

IDENTITY = "identity"
CODINGS = {"br": ".br", "gzip": ".gz"}
"""Codings the build makes, best first, with the suffix of the packed file."""


def best_coding(accept_encoding: str | None, available: Container[str]) -> str:
    """The available coding with the highest quality; among equals the smallest, `identity` last.

    A client that refuses even `identity` and gets nothing else it knows is sent `identity`.
    """
    qualities = _qualities(accept_encoding or "")
    best, best_quality = IDENTITY, qualities.get(IDENTITY, qualities.get("*", 0.0))
    for coding in reversed(CODINGS):
        quality = qualities.get(coding, qualities.get("*", 0.0))
        if coding in available and quality > 0 and quality >= best_quality:
            best, best_quality = coding, quality
    return best


def matches(if_none_match: str | None, etag: str) -> bool:
    """Whether the client has the content with this tag, by its `If-None-Match`."""
    if if_none_match is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or etag in tags


@lru_cache(maxsize=256)
def _qualities(accept_encoding: str) -> dict[str, float]:
    qualities: dict[str, float] = {}
    for entry in accept_encoding.lower().split(","):
        coding, *parameters = (part.strip() for part in entry.split(";"))
        if not coding:
            continue
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    quality = min(max(float(parameter[2:]), 0.0), 1.0)
                except ValueError:
                    quality = 0.0
        qualities[coding] = quality
    return qualities

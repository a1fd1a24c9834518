"""What the newspaper is called in one language, for those who are told of it without a page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Publication:
    """The newspaper in one language, as feeds and manifests name it."""

    language: str
    name: str
    description: str

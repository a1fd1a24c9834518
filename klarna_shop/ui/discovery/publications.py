"""The newspaper as its feeds and manifests name it."""

from __future__ import annotations

from klarna_shop.shop.publication import Publication
from klarna_shop.ui.languages import languages, text


def publications() -> list[Publication]:
    """The newspaper in each of its languages."""
    return [
        Publication(language, text(language, "frame.paper_name"), text(language, "frame.description"))
        for language in languages()
    ]

"""The web manifest of one language: how a phone names and shows the newspaper on its home screen."""

from __future__ import annotations

import json

from klarna_shop.shop.addresses import address
from klarna_shop.shop.bitmaps import GROUND, logo
from klarna_shop.shop.publication import Publication

MANIFEST_PATH = "/manifest.webmanifest"
"""The manifest's address without the language's prefix."""
MEDIA_TYPE = "application/manifest+json"


def manifest(publication: Publication) -> bytes:
    """The manifest in UTF-8. Its addresses are relative: it speaks of the place that it was read from."""
    bitmap = logo()
    start = address(publication.language, "/")
    return json.dumps(
        {
            "id": start,
            "start_url": start,
            "scope": "/",
            "name": publication.name,
            "description": publication.description,
            "lang": publication.language,
            "display": "minimal-ui",
            "background_color": GROUND,
            "icons": [
                {"src": "/favicon.svg", "type": "image/svg+xml", "sizes": "any"},
                {"src": bitmap.address, "type": "image/png", "sizes": f"{bitmap.width}x{bitmap.height}"},
            ],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()

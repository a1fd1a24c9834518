"""The robots file (RFC 9309): where there is nothing for a crawler to read, and where the sitemap is."""

from __future__ import annotations

from collections.abc import Iterable

from klarna_shop.shop.addresses import address

PERSONAL = ("/account", "/checkout", "/confirmation", "/receipt", "/login", "/register", "/withdraw")
"""Pages of one reader or one purchase, in each language."""
OTHER = ("/studio", "/preview", "/auth/", "/sandbox/", "/_event", "/healthz", "/readyz")


def robots(base: str, languages: Iterable[str]) -> bytes:
    """The file for the shop whose public address is `base`.

    The picker is left open: it carries its own `noindex`, which only those see who may read it.
    """
    closed = [*OTHER, *(address(language, path) for language in languages for path in PERSONAL)]
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in closed),
        "",
        f"Sitemap: {base}/sitemap.xml",
        "",
    ]
    return "\n".join(lines).encode()

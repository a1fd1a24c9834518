"""The sitemap (sitemaps.org, with the alternates that search engines read beside it)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol
from xml.etree import ElementTree

from klarna_shop.shop.addresses import address, fallback_language
from klarna_shop.shop.money import rfc3339
from klarna_shop.web.discovery.xml import document

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"


class ListedPage(Protocol):
    """What the sitemap says of a page."""

    @property
    def language(self) -> str:
        """The language it is in."""

    @property
    def path(self) -> str:
        """Its address without the language's prefix."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which it exists."""

    @property
    def indexed(self) -> bool:
        """Whether search engines may list it."""

    @property
    def changed(self) -> datetime | None:
        """When what it shows last changed; None where nobody has noted it."""


def sitemap(base: str, pages: Iterable[ListedPage]) -> bytes:
    """The sitemap of every indexed page, in UTF-8; `base` is the shop's public address."""
    ElementTree.register_namespace("", _SITEMAP)
    ElementTree.register_namespace("xhtml", _XHTML)
    root = ElementTree.Element(f"{{{_SITEMAP}}}urlset")
    for page in pages:
        if page.indexed:
            _add(root, base, page)
    return document(root)


def _add(root: ElementTree.Element, base: str, page: ListedPage) -> None:
    entry = ElementTree.SubElement(root, f"{{{_SITEMAP}}}url")
    ElementTree.SubElement(entry, f"{{{_SITEMAP}}}loc").text = base + address(page.language, page.path)
    if page.changed is not None:
        ElementTree.SubElement(entry, f"{{{_SITEMAP}}}lastmod").text = rfc3339(page.changed)
    if len(page.languages) < 2:
        return
    targets = [(language, language) for language in page.languages]
    for name, language in [*targets, ("x-default", fallback_language(page.languages))]:
        ElementTree.SubElement(
            entry,
            f"{{{_XHTML}}}link",
            rel="alternate",
            hreflang=name,
            href=base + address(language, page.path),
        )

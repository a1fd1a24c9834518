"""The feed of one language (Atom, RFC 4287): each article's standfirst and teaser, and no more of any."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree

from klarna_shop.shop.addresses import address
from klarna_shop.shop.articles import Article
from klarna_shop.shop.money import rfc3339
from klarna_shop.shop.publication import Publication
from klarna_shop.web.discovery.xml import document

FEED_PATH = "/feed.xml"
"""The feed's address without the language's prefix."""
MEDIA_TYPE = "application/atom+xml"
MOST_ENTRIES = 50

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_ATOM = "http://www.w3.org/2005/Atom"


def feed(base: str, publication: Publication, articles: Sequence[Article]) -> bytes:
    """The newest articles first, in UTF-8; `base` is the shop's public address.

    An entry is named by its article's address, so that a reader's program knows it again.
    """
    ElementTree.register_namespace("", _ATOM)
    language = publication.language
    newest = sorted(articles, key=lambda one: one.published, reverse=True)[:MOST_ENTRIES]
    root = ElementTree.Element(
        f"{{{_ATOM}}}feed",
        {
            "{http://www.w3.org/XML/1998/namespace}lang": language,
            "{http://www.w3.org/XML/1998/namespace}base": f"{base}/",
        },
    )
    own = base + address(language, FEED_PATH)
    _text(root, "id", own)
    _text(root, "title", publication.name)
    _text(root, "subtitle", publication.description)
    _text(root, "updated", rfc3339(max((_changed(one) for one in articles), default=_NEVER)))
    _element(root, "link", rel="self", type=MEDIA_TYPE, href=own)
    _element(root, "link", rel="alternate", type="text/html", href=base + address(language, "/"))
    _element(root, "icon").text = f"{base}/favicon.svg"
    for article in newest:
        _add(root, base, article)
    return document(root)


def _add(root: ElementTree.Element, base: str, article: Article) -> None:
    entry = _element(root, "entry")
    page = base + address(article.language, f"/article/{article.slug}")
    _text(entry, "id", page)
    _text(entry, "title", article.title)
    _element(entry, "link", rel="alternate", type="text/html", href=page)
    _text(entry, "published", rfc3339(article.published))
    _text(entry, "updated", rfc3339(_changed(article)))
    _text(_element(entry, "author"), "name", article.byline)
    _element(entry, "category", term=article.section_code, label=article.section)
    _text(entry, "summary", article.standfirst)
    content = _element(entry, "content", type="html")
    # The teaser of a free article, too: a feed leads to the newspaper and does not replace it.
    content.text = _absolute(article.teaser_html, base, page)


def _absolute(html: str, base: str, page: str) -> str:
    """The HTML with whole addresses: away from its page a path or a heading leads nowhere."""
    return re.sub(
        r'\b(href|src)="(?=([#/]))', lambda one: f'{one[1]}="{page if one[2] == "#" else base}', html
    )


def _changed(article: Article) -> datetime:
    return article.updated or article.published


def _text(parent: ElementTree.Element, name: str, value: str) -> None:
    _element(parent, name).text = value


def _element(parent: ElementTree.Element, name: str, **attributes: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)

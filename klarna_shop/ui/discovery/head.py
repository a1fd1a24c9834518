"""The page's own address, the same page in other languages, and how a link to it looks elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import reflex as rx

from klarna_shop.shop.addresses import fallback_language
from klarna_shop.shop.bitmaps import Bitmap, share_image
from klarna_shop.shop.current import current_shop
from klarna_shop.shop.money import rfc3339
from klarna_shop.ui.languages import address, text
from klarna_shop.ui.page import Page

FEED = "/feed.xml"
MANIFEST = "/manifest.webmanifest"


def links(page: Page) -> Iterator[rx.Component]:
    """What a page refers to. Those that search engines do not list have no alternates and no feed."""
    base, language = current_shop().settings.app_url, page.language
    yield rx.el.link(rel="manifest", href=address(language, MANIFEST))
    if page.addressed:
        yield rx.el.link(rel="canonical", href=base + address(language, page.path))
    if not page.indexed:
        return
    if len(page.languages) > 1:
        for other in page.languages:
            yield rx.el.link(rel="alternate", href_lang=other, href=base + address(other, page.path))
        fallback = fallback_language(page.languages)
        yield rx.el.link(rel="alternate", href_lang="x-default", href=base + address(fallback, page.path))
    yield rx.el.link(
        rel="alternate",
        type="application/atom+xml",
        title=text(language, "frame.paper_name"),
        href=address(language, FEED),
    )


def image_address(page: Page) -> str:
    """The absolute address of the picture beside a link to the page; social networks resolve no other."""
    return current_shop().settings.app_url + _image(page).address


def meta_tags(page: Page) -> list[dict[str, str]]:
    """Robots' directions, and the page as Open Graph and Twitter's card describe it.

    Reflex itself writes the title, the description and `og:image`. What Twitter's own names would only
    repeat, it takes from Open Graph.
    """
    robots = "max-image-preview:large" if page.indexed else "noindex"
    tags = [{"name": "robots", "content": robots}]
    if page.addressed:
        tags += [{"property": name, "content": content} for name, content in _open_graph(page)]
        tags.append({"name": "twitter:card", "content": "summary_large_image"})
    return tags


def _open_graph(page: Page) -> Iterator[tuple[str, str]]:
    language, article = page.language, page.article
    image = _image(page)
    yield "og:type", "article" if article else "website"
    yield "og:site_name", text(language, "frame.paper_name")
    yield "og:title", page.title
    yield "og:description", page.description or text(language, "frame.description")
    yield "og:url", current_shop().settings.app_url + address(language, page.path)
    yield "og:locale", text(language, "frame.locale")
    yield "og:image:width", str(image.width)
    yield "og:image:height", str(image.height)
    if article is None:
        return
    if article.illustration is not None:
        yield "og:image:alt", article.illustration.alt
    yield "article:published_time", rfc3339(article.published)
    if article.updated is not None:
        yield "article:modified_time", rfc3339(article.updated)
    yield "article:section", article.section


def _image(page: Page) -> Bitmap:
    return share_image(current_shop().articles, page.article)

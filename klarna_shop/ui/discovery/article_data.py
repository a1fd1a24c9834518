"""An article as structured data (schema.org NewsArticle).

Search engines are told that a walled text is not free, and nothing of where it stands (`hasPart`): it is not
in the page, so there is nothing that could be taken for cloaking.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import reflex as rx

from klarna_shop.shop.articles import Article, ArticleKind
from klarna_shop.shop.bitmaps import logo, share_image
from klarna_shop.shop.current import current_shop
from klarna_shop.shop.money import rfc3339
from klarna_shop.ui.discovery.json_ld import MEDIA_TYPE, json_ld
from klarna_shop.ui.languages import address, text


def changed(article: Article) -> datetime:
    """When the article last changed."""
    return article.updated or article.published


def article_data(article: Article) -> rx.Component:
    """The script element with the article's structured data."""
    return rx.el.script(json_ld(news_article(article)), type=MEDIA_TYPE)


def news_article(article: Article) -> dict[str, Any]:
    """The article's head as a NewsArticle, with absolute addresses and times in the newspaper's zone."""
    shop = current_shop()
    base, language = shop.settings.app_url, article.language
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": base + address(language, f"/article/{article.slug}"),
        "headline": article.title,
        "description": article.standfirst,
        "articleSection": article.section,
        "inLanguage": language,
        # A metered text is free for some readers some of the time, which is not free.
        "isAccessibleForFree": article.kind is ArticleKind.FREE,
        "datePublished": rfc3339(article.published),
        "dateModified": rfc3339(changed(article)),
        "image": base + share_image(shop.articles, article).address,
        "author": _authors(article),
        "publisher": publisher(base, language),
    }


def publisher(base: str, language: str) -> dict[str, Any]:
    """The newspaper as an organisation, with its logo."""
    return {
        "@type": "NewsMediaOrganization",
        "name": text(language, "frame.paper_name"),
        "url": base + address(language, "/"),
        "logo": {"@type": "ImageObject", "url": base + logo().address},
    }


def _authors(article: Article) -> list[dict[str, str]]:
    conjunction = text(article.language, "article.byline_and")
    names = re.split(rf"\s*,\s*|\s+{re.escape(conjunction)}\s+", article.byline)
    return [{"@type": _author_type(article.language, name), "name": name} for name in names if name]


def _author_type(language: str, name: str) -> str:
    """A person has a first and a last name, both capitalised; anything else signs for a desk or an agency."""
    words = name.split()
    is_person = len(words) > 1 and words[0][0].isupper() and words[-1][0].isupper()
    return "Person" if is_person and name != text(language, "frame.paper_name") else "Organization"

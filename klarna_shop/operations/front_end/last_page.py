"""Puts the shop's own last page in place of the error pages of React Router and Reflex."""

from __future__ import annotations

import json
from typing import Any

from klarna_shop.operations.front_end.change import Change, ChangesPlugin, script
from klarna_shop.settings import load_settings
from klarna_shop.ui.languages import DEFAULT_LANGUAGE, address, languages, text

MODULE = "utils/last_page.js"
WORDS = "utils/last_page_words.json"
BUYING = ("checkout", "confirmation")
"""Pages whose reader wonders about money."""
_KEYS = ("title", "sentence", "money", "buying", "contact", "quote")
_STUDIO = {
    "title": "This page has stopped",
    "sentence": "An error kept the page from going on.",
    "money": "What you saved is kept, and nothing is done twice. Reload the page to go on.",
    "reload": "Reload the page",
    "contact": "If that does not help, write to",
    "quote": "Quote this code:",
    "to_home": "To the studio",
    "lang": "en",
    "home": "/studio",
}
_ROUTER = "import { Outlet } from 'react-router';\n"
_ADDED = (
    'import { LastPage } from "$/utils/last_page";\n'
    'export { RouteError as ErrorBoundary } from "$/utils/last_page";\n'
)
_LAYOUT = "  return jsx(AppLayout, {}, jsx(ReflexProviders, {}, children));\n"
_GUARDED = "  return jsx(AppLayout, {}, jsx(LastPage, {}, jsx(ReflexProviders, {}, children)));\n"


class LastPagePlugin(ChangesPlugin):
    """Guards everything inside `<body>`, and the routes' own errors."""

    changes = (Change("app/root.jsx", ((_ROUTER, _ROUTER + _ADDED), (_LAYOUT, _GUARDED))),)

    def modules(self) -> dict[str, str]:
        """The page, and its words in every language."""
        return {MODULE: script("last_page.js"), WORDS: json.dumps(_words())}


def _words() -> dict[str, Any]:
    settings = load_settings()
    return {
        "email": settings.seller_email,
        "phone": settings.seller_phone,
        "buying": BUYING,
        "studio": _STUDIO,
        "languages": [
            {"prefix": "" if language == DEFAULT_LANGUAGE else language, "pages": _pages(language)}
            for language in languages()
        ],
    }


def _pages(language: str) -> dict[str, str]:
    return {
        **{key: text(language, f"last_page.{key}") for key in _KEYS},
        "reload": text(language, "hindrance.reload"),
        "to_home": text(language, "frame.to_front_page"),
        "home": address(language, "/"),
        "lang": language,
    }

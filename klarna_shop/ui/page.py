"""What a reader's page is, before it is built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import reflex as rx

from klarna_shop.shop.articles import Article
from klarna_shop.ui.languages import languages


@dataclass(frozen=True)
class Page:
    """One page of one language.

    `path` is without the language's prefix; `content` is made when it is built. `addressed` is whether the
    page stands at an address of its own; the one for unknown addresses stands at all of them. `article` is
    the article that it shows, and `changed` when what it shows last changed, where somebody has noted it.
    """

    language: str
    path: str
    title: str
    content: Callable[[], rx.Component]
    on_load: tuple[Any, ...] = ()
    description: str = ""
    indexed: bool = False
    addressed: bool = True
    focused: bool = False
    sheets: tuple[str, ...] = ()
    """Names of the style sheets that it needs beside those of every page."""
    article: Article | None = None
    changed: datetime | None = None
    languages: tuple[str, ...] = field(default_factory=languages)

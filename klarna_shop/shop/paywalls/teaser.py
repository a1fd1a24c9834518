"""How much of an article stands above the wall."""

from __future__ import annotations

from dataclasses import dataclass

from klarna_shop.shop.articles import Article
from klarna_shop.shop.articles.model import Block
from klarna_shop.shop.paywalls.document import Teaser


@dataclass(frozen=True)
class ShownTeaser:
    """Of the teaser that is in the page, the first `blocks` are shown; `more` follows, out of the rest."""

    blocks: int
    more: tuple[Block, ...] = ()


def shown_teaser(article: Article, teaser: Teaser) -> ShownTeaser:
    """What the design shows of this article; never all of it, however short it is."""
    in_page = len(article.teaser_blocks)
    if teaser.paragraphs is None:
        return ShownTeaser(in_page)
    wanted = min(teaser.paragraphs, max(in_page, len(article.body) - 1))
    return ShownTeaser(min(wanted, in_page), article.rest[: max(0, wanted - in_page)])

"""The newspaper's articles: Markdown with front matter, read once at start and kept in memory.

A folder per article, named by its slug, holds ``sv.md``, ``en.md``, … and the image files that
these declare. Anything may import this package; it imports nothing of the shop.
"""

from klarna_shop.shop.articles.errors import ArticleError, ArticleProblem
from klarna_shop.shop.articles.library import ArticleLibrary
from klarna_shop.shop.articles.model import Article, ArticleKind, Block, Illustration, Placement, Section

__all__ = [
    "Article",
    "ArticleError",
    "ArticleKind",
    "ArticleLibrary",
    "ArticleProblem",
    "Block",
    "Illustration",
    "Placement",
    "Section",
]

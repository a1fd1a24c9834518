"""What of an article only those with access may read, in a form that can be looked for anywhere."""

from __future__ import annotations

import html
import re

from klarna_shop.shop.articles import Article, Block

_TAG = re.compile(r"<[^>]+>")
# Of letters, digits and spaces alone: written alike in HTML, XML, JSON and JavaScript, however they escape.
_PLAIN = re.compile(r"[A-Za-z0-9 ]+")
SHORTEST = 20


def fragments(blocks: tuple[Block, ...]) -> list[str]:
    """From each block its longest stretch that no format escapes; none from a block of a word or two."""
    # A tag ends a stretch: what stands on both sides of it is nowhere written as one.
    found = (_longest(html.unescape(_TAG.sub("|", block.html))) for block in blocks)
    return [fragment for fragment in found if len(fragment) >= SHORTEST]


def walled(article: Article) -> list[str]:
    """Fragments of the text behind the wall.

    Fails where there are fewer than three: then looking for them would prove nothing.
    """
    # What headline, standfirst and teaser say, too, is no secret.
    told = _TAG.sub("", html.unescape(f"{article.title} {article.standfirst} {article.teaser_html}"))
    found = [fragment for fragment in fragments(article.rest) if fragment not in told]
    assert len(found) >= 3, f"{article.slug}/{article.language} has too little text to look for"
    return found


def leaked(article: Article, document: str) -> list[str]:
    """The fragments from behind the wall that stand in `document`."""
    return [fragment for fragment in walled(article) if fragment in document]


def _longest(plain: str) -> str:
    return max((stretch.strip() for stretch in _PLAIN.findall(plain)), key=len, default="")

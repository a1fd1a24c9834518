"""From an article's Markdown to safe HTML blocks.

Raw HTML is shown as text, never passed on. Links lead to http(s) addresses or to the newspaper's
own paths; anything else stays plain text.
"""

import re
from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from klarna_shop.shop.articles.model import Block

WORDS_PER_MINUTE = 210
TEASER_BLOCKS = 2

_MORE = "<!-- more -->"
_MORE_LINE = re.compile(r"^[ ]{0,3}<!--\s*more\s*-->[ \t]*$", re.MULTILINE | re.IGNORECASE)
_IMAGE = re.compile(r"!\[[^\]]*\]\(")
_WORD = re.compile(r"\w+(?:[-'’:.,]\w+)*")


def is_safe_link(address: str) -> bool:
    """Whether an article may link there: http(s) with a host, or a path of this site."""
    # Browsers read a backslash as a slash, which would turn "/\host" into another site.
    if "\\" in address or address[1:4].upper() == "%5C":
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.scheme:
        return parts.scheme.lower() in {"http", "https"} and bool(parts.netloc)
    return address.startswith("/") and not address.startswith("//")


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        return is_safe_link(url)


class _Renderer(RendererHTML):
    def link_open(
        self, tokens: Sequence[Token], index: int, options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        token = tokens[index]
        if not str(token.attrGet("href")).startswith("/"):
            token.attrSet("rel", "noopener noreferrer")
        return self.renderToken(tokens, index, options, env)


_markdown = _Markdown("commonmark", {"html": False}, renderer_cls=_Renderer).enable(
    ["table", "strikethrough"]
)


@dataclass(frozen=True, slots=True)
class Text:
    """An article's text in blocks, parted where the teaser ends."""

    teaser: tuple[Block, ...]
    rest: tuple[Block, ...]
    words: int

    @property
    def reading_minutes(self) -> int:
        """Whole minutes, at least one."""
        return max(1, ceil(self.words / WORDS_PER_MINUTE))


class TextProblem(ValueError):
    """The Markdown holds something an article cannot have: ``got`` and ``takes`` say what."""

    def __init__(self, got: str, takes: str) -> None:
        self.got = got
        self.takes = takes
        super().__init__(f"got {got}; takes {takes}")


def read_text(source: str) -> Text:
    """Render an article's Markdown.

    The teaser ends at a line ``<!-- more -->``, else after the first two blocks.

    Raises:
        TextProblem: no text, an image, a first-level heading, or a misplaced end of the teaser.
    """
    # On its own line the mark is its own paragraph, whether or not the author left lines empty around it.
    tokens = _markdown.parse(_MORE_LINE.sub(f"\n\n{_MORE}\n\n", source))
    blocks: list[Block] = []
    teaser_end: int | None = None
    words = 0
    for group in _top_level(tokens):
        if _is_more(group):
            if teaser_end is not None:
                raise TextProblem(f"{_MORE} twice", "one end of the teaser")
            teaser_end = len(blocks)
            continue
        _refuse_unsupported(group)
        anchor = f"p-{len(blocks) + 1}"
        group[0].attrSet("id", anchor)
        html = _markdown.renderer.render(group, _markdown.options, {}).strip()
        blocks.append(Block(anchor=anchor, tag=group[0].tag, html=html))
        words += sum(_count_words(token) for token in group)
    if not blocks:
        raise TextProblem("no text", "at least one paragraph")
    if teaser_end == 0:
        raise TextProblem(f"{_MORE} before the first paragraph", "a teaser of at least one paragraph")
    end = TEASER_BLOCKS if teaser_end is None else teaser_end
    return Text(teaser=tuple(blocks[:end]), rest=tuple(blocks[end:]), words=words)


def _top_level(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """The tokens of each top-level element in turn."""
    group: list[Token] = []
    for token in tokens:
        group.append(token)
        if token.level == 0 and token.nesting <= 0:
            yield group
            group = []


def _is_more(group: Sequence[Token]) -> bool:
    return len(group) == 3 and group[0].type == "paragraph_open" and group[1].content == _MORE


def _refuse_unsupported(group: Sequence[Token]) -> None:
    for token in group:
        if token.type == "heading_open" and token.tag == "h1":
            raise TextProblem("a heading of the first level", "## or ###; the title is the first level")
        for child in token.children or ():
            # An image whose address is no safe link has stayed text.
            if child.type == "image" or (child.type == "text" and _IMAGE.search(child.content)):
                raise TextProblem(
                    "an image in the text", "text; the picture goes into the field illustration"
                )


def _count_words(token: Token) -> int:
    if token.type == "inline":
        return sum(
            len(_WORD.findall(child.content))
            for child in token.children or ()
            if child.type in {"text", "code_inline"}
        )
    if token.type in {"fence", "code_block"}:
        return len(_WORD.findall(token.content))
    return 0

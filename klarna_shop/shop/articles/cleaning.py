"""Tokens of an article's Markdown without what readers must not see; all that goes is told to the author."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from klarna_shop.shop.articles.markdown import DEEPEST, LINK, PICTURE, TEMPLATE, UNSUPPORTED

MARKDOWN = "text and the Markdown of docs/articles.md"
_TAKES = {
    PICTURE: 'an image file beside the article, alone in its paragraph: ![description](file.jpg "caption")',
    LINK: "https://…, mailto:…, a path of this site such as /article/…, or #heading",
    TEMPLATE: f"{MARKDOWN}; a brace that is meant is written \\{{",
}
_MORE = re.compile(r"<!--\s*more\b", re.IGNORECASE)
_MORE_ALONE = re.compile(r"\s*<!--\s*more\s*-->\s*", re.IGNORECASE)
_TAG = re.compile(r"<\s*/?\s*([A-Za-z][\w.:-]*)")
_MEDIA_TAG = re.compile(r"<\s*(?:img|picture|svg|image|video|iframe)\b", re.IGNORECASE)
_OPAQUE = {
    "script",
    "style",
    "svg",
    "math",
    "template",
    "iframe",
    "object",
    "video",
    "audio",
    "noscript",
    "select",
}
"""Elements whose content is no text of the article."""
_ALONE_IN_BRACKETS = re.compile(r"\[\[?/?[A-Za-z][\w-]*\]?\]")
_LEFT_OVER = re.compile(
    r"(?P<opening>\{\{|\{%|<[A-Za-z][\w-]*\s+[\w:-]+\s*=)|(?P<closing>[>%-]?\}\}|%\})"
    r"|(?P<target>\]\]?\([^()\s]*\)?)|\[\^[^\]\s]+\]"
)
"""Halves of templates, of tags and of links; and marks of footnotes that do not exist."""
GIVEN_ID = re.compile(r"\{#([\w-]+)\s*\}")
"""An id that an author gives a heading."""
_DEFINITION = re.compile(r"\[[^\]\n]+\]:\s")
_CONTAINERS = {"list_item", "bullet_list", "ordered_list", "blockquote"}


class TextProblem(ValueError):
    """The Markdown cannot be an article: ``got`` and ``takes`` say what, ``line`` where (from 1)."""

    def __init__(self, got: str, takes: str, line: int = 0) -> None:
        self.got = got
        self.takes = takes
        self.line = line
        super().__init__(f"got {got}; takes {takes}")


@dataclass(frozen=True, slots=True)
class Omission:
    """Something that readers do not get: what it is, what the text takes instead, its line (from 1)."""

    got: str
    takes: str
    line: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in the text: its address and its size in pixels."""

    address: str
    width: int
    height: int


FindPicture = Callable[[str], Picture | str]
"""Return the picture of that file name beside the article, or in words why there is none."""


def is_more(token: Token) -> bool:
    """True for the mark that ends the teaser."""
    return token.type == "html_block" and _MORE_ALONE.fullmatch(token.content) is not None


def _take_more(words: Token, opening: Token) -> Token | None:
    """Take the end of the teaser from the end of a paragraph: it stands as well below it."""
    children = words.children or []
    if not children or words.level != 1 or opening.type != "paragraph_open":
        return None
    last = children[-1]
    if last.type != "html_inline" or _MORE_ALONE.fullmatch(last.content) is None:
        return None
    words.children = children[:-1]
    return Token("html_block", "", 0, content=last.content, map=words.map, block=True)


def is_safe_link(address: str) -> bool:
    """True if an article may link there: http(s) with a host, a path of this site, a heading, a mailbox."""
    # Browsers read a backslash as a slash, which would turn "/\host" into another site.
    if "\\" in address or "%5c" in address[1:4].lower():
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    scheme = parts.scheme.lower()
    if scheme in {"http", "https"}:
        return bool(parts.netloc)
    if scheme == "mailto":
        return re.fullmatch(r"[^@\s/]+@[^@\s/]+", unquote(parts.path)) is not None
    if scheme:
        return False
    return (address.startswith("/") and not address.startswith("//")) or bool(re.fullmatch(r"#.+", address))


class Cleaning:
    """One text's cleaning. ``omissions`` holds what went."""

    def __init__(self, find_picture: FindPicture) -> None:
        self._find_picture = find_picture
        self.omissions: list[Omission] = []

    def omit(self, what: str, line: int, takes: str = "") -> None:
        """Note that readers do not get this."""
        self.omissions.append(Omission(what, takes or _TAKES.get(what, MARKDOWN), line))

    def clean(self, tokens: Iterable[Token]) -> list[Token]:
        """Return the tokens of the whole text or of a footnote without what is not supported.

        Raises:
            TextProblem: the end of the teaser stands where it cannot.
        """
        cleaned: list[Token] = []
        more: Token | None = None
        for token in tokens:
            line = token.map[0] + 1 if token.map else 0
            if token.level >= DEEPEST - 1:
                raise TextProblem("lists or quotations too deep in each other", "a simpler text", line)
            if token.type == UNSUPPORTED:
                self.omit(token.info, line)
            elif token.type == "html_block":
                if not (is_more(token) and token.level == 0):
                    self._omit_html(token.content, line)
                else:
                    cleaned.append(token)
            elif token.type == "inline":
                more = _take_more(token, cleaned[-1])
                cleaned.append(self._inline(token, cleaned[-1], line))
            elif token.type == "paragraph_close" and more is not None:
                cleaned += [token, more]
                more = None
            else:
                if token.type == "heading_open" and token.tag == "h1":
                    self.omit("a heading of the first level", line, "## or ###; the title is the first level")
                if token.type in {"heading_open", "heading_close"} and token.tag == "h1":
                    token = replace(token, tag="h2")
                cleaned.append(token)
        return _without_empty(self._with_figures(cleaned))

    def _inline(self, token: Token, opening: Token, line: int) -> Token:
        paragraph = opening.type == "paragraph_open"
        if paragraph and _ALONE_IN_BRACKETS.fullmatch(token.content) and not _has_link(token):
            self.omit(TEMPLATE, line)
            return replace(token, children=[])
        if paragraph and _DEFINITION.match(token.content) and token.content[1] != "^":
            self.omit(LINK, line)
            return replace(token, children=[])
        return replace(token, children=self._children(token.children or [], line))

    def _children(self, children: list[Token], line: int) -> list[Token]:
        kept: list[Token] = []
        opaque = ""
        unlinked = ""
        for child in children:
            if opaque:
                if child.type == "html_inline" and child.content.lower().startswith(f"</{opaque}"):
                    opaque = ""
            elif child.type == "html_inline":
                opaque = self._tag(child, line, kept)
            elif unlinked == "auto" and child.type != "link_close":
                # Of an address in angle brackets the words are the address.
                pass
            elif child.type == "link_open" and not is_safe_link(str(child.attrGet("href") or "")):
                unlinked = child.info or "link"
                self.omit(LINK, line)
            elif child.type == "link_close" and unlinked:
                unlinked = ""
            elif (shown := self._child(child, line)) is not None:
                kept.append(shown)
            line += _line_ends(child)
        return kept

    def _tag(self, tag: Token, line: int, kept: list[Token]) -> str:
        """Take a tag out of a line; the name of the element where its content goes, too."""
        name = _tag_name(tag.content)
        if name == "br":
            kept.append(Token("hardbreak", "br", 0))
            return ""
        self._omit_html(tag.content, line)
        is_opening = not tag.content.startswith("</") and not tag.content.endswith("/>")
        return name if name in _OPAQUE and is_opening else ""

    def _child(self, child: Token, line: int) -> Token | None:
        match child.type:
            case "image":
                words = [_as_text(one) for one in child.children or ()]
                return replace(child, children=words, meta={**child.meta, "line": line})
            case "text_special":
                return _as_text(child)
            case "text":
                return replace(child, content=self._left_over(child.content, line))
            case _ if child.type == UNSUPPORTED and not GIVEN_ID.fullmatch(child.content):
                self.omit(child.info, line)
                return None
        return child

    def _left_over(self, text: str, line: int) -> str:
        """The text without what only programs read, which its other half would have told."""
        while found := _LEFT_OVER.search(text):
            start, end = found.span()
            if found["opening"]:
                end = len(text)
            elif found["closing"]:
                start = 0
            if found["target"]:
                self.omit(LINK, line)
            elif found["opening"] or found["closing"]:
                self.omit(TEMPLATE, line)
            else:
                self.omit("the mark of a footnote without its text", line, "[^1] and a line [^1]: …")
            text = text[:start] + text[end:]
        return text

    def _omit_html(self, source: str, line: int) -> None:
        """A comment is the author's own and goes without a word; the end of the teaser never does."""
        if _MORE.search(source):
            raise TextProblem("<!-- more --> that is not alone on its line", "the mark alone on a line", line)
        if source.lstrip().startswith("<!--"):
            if "-->" not in source:
                self.omit("a comment that is never closed", line, "<!-- … -->")
            return
        if _MEDIA_TAG.search(source):
            self.omit(PICTURE, line)
        elif name := _tag_name(source):
            if not source.lstrip().startswith("</"):
                self.omit(f"HTML (<{name}>)", line)
        else:
            self.omit("HTML", line)

    def _with_figures(self, tokens: list[Token]) -> list[Token]:
        """A paragraph of pictures alone becomes figures; a picture inside a sentence cannot be shown."""
        shown: list[Token] = []
        for token in tokens:
            images = [child for child in token.children or () if child.type == "image"]
            if token.type == "paragraph_close" and shown[-1].type == "figure":
                continue
            if not images:
                shown.append(token)
            elif shown[-1].type == "paragraph_open" and _is_empty(token):
                paragraph = shown.pop()
                figures = [self._figure(image, paragraph) for image in images]
                # Without any, the paragraph stays, as empty as it then is.
                shown += [one for one in figures if one is not None] or [
                    paragraph,
                    replace(token, children=[]),
                ]
            else:
                for image in images:
                    self.omit(PICTURE, image.meta["line"])
                words = [child for child in token.children or () if child.type != "image"]
                shown.append(replace(token, children=words))
        return shown

    def _figure(self, image: Token, paragraph: Token) -> Token | None:
        name = unquote(str(image.attrGet("src") or ""))
        found = self._find_picture(name)
        line = image.meta["line"]
        if isinstance(found, str):
            self.omit(found, line, _TAKES[PICTURE])
            return None
        alt = RendererHTML().renderInlineAsText(image.children or [], {}, {}).strip()  # type: ignore[arg-type]
        if not alt:
            self.omit("a picture without a description", line, _TAKES[PICTURE])
        token = Token("figure", "figure", 0, map=paragraph.map, level=paragraph.level, block=True)
        token.meta = {"picture": found, "alt": alt, "caption": str(image.attrGet("title") or "").strip()}
        return token


def _as_text(token: Token) -> Token:
    """An escaped character or an entity as the text that it stands for."""
    return replace(token, type="text") if token.type == "text_special" else token


def _tag_name(source: str) -> str:
    found = _TAG.search(source)
    return found[1].lower() if found else ""


def _has_link(token: Token) -> bool:
    return any(child.type == "link_open" for child in token.children or ())


def _is_blank(token: Token) -> bool:
    return token.type == "text" and not token.content.strip()


def _is_empty(token: Token) -> bool:
    """True without a word: breaks, pictures and ends of links alone."""
    nothing = {"softbreak", "hardbreak", "image", UNSUPPORTED}
    return all(one.type in nothing or one.nesting or _is_blank(one) for one in token.children or ())


def _line_ends(token: Token) -> int:
    return 1 if token.type in {"softbreak", "hardbreak"} else token.content.count("\n")


def _without_empty(tokens: list[Token]) -> list[Token]:
    """The tokens without paragraphs, headings, links and lists in which nothing is left."""
    kept: list[Token] = []
    for token in tokens:
        if token.type == "inline":
            token = replace(token, children=_without_empty_links(token.children or []))
        kept.append(token)
        name = token.type.removesuffix("_close")
        if token.nesting != -1:
            continue
        if name in {"paragraph", "heading"} and kept[-2].type == "inline" and _is_empty(kept[-2]):
            del kept[-3:]
        elif name in _CONTAINERS and kept[-2].type == f"{name}_open":
            del kept[-2:]
    return kept


def _without_empty_links(children: list[Token]) -> list[Token]:
    kept: list[Token] = []
    for child in children:
        if child.type == "link_close":
            place = max((at for at, one in enumerate(kept) if one.type == "link_open"), default=-1)
            if place >= 0 and _is_empty(Token("inline", "", 0, children=kept[place + 1 :])):
                del kept[place:]
                continue
        kept.append(child)
    return kept

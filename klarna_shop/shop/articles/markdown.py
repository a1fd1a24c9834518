"""The Markdown that articles are written in: CommonMark with tables, footnotes and struck-out text.

What belongs to other programs (shortcodes, templates, MDX, pictures and links that are none) becomes a token
of the type ``UNSUPPORTED``, so that it can be told to the author and never reaches a reader.
Code is left alone: there, such signs are what the author wants to show.
"""

from __future__ import annotations

import re
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock, html_block
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

UNSUPPORTED: Final = "unsupported"
"""Type of a token without content; its ``info`` says in words what stood there."""
DEEPEST: Final = 60
"""Levels of nesting (a list in a list has two) that are read."""

LONGEST_TARGET: Final = 2000
"""Characters of a link's address and title."""

TEMPLATE = "a template or shortcode"
MDX = "MDX"
CONTAINER = "a container (:::)"
PICTURE = "a picture that is not beside the article"
LINK = "a link whose address is no address"

_BRACES = re.compile(
    r"\{\{+.{0,2000}?\}\}+|\{%.{0,2000}?%\}|\{/\*.{0,2000}?\*/\}|\{#.{0,2000}?#\}|\{[^{}\n]*(?:\{[^{}]*\}[^{}\n]*)*\}",
    re.DOTALL,
)
_ATTRIBUTES = r"""(?:\s+[\w-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s\]"']+))+"""
_BRACKETS = re.compile(rf"\[/[A-Za-z][\w-]*\]|\[[A-Za-z][\w-]*{_ATTRIBUTES}\s*/?\]")
_OPENING = re.compile(r"\[([A-Za-z][\w-]*)\]")
_COMPONENT = re.compile(
    r"""</?[A-Za-z][\w.:-]*(?:"[^"]*"|'[^']*'|\{(?:[^{}]|\{[^{}]*\})*\}|[^<>"'{}])*>|</?>""", re.DOTALL
)
_MODULE = re.compile(
    r"""import\s+(?:[\w*{][^'"\n]*\sfrom\s+)?['"][^'"\n]+['"];?\s*$|export\s+(?:const|let|var|default|function|async)\s"""
)
_NO_TEXT = re.compile(r"<(?:(?:script|style|pre|textarea)\b|[!?])", re.IGNORECASE)
_CODE_TAG = re.compile(
    r"\{(?:%-?|\{[<%])\s*(highlight|codeblock|code|prism|mermaid|comment)\b[^\n]*?(?:-?%\}|[>%]\}\})[ \t]*$"
)


def _braces(state: StateInline, silent: bool) -> bool:
    return state.src[state.pos] == "{" and _take(state, silent, _BRACES, TEMPLATE)


def _brackets(state: StateInline, silent: bool) -> bool:
    """Shortcodes in brackets. A single word in brackets is one only if it is closed later: [sic] is prose."""
    if state.src[state.pos] != "[":
        return False
    if _take(state, silent, _BRACKETS, TEMPLATE):
        return True
    opening = _OPENING.match(state.src, state.pos, state.posMax)
    closing = f"[/{opening[1]}]" if opening else ""
    if opening is None or closing not in state.env.get("source", state.src):
        return False
    end = state.src.find(closing, opening.end(), state.posMax)
    inside = state.src[opening.end() : end] if end >= 0 else " "
    # A single word between the two is a number or an address for the program that knows them.
    return _push(state, silent, TEMPLATE, opening.end() if re.search(r"\s", inside) else end + len(closing))


def _component(state: StateInline, silent: bool) -> bool:
    return state.src[state.pos] == "<" and _take(state, silent, _COMPONENT, MDX)


def _picture(state: StateInline, silent: bool) -> bool:
    """A picture that the parser does not take for one: blanks in its address, or no definition."""
    if not state.src.startswith("![", state.pos):
        return False
    end = state.md.helpers.parseLinkLabel(state, state.pos + 1, False)
    if end < 0:
        return False
    after = _target_end(state, end + 1)
    in_word = state.pos > 0 and state.src[state.pos - 1].isalnum()
    if after == end + 1 and in_word:
        return False
    return _push(state, silent, PICTURE, after)


def _link(state: StateInline, silent: bool) -> bool:
    """A link that the parser does not take for one: its words stay, its address goes."""
    if state.src[state.pos] != "[" or (state.pos > 0 and re.match(r"[\w\])]", state.src[state.pos - 1])):
        return False
    end = state.md.helpers.parseLinkLabel(state, state.pos, True)
    if end < 0:
        return False
    after = _target_end(state, end + 1)
    if after == end + 1:
        return False
    if not silent:
        start, maximum = state.pos + 1, state.posMax
        state.pos, state.posMax = start, end
        state.md.inline.tokenize(state)
        state.posMax = maximum
        _push(state, False, LINK, after)
    state.pos = after
    return True


def _target_end(state: StateInline, start: int) -> int:
    """The place after a link's ``(…)`` or ``[…]`` that begins at ``start``; ``start`` itself without one."""
    source, maximum = state.src, min(state.posMax, start + LONGEST_TARGET)
    if start >= maximum or source[start] not in "([":
        return start
    opening, closing = ("(", ")") if source[start] == "(" else ("[", "]")
    depth = 0
    for place in range(start, maximum):
        if source[place] == "\\":
            continue
        if source[place] == opening:
            depth += 1
        elif source[place] == closing:
            depth -= 1
            if depth == 0:
                return place + 1
    return start


def _take(state: StateInline, silent: bool, pattern: re.Pattern[str], what: str) -> bool:
    found = pattern.match(state.src, state.pos, state.posMax)
    return found is not None and _push(state, silent, what, found.end())


def _push(state: StateInline, silent: bool, what: str, end: int) -> bool:
    if not silent:
        token = state.push(UNSUPPORTED, "", 0)
        token.info, token.content = what, state.src[state.pos : end]
    state.pos = end
    return True


def _html(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """HTML that is no text in any case: comments, scripts, styles.

    Any other tag is one in a line of text, so that the text around it is read as the Markdown it is.
    """
    return _NO_TEXT.match(_line(state, start)) is not None and html_block(state, start, end, silent)


def _container(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    if state.is_code_block(start) or not _line(state, start).startswith(":::"):
        return False
    if not silent:
        _push_block(state, CONTAINER, start, start + 1)
    return True


def _module(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """MDX's imports and exports: they go to the next empty line."""
    if silent or state.is_code_block(start) or _MODULE.match(_line(state, start)) is None:
        return False
    after = start + 1
    while after < end and not state.isEmpty(after):
        after += 1
    _push_block(state, MDX, start, after)
    return True


def _code_tag(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A template's block of code: shown as code, since its lines are no Markdown."""
    opening = None if state.is_code_block(start) else _CODE_TAG.match(_line(state, start))
    if opening is None:
        return False
    closing = re.compile(rf"\{{(?:%-?|\{{[<%])\s*(?:end|/\s*){opening[1]}\b")
    after = next((line for line in range(start + 1, end) if closing.match(_line(state, line))), None)
    if after is None:
        return False
    if silent:
        return True
    _push_block(state, TEMPLATE, start, after + 1)
    if opening[1] != "comment":
        token = state.push("fence", "code", 0)
        token.content = state.getLines(start + 1, after, state.sCount[start], True)
        token.map = [start, after + 1]
    return True


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def _push_block(state: StateBlock, what: str, start: int, end: int) -> None:
    token = state.push(UNSUPPORTED, "", 0)
    token.info, token.map, token.block = what, [start, end], True
    state.line = end


class _Markdown(MarkdownIt):
    def validateLink(self, _url: str) -> bool:  # noqa: N802 - the library's name
        # Every address is looked at once all is read: what may not be a link must not be shown as source.
        return True


def _parser() -> MarkdownIt:
    parser = _Markdown("commonmark", {"html": True, "maxNesting": DEEPEST})
    parser.enable(["table", "strikethrough"])
    parser.use(footnote_plugin, move_to_end=False)
    # What was escaped is told from what was not until all is looked through.
    parser.disable("text_join")
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.at("html_block", _html, {"alt": ["paragraph", "reference", "blockquote"]})
    parser.block.ruler.before("fence", "code_tag", _code_tag, interrupts)
    parser.block.ruler.before("fence", "container", _container, interrupts)
    parser.block.ruler.before("reference", "module", _module)
    parser.inline.ruler.before("link", "braces", _braces)
    parser.inline.ruler.before("html_inline", "unread_picture", _picture)
    parser.inline.ruler.before("html_inline", "brackets", _brackets)
    parser.inline.ruler.before("html_inline", "unread_link", _link)
    parser.inline.ruler.after("html_inline", "component", _component)
    return parser


_PARSER = _parser()
OPTIONS: Final = _PARSER.options


def parse(source: str) -> tuple[list[Token], dict[str, Any]]:
    """Return the tokens of a text, and what the parser notes beside them (footnotes)."""
    environment: dict[str, Any] = {"source": source}
    return _PARSER.parse(source, environment), environment

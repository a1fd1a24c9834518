"""Cleaned tokens of an article as HTML that is safe to show as it is."""

import re
from collections.abc import MutableMapping, Sequence
from dataclasses import replace
from html import escape
from typing import Any

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from klarna_shop.shop.articles.cleaning import Picture
from klarna_shop.shop.articles.markdown import OPTIONS

PANORAMA = 2
"""From this width a height on, a picture takes more room than the column of text has."""

_TASK = re.compile(r"\[([ xX])\]\s+")


def render(tokens: Sequence[Token], walled_marks: frozenset[int]) -> str:
    """Return the HTML. Marks of footnotes in ``walled_marks`` are no links: their text may not be there."""
    for place, token in enumerate(tokens):
        if token.type in {"th_open", "td_open"} and (style := token.attrs.pop("style", None)):
            # A class needs no inline style, which the page's security policy would refuse.
            token.attrSet("class", f"prose__{str(style).rpartition(':')[2].strip()}")
        elif token.type == "inline" and place > 1 and tokens[place - 2].type == "list_item_open":
            _tick(tokens[place - 2], token)
    return _renderer.render(tokens, OPTIONS, {"walled_marks": walled_marks}).strip()


def _tick(item: Token, words: Token) -> None:
    """Make the tick box of a task a sign, which can be printed and read aloud."""
    first = words.children[0] if words.children else None
    task = _TASK.match(first.content) if first is not None and first.type == "text" else None
    if words.children and first is not None and task is not None:
        item.attrSet("class", "prose__task")
        sign = "☐" if task[1] == " " else "☑"
        words.children[0] = replace(first, content=f"{sign} {first.content[task.end() :]}")


class _Renderer(RendererHTML):
    def link_open(
        self, tokens: Sequence[Token], index: int, options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        token = tokens[index]
        if str(token.attrGet("href"))[:1] not in {"/", "#"}:
            token.attrSet("rel", "noopener noreferrer")
        return self.renderToken(tokens, index, options, env)

    def heading_open(
        self, tokens: Sequence[Token], index: int, options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        anchor = tokens[index].meta.get("anchor", "")
        return f'{self.renderToken(tokens, index, options, env)}<span id="{escape(anchor)}"></span>'

    def fence(
        self, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: MutableMapping[str, Any]
    ) -> str:
        # A keyboard scrolls what has the focus.
        return f'<pre{_id(tokens[index])} tabindex="0"><code>{escape(tokens[index].content)}</code></pre>\n'

    def code_block(
        self, tokens: Sequence[Token], index: int, options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        return self.fence(tokens, index, options, env)

    def table_open(
        self, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: MutableMapping[str, Any]
    ) -> str:
        return f'<div{_id(tokens[index])} class="prose__scroll" tabindex="0"><table>\n'

    def table_close(self, *_: object) -> str:
        return "</table></div>\n"

    def figure(
        self, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: MutableMapping[str, Any]
    ) -> str:
        token = tokens[index]
        picture: Picture = token.meta["picture"]
        wide = ' class="prose__wide"' if picture.width >= PANORAMA * picture.height else ""
        caption = f"<figcaption>{escape(token.meta['caption'])}</figcaption>" if token.meta["caption"] else ""
        return (
            f"<figure{_id(token)}{wide}>"
            f'<img src="{escape(picture.address)}" alt="{escape(token.meta["alt"])}"'
            f' width="{picture.width}" height="{picture.height}" loading="lazy" decoding="async">'
            f"{caption}</figure>\n"
        )

    def footnote_ref(
        self, tokens: Sequence[Token], index: int, _options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        number = tokens[index].meta["id"] + 1
        repeated = tokens[index].meta.get("subId", 0)
        own = f"fnref-{number}-{repeated}" if repeated else f"fnref-{number}"
        if number in env["walled_marks"]:
            return f'<sup id="{own}">{number}</sup>'
        return f'<sup id="{own}"><a href="#fn-{number}" role="doc-noteref">{number}</a></sup>'

    def unsupported(self, *_: object) -> str:
        return ""


_renderer = _Renderer()


def _id(token: Token) -> str:
    own = token.attrGet("id")
    return f' id="{own}"' if own else ""

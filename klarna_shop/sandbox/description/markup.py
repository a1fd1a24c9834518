"""Small pieces of HTML of which the page is made. What comes in is text; what goes out is HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from klarna_shop.sandbox.provenance import Provenance

_CODE = re.compile(r"`([^`]+)`")
_BETWEEN_WORDS = re.compile(r"([/_.?])")


def prose(text: str) -> str:
    """A sentence, with what stands in backticks as code."""
    return _CODE.sub(r"<code>\1</code>", escape(text))


def code(text: str) -> str:
    """A name or a path, which may break where its words end."""
    breaking = _BETWEEN_WORDS.sub(r"\1<wbr>", escape(text))
    return f"<code>{breaking}</code>"


def badge(provenance: str, about: str = "") -> str:
    """A mark of provenance; `about` says of what, where it is not the whole row's."""
    mark = Provenance(provenance)
    lead = f"{escape(about)} " if about else ""
    return f'<span class="mark {mark.value}">{lead}{mark.value}</span>'


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table that scrolls inside its own box; cells are HTML, the first of each row is its head."""
    label = escape(caption.replace("`", ""), quote=True)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'
        for first, *rest in rows
    )
    return (
        f'<div class="scroll" role="region" aria-label="{label}" tabindex="0"><table>'
        f"<caption>{prose(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
        "</table></div>"
    )


def anchor(text: str) -> str:
    """An id for a heading."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")

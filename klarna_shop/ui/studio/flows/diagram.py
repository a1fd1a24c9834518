"""The sequence diagram as SVG. Colours come from the stylesheet; the list beside it is the same in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from klarna_shop.shop.flows.sequence import Lane, Message

WIDTH = 980
HEAD = 44
ROW = 40
LONGEST_LABEL = 44
"""Characters; the whole label is the arrow's title."""
_LANES = {Lane.KLARNA: 80, Lane.BROWSER: 300, Lane.SHOP: 560, Lane.PAYWAY: 900}
"""Where each stands. The longest labels are those of calls to Payway."""
_SHORT = (("/klarna_payments/", "/…/"), ("/api/authorization/", "/…/"))
"""Whose call it is, is what an address ends with."""


def sequence_svg(messages: Sequence[Message], purchase_id: str) -> str:
    """The whole picture, with a title and a description for whoever does not see it."""
    height = HEAD + ROW * (len(messages) + 1)
    failed = sum(message.failed for message in messages)
    said = f"{len(messages)} messages between {', '.join(_LANES)}; {failed} tell of a failure."
    parts = [
        f'<svg class="sequence" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img"'
        ' aria-labelledby="sequence-title sequence-description">',
        f'<title id="sequence-title">Sequence of purchase {escape(purchase_id[:8])}</title>',
        f'<desc id="sequence-description">{escape(said)} The list has the same in words.</desc>',
        "<defs>",
        *(_marker(name) for name in ("sequence-arrow", "sequence-arrow-failed")),
        "</defs>",
        *_lifelines(height),
        *(part for number, message in enumerate(messages) for part in _arrow(number, message)),
        "</svg>",
    ]
    return "".join(parts)


def _marker(name: str) -> str:
    return (
        f'<marker id="{name}" class="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8"'
        ' markerHeight="8" orient="auto-start-reverse"><path d="M0 0L8 4L0 8z"/></marker>'
    )


def _lifelines(height: int) -> Iterator[str]:
    for lane, x in _LANES.items():
        yield f'<text class="sequence__lane" x="{x}" y="20" text-anchor="middle">{lane.value}</text>'
        yield f'<line class="sequence__life" x1="{x}" x2="{x}" y1="30" y2="{height - 8}"/>'


def _arrow(number: int, message: Message) -> Iterator[str]:
    y = HEAD + ROW * (number + 1) - 10
    kind = "sequence__message" + (" sequence__message--answer" if message.answer else "")
    kind += " sequence__message--failed" if message.failed else ""
    begin, end = _LANES[message.sender], _LANES[message.receiver]
    yield f'<g class="{kind}"><title>{escape(message.label)}</title>'
    if message.sender is message.receiver:
        yield _note(begin, y, message.label)
    else:
        marker = "sequence-arrow-failed" if message.failed else "sequence-arrow"
        yield f'<line x1="{begin}" x2="{end}" y1="{y}" y2="{y}" marker-end="url(#{marker})"/>'
        label = escape(_short(message.label))
        yield f'<text x="{(begin + end) // 2}" y="{y - 7}" text-anchor="middle">{label}</text>'
    yield "</g>"


def _note(x: int, y: int, label: str) -> str:
    width = 7 * len(_short(label)) + 20
    return (
        f'<rect x="{x - width // 2}" y="{y - 20}" width="{width}" height="26" rx="3"/>'
        f'<text x="{x}" y="{y - 3}" text-anchor="middle">{escape(_short(label))}</text>'
    )


def _short(label: str) -> str:
    for whole, short in _SHORT:
        label = label.replace(whole, short)
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"

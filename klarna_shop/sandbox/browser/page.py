"""The frame of the sandbox's own small pages: no script, one style, a label that says what this is."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Literal

from starlette.responses import HTMLResponse

Language = Literal["sv", "en"]
_LABELS: dict[Language, str] = {
    "sv": "Demo – ingen betalning sker",
    "en": "Demo – no payment takes place",
}


@dataclass(frozen=True)
class Style:
    """A page's one stylesheet, written into the page and allowed there by its hash."""

    css: str

    @cached_property
    def headers(self) -> dict[str, str]:
        """The headers of a page with this style, which may load nothing and run nothing."""
        digest = base64.b64encode(hashlib.sha256(self.css.encode()).digest()).decode()
        policy = (
            f"default-src 'none'; style-src 'sha256-{digest}'; "
            "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
        )
        return {
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": policy,
        }


SMALL = Style(
    "body{margin:0;font:1.125rem/1.6 system-ui,sans-serif;color:#17212b;background:#f6f4ef}"
    "main{max-width:34rem;margin:0 auto;padding:4rem 1.5rem}"
    "h1{font-size:1.5rem;margin:0 0 1rem}h2{font-size:1.125rem;margin:0}"
    ".label{display:inline-block;margin:0 0 1.5rem;padding:.2rem .7rem;border:1px solid #17212b}"
    "label{display:block}input,button{font:inherit;padding:.5rem .8rem;margin:.2rem 0 1rem;max-width:100%}"
    "article{margin:2rem 0;padding:1rem 1.25rem;background:#fff;overflow-wrap:anywhere}"
    "article p{white-space:pre-line}a{color:#0b4f8a}[role=alert]{color:#9a1b1b}"
)


def language_of(tag: str | None) -> Language:
    """The page's language for a browser's: Swedish, or English for everything else that is given."""
    return "sv" if not tag or tag.lower().startswith("sv") else "en"


def page(
    language: Language, title: str, body: str, *, head: str = "", status: int = 200, style: Style = SMALL
) -> HTMLResponse:
    """A page; `body` and `head` are HTML, `title` is text."""
    heading = escape(title)
    return HTMLResponse(
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{heading}</title>{head}<style>{style.css}</style></head>"
        f'<body><main><p class="label">{_LABELS[language]}</p><h1>{heading}</h1>{body}</main></body></html>',
        status,
        style.headers,
    )

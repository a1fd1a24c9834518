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
    def source(self) -> str:
        """The style as a Content-Security-Policy names it."""
        return f"'sha256-{base64.b64encode(hashlib.sha256(self.css.encode()).digest()).decode()}'"

    def headers(self, leads_to: str = "") -> dict[str, str]:
        """The headers of a page with this style, which may load nothing and run nothing.

        `leads_to` is another origin to which the answer to a form of the page may redirect: browsers apply
        `form-action` to the redirects after a submission, too.
        """
        form_action = f"'self' {leads_to}".rstrip()
        policy = (
            f"default-src 'none'; style-src {self.source}; base-uri 'none'; "
            f"form-action {form_action}; frame-ancestors 'self'"
        )
        return {
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": policy,
        }


SMALL = Style(
    ":root{color-scheme:light dark;--ink:#17212b;--soft:#4d5963;--paper:#f6f4ef;--sheet:#fff;--rule:#c9c6bd;"
    "--link:#0b4f8a;--action:#17212b;--on-action:#fff;--error:#9a1b1b;--error-tint:#fbe9e6}"
    "@media(prefers-color-scheme:dark){:root{--ink:#ebe9e3;--soft:#adb5ba;--paper:#14181b;--sheet:#1d2327;"
    "--rule:#454e55;--link:#a8cfe9;--action:#a8cfe9;--on-action:#0d1b26;--error:#f7a598;--error-tint:#381b17}}"
    "*{box-sizing:border-box}"
    "body{margin:0;font:1.0625rem/1.55 system-ui,sans-serif;color:var(--ink);background:var(--paper)}"
    "main{max-width:32rem;margin:0 auto;padding:clamp(1.5rem,6vw,4rem) 1.25rem}"
    "h1{font-size:1.5rem;line-height:1.25;margin:0 0 1rem}h2{font-size:1.125rem;margin:2.25rem 0 .5rem}"
    "p{margin:0 0 1rem}a{color:var(--link)}"
    ".label{display:inline-block;margin:0 0 1.5rem;padding:.2rem .7rem;border:1px solid;font-size:.9375rem}"
    "label{display:block;font-weight:600;font-size:.9375rem}"
    "input,button,.button{font:inherit;min-height:2.75rem;padding:.5rem .8rem;border-radius:3px}"
    "input{width:100%;margin:.25rem 0 1rem;color:inherit;background:var(--sheet);"
    "border:1px solid var(--soft)}"
    "button,.button{display:inline-block;border:1px solid var(--action);background:var(--action);"
    "color:var(--on-action);font-weight:600;text-decoration:none;cursor:pointer}"
    ".button{width:100%;text-align:center}form>button{width:100%}"
    ".quiet{border-color:var(--soft);background:none;color:inherit;font-weight:400}"
    "ul{list-style:none;margin:.75rem 0 0;padding:0;border-bottom:1px solid var(--rule)}"
    "li button{display:block;width:100%;text-align:start;padding:.7rem .25rem;border:0;border-radius:0;"
    "border-top:1px solid var(--rule);background:none;color:inherit}"
    "li button:hover{background:var(--sheet)}"
    "li span{display:block;font-weight:400;font-size:.9375rem;color:var(--soft)}"
    ":focus-visible{outline:3px solid var(--link);outline-offset:2px}"
    ".hint{color:var(--soft);font-size:.9375rem}.way-out{margin-top:2rem}"
    "article{margin:2rem 0;padding:1rem 1.25rem;background:var(--sheet);overflow-wrap:anywhere}"
    "article h2{margin:0}article p{white-space:pre-line}"
    "[role=alert]{padding:.75rem 1rem;border-inline-start:4px solid;color:var(--error);"
    "background:var(--error-tint)}"
)


def language_of(tag: str | None) -> Language:
    """The page's language for a browser's: Swedish, or English for everything else that is given."""
    return "sv" if not tag or tag.lower().startswith("sv") else "en"


def page(
    language: Language,
    title: str,
    body: str,
    *,
    head: str = "",
    status: int = 200,
    style: Style = SMALL,
    label: str = "",
    leads_to: str = "",
) -> HTMLResponse:
    """A page; `body` and `head` are HTML, `title` and `label` are text, `leads_to` as in `Style.headers`."""
    heading = escape(title)
    return HTMLResponse(
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{heading}</title>{head}<style>{style.css}</style></head>"
        f'<body><main><p class="label">{escape(label or _LABELS[language])}</p>'
        f"<h1>{heading}</h1>{body}</main></body></html>",
        status,
        style.headers(leads_to),
    )

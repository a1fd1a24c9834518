"""Offers a page in the language that its reader's browser prefers; nobody is sent there by guess.

The offer is in every page, once for each other language, and hidden. A script in the head shows the one that
fits before anything is drawn, so that nothing is pushed down later, and hears which language is chosen:
whoever has followed the offer, declined it or used the switch is not asked again.
"""

from __future__ import annotations

import json

import reflex as rx

from klarna_shop.ui.frame.browser_facts import address_query
from klarna_shop.ui.languages import address, languages, text

KEY = "language"
"""Where `localStorage` keeps the choice."""


def shown_before_paint() -> str:
    """For the head of every page. In a preview nothing is offered."""
    return (
        f"(()=>{{try{{if(/[?&]preview=/.test(location.search)||localStorage.{KEY})return;"
        f"const known={json.dumps(languages())},"
        'wanted=navigator.languages.map((one)=>one.split("-")[0]).find((one)=>known.includes(one));'
        "if(!wanted)return;const sheet=new CSSStyleSheet();"
        """sheet.replaceSync('@media screen{.language-offer[data-language="'+wanted+'"]{display:block}}');"""
        "document.adoptedStyleSheets=[sheet];"
        'addEventListener("click",(event)=>{const chosen=event.target.closest?.("a[data-language],'
        'button[data-language]");if(!chosen)return;'
        f"localStorage.{KEY}=chosen.dataset.language;sheet.replaceSync('')}},true)}}catch{{}}}})()"
    )


def language_offers(language: str, path: str) -> rx.Component:
    """The same page in each other language, in that language's words."""
    return rx.fragment(*(_offer(language, other, path) for other in languages() if other != language))


def _offer(language: str, other: str, path: str) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.a(
                text(other, "frame.language_offer_follow"),
                href=rx.Var.create(address(other, path)) + address_query(),
                class_name="link language-offer__follow",
                custom_attrs={"data-language": other, "hrefLang": other},
            ),
            rx.el.button(
                text(other, "frame.language_offer_decline"),
                type="button",
                class_name="link language-offer__decline",
                custom_attrs={"data-language": language},
            ),
            class_name="sheet__inner language-offer__inner",
        ),
        lang=other,
        aria_label=text(other, "frame.language_offer_label"),
        class_name="language-offer",
        custom_attrs={"data-language": other, "data-testid": "language-offer"},
    )

"""The same page in another language: a switch in every masthead, and an offer to whoever may want it.

Nobody is sent anywhere by guess. The offer is in every page, once for each other language, and hidden; a
script in the head shows the one that the browser prefers before anything is drawn, so that nothing is pushed
down later. Whoever has used the switch, followed the offer or declined it has chosen and is not asked again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import reflex as rx

from klarna_shop.ui.languages import address, languages, text

KEY = "language"
"""Where `localStorage` keeps the choice."""


def language_script() -> str:
    """For the head of every page: shows the offer, keeps the place and the choice. Previews offer nothing."""
    shown = """'@media screen{.language-offer[data-language="'+wanted+'"]{display:block}}'"""
    return (
        "(()=>{let sheet;const preview=/[?&]preview=/.test(location.search),"
        'chosen=(event)=>event.target.closest?.("a[data-language],button[data-language]"),'
        # Before a link can be followed, opened elsewhere or copied.
        "place=(event)=>{const link=chosen(event);"
        "if(link?.href){link.search=location.search;link.hash=location.hash}};"
        'for(const name of["pointerdown","focusin","contextmenu","click"])addEventListener(name,place,true);'
        'addEventListener("click",(event)=>{const choice=chosen(event);if(!choice||preview)return;'
        f"try{{localStorage.setItem('{KEY}',choice.dataset.language)}}catch{{}}sheet?.replaceSync('')}},true);"
        f"try{{if(preview||localStorage.getItem('{KEY}'))return;const known={json.dumps(languages())},"
        'wanted=navigator.languages.map((one)=>one.split("-")[0]).find((one)=>known.includes(one));'
        "if(!wanted)return;sheet=new CSSStyleSheet();"
        f"sheet.replaceSync({shown});document.adoptedStyleSheets=[sheet]"
        "}catch{}})()"
    )


def language_switches(language: str, path: str, written: Sequence[str]) -> rx.Component:
    """A link to the same page in every other language in which it is `written`."""
    return rx.fragment(
        *(
            rx.el.a(
                text(other, "frame.language_name"),
                href=address(other, path),
                lang=other,
                class_name="masthead__action",
                custom_attrs={"data-testid": "language-switch", "data-language": other, "hrefLang": other},
            )
            for other in written
            if other != language
        )
    )


def language_offers(language: str, path: str, written: Sequence[str]) -> rx.Component:
    """The same page in each other language in which it is `written`, in that language's words."""
    return rx.fragment(*(_offer(language, other, path) for other in written if other != language))


def _offer(language: str, other: str, path: str) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.a(
                text(other, "frame.language_offer_follow"),
                href=address(other, path),
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

"""The same page in another language: a switch in every masthead, and an offer to whoever may want it.

Nobody is sent anywhere by guess. The offer is in every page, once for each other language, and hidden; a
script in the head shows the one that the browser prefers before anything is drawn, so that nothing is pushed
down later. Whoever has used the switch, followed the offer or declined it has chosen and is not asked again.
"""

from __future__ import annotations

import json

import reflex as rx

from klarna_shop.ui.languages import address, languages, text

KEY = "language"
"""Where `localStorage` keeps the choice."""


def language_script() -> str:
    """For the head of every page: shows the offer, keeps the place and the choice. Previews offer nothing."""
    shown = """'@media screen{.language-offer[data-language="'+wanted+'"]{display:block}}'"""
    return (
        "(()=>{const sheet=new CSSStyleSheet();"
        "try{"
        f"const known={json.dumps(languages())},"
        'wanted=navigator.languages.map((one)=>one.split("-")[0]).find((one)=>known.includes(one));'
        f"if(wanted&&!localStorage.{KEY}&&!/[?&]preview=/.test(location.search))sheet.replaceSync({shown})"
        "}catch{}"
        "document.adoptedStyleSheets=[sheet];"
        "const choose=(event)=>{"
        'const chosen=event.target.closest?.("a[data-language],button[data-language]");if(!chosen)return;'
        "if(chosen.href){chosen.search=location.search;chosen.hash=location.hash}"
        f'try{{localStorage.{KEY}=chosen.dataset.language}}catch{{}}sheet.replaceSync("")}};'
        'addEventListener("click",choose,true);addEventListener("auxclick",choose,true)})()'
    )


def language_switches(language: str, path: str) -> rx.Component:
    """A link to the same page in every other language."""
    return rx.fragment(
        *(
            rx.el.a(
                text(other, "frame.language_name"),
                href=address(other, path),
                lang=other,
                class_name="masthead__action",
                custom_attrs={"data-testid": "language-switch", "data-language": other, "hrefLang": other},
            )
            for other in _others(language)
        )
    )


def language_offers(language: str, path: str) -> rx.Component:
    """The same page in each other language, in that language's words."""
    return rx.fragment(*(_offer(language, other, path) for other in _others(language)))


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


def _others(language: str) -> list[str]:
    return [other for other in languages() if other != language]

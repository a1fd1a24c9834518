"""The question, as a strip that covers nothing, and as a choice that stands on the privacy page.

The strip is in every page and hidden by the style sheet unless `<html>` says that nobody has answered, so
that it neither flashes nor pushes anything down once the page is there.
"""

from __future__ import annotations

import reflex as rx
from reflex.event import EventCallback

from klarna_shop.ui.consent.remembering import FORGET, FROM_COOKIE, remember
from klarna_shop.ui.consent.state import PRIVACY, ConsentState
from klarna_shop.ui.languages import address, text

REMEMBERED_BEFORE_PAINT = FROM_COOKIE
CHOICE_ID = "measuring"


def consent_strip(language: str) -> rx.Component:
    """The question on top of a page."""
    return rx.el.section(
        rx.el.div(
            rx.el.p(
                rx.el.strong(text(language, "consent.question")),
                " ",
                text(language, "consent.what"),
                " ",
                rx.el.a(
                    text(language, "consent.more"),
                    href=f"{address(language, PRIVACY)}#{CHOICE_ID}",
                    class_name="link",
                ),
                class_name="consent__words",
            ),
            _buttons(language),
            class_name="sheet__inner consent__inner",
        ),
        _correction(),
        aria_label=text(language, "consent.label"),
        class_name="consent",
    )


def _correction() -> rx.Component:
    """Makes the page remember what the database says. No handler may send the browser a script to run."""
    return rx.match(
        ConsentState.correction,
        ("accepted", rx.el.span(on_mount=rx.run_script(remember("accepted")))),
        ("rejected", rx.el.span(on_mount=rx.run_script(remember("rejected")))),
        ("unasked", rx.el.span(on_mount=rx.run_script(FORGET))),
        rx.fragment(),
    )


def consent_choice(language: str) -> rx.Component:
    """The same question where it can always be answered anew, with the answer that stands."""
    return rx.el.section(
        rx.el.h2(text(language, "consent.label")),
        rx.el.p(text(language, "consent.what")),
        rx.el.p(
            rx.match(
                ConsentState.answer,
                ("accepted", text(language, "consent.accepted")),
                ("rejected", text(language, "consent.rejected")),
                text(language, "consent.unanswered"),
            ),
            role="status",
        ),
        _buttons(language),
        id=CHOICE_ID,
        class_name="stack consent-choice",
    )


def _buttons(language: str) -> rx.Component:
    return rx.el.div(
        _button(text(language, "consent.reject"), "reject", "rejected", ConsentState.reject),
        _button(text(language, "consent.accept"), "accept", "accepted", ConsentState.accept),
        class_name="button-row consent__buttons",
    )


def _button(words: str, name: str, answer: str, event: EventCallback[()]) -> rx.Component:
    """Yes and no look alike: neither is the easier answer."""
    return rx.el.button(
        words,
        type="button",
        on_click=[rx.run_script(remember(answer)), event],
        class_name="button button--secondary",
        custom_attrs={"data-testid": f"consent-{name}"},
    )

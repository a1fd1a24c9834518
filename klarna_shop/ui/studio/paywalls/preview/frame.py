"""The frame with the live page, and its switches."""

from __future__ import annotations

import reflex as rx

from klarna_shop.shop.articles import ArticleKind
from klarna_shop.shop.paywalls.document import AccessModel, Device
from klarna_shop.shop.paywalls.palette import Appearance
from klarna_shop.ui.languages import languages
from klarna_shop.ui.studio.paywalls.browser import live_frame
from klarna_shop.ui.studio.paywalls.editor.state import EditorState
from klarna_shop.ui.studio.paywalls.editor.words import language_name
from klarna_shop.ui.studio.paywalls.preview.state import KINDS, PaywallPreviewState


def preview() -> rx.Component:
    """The draft on the live page of an article, for a reader whom every wall is shown to."""
    return rx.el.section(
        rx.el.h2("Preview", class_name="visually-hidden"),
        rx.el.div(
            _switch("language", "Language", [(code, language_name(code)) for code in languages()]),
            _switch("appearance", "Appearance", [(one.value, one.value.capitalize()) for one in Appearance]),
            _switch("device", "Device", [(one.value, one.value.capitalize()) for one in Device]),
            _switch("kind", "Article", [(kind.value, kind.value.capitalize()) for kind in KINDS]),
            class_name="design-preview__switches",
        ),
        rx.cond(
            (EditorState.model == AccessModel.FREEMIUM.value)
            & (PaywallPreviewState.kind == ArticleKind.METERED.value),
            rx.el.p(
                "Freemium leaves metered articles open: the wall stands before premium ones.",
                role="status",
                class_name="notice notice--info design-preview__notice",
            ),
            rx.fragment(),
        ),
        rx.cond(
            PaywallPreviewState.address != "",
            live_frame(
                src=PaywallPreviewState.address,
                width=PaywallPreviewState.width,
                height=PaywallPreviewState.height,
                fills=PaywallPreviewState.device == Device.DESKTOP.value,
                stamp=EditorState.shown,
                title="The article with this wall",
                on_narrow=PaywallPreviewState.turn("device", Device.PHONE.value),
            ),
            rx.el.div(class_name="skeleton skeleton--widget", aria_busy="true"),
        ),
        rx.el.p(
            "The live page, for somebody not signed in who has read all free articles. ",
            rx.el.a(
                "Other readers, side by side",
                href="/studio/preview?design=" + EditorState.slug,
                class_name="link",
            ),
            class_name="hint",
        ),
        class_name="design-preview",
        aria_label="Preview",
    )


def _switch(name: str, label: str, choices: list[tuple[str, str]]) -> rx.Component:
    chosen = getattr(PaywallPreviewState, name)
    return rx.el.div(
        *(
            rx.el.button(
                words,
                type="button",
                on_click=PaywallPreviewState.turn(name, value),
                class_name="design-switch__choice",
                custom_attrs={
                    "aria-pressed": rx.cond(chosen == value, "true", "false"),
                    "data-testid": f"preview-{name}-{value}",
                },
            )
            for value, words in choices
        ),
        role="group",
        aria_label=label,
        class_name="design-switch",
    )

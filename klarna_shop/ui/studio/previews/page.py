"""The page: what all frames share, a link to share them, and each frame below its own choices."""

from __future__ import annotations

from collections.abc import Iterable

import reflex as rx

from klarna_shop.shop.current import current_shop
from klarna_shop.shop.paywalls.document import Device
from klarna_shop.shop.paywalls.palette import Appearance
from klarna_shop.shop.previews import SHARE_LASTS, TEXT_SIZES
from klarna_shop.ui.languages import DEFAULT_LANGUAGE, languages
from klarna_shop.ui.preview.frames import (
    LANGUAGE_NAMES,
    AddressBar,
    CopiedLink,
    FrameView,
    ToTheWalls,
    device_frame,
)
from klarna_shop.ui.studio.previews.state import DesignChoice, PreviewsState

Choices = Iterable[tuple[str, str]]


def previews_page() -> rx.Component:
    """The live pages side by side."""
    return rx.el.div(
        AddressBar.create(address=PreviewsState.address),
        rx.el.p(
            "The live pages as a made-up reader meets them. Nothing is counted, bought or asked of Payway for"
            " that reader. Text at 200 % enlarges the letters; the widths at which the layout changes stay.",
            class_name="hint",
        ),
        _shared(),
        rx.el.div(rx.foreach(PreviewsState.frames, _frame), class_name="previews"),
        class_name="stack stack--loose",
    )


def _shared() -> rx.Component:
    articles = current_shop().articles.front_page(DEFAULT_LANGUAGE)
    return rx.el.div(
        _field(
            "Page",
            "preview-article",
            _select(
                "preview-article",
                [("", "Front page"), *((one.slug, f"{one.title} ({one.kind.value})") for one in articles)],
                PreviewsState.article,
                PreviewsState.change_article,
            ),
        ),
        _field(
            "Date (empty: now)",
            "preview-moment",
            rx.el.input(
                id="preview-moment",
                type="datetime-local",
                default_value=PreviewsState.moment,
                key=PreviewsState.moment,
                on_blur=PreviewsState.change_moment,
                class_name="field__input",
            ),
        ),
        rx.el.button(
            "Add a frame",
            type="button",
            disabled=~PreviewsState.can_add,
            on_click=PreviewsState.add,
            class_name="button button--secondary",
            custom_attrs={"data-testid": "preview-add"},
        ),
        ToTheWalls.create(),
        _share(),
        class_name="previews__bar",
    )


def _share() -> rx.Component:
    return rx.el.details(
        rx.el.summary("Share", class_name="button button--secondary"),
        rx.el.div(
            rx.el.p("A link to this, without a login and read-only. It ends by itself."),
            rx.el.div(
                *(
                    rx.el.button(
                        f"{lasting.days} {'day' if lasting.days == 1 else 'days'}",
                        type="button",
                        on_click=PreviewsState.share(lasting.days),
                        class_name="button button--secondary",
                        custom_attrs={"data-testid": "preview-share", "data-days": str(lasting.days)},
                    )
                    for lasting in SHARE_LASTS
                ),
                class_name="previews__lasting",
            ),
            CopiedLink.create(link=PreviewsState.link),
            rx.cond(
                PreviewsState.link_ends != "",
                rx.el.p(f"Good until {PreviewsState.link_ends}."),
                rx.fragment(),
            ),
            class_name="stack previews__share",
        ),
    )


def _frame(frame: rx.Var[FrameView]) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            _choice(
                frame,
                "Reader",
                "persona",
                [(one.value, one.label) for one in current_shop().previews.personas],
            ),
            _field("Design", _id(frame, "design"), _designs(frame)),
            _choice(frame, "Device", "device", [(one.value, one.value.capitalize()) for one in Device]),
            _choice(
                frame, "Language", "language", [(one, LANGUAGE_NAMES.get(one, one)) for one in languages()]
            ),
            _choice(
                frame, "Appearance", "appearance", [(one.value, one.value.capitalize()) for one in Appearance]
            ),
            _choice(frame, "Text", "text_size", [(str(one), f"{one} %") for one in TEXT_SIZES]),
            class_name="previews__choices",
        ),
        rx.el.p(frame.sentence, class_name="hint previews__sentence"),
        device_frame(frame),
        rx.el.div(
            rx.el.a(
                "Open alone",
                href=frame.address,
                target="_blank",
                rel="noopener",
                class_name="link",
            ),
            rx.cond(
                PreviewsState.frames.length() > 1,
                rx.el.button(
                    "Remove",
                    type="button",
                    on_click=PreviewsState.remove(frame.index),
                    class_name="button button--quiet",
                ),
                rx.fragment(),
            ),
            class_name="previews__below",
        ),
        aria_label=frame.title,
        class_name="preview",
        key=frame.index.to(str),
    )


def _choice(frame: rx.Var[FrameView], label: str, field: str, choices: Choices) -> rx.Component:
    identity = _id(frame, field)
    return _field(
        label,
        identity,
        _select(
            identity,
            choices,
            getattr(frame, field),
            lambda value: PreviewsState.change(frame.index, field, value),
        ),
    )


def _designs(frame: rx.Var[FrameView]) -> rx.Component:
    def option(choice: rx.Var[DesignChoice]) -> rx.Component:
        return rx.el.option(choice.label, value=choice.value)

    return rx.el.select(
        rx.el.option("As published", value=""),
        rx.foreach(PreviewsState.designs, option),
        id=_id(frame, "design"),
        value=frame.design,
        on_change=lambda value: PreviewsState.change(frame.index, "design", value),
        class_name="field__input",
    )


def _id(frame: rx.Var[FrameView], field: str) -> rx.Var[str]:
    return rx.Var.create(f"preview-{field}-") + frame.index.to(str)


def _field(label: str, identity: str | rx.Var[str], control: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=identity, class_name="field__label"), control, class_name="field"
    )


def _select(
    identity: str | rx.Var[str], choices: Choices, value: rx.Var[str], on_change: object
) -> rx.Component:
    return rx.el.select(
        *(rx.el.option(label, value=one) for one, label in choices),
        id=identity,
        value=value,
        on_change=on_change,
        class_name="field__input",
    )

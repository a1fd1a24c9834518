"""The parts of the form: each a section that opens and closes, with what is found in it at its head."""

from __future__ import annotations

from collections.abc import Iterator

import reflex as rx

from klarna_shop.shop.paywalls.variables import MEANINGS
from klarna_shop.ui.studio.paywalls.browser import variable_button
from klarna_shop.ui.studio.paywalls.editor.field import field, fields, list_tools, marks
from klarna_shop.ui.studio.paywalls.editor.state import EditorState
from klarna_shop.ui.studio.paywalls.editor.table import COPY, OFFERS, PARTS, THEME, FormPart
from klarna_shop.ui.studio.paywalls.editor.views import ContrastRow, LanguageTab, OfferChoice, OfferRow
from klarna_shop.ui.studio.paywalls.preview.state import PaywallPreviewState

OPEN_FROM_THE_START = COPY


def form_parts() -> Iterator[rx.Component]:
    """Every part, in the form's order."""
    drawn = {COPY: _copy, OFFERS: _offers, THEME: _theme}
    for part in PARTS:
        content = drawn[part]() if part in drawn else rx.el.div(fields(part.key), class_name="design-fields")
        yield _part(part, content)


def _part(part: FormPart, content: rx.Component) -> rx.Component:
    summary = EditorState.summaries[part.key]
    return rx.el.details(
        rx.el.summary(
            rx.el.h2(part.title, class_name="design-part__title"),
            rx.cond(
                summary.marks != "",
                rx.el.span(summary.marks, class_name="badge badge--" + summary.severity),
                rx.fragment(),
            ),
            class_name="design-part__head",
        ),
        rx.el.div(content, class_name="design-part__body"),
        open=part is OPEN_FROM_THE_START,
        id=f"part-{part.key}",
        class_name="design-part",
    )


def _copy() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.foreach(EditorState.tabs, _tab),
            role="group",
            aria_label="Language of the copy",
            class_name="design-tabs",
        ),
        _variables(),
        rx.cond(
            EditorState.language_written,
            rx.fragment(
                rx.el.div(
                    fields("copy"), class_name="design-fields", custom_attrs={"lang": EditorState.language}
                ),
                rx.el.div(
                    rx.el.button(
                        "Add a reason",
                        type="button",
                        on_click=EditorState.add_reason,
                        class_name="button button--secondary",
                    ),
                    rx.el.button(
                        "Remove this language",
                        type="button",
                        on_click=EditorState.remove_language,
                        class_name="button button--quiet",
                    ),
                    class_name="button-row",
                ),
            ),
            rx.el.div(
                rx.el.p(
                    "Nothing is written in this language yet. Readers of it meet the standard design’s copy."
                ),
                rx.el.div(rx.foreach(EditorState.tabs, _copy_from), class_name="button-row"),
                class_name="notice notice--info",
            ),
        ),
    )


def _tab(tab: rx.Var[LanguageTab]) -> rx.Component:
    return rx.el.button(
        tab.name,
        rx.cond(
            tab.marks != "", rx.el.span(tab.marks, class_name="badge badge--" + tab.severity), rx.fragment()
        ),
        type="button",
        on_click=[EditorState.choose_language(tab.code), PaywallPreviewState.follow],
        class_name="design-tab",
        custom_attrs={"aria-pressed": rx.cond(tab.code == EditorState.language, "true", "false")},
    )


def _copy_from(tab: rx.Var[LanguageTab]) -> rx.Component:
    return rx.cond(
        tab.written,
        rx.el.button(
            "Begin with the copy in ",
            tab.name,
            type="button",
            on_click=EditorState.copy_from(tab.code),
            class_name="button button--secondary",
        ),
        rx.fragment(),
    )


def _variables() -> rx.Component:
    """The palette; what a variable means is said once, in the domain."""
    return rx.el.details(
        rx.el.summary(
            "Variables: prices and facts that fill themselves in", class_name="design-palette__head"
        ),
        rx.el.p(
            "Press one to write it where the cursor is. A line whose variable has no value is left out of the"
            " wall.",
            class_name="hint",
        ),
        rx.el.ul(
            *(
                rx.el.li(
                    variable_button(
                        variable=variable.value, title=meaning.description, class_name="design-variable"
                    ),
                    rx.el.span(
                        meaning.description,
                        rx.el.span(f" Such as: {meaning.sample}", class_name="hint"),
                    ),
                )
                for variable, meaning in MEANINGS.items()
            ),
            class_name="design-palette__list",
        ),
        class_name="design-palette",
    )


def _offers() -> rx.Component:
    return rx.fragment(
        rx.cond(
            EditorState.catalogue_known,
            rx.fragment(),
            rx.el.p("Payway does not say what it sells just now.", class_name="notice notice--warning"),
        ),
        rx.cond(
            EditorState.offers.length() > 0,
            rx.fragment(
                rx.el.ol(
                    rx.foreach(EditorState.offers, _offer),
                    class_name="design-offers",
                    id="field-offers.listed",
                ),
                rx.cond(
                    EditorState.unlisted.length() > 0,
                    rx.el.div(
                        rx.el.h3("Not on this wall", class_name="field__label"),
                        rx.el.ul(rx.foreach(EditorState.unlisted, _unlisted), class_name="design-unlisted"),
                        class_name="stack stack--tight",
                    ),
                    rx.fragment(),
                ),
                rx.el.button(
                    "Show everything that Payway sells instead",
                    type="button",
                    on_click=EditorState.list_offers(False),
                    class_name="button button--quiet",
                ),
            ),
            rx.el.div(
                rx.el.p("The wall shows everything that Payway sells, in the shop’s order:"),
                rx.el.ul(
                    rx.foreach(
                        EditorState.unlisted,
                        lambda one: rx.el.li(one.name, rx.el.span(one.price, class_name="design-field__why")),
                    ),
                    class_name="design-sold",
                ),
                rx.el.button(
                    "Choose and order the offers",
                    type="button",
                    on_click=EditorState.list_offers(True),
                    class_name="button button--secondary",
                ),
                class_name="stack stack--tight",
                id="field-offers.listed",
            ),
        ),
        rx.el.div(fields("offers"), class_name="design-fields"),
    )


def _offer(offer: rx.Var[OfferRow]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.strong(offer.name),
                rx.el.p(
                    rx.cond(offer.price != "", offer.price, "Payway does not sell this."), class_name="hint"
                ),
            ),
            list_tools(offer.path, offer.place, offer.is_last, offer.name),
            class_name="design-field__head",
        ),
        marks(offer.marks),
        rx.foreach(offer.fields, field),
        id="field-" + offer.path,
        key=offer.path,
        class_name="design-offer",
        custom_attrs={"data-testid": "design-offer", "data-code": offer.code},
    )


def _unlisted(offer: rx.Var[OfferChoice]) -> rx.Component:
    return rx.el.li(
        rx.el.span(offer.name, rx.el.span(offer.price, class_name="design-field__why")),
        rx.el.button(
            "Add",
            rx.el.span(": ", offer.name, class_name="visually-hidden"),
            type="button",
            on_click=EditorState.add_offer(offer.code),
            class_name="button button--quiet",
        ),
    )


def _theme() -> rx.Component:
    return rx.fragment(
        rx.el.div(fields("theme"), class_name="design-fields"),
        rx.el.h3("Contrast with the shop’s own colours", class_name="field__label"),
        rx.el.ul(rx.foreach(EditorState.contrasts, _contrast), class_name="design-contrasts"),
    )


def _contrast(pair: rx.Var[ContrastRow]) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            "Aa",
            aria_hidden="true",
            style={"color": pair.front, "background": pair.back},
            class_name="design-contrast__sample",
        ),
        rx.el.span(pair.appearance.capitalize(), ": ", pair.what),
        rx.el.span(
            pair.ratio,
            ":1",
            rx.cond(pair.enough, "", " of " + pair.needed + ":1"),
            class_name=rx.cond(pair.enough, "design-contrast__ratio", "design-contrast__ratio field__error"),
        ),
    )

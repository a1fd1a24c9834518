"""The part of the privacy page that gives and erases what is kept about its reader."""

from __future__ import annotations

import reflex as rx

from klarna_shop.ui.languages import text
from klarna_shop.ui.personal_data.state import PersonalDataState
from klarna_shop.ui.plain_form import plain_form

SECTION_ID = "your-data"


def personal_data_section(language: str) -> rx.Component:
    """Download, and erase in two steps."""
    return rx.el.section(
        rx.el.h2(text(language, "personal_data.title")),
        rx.cond(
            PersonalDataState.erased != "",
            rx.el.p(
                text(language, "personal_data.erased"),
                rx.cond(
                    PersonalDataState.erased == "later",
                    " " + text(language, "personal_data.erased_later"),
                    "",
                ),
                role="status",
                class_name="notice notice--success",
            ),
            rx.fragment(),
        ),
        rx.el.p(text(language, "personal_data.lead")),
        rx.el.button(
            text(language, "personal_data.download"),
            type="button",
            on_click=PersonalDataState.download,
            class_name="button button--secondary",
            custom_attrs={"data-testid": "personal-data-download"},
        ),
        rx.el.details(
            rx.el.summary(
                text(language, "personal_data.erase"),
                class_name="button button--quiet",
                custom_attrs={"data-testid": "personal-data-erase"},
            ),
            rx.el.div(
                rx.el.p(text(language, "personal_data.erase_what")),
                rx.el.p(text(language, "personal_data.erase_loses")),
                # A form of the browser's own: only an HTTP answer can take an HttpOnly cookie away.
                plain_form(
                    rx.el.input(type="hidden", name="language", value=language),
                    rx.el.button(
                        text(language, "personal_data.erase_confirm"),
                        type="submit",
                        class_name="button button--danger",
                        custom_attrs={"data-testid": "personal-data-erase-confirm"},
                    ),
                    action="/auth/forget",
                    method="post",
                ),
                class_name="notice notice--warning stack",
            ),
        ),
        id=SECTION_ID,
        class_name="stack",
    )

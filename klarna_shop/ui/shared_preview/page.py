"""The page at a share link."""

from __future__ import annotations

import reflex as rx

from klarna_shop.ui.plain_link import PlainLink
from klarna_shop.ui.preview.frames import FrameView, ToTheWalls, device_frame
from klarna_shop.ui.shared_preview.state import SharedPreviewState

CONTENT = "content"


def shared_preview_page() -> rx.Component:
    """Every frame with what it shows; or why there is none."""
    return rx.fragment(
        rx.el.link(
            rel="stylesheet",
            href=str(rx.asset("styles/studio.css")),
            custom_attrs={"precedence": "studio"},
        ),
        rx.el.div(
            PlainLink.create("Skip to the content", href=f"#{CONTENT}", class_name="skip-link"),
            rx.el.main(
                rx.el.h1("Preview", class_name="studio__title"),
                rx.cond(
                    SharedPreviewState.fault != "",
                    rx.el.p(
                        SharedPreviewState.fault,
                        role="status",
                        class_name="notice notice--warning",
                        custom_attrs={"data-testid": "share-fault"},
                    ),
                    rx.fragment(
                        rx.el.p(
                            "The newspaper’s pages as made-up readers meet them. Nothing can be bought or"
                            " changed here.",
                            class_name="hint",
                        ),
                        rx.el.div(ToTheWalls.create()),
                        rx.el.div(rx.foreach(SharedPreviewState.frames, _frame), class_name="previews"),
                    ),
                ),
                id=CONTENT,
                tab_index=-1,
                class_name="studio__main stack",
            ),
            lang="en",
            class_name="studio",
        ),
    )


def _frame(frame: rx.Var[FrameView]) -> rx.Component:
    return rx.el.section(
        rx.el.h2(frame.title, class_name="preview__title"),
        rx.el.p(frame.sentence, class_name="hint previews__sentence"),
        device_frame(frame),
        aria_label=frame.title,
        class_name="preview",
        key=frame.index.to(str),
    )

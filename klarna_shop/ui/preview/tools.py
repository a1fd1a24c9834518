"""What a preview's frame shows and does around the page. Its script is fetched by previews alone."""

from __future__ import annotations

from dataclasses import dataclass

import reflex as rx

from klarna_shop.ui.dates import date_and_time
from klarna_shop.ui.languages import text
from klarna_shop.ui.preview.opening import OpenedPreview


@dataclass
class PreviewFacts:
    """What the page is told of its preview. Empty on a live page."""

    status: str = ""
    """`shown`, or `refused` where the preview is of nobody."""
    label: str = ""
    fault: str = ""
    """Why it is refused, in the page's language."""
    blocked: str = ""
    """What is said of a link that does nothing here."""
    appearance: str = ""
    text_size: int = 100


def preview_facts(opened: OpenedPreview | None, language: str) -> PreviewFacts:
    """The facts of an opened preview. The strip is the studio's, and so in English."""
    if opened is None:
        return PreviewFacts()
    blocked = text(language, "preview.blocked")
    if opened.previewed is None:
        return PreviewFacts("refused", fault=text(language, f"preview.{opened.fault}"), blocked=blocked)
    preview = opened.previewed.preview
    moment = date_and_time(opened.previewed.moment, "en")
    return PreviewFacts(
        status="shown",
        label=f"Preview: {preview.persona.label}, {moment}",
        blocked=blocked,
        appearance=preview.appearance.value,
        text_size=preview.text_size,
    )


class PreviewTools(rx.NoSSRComponent):
    """The strip above the page, light or dark, the size of text, and links that keep the token."""

    library = rx.asset("preview_tools.jsx", shared=True).importable_path
    tag = "PreviewTools"

    label: rx.Var[str]
    fault: rx.Var[str]
    blocked: rx.Var[str]
    appearance: rx.Var[str]
    text_size: rx.Var[int]


def preview_tools(facts: rx.Var[PreviewFacts]) -> rx.Component:
    """The tools where the page is a preview; nothing, and nothing fetched, where it is a live one."""
    return rx.cond(
        facts.status != "",
        PreviewTools.create(
            label=facts.label,
            fault=facts.fault,
            blocked=facts.blocked,
            appearance=facts.appearance,
            text_size=facts.text_size,
        ),
        rx.fragment(),
    )

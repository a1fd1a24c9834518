"""An article's illustration as an image of known size."""

from __future__ import annotations

from urllib.parse import quote

import reflex as rx

from klarna_shop.shop.articles import Article


def picture(article: Article, *, first: bool, class_name: str = "", decorative: bool = False) -> rx.Component:
    """The illustration. `first` is for the one that fills the first screen: it is fetched early.

    `decorative` leaves out the description where the headline beside it already leads to the article.
    """
    illustration = article.illustration
    if illustration is None:
        return rx.fragment()
    return rx.el.img(
        src=f"/media/{article.slug}/{quote(illustration.file_name)}",
        alt="" if decorative else illustration.alt,
        width=str(illustration.width),
        height=str(illustration.height),
        loading="eager" if first else "lazy",
        custom_attrs={"fetchPriority": "high"} if first else {"decoding": "async"},
        class_name=class_name,
    )

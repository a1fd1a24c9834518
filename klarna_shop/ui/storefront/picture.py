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
        loading="eager" if first else "lazy",
        # As attributes: Reflex makes styles of the properties, and the page would move when it comes.
        custom_attrs={
            "width": str(illustration.width),
            "height": str(illustration.height),
            **({"fetchPriority": "high"} if first else {"decoding": "async"}),
        },
        class_name=class_name,
    )

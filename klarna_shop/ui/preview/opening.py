"""Whether a page is a preview, by its address alone, and of whom."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

import reflex as rx

from klarna_shop.shop.current import current_shop
from klarna_shop.shop.paywalls.stored import DesignMissing
from klarna_shop.shop.previews import NotAPreview, Previewed, PreviewExpired
from klarna_shop.shop.previews.service import QUERY
from klarna_shop.ui.languages import language_of


@dataclass(frozen=True)
class OpenedPreview:
    """A page that is a preview. Without `previewed` it is one of nobody; `fault` says why.

    `holds_body` is whether this browser may have the text behind the walls.
    """

    previewed: Previewed | None = None
    fault: str = ""
    """`expired`, `refused` or `design_missing`."""
    holds_body: bool = False


def is_preview(state: rx.State) -> bool:
    """Whether the page that `state` serves is a preview, good or not: never the page of somebody."""
    return preview_token(state) is not None


def preview_token(state: rx.State) -> str | None:
    """The token in the page's address; empty where the address names none after all."""
    # Not from `query_parameters`, which leaves out what is empty: that page would be a live one.
    named = parse_qsl(state.router.url.query, keep_blank_values=True)
    return next((value for name, value in named if name == QUERY), None)


async def opened_preview(state: rx.State) -> OpenedPreview | None:
    """The preview that `state` serves; None where the page is a live one.

    In a background event call it inside `async with self`.
    """
    token = preview_token(state)
    if token is None:
        return None
    shop = current_shop()
    try:
        previewed = await shop.previews.open(token, language_of(state.router.url.path)[0])
    except PreviewExpired:
        return OpenedPreview(fault="expired")
    except NotAPreview:
        return OpenedPreview(fault="refused")
    except DesignMissing:
        return OpenedPreview(fault="design_missing")
    return OpenedPreview(previewed, holds_body=await shop.studio.allows(state.router.headers.cookie))

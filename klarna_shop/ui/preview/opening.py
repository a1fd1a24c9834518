"""Whether a page is a preview, by its address alone, and of whom."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from reflex.istate.data import RouterData

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


def is_preview(router: RouterData) -> bool:
    """Whether the page at this address is a preview, good or not: never the page of somebody."""
    return preview_token(router) is not None


def preview_token(router: RouterData) -> str | None:
    """The token in the page's address; empty where the address names none after all."""
    query = router.url.query
    if QUERY not in query and "%" not in query:  # nearly every page
        return None
    # Not from `query_parameters`, which leaves out what is empty: that page would be a live one.
    named = parse_qsl(query, keep_blank_values=True)
    return next((value for name, value in named if name == QUERY), None)


async def opened_preview(router: RouterData) -> OpenedPreview | None:
    """The preview at this address; None where the page is a live one."""
    token = preview_token(router)
    if token is None:
        return None
    shop = current_shop()
    try:
        previewed = await shop.previews.open(token, language_of(router.url.path)[0])
    except PreviewExpired:
        return OpenedPreview(fault="expired")
    except NotAPreview:
        return OpenedPreview(fault="refused")
    except DesignMissing:
        return OpenedPreview(fault="design_missing")
    return OpenedPreview(previewed, holds_body=await shop.studio.allows(router.headers.cookie))

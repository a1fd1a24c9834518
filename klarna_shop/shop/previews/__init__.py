"""Previews: the live pages as a made-up reader would meet them, with nothing counted, asked or bought for it.

The reader, the moment and the design travel in a signed token in the page's address; the decision is
`shop.access`'s own, with ports that answer for the reader. Imported by `ui` and the assembly.
"""

from klarna_shop.shop.previews.persona import Persona
from klarna_shop.shop.previews.preview import TEXT_SIZES, Preview
from klarna_shop.shop.previews.service import DRAFT_VERSION, FRAME_LASTS, Previewed, Previews
from klarna_shop.shop.previews.sharing import MOST_FRAMES, SHARE_LASTS, PreviewFrame
from klarna_shop.shop.previews.tokens import NotAPreview, PreviewExpired, PreviewTokens

__all__ = [
    "DRAFT_VERSION",
    "FRAME_LASTS",
    "MOST_FRAMES",
    "SHARE_LASTS",
    "TEXT_SIZES",
    "NotAPreview",
    "Persona",
    "Preview",
    "PreviewExpired",
    "PreviewFrame",
    "PreviewTokens",
    "Previewed",
    "Previews",
]

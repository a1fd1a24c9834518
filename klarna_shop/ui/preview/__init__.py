"""A preview inside its frame: what the page's address is opened as, the strip, and links that stay inside.

Imported by the readers' screens; the page on which previews stand side by side is `ui.studio.previews`.
"""

from klarna_shop.ui.preview.opening import OpenedPreview, is_preview, opened_preview, preview_token
from klarna_shop.ui.preview.tools import PreviewFacts, preview_facts, preview_tools

__all__ = [
    "OpenedPreview",
    "PreviewFacts",
    "is_preview",
    "opened_preview",
    "preview_facts",
    "preview_token",
    "preview_tools",
]

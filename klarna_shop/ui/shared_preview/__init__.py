"""What a share link shows: the frames, read-only, for somebody without a studio login. In English."""

from klarna_shop.ui.shared_preview.page import shared_preview_page
from klarna_shop.ui.shared_preview.state import SharedPreviewState

__all__ = ["SharedPreviewState", "shared_preview_page"]

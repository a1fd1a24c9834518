"""The frames behind a share link."""

from __future__ import annotations

import reflex as rx

from klarna_shop.shop.current import current_shop
from klarna_shop.shop.previews import NotAPreview, PreviewExpired
from klarna_shop.ui.preview.frames import FrameView, frame_view


class SharedPreviewState(rx.State):
    """What the link in the address shows."""

    frames: list[FrameView] = []
    fault: str = ""
    """Why there is nothing to show, as a sentence."""
    _token: str = ""

    @rx.event
    async def show(self) -> None:
        """Open the link. Safe to repeat: the frames stay as they are."""
        token = self.router.url.query_parameters.get("share", "")
        if token == self._token and self.frames:
            return
        self.reset()
        try:
            shared = current_shop().previews.shared(token)
        except PreviewExpired:
            self.fault = "This link has ended. Ask whoever sent it for a new one."
        except NotAPreview:
            self.fault = "This is no share link of this shop. Perhaps a part of it is missing."
        else:
            self._token = token
            self.frames = [frame_view(index, frame, address) for index, (frame, address) in enumerate(shared)]

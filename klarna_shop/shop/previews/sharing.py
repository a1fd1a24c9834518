"""A share link: several previews side by side, for somebody without a studio login, until it ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from klarna_shop.shop.previews.preview import Preview
from klarna_shop.shop.previews.tokens import NotAPreview, Seal, read, written

MOST_FRAMES = 4
SHARE_LASTS = (timedelta(days=1), timedelta(days=7), timedelta(days=30))
"""How long a share link can be good."""


@dataclass(frozen=True)
class PreviewFrame:
    """One frame: a preview of one page. `article` is a slug; empty for the front page."""

    preview: Preview
    article: str
    language: str


class ShareTokens:
    """Turns frames into the token of a share link and back."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    def sign(self, frames: tuple[PreviewFrame, ...], lasting: timedelta) -> str:
        """The frames as URL-safe text, good for `lasting`.

        Raises:
            ValueError: none, too many, or longer than any share link lasts.
        """
        if not 1 <= len(frames) <= MOST_FRAMES or not timedelta() < lasting <= SHARE_LASTS[-1]:
            raise ValueError("not what can be shared")
        content = [[frame.article, frame.language, written(frame.preview)] for frame in frames]
        return self._seal.close({"frames": content}, lasting)

    def read(self, token: object) -> tuple[tuple[PreviewFrame, ...], timedelta]:
        """The frames, marked as shared, and how long they may still be looked at.

        Raises:
            NotAPreview: forged, altered, or made for something else.
            PreviewExpired: the link has ended.
        """
        content, left = self._seal.open(token)
        try:
            frames = tuple(
                PreviewFrame(replace(read(preview), shared=True), str(article), str(language))
                for article, language, preview in content["frames"]
            )
        except (ValueError, TypeError, KeyError) as error:
            raise NotAPreview from error
        return frames, left

"""The studio's previews: what stands side by side, its addresses, and links to share it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import reflex as rx

from klarna_shop.shop.clock import system_clock
from klarna_shop.shop.current import current_shop
from klarna_shop.shop.previews import MOST_FRAMES, SHARE_LASTS
from klarna_shop.ui.dates import date_and_time
from klarna_shop.ui.preview.frames import FrameView, frame_view
from klarna_shop.ui.studio.guard import studio_event
from klarna_shop.ui.studio.previews.setup import (
    ALONE,
    DRAFT,
    Setup,
    known_article,
    read_moment,
    read_setup,
)

GOOD_FOR = timedelta(hours=6)
"""An address is used again for so long, so that a change of one frame does not load the others anew."""


@dataclass
class DesignChoice:
    """One choice of the design field."""

    value: str
    label: str


class PreviewsState(rx.State):
    """What the page shows. The address says all of it, and nothing else is kept."""

    address: str = ""
    """Of what is shown: path and query."""
    article: str = ""
    moment: str = ""
    """The date field: the newspaper's time; empty for now."""
    frames: list[FrameView] = []
    designs: list[DesignChoice] = []
    can_add: bool = False
    link: str = ""
    link_ends: str = ""
    _addresses: dict[str, tuple[str, float]] = {}
    """By what a frame shows: its address, and when that was made."""

    @studio_event
    async def show(self) -> None:
        """Show what the address says. Safe to repeat."""
        drafts = await current_shop().designs.all()
        self.designs = [
            choice
            for draft in drafts
            for choice in (
                DesignChoice(f"{DRAFT}{draft.slug}", f"Draft of {draft.design.name}, among the published"),
                DesignChoice(f"{ALONE}{draft.slug}", f"Draft of {draft.design.name}, whatever it targets"),
            )
        ]
        named = parse_qsl(self.router.url.query, keep_blank_values=True)
        self._show(read_setup(dict(named)))

    @studio_event
    async def change(self, index: int, field: str, value: str) -> None:
        """Change one field of one frame."""
        self._show(self._setup().with_frame(index, field, value))

    @studio_event
    async def change_article(self, slug: str) -> None:
        """Show another page in all frames; the front page without a slug."""
        self._show(replace(self._setup(), article=known_article(slug)))

    @studio_event
    async def change_moment(self, written: str) -> None:
        """Decide at another moment in all frames; now, where it is none."""
        self._show(replace(self._setup(), at=read_moment(written)))

    @studio_event
    async def add(self) -> None:
        """One more frame."""
        self._show(self._setup().with_one_more())

    @studio_event
    async def remove(self, index: int) -> None:
        """Take one frame away."""
        self._show(self._setup().without(index))

    @studio_event
    async def share(self, days: int) -> None:
        """Make a link to what is shown, for somebody without a login."""
        lasting = next((lasting for lasting in SHARE_LASTS if lasting.days == days), None)
        if lasting is None:
            return
        shop = current_shop()
        self.link = shop.settings.app_url + shop.previews.share(self._setup().shown(), lasting)
        self.link_ends = date_and_time(system_clock() + lasting, "en")

    def _setup(self) -> Setup:
        """What is shown now. Not from the page's address, which follows a moment later."""
        return read_setup(dict(parse_qsl(urlsplit(self.address).query, keep_blank_values=True)))

    def _show(self, setup: Setup) -> None:
        self.address, self.article, self.moment = setup.address, setup.article, setup.moment
        self.frames = [
            frame_view(index, frame, self._address(setup, index), setup.frames[index].design)
            for index, frame in enumerate(setup.shown())
        ]
        self.can_add = len(setup.frames) < MOST_FRAMES
        self.link = self.link_ends = ""
        shown = {_key(setup, index) for index in range(len(setup.frames))}
        self._addresses = {key: made for key, made in self._addresses.items() if key in shown}

    def _address(self, setup: Setup, index: int) -> str:
        key, now = _key(setup, index), system_clock().timestamp()
        known = self._addresses.get(key)
        if known is None or now - known[1] > GOOD_FOR.total_seconds():
            frame = setup.shown()[index]
            known = current_shop().previews.address(frame.preview, frame.article, frame.language), now
            self._addresses = {**self._addresses, key: known}
        return known[0]


def _key(setup: Setup, index: int) -> str:
    return f"{setup.article}~{setup.moment}~{setup.frames[index].written()}"

"""Previews: addresses of frames, share links, and the access decision as a preview's reader meets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from klarna_shop.shop.access import Access, Allowance, Audience, Request
from klarna_shop.shop.addresses import address
from klarna_shop.shop.clock import Clock
from klarna_shop.shop.paywalls.document import Device, Targeting
from klarna_shop.shop.paywalls.store import Designs
from klarna_shop.shop.paywalls.stored import DesignMissing, Published
from klarna_shop.shop.previews.persona import Persona
from klarna_shop.shop.previews.ports import (
    PersonaRecords,
    PersonaStanding,
    PersonaSubscriptions,
)
from klarna_shop.shop.previews.preview import Preview
from klarna_shop.shop.previews.sharing import PreviewFrame, ShareTokens
from klarna_shop.shop.previews.tokens import NotAPreview, PreviewTokens
from klarna_shop.shop.reader import Customer, Reader

FRAME_LASTS = timedelta(hours=12)
"""A working day, like the studio's login."""
DRAFT_VERSION = -1
"""The version of a draft that stands in for a published one."""
QUERY = "preview"
"""The name of the token in a page's address."""

_USER_AGENTS = {
    Device.PHONE: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile Safari",
    Device.TABLET: "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) Safari",
    Device.DESKTOP: "Mozilla/5.0 (X11; Linux x86_64) Chrome",
}
_NAMES = {"sv": "Provläsare", "en": "Preview reader"}


@dataclass(frozen=True)
class Previewed:
    """A preview that was opened: what stands in the place of the live reader, request and decision."""

    preview: Preview
    reader: Reader
    request: Request
    access: Access
    moment: datetime
    """The moment of the decision."""


@dataclass(frozen=True)
class Previews:
    """One object a process. `personas` are the readers that this shop offers."""

    tokens: PreviewTokens
    share_tokens: ShareTokens
    personas: tuple[Persona, ...]
    designs: Designs
    allowance: Allowance
    clock: Clock

    def address(
        self, preview: Preview, article_slug: str, language: str, lasting: timedelta = FRAME_LASTS
    ) -> str:
        """The address of a frame: the live page with a token. Without a slug the front page.

        Raises:
            NotAPreview: of a reader whom this shop does not offer.
        """
        path = address(language, f"/article/{article_slug}" if article_slug else "/")
        return f"{path}?{urlencode({QUERY: self.tokens.sign(preview, min(lasting, FRAME_LASTS))})}"

    def share(self, frames: Sequence[PreviewFrame], lasting: timedelta) -> str:
        """The address of a share link.

        Raises:
            ValueError: none, too many, or longer than any share link lasts.
            NotAPreview: of a reader whom this shop does not offer.
        """
        if any(frame.preview.persona not in self.personas for frame in frames):
            raise NotAPreview
        return f"/preview?{urlencode({'share': self.share_tokens.sign(tuple(frames), lasting)})}"

    def shared(self, token: object) -> tuple[tuple[PreviewFrame, str], ...]:
        """The frames behind a share link, each with its address, which ends when the link does.

        Raises:
            NotAPreview: forged, altered, or of readers whom this shop does not offer.
            PreviewExpired: the link has ended.
        """
        frames, left = self.share_tokens.read(token)
        return tuple(
            (frame, self.address(frame.preview, frame.article, frame.language, left)) for frame in frames
        )

    async def open(self, token: object, language: str) -> Previewed:
        """What the preview in this token decides with.

        Raises:
            NotAPreview: forged, altered, or of a reader whom this shop does not offer.
            PreviewExpired: its time is over.
            DesignMissing: the design that it is of is gone, or was never published.
        """
        preview = self.tokens.read(token)
        facts, moment = preview.persona.facts, preview.at or self.clock()
        return Previewed(
            preview=preview,
            reader=self.reader(preview, language),
            request=Request(user_agent=_USER_AGENTS[preview.device]),
            access=Access(
                subscriptions=PersonaSubscriptions(facts),
                audience=Audience(PersonaStanding(facts), lambda: moment),
                records=PersonaRecords(facts, await self._designs(preview)),
                allowance=self.allowance,
            ),
            moment=moment,
        )

    def reader(self, preview: Preview, language: str) -> Reader:
        """The persona as the pages know readers."""
        name = _NAMES.get(language, _NAMES["en"])
        customer = Customer(session_id=QUERY, account_id=QUERY, email="", first_name=name)
        return Reader(
            visitor_id=QUERY, customer=customer if preview.persona.facts.signed_in else None, preview=True
        )

    async def _designs(self, preview: Preview) -> tuple[Published, ...]:
        published = await self.designs.published()
        if not preview.design:
            return published
        if preview.draft:
            draft = await self.designs.draft(preview.design)
            looked_at = Published(preview.design, DRAFT_VERSION, draft.design)
        else:
            found = next((one for one in published if one.slug == preview.design), None)
            if found is None:
                raise DesignMissing(preview.design)
            looked_at = found
        if preview.alone:
            everybody = looked_at.design.model_copy(update={"targeting": Targeting()})
            return (replace(looked_at, design=everybody),)
        return (*(one for one in published if one.slug != preview.design), looked_at)

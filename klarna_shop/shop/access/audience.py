"""Facts that targeting is told of a reader: nothing is found out that no published design asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from klarna_shop.shop.access.device import device_of
from klarna_shop.shop.access.ports import DecisionInput, StandingPort
from klarna_shop.shop.articles import Article
from klarna_shop.shop.clock import Clock
from klarna_shop.shop.paywalls.document import ReaderKind
from klarna_shop.shop.paywalls.stored import Published
from klarna_shop.shop.paywalls.targeting import TargetingFacts
from klarna_shop.shop.reader import Reader


@dataclass(frozen=True)
class Request:
    """Facts that the browser tells with a page: its User-Agent, and `utm_source` of the address."""

    user_agent: str = ""
    traffic_source: str = ""


@dataclass(frozen=True)
class Audience:
    """Gathers the facts."""

    standing: StandingPort
    clock: Clock

    async def facts(
        self, reader: Reader, article: Article, request: Request, found: DecisionInput
    ) -> TargetingFacts:
        """Return what is known of this reader in front of this article."""
        visit = found.visit
        return TargetingFacts(
            now=self.clock(),
            section=article.section_code,
            tags=article.tags,
            language=article.language,
            readers=await self._kinds(reader, found.published),
            visits=visit.number if visit else None,
            traffic_source=visit.traffic_source if visit else None,
            device=device_of(request.user_agent),
        )

    async def _kinds(self, reader: Reader, published: Iterable[Published]) -> frozenset[ReaderKind]:
        if reader.customer is None:
            return frozenset({ReaderKind.ANONYMOUS})
        kinds = {ReaderKind.SIGNED_IN}
        asked_for = any(ReaderKind.LAPSED in one.design.targeting.readers for one in published)
        if asked_for and await self.standing.has_lapsed(reader.customer.account_id):
            kinds.add(ReaderKind.LAPSED)
        return frozenset(kinds)

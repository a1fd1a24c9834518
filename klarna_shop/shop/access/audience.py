"""What targeting is told of a reader: nothing that no design in force asks for is found out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from klarna_shop.shop.access.device import device_of
from klarna_shop.shop.access.ports import StandingPort, VisitsPort
from klarna_shop.shop.access.visits import Visit
from klarna_shop.shop.articles import Article
from klarna_shop.shop.clock import Clock
from klarna_shop.shop.database_faults import DatabaseUnavailable
from klarna_shop.shop.paywalls.document import ReaderKind
from klarna_shop.shop.paywalls.stored import Published
from klarna_shop.shop.paywalls.targeting import TargetingFacts
from klarna_shop.shop.reader import Reader


@dataclass(frozen=True)
class Request:
    """What the browser tells with a page: its User-Agent, and `utm_source` of the address."""

    user_agent: str = ""
    traffic_source: str = ""


@dataclass(frozen=True)
class Audience:
    """Gathers the facts."""

    visits: VisitsPort
    standing: StandingPort
    clock: Clock

    async def visit(self, reader: Reader, request: Request, *, counting: bool) -> Visit | None:
        """The visit that goes on; None without a cookie, or where the database cannot tell.

        `counting`: it is one, and not a preview.
        """
        if reader.visitor_id is None:
            return None
        see = self.visits.see if counting else self.visits.peek
        try:
            return await see(reader.visitor_id, request.traffic_source)
        except DatabaseUnavailable:
            return None

    async def facts(
        self,
        reader: Reader,
        article: Article,
        request: Request,
        visit: Visit | None,
        published: Iterable[Published],
    ) -> TargetingFacts:
        """What is known of this reader in front of this article."""
        return TargetingFacts(
            now=self.clock(),
            section=article.section_code,
            tags=article.tags,
            language=article.language,
            readers=await self._kinds(reader, published),
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

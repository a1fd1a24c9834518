"""The article page's state: asks whether the reader may read on, and sends the rest if so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import reflex as rx
from reflex.event import EventCallback, EventSpec

from klarna_shop.shop.access import Access, Decision, NotDismissible, Request
from klarna_shop.shop.articles import Article
from klarna_shop.shop.current import current_shop
from klarna_shop.shop.database_faults import DatabaseUnavailable
from klarna_shop.shop.measurement import EventName, SeenWall
from klarna_shop.shop.offers import CatalogueUnavailable, Offer
from klarna_shop.shop.paywalls.teaser import shown_teaser
from klarna_shop.shop.paywalls.wall import Wall
from klarna_shop.shop.reader import Reader
from klarna_shop.ui.languages import language_of
from klarna_shop.ui.measuring import measure
from klarna_shop.ui.preview import OpenedPreview, opened_preview, preview_token
from klarna_shop.ui.reader_state import reader_if_known, reader_of
from klarna_shop.ui.storefront.wall_view import WallView, wall_view
from klarna_shop.ui.storefront.why_view import WhyView, why_view

AT_ONCE_SECONDS = 0.05
"""A wall waits no longer for its prices, which Payway may have to be asked for; they come after it then."""
BODY = "article-body"
"""The id of what a reader goes on with when a wall is taken away."""


class ArticleState(rx.State):
    """What the page shows below the teaser. Nothing of a walled body is here before access was given."""

    status: str = "deciding"
    """`deciding`, `open`, `walled` or `unavailable`; of a preview also `withheld` or `refused`."""
    of: str = ""
    """The id of the article (`article_id`) that all this is said of. A tab that loads another article's page
    still has the last one's answer here until the new one is asked for."""
    body: list[str] = []
    """HTML blocks after the teaser."""
    more_teaser: list[str] = []
    """HTML blocks that the design lets everybody read beyond the teaser in the page."""
    resume: bool = False
    """Whether the reader comes back from the purchase and goes on after the teaser."""
    wall: WallView = WallView()
    why: WhyView = WhyView()
    meter_left: int = -1
    meter_total: int = 0
    _shown: str = ""
    """The article's address, and whose preview it is: what is said of one must never stand on another."""
    _seen_wall: SeenWall | None = None
    """The wall that stands, for measuring, until it has been seen."""
    _opened: bool = False
    """Whether it has been told that this article was opened in this tab."""
    _turn: int = 0
    """Counts the decisions asked for, so that an answer that comes late changes nothing."""

    @rx.event(background=True)
    async def decide(self) -> None:
        """Decide for the article at this address. Repeats after every reconnect; counts once."""
        async with self:
            asked = await self._ask()
        if asked is not None:
            await self._show(asked, await asked.access.decide(*asked.question))

    @rx.event(background=True)
    async def dismiss(self) -> AsyncIterator[EventSpec]:
        """Take a soft wall away and let the reader read on; at any other wall nothing happens."""
        async with self:
            asked = await self._ask()
        if asked is None:
            return
        try:
            decision = await asked.access.dismiss(*asked.question)
        except NotDismissible:
            return
        async with self:
            await measure(self, asked.reader, EventName.WALL_DISMISSED, article=asked.article.slug)
        await self._show(asked, decision)
        yield rx.set_focus(BODY)

    @rx.event
    async def wall_seen(self) -> None:
        """The browser says that the wall was really in view: an exposure, once for each time it is put up."""
        seen, self._seen_wall = self._seen_wall, None
        if seen is not None and self.status == "walled":
            await measure(self, await reader_of(self), EventName.WALL_SHOWN, wall=seen)

    @rx.event
    async def start_anew(self) -> EventCallback[()] | None:
        """Forget what this browser has read and dismissed, and decide again; for who may see the trace."""
        if not await self._may_see_why():
            return None
        await current_shop().access.start_anew(await reader_of(self))
        return ArticleState.decide

    async def _ask(self) -> _Asked | None:
        """Who asks for what; None at an address that is no article. Forgets another article's answer."""
        path, turn = self.router.url.path, self._turn + 1
        query = self.router.url.query_parameters
        article, shown = _article(path), f"{path}?{preview_token(self.router)}"
        if article is None or self._shown != shown:
            self.reset()
            self._shown = shown
        self._turn = turn
        if article is None:
            return None
        opened = await opened_preview(self.router)
        if opened is not None:
            return self._ask_for_preview(turn, article, opened)
        reader = await reader_if_known(self)
        request = Request(
            user_agent=self.router.headers.user_agent, traffic_source=query.get("utm_source", "")
        )
        return _Asked(
            turn,
            article,
            current_shop().access,
            reader,
            request,
            resuming=query.get("resume") == "1",
            traced=await self._may_see_why(),
            in_studio=await self._may_use_studio(),
        )

    def _ask_for_preview(self, turn: int, article: Article, opened: OpenedPreview) -> _Asked | None:
        previewed = opened.previewed
        if previewed is None:
            self.reset()
            self._turn, self.status, self.of = turn, "refused", article_id(article)
            return None
        return _Asked(
            turn,
            article,
            previewed.access,
            previewed.reader,
            previewed.request,
            traced=True,
            in_studio=opened.holds_body,
            holds_body=opened.holds_body,
        )

    async def _may_use_studio(self) -> bool:
        try:
            return await current_shop().studio.allows(self.router.headers.cookie)
        except DatabaseUnavailable:
            return False

    async def _may_see_why(self) -> bool:
        return current_shop().settings.is_sandbox or await self._may_use_studio()

    async def _show(self, asked: _Asked, decision: Decision) -> None:
        wall = decision.wall
        if wall is None:
            async with self:
                if self._turn == asked.turn:
                    self._say(asked, decision)
                    await self._measure(asked, decision)
            return
        selling = asyncio.create_task(_sold(asked.reader))
        sold_at_once, _ = await asyncio.wait({selling}, timeout=AT_ONCE_SECONDS)
        async with self:
            if self._turn == asked.turn:
                self._say(asked, decision)
                await self._measure(asked, decision)
                if sold_at_once:
                    self._draw(wall, asked.article, *selling.result())
                elif not self.wall.design:
                    self._draw(wall, asked.article)
        if not sold_at_once:
            title, sold = await selling
            async with self:
                if self._turn == asked.turn:
                    self._draw(wall, asked.article, title, sold)

    def _say(self, asked: _Asked, decision: Decision) -> None:
        article = asked.article
        self.of = article_id(article)
        self.why = (
            why_view(decision, asked.reader, article.language, in_studio=asked.in_studio)
            if asked.traced
            else WhyView()
        )
        self.meter_left = -1 if decision.meter_left is None else decision.meter_left
        self.meter_total = decision.meter_total or 0
        self.resume = decision.open and asked.resuming
        shown = decision.open and asked.holds_body
        self.body = list(article.rest_parts) if shown else []
        if decision.wall is None:
            self.wall, self.more_teaser = WallView(), []
            if decision.unavailable:
                self.status = "unavailable"
            else:
                self.status = "open" if asked.holds_body else "withheld"
        else:
            self.status = "walled"

    async def _measure(self, asked: _Asked, decision: Decision) -> None:
        """Keep whose wall this is for when it is seen; tell once that the article was opened."""
        self._seen_wall = None
        if asked.reader.preview:
            return
        if decision.wall is not None:
            self._seen_wall = SeenWall(
                asked.article.slug, decision.design, decision.version, decision.experiment, decision.variant
            )
        elif self.status == "open" and not self._opened:
            self._opened = True
            await measure(
                self,
                asked.reader,
                EventName.ARTICLE_OPENED,
                article=asked.article.slug,
                outcome=decision.rule.value,
            )

    def _draw(self, wall: Wall, article: Article, title: str = "", sold: Sequence[Offer] = ()) -> None:
        articles = len(current_shop().articles.front_page(article.language))
        self.wall = wall_view(wall, article, title=title, articles=articles, sold=sold)
        self.more_teaser = [block.html for block in shown_teaser(article, wall.teaser).more]


@dataclass(frozen=True)
class _Asked:
    """One question to the access decision, and which of this tab's it is."""

    turn: int
    article: Article
    access: Access
    reader: Reader
    request: Request
    traced: bool
    """Whether the trace goes out."""
    in_studio: bool
    """Whether this browser may use the studio."""
    resuming: bool = False
    holds_body: bool = True
    """Whether the text behind a wall may go out at all: of a preview, only to the studio."""

    @property
    def question(self) -> tuple[Reader, Article, Request]:
        """What `Access` is asked."""
        return self.reader, self.article, self.request


def article_id(article: Article) -> str:
    """What tells this article, in its language, from every other."""
    return f"{article.language}/{article.slug}"


def _article(path: str) -> Article | None:
    language, rest = language_of(path.rstrip("/"))
    return current_shop().articles.find(language, rest.removeprefix("/article/"))


async def _sold(reader: Reader) -> tuple[str, tuple[Offer, ...]]:
    """The newspaper's name and what is sold to this reader; empty where Payway does not tell."""
    shop = current_shop()
    try:
        offers = await shop.offers.offers()
    except CatalogueUnavailable:
        return "", ()
    return await shop.title_name.name(), shop.observations.offered_to(reader.visitor_id, offers)

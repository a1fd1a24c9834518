"""Records of browsers that a decision needs: read in one unit of work, written in another at most."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Delete
from sqlmodel import Session, col, delete

from klarna_shop.shop.access.applied_model import applied_model
from klarna_shop.shop.access.dismissals import REMEMBERED_FOR, WallDismissal, is_dismissed
from klarna_shop.shop.access.entitled import Subscriptions
from klarna_shop.shop.access.meter import (
    LONGEST_PERIOD,
    Allowance,
    MeterRead,
    MeterReading,
    count_read,
    meter_reads,
)
from klarna_shop.shop.access.ports import DecisionInput
from klarna_shop.shop.access.visits import FORGOTTEN_AFTER, VisitorVisits, note_visit, visit_of
from klarna_shop.shop.articles import Article, ArticleKind
from klarna_shop.shop.clock import Clock
from klarna_shop.shop.database import Database
from klarna_shop.shop.database_faults import DatabaseUnavailable
from klarna_shop.shop.experiments.draws import DRAWS_KEPT, draw_again, draws_of
from klarna_shop.shop.experiments.experiment import Experiment
from klarna_shop.shop.experiments.tables import VisitorDraw
from klarna_shop.shop.paywalls.document import AccessModel
from klarna_shop.shop.paywalls.stored import Published
from klarna_shop.shop.reader import Reader
from klarna_shop.shop.snapshot import Known, Snapshot


@dataclass(frozen=True)
class BrowserRecords:
    """Reads and writes what is known of browsers, each time in one unit of work.

    Designs and experiments come from their snapshots, which look for changes in the unit that reads. What
    cannot be read or written keeps no one from reading: the decision is made without it.
    """

    database: Database
    designs: Snapshot[tuple[Published, ...]]
    experiments: Snapshot[tuple[Experiment, ...]]
    subscriptions: Subscriptions
    clock: Clock

    async def read(self, reader: Reader, article: Article, traffic_source: str) -> DecisionInput:
        """Read all that one decision needs; for a free article that is the visit alone."""
        try:
            if article.kind is ArticleKind.FREE:
                return await self._read_visit(reader.visitor_id, traffic_source)
            return await self._read_all(reader, article, traffic_source)
        except DatabaseUnavailable:
            return DecisionInput(self.designs.known.value, self.experiments.known.value)

    async def _read_visit(self, visitor_id: str | None, traffic_source: str) -> DecisionInput:
        if visitor_id is None:
            return DecisionInput()
        now = self.clock()
        return DecisionInput(
            visit=await self.database.read(lambda session: visit_of(session, visitor_id, traffic_source, now))
        )

    async def _read_all(self, reader: Reader, article: Article, traffic_source: str) -> DecisionInput:
        paid = await self.subscriptions.question(reader)
        designs, experiments = self.designs.look(), self.experiments.look()
        visitor_id, now = reader.visitor_id, self.clock()

        def find(
            session: Session,
        ) -> tuple[DecisionInput, Known[tuple[Published, ...]], Known[tuple[Experiment, ...]]]:
            published, running = designs(session), experiments(session)
            found = DecisionInput(published.value, running.value, paid=paid(session))
            if visitor_id is not None:
                found = replace(
                    _of_browser(session, found, visitor_id, article, now),
                    visit=visit_of(session, visitor_id, traffic_source, now),
                )
            return found, published, running

        found, published, running = await self.database.read(find)
        self.designs.keep(published)
        self.experiments.keep(running)
        return found

    async def count(
        self, visitor_id: str, traffic_source: str, slug: str = "", allowance: Allowance | None = None
    ) -> MeterReading | None:
        """Note the visit, and count an article where an allowance is given; both decide again inside."""
        now = self.clock()

        def note(session: Session) -> MeterReading | None:
            note_visit(session, visitor_id, traffic_source, now)
            return count_read(session, visitor_id, slug, allowance, now) if allowance else None

        return await self.database.write_soon(note, lock=visitor_id)

    async def dismiss(self, visitor_id: str, slug: str) -> None:
        """Remember that the wall before this article was dismissed, where that can be written soon."""
        row = WallDismissal(visitor_id=visitor_id, slug=slug, dismissed_at=self.clock())
        await self.database.write_soon(lambda session: session.merge(row), lock=visitor_id)

    async def forget(self, visitor_id: str) -> None:
        """Forget what was read and dismissed, and divide the browser again in experiments."""
        now = self.clock()

        def forget(session: Session) -> None:
            session.exec(delete(MeterRead).where(col(MeterRead.visitor_id) == visitor_id))
            session.exec(delete(WallDismissal).where(col(WallDismissal.visitor_id) == visitor_id))
            draw_again(session, visitor_id, now)

        await self.database.write(forget, lock=visitor_id)

    async def erase_old(self) -> None:
        """Forget what is too old to matter, each table by itself: others write in between."""
        for old in _too_old(self.clock()):
            await self.database.clean_up(lambda session, old=old: session.exec(old))  # type: ignore[misc]


def _of_browser(
    session: Session, found: DecisionInput, visitor_id: str, article: Article, now: datetime
) -> DecisionInput:
    """Return the input with what is known of a browser, as far as a published design asks for it."""
    models = {applied_model(one.design, article) for one in found.published}
    return replace(
        found,
        draws=draws_of(session, visitor_id) if found.experiments else 0,
        meter=meter_reads(session, visitor_id, now) if AccessModel.METERED in models else None,
        is_dismissed=AccessModel.SOFT in models and is_dismissed(session, visitor_id, article.slug, now),
    )


def _too_old(now: datetime) -> tuple[Delete, ...]:
    return (
        delete(MeterRead).where(col(MeterRead.read_at) <= now - LONGEST_PERIOD),
        delete(WallDismissal).where(col(WallDismissal.dismissed_at) <= now - REMEMBERED_FOR),
        delete(VisitorDraw).where(col(VisitorDraw.drawn_at) <= now - DRAWS_KEPT),
        delete(VisitorVisits).where(col(VisitorVisits.seen_at) <= now - FORGOTTEN_AFTER),
    )

"""The designs of this shop: drafts, published versions, history.

A change is one transaction that also writes its line of history. The published designs are kept in
memory and read anew when the history has grown, whichever process wrote it.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from klarna_shop.shop.clock import Clock, Stopwatch
from klarna_shop.shop.database import Database
from klarna_shop.shop.database_faults import DatabaseUnavailable
from klarna_shop.shop.paywalls import rows
from klarna_shop.shop.paywalls.difference import difference, summary
from klarna_shop.shop.paywalls.document import PaywallDesign
from klarna_shop.shop.paywalls.standard import BUILT_IN_VERSION, STANDARD_SLUG, standard_design
from klarna_shop.shop.paywalls.stored import (
    Change,
    DesignChanged,
    DesignExists,
    DesignFixed,
    DesignMissing,
    Draft,
    HistoryEntry,
    Published,
    Version,
    WrongSlug,
)
from klarna_shop.shop.paywalls.tables import (
    LONGEST_NOTE,
    LONGEST_SLUG,
    PaywallDesignRow,
    PaywallHistory,
    PaywallVersion,
)

SEEN_FOR_SECONDS = 1.0
"""How long a process goes on with the published designs it knows before it looks whether there are others."""
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Designs:
    """Reads and changes designs. One object a process."""

    def __init__(self, database: Database, clock: Clock, *, monotonic: Stopwatch = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._monotonic = monotonic
        self._published: tuple[Published, ...] = ()
        self._seen_changes = -1
        self._looked_at = float("-inf")

    async def published(self) -> tuple[Published, ...]:
        """Every design in force; the standard design is always among them."""
        now = self._monotonic()
        if now - self._looked_at < SEEN_FOR_SECONDS:
            return self._published
        try:
            async with self._database.reading() as session:
                # Counted, since PostgreSQL may commit a higher number before a lower one.
                changes = (await session.exec(select(func.count(col(PaywallHistory.id))))).one()
                if changes != self._seen_changes:
                    self._published = await rows.all_published(session)
                    self._seen_changes = changes
        except DatabaseUnavailable:
            # Readers go on with those that are known.
            self._published = self._published or rows.built_in_published()
        self._looked_at = now
        return self._published

    async def all(self) -> tuple[Draft, ...]:
        """Every design as it is being edited, by slug, the standard design last."""
        async with self._database.reading() as session:
            found = {row.slug: row for row in (await session.exec(select(PaywallDesignRow))).all()}
            drafts = {draft.slug: draft for draft in await rows.drafts(session, found)}
        drafts.setdefault(STANDARD_SLUG, rows.built_in_draft())
        return tuple(sorted(drafts.values(), key=lambda draft: (draft.slug == STANDARD_SLUG, draft.slug)))

    async def draft(self, slug: str) -> Draft:
        """One design as it is being edited.

        Raises:
            DesignMissing: there is none of this name.
        """
        async with self._database.reading() as session:
            row = await session.get(PaywallDesignRow, slug)
            if row is not None:
                return rows.draft(row, await rows.published_design(session, row))
        if slug == STANDARD_SLUG:
            return rows.built_in_draft()
        raise DesignMissing(slug)

    async def versions(self, slug: str) -> tuple[Version, ...]:
        """Every version that was ever published, newest first."""
        async with self._database.reading() as session:
            found = await session.exec(
                select(PaywallVersion)
                .where(col(PaywallVersion.slug) == slug)
                .order_by(col(PaywallVersion.number).desc())
            )
            stored = tuple(rows.version(row) for row in found.all())
        return (*stored, rows.built_in_version()) if slug == STANDARD_SLUG else stored

    async def version(self, slug: str, number: int) -> Version:
        """One version.

        Raises:
            DesignMissing: it was never published.
        """
        async with self._database.reading() as session:
            return await _version(session, slug, number)

    async def history(self, slug: str, most: int = 200) -> tuple[HistoryEntry, ...]:
        """What was done to a design, newest first."""
        async with self._database.reading() as session:
            found = await session.exec(
                select(PaywallHistory)
                .where(col(PaywallHistory.slug) == slug)
                .order_by(col(PaywallHistory.id).desc())
                .limit(most)
            )
            return tuple(
                HistoryEntry(row.at, row.slug, Change(row.what), row.version, row.summary)
                for row in found.all()
            )

    async def create(self, slug: str, design: PaywallDesign, what: Change = Change.CREATED) -> Draft:
        """A new design, as a draft. `what` is the history's word for it: created or imported.

        Raises:
            WrongSlug: `slug` is none.
            DesignExists: the slug is taken.
        """
        if len(slug) > LONGEST_SLUG or not _SLUG.fullmatch(slug):
            raise WrongSlug(slug)
        async with self._changing(slug) as session:
            if slug == STANDARD_SLUG or await session.get(PaywallDesignRow, slug) is not None:
                raise DesignExists(slug)
            row = rows.new_row(slug, design, self._clock())
            session.add(row)
            self._record(session, slug, what)
            return rows.draft(row, None)

    async def save(
        self, slug: str, design: PaywallDesign, revision: int, what: Change = Change.SAVED
    ) -> Draft:
        """Replace the draft that was read at `revision`. A document that says the same changes nothing.

        Raises:
            DesignMissing: there is no such design.
            DesignChanged: somebody else has saved since.
        """
        async with self._changing(slug) as session:
            row = await self._row(session, slug, revision)
            changes = difference(rows.parsed(row.draft), design)
            if changes:
                self._set_draft(row, design)
                self._record(session, slug, what, summary=summary(changes))
            return rows.draft(row, await rows.published_design(session, row))

    async def publish(self, slug: str, revision: int, note: str = "") -> Version:
        """Put the draft in force as a new version; the one in force if it says the same.

        Does not check the document (`checks`).

        Raises:
            DesignMissing: there is no such design.
            DesignChanged: the draft is no longer the one that was read at `revision`.
        """
        async with self._changing(slug) as session:
            row = await self._row(session, slug, revision)
            design = rows.parsed(row.draft)
            before = await rows.published_design(session, row)
            number = rows.in_force(row)
            if before == design and number is not None:
                return await _version(session, slug, number)
            version = PaywallVersion(
                slug=slug,
                number=await rows.next_number(session, slug),
                document=row.draft,
                published_at=self._clock(),
                note=note[:LONGEST_NOTE],
            )
            session.add(version)
            row.published_version = version.number
            changed = summary(difference(before, design)) if before else ""
            self._record(session, slug, Change.PUBLISHED, version.number, changed)
            return rows.version(version)

    async def unpublish(self, slug: str) -> None:
        """Take the design out of force; the standard design becomes the built-in one again.

        Raises:
            DesignMissing: there is no such design.
        """
        async with self._changing(slug) as session:
            row = await self._row(session, slug)
            if row.published_version is not None:
                self._record(session, slug, Change.UNPUBLISHED, row.published_version)
                row.published_version = None

    async def roll_back(self, slug: str, number: int, revision: int) -> Draft:
        """Put an earlier version in force again, and the draft back to it.

        Raises:
            DesignMissing: there is no such design or version.
            DesignChanged: the draft is no longer the one that was read at `revision`.
        """
        async with self._changing(slug) as session:
            row = await self._row(session, slug, revision)
            version = await _version(session, slug, number)
            before = await rows.published_design(session, row)
            row.published_version = None if number == BUILT_IN_VERSION else number
            self._set_draft(row, version.design)
            changed = summary(difference(before, version.design)) if before else ""
            self._record(session, slug, Change.ROLLED_BACK, number, changed)
            return rows.draft(row, version.design)

    async def delete(self, slug: str) -> None:
        """Take the design away. Its versions and its history stay.

        Raises:
            DesignFixed: the standard design cannot be deleted.
            DesignMissing: there is no such design.
        """
        if slug == STANDARD_SLUG:
            raise DesignFixed(slug)
        async with self._changing(slug) as session:
            row = await self._row(session, slug)
            self._record(session, slug, Change.DELETED, row.published_version)
            await session.delete(row)

    @asynccontextmanager
    async def _changing(self, slug: str) -> AsyncIterator[AsyncSession]:
        """A transaction that nobody else changes this design in."""
        async with self._database.writing_alone(f"design {slug}") as session:
            yield session
        self._looked_at = float("-inf")  # this process sees its own changes at once

    async def _row(self, session: AsyncSession, slug: str, revision: int | None = None) -> PaywallDesignRow:
        row = await session.get(PaywallDesignRow, slug)
        if row is None and slug == STANDARD_SLUG:
            row = rows.new_row(slug, standard_design(), self._clock())
            row.revision = 0
            session.add(row)
        if row is None:
            raise DesignMissing(slug)
        if revision is not None and row.revision != revision:
            raise DesignChanged(row.revision)
        return row

    def _set_draft(self, row: PaywallDesignRow, design: PaywallDesign) -> None:
        row.draft = design.as_json()
        row.revision += 1
        row.changed_at = self._clock()

    def _record(
        self, session: AsyncSession, slug: str, what: Change, version: int | None = None, summary: str = ""
    ) -> None:
        session.add(
            PaywallHistory(at=self._clock(), slug=slug, what=what.value, version=version, summary=summary)
        )


async def _version(session: AsyncSession, slug: str, number: int) -> Version:
    if slug == STANDARD_SLUG and number == BUILT_IN_VERSION:
        return rows.built_in_version()
    row = await session.get(PaywallVersion, (slug, number))
    if row is None:
        raise DesignMissing(f"{slug} {number}")
    return rows.version(row)

"""The designs of this shop: drafts, published versions, history.

A change is one transaction that also writes its line of history. The published designs are kept in memory
(`Snapshot`).
"""

from __future__ import annotations

import re
import time
from functools import partial
from typing import TypeVar

from sqlmodel import Session

from klarna_shop.infrastructure.units_of_work import Work
from klarna_shop.shop.clock import Clock, Stopwatch
from klarna_shop.shop.database import Database
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
from klarna_shop.shop.snapshot import Snapshot

Result = TypeVar("Result")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Designs:
    """Reads and changes designs. One object a process."""

    def __init__(self, database: Database, clock: Clock, *, monotonic: Stopwatch = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self.snapshot = Snapshot(PaywallHistory, rows.all_published, rows.built_in_published(), monotonic)
        """The published designs; the standard design is always among them."""

    async def published(self) -> tuple[Published, ...]:
        """Every design in force; the standard design is always among them."""
        return await self.snapshot.current(self._database)

    async def all(self) -> tuple[Draft, ...]:
        """Every design as it is being edited, by slug, the standard design last."""
        drafts = {draft.slug: draft for draft in await self._database.read(rows.drafts)}
        drafts.setdefault(STANDARD_SLUG, rows.built_in_draft())
        return tuple(sorted(drafts.values(), key=lambda draft: (draft.slug == STANDARD_SLUG, draft.slug)))

    async def draft(self, slug: str) -> Draft:
        """One design as it is being edited.

        Raises:
            DesignMissing: there is none of this name.
        """
        found = await self._database.read(partial(rows.find_draft, slug=slug))
        if found is not None:
            return found
        if slug == STANDARD_SLUG:
            return rows.built_in_draft()
        raise DesignMissing(slug)

    async def versions(self, slug: str) -> tuple[Version, ...]:
        """Every version that was ever published, newest first."""
        stored = await self._database.read(partial(rows.versions, slug=slug))
        return (*stored, rows.built_in_version()) if slug == STANDARD_SLUG else stored

    async def version(self, slug: str, number: int) -> Version:
        """One version.

        Raises:
            DesignMissing: it was never published.
        """
        return await self._database.read(partial(_version, slug=slug, number=number))

    async def history(self, slug: str, most: int = 200) -> tuple[HistoryEntry, ...]:
        """What was done to a design, newest first."""
        return await self._database.read(partial(rows.history, slug=slug, most=most))

    async def create(self, slug: str, design: PaywallDesign, what: Change = Change.CREATED) -> Draft:
        """A new design, as a draft. `what` is the history's word for it: created or imported.

        Raises:
            WrongSlug: `slug` is none.
            DesignExists: the slug is taken.
        """
        if len(slug) > LONGEST_SLUG or not _SLUG.fullmatch(slug):
            raise WrongSlug(slug)

        def create(session: Session) -> Draft:
            if slug == STANDARD_SLUG or session.get(PaywallDesignRow, slug) is not None:
                raise DesignExists(slug)
            row = rows.new_row(slug, design, self._clock())
            session.add(row)
            self._record(session, slug, what)
            return rows.draft(row, None)

        return await self._change(slug, create)

    async def save(
        self, slug: str, design: PaywallDesign, revision: int, what: Change = Change.SAVED
    ) -> Draft:
        """Replace the draft that was read at `revision`. A document that says the same changes nothing.

        Raises:
            DesignMissing: there is no such design.
            DesignChanged: somebody else has saved since.
        """

        def save(session: Session) -> Draft:
            row = self._row(session, slug, revision)
            changes = difference(rows.parsed(row.draft), design)
            if changes:
                self._set_draft(row, design)
                self._record(session, slug, what, summary=summary(changes))
            return rows.draft(row, rows.published_design(session, row))

        return await self._change(slug, save)

    async def publish(self, slug: str, revision: int, note: str = "") -> Version:
        """Put the draft in force as a new version; the one in force if it says the same.

        Does not check the document (`checks`).

        Raises:
            DesignMissing: there is no such design.
            DesignChanged: the draft is no longer the one that was read at `revision`.
        """

        def publish(session: Session) -> Version:
            row = self._row(session, slug, revision)
            design = rows.parsed(row.draft)
            before = rows.published_design(session, row)
            number = rows.in_force(row)
            if before == design and number is not None:
                return _version(session, slug, number)
            version = PaywallVersion(
                slug=slug,
                number=rows.next_number(session, slug),
                document=row.draft,
                published_at=self._clock(),
                note=note[:LONGEST_NOTE],
            )
            session.add(version)
            row.published_version = version.number
            changed = summary(difference(before, design)) if before else ""
            self._record(session, slug, Change.PUBLISHED, version.number, changed)
            return rows.version(version)

        return await self._change(slug, publish)

    async def unpublish(self, slug: str) -> None:
        """Take the design out of force; the standard design becomes the built-in one again.

        Raises:
            DesignMissing: there is no such design.
        """

        def unpublish(session: Session) -> None:
            row = self._row(session, slug)
            if row.published_version is not None:
                self._record(session, slug, Change.UNPUBLISHED, row.published_version)
                row.published_version = None

        await self._change(slug, unpublish)

    async def roll_back(self, slug: str, number: int, revision: int) -> Draft:
        """Put an earlier version in force again, and the draft back to it.

        Raises:
            DesignMissing: there is no such design or version.
            DesignChanged: the draft is no longer the one that was read at `revision`.
        """

        def roll_back(session: Session) -> Draft:
            row = self._row(session, slug, revision)
            version = _version(session, slug, number)
            before = rows.published_design(session, row)
            row.published_version = None if number == BUILT_IN_VERSION else number
            self._set_draft(row, version.design)
            changed = summary(difference(before, version.design)) if before else ""
            self._record(session, slug, Change.ROLLED_BACK, number, changed)
            return rows.draft(row, version.design)

        return await self._change(slug, roll_back)

    async def delete(self, slug: str) -> None:
        """Take the design away. Its versions and its history stay.

        Raises:
            DesignFixed: the standard design cannot be deleted.
            DesignMissing: there is no such design.
        """
        if slug == STANDARD_SLUG:
            raise DesignFixed(slug)

        def delete(session: Session) -> None:
            row = self._row(session, slug)
            self._record(session, slug, Change.DELETED, row.published_version)
            session.delete(row)

        await self._change(slug, delete)

    async def _change(self, slug: str, work: Work[Result]) -> Result:
        """Carry out a change in a transaction of its own: no one else changes this design meanwhile."""
        try:
            return await self._database.write(work, lock=f"design {slug}")
        finally:
            self.snapshot.invalidate()

    def _row(self, session: Session, slug: str, revision: int | None = None) -> PaywallDesignRow:
        row = session.get(PaywallDesignRow, slug)
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
        self, session: Session, slug: str, what: Change, version: int | None = None, summary: str = ""
    ) -> None:
        session.add(
            PaywallHistory(at=self._clock(), slug=slug, what=what.value, version=version, summary=summary)
        )


def _version(session: Session, slug: str, number: int) -> Version:
    if slug == STANDARD_SLUG and number == BUILT_IN_VERSION:
        return rows.built_in_version()
    row = session.get(PaywallVersion, (slug, number))
    if row is None:
        raise DesignMissing(f"{slug} {number}")
    return rows.version(row)

"""Between the tables' rows and what the store gives back."""

from __future__ import annotations

import logging
from datetime import datetime

from pydantic import ValidationError
from sqlmodel import Session, col, func, select

from klarna_shop.shop.paywalls.document import PaywallDesign
from klarna_shop.shop.paywalls.standard import BUILT_IN_VERSION, STANDARD_SLUG, standard_design
from klarna_shop.shop.paywalls.stored import (
    Change,
    DesignStatus,
    Draft,
    HistoryEntry,
    Published,
    Version,
)
from klarna_shop.shop.paywalls.tables import PaywallDesignRow, PaywallHistory, PaywallVersion

log = logging.getLogger(__name__)

FIRST_REVISION = 1


def parsed(document: str) -> PaywallDesign:
    """A stored document."""
    return PaywallDesign.model_validate_json(document)


def built_in_draft() -> Draft:
    """The standard design while nobody has changed it."""
    return Draft(STANDARD_SLUG, standard_design(), 0, DesignStatus.PUBLISHED, BUILT_IN_VERSION, None)


def built_in_version() -> Version:
    """The standard design's version that is in the code."""
    return Version(STANDARD_SLUG, BUILT_IN_VERSION, standard_design(), None, "")


def built_in_published() -> tuple[Published, ...]:
    """The standard design as it is in force while nobody has changed it."""
    return (Published(STANDARD_SLUG, BUILT_IN_VERSION, standard_design()),)


def version(row: PaywallVersion) -> Version:
    """A version from its row."""
    return Version(row.slug, row.number, parsed(row.document), row.published_at, row.note)


def in_force(row: PaywallDesignRow) -> int | None:
    """The number of the version in force; None for a design that is not published."""
    if row.published_version is None and row.slug == STANDARD_SLUG:
        return BUILT_IN_VERSION
    return row.published_version


def draft(row: PaywallDesignRow, published: PaywallDesign | None) -> Draft:
    """A draft from its row and the document of the version in force."""
    design = parsed(row.draft)
    status = DesignStatus.DRAFT
    if published is not None:
        status = DesignStatus.PUBLISHED if design == published else DesignStatus.CHANGED
    return Draft(row.slug, design, row.revision, status, in_force(row), row.changed_at)


def published_design(session: Session, row: PaywallDesignRow) -> PaywallDesign | None:
    """The document in force of this design."""
    if row.published_version is None:
        return standard_design() if row.slug == STANDARD_SLUG else None
    found = session.get(PaywallVersion, (row.slug, row.published_version))
    return parsed(found.document) if found else None


def all_published(session: Session) -> tuple[Published, ...]:
    """Every design in force."""
    found = session.exec(
        select(PaywallVersion)
        .join(PaywallDesignRow, col(PaywallDesignRow.slug) == col(PaywallVersion.slug))
        .where(col(PaywallDesignRow.published_version) == col(PaywallVersion.number))
    )
    published = {one.slug: one for one in built_in_published()}
    for row in found.all():
        try:
            published[row.slug] = Published(row.slug, row.number, parsed(row.document))
        except ValidationError:
            # One document that cannot be read must not take the walls of all others away.
            log.exception("design %s, version %d, cannot be read and is left out", row.slug, row.number)
    return tuple(published.values())


def next_number(session: Session, slug: str) -> int:
    """The number of the version after the last, also of a design that was deleted in between."""
    newest = session.exec(select(func.max(PaywallVersion.number)).where(col(PaywallVersion.slug) == slug))
    return (newest.one() or BUILT_IN_VERSION) + 1


def drafts(session: Session) -> tuple[Draft, ...]:
    """The drafts of all designs, each with its status."""
    published = {one.slug: one.design for one in all_published(session)}
    return tuple(draft(row, published.get(row.slug)) for row in session.exec(select(PaywallDesignRow)))


def find_draft(session: Session, slug: str) -> Draft | None:
    """The draft of one design."""
    row = session.get(PaywallDesignRow, slug)
    return None if row is None else draft(row, published_design(session, row))


def versions(session: Session, slug: str) -> tuple[Version, ...]:
    """Every version of a design that was ever published, newest first."""
    of_design = select(PaywallVersion).where(col(PaywallVersion.slug) == slug)
    return tuple(map(version, session.exec(of_design.order_by(col(PaywallVersion.number).desc()))))


def history(session: Session, slug: str, most: int) -> tuple[HistoryEntry, ...]:
    """At most so many lines of a design's history, newest first."""
    of_design = select(PaywallHistory).where(col(PaywallHistory.slug) == slug)
    newest = of_design.order_by(col(PaywallHistory.id).desc()).limit(most)
    return tuple(
        HistoryEntry(row.at, row.slug, Change(row.what), row.version, row.summary)
        for row in session.exec(newest)
    )


def new_row(slug: str, design: PaywallDesign, now: datetime) -> PaywallDesignRow:
    """The row of a design that has just been made."""
    return PaywallDesignRow(slug=slug, draft=design.as_json(), revision=FIRST_REVISION, changed_at=now)

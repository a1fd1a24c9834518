"""What the store gives back: a design with its draft, its versions and its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from klarna_shop.shop.paywalls.document import PaywallDesign


class Change(StrEnum):
    """What can be done to a design."""

    CREATED = "created"
    IMPORTED = "imported"
    SAVED = "saved"
    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"
    ROLLED_BACK = "rolled_back"
    DELETED = "deleted"


class DesignStatus(StrEnum):
    """`changed`: published, and the draft has gone on since."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CHANGED = "changed"


@dataclass(frozen=True)
class Published:
    """A version that is in force. The built-in standard design is version 0."""

    slug: str
    version: int
    design: PaywallDesign


@dataclass(frozen=True)
class Draft:
    """A design as the editor sees it. `revision` is 0 for the built-in one that nobody has changed."""

    slug: str
    design: PaywallDesign
    revision: int
    status: DesignStatus
    published_version: int | None
    changed_at: datetime | None


@dataclass(frozen=True)
class Version:
    """One published version, in force or not."""

    slug: str
    number: int
    design: PaywallDesign
    published_at: datetime | None
    note: str


@dataclass(frozen=True)
class HistoryEntry:
    """What was done, when (UTC), and to which fields."""

    at: datetime
    slug: str
    what: Change
    version: int | None
    summary: str


class DesignMissing(Exception):
    """There is no design, or no version, of this name."""


class DesignExists(Exception):
    """The slug is taken."""


class DesignChanged(Exception):
    """Somebody else has saved since: `current` is the draft's revision now. Nothing was written."""

    def __init__(self, current: int) -> None:
        super().__init__(f"the draft is at revision {current}")
        self.current = current


class DesignFixed(Exception):
    """The standard design is always there: it can be changed, and not deleted."""


class WrongSlug(Exception):
    """Not a slug: small letters, digits and single hyphens, 60 characters at most."""

"""One thing a reader can buy, with every fact the law wants said about it."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class OfferKind(StrEnum):
    """A trial is a campaign that costs nothing and turns into its package."""

    PACKAGE = "package"
    CAMPAIGN = "campaign"
    TRIAL = "trial"


class PeriodUnit(StrEnum):
    """Payway's iteration types."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True)
class Period:
    """A length of time as Payway counts it: `length` times `unit`."""

    unit: PeriodUnit
    length: int

    def end(self, start: date) -> date:
        """The first day after the period; a month from 31 January ends on the last day of February."""
        if self.unit is PeriodUnit.DAY:
            return start + timedelta(days=self.length)
        if self.unit is PeriodUnit.WEEK:
            return start + timedelta(weeks=self.length)
        months = self.length * (12 if self.unit is PeriodUnit.YEAR else 1)
        year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
        return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class FollowUp:
    """What a campaign or trial turns into: the base package, paid each month (payway-api.md §6.5)."""

    package_code: str
    package_name: str
    price: int
    period: Period


@dataclass(frozen=True)
class Offer:
    """A package or campaign with one of its Klarna payment periods.

    `price` is öre for one period, VAT included. `recurring` says whether the same price is charged
    again after each period. `after` says what a campaign or trial turns into; an offer that neither
    recurs nor turns into something simply ends.
    """

    code: str
    period_id: str
    kind: OfferKind
    name: str
    description: str
    price: int
    vat_percent: int
    period: Period
    recurring: bool
    after: FollowUp | None = None

    @property
    def subscription_code(self) -> str:
        """Code of the package that the reader subscribes to in the end."""
        return self.after.package_code if self.after else self.code

    @property
    def period_type(self) -> str:
        """The `period_type` of create_session: always recurring for campaigns (payway-api.md §5.2)."""
        return "recurring" if self.recurring or self.kind is not OfferKind.PACKAGE else "limited"

    @property
    def is_trial(self) -> bool:
        """Whether it is ordered with place_trial_order and needs direct debit."""
        return self.kind is OfferKind.TRIAL

    @property
    def codes(self) -> frozenset[str]:
        """The codes whose articles this offer opens."""
        return frozenset({self.code} | ({self.after.package_code} if self.after else set()))

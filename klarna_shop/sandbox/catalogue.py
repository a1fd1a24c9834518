"""What can be bought: products, packages, campaigns, their periods, and the title (§6)."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from klarna_shop.sandbox.clock import STOCKHOLM
from klarna_shop.sandbox.identifiers import fixed_entity_id

KLARNA_PAYMENTS = "klarna_payments"
Unit = Literal["day", "week", "month", "year"]


@dataclass(frozen=True)
class Period:
    """A payment period: what is charged (öre, VAT included), how often, and through which method."""

    id: str
    type: Literal["recurring", "limited"]
    unit: Unit
    length: int
    price: int
    payment_method: str = KLARNA_PAYMENTS
    enabled: bool = True

    def end(self, start: datetime, times: int = 1) -> datetime:
        """When `times` such periods end that began at `start`, by the Swedish calendar."""
        local = start.astimezone(STOCKHOLM)
        count = self.length * times
        if self.unit in {"day", "week"}:
            moved = local.replace(tzinfo=None) + timedelta(days=count * (7 if self.unit == "week" else 1))
        else:
            months = local.year * 12 + local.month - 1 + count * (12 if self.unit == "year" else 1)
            year, month = divmod(months, 12)
            day = min(local.day, calendar.monthrange(year, month + 1)[1])
            moved = local.replace(year=year, month=month + 1, day=day, tzinfo=None)
        return moved.replace(tzinfo=STOCKHOLM).astimezone(start.tzinfo)


@dataclass(frozen=True)
class Product:
    """An access right."""

    code: str
    name: str
    description: str
    integration_code: str | None = None
    """The code under which another system knows it."""

    @property
    def id(self) -> str:
        """Entity id."""
        return fixed_entity_id(f"product {self.code}")


@dataclass(frozen=True)
class Offer:
    """A package, or a campaign built on one (§6.1). VAT is a percentage."""

    kind: Literal["package", "campaign"]
    code: str
    name: str
    description: str
    periods: tuple[Period, ...]
    products: tuple[str, ...]
    rank: int
    short_description: str = ""
    tags: tuple[str, ...] = ()
    base_package: str | None = None
    """The package a campaign is built on."""
    transforms: bool = False
    """Whether a campaign becomes its base package at its end."""
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    vat: int = 6
    integration_code: str | None = None
    """The code under which another system knows it."""
    customer_can_cancel: bool = True
    grace_days: int = 0
    """For how many days a failed renewal is tried again while access goes on, 0 to 25 (§9.5)."""

    @property
    def id(self) -> str:
        """Entity id."""
        return fixed_entity_id(f"{self.kind} {self.code}")

    @property
    def access_codes(self) -> tuple[str, ...]:
        """What a subscription puts into `active_products`: its own code, its base package's, products'."""
        base = () if self.base_package is None else (self.base_package,)
        return (self.code, *base, *self.products)

    def is_expired(self, now: datetime) -> bool:
        """Whether it is no longer sold."""
        return self.valid_to is not None and self.valid_to <= now

    def klarna_periods(self) -> tuple[Period, ...]:
        """Periods paid through Klarna Payments, disabled ones too (§5.1)."""
        return tuple(period for period in self.periods if period.payment_method == KLARNA_PAYMENTS)

    def is_trial(self, period: Period) -> bool:
        """Whether the period is a free campaign that becomes a paid package (§6.5)."""
        return self.kind == "campaign" and self.transforms and period.price == 0


@dataclass(frozen=True)
class Title:
    """The newspaper (§6.6)."""

    code: str
    name: str
    url: str
    rgb: str


@dataclass(frozen=True)
class CancellationReason:
    """Why somebody leaves (§9.4)."""

    index: int
    name: str
    code: str
    visible_to_end_customer: bool = True
    internal: bool = False
    default: bool = False
    """Taken where a cancellation names no reason (§17)."""

    @property
    def id(self) -> str:
        """Entity id."""
        return fixed_entity_id(f"cancellation reason {self.code}")


@dataclass(frozen=True)
class Catalogue:
    """Everything on sale for one title."""

    title: Title
    products: tuple[Product, ...]
    offers: tuple[Offer, ...]
    cancellation_reasons: tuple[CancellationReason, ...]

    @property
    def default_reason(self) -> CancellationReason:
        """The reason of a cancellation that names none (§17)."""
        return next(reason for reason in self.cancellation_reasons if reason.default)

    def offer(self, code: str) -> Offer | None:
        """The package or campaign with this code."""
        return next((offer for offer in self.offers if offer.code == code), None)

    def find(
        self, *, code: str | None = None, entity_id: str | None = None, integration_code: str | None = None
    ) -> Offer | Product | None:
        """A package, campaign or product by its code, its id or its code in another system."""
        entries: list[Offer | Product] = [*self.offers, *self.products]
        for entry in entries:
            if entry.code == code or (entity_id is not None and entry.id == entity_id.lower()):
                return entry
            if integration_code is not None and entry.integration_code == integration_code:
                return entry
        return None

    def monthly(self, package: str) -> Period:
        """The monthly Klarna period of a package, into which campaigns turn (§6.5)."""
        offer = self.offer(package)
        assert offer is not None, package
        return next(
            period
            for period in offer.klarna_periods()
            if period.enabled and period.type == "recurring" and (period.unit, period.length) == ("month", 1)
        )

    def period(self, code: str, period_id: str) -> Period | None:
        """A period by its id, if it belongs to the code."""
        offer = self.offer(code)
        periods = () if offer is None else offer.periods
        return next((period for period in periods if period.id == period_id.lower()), None)

"""What an experiment has shown so far: who was exposed, what they brought, and what may be concluded.

A visitor is exposed when they have really seen a wall of the experiment (`wall_shown`), and belongs to the
variant of their first exposure for good. What they brought is what came after it, on any wall or none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import and_, case, func, select
from sqlmodel import Session, col

from klarna_shop.shop.clock import Clock
from klarna_shop.shop.database import Database
from klarna_shop.shop.experiments.assignment import Variant
from klarna_shop.shop.experiments.confidence import (
    ALPHA,
    Difference,
    Outcomes,
    difference,
    lift,
    visitors_needed,
)
from klarna_shop.shop.experiments.experiment import Experiment
from klarna_shop.shop.experiments.sample_ratio import is_mismatch
from klarna_shop.shop.measurement import EventName, Traffic
from klarna_shop.shop.measurement.tables import MeasuredEvent
from klarna_shop.shop.money import seller_date

RECENTLY = timedelta(days=14)
"""From how far back the traffic to come is estimated."""
_PAYS = (EventName.ORDER_PLACED.value, EventName.TRIAL_TURNED_PAID.value)


@dataclass(frozen=True)
class VariantResult:
    """What one variant's visitors brought; revenue is öre.

    Differences and lifts are against the control: None for itself, and as long as nothing can be said. With
    several variants each gets its part of `ALPHA` (Bonferroni), so that all of a metric's hold together.
    """

    variant: Variant
    orders: Outcomes
    revenue: Outcomes
    order_difference: Difference | None = None
    order_lift: Difference | None = None
    revenue_difference: Difference | None = None
    revenue_lift: Difference | None = None

    @property
    def visitors(self) -> int:
        """How many were exposed."""
        return self.orders.visitors


@dataclass(frozen=True)
class Day:
    """What could be said at the end of one day, of everything until then.

    Lifts of orders, in the order of the variants without the control.
    """

    day: date
    visitors: int
    lifts: tuple[Difference | None, ...]


@dataclass(frozen=True)
class Results:
    """All variants in their order, the control first."""

    variants: tuple[VariantResult, ...]
    mismatch: bool
    """The visitors are not divided as they should be: something is broken, and no number here counts."""
    days: tuple[Day, ...]

    @property
    def visitors(self) -> int:
        """Exposed, of all variants."""
        return sum(one.visitors for one in self.variants)


@dataclass(frozen=True)
class RecentTraffic:
    """Visitors who saw a wall, on an average day, and which share of them ordered; None without any."""

    exposed_a_day: float
    order_rate: float | None


@dataclass(frozen=True)
class _Brought:
    """One day's newly exposed visitors or orders of one variant, as sums that can be added up."""

    visitors: int = 0
    orders: int = 0
    orders_squared: int = 0
    revenue: int = 0
    revenue_squared: int = 0

    def __add__(self, other: _Brought) -> _Brought:
        return _Brought(*(one + two for one, two in zip(_sums(self), _sums(other), strict=True)))

    @property
    def outcomes(self) -> tuple[Outcomes, Outcomes]:
        """Orders, and revenue."""
        return (
            Outcomes(self.visitors, self.orders, self.orders_squared),
            Outcomes(self.visitors, self.revenue, self.revenue_squared),
        )


class ExperimentResults:
    """Reads results from the events."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def of(self, experiment: Experiment, traffic: Traffic = Traffic.READER) -> Results:
        """Everything until now, of readers or of simulated ones."""
        visitors = await self._database.read(partial(_exposed, slug=experiment.slug, traffic=traffic))
        # Of many visitors it takes longer to add up than anything on the loop may.
        return await asyncio.to_thread(_results, experiment, list(visitors.values()))

    async def recent(self, designs: Sequence[str], traffic: Traffic = Traffic.READER) -> RecentTraffic:
        """What walls of these designs have met with of late, to estimate from what is to come."""
        event = MeasuredEvent
        name, at = col(event.name), col(event.at)
        seen = and_(name == EventName.WALL_SHOWN.value, col(event.design).in_(list(designs)))
        # One pass over the days of late: a join of the two kinds of events takes SQLite minutes.
        of_each = (
            select(
                func.min(case((seen, at))).label("exposed"),
                func.max(case((name == EventName.ORDER_PLACED.value, at))).label("ordered"),
            )
            .where(
                col(event.traffic) == traffic.value,
                name.in_([EventName.WALL_SHOWN.value, EventName.ORDER_PLACED.value]),
                at >= self._clock() - RECENTLY,
            )
            .group_by(col(event.visitor_id))
            .subquery()
        )
        ordered = case((of_each.c.ordered >= of_each.c.exposed, 1), else_=0)
        counted = select(func.count(), func.coalesce(func.sum(ordered), 0)).where(
            of_each.c.exposed.is_not(None)
        )
        visitors, buyers = await self._database.read(
            lambda session: session.connection().execute(counted).one()
        )
        return RecentTraffic(visitors / RECENTLY.days, buyers / visitors if visitors else None)


@dataclass(frozen=True)
class _Visitor:
    variant: str
    exposed_at: datetime
    paid: list[tuple[datetime, int, int]]
    """When, how many orders (none where a trial turned paid), how many öre."""

    def brought(self, until: date = date.max) -> _Brought:
        """What they paid up to and with a day."""
        counted = [one for one in self.paid if seller_date(one[0]) <= until]
        orders, revenue = sum(one[1] for one in counted), sum(one[2] for one in counted)
        return _Brought(1, orders, orders**2, revenue, revenue**2)


def _exposed(session: Session, slug: str, traffic: Traffic) -> dict[str, _Visitor]:
    """Every exposed visitor with what they paid since. No join: SQLite takes a wrong index for it."""
    event = MeasuredEvent
    exposures = (
        select(col(event.visitor_id), col(event.variant), col(event.at))
        .where(
            col(event.experiment) == slug,
            col(event.name) == EventName.WALL_SHOWN.value,
            col(event.traffic) == traffic.value,
            col(event.variant) != "",
        )
        .order_by(col(event.at), col(event.id))
    )
    connection = session.connection()
    visitors: dict[str, _Visitor] = {}
    for visitor_id, variant, at in connection.execute(exposures):
        visitors.setdefault(visitor_id, _Visitor(variant, at, []))
    if not visitors:
        return visitors
    payments = select(col(event.visitor_id), col(event.at), col(event.name), col(event.value)).where(
        col(event.traffic) == traffic.value,
        col(event.at) >= next(iter(visitors.values())).exposed_at,
        col(event.name).in_(_PAYS),
    )
    for visitor_id, at, name, value in connection.execute(payments):
        one = visitors.get(visitor_id)
        if one is not None and at >= one.exposed_at:
            one.paid.append((at, int(name == EventName.ORDER_PLACED.value), value))
    return visitors


def _results(experiment: Experiment, visitors: Sequence[_Visitor]) -> Results:
    totals = {variant.name: _Brought() for variant in experiment.variants}
    for one in visitors:
        if one.variant in totals:
            totals[one.variant] += one.brought()
    in_order = [totals[variant.name] for variant in experiment.variants]
    return Results(
        variants=_compared(experiment.variants, in_order),
        mismatch=is_mismatch([one.visitors for one in in_order], experiment.allocation.shares),
        days=_days(experiment, visitors),
    )


def days_to_decide(rate: float, wanted_lift: float, exposed_a_day: float, variants: int = 2) -> float | None:
    """About how many days until a lift is certain; None without traffic.

    The control and one other are compared, so of several variants each pair gets its part of the visitors.

    Raises:
        ValueError: as `visitors_needed`.
    """
    needed = visitors_needed(rate, wanted_lift, alpha_of_each(variants))
    return needed / (exposed_a_day * 2 / variants) if exposed_a_day > 0 else None


def alpha_of_each(variants: int) -> float:
    """The chance of being wrong that each comparison with the control may have, of so many variants."""
    return ALPHA / max(1, variants - 1)


def _compared(variants: Sequence[Variant], brought: Sequence[_Brought]) -> tuple[VariantResult, ...]:
    control_orders, control_revenue = brought[0].outcomes
    alpha = alpha_of_each(len(variants))
    results = [VariantResult(variants[0], control_orders, control_revenue)]
    for variant, of_variant in zip(variants[1:], brought[1:], strict=True):
        orders, revenue = of_variant.outcomes
        results.append(
            VariantResult(
                variant,
                orders,
                revenue,
                difference(control_orders, orders, alpha),
                lift(control_orders, orders, alpha),
                difference(control_revenue, revenue, alpha),
                lift(control_revenue, revenue, alpha),
            )
        )
    return tuple(results)


def _days(experiment: Experiment, visitors: Sequence[_Visitor]) -> tuple[Day, ...]:
    """What could be said each evening, from the first exposure on."""
    names = [variant.name for variant in experiment.variants]
    # What each day adds: visitors on the day they were exposed, their payments on the day they were made.
    added: dict[date, dict[str, _Brought]] = {}
    for one in visitors:
        if one.variant not in names:
            continue
        moments = [one.exposed_at, *(moment for moment, _, _ in one.paid)]
        before = _Brought()
        for day in sorted({seller_date(moment) for moment in moments}):
            now = one.brought(day)
            of_day = added.setdefault(day, {name: _Brought() for name in names})
            of_day[one.variant] += now + _negative(before)
            before = now
    days, totals = [], {name: _Brought() for name in names}
    day = min(added, default=date.max)
    while added and day <= max(added):
        for name, more in added.get(day, {}).items():
            totals[name] += more
        control, *others = (totals[name].outcomes[0] for name in names)
        lifts = tuple(lift(control, other, alpha_of_each(len(names))) for other in others)
        days.append(Day(day, sum(one.visitors for one in totals.values()), lifts))
        day += timedelta(days=1)
    return tuple(days)


def _negative(brought: _Brought) -> _Brought:
    return _Brought(*(-one for one in _sums(brought)))


def _sums(brought: _Brought) -> tuple[int, int, int, int, int]:
    return (
        brought.visitors,
        brought.orders,
        brought.orders_squared,
        brought.revenue,
        brought.revenue_squared,
    )

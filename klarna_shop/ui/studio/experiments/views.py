"""Experiments as the page shows them: plain texts, made once on the server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from klarna_shop.shop.experiments.confidence import Difference
from klarna_shop.shop.experiments.experiment import Experiment, ExperimentEntry, ExperimentStatus
from klarna_shop.shop.experiments.results import Results, VariantResult
from klarna_shop.shop.measurement import Traffic
from klarna_shop.shop.money import exact_price
from klarna_shop.shop.paywalls.document import AccessModel, PaywallDesign
from klarna_shop.shop.simulation import Truth
from klarna_shop.ui.dates import date_and_time
from klarna_shop.ui.studio.experiments.plot import lift_svg
from klarna_shop.ui.studio.experiments.words import between, conclusion, percent, signed_percent, whole
from klarna_shop.ui.studio.funnel.views import PATH as FUNNEL

PATH = "/studio/experiments"
_TONES = {
    ExperimentStatus.RUNNING: "success",
    ExperimentStatus.PAUSED: "warning",
    ExperimentStatus.PROMOTED: "success",
}
_DONE = {"draft": "created", "running": "started"}
"""History entries that are named by the state they led to."""


@dataclass
class ExperimentRow:
    """One experiment in the list."""

    slug: str = ""
    name: str = ""
    hypothesis: str = ""
    status: str = ""
    tone: str = ""
    compared: str = ""
    when: str = ""
    address: str = ""


@dataclass
class VariantRow:
    """One variant with what it brought. What compares it with the control is empty for the control."""

    name: str = ""
    design: str = ""
    design_address: str = ""
    meant: str = ""
    visitors: str = ""
    visitors_count: int = 0
    share: str = ""
    orders: str = ""
    orders_count: int = 0
    order_rate: str = ""
    order_lift: str = ""
    order_interval: str = ""
    revenue: str = ""
    revenue_lift: str = ""
    revenue_interval: str = ""
    said: str = ""
    said_of_revenue: str = ""
    tone: str = ""
    truth: str = ""
    """What the simulator knows, where the visitors are simulated."""
    control: bool = False
    winner: bool = False


@dataclass
class PlotView:
    """The picture of one variant's lift by day."""

    name: str = ""
    svg: str = ""


@dataclass
class DayRow:
    """One evening: a cell for each variant without the control."""

    day: str
    visitors: str
    lifts: list[str]


@dataclass
class HistoryRow:
    """One thing that was done."""

    when: str
    what: str


def address_of(slug: str, traffic: Traffic = Traffic.READER) -> str:
    """Where an experiment is shown."""
    return f"{PATH}?{urlencode(_query(slug, traffic))}"


def funnel_of(slug: str, traffic: Traffic, results: Results) -> str:
    """Where the funnel of its variants is, from the day of the first exposure on."""
    query = _query(slug, traffic) | {"by": "variant"}
    if results.days:
        query["since"] = results.days[0].day.isoformat()
    return f"{FUNNEL}?{urlencode(query)}"


def _query(slug: str, traffic: Traffic) -> dict[str, str]:
    return {"experiment": slug} | ({"traffic": traffic.value} if traffic is not Traffic.READER else {})


def experiment_row(experiment: Experiment, designs: Mapping[str, PaywallDesign]) -> ExperimentRow:
    """For the list."""
    return ExperimentRow(
        slug=experiment.slug,
        name=experiment.name,
        hypothesis=experiment.hypothesis,
        status=experiment.status.value,
        tone=_TONES.get(experiment.status, ""),
        compared=" against ".join(design_name(one.design, designs) for one in experiment.variants),
        when=when(experiment),
        address=address_of(experiment.slug),
    )


def when(experiment: Experiment) -> str:
    """Since when it is what it is."""
    if experiment.ended_at and experiment.status in {ExperimentStatus.STOPPED, ExperimentStatus.PROMOTED}:
        return f"ended {date_and_time(experiment.ended_at, 'en')}"
    if experiment.started_at:
        return f"started {date_and_time(experiment.started_at, 'en')}"
    return f"written down {date_and_time(experiment.created_at, 'en')}"


def design_name(slug: str, designs: Mapping[str, PaywallDesign]) -> str:
    """The name of a design; its slug once it is deleted."""
    return designs[slug].name if slug in designs else slug


def variant_rows(
    experiment: Experiment, results: Results, designs: Mapping[str, PaywallDesign], truth: Truth | None
) -> list[VariantRow]:
    """The table of results."""
    control = results.variants[0]
    rows = []
    for one, share in zip(results.variants, experiment.allocation.shares, strict=True):
        row = VariantRow(
            name=one.variant.name,
            design=design_name(one.variant.design, designs),
            design_address=f"/studio/paywalls?{urlencode({'design': one.variant.design})}",
            meant=percent(share, 0),
            visitors=whole(one.visitors),
            visitors_count=one.visitors,
            share=f"{percent(one.visitors / results.visitors)} of" if results.visitors else "",
            orders=whole(one.orders.total),
            orders_count=int(one.orders.total),
            order_rate=percent(one.orders.mean) if one.visitors else "–",
            revenue=exact_price(round(one.revenue.mean), "en") if one.visitors else "–",
            truth=_truth(one, truth),
            control=one is control,
            winner=one.variant.name == experiment.winner,
        )
        if one is not control:
            _compare(row, control, one)
        rows.append(row)
    return rows


def _compare(row: VariantRow, control: VariantResult, one: VariantResult) -> None:
    row.order_lift, row.order_interval = _lift(one.order_lift)
    row.revenue_lift, row.revenue_interval = _lift(one.revenue_lift)
    row.said, row.tone = conclusion(control.orders, one.orders, one.order_lift, "orders")
    of_revenue, _ = conclusion(control.revenue, one.revenue, one.revenue_lift, "revenue")
    row.said_of_revenue = of_revenue if of_revenue != row.said else ""


def _lift(lift: Difference | None) -> tuple[str, str]:
    return (signed_percent(lift.estimate), between(lift)) if lift else ("–", "")


def _truth(one: VariantResult, truth: Truth | None) -> str:
    if truth is None or one.variant.name not in truth.order_rates:
        return ""
    rate, control = truth.order_rates[one.variant.name], truth.order_rates[truth.control]
    lift = f", {signed_percent(rate / control - 1)}" if one.variant.name != truth.control and control else ""
    return f"{percent(rate)}{lift}"


def plots(results: Results) -> list[PlotView]:
    """A picture for each variant but the control."""
    return [
        PlotView(one.variant.name, svg)
        for place, one in enumerate(results.variants[1:])
        if (svg := lift_svg(one.variant.name, [(day.day, day.lifts[place]) for day in results.days]))
    ]


def day_rows(results: Results) -> list[DayRow]:
    """What the pictures show, the newest day first."""
    return [
        DayRow(
            day.day.isoformat(),
            whole(day.visitors),
            [f"{signed_percent(one.estimate)} ({between(one)})" if one else "–" for one in day.lifts],
        )
        for day in reversed(results.days)
    ]


def history_rows(history: Sequence[ExperimentEntry]) -> list[HistoryRow]:
    """Newest first."""
    return [
        HistoryRow(
            date_and_time(entry.at, "en"),
            _DONE.get(entry.what, entry.what) + (f": {entry.detail}" if entry.detail else ""),
        )
        for entry in history
    ]


def warnings(experiment: Experiment, designs: Mapping[str, PaywallDesign]) -> list[str]:
    """What makes these designs hard to compare."""
    known = [designs[one] for one in sorted(experiment.designs) if one in designs]
    said = []
    rules = {_access(design) for design in known}
    if len(rules) > 1:
        said.append(
            "The designs let readers read differently, so that different readers meet a wall at all. Only who"
            " sees the wall is counted: the numbers of visitors will differ from what was meant, the alarm"
            " will rightly say so, and orders per visitor compare different people."
        )
    return said


def _access(design: PaywallDesign) -> tuple[object, ...]:
    access = design.access
    metered = access.model is AccessModel.METERED
    return (
        access.model,
        access.includes_premium,
        *((access.free_articles, access.days) if metered else ()),
    )

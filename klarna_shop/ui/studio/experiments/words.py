"""Rates, lifts and conclusions in words for the product team."""

from __future__ import annotations

from klarna_shop.shop.experiments.confidence import (
    FEWEST,
    FEWEST_ORDERS_OF_EACH,
    Difference,
    Outcomes,
)

TOO_FEW_VISITORS = f"Too early: each variant needs {FEWEST} exposed visitors first."
TOO_FEW_ORDERS = f"Too early: each variant needs {FEWEST_ORDERS_OF_EACH} orders first."
TOO_FEW_FOR_REVENUE = (
    f"Of revenue it is too early: what each variant was paid must tell as much as {FEWEST_ORDERS_OF_EACH}"
    " orders of one size."
)
MUCH = 10.0
"""A lift beyond this says only that there is next to nothing to compare with."""


def percent(share: float, digits: int = 1) -> str:
    """`4.2%`; with two digits where there would be nothing left."""
    if 0 < abs(share) < 0.01:
        digits = 2
    return f"{100 * share:.{digits}f}%"


def signed_percent(share: float) -> str:
    """`+18%`, `−2.5%`: with a decimal where it is small, and a real minus."""
    if share > MUCH:
        return f"over +{100 * MUCH:.0f}%"
    written = f"{100 * share:+.0f}%" if abs(share) >= 0.1 else f"{100 * share:+.1f}%"
    return written.replace("-", "−")


def between(bounds: Difference) -> str:
    """`−5.0% to +12%`."""
    return f"{signed_percent(bounds.low)} to {signed_percent(bounds.high)}"


def conclusion(control: Outcomes, other: Outcomes, more: Difference | None, of: str) -> tuple[str, str]:
    """What may be said of `other` against the control, and how that looks: success, warning or nothing.

    `more` is the lift of what `of` names in the plural: orders, revenue.
    """
    if more is None:
        if min(control.visitors, other.visitors) < FEWEST:
            return TOO_FEW_VISITORS, ""
        return (TOO_FEW_ORDERS if of == "orders" else TOO_FEW_FOR_REVENUE), ""
    if more.low > 0:
        return f"Brings more {of}: {_share(more.low)} to {_share(more.high)} more a visitor.", "success"
    if more.high < 0:
        return f"Brings less {of}: {_share(-more.high)} to {_share(-more.low)} less a visitor.", "warning"
    return f"No difference in {of} shown yet: the lift lies within {between(more)}.", ""


def days(number: float) -> str:
    """`under a day`, `about 12 days`, `about 5 months`."""
    if number < 1:
        return "under a day"
    if number < 60:
        return f"about {number:.0f} day{'' if round(number) == 1 else 's'}"
    if number < 700:
        return f"about {number / 30.4:.0f} months"
    return f"about {number / 365.25:.0f} years"


def whole(number: float) -> str:
    """`12,345`."""
    return f"{number:,.0f}"


def _share(share: float) -> str:
    return signed_percent(share).removeprefix("+")

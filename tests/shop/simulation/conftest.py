"""A plan without a shop around it: the newspaper's own articles and two made-up offers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from klarna_shop.shop.experiments.assignment import Allocation, Variant
from klarna_shop.shop.offers import FollowUp, Offer, OfferKind, Period, PeriodUnit
from klarna_shop.shop.paywalls.standard import BUILT_IN_VERSION, STANDARD_SLUG, standard_design
from klarna_shop.shop.paywalls.stored import Published
from klarna_shop.shop.simulation import SimulatedExperiment, SimulationPlan
from tests.house import newspaper

MONTH = Period(PeriodUnit.MONTH, 1)
PACKAGE = Offer("digital", "p1", OfferKind.PACKAGE, "Digital", "", 12_900, 6, MONTH, recurring=True)
TRIAL = Offer(
    "digital-trial",
    "t1",
    OfferKind.TRIAL,
    "Trial",
    "",
    0,
    6,
    Period(PeriodUnit.DAY, 14),
    recurring=False,
    after=FollowUp("digital", "Digital", 12_900, MONTH),
)
TWO = SimulatedExperiment(
    "prices", Allocation("salt", (Variant("A", STANDARD_SLUG), Variant("B", "summer", 2)), share=0.8)
)

Plans = Callable[..., SimulationPlan]


@pytest.fixture(scope="session")
def plans() -> Plans:
    """Makes a plan, as usual but for what is given."""
    library = newspaper()
    articles = tuple(one for language in ("sv", "en") for one in library.front_page(language))

    def plan(**changes: object) -> SimulationPlan:
        values: dict[str, object] = {
            "seed": 1,
            "visitors": 400,
            "until": datetime(2026, 11, 2, 12, 0, tzinfo=UTC),
            "articles": articles,
            "offers": (PACKAGE, TRIAL),
            "designs": (Published(STANDARD_SLUG, BUILT_IN_VERSION, standard_design()),),
        }
        return SimulationPlan(**(values | changes))  # type: ignore[arg-type]

    return plan

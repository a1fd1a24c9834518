"""Synthetic readers with a known truth: they walk the funnel through the real division and real events.

Every event of theirs is `Traffic.SIMULATED`, needs nobody's consent and can be taken away. For the sandbox.
"""

from klarna_shop.shop.simulation.plan import (
    DAYS,
    LIFT,
    MOST_VISITORS,
    ORDER_RATE,
    SimulatedExperiment,
    SimulationImpossible,
    SimulationPlan,
    Truth,
)
from klarna_shop.shop.simulation.service import Simulated, Simulations, SimulationUnderWay
from klarna_shop.shop.simulation.walks import Walks

__all__ = [
    "DAYS",
    "LIFT",
    "MOST_VISITORS",
    "ORDER_RATE",
    "Simulated",
    "SimulatedExperiment",
    "SimulationImpossible",
    "SimulationPlan",
    "SimulationUnderWay",
    "Simulations",
    "Truth",
    "Walks",
]

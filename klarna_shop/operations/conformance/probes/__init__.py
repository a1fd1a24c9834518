"""What is asked of the API, as data: an area a module. Imported by the runner and by tests."""

from klarna_shop.operations.conformance.probes import (
    accounts,
    catalogue,
    conventions,
    eligibility,
    klarna_orders,
    klarna_sessions,
    me,
    orders,
    tokens,
)
from klarna_shop.operations.conformance.probes.probe import Probe

_AREAS = (tokens, conventions, catalogue, klarna_sessions, eligibility, me, orders, accounts, klarna_orders)
PROBES: tuple[Probe, ...] = (*(probe for area in _AREAS for probe in area.PROBES), *me.CHANGES)
"""In the order in which they are sent: what buys and cancels comes last."""

__all__ = ["PROBES", "Probe"]

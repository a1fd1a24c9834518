"""The endpoints of the Payway API, an area a module. Each declares what it takes and answers with JSON.

Imported by the sandbox's application alone.
"""

from dataclasses import dataclass

from klarna_shop.sandbox.api import (
    accounts,
    catalogue,
    eligibility,
    klarna_payments,
    me,
    orders,
    ranked_campaigns,
    subscriptions,
)
from klarna_shop.sandbox.endpoint import Endpoint, Endpoints


def _in_order(area: Endpoints) -> tuple[Endpoint, ...]:
    """An area's endpoints as they stand in its module; of stacked decorators the last one runs first."""
    handlers = list(dict.fromkeys(endpoint.handler for endpoint in area.all))
    return tuple(sorted(area.all, key=lambda endpoint: (handlers.index(endpoint.handler), endpoint.path)))


@dataclass(frozen=True)
class Area:
    """Endpoints that belong together, as the description groups them."""

    name: str
    summary: str
    endpoints: tuple[Endpoint, ...]


AREAS = (
    Area(
        "Klarna Payments",
        "Periods, sessions and orders: the purchase itself.",
        _in_order(klarna_payments.endpoints),
    ),
    Area(
        "Catalogue",
        "Products, packages, campaigns, their periods, and the newspapers they belong to.",
        _in_order(catalogue.endpoints),
    ),
    Area(
        "Eligibility",
        "Whether somebody may buy something; ask before a session is made.",
        _in_order(eligibility.endpoints) + _in_order(ranked_campaigns.endpoints),
    ),
    Area("Current account", "The customer whose identity the token carries.", _in_order(me.endpoints)),
    Area("Orders", "What was bought and charged.", _in_order(orders.endpoints)),
    Area(
        "Subscriptions",
        "What accounts have, seen and ended by a server.",
        _in_order(subscriptions.endpoints),
    ),
    Area(
        "Accounts",
        "Accounts by id or e-mail, server to server: making them, their status, their sign-ins.",
        _in_order(accounts.endpoints),
    ),
)
ENDPOINTS = tuple(endpoint for area in AREAS for endpoint in area.endpoints)

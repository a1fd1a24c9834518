"""The endpoints of the Payway API, an area a module. Each declares what it takes and answers with JSON.

Imported by the sandbox's application alone.
"""

from klarna_shop.sandbox.api import (
    accounts,
    catalogue,
    eligibility,
    klarna_payments,
    me,
    orders,
    subscriptions,
)

ENDPOINTS = tuple(
    endpoint
    for area in (klarna_payments, catalogue, eligibility, me, orders, subscriptions, accounts)
    for endpoint in area.endpoints.all
)

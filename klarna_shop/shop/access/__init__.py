"""May this reader read this article? The decision, its reasons, and the meter.

Imported by `ui` and the assembly; asks `shop.purchase`, `shop.entitlements`, `shop.offers`
and `shop.paywalls`.
"""

from klarna_shop.shop.access.audience import Audience, Request
from klarna_shop.shop.access.decision import Access, Decision, NotDismissible, Rule, WallModel
from klarna_shop.shop.access.dismissals import Dismissals
from klarna_shop.shop.access.entitled import Subscriptions
from klarna_shop.shop.access.meter import Allowance, Meter, MeterRead, MeterReading
from klarna_shop.shop.access.standing import Standing
from klarna_shop.shop.access.visits import Visits

__all__ = [
    "Access",
    "Allowance",
    "Audience",
    "Decision",
    "Dismissals",
    "Meter",
    "MeterRead",
    "MeterReading",
    "NotDismissible",
    "Request",
    "Rule",
    "Standing",
    "Subscriptions",
    "Visits",
    "WallModel",
]

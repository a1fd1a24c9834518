"""May this reader read this article? The decision, its reasons, and the meter.

Imported by `ui` and the assembly; asks `shop.purchase`, `shop.entitlements`, `shop.offers`
and `shop.paywalls`.
"""

from klarna_shop.shop.access.audience import Audience, Request
from klarna_shop.shop.access.decision import Access, Decision, NotDismissible, Rule, WallModel
from klarna_shop.shop.access.entitled import PaidAccess, Subscriptions
from klarna_shop.shop.access.meter import Allowance, MeterRead, MeterReading
from klarna_shop.shop.access.ports import DecisionInput
from klarna_shop.shop.access.records import BrowserRecords
from klarna_shop.shop.access.standing import Standing

__all__ = [
    "Access",
    "Allowance",
    "Audience",
    "BrowserRecords",
    "Decision",
    "DecisionInput",
    "MeterRead",
    "MeterReading",
    "NotDismissible",
    "PaidAccess",
    "Request",
    "Rule",
    "Standing",
    "Subscriptions",
    "WallModel",
]

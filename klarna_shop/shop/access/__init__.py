"""May this reader read this article? The decision, its reasons, and the meter.

Imported by `ui` and the assembly; asks `shop.purchase`, `shop.entitlements` and `shop.offers`.
"""

from klarna_shop.shop.access.decision import Access, Decision, Rule, WallModel
from klarna_shop.shop.access.meter import Meter, MeterRead, MeterReading

__all__ = ["Access", "Decision", "Meter", "MeterRead", "MeterReading", "Rule", "WallModel"]

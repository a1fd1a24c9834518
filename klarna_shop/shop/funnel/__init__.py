"""The closed funnel from the wall to the confirmed order, read from what was measured.

`steps`, `filters` and `walks` are free of storage; `service` reads. Imported by `ui` and the assembly.
"""

from klarna_shop.shop.funnel.filters import Dimension, FunnelFilter
from klarna_shop.shop.funnel.service import Choices, Funnels
from klarna_shop.shop.funnel.steps import STEPS
from klarna_shop.shop.funnel.walks import Funnel, Group, Left, Step

__all__ = [
    "STEPS",
    "Choices",
    "Dimension",
    "Funnel",
    "FunnelFilter",
    "Funnels",
    "Group",
    "Left",
    "Step",
]

"""What can be provoked in the sandbox: named scenarios, the switch for them, and its clock.

Imported by `ui.studio` and the assembly, which makes a `Stage` in sandbox mode only.
"""

from klarna_shop.shop.scenarios.catalogue import SCENARIOS
from klarna_shop.shop.scenarios.scenario import Group, Scenario, Start
from klarna_shop.shop.scenarios.stage import Moment, Stage, StageUnavailable

__all__ = [
    "SCENARIOS",
    "Group",
    "Moment",
    "Scenario",
    "Stage",
    "StageUnavailable",
    "Start",
]

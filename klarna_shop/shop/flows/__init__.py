"""Flows: what happened in each purchase, across all parties, for the studio's inspector.

Two halves. The recording one is imported by `shop.purchase`, `ui` and the assembly: `context` says which
purchase calls belong to, `recorder` takes steps without making anybody wait, `redaction` removes what is
secret or personal, `storage` keeps a bounded number of steps. The reading one, `service` with `timeline`,
`curl` and `sequence`, also knows the ledger, whose changes it does not copy; the studio imports it.
"""

from klarna_shop.shop.flows.context import in_flow
from klarna_shop.shop.flows.recorder import FlowRecorder
from klarna_shop.shop.flows.steps import Party, SdkStep
from klarna_shop.shop.flows.storage import FlowStorage
from klarna_shop.shop.flows.tables import FlowStep

__all__ = ["FlowRecorder", "FlowStep", "FlowStorage", "Party", "SdkStep", "in_flow"]

"""Flows: every purchase as a timeline across all parties, as a list and as a sequence diagram, live."""

from klarna_shop.ui.studio.flows.page import flows_page
from klarna_shop.ui.studio.flows.state import FlowsState

__all__ = ["FlowsState", "flows_page"]

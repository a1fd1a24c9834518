"""Payway's webhooks: hints of a change, on which Payway's API is asked (payway-api.md §14, §17).

How a call is authenticated is not documented, so nothing in an event is believed or kept. Used by `web` and
the assembly.
"""

from klarna_shop.shop.webhooks.event import LARGEST_EVENT, Hint, UnreadableEvent, read_event
from klarna_shop.shop.webhooks.service import Webhooks

__all__ = ["LARGEST_EVENT", "Hint", "UnreadableEvent", "Webhooks", "read_event"]

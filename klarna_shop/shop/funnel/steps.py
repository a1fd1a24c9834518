"""Which events are the funnel's steps, which stand beside it, and which say why somebody left."""

from __future__ import annotations

from klarna_shop.shop.measurement import EventName

STEPS = (
    EventName.WALL_SHOWN,
    EventName.BUY_PRESSED,
    EventName.PICKER_SHOWN,
    EventName.OFFER_CHOSEN,
    EventName.SESSION_CREATED,
    EventName.CHECKOUT_OPENED,
    EventName.WIDGET_READY,
    EventName.AUTHORIZE_STARTED,
    EventName.AUTHORIZED,
    EventName.ORDER_PLACED,
    EventName.CONFIRMED,
)
"""In the order in which a purchase takes them; each requires all before it."""
BESIDE = (EventName.SIGN_IN_STARTED, EventName.SIGNED_IN)
"""What some do on the way, and nobody has to."""
REASONS = (
    EventName.WALL_DISMISSED,
    EventName.SESSION_REFUSED,
    EventName.WIDGET_FAILED,
    EventName.AUTHORIZE_ENDED,
    EventName.PURCHASE_ENDED,
)
"""What says why a visitor did not go on; most of them with a code (`outcome`)."""

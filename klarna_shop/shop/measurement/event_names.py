"""Every event that is measured, in the order in which a purchase meets them."""

from __future__ import annotations

from enum import StrEnum


class EventName(StrEnum):
    """What happened. `docs/measuring.md` says what each row carries."""

    ARTICLE_OPENED = "article_opened"
    """The whole text of an article was sent. `outcome`: the rule of the decision that let it be read."""
    WALL_SHOWN = "wall_shown"
    """At least half of a wall, or half a window of it, was in view for one second: an exposure."""
    WALL_DISMISSED = "wall_dismissed"
    BUY_PRESSED = "buy_pressed"
    """The reader followed a wall's button to the picker."""
    SIGN_IN_STARTED = "sign_in_started"
    """The page for signing in or registering was opened."""
    SIGNED_IN = "signed_in"
    PICKER_SHOWN = "picker_shown"
    """The offers were there to choose from."""
    OFFER_CHOSEN = "offer_chosen"
    SESSION_REFUSED = "session_refused"
    """No purchase could be opened. `outcome`: a code of `picker-error`."""
    SESSION_CREATED = "session_created"
    """The ledger has a purchase with a Klarna session. `value`: its price."""
    CHECKOUT_OPENED = "checkout_opened"
    WIDGET_READY = "widget_ready"
    WIDGET_FAILED = "widget_failed"
    """Klarna's script or widget could not be shown. `outcome`: why."""
    AUTHORIZE_STARTED = "authorize_started"
    """The order button was pressed."""
    AUTHORIZE_ENDED = "authorize_ended"
    """No approval came of it. `outcome`: `closed`, `invalid_fields`, `refused`, `failed` or `no_answer`."""
    AUTHORIZED = "authorized"
    """The ledger has Klarna's approval."""
    ORDER_PLACED = "order_placed"
    """Payway has the order. `value`: what is paid now."""
    CONFIRMED = "confirmed"
    """The order opens articles."""
    PURCHASE_ENDED = "purchase_ended"
    """Without an order, or undecided. `outcome`: a code of `checkout-error`, or the ledger's state."""
    CANCELLED = "cancelled"
    """A subscription was cancelled in the shop."""
    TRIAL_TURNED_PAID = "trial_turned_paid"
    """A trial went on as a paid subscription. `value`: what is paid for its first period."""


class Traffic(StrEnum):
    """Who was in front of the page: only readers count, and in a simulation only the simulated."""

    READER = "reader"
    BOT = "bot"
    """A browser that says it is a known crawler."""
    STAFF = "staff"
    """A browser with a studio login."""
    SIMULATED = "simulated"

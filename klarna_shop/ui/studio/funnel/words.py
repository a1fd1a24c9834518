"""Steps, reasons, dimensions and durations in words for the product team."""

from __future__ import annotations

from klarna_shop.shop.funnel import Dimension
from klarna_shop.shop.measurement import EventName

STEP_NAMES = {
    EventName.WALL_SHOWN: "Saw the wall",
    EventName.BUY_PRESSED: "Pressed buy",
    EventName.PICKER_SHOWN: "Saw the offers",
    EventName.OFFER_CHOSEN: "Chose an offer",
    EventName.SESSION_CREATED: "Klarna session opened",
    EventName.CHECKOUT_OPENED: "Opened the checkout",
    EventName.WIDGET_READY: "Widget was ready",
    EventName.AUTHORIZE_STARTED: "Pressed the order button",
    EventName.AUTHORIZED: "Klarna approved",
    EventName.ORDER_PLACED: "Payway placed the order",
    EventName.CONFIRMED: "Confirmed",
}
BESIDE_NAMES = {
    EventName.SIGN_IN_STARTED: "opened the sign-in",
    EventName.SIGNED_IN: "signed in",
}
DIMENSION_NAMES = {
    Dimension.EXPERIMENT: "Experiment",
    Dimension.VARIANT: "Variant",
    Dimension.DESIGN: "Design",
    Dimension.ARTICLE: "Article",
    Dimension.LANGUAGE: "Language",
    Dimension.DEVICE: "Device",
    Dimension.SOURCE: "Source",
    Dimension.OFFER: "Offer",
}
_REASON_NAMES = {
    EventName.WALL_DISMISSED: "Dismissed the wall",
    EventName.SESSION_REFUSED: "No session could be opened",
    EventName.WIDGET_FAILED: "Klarna’s widget did not come",
    EventName.AUTHORIZE_ENDED: "No approval",
    EventName.PURCHASE_ENDED: "The purchase ended",
}
_OUTCOME_NAMES = {
    "closed": "closed Klarna’s window",
    "refused": "Klarna refused",
    "invalid_fields": "fields to correct",
    "failed": "it failed",
    "no_answer": "no answer came",
}


def reason(name: str, outcome: str) -> str:
    """`No approval: closed Klarna’s window`; `Went without a word` where nothing is known."""
    if not name:
        return "Went without a word"
    words = _REASON_NAMES.get(EventName(name), name)
    return f"{words}: {_OUTCOME_NAMES.get(outcome, outcome)}" if outcome else words


def value_name(dimension: Dimension, value: str) -> str:
    """The value itself; a word for none."""
    if value:
        return value.replace("|", " · ") if dimension is Dimension.OFFER else value
    return {
        Dimension.OFFER: "none chosen",
        Dimension.EXPERIMENT: "in no experiment",
        Dimension.VARIANT: "no variant",
    }.get(dimension, "not known")


def duration(seconds: float | None) -> str:
    """`4.2 s`, `3 min`, `2.5 h`, `3.1 days`."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return f"{seconds:.1f} s"
    if seconds < 3600:
        return f"{seconds / 60:.0f} min"
    if seconds < 2 * 86400:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 86400:.1f} days"


def share(part: int, whole: int) -> str:
    """`12.3%` of a whole; a dash of nothing."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    return f"{percent:.2f}%" if 0 < percent < 1 else f"{percent:.1f}%"


def change(now: float | None, before: float | None) -> str:
    """By how many percentage points a share has changed: `+1.2 pp`."""
    if now is None or before is None:
        return "–"
    return f"{100 * (now - before):+.1f} pp".replace("-", "−")

"""The scopes the shop asks Payway for, and what is lost without each (payway-api.md, section 3.4)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NeededScope:
    """A scope of the API user, with what stops working without it."""

    scope: str
    cost: str
    essential: bool = False
    """Whether nothing can be sold without it."""


NEEDED_SCOPES = (
    NeededScope(
        "/external/klarna_payments/w",
        "no session and no order can be made: readers are told that none are taken",
        essential=True,
    ),
    NeededScope("/external/klarna_payments/r", "no payment periods, so the picker is empty", essential=True),
    NeededScope("/external/product/r", "no catalogue, so the picker is empty", essential=True),
    NeededScope(
        "/external/me/w", "nobody's subscriptions can be read: bought articles stay shut", essential=True
    ),
    NeededScope("/external/me/r", "eligibility for campaigns and purchase history are unknown"),
    NeededScope("/external/me/order/w", "who has a package already is not told so before paying"),
    NeededScope(
        "/external/account/r", "new customers cannot buy, purchases wait, attempts to sign in are not counted"
    ),
    NeededScope("/external/account/w", "nobody can register, and every withdrawal has to be ended by hand"),
    NeededScope(
        "/external/order/r",
        "no orders on the account page, unclear orders stay unclear, subscriptions start at once only",
    ),
    NeededScope("/external/subscription/r", "subscription states do not show; no wall is for lapsed readers"),
    NeededScope("/external/cancellation_reason/r", "nobody is asked why they cancel"),
    NeededScope("/external/title/r", "walls cannot say the newspaper's name; the doctor cannot check it"),
)

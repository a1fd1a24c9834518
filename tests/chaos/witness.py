"""What one shopper did and saw, for the check of the books."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.chaos.plan import Shopper


@dataclass
class Approval:
    """One authorization token of Klarna's, as the page holds it."""

    purchase_id: str
    session_fingerprint: str
    token: str
    sent: int = 0
    acknowledged: bool = False
    """The server has said that it has it."""
    let_go: bool = False
    """The page has no more use for it: acknowledged, led on, or the purchase was over."""


@dataclass(frozen=True)
class Page:
    """What a confirmation showed in the end."""

    status: str
    state: str
    reason: str


@dataclass
class Witness:
    """What one shopper did and saw."""

    plan: Shopper
    visitor_id: str
    purchases: list[str] = field(default_factory=list)
    approvals: list[Approval] = field(default_factory=list)
    pages: dict[str, Page] = field(default_factory=dict)
    seen_early: dict[str, set[str]] = field(default_factory=dict)
    """Final words that confirmations showed while all the faults were happening, by purchase."""
    turned_by_itself: bool | None = None
    """Whether a page that was left open told the end; None where nobody watched one."""
    left_at_checkout: bool = False
    """Whether a checkout that had acknowledged the approval led nowhere."""
    stranger_saw: list[str] = field(default_factory=list)
    read_early: bool = False
    """Whether the walled article was open at some time before everything was calm."""
    reads: bool = False
    """Whether it is open in the end."""

"""One flow from beginning to end: recorded steps and the ledger's changes, in the order of their moments."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from klarna_shop.shop.flows.steps import Party
from klarna_shop.shop.flows.tables import FlowStep
from klarna_shop.shop.purchase.tables import PurchaseChange


@dataclass(frozen=True)
class TimelineStep:
    """One step as it is shown.

    `key` is permanent: a link may name it. `before` says that it is older than the purchase: what the same
    browser did on its way there. `request` and `response` hold some of `query`, `headers`, `body`, `bytes`.
    """

    key: str
    at: datetime
    party: Party
    operation: str
    status: str = ""
    error: str = ""
    section: str = ""
    milliseconds: float | None = None
    attempt: int = 1
    before: bool = False
    request: Mapping[str, Any] = field(default_factory=dict)
    response: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def recorded(cls, step: FlowStep) -> TimelineStep:
        """From a recorded step."""
        return cls(
            key=f"s{step.id}",
            at=step.at,
            party=Party(step.party),
            operation=step.operation,
            status=step.status,
            error=step.error,
            section=step.section,
            milliseconds=step.milliseconds,
            attempt=step.attempt,
            before=step.purchase_id is None,
            request=json.loads(step.request or "{}"),
            response=json.loads(step.response or "{}"),
        )

    @classmethod
    def changed(cls, change: PurchaseChange) -> TimelineStep:
        """From a change in the ledger."""
        return cls(
            key=f"c{change.id}",
            at=change.at,
            party=Party.LEDGER,
            operation=f"{change.from_state} → {change.to_state}" if change.from_state else "opened",
            status=change.to_state,
            request={"body": {"cause": change.cause}} if change.cause else {},
        )

    @property
    def failed(self) -> bool:
        """Whether it says that something went wrong."""
        return bool(self.error) or self.status in {"failed", "refused", "unresolved", "unknown"}

    def exported(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self) | {"at": self.at.isoformat(), "party": self.party.value}


def merged(steps: Iterable[FlowStep], changes: Iterable[PurchaseChange]) -> list[TimelineStep]:
    """All of them, oldest first."""
    together = [
        *(TimelineStep.recorded(step) for step in steps),
        *(TimelineStep.changed(change) for change in changes),
    ]
    return sorted(together, key=lambda step: step.at)

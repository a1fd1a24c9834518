"""A flow as messages between parties: what a sequence diagram draws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from klarna_shop.shop.flows.steps import Party
from klarna_shop.shop.flows.timeline import TimelineStep


class Lane(StrEnum):
    """Who takes part, from left to right."""

    KLARNA = "Klarna"
    BROWSER = "Browser"
    SHOP = "Shop"
    PAYWAY = "Payway"


@dataclass(frozen=True)
class Message:
    """One arrow; from a lane to itself it is a note. An answer is drawn dashed."""

    key: str
    sender: Lane
    receiver: Lane
    label: str
    answer: bool = False
    failed: bool = False


def messages(steps: Sequence[TimelineStep]) -> list[Message]:
    """All arrows of a flow, in its order."""
    return [message for step in steps for message in _messages(step)]


def _messages(step: TimelineStep) -> Iterator[Message]:
    took = f", {step.milliseconds:.0f} ms" if step.milliseconds is not None else ""
    if step.party is Party.PAYWAY:
        section = f" (§{step.section})" if step.section else ""
        again = f", try {step.attempt}" if step.attempt > 1 else ""
        yield Message(step.key, Lane.SHOP, Lane.PAYWAY, f"{step.operation}{section}{again}")
        answer = " ".join(filter(None, (step.status, step.error))) + took
        yield Message(step.key, Lane.PAYWAY, Lane.SHOP, answer, answer=True, failed=step.failed)
    elif step.party is Party.SDK:
        yield Message(step.key, Lane.BROWSER, Lane.KLARNA, f"Klarna.Payments.{step.operation}")
        answer = " ".join(filter(None, (step.status, step.error))) + took
        yield Message(step.key, Lane.KLARNA, Lane.BROWSER, answer, answer=True, failed=step.failed)
    elif step.party is Party.LEDGER:
        reason = f": {step.error}" if step.error else ""
        yield Message(step.key, Lane.SHOP, Lane.SHOP, step.operation + reason, failed=step.failed)
    elif step.party is Party.REDIRECT:
        out = step.operation.startswith("sent")
        ends = (Lane.BROWSER, Lane.KLARNA) if out else (Lane.KLARNA, Lane.SHOP)
        yield Message(step.key, *ends, step.operation)
    else:
        yield Message(step.key, Lane.BROWSER, Lane.SHOP, step.operation, failed=step.failed)

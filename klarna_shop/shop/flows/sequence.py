"""A flow as messages between parties: what a sequence diagram draws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
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
    """All arrows of a flow in the order of their moments; calls made at once are answered as they were."""
    timed = [pair for step in steps for pair in _messages(step)]
    return [message for _, message in sorted(timed, key=lambda pair: pair[0])]


def _messages(step: TimelineStep) -> Iterator[tuple[datetime, Message]]:
    if step.party is Party.PAYWAY:
        section = f" (§{step.section})" if step.section else ""
        again = f", try {step.attempt}" if step.attempt > 1 else ""
        yield from _call(step, Lane.SHOP, Lane.PAYWAY, f"{step.operation}{section}{again}")
    elif step.party is Party.SDK:
        yield from _call(step, Lane.BROWSER, Lane.KLARNA, f"Klarna.Payments.{step.operation}")
    elif step.party is Party.LEDGER:
        reason = f": {step.error}" if step.error else ""
        yield step.at, Message(step.key, Lane.SHOP, Lane.SHOP, step.operation + reason, failed=step.failed)
    elif step.party is Party.REDIRECT:
        out = step.operation.startswith("sent")
        ends = (Lane.BROWSER, Lane.KLARNA) if out else (Lane.KLARNA, Lane.SHOP)
        yield step.at, Message(step.key, *ends, step.operation)
    elif step.party is Party.WEBHOOK:
        yield step.at, Message(step.key, Lane.PAYWAY, Lane.SHOP, step.operation)
    else:
        yield (
            step.at,
            Message(step.key, Lane.BROWSER, Lane.SHOP, step.operation, failed=step.failed),
        )


def _call(step: TimelineStep, caller: Lane, called: Lane, label: str) -> Iterator[tuple[datetime, Message]]:
    milliseconds = step.milliseconds or 0.0
    answer = " ".join(filter(None, (step.status, step.error))) + f", {milliseconds:.0f} ms"
    yield step.at, Message(step.key, caller, called, label)
    yield (
        step.at + timedelta(milliseconds=milliseconds),
        Message(step.key, called, caller, answer, answer=True, failed=step.failed),
    )

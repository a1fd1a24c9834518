"""Takes steps from whoever has one, and writes them down when nobody waits for it.

Recording is one append to a queue. Redaction and writing happen in batches, in a task of their own; where
that cannot keep up, the oldest steps are dropped and counted. What goes wrong here reaches no purchase.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from klarna_shop.payway import ObservedCall, call_scope
from klarna_shop.shop.batches import Batches
from klarna_shop.shop.clock import Clock
from klarna_shop.shop.flows.context import current_flow
from klarna_shop.shop.flows.payway_calls import kept_call, written
from klarna_shop.shop.flows.redaction import Redaction
from klarna_shop.shop.flows.steps import Party, RecordedStep, SdkStep
from klarna_shop.shop.flows.storage import FlowStorage

log = logging.getLogger(__name__)

CAPACITY = 1000
"""Steps that wait in memory at most."""
BATCH = 100
MOST_TOLD = 100
"""Steps told by browsers for one purchase: more than any honest one has; they could be sent without end."""
REMEMBERED = 2000
"""Purchases and browsers whose steps are counted."""


class FlowRecorder:
    """Records the steps of this process. With a storage of no steps it records nothing."""

    def __init__(
        self, storage: FlowStorage, redaction: Redaction, clock: Clock, *, capacity: int = CAPACITY
    ) -> None:
        self._storage = storage
        self._redaction = redaction
        self._clock = clock
        self._steps = Batches[RecordedStep](
            self._write, named="steps of flows", capacity=capacity, size=BATCH
        )
        self._told: OrderedDict[str, int] = OrderedDict()
        self.enabled = storage.steps > 0
        self._unreadable = 0

    @property
    def dropped(self) -> int:
        """Steps that this process could not keep."""
        return self._steps.dropped + self._unreadable

    def call(self, call: ObservedCall) -> None:
        """Record a call to Payway, for the purchase and the browser it was made for (a `CallObserver`)."""
        if self.enabled:
            self._steps.add(
                RecordedStep(
                    current_flow.get(),
                    call_scope.get(),
                    call.began_at,
                    Party.PAYWAY,
                    call.operation,
                    call=call,
                )
            )

    def event(
        self,
        party: Party,
        operation: str,
        *,
        purchase_id: str | None = None,
        status: str = "",
        error: str = "",
        **details: Any,
    ) -> None:
        """Record what happened just now; `details` are redacted by their names, as everything is.

        Of what browsers tell, one purchase (or one browser without any) has a limited number.
        """
        if not self.enabled:
            return
        purchase_id = purchase_id or current_flow.get()
        visitor_id = call_scope.get()
        if party is Party.LEDGER or self._counts(purchase_id or visitor_id):
            self._steps.add(
                RecordedStep(
                    purchase_id,
                    visitor_id,
                    self._clock(),
                    party,
                    operation,
                    status=status,
                    error=error,
                    details=details,
                )
            )

    def sdk(self, purchase_id: str, step: SdkStep, ended_at: datetime) -> None:
        """Record what the browser says of Klarna's SDK; whoever calls has checked whose purchase it is."""
        if self.enabled and self._counts(purchase_id):
            self._steps.add(
                RecordedStep(
                    purchase_id,
                    call_scope.get(),
                    ended_at - timedelta(milliseconds=step.milliseconds),
                    Party.SDK,
                    step.call,
                    status=step.outcome,
                    error=step.error,
                    milliseconds=step.milliseconds,
                    details=step.details,
                )
            )

    async def run(self) -> None:
        """Write batches until cancelled, and then what is left."""
        await self._steps.run()

    async def flush(self) -> None:
        """Write everything that waits. A batch that cannot be written is dropped, counted and logged."""
        await self._steps.flush()

    async def _write(self, batch: list[RecordedStep]) -> None:
        # Redacting takes longer than anything on the loop may.
        rows = await asyncio.to_thread(self._rows, batch)
        if rows:
            await self._storage.write(rows)

    def _counts(self, whose: str | None) -> bool:
        """Whether there is room for one more step that a browser tells."""
        if whose is None:
            return False
        count = self._told.pop(whose, 0) + 1
        self._told[whose] = count
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return count <= MOST_TOLD

    def _rows(self, batch: list[RecordedStep]) -> list[dict[str, Any]]:
        rows = []
        for step in batch:
            try:
                rows.append(self._row(step))
            except Exception:
                self._unreadable += 1
                log.exception("a step of a flow could not be redacted")
        return rows

    def _row(self, step: RecordedStep) -> dict[str, Any]:
        row = {
            "purchase_id": step.purchase_id,
            "visitor_id": step.visitor_id,
            "at": step.at,
            "party": step.party.value,
            "operation": step.operation[:120],
            "section": "",
            "status": step.status[:40],
            "error": step.error[:80],
            "milliseconds": step.milliseconds,
            "attempt": 1,
            "request": "",
            "response": "",
        }
        if step.call is not None:
            return row | self._of_call(step.call)
        (details,) = self._redaction.redacted({"body": step.details or {}})
        body: Mapping[str, Any] = details["body"]
        return row | {"request": written(details) if body else ""}

    def _of_call(self, call: ObservedCall) -> dict[str, Any]:
        request, response, error = kept_call(call, self._redaction)
        return {
            "section": call.section,
            "status": str(call.response.status_code) if call.response is not None else "",
            "error": error[:80],
            "milliseconds": call.milliseconds,
            "attempt": call.attempt,
            "request": request,
            "response": response,
        }

"""The work that webhooks bring: a bounded queue of hints, and what is done about each."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from klarna_shop.shop.allowance import Allowances, Rate
from klarna_shop.shop.clock import Stopwatch
from klarna_shop.shop.flows import FlowRecorder, Party
from klarna_shop.shop.guarded import guarded
from klarna_shop.shop.purchase.order_lookup import OrderLookup
from klarna_shop.shop.webhooks.event import Hint

log = logging.getLogger(__name__)

CAPACITY = 500
"""Hints that wait in memory at most; more are dropped, and recovery finds their purchases by itself."""
AT_ONCE = 4
"""Hints that are worked on side by side: one slow answer must not hold up all others."""
SAME_HINT = Rate(2, 0.1)
"""Of one hint two are worked on at once, then one every ten seconds: a repetition tells nothing new."""
ALL_HINTS = Rate(200, 5)
"""Of all hints of this process 200 at once, then five a second."""


@dataclass
class Webhooks:
    """Takes hints of this process and works on them in the background.

    `forget` are functions that make what is remembered of an account be asked of Payway again. They reach
    this process alone; other workers ask again after `entitlements.REMEMBERED_FOR`.
    """

    lookup: OrderLookup
    recorder: FlowRecorder
    forget: Sequence[Callable[[str], None]]
    stopwatch: Stopwatch
    _waiting: OrderedDict[Hint, None] = field(default_factory=OrderedDict, init=False, repr=False)
    _wanted: asyncio.Event = field(default_factory=asyncio.Event, init=False, repr=False)
    _same: Allowances = field(init=False, repr=False)
    _all: Allowances = field(init=False, repr=False)
    dropped: int = field(default=0, init=False)
    """Hints of this process that nothing was done about, but for forgetting: repeated or too many."""

    def __post_init__(self) -> None:
        self._same = Allowances(most_keys=10_000, clock=self.stopwatch)
        self._all = Allowances(most_keys=1, clock=self.stopwatch)

    def receive(self, hint: Hint) -> None:
        """Forget what is remembered of the account at once; take the rest for the background.

        Never waits and never fails: what is dropped is found by recovery.
        """
        if hint.account_id:
            for forget in self.forget:
                forget(hint.account_id)
        if not hint or hint in self._waiting:
            return
        if len(self._waiting) >= CAPACITY or not self._is_allowed(hint):
            self.dropped += 1
            return
        self._waiting[hint] = None
        self._wanted.set()

    def _is_allowed(self, hint: Hint) -> bool:
        key = f"{hint.account_id} {hint.order_number} {hint.purchase_id}"
        return self._same.take(key, SAME_HINT) and self._all.take("", ALL_HINTS)

    async def run(self) -> None:
        """Work on hints until cancelled. A hint that fails is logged and ends nothing."""
        while True:
            await self._wanted.wait()
            await self.once()

    async def once(self) -> None:
        """Work on all hints that wait."""
        self._wanted.clear()
        async with asyncio.TaskGroup() as group:
            for _ in range(min(AT_ONCE, len(self._waiting))):
                group.create_task(self._work())

    async def _work(self) -> None:
        while self._waiting:
            hint, _ = self._waiting.popitem(last=False)
            await guarded("webhook: looking an order up", self._follow(hint))

    async def _follow(self, hint: Hint) -> None:
        found = await self.lookup.unfinished(
            purchase_id=hint.purchase_id, order_number=hint.order_number, account_id=hint.account_id
        )
        for purchase in found:
            self.recorder.event(Party.WEBHOOK, "webhook received", purchase_id=purchase.id)
            await self.lookup.look_up(purchase, hint.order_number)

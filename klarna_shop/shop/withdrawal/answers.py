"""Payway's answers about an account that has withdrawn from an order, remembered for a moment."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from klarna_shop.shop.clock import Clock
from klarna_shop.shop.entitlements import REMEMBERED_FOR

T = TypeVar("T")
MOST_REMEMBERED = 10_000


@dataclass
class AccountAnswers:
    """Answers by kind and account, each for as long as Entitlements remembers.

    An answer holds only as long as the ledger's facts about the account are those it was given under, so that
    a purchase or a declaration counts at once in every process.
    """

    clock: Clock
    _known: OrderedDict[tuple[str, str], tuple[datetime, frozenset[str], Any]] = field(
        default_factory=OrderedDict, init=False, repr=False
    )

    async def get(
        self, kind: str, account_id: str, facts: frozenset[str], ask: Callable[[], Awaitable[T]]
    ) -> T:
        """Return the remembered answer, or ask. Errors of `ask` pass through and are not remembered."""
        now = self.clock()
        known = self._known.get((kind, account_id))
        if known and known[1] == facts and timedelta() <= now - known[0] < REMEMBERED_FOR:
            answer: T = known[2]
            return answer
        answer = await ask()
        self._known[kind, account_id] = (now, facts, answer)
        self._known.move_to_end((kind, account_id))
        while len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return answer

    def remembered(self, kind: str, account_id: str) -> Any:
        """Return the answer that was remembered last, held or not; None without one."""
        known = self._known.get((kind, account_id))
        return known and known[2]

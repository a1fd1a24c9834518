"""The newspaper's name as Payway has it, for texts that speak of it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from klarna_shop.payway import PaywayClient, PaywayError
from klarna_shop.shop.clock import Clock

FRESH_FOR = timedelta(hours=6)
NEXT_TRY_AFTER = timedelta(minutes=1)
"""After a failure nobody waits for another question before this."""
DEADLINE_SECONDS = 4.0


class TitleName:
    """Asks once, and goes on with an old name where Payway does not answer."""

    def __init__(self, payway: PaywayClient, title_code: str, clock: Clock) -> None:
        self._payway = payway
        self._title_code = title_code
        self._clock = clock
        self._name = ""
        self._next_question = datetime.min.replace(tzinfo=UTC)
        self._lock = asyncio.Lock()

    async def name(self) -> str:
        """The name; empty where Payway has not told it."""
        async with self._lock:
            now = self._clock()
            if now >= self._next_question:
                try:
                    async with asyncio.timeout(DEADLINE_SECONDS):
                        self._name = (await self._payway.titles.find_one(self._title_code)).name
                    self._next_question = now + FRESH_FOR
                except (PaywayError, TimeoutError):
                    self._next_question = now + NEXT_TRY_AFTER
            return self._name

"""The meter held against a count in plain Python, however readings, days and allowances follow each other."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlmodel import SQLModel

from klarna_shop.shop.access import Allowance, Meter, MeterReading
from klarna_shop.shop.database import Database

ARTICLES = ("one", "two", "three", "four")
BROWSERS = ("mine", "another")


class MeterMachine(RuleBasedStateMachine):
    """Two browsers, four articles, any allowance."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.runner = asyncio.Runner()
        self.database = Database("sqlite://")
        self.meter = Meter(self.database, lambda: self.now, 3, 30)
        self.counted: dict[tuple[str, str], datetime] = {}
        SQLModel.metadata.create_all(self.database.engine)

    def _within(self, browser: str, days: int) -> set[str]:
        oldest = self.now - timedelta(days=days)
        return {article for (who, article), at in self.counted.items() if who == browser and at > oldest}

    @rule(
        browser=st.sampled_from(BROWSERS),
        article=st.sampled_from(ARTICLES),
        free=st.integers(0, 4),
        days=st.sampled_from([1, 7, 30, 366]),
    )
    def read(self, browser: str, article: str, free: int, days: int) -> None:
        before = self._within(browser, days)
        admitted = article in before or len(before) < free
        left = max(free - len(before | {article} if admitted else before), 0)
        allowance = Allowance(free, days)
        expected = MeterReading(admitted, left, free)
        assert self.runner.run(self.meter.peek(browser, article, allowance)) == expected
        assert self.runner.run(self.meter.read(browser, article, allowance)) == expected
        if admitted and article not in before:
            self.counted[browser, article] = self.now
        again = self.runner.run(self.meter.read(browser, article, allowance))
        assert again == expected

    @rule(hours=st.sampled_from([1, 23, 24, 24 * 7, 24 * 29, 24 * 366]))
    def time_goes_by(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.runner.run(self.meter.erase_old())

    @invariant()
    def a_look_counts_nothing(self) -> None:
        for browser in BROWSERS:
            reading = self.runner.run(self.meter.peek(browser, "never read", Allowance(9, 366)))
            assert reading.left == 9 - len(self._within(browser, 366)) - 1

    def teardown(self) -> None:
        self.runner.run(self.database.close())
        self.runner.close()


TestMeter = MeterMachine.TestCase
TestMeter.settings = settings(max_examples=12, stateful_step_count=12, deadline=None)

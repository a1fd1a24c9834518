"""The meter held against a count in plain Python, however readings, days and allowances follow each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import create_engine
from sqlmodel import Session, SQLModel

from klarna_shop.shop.access import Allowance, MeterReading
from klarna_shop.shop.access.meter import count_read, meter_reads

ARTICLES = ("one", "two", "three", "four")
BROWSERS = ("mine", "another")


class MeterMachine(RuleBasedStateMachine):
    """Two browsers, four articles, any allowance."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.engine = create_engine("sqlite://")
        SQLModel.metadata.create_all(self.engine)
        self.counted: dict[tuple[str, str], datetime] = {}

    def _within(self, browser: str, days: int) -> set[str]:
        oldest = self.now - timedelta(days=days)
        return {article for (who, article), at in self.counted.items() if who == browser and at > oldest}

    def _look(self, browser: str, article: str, allowance: Allowance) -> MeterReading:
        with Session(self.engine) as session:
            return meter_reads(session, browser, self.now).reading(article, allowance)

    @rule(
        browser=st.sampled_from(BROWSERS),
        article=st.sampled_from(ARTICLES),
        free=st.integers(0, 4),
        days=st.sampled_from([1, 7, 30, 366]),
    )
    def read(self, browser: str, article: str, free: int, days: int) -> None:
        before = self._within(browser, days)
        is_new = article not in before
        admitted = not is_new or len(before) < free
        left = max(free - len(before | {article} if admitted else before), 0)
        allowance = Allowance(free, days)
        expected = MeterReading(admitted, left, free, is_new)
        count = partial(count_read, visitor_id=browser, slug=article, allowance=allowance, now=self.now)
        assert self._look(browser, article, allowance) == expected
        with Session(self.engine) as session, session.begin():
            assert count(session) == expected
        if admitted and is_new:
            self.counted[browser, article] = self.now
        with Session(self.engine) as session, session.begin():
            assert count(session) == MeterReading(admitted, left, free, is_new and not admitted)

    @rule(hours=st.sampled_from([1, 23, 24, 24 * 7, 24 * 29, 24 * 366]))
    def time_goes_by(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @invariant()
    def a_look_counts_nothing(self) -> None:
        for browser in BROWSERS:
            reading = self._look(browser, "never read", Allowance(9, 366))
            assert reading.left == 9 - len(self._within(browser, 366)) - 1

    def teardown(self) -> None:
        self.engine.dispose()


TestMeter = MeterMachine.TestCase
TestMeter.settings = settings(max_examples=12, stateful_step_count=12, deadline=None)

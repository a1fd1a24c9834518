"""Whatever was measured, in whatever order: each database counts what the plainest way of counting does."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert
from sqlmodel import Session

from klarna_shop.settings import Settings
from klarna_shop.shop.database import Database
from klarna_shop.shop.funnel import STEPS, Dimension, FunnelFilter, Funnels
from klarna_shop.shop.funnel.steps import BESIDE, REASONS
from klarna_shop.shop.measurement import EventName, Traffic
from klarna_shop.shop.measurement.tables import MeasuredEvent

WEEK = FunnelFilter(date(2026, 10, 19), date(2026, 10, 25))  # ends with the longest day of the year
VALUES = ["", "phone", '"q\\\x1f,[', "åäö"]
EVENT = st.fixed_dictionaries(
    {
        "visitor_id": st.sampled_from(["one", "two"]),
        "name": st.one_of(
            st.just(EventName.WALL_SHOWN.value),
            st.sampled_from([name.value for name in STEPS[:5]]),
            st.sampled_from([name.value for name in (*STEPS, *BESIDE, *REASONS, EventName.CANCELLED)]),
        ),
        "traffic": st.sampled_from([Traffic.READER] * 6 + [Traffic.SIMULATED]).map(lambda one: one.value),
        # Few moments, so that many are the same; some lie in the week before, and some after.
        "at": st.one_of(st.integers(0, 20), st.integers(-8 * 86400, 8 * 86400)).map(
            lambda number: WEEK.begin + timedelta(seconds=number, microseconds=(number % 3) * 500_000)
        ),
        "device": st.sampled_from(VALUES),
        "article": st.sampled_from(["", "a", "b"]),
        "offer": st.sampled_from(["", "digital|1", "plus|2"]),
        "outcome": st.sampled_from(VALUES),
    }
)
EVENTS = st.lists(EVENT, max_size=8) | st.lists(EVENT, min_size=15, max_size=40)
"""Few, and so many that most visitors see several walls and go some way."""
WANTED = st.builds(
    lambda only, by: FunnelFilter(WEEK.since, WEEK.until, Traffic.READER, tuple(only.items()), by),
    st.fixed_dictionaries(
        {},
        optional={
            Dimension.DEVICE: st.sampled_from(VALUES[1:]),
            Dimension.ARTICLE: st.sampled_from(["a", "b"]),
            Dimension.OFFER: st.sampled_from(["digital|1", "plus|2"]),
        },
    ),
    st.sampled_from([Dimension.DEVICE, Dimension.ARTICLE, Dimension.OFFER, None]),
)


class Plainly:
    """One visitor after another, one step after another."""

    def __init__(self, events: Sequence[dict[str, Any]], wanted: FunnelFilter) -> None:
        self.steps: Counter[int] = Counter()
        self.groups: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self.seconds: defaultdict[int, list[float]] = defaultdict(list)
        self.left: Counter[tuple[int, str, str]] = Counter()
        self.beside: Counter[str] = Counter()
        for visitor in {event["visitor_id"] for event in events}:
            mine = [
                (event["at"], number, event)
                for number, event in enumerate(events)
                if event["visitor_id"] == visitor
                and event["traffic"] == wanted.traffic
                and wanted.begin <= event["at"] < wanted.end
            ]
            self._visitor(sorted(mine, key=lambda one: one[:2]), wanted)

    def _visitor(self, mine: list[tuple[datetime, int, dict[str, Any]]], wanted: FunnelFilter) -> None:
        of_wall = [(name.value, value) for name, value in wanted.only if name is not Dimension.OFFER]
        walls = [
            event
            for _, _, event in mine
            if event["name"] == STEPS[0] and all(event[name] == value for name, value in of_wall)
        ]
        if not walls:
            return
        since = [one for one in mine if one[0] >= walls[0]["at"]]
        taken = [(walls[0]["at"], -1)]
        for step in STEPS[1:]:
            later = [(at, n) for at, n, event in since if event["name"] == step and (at, n) > taken[-1]]
            if not later:
                break
            taken.append(later[0])
        # An offer is what somebody did after a wall; no wall has one of its own.
        done = [(at, n, event) for at, n, event in since if event["name"] != STEPS[0]]
        chosen = [e["offer"] for at, n, e in done if len(taken) > 3 and (at, n) >= taken[3] and e["offer"]]
        offer = chosen[-1] if chosen else ""
        if wanted.value_of(Dimension.OFFER) not in ("", offer):
            return
        value = offer
        if wanted.by not in (None, Dimension.OFFER):
            at_once = [wall for wall in walls if wall["at"] == walls[0]["at"]]
            value = min((wall[wanted.by.value] for wall in at_once), key=str.encode)
        for place in range(len(taken)):
            self.steps[place] += 1
            self.groups[value][place] += 1
            if place:
                self.seconds[place].append((taken[place][0] - taken[place - 1][0]).total_seconds())
        self.beside.update({event["name"] for _, _, event in since if event["name"] in BESIDE})
        if len(taken) < len(STEPS):
            why = [
                (event["name"], event["outcome"])
                for at, n, event in since
                if event["name"] in REASONS and (at, n) > taken[-1]
            ]
            self.left[len(taken) - 1, *(why[-1] if why else ("", ""))] += 1


def _all(counts: Counter[int]) -> tuple[int, ...]:
    return tuple(counts[place] for place in range(len(STEPS)))


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.database_url.get_secret_value())
    yield database
    await database.close()


# Each example empties the table first.
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS, wanted=WANTED)
async def test_a_database_counts_what_plain_counting_does(
    database: Database, events: list[dict[str, Any]], wanted: FunnelFilter
) -> None:

    def replace_all(session: Session) -> None:
        session.connection().execute(delete(MeasuredEvent))
        if events:
            session.connection().execute(insert(MeasuredEvent), events)

    await database.write(replace_all)
    funnel = await Funnels(database).of(wanted, compare=True)
    plainly = Plainly(events, wanted)
    assert funnel.visitors == _all(plainly.steps)
    assert all(one >= two for one, two in pairwise(funnel.visitors))
    assert funnel.before == _all(Plainly(events, wanted.before).steps)
    assert {name.value: count for name, count in funnel.beside.items() if count} == plainly.beside
    for place, step in enumerate(funnel.steps):
        assert step.median == (median(plainly.seconds[place]) if plainly.seconds[place] else None)
        found = {(place, one.name, one.outcome): one.visitors for one in step.left}
        assert found == {left: count for left, count in plainly.left.items() if left[0] == place}
    if wanted.by is not None:
        expected = {value: _all(counts) for value, counts in plainly.groups.items()}
        assert {group.value: group.visitors for group in funnel.groups} == expected
        assert tuple(map(sum, zip(*expected.values(), strict=True))) == (funnel.visitors if expected else ())
